"""The site as docker-compose.yml starts it: nginx, two service processes, two Valkeys, tor; directly on loopback.

Each Valkey is started with the compose file's own command, tor with the shipped torrc; only places are substituted.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from service import parse_store
from service.servers.connection import RedisAddress
from service.settings import Settings
from tests.support.nginx_site import Front, front, running, serving_behind, wait_for
from tests.support.paths import ROOT
from tests.support.programs import program


@dataclass(frozen=True)
class WholeSite:
    """Where people come in, how the service is set, and the two servers' processes by their names."""

    front: Front
    settings: Settings
    valkeys: dict[str, subprocess.Popen[bytes]]


@contextmanager
def whole_site(settings: Settings) -> Iterator[WholeSite]:
    """All of it, until the end."""
    with ExitStack() as stack:
        site = stack.enter_context(front())
        users = [sys.executable, "-m", "service.admin", "users", str(site.folder / "users")]
        subprocess.run(users, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        valkeys = {name: stack.enter_context(valkey(name, site.folder)) for name in ("envelopes", "limits")}
        stack.enter_context(tor(site))
        told = replace(
            settings,
            store=parse_store(address(site.folder, "envelopes")),
            limits_server=RedisAddress.parse(address(site.folder, "limits")),
            processes=2,
        )
        stack.enter_context(serving_behind(site, told))
        yield WholeSite(site, told, valkeys)


def address(folder: Path, name: str) -> str:
    """As .env.example has it."""
    return f"unix://{folder}/valkey-{name}/valkey.sock?passwords={folder}/users/{name}/passwords"


@contextmanager
def valkey(name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One of the two servers."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    command = compose["services"][f"valkey-{name}"]["command"]
    at = command.index("valkey-server")
    data = folder / f"valkey-{name}"
    places = {
        "/etc/valkey/": f"{ROOT}/config/valkey/",
        "/run/users/": f"{folder}/users/{name}/",
        f"/run/valkey-{name}/": f"{folder}/valkey-{name}/",
    }
    for there, here in places.items():
        assert any(there in word for word in command), f"{there} is not in the compose file."
        command = [word.replace(there, here) for word in command]
    command[at] = program("valkey-8")
    before = [str(ROOT / "deploy" / "even-times.sh") if word == "/even-times.sh" else word for word in command[:at]]
    before = [str(data) if word == "/data" else word for word in before]
    data.mkdir(exist_ok=True)
    # The image's working folder is that of the data.
    with running([*before, *command[at:]], folder / f"valkey-{name}.log", folder=data) as process:
        wait_for(process, lambda: reach(data / "valkey.sock"))
        yield process


@contextmanager
def tor(site: Front) -> Iterator[None]:
    """tor with the shipped torrc and without a network; a test that plays tor speaks to nginx as this one would."""
    text = (ROOT / "deploy" / "tor" / "torrc").read_text("utf-8")
    for there, here in (
        ("/var/lib/tor", f"{site.folder}/tor"),
        ("/run/undersigned-onion/nginx.sock", str(site.onion_socket)),
    ):
        assert there in text
        text = text.replace(there, here)
    (site.folder / "tor").mkdir(mode=0o700)
    (site.folder / "torrc").write_text(text + "DisableNetwork 1\n", "utf-8")
    command = [program("tor"), "--quiet", "--defaults-torrc", os.devnull, "-f", str(site.folder / "torrc")]
    with running(command, site.folder / "tor.log") as process:
        wait_for(process, lambda: (site.folder / "tor" / "undersigned" / "hostname").stat())
        yield


def reach(path: Path) -> None:
    """Raises OSError while nobody listens there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
