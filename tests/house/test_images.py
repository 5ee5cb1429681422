"""The steps of the Dockerfile make images in which service, nginx and tor run as docker-compose.yml wants them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.container_images import Image, make_images
from tests.support.debian_mirror import mirror
from tests.support.nginx_site import certificate, temporary_folder
from tests.support.paths import ROOT
from tests.support.programs import program
from tests.support.raw_http import HOST, request, sealed, status

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
START_SECONDS = 60
# Speaks TLS to whoever listens on port 443 of the same network: the request comes in, the answer goes out.
CLIENT = (
    "import socket, ssl, sys; context = ssl.create_default_context(cafile=sys.argv[1]);"
    "c = context.wrap_socket(socket.create_connection(('127.0.0.1', 443), 20), server_hostname=sys.argv[2]);"
    "c.sendall(sys.stdin.buffer.read()); sys.stdout.buffer.write(b''.join(iter(lambda: c.recv(65536), b'')))"
)


class Containers:
    """Chroots that cannot be written to, in a folder with what the compose file mounts into them."""

    def __init__(self, folder: Path, images: dict[str, Image]) -> None:
        self.folder, self.images = folder, images
        for name, volume in COMPOSE["volumes"].items():
            options = dict(
                part.split("=")
                for part in ((volume or {}).get("driver_opts", {}).get("o", "")).split(",")
                if "=" in part
            )
            self.share(name, int(options.get("uid", 0)), int(options.get("gid", 0)), int(options.get("mode", "755"), 8))

    def share(self, name: str, user: int, group: int, mode: int = 0o750) -> Path:
        """A folder to mount, which belongs to this user and group."""
        place = self.folder / "volumes" / name
        place.mkdir(parents=True, exist_ok=True)
        os.chown(place, user, group)
        place.chmod(mode)
        return place

    @contextmanager
    def running(self, name: str) -> Iterator[int]:
        """One service of the compose file until the end of the block: the process id of its namespace's first."""
        image, service = self.images[name], SERVICES[name]
        user, group = service["user"].split(":")
        assert image.said["USER"] == service["user"]
        groups = ",".join([group, *service.get("group_add", [])])
        environment = {key: value for key, value in service.get("environment", {}).items() if "$" not in value}
        script = [f"mount --bind {image.root} {image.root}", *self._mounts(name, image)]
        script += [f"{program('ip')} link set lo up"]
        script += [f"sysctl -qw {key}={value}" for key, value in service.get("sysctls", {}).items()]
        script += [f"mount -o remount,bind,ro {image.root}", f"cd {image.root}{image.said['WORKDIR']}"]
        become = f"exec chroot --userspec={user}:{group} --groups={groups} {image.root}"
        start = f'{become} /bin/sh -c \'cd {image.said["WORKDIR"]} && exec "$@"\' sh "$@"'
        apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
        command = [*apart, "/bin/sh", "-ec", "\n".join([*script, start]), "sh", *json.loads(image.said["CMD"])]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, env=image.environment | environment, stdout=log, stderr=log)
        try:
            yield self._first_inside(process)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)

    def _mounts(self, name: str, image: Image) -> list[str]:
        mounts = [f"mount -t proc proc {image.root}/proc", f"mount --bind /dev {image.root}/dev"]
        for volume in SERVICES[name].get("volumes", []):
            source, target, *_ = volume.split(":")
            place = self.folder / "volumes" / source.removeprefix("./")
            if place.exists():
                (image.root / target[1:]).mkdir(parents=True, exist_ok=True)
                mounts.append(f"mount --bind {place} {image.root}{target}")
        for tmpfs in SERVICES[name].get("tmpfs", []):
            target, _, options = tmpfs.partition(":")
            (image.root / target[1:]).mkdir(parents=True, exist_ok=True)
            mounts.append(f"mount -t tmpfs -o {options} tmpfs {image.root}{target}")
        for secret in SERVICES[name].get("secrets", []):
            (image.root / "run" / "secrets").mkdir(exist_ok=True)
            shutil.copy2(self.folder / "volumes" / "secrets" / secret, image.root / "run" / "secrets" / secret)
            os.chown(image.root / "run" / "secrets" / secret, int(SERVICES[name]["user"].split(":")[0]), 0)
        return mounts

    def _first_inside(self, process: subprocess.Popen[bytes]) -> int:
        deadline = time.monotonic() + START_SECONDS
        while not (found := Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return int(found[0])

    def become_healthy(self, name: str, pid: int) -> None:
        """Return once the image's own health check, run as its user, is content."""
        image, (user, group) = self.images[name], SERVICES[name]["user"].split(":")
        groups = ",".join([group, *SERVICES[name].get("group_add", [])])
        inside = ["chroot", f"--userspec={user}:{group}", f"--groups={groups}", str(image.root), "/bin/sh", "-c"]
        check = [f'cd {image.said["WORKDIR"]} && exec "$@"', "sh", *image.health_check]
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run([*entering(pid), *inside, *check], check=False, capture_output=True).returncode:
            log = (self.folder / f"{name}.log").read_text("utf-8")
            assert time.monotonic() < deadline, f"{name} does not become healthy: {log}"
            time.sleep(0.2)


def entering(pid: int) -> list[str]:
    """The start of a command that runs where this process does."""
    return ["nsenter", "--target", str(pid), "--mount", "--net", "--pid"]


@pytest.mark.long
def test_the_images_are_made_and_run(appeal_folder: Path, envelope: bytes) -> None:
    """Each is healthy by its own check, as its own user, on a disk it cannot write; page and receipt come through."""
    with temporary_folder() as folder:
        containers = Containers(folder, make_images(folder, mirror()))
        volumes = folder / "volumes"
        for place in ("secrets", "config"):
            containers.share(place, 0, 0, 0o755)
        for place, group in (("secrets/tls", 10002), ("config/nginx", 0), ("config/appeal", 0), ("var/acme", 0)):
            containers.share(place, 0, group, 0o755)
        containers.share("data", 10001, 10001, 0o700)
        containers.share("onion-key", 10003, 10003, 0o700)
        (volumes / "secrets" / "desk_token_sha256").write_text("ab" * 32)
        certificate(volumes / "secrets" / "tls", HOST)
        shutil.copytree(appeal_folder, volumes / "config" / "appeal", dirs_exist_ok=True)
        shutil.copytree(ROOT / "config" / "nginx", volumes / "config" / "nginx", dirs_exist_ok=True)
        with ExitStack() as stack:
            pids = {}
            for name in ("service", "nginx", "tor"):
                pids[name] = stack.enter_context(containers.running(name))
                containers.become_healthy(name, pids[name])

            def ask(sent: bytes) -> bytes:
                trusted = str(volumes / "secrets" / "tls" / "fullchain.pem")
                command = ["nsenter", "--target", str(pids["nginx"]), "--net", "python3", "-c", CLIENT, trusted, HOST]
                return subprocess.run(command, input=sent, capture_output=True, check=True).stdout

            assert status(ask(request("GET /be/"))) == 200
            assert status(ask(sealed(envelope))) == 201
            for name, pid in pids.items():
                user = SERVICES[name]["user"].split(":")[0]
                found = Path(f"/proc/{pid}/status").read_text("ascii")
                assert f"\nUid:\t{user}\t{user}\t{user}\t{user}\n" in found, name
                with pytest.raises(OSError, match="Read-only"):
                    Path(f"/proc/{pid}/root/opt/written").touch()
        service, nginx, tor = ((folder / f"{name}.log").read_text("utf-8") for name in pids)
        # tor greets before it has read that it shall be silent.
        assert (service, nginx, tor.count("[notice]")) == ("", "", len(tor.splitlines()))
