"""Doors of servers that are measured: finds a free port, and waits until a server answers."""

from __future__ import annotations

import socket
import time
from pathlib import Path


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(at: int | Path) -> None:
    """Return once a server answers at a port or a unix socket. Raises SystemExit when none does for half a minute."""
    for _ in range(600):
        try:
            with socket.socket(socket.AF_INET if isinstance(at, int) else socket.AF_UNIX) as probe:
                probe.settimeout(1)
                probe.connect(("127.0.0.1", at) if isinstance(at, int) else str(at))
                # Connections are taken before that, while a service still reads its data.
                probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
                if probe.recv(1):
                    return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not start.")
