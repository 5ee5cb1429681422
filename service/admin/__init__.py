"""The operator's commands beside serving, one file each: backup, restore, move, doctor, users."""
