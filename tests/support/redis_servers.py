"""Starts real servers for the store: Redis and Valkey as config/valkey/ sets them up, alone or three as a cluster.

Each listens on loopback and on a socket, in a folder of its own, with an `admin` that no shipped ACL file has.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from service.servers.users import CONFIG, make_users
from tests.support.programs import program
from tests.support.service_process import free_port

# Debian's own, whatever its version (7.0 in Debian 12, 8.0 in Debian 13), and the two that debian13.py fetched.
PROGRAMS = {"redis": "redis-server", "redis-8": "redis-8", "valkey-8": "valkey-8"}
START_SECONDS = 30


@dataclass
class Server:
    """A running server; `passwords` is the folder with one file per user."""

    command: list[str]
    port: int
    folder: Path
    passwords: Path
    process: subprocess.Popen[bytes]
    tls_port: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    """Beside those of this process, from the next start on."""

    @property
    def url(self) -> str:
        """As it stands in the settings."""
        return f"redis://127.0.0.1:{self.port}?passwords={self.passwords}"

    @property
    def socket_url(self) -> str:
        """The same over the socket."""
        return f"unix://{self.folder}/socket?passwords={self.passwords}"

    def client(self, user: str) -> redis.Redis:
        """A plain client of the library, told nothing by our code."""
        return redis.Redis(port=self.port, username=user, password=password(user), socket_timeout=20)

    def kill(self) -> None:
        """As a power cut ends it, and the copy of it that writes its file anew."""
        copies: list[str] = []
        with suppress(FileNotFoundError):  # it may have ended by itself
            copies = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()
        self.process.kill()
        for copy in copies:
            with suppress(ProcessLookupError):
                os.kill(int(copy), signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        """Start it again in the same folder."""
        environment = os.environ | self.variables
        self.process = subprocess.Popen(
            self.command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self)

    def beside(self, folder: Path) -> Server:
        """A server like this one, with another folder of the same files, and not started."""
        port = free_port()
        changed = {str(self.port): str(port), str(self.folder): str(folder)}
        changed[str(self.folder / "socket")] = str(folder / "socket")
        changed[str(self.folder / "users.acl")] = str(folder / "users.acl")
        command = [changed.get(word, word) for word in self.command]
        return Server(command, port, folder, self.passwords, self.process)


def password(user: str) -> str:
    """Each user's own; long passwords are the operator's business."""
    return f"the password of {user}"


@contextmanager
def running(
    kind: str,
    folder: Path,
    role: str = "envelopes",
    *,
    options: tuple[str, ...] = (),
    tls: tuple[str, ...] = (),
    through: tuple[str, ...] = (),
) -> Iterator[Server]:
    """A server with config/valkey/<role>.conf and the users of its ACL file, until the end.

    `through`: the words of a command that starts it, before its own.
    """
    port, tls_port = free_port(), free_port() if tls else 0
    folder.mkdir(parents=True, exist_ok=True)
    cluster = "--cluster-enabled" in options
    write_users(folder, f"{role}-cluster.acl" if cluster else f"{role}.acl")
    command = [
        *through, program(PROGRAMS[kind]), str(CONFIG / f"{role}.conf"), "--port", str(port), "--dir", str(folder),
        "--unixsocket", str(folder / "socket"), "--aclfile", str(folder / "users.acl"), *options,
    ]  # fmt: skip
    if tls:
        command += ["--tls-port", str(tls_port), *tls]
    if kind.startswith("valkey"):
        command += ["--include", str(CONFIG / "commandlog.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(command, port, folder, folder / "passwords", process, tls_port)
    try:
        wait_for(server)
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=20)


@contextmanager
def running_cluster(kind: str, folder: Path, *, tls: tuple[str, ...] = ()) -> Iterator[list[Server]]:
    """Three servers that share the slots, put together by redis-cli as an operator would."""
    among_themselves = ("--tls-cluster", "yes", "--tls-replication", "yes") if tls else ()
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                running(kind, folder / str(number), options=(*cluster_options(), *among_themselves), tls=tls)
            )
            for number in range(3)
        ]
        nodes = [f"127.0.0.1:{server.port}" for server in servers]
        subprocess.run(
            ["redis-cli", "--user", "admin", "--no-auth-warning", "--cluster", "create", *nodes, "--cluster-yes"],
            env=os.environ | {"REDISCLI_AUTH": password("admin")},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for server in servers:
            wait_until(
                lambda server=server: server.client("admin").execute_command("CLUSTER INFO")["cluster_state"] == "ok"
            )  # type: ignore[misc]
        yield servers


def cluster_options() -> tuple[str, ...]:
    """A node's own options; the bus takes a port of its own, because the usual one may lie beyond the last port."""
    return ("--cluster-enabled", "yes", "--cluster-port", str(free_port()))


def cluster_url(servers: list[Server]) -> str:
    """As it stands in the settings."""
    nodes = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    return f"redis-cluster://{nodes}?passwords={servers[0].passwords}"


def write_users(folder: Path, name: str) -> None:
    """The users of the shipped ACL file, made as for an operator, and the admin who puts things in order for tests."""
    make_users(CONFIG / name, folder, password)
    with (folder / "users.acl").open("a", encoding="ascii") as file:
        file.write(f"user admin on #{hashlib.sha256(password('admin').encode('ascii')).hexdigest()} ~* &* +@all\n")


def write_certificate(folder: Path, address: str = "127.0.0.1") -> tuple[str, ...]:
    """cert.pem and key.pem for an address, signed by itself, for the days around this one; a server's options."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of the tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    files = ("cert", folder / "cert.pem"), ("key", folder / "key.pem"), ("ca-cert", folder / "cert.pem")
    return (*(word for name, path in files for word in (f"--tls-{name}-file", str(path))), "--tls-auth-clients", "no")


def wait_for(server: Server) -> None:
    """Return once it answers."""

    def answers() -> Any:
        assert server.process.poll() is None, "The server ended at once."
        try:
            return server.client("admin").ping()
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False

    wait_until(answers)


def wait_until(true: Any) -> None:
    """Return once it is so; AssertionError when it takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.02)
    raise AssertionError(f"It was not so within {START_SECONDS} s.")
