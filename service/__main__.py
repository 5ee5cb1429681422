"""`python -m service`: serves with granian, on this machine only. Settings come from the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from crypto.appeal import DatedKey
from crypto.errors import PublicationError
from crypto.letter import APPEAL_TOML
from service import create_app, parse_store, today_utc
from service.appeal import AppealFolderError, load_appeal
from service.settings import Settings, SettingsError, read_settings
from service.stores.base import StoreUnavailable

# Threads that wait for the disk; a group commit serves all of them at once.
THREADS = 64
# A worker that is told to stop in the tenth of a second in which it gets ready never hears it (granian 2.8.7),
# and stopping would wait for it for ever; Docker's own patience is 10 seconds.
STOP_SECONDS = 8
# On a unix socket, nginx gets in as a member of the service's group, and nobody else does.
SOCKET_MODE = 0o660


def app() -> Flask:
    """The factory that granian calls in its worker process. Data that cannot be used end it with a sentence."""
    settings = read_settings(os.environ, parse_store)
    try:
        return create_app(settings, settings.store.open(shuffles=True))
    except (StoreUnavailable, OSError) as error:
        mistake = str(error)
    except PublicationError as error:
        mistake = f"A result in {settings.publications} cannot be shown ({error.reason}): {error}"
    sys.exit(_refuse("The service cannot start with its data:", [mistake]))


def serve(settings: Settings) -> None:
    """Serve until stopped."""
    listen = settings.listen
    Server(
        "service.__main__:app",
        factory=True,
        address=listen.host,
        port=listen.port,
        uds=listen.socket,
        uds_permissions=SOCKET_MODE if listen.socket else None,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def main() -> int:
    """Say what is wrong in plain words, or serve."""
    try:
        settings = read_settings(os.environ, parse_store)
        appeal = load_appeal(settings.appeal)
    except SettingsError as error:
        return _refuse("The settings cannot be used:", error.mistakes)
    except AppealFolderError as error:
        return _refuse(f"The appeal in {error.folder} cannot be used:", error.mistakes)
    if appeal.lacks_key(today_utc()):
        print(_no_key(settings.appeal / APPEAL_TOML, appeal.programs.keys), file=sys.stderr)
    serve(settings)
    return 0


def _no_key(path: Path, keys: Sequence[DatedKey]) -> str:
    days = ", ".join(f"{key.start or '…'} to {key.until or '…'}" for key in keys)
    return (
        f"No key in {path} is meant for today, {today_utc()} (UTC); they are for {days}. The pages say so and show no "
        "form, and /healthz answers 503. Add a key, or set the clock of this machine."
    )


def _refuse(title: str, mistakes: list[str]) -> int:
    print(title, *(f"  - {mistake}" for mistake in mistakes), sep="\n", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
