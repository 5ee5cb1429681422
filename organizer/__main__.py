"""`python -m organizer`."""

from organizer.cli import organizer

if __name__ == "__main__":
    organizer(prog_name="organizer")
