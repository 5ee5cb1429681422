"""The queue of signatures under review, decisions about them, and merging those of another organizer."""
