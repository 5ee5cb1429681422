"""`python -m service`: serve with granian, on this machine only. Settings come from the environment."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from service import create_app, open_store
from service.appeal import AppealFolderError, load_appeal
from service.moments import Moments
from service.settings import Settings, SettingsError, read_settings
from service.store import EnvelopeStore

# Threads that wait for the disk; a group commit serves all of them at once.
THREADS = 64
# On a unix socket, nginx gets in as a member of the service's group, and nobody else does.
SOCKET_MODE = 0o660


def app() -> Flask:
    """The factory that granian calls in its worker process."""
    settings = read_settings(os.environ)
    return create_app(settings, open_own_store(settings.store))


def open_own_store(url: str) -> EnvelopeStore:
    """The store of a service that runs for long, which forgets the order of arrival at moments nobody can foresee."""
    return open_store(url, Moments(time.monotonic, random.SystemRandom()))


def serve(settings: Settings) -> None:
    """Serve until stopped. One process: the SQLite store has one writer, and limits are counted in its memory."""
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
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def main() -> int:
    """Say what is wrong in plain words, or serve."""
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
