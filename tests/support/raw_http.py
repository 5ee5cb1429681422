"""Requests and answers of HTTP as raw bytes, for tests of what stands on the network."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

from tests.support.sample_appeal import TOKEN

HOST = "letter.example"
TYPE = "Content-Type: application/octet-stream"
BEARER = f"Authorization: Bearer {TOKEN}"


def exchange(connection: socket.socket, request: bytes, *, hang_up: bool = False) -> bytes:
    """What comes back for raw bytes until the other side closes. `hang_up` after sending, for cut requests."""
    with connection:
        answer = b""
        # nginx may close before it has read all of a refused request; the answer has arrived by then.
        with suppress(ConnectionError, ssl.SSLEOFError):
            connection.sendall(request)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
        return answer


def request(start: str, *headers: str, body: bytes = b"") -> bytes:
    lines = (f"{start} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sealed(envelope: bytes, *headers: str) -> bytes:
    return request("POST /envelopes", TYPE, "Content-Length: 4096", *headers, body=envelope)


def status(answer: bytes) -> int:
    return int(answer[9:12]) if answer else 0


def headers_of(answer: bytes) -> list[tuple[str, str]]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]
