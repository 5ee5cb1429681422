"""Starts the service as it runs for people: `python -m service` in a process of its own, on a free port of loopback."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.settings import Settings
from service.web.forgetting import OVERWRITING
from tests.support.paths import ROOT

START_SECONDS = 30
PORTS = range(20_000, 32_768)


@dataclass(frozen=True)
class Served:
    """A running service: where it listens, how it is set, the file that takes all it prints, its first process."""

    port: int
    settings: Settings
    log: Path
    pid: int

    @property
    def url(self) -> str:
        """The address of the site, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, request: bytes, *, hang_up: bool = False) -> bytes:
        """What comes back for raw bytes until the service closes. `hang_up` after sending, for cut requests."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(request)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer


def free_port() -> int:
    """A port of loopback that nobody uses now, and that no process of the tests is given while this one runs.

    It lies below those that the kernel gives to whoever wants any port, such as each connection.
    """
    first_of_any = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    ports = range(PORTS.start, min(PORTS.stop, first_of_any)) or PORTS
    for port in random.sample(ports, len(ports)):
        if _is_mine(port):
            with suppress(OSError), socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
                return port
    raise AssertionError("No port is free.")


def _is_mine(port: int) -> bool:
    """Takes a name that stands for the port, which lies in no folder and is let go when this process ends."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0undersigned's tests, port {port}")
    except OSError:
        name.close()
        return False
    name.detach()  # open until then
    return True


def environment_for(settings: Settings) -> dict[str, str]:
    """What the service is told, all but where to listen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSIGNED_")}
    return (
        kept
        | OVERWRITING
        | {
            "UNDERSIGNED_APPEAL": str(settings.appeal),
            "UNDERSIGNED_DATA": str(settings.data),
            "UNDERSIGNED_STORE": str(settings.store),
            "UNDERSIGNED_DESK_TOKEN_SHA256": settings.desk_token_sha256.hex(),
            "UNDERSIGNED_TRUSTED_HOPS": str(settings.trusted_hops),
            "UNDERSIGNED_PROCESSES": str(settings.processes),
            "UNDERSIGNED_LIMITS_SERVER": str(settings.limits_server or ""),
            "UNDERSIGNED_WORK_ABOVE": str(settings.work_above),
            "UNDERSIGNED_LIMIT_ENVELOPES": str(settings.limits.envelopes),
            "UNDERSIGNED_LIMIT_DESK": str(settings.limits.desk),
            "UNDERSIGNED_LIMIT_EVERYONE": str(settings.limits.everyone),
            "UNDERSIGNED_LIMIT_SEARCH": str(settings.limits.search),
        }
    )


@contextmanager
def serving(
    settings: Settings, log: Path, port: int | None = None, command: Sequence[str] = (sys.executable, "-m", "service")
) -> Iterator[Served]:
    """The service with these settings, stopped at the end as an operator would stop it."""
    port = port or free_port()
    environment = environment_for(settings) | {"UNDERSIGNED_LISTEN": f"127.0.0.1:{port}"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            wait_until_it_answers(process, port)
            yield Served(port, settings, log, process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def wait_until_it_answers(process: subprocess.Popen[Any], port: int) -> None:
    """Return once a worker answers; AssertionError when the process ends or takes too long.

    Connections are taken before that, while the worker still reads its data.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError("The service ended at once; its output says why.")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
                if connection.recv(1):
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"The service did not answer within {START_SECONDS} s.")
