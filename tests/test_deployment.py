"""The site as it is shipped: nginx with its configuration, the service behind it, and whoever comes through."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from fronting import HOST, Front, exchange, front, lay_out, nginx_command, serving_behind, temporary_folder

from service.settings import Settings

TYPE = "Content-Type: application/octet-stream"


@pytest.fixture
def site(settings: Settings) -> Iterator[Front]:
    """nginx and the service."""
    with front() as running, serving_behind(running, settings):
        yield running


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


def test_nginx_accepts_its_configuration() -> None:
    """nginx -t, without a warning."""
    with temporary_folder() as folder:
        command = nginx_command(lay_out(folder), "-t")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "[" not in done.stderr, done.stderr


def test_the_site_works(site: Front, envelope: bytes) -> None:
    x = exchange(site.connect(), request("GET /be/"))
    print(x[:1500])
    x = exchange(site.connect(), sealed(envelope))
    print(x[:1500])
    x = exchange(site.connect(), request("POST /envelopes", TYPE, "Content-Length: 4097", body=envelope + b"x"))
    print(x[:1800])
    x = exchange(site.connect(), b"rubbish\r\n\r\n")
    print(x[:1800])
    x = exchange(site.connect_as_tor(7), request("GET /en/"))
    print(x[:1800])
    x = exchange(site.connect(tls=False), request("GET /en/"))
    print(x[:1800])
    assert 0
