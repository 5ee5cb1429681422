"""What can be said of the shipped deployment files without an engine, systemd or the Tor network."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import compose_spec
import pytest
import yaml

from service import parse_store
from service.settings import Settings, read_settings
from service.site.headers import security_headers
from tests.support.nginx_site import running, temporary_folder, wait_for
from tests.support.paths import ROOT
from tests.support.programs import program
from tests.support.service_process import environment_for

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = re.sub(r"\\\n", "", re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8")))


def check_compose(compose: dict[str, Any]) -> None:
    """Raises ValueError where the compose specification is not followed or a name leads nowhere."""
    read = compose_spec.PyCompose.from_yaml(yaml.safe_dump(compose))
    read.validate()
    read.validate_networks()
    read.validate_secrets()
    read.validate_volumes()


def test_the_compose_file_follows_the_specification() -> None:
    """By a reader of the specification, which refuses what is misspelt or leads nowhere."""
    check_compose(COMPOSE)
    for service, wrong in (
        ("nginx", {"read-only": True}),
        ("nginx", {"networks": ["nowhere"]}),
        ("tor", {"mem_limit": "much"}),
        ("service", {"secrets": ["unknown"]}),
    ):
        broken = copy.deepcopy(COMPOSE)
        broken["services"][service].update(wrong)
        with pytest.raises(ValueError, match=r"."):
            check_compose(broken)


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_logs_or_may_do_more_than_its_work(name: str) -> None:
    """No log driver, a read-only disk, no capability, no way to become root, bounded memory without swap, no dump."""
    service = SERVICES[name]
    assert service["logging"] == {"driver": "none"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["ulimits"]["core"] == 0
    assert int(service["user"].split(":")[0]) > 0
    assert not service.keys() & {"cap_add", "privileged", "pid", "ipc", "devices", "env_file"}


def test_only_nginx_and_tor_see_a_network() -> None:
    """All others have none at all and are reached by sockets; only nginx has a published port."""
    assert COMPOSE["networks"] == {"outside": {}}
    assert {name for name, service in SERVICES.items() if service.get("networks") == ["outside"]} == {"nginx", "tor"}
    others = SERVICES.keys() - {"nginx", "tor"}
    assert {name for name, service in SERVICES.items() if service.get("network_mode") == "none"} == others
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx"}


def test_the_sockets_lie_in_memory_and_the_onion_key_with_tor_alone() -> None:
    """Who shares a folder with whom."""
    mounted = {
        name: {volume.split(":")[0]: volume for volume in service.get("volumes", [])}
        for name, service in SERVICES.items()
    }
    assert {name for name, volumes in mounted.items() if "door" in volumes} == {"service", "nginx"}
    assert {name for name, volumes in mounted.items() if "onion-door" in volumes} == {"nginx", "tor"}
    assert {name for name, volumes in mounted.items() if "onion-key" in volumes} == {"tor"}
    assert {name for name, volumes in mounted.items() if "data" in volumes} == {"service"}
    for kind in ("envelopes", "limits"):
        users = {name for name, volumes in mounted.items() if f"{kind}-door" in volumes}
        assert users == {"service", f"valkey-{kind}"}
    doors = {name: volume for name, volume in COMPOSE["volumes"].items() if name.endswith("door")}
    assert len(doors) == 4
    assert all(volume["driver_opts"]["type"] == "tmpfs" for volume in doors.values())
    for volumes in mounted.values():
        assert all(volume.endswith(":ro") for source, volume in volumes.items() if source.startswith("./"))


def test_each_part_starts_when_the_one_before_is_healthy() -> None:
    """Health checks everywhere; without the profiles, nginx and the service are left and nothing they need is gone."""
    for name, service in SERVICES.items():
        assert "healthcheck" in service or "HEALTHCHECK" in stage(name), name
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert "profiles" not in SERVICES[needed] or how["required"] is False
    profiles = {name: service.get("profiles") for name, service in SERVICES.items()}
    assert profiles == {
        "service": None,
        "nginx": None,
        "tor": ["onion"],
        "valkey-envelopes": ["valkey"],
        "valkey-limits": ["valkey"],
    }


def test_versions_are_exact() -> None:
    """An image tag that moves could bring anything; the tag names a version down to its last digit."""
    images = [service["image"] for service in SERVICES.values()]
    images += [
        image
        for image in re.findall(r"(?m)^FROM (\S+)", DOCKERFILE)
        if image not in re.findall(r"(?m)^FROM \S+ AS (\S+)", DOCKERFILE)
    ]
    assert len(images) == len(SERVICES) + 1
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for image in images:
        tag = image.partition(":")[2]
        assert re.fullmatch(r"[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)?(@sha256:[0-9a-f]{64})?", tag), image
        assert not image.startswith("undersigned/") or tag == version


def test_the_service_understands_what_the_compose_file_tells_it(tmp_path: Path, appeal_folder: Path) -> None:
    """Image and compose file together are settings without a mistake, and the secret comes from a file."""
    told = dict(re.findall(r"(UNDERSIGNED_\w+)=(\S+)", stage("service")))
    told |= SERVICES["service"]["environment"]
    told = {name: re.sub(r"\$\{\w+:-\}", "", value) for name, value in told.items()}
    assert told["UNDERSIGNED_DESK_TOKEN_SHA256_FILE"] == "/run/secrets/desk_token_sha256"
    (tmp_path / "token").write_text("ab" * 32 + "\n")
    told |= {
        "UNDERSIGNED_DESK_TOKEN_SHA256_FILE": str(tmp_path / "token"),
        "UNDERSIGNED_APPEAL": str(appeal_folder),
    }
    settings = read_settings(told, parse_store)
    assert (str(settings.listen), settings.trusted_hops) == ("unix:/run/undersigned/service.sock", 1)
    assert str(settings.store) == "file:/var/lib/undersigned/envelopes"


def stage(name: str) -> str:
    """The part of the Dockerfile that makes one service's image; empty for an image of others."""
    found = re.search(rf"(?ms)^FROM \S+ AS {name}\n.*?(?=^FROM|\Z)", DOCKERFILE)
    assert found or "build" not in SERVICES[name]
    return found[0] if found else ""


def test_the_dockerfile_is_clean() -> None:
    """By hadolint; and no image runs as root or holds a secret, the organizers' tool or code that opens envelopes."""
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([str(hadolint), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
    for name, service in SERVICES.items():
        if "build" in service:
            assert f"USER {service['user']}\n" in stage(name)
            assert service["build"]["target"] == name
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert "crypto/seal.py" in ignored
    copied = {part for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", DOCKERFILE) for part in line.split()[:-1]}
    assert {part.split("/")[0] for part in copied} == allowed


@pytest.mark.slow  # signing costs seconds on purpose
def test_the_service_runs_from_what_its_image_holds(settings: Settings, tmp_path: Path) -> None:
    """The folders that the Dockerfile copies, less what .dockerignore leaves out, are enough to serve."""
    image = tmp_path / "image"
    for source in re.findall(r"(?m)^COPY (\S+) \1$", stage("service")):
        target = image / source
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile)(ROOT / source, target)
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        left_out = image / line
        if re.fullmatch(r"[a-z][a-z/.]+", line) and left_out.exists():
            shutil.rmtree(left_out) if left_out.is_dir() else left_out.unlink()
    assert not (image / "crypto" / "seal.py").exists()
    with temporary_folder() as short:
        door = short / "service.sock"
        health = [sys.executable, "deploy/healthy.py", str(door)]
        environment = environment_for(settings) | {"UNDERSIGNED_LISTEN": f"unix:{door}"}
        assert subprocess.run(health, cwd=image, check=False).returncode == 1
        command = [sys.executable, "-m", "service"]
        with running(command, tmp_path / "log", environment, image) as process:
            wait_for(process, lambda: ask_health(health, image))
            assert oct(door.stat().st_mode & 0o777) == "0o660"


def ask_health(command: list[str], folder: Path) -> None:
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise ConnectionError("not healthy yet")


def test_tor_accepts_its_configuration() -> None:
    """tor --verify-config, without a complaint; circuits are told and floods have to work."""
    shipped = (ROOT / "deploy" / "tor" / "torrc").read_text("utf-8")
    for line in (
        "HiddenServiceExportCircuitID haproxy",
        "HiddenServicePoWDefensesEnabled 1",
        "HiddenServicePort 80 unix:/run/undersigned-onion/nginx.sock",
        "HiddenServicePort 80 unix:/run/undersigned-onion/desk.sock",
        "SocksPort 0",
    ):
        assert line in shipped.splitlines()
    with temporary_folder() as folder:
        (folder / "torrc").write_text(shipped.replace("/var/lib/tor", str(folder)).replace("Log err", "Log notice"))
        command = [program("tor"), "--defaults-torrc", os.devnull, "-f", str(folder / "torrc"), "--verify-config"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "Configuration was valid" in done.stdout
        complaints = [line for line in done.stdout.splitlines() if "[warn]" in line and "as root" not in line]
        assert complaints == []


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy" / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_the_units_are_valid_and_shut_in(unit: Path, tmp_path: Path) -> None:
    """systemd-analyze verify without a complaint, and at most 2.0 of its 10 points of exposure."""
    # verify wants the programs to exist; they do where the guide installs them.
    here = tmp_path / unit.name
    here.write_text(unit.read_text("utf-8").replace("/opt/undersigned/.venv/bin/python", sys.executable), "utf-8")
    verify = [program("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", str(here)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    security = [program("systemd-analyze"), "security", "--offline=true", "--no-pager", "--threshold=20", str(here)]
    done = subprocess.run(security, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


def test_nginx_and_the_service_agree_on_the_protective_headers() -> None:
    """What nginx takes off pages that it keeps is what it puts on, and each is the service's, with the same value."""
    files = ROOT / "deploy" / "nginx"
    lines = (files / "protecting-headers.conf").read_text("utf-8")
    added = {name: value.strip('"') for name, value in re.findall(r"(?m)^add_header (\S+) (.+) always;$", lines)}
    served = security_headers([], [])
    del served["Content-Security-Policy"]
    assert {name: value for name, value in added.items() if "$" not in value} == served
    taken_off = re.findall(r"(?m)^ *proxy_hide_header (\S+);$", (files / "kept-pages.conf").read_text("utf-8"))
    assert sorted(taken_off) == sorted(served)
