"""What an operator does beside serving: backup, restore, move, doctor, users."""
