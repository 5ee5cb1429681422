"""The operator's guide, typed as it is printed, as far as one machine without systemd, an engine and a name allows.

Its places in the tree of files lie in a folder here; every line is either typed, or listed below with what it needs.
A line for a container is carried out with what the container would have: its variables, its folders, its command.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from crypto.code import commitment
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from tests.support.envelopes import TYPE
from tests.support.nginx_site import temporary_folder
from tests.support.paths import ROOT
from tests.support.redis_servers import wait_until
from tests.support.sample_appeal import CODE, make_appeal

Keys = tuple[MinisignSecretKey, MinisignSecretKey]
GUIDE = (ROOT / "docs" / "operator.md").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["service"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PLACES = re.compile(r"(?<![\w$/.}])/(?=(?:etc|var|run|mnt|srv|opt)/)")
# Whoever is not root may give nothing away; that is the only thing that is left out for him.
NOT_ROOT = 'chown() { :; }; install() { mkdir -p "${@: -1}"; }; ' if os.geteuid() else ""
SYSTEMD, ENGINE, NAME = "systemd as the first process", "a container engine", "a name that leads to this machine"
PACKAGES, MEMORY = "to change the packages of this machine", "to change the memory of this machine"


def blocks() -> Iterator[tuple[str, str]]:
    """What stands in the guide's boxes: the language and the text, one box after the other."""
    for found in re.finditer(r"^( *)```(\w*)\n(.*?)^ *```$", GUIDE, re.M | re.S):
        yield found[2], re.sub(r"\\\n\s*", "", re.sub(f"^{found[1]}", "", found[3], flags=re.M))


class Machine:
    """A machine that somebody makes a site of: its tree of files, what it says, and the service while it runs."""

    def __init__(self, root: Path, key: OrganizersKey, minisign_keys: Keys) -> None:
        self.root, self.said, self.here = root, "", root / "opt" / "undersigned"
        self.key, self.minisign_keys = key, minisign_keys
        ignored = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache", "tests")
        shutil.copytree(ROOT, self.here, ignore=ignored)
        (self.here / ".venv").symlink_to((ROOT / ".venv").resolve())
        for place in ("etc/systemd/system", "run/undersigned", "mnt/encrypted", "var/lib"):
            (root / place).mkdir(parents=True)
        self.token = ""
        self._service: subprocess.Popen[bytes] | None = None
        self.container = root / "volume"
        root.chmod(0o711)  # the service's user gets to its own folders in it

    def placed(self, text: str) -> str:
        """The same with every place in the tree of this machine, and the token's digest where it belongs."""
        return PLACES.sub(f"{self.root}/", text.replace("THE_SHA256_OF_THE_TOKEN", self.token))

    def shell(self, line: str) -> None:
        """Type a line; it must end well. A `cd` holds for the next ones."""
        given = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSIGNED_")}
        given["UNDERSIGNED_SETTINGS"] = str(self.root / "etc" / "undersigned" / "settings.toml")
        script = f"{NOT_ROOT}{self.placed(line)}\npwd"
        done = subprocess.run(
            ["bash", "-ec", script], cwd=self.here, env=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        self.said, _, here = done.stdout.rstrip("\n").rpartition("\n")
        self.here = Path(here)

    def start(self) -> None:
        """What the unit starts, by its own line and variables."""
        unit = (self.root / "etc" / "systemd" / "system" / "undersigned.service").read_text("utf-8")
        command = shlex.split(self.placed(re.findall(r"(?m)^ExecStart=\S+ (.+)$", unit)[0]))
        variables = dict(self.placed(pair).split("=", 1) for pair in re.findall(r"(?m)^Environment=(.+)$", unit))
        self._service = subprocess.Popen([sys.executable, *command], cwd=self.root, env=os.environ | variables)
        wait_until(lambda: self.ask("GET /healthz") == b"200")

    def stop(self) -> None:
        """As the unit does: KillSignal=SIGINT."""
        if self._service:
            self._service.send_signal(signal.SIGINT)
            assert self._service.wait(timeout=30) == 0
            self._service = None

    def ask(self, request: str, body: bytes = b"") -> bytes:
        """The status of an answer through the service's socket."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.root / "run" / "undersigned" / "service.sock"))
            head = f"{request} HTTP/1.0\r\nHost: x\r\nContent-Type: {TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            return connection.recv(12)[9:]
        return b""

    def in_container(self, line: str) -> None:
        """What `docker compose run` of this line would start, with what it would find."""
        options, command = re.fullmatch(r"docker compose (?:run --rm --no-deps|exec)(.*?) service (.+)", line).groups()  # type: ignore[union-attr]  # it must
        said = dict(re.findall(r"(?m)^(?:ENV| {3}) (?:PYTHON\S+ \\\n {4})?(UNDERSIGNED_\w+)=(\S+)", DOCKERFILE))
        said |= {name: value for name, value in COMPOSE["environment"].items() if "$" not in value}
        said |= dict(pair.split("=", 1) for pair in re.findall(r" -e (\S+)", options))
        mounts = {
            "/var/lib/undersigned": self.container,
            "/etc/undersigned/appeal": self.root / "etc/undersigned/appeal",
        }
        mounts |= {"/run/secrets": self.root / "opt/undersigned/secrets"}
        for source, target in re.findall(r" -v ([^:\s]+):([^:\s]+)", options):
            mounts[target] = Path(self.placed(source))
            assert mounts[target].is_dir()

        def inside(text: str) -> str:
            for target, place in mounts.items():
                text = re.sub(rf"(?<![\w.]){target}(?=/|$)", str(place), text)
            return text

        environment = {name: inside(value) for name, value in said.items()} | {"PATH": os.environ["PATH"]}
        words = [sys.executable if word == ".venv/bin/python" else inside(word) for word in shlex.split(command)]
        done = subprocess.run(
            words, cwd=self.root / "opt/undersigned", env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        self.said = done.stdout


def typed(machine: Machine, line: str) -> None:
    machine.shell(line)


def token(machine: Machine, line: str) -> None:
    machine.shell(line)
    machine.token = machine.said.splitlines()[1]
    assert re.fullmatch("[0-9a-f]{64}", machine.token)


def container(machine: Machine, line: str) -> None:
    machine.in_container(line)


def appeal_with_keys(machine: Machine, line: str) -> None:
    """The organizers' lines are in it by now."""
    machine.shell(line)
    folder = machine.root / "etc" / "undersigned" / "appeal"
    shutil.rmtree(folder)
    make_appeal(folder, machine.key, machine.minisign_keys)


def settings(machine: Machine, text: str) -> None:
    (machine.root / "etc" / "undersigned" / "settings.toml").write_text(machine.placed(text))


def start(machine: Machine, line: str) -> None:
    """And three people sign."""
    assert subprocess.run(["bash", "-n", "-c", line], check=False).returncode == 0
    machine.start()
    for at in range(3):
        signature = Signature("Марыя Прыклад", False)
        sealed = seal_signature(machine.key.record, signature, bytes(32), commitment(f"{CODE[:-1]}{at}"))
        assert machine.ask("POST /envelopes", sealed) == b"201"


def stop(machine: Machine, line: str) -> None:
    machine.stop()


def start_again(machine: Machine, line: str) -> None:
    machine.start()
    machine.stop()


def backup(machine: Machine, line: str) -> None:
    machine.shell(line)
    assert "3 envelopes" in machine.said


def restore(machine: Machine, line: str) -> None:
    machine.shell(line)
    assert "That is the digest of the backup: the same envelopes." in machine.said


def backup_in_container(machine: Machine, line: str) -> None:
    """Of a service whose volume holds what the site has."""
    shutil.copytree(machine.root / "var" / "lib" / "undersigned", machine.container)
    machine.in_container(line)
    assert "3 envelopes" in machine.said


def restore_in_container(machine: Machine, line: str) -> None:
    machine.in_container(line)
    assert "That is the digest of the backup: the same envelopes." in machine.said


def lines_of_torrc(machine: Machine, text: str) -> None:
    assert set(text.splitlines()) <= set((ROOT / "deploy" / "tor" / "torrc").read_text("utf-8").splitlines())


def is_toml(machine: Machine, text: str) -> None:
    assert len(tomllib.loads(text)["keys"]) == 2


Step = Callable[[Machine, str], None] | str
RUN = "docker compose run --rm --no-deps -v /mnt/encrypted/containers:/backup"
ADMIN = "service .venv/bin/python -m service.admin"
STEPS: list[tuple[str, Step]] = [
    ("python3 -c ", token),
    ("swapoff -a ", MEMORY),
    ("mkdir -p /etc/systemd/journald.conf.d && printf", typed),
    ("systemctl restart systemd-journald", SYSTEMD),
    ("mkdir -p secrets/tls var/acme", typed),
    ("printf '%s\\n' THE_SHA256_OF_THE_TOKEN", typed),
    ("chown 10001 secrets/desk_token_sha256", typed),
    ("certbot certonly", NAME),
    ("install -m 0640 -g 10002 /etc/letsencrypt", NAME),
    ("certbot reconfigure", NAME),
    ("docker compose build", ENGINE),
    ("docker compose ps", ENGINE),
    ("curl -i https://letter.example/healthz", NAME),
    ("docker compose stop service && docker compose run", ENGINE),
    ("docker compose run --rm nginx", ENGINE),
    ("./run users made && mv", typed),
    ("chown -R 10001", typed),
    ("chown 999", typed),
    ("chmod 711", typed),
    (f"docker compose exec {ADMIN} doctor", ENGINE),
    ("apt-get install", PACKAGES),
    ("systemctl disable --now nginx", SYSTEMD),
    ("adduser --system", PACKAGES),
    ("git clone THIS_REPOSITORY", PACKAGES),
    ("./run organizer --help", typed),
    ("mkdir -p /etc/undersigned/tls", typed),
    ("cp -r config/appeal config/nginx /etc/undersigned/", appeal_with_keys),
    ("appeal = ", settings),
    ("cp deploy/systemd/", typed),
    ("systemctl daemon-reload", SYSTEMD),
    ("systemctl enable --now undersigned", start),
    ("curl -i https://letter.example/healthz", NAME),
    ("docker compose exec tor", ENGINE),
    ("SocksPort 0", lines_of_torrc),
    ("echo '/run/undersigned-onion", SYSTEMD),
    ("systemctl reload apparmor", SYSTEMD),
    ("cat /var/lib/tor", SYSTEMD),
    ("[[keys]]", is_toml),
    ("user operator on", "a Valkey; tests/service/test_redis_store.py has one"),
    ("docker compose exec valkey-envelopes", ENGINE),
    ("server {", NAME),
    ("./run backup ", backup),
    ("install -d -m 0700 -o 10001", typed),
    (f"{RUN} {ADMIN} backup", backup_in_container),
    ("cd /mnt/encrypted", typed),
    ("tar -xf undersigned.tar", typed),
    ("sha256sum -c", typed),
    ("systemctl stop undersigned", stop),
    ("./run restore", restore),
    ("systemctl start undersigned", start_again),
    ("docker compose stop service", ENGINE),
    (f"{RUN}:ro {ADMIN} restore", restore_in_container),
    ("docker compose start service", ENGINE),
    ("cd ", typed),
    ("UNDERSIGNED_DATA=drill", restore),
    (f"{RUN} -e UNDERSIGNED_DATA", restore_in_container),
    ("./run move", "two stores; tests/service/test_copy.py has them"),
]


@contextmanager
def machine(key: OrganizersKey, minisign_keys: Keys) -> Iterator[Machine]:
    with temporary_folder() as root:
        made = Machine(root, key, minisign_keys)
        try:
            yield made
        finally:
            made.stop()


def test_the_guide_can_be_followed(key: OrganizersKey, minisign_keys: Keys) -> None:
    """Every line of every box, in the order of the guide."""
    steps = iter(STEPS)
    with machine(key, minisign_keys) as made:
        for language, text in blocks():
            whole = language or text.startswith(("appeal = ", "SocksPort", "server {"))
            for line in [text] if whole else text.splitlines():
                begins, step = next(steps)
                assert line.startswith(begins), f"{line!r} is not {begins!r}"
                if isinstance(step, str):
                    assert language or subprocess.run(["bash", "-n", "-c", line], check=False).returncode == 0
                    continue
                if line.startswith("./run"):  # from the folder in which the guide is by then
                    made.here = made.root / "opt" / "undersigned"
                step(made, line)
    assert next(steps, None) is None
