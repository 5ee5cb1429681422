"""What an organizer does, without a user interface: a plan, the questions for a person, then the doing."""
