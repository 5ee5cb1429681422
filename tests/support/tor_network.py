"""A Tor network of its own on loopback: directory authorities, relays, the shipped onion service, a client.

Nothing leaves the machine: every node knows only these authorities, and all of them listen on 127.0.0.1.
"""

from __future__ import annotations

import re
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.programs import program
from tests.support.service_process import free_port

AUTHORITIES = 3
RELAYS = 4
START_SECONDS = 240
STOP_SECONDS = 30
# How chutney, Tor's own test network, makes a network agree within seconds.
NETWORK = """
TestingTorNetwork 1
AssumeReachable 1
PathsNeededToBuildCircuits 0.25
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
V3AuthNIntervalsValid 20
TestingV3AuthInitialVotingInterval 5
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthVotingInterval 10
V3AuthVoteDelay 2
V3AuthDistDelay 2
"""


@dataclass(frozen=True)
class TorNetwork:
    """The network, the service's address in it, and the port of a client."""

    onion: str
    socks_port: int

    def connect(self, person: str) -> socket.socket:
        """A connection to the onion service, once the network has found it; each person has circuits of their own."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._connect(person)
            except OSError:
                assert time.monotonic() < deadline, "The onion service was not reached."
                time.sleep(0.5)

    def _connect(self, person: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.socks_port), timeout=6)
        try:
            # SOCKS5 with a user name (RFC 1928, RFC 1929): tor gives each name its own circuits.
            name, host = person.encode("ascii"), self.onion.encode("ascii")
            _ask(connection, b"\x05\x01\x02", b"\x05\x02")
            _ask(connection, b"\x01" + bytes([len(name)]) + name + b"\x01x", b"\x01\x00")
            _ask(connection, b"\x05\x01\x00\x03" + bytes([len(host)]) + host + struct.pack(">H", 80), b"\x05\x00")
            connection.recv(8)
            connection.settimeout(30)
        except OSError:
            connection.close()
            raise
        return connection


def _ask(connection: socket.socket, question: bytes, answer: bytes) -> None:
    connection.sendall(question)
    if connection.recv(2) != answer:
        raise ConnectionError("not yet")


@contextmanager
def tor_network(folder: Path, onion_socket: Path) -> Iterator[TorNetwork]:
    """The shipped torrc in a network of its own; only places are substituted."""
    ports = [(free_port(), free_port()) for _ in range(AUTHORITIES)]
    known = "\n".join(_authority(folder / f"authority{at}", at, *ports[at]) for at in range(AUTHORITIES)) + NETWORK
    shipped = (ROOT / "deploy" / "tor" / "torrc").read_text("utf-8")
    for place, here in (
        ("/run/undersigned-onion/nginx.sock", str(onion_socket)),
        ("/run/undersigned-onion/desk.sock", str(onion_socket.with_name("desk.sock"))),
        ("/var/lib/tor", str(folder / "onion")),
        ("Log err stderr", f"Log err file {folder}/onion.log"),
    ):
        assert place in shipped
        shipped = shipped.replace(place, here)
    socks_port = free_port()
    with ExitStack() as stack:
        for at, (onion_port, directory_port) in enumerate(ports):
            role = f"ORPort 127.0.0.1:{onion_port}\nDirPort 127.0.0.1:{directory_port}\nContactInfo none\n"
            role += "AuthoritativeDirectory 1\nV3AuthoritativeDirectory 1\n"
            stack.enter_context(_node(folder, f"authority{at}", known + _RELAY + role))
        for at in range(RELAYS):
            stack.enter_context(_node(folder, f"relay{at}", known + _RELAY + f"ORPort 127.0.0.1:{free_port()}\n"))
        stack.enter_context(_node(folder, "client", f"{known}SocksPort 127.0.0.1:{socks_port}\n"))
        (folder / "onion").mkdir(mode=0o700)
        stack.enter_context(_tor(folder, "onion", known + shipped))
        yield TorNetwork(_address(folder / "onion" / "undersigned" / "hostname"), socks_port)


_RELAY = "Address 127.0.0.1\nSocksPort 0\nExitPolicy reject *:*\n"


@contextmanager
def _node(folder: Path, name: str, text: str) -> Iterator[None]:
    (folder / name).mkdir(mode=0o700, exist_ok=True)
    own = f"DataDirectory {folder / name}\nNickname {name}\nLog err file {folder}/{name}.log\n"
    with _tor(folder, name, text + own):
        yield


@contextmanager
def _tor(folder: Path, name: str, text: str) -> Iterator[None]:
    torrc, defaults = folder / f"{name}.torrc", folder / "defaults"
    torrc.write_text(text, "utf-8")
    defaults.touch()
    command = [program("tor"), "--quiet", "--defaults-torrc", str(defaults), "-f", str(torrc)]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            # An onion service takes half a minute to say goodbye; nobody waits for this one.
            process.kill()
            process.wait(timeout=STOP_SECONDS)


def _address(hostname: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while not (hostname.exists() and hostname.read_text("ascii").endswith(".onion\n")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return hostname.read_text("ascii").strip()


def _authority(data: Path, at: int, onion_port: int, directory_port: int) -> str:
    """Make the keys of a directory authority; the line by which all others know it."""
    (data / "keys").mkdir(parents=True)
    data.chmod(0o700)
    address = f"127.0.0.1:{directory_port}"
    make = ["tor-gencert", "--create-identity-key", "-m", "12", "-a", address, "--passphrase-fd", "0"]
    for option, name in (("-i", "identity_key"), ("-s", "signing_key"), ("-c", "certificate")):
        make += [option, str(data / "keys" / f"authority_{name}")]
    subprocess.run(make, input=b"x\n", capture_output=True, check=True)
    found = re.search("fingerprint ([0-9A-F]{40})", (data / "keys" / "authority_certificate").read_text("ascii"))
    assert found
    torrc = data / "torrc"
    nobody = f"DirAuthority x orport=1 no-v2 v3ident={'0' * 39}1 127.0.0.1:1 {'f' * 40}"
    torrc.write_text(f"{nobody}\nORPort {onion_port}\nDataDirectory {data}\nNickname authority{at}\nSocksPort 0\n")
    command = [program("tor"), "--quiet", "--defaults-torrc", str(torrc), "-f", str(torrc), "--list-fingerprint"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    fingerprint = said.partition(" ")[2].replace(" ", "").strip()
    return f"DirAuthority authority{at} orport={onion_port} no-v2 v3ident={found[1]} {address} {fingerprint}"
