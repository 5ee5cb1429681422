"""Ends with 0 when the service behind a unix socket could keep an envelope now, with 1 otherwise. Keeps nothing.

A day without a key is no illness: people must still reach the page that says so, and the result.
"""

from __future__ import annotations

import socket
import sys

TIMEOUT_SECONDS = 4


def is_healthy(path: str) -> bool:
    """What GET /healthz on the socket at this path says."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(path)
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: health\r\n\r\n")
            with connection.makefile("rb") as answer:
                said = answer.read(4096)
            return said.split(b" ", 2)[1:2] == [b"200"] or b"urn:undersigned:problem:no-key" in said
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_healthy(sys.argv[1]) else 1)
