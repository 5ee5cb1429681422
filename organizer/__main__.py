"""`python -m organizer`."""

from organizer.cli.terminal import quiet

if __name__ == "__main__":
    quiet.begin()

from organizer.cli.main import organizer

if __name__ == "__main__":
    organizer(prog_name="organizer")
