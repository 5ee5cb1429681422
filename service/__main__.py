"""`python -m service`: serves with granian, on this machine only. Settings come from the environment."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from crypto.appeal import DatedKey
from crypto.errors import PublicationError
from crypto.letter import APPEAL_TOML
from service import create_app, parse_store, seconds_since_boot, today_utc
from service.appeal_reader import AppealFolderError, load_appeal
from service.door import BACKLOG, DoorError, hold, open_door
from service.limits.client_keys import EPOCH_SECONDS, KEY_SIZE, KeyFile
from service.settings import Settings, SettingsError, read_settings
from service.stores.base import StoreUnavailable
from service.web.forgetting import EXTENSION, overwrite_from_the_start

# Threads that wait for the disk; a group commit serves all of them at once.
THREADS = 64
# A worker that is told to stop in the tenth of a second in which it gets ready never hears it (granian 2.8.7),
# and stopping would wait for it for ever; Docker's own patience is 10 seconds.
STOP_SECONDS = 8


class OneDoor(MPServer):
    """Granian's server behind a socket that is open already (granian 2.8.7).

    By itself it opens the port once for each process, in a way in which any other program may open it, too.
    """

    def __init__(self, door: socket.socket, target: str, **options: Any) -> None:
        super().__init__(target, **options)
        self._door = door

    def _init_shared_socket(self) -> None:
        self._sso = self._door
        made: Any = SocketHolder  # the stub says nothing of its arguments
        self._shd = made(self._door.fileno(), self._door.family == socket.AF_UNIX, BACKLOG)


def app() -> Flask:
    """The factory that granian calls in its worker process. Data that cannot be used end it with a sentence."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    settings = read_settings(os.environ, parse_store)
    try:
        made = create_app(settings, settings.store.open(shuffles=True))
        threading.Thread(target=made.extensions[EXTENSION].run, name="forgetting", daemon=True).start()
        return made
    except StoreUnavailable as error:
        mistake = str(error)
    except OSError as error:
        mistake = f"{error.filename or settings.data} cannot be used: {error.strerror or error}."
    except UnicodeDecodeError:
        mistake = f"A result in {settings.publications} is damaged: it is not text."
    except PublicationError as error:
        mistake = f"A result in {settings.publications} cannot be shown ({error.reason}): {error}"
    sys.exit(_refuse("The service cannot start with its data:", [mistake]))


def serve(settings: Settings, door: socket.socket) -> None:
    """Serve until stopped."""
    multiprocessing.set_start_method("fork")  # all processes have this door
    listen = settings.listen
    server = OneDoor(
        door,
        "service.__main__:app",
        factory=True,
        address=listen.host,
        port=listen.port,
        uds=listen.socket,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        http=HTTPModes.http1,  # nginx speaks no other, and a second protocol is a second way in
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    )
    hang_up = signal.getsignal(signal.SIGHUP)

    def end_with_terminal() -> None:
        # Granian would start its workers anew. Whoever said `nohup` wants neither.
        signal.signal(signal.SIGHUP, hang_up if hang_up == signal.SIG_IGN else server.signal_handler_interrupt)

    server.on_startup(end_with_terminal)
    server.serve()


def main() -> int:
    """Say what is wrong in plain words, or serve."""
    overwrite_from_the_start()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # ./run holds it back until here
    try:
        settings = read_settings(os.environ, parse_store)
        appeal = load_appeal(settings.appeal)
        if appeal.lacks_key(today_utc()):
            print(_no_key(settings.appeal / APPEAL_TOML, appeal.programs.keys), file=sys.stderr)
        with hold(settings.data), open_door(settings.listen) as door, _key_beside(settings.listen.socket):
            serve(settings, door)
    except SettingsError as error:
        return _refuse("The settings cannot be used:", error.mistakes)
    except AppealFolderError as error:
        return _refuse(f"The appeal in {error.folder} cannot be used:", error.mistakes)
    except DoorError as error:
        return _refuse("The service cannot start:", [str(error)])
    return 0


@contextmanager
def _key_beside(socket: Path | None) -> Iterator[None]:
    """Have nginx find a key for clients' names before a worker is ready, and none after the end."""
    if socket is None:
        yield
        return
    file = KeyFile(socket.parent)
    file.lay(secrets.token_bytes(KEY_SIZE), seconds_since_boot() + EPOCH_SECONDS)
    try:
        yield
    finally:
        file.remove()


def _end_with_parent() -> None:
    """Without the process that started it, nothing would stop a worker any more: neither Ctrl-C nor a new start."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)  # as by a power cut: what was acknowledged is on the disk


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
