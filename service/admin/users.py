"""./run users: makes the users of both servers, with their passwords, in a new folder."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from service.admin.command import Command, refuse
from service.servers.users import CONFIG, make_users


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is not there yet")
    parser.add_argument("--cluster", action="store_true", help="envelopes are kept in a cluster")


def _users(options: argparse.Namespace) -> int:
    folder: Path = options.at / options.folder
    try:
        folder.mkdir(mode=0o755)
        for name, acl in (("envelopes", "envelopes-cluster" if options.cluster else "envelopes"), ("limits", "limits")):
            make_users(CONFIG / f"{acl}.acl", folder / name, lambda user: secrets.token_hex(32))
    except OSError as error:
        return refuse("The users cannot be made:", f"  - {error}")
    print(f"The users are in {options.folder}. Keep passwords/ from everyone but the service.")
    return 0


USERS = Command(
    "users",
    "Make passwords for the users of the two servers: FOLDER/envelopes and FOLDER/limits each get users.acl for "
    "the server (its setting “aclfile”) and passwords/ for the service (?passwords=... in its address).",
    _options,
    _users,
)
