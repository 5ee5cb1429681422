"""`python -m service`: serve with granian, on this machine only. `doctor` and `users` after it look after servers.

Settings come from the environment.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from crypto.errors import PublicationError
from service import create_app, open_store
from service.appeal import AppealFolderError, load_appeal
from service.servers.checks import examine_envelopes, examine_limits, tell
from service.servers.connection import RedisAddress
from service.servers.users import CONFIG, make_users
from service.settings import Settings, SettingsError, read_settings
from service.stores.base import EnvelopeStore, StoreUnavailable
from service.stores.shuffle_schedule import SERVER_REST_SECONDS, Moments

# Threads that wait for the disk; a group commit serves all of them at once.
THREADS = 64
# A worker that is told to stop in the tenth of a second in which it gets ready never hears it (granian 2.8.7),
# and stopping would wait for it for ever; Docker's own patience is 10 seconds.
STOP_SECONDS = 8
# On a unix socket, nginx gets in as a member of the service's group, and nobody else does.
SOCKET_MODE = 0o660


def app() -> Flask:
    """The factory that granian calls in its worker process. What is wrong with the data ends it with a sentence."""
    settings = read_settings(os.environ)
    try:
        return create_app(settings, open_own_store(settings.store))
    except (StoreUnavailable, OSError) as error:
        mistake = str(error)
    except PublicationError as error:
        mistake = f"A result in {settings.data / 'publications'} cannot be shown ({error.reason}): {error}"
    sys.exit(_refuse("The service cannot start with its data:", [mistake]))


def open_own_store(url: str) -> EnvelopeStore:
    """The store of a service that runs for long, which forgets the order of arrival at moments nobody can foresee."""
    rest = 0.0 if url.startswith("sqlite:") else SERVER_REST_SECONDS
    return open_store(url, Moments(time.monotonic, random.SystemRandom(), least_rest=rest))


def serve(settings: Settings) -> None:
    """Serve until stopped."""
    address, _, port = settings.listen.rpartition(":")
    on_socket = address == "unix"
    Server(
        "service.__main__:app",
        factory=True,
        address="127.0.0.1" if on_socket else address.strip("[]"),
        port=8000 if on_socket else int(port),
        uds=Path(port) if on_socket else None,
        uds_permissions=SOCKET_MODE if on_socket else None,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def doctor(arguments: Sequence[str]) -> int:
    """Examine the servers and say what is wrong: 0 when nothing is, 1 when something is, 2 without usable settings."""
    parser = argparse.ArgumentParser(prog="./run doctor", description=(
        "Ask the servers behind the service whether they are set so that envelopes are kept and nothing tells when "
        "they came. Exit code 0: all is well; 1: something is wrong, and is named; 2: the settings cannot be used."
    ))  # fmt: skip
    parser.add_argument(
        "--store", help="the server of the envelopes, as in the setting of this name (from the settings)"
    )
    parser.add_argument(
        "--limits",
        help="the server that counts for the limits, written in the same way (from the settings; with --store, none)",
    )
    chosen = parser.parse_args(arguments)
    wrong: list[str] = []
    try:
        store, limits = _servers_to_examine(chosen.store, chosen.limits)
        if store.startswith("sqlite:"):
            print("The store is a file; the service sets it up by itself whenever it starts.")
        else:
            address = RedisAddress.parse(store)
            wrong += tell(lambda: examine_envelopes(address.connect("doctor"), address.cluster))
        if limits:
            counting = RedisAddress.parse(limits)
            wrong += [f"limits: {found}" for found in tell(lambda: examine_limits(counting.connect("doctor")))]
    except SettingsError as error:
        return _refuse("The settings cannot be used:", error.mistakes)
    except ValueError as error:
        return _refuse("The address of a server cannot be used:", [f"It {error}"])
    print(*(["This is wrong:"] + [f"  - {sentence}" for sentence in wrong] if wrong else ["All is well."]), sep="\n")
    return 1 if wrong else 0


def _servers_to_examine(store: str | None, limits: str | None) -> tuple[str, str | None]:
    if store:
        return store, limits
    settings = read_settings(os.environ)
    return settings.store, limits or settings.limits_server


def users(arguments: Sequence[str]) -> int:
    """Make the users of both servers in a new folder: 0, or 2 when that cannot be."""
    parser = argparse.ArgumentParser(prog="./run users", description=(
        "Make passwords for the users of the two servers: FOLDER/envelopes and FOLDER/limits each get users.acl for "
        "the server (its setting “aclfile”) and passwords/ for the service (?passwords=... in its address)."
    ))  # fmt: skip
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is not there yet")
    parser.add_argument("--cluster", action="store_true", help="envelopes are kept in a cluster")
    chosen = parser.parse_args(arguments)
    try:
        chosen.folder.mkdir(mode=0o755)
        for name, acl in (("envelopes", "envelopes-cluster" if chosen.cluster else "envelopes"), ("limits", "limits")):
            make_users(CONFIG / f"{acl}.acl", chosen.folder / name, lambda user: secrets.token_hex(32))
    except OSError as error:
        return _refuse("The users cannot be made:", [str(error)])
    print(f"The users are in {chosen.folder}. Keep passwords/ from everyone but the service.")
    return 0


def main() -> int:
    """Say what is wrong in plain words, or serve."""
    if sys.argv[1:2] == ["doctor"]:
        return doctor(sys.argv[2:])
    if sys.argv[1:2] == ["users"]:
        return users(sys.argv[2:])
    try:
        settings = read_settings(os.environ)
        load_appeal(settings.appeal)
    except SettingsError as error:
        return _refuse("The settings cannot be used:", error.mistakes)
    except AppealFolderError as error:
        return _refuse(f"The appeal in {error.folder} cannot be used:", error.mistakes)
    serve(settings)
    return 0


def _refuse(title: str, mistakes: list[str]) -> int:
    print(title, *(f"  - {mistake}" for mistake in mistakes), sep="\n", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
