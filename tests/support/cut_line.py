"""A line between two programs that is cut again and again after something was written and before its answer."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress


@contextmanager
def cut_line(port: int, often: float) -> Iterator[tuple[int, list[int]]]:
    """A port that leads to another one of loopback, and a list that gets longer with each cut.

    `often`: the part of the answers that never come.
    """
    cuts: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_open_lines, args=(door, port, often, cuts), daemon=True).start()
        try:
            yield door.getsockname()[1], cuts
        finally:
            door.shutdown(socket.SHUT_RDWR)


def _open_lines(door: socket.socket, port: int, often: float, cuts: list[int]) -> None:
    with suppress(OSError):
        while True:
            near = door.accept()[0]
            far = socket.create_connection(("127.0.0.1", port))
            for source, target, part in ((near, far, 0.0), (far, near, often)):
                threading.Thread(target=_carry, args=(source, target, part, cuts), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket, often: float, cuts: list[int]) -> None:
    with closing(source), closing(target), suppress(OSError):
        while data := source.recv(65536):
            if random.random() < often:
                cuts.append(len(data))
                break
            target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
