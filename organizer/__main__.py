"""`python -m organizer`."""

from organizer.cli.terminal import quiet
from organizer.keys.memory import no_core_dumps

if __name__ == "__main__":
    quiet.begin()
    no_core_dumps()

from organizer.cli.main import organizer

if __name__ == "__main__":
    organizer(prog_name="organizer")
