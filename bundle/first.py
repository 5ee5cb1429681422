"""The first lines of organizer.pyz: Python starts again, apart from all that is installed on this computer.

A Python that is too old must be able to read this file. It imports nothing more until it has started again.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - it is started by whatever Python a computer has
    sys.exit(f"This needs Python 3.11 or newer, as Debian 12 and 13 have; this is {sys.version.split()[0]}.")
if not (sys.flags.isolated and sys.flags.no_site):
    # Libraries of this computer, of its user, or named by the environment could be found before ours.
    python = sys.executable or os.readlink("/proc/self/exe")  # found by a PATH that is not there, it has no name
    archive = os.path.dirname(os.path.abspath(__file__))
    os.execv(python, [python, "-I", "-S", archive, *sys.argv[1:]])  # noqa: S606 - itself

from bundle.start import main

if __name__ == "__main__":
    main()
