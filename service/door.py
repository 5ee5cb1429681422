"""The door of the service: one service at an address, and one over a data folder, however often it is started.

Two at one address would each get some of the requests, and whoever fetches the ledger would miss what the other keeps.
So the address is bound here, for nobody else to join, and what the processes of one service share is this one socket.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from service.settings import ListenAddress

# Connections that may wait until a process takes them.
BACKLOG = 1024
# On a unix socket, nginx gets in as a member of the service's group, and nobody else does.
SOCKET_MODE = 0o660
LOCK = "service.lock"
# A service that was killed is gone within a moment, and so are its processes; whoever starts it again waits for that.
PATIENCE, PAUSE = 1.0, 0.05
# So long, a socket that is there may take to answer.
ANSWER_SECONDS = 2.0


class DoorError(Exception):
    """The service cannot begin here. Its text is one plain sentence."""


def hold(data: Path) -> IO[bytes]:
    """Make the data folder when it is absent, and keep other services from it while the file is open in any process.

    Raises DoorError.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = open(data / LOCK, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115  # held as long as it serves
    except OSError as error:
        raise DoorError(f"The data folder {data} cannot be used: {error.strerror}.") from error
    try:
        _wait_for_lock(file, data)
    except BaseException:
        file.close()
        raise
    return file


def _wait_for_lock(file: IO[bytes], data: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not _is_locked(file):
        if time.monotonic() > until:
            raise DoorError(
                f"The data folder {data} is in use by a service that runs already. Stop that one first; "
                "another service needs another folder as “data” (./run --data FOLDER)."
            )
        time.sleep(PAUSE)


def open_door(address: ListenAddress) -> socket.socket:
    """A socket that listens at the address, and that nobody else shares. Raises DoorError."""
    try:
        return _open_unix(address.socket) if address.socket else _open_port(address.host, address.port)
    except OSError as error:
        raise DoorError(_why(address, error)) from error


def _is_locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:  # as on some disks of a network
        raise DoorError(f"The file {file.name} cannot be locked: {error.strerror}.") from error
    return True


def _open_port(host: str, port: int) -> socket.socket:
    with ExitStack() as undo:
        door = undo.enter_context(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET))
        # Connections of a service that was stopped just now do not count; one that listens does.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(BACKLOG)
        undo.pop_all()
    return door


def _open_unix(path: Path) -> socket.socket:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    with ExitStack() as undo:
        undo.callback(os.close, folder)
        # Of two that find a socket left by a crash, one must not remove what the other has just made.
        fcntl.flock(folder, fcntl.LOCK_EX)
        _remove_left(path)
        door = undo.enter_context(socket.socket(socket.AF_UNIX))
        door.bind(str(path))
        path.chmod(SOCKET_MODE)  # nobody gets in before the next line
        door.listen(BACKLOG)
        undo.pop_all()
        os.close(folder)
    return door


def _remove_left(path: Path) -> None:
    """Remove a socket at which nobody answers. Raises OSError when somebody does, or when it is something else."""
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise OSError(errno.ENOTSOCK, os.strerror(errno.ENOTSOCK))
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(ANSWER_SECONDS)
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError:
            pass  # it is busy, or not for us: in any case somebody's
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _why(address: ListenAddress, error: OSError) -> str:
    known = {
        errno.EADDRINUSE: "is in use, perhaps by a service that runs already. Stop that one, or choose another "
        "(./run --port NUMBER).",
        errno.EADDRNOTAVAIL: "is no address of this machine.",
        errno.EAFNOSUPPORT: "is no address of this machine.",
        errno.ENOTSOCK: "is no socket; what is there was left as it is.",
        errno.ENOENT: "is in a folder that does not exist.",
    }
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = "look at its folder" if address.socket else "ports below 1024 are for root, so choose a higher one"
        return f"“listen” {address} is not allowed for this user: {hint}."
    return f"“listen” {address} {known.get(error.errno or 0) or f'cannot be used: {error.strerror or error}.'}"
