"""What an organizer does, without a face: a plan, the questions it leaves to a person, then the doing."""
