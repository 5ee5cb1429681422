"""Starts what faces the network as it is shipped: the real nginx with the shipped configuration, the service behind it.

Only places are substituted (folders, sockets, ports); each must occur in the shipped files, or the test fails.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.settings import Settings
from tests.support.paths import ROOT
from tests.support.programs import program
from tests.support.raw_http import HOST
from tests.support.service_process import START_SECONDS, environment_for, free_port


@dataclass(frozen=True)
class Front:
    """A running site: its ports of loopback, the socket for tor, and the folder that holds all it may write to."""

    folder: Path
    tls_port: int
    plain_port: int
    context: ssl.SSLContext
    nginx: list[int] = field(default_factory=list)

    @property
    def onion_socket(self) -> Path:
        """Where tor connects."""
        return self.folder / "onion" / "nginx.sock"

    @property
    def organizers_socket(self) -> Path:
        """The organizers' own door."""
        return self.folder / "onion" / "desk.sock"

    @property
    def service_socket(self) -> Path:
        """Where nginx reaches the service."""
        return self.folder / "service" / "service.sock"

    def processes(self) -> list[int]:
        """The process ids of nginx and its workers."""
        children = Path(f"/proc/{self.nginx[0]}/task/{self.nginx[0]}/children").read_text("ascii")
        return [*self.nginx, *map(int, children.split())]

    def connect(self, *, tls: bool = True, source: str = "127.0.0.1", name: str = HOST) -> socket.socket:
        """A connection as a client opens it, from one of the addresses of loopback."""
        port = self.tls_port if tls else self.plain_port
        plain = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))
        if not tls:
            return plain
        return self.context.wrap_socket(plain, server_hostname=name)

    def connect_as_tor(self, circuit: int) -> socket.socket:
        """A connection as tor opens it with HiddenServiceExportCircuitID (src/core/or/connection_edge.c)."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(str(self.onion_socket))
        high, low = circuit >> 16, circuit & 0xFFFF
        connection.sendall(f"PROXY TCP6 fc00:dead:beef:4dad::{high:x}:{low:x} ::1 {low} 80\r\n".encode())
        return connection

    def connect_as_organizer(self) -> socket.socket:
        """A connection through the organizers' door, as tor opens it for an onion that tells no circuit."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(str(self.organizers_socket))
        return connection


def certificate(folder: Path, *names: str) -> ssl.SSLContext:
    """A certificate for these names, laid into a folder as site.conf expects; trusted by the context given."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "fullchain.pem").write_bytes(pem)
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return ssl.create_default_context(cadata=pem.decode("ascii"))


def lay_out(folder: Path, added: str = "", onion: str = "") -> Front:
    """The shipped configuration in a folder of its own, `added` after the operator's site.conf, its onion filled in."""
    for name in ("service", "onion", "run", "etc/tls", "etc/nginx", "acme"):
        (folder / name).mkdir(parents=True)
    front = Front(folder, free_port(), free_port(), certificate(folder / "etc" / "tls", HOST, "mirror.example"))
    places = {
        "/opt/undersigned/deploy/nginx/": f"{folder}/nginx/",
        "/run/undersigned/": f"{folder}/service/",
        "/run/undersigned-onion/": f"{folder}/onion/",
        "/run/undersigned-nginx/": f"{folder}/run/",
        "/etc/undersigned/": f"{folder}/etc/",
        "/var/lib/undersigned-acme": f"{folder}/acme",
        "listen 443 ": f"listen 127.0.0.1:{front.tls_port} ",
        "listen [::]:443 ": f"listen 127.0.0.1:{free_port()} ",
        "listen 80 ": f"listen 127.0.0.1:{front.plain_port} ",
        "listen [::]:80 ": f"listen 127.0.0.1:{free_port()} ",
    }
    shutil.copytree(ROOT / "deploy" / "nginx", folder / "nginx")
    shipped_site = (ROOT / "config" / "nginx" / "site.conf").read_text("utf-8")
    line = '# on "http://YOUR-56-LETTERS.onion'
    assert line in shipped_site
    filled_in = shipped_site.replace(line, f'on "http://{onion}') if onion else shipped_site
    (folder / "etc" / "nginx" / "site.conf").write_text(filled_in + added, "utf-8")
    files = [*(folder / "nginx").iterdir(), *(folder / "etc" / "nginx").iterdir()]
    texts = {path: path.read_text("utf-8") for path in files}
    for shipped, here in places.items():
        assert any(shipped in text for text in texts.values()), f"{shipped} is nowhere in the shipped files."
        texts = {path: text.replace(shipped, here) for path, text in texts.items()}
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    return front


def nginx_command(front: Front, *more: str) -> list[str]:
    """nginx with the laid out configuration; as the user who tests, where the images and units name another."""
    return [program("nginx"), "-c", str(front.folder / "nginx" / "nginx.conf"), *more]


@contextmanager
def running(
    command: list[str], log: Path, environment: dict[str, str] | None = None, folder: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """A program until the end of the block, then stopped as an operator would stop it."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder with a short name: the path of a unix socket has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="undersigned-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def shipped_environment(unit: str) -> dict[str, str]:
    """The variables that a unit of deploy/systemd/ sets for what it starts."""
    text = (ROOT / "deploy" / "systemd" / f"{unit}.service").read_text("utf-8")
    return dict(line.partition("=")[2].split("=", 1) for line in text.splitlines() if line.startswith("Environment="))


def change(folder: Path, shipped: str, other: str) -> None:
    """Write `other` for `shipped` in all configuration, where it must stand."""
    texts = {path: path.read_text("utf-8") for path in folder.glob("*.conf")}
    assert any(shipped in text for text in texts.values()), f"{shipped} is nowhere in the shipped files."
    for path, text in texts.items():
        path.write_text(text.replace(shipped, other), "utf-8")


@contextmanager
def front(added: str = "", onion: str = "", spoilt: Mapping[str, str] = MappingProxyType({})) -> Iterator[Front]:
    """nginx with nothing behind it yet; `serving_behind` adds the service. `spoilt` is for controls."""
    with temporary_folder() as folder:
        laid_out = lay_out(folder, added, onion)
        for shipped, other in spoilt.items():
            change(laid_out.folder / "nginx", shipped, other)
        # Tests may run as root, whose workers would become "nobody" and could not enter the folder.
        touched = ["sh", str(ROOT / "deploy" / "even-times.sh"), str(laid_out.folder / "run")]
        with running(
            [*touched, *nginx_command(laid_out, "-g", f"user {pwd.getpwuid(os.geteuid()).pw_name};")],
            folder / "nginx.log",
            os.environ | shipped_environment("undersigned-nginx"),
        ) as process:
            wait_for(process, lambda: laid_out.connect(tls=False).close())
            laid_out.nginx.append(process.pid)
            yield laid_out


@contextmanager
def serving_behind(front: Front, settings: Settings, module: str = "service") -> Iterator[None]:
    """The service on the socket where nginx looks for it; `module` is what Python runs."""
    environment = environment_for(settings) | {
        "UNDERSIGNED_LISTEN": f"unix:{front.service_socket}",
        "UNDERSIGNED_TRUSTED_HOPS": "1",
    }
    with running([sys.executable, "-m", module], front.folder / "service.log", environment) as process:
        wait_for(process, lambda: _reach(front.service_socket))
        yield


def _reach(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))


def wait_for(process: subprocess.Popen[bytes], reach: Callable[[], object]) -> None:
    """Return once `reach` raises no OSError; AssertionError when the process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "It ended at once; its output says why."
        try:
            reach()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"It did not answer within {START_SECONDS} s.")
