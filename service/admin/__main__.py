"""`python -m service.admin`: the one door to the operator's commands; ./run passes them on.

Each command may be run while the service runs. Settings are those of the service.
Every mistake ends in a sentence and the exit code 2.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from crypto.errors import PublicationError
from service.admin.backup import BACKUP
from service.admin.backup_file import BackupError
from service.admin.command import refuse
from service.admin.doctor import DOCTOR
from service.admin.move import MOVE
from service.admin.restore import RESTORE
from service.admin.users import USERS
from service.appeal_reader import AppealFolderError
from service.settings import SettingsError
from service.stores.base import StoreUnavailable

COMMANDS = (BACKUP, RESTORE, MOVE, DOCTOR, USERS)


def main(arguments: list[str]) -> int:
    """Do what the arguments say, or say in a sentence why not. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run", description="For whoever runs the service; docs/operator.md.")
    parser.add_argument("--at", type=Path, default=Path(), help=argparse.SUPPRESS)
    commands = parser.add_subparsers(required=True)
    for command in COMMANDS:
        of_command = commands.add_parser(command.name, description=command.about)
        command.add_options(of_command)
        of_command.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    # What a store would write into the service's log is said here as the answer.
    logging.getLogger("undersigned").disabled = True
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # ./run holds it back until here
        return int(options.run(options))
    except (SettingsError, AppealFolderError) as error:
        return refuse(*error.mistakes)
    except (BackupError, PublicationError, OSError) as error:
        return refuse(str(error))
    except StoreUnavailable as error:
        reason = str(getattr(error.__cause__, "strerror", None) or error.__cause__ or "")
        return refuse(str(error) if reason in str(error) else f"{error} {reason}")
    except KeyboardInterrupt:
        return refuse("Cut off. Begin again: what is there already stays and is not written twice.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
