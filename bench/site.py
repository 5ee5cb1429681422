"""Starts what is measured: the service as it is deployed, with the servers of its store, or a yardstick."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from redis.exceptions import BusyLoadingError, ConnectionError

from bench.lines import HERE, ROOT, Servers, python_of
from bench.ports import free_port, wait_for
from bench.prepared import OpenStore, PreparedStores, file_store
from bench.shipped_nginx import nginx
from bench.yardsticks import FILE
from crypto.keys import AppealId, OrganizersKey
from crypto.minisign import MinisignSecretKey
from service.servers.connection import RedisAddress
from service.servers.users import CONFIG, make_users

APPEAL_ID = AppealId(bytes.fromhex("6f1c2b9a4e5d48f7b0a3c8d2e9174653"))
KEY = OrganizersKey.derive(bytes(range(32)), APPEAL_ID)
START_SECONDS = 60


@contextmanager
def site(servers: Servers, folder: Path, stores: PreparedStores) -> Iterator[int]:
    """The port at which `servers` answer, all of them stopped at the end. `folder` is empty."""
    with ExitStack() as stack:
        if servers.what != "ours":
            yield stack.enter_context(yardstick(servers, folder))
            return
        stores.copy(servers.store, servers.source, folder / "store")
        environment = {"LD_PRELOAD": str(slow_fsync(folder))} if servers.slow_disk else {}
        environment["UNDERSIGNED_STORE"] = stack.enter_context(KINDS[servers.store](folder / "store"))
        if servers.store == "redis":
            # As docs/operator.md recommends it: a process for each core, which count together.
            limits = stack.enter_context(redis_server(folder / "limits", "limits"))
            environment |= {"UNDERSIGNED_LIMITS_SERVER": limits, "UNDERSIGNED_PROCESSES": str(os.cpu_count() or 1)}
        if not servers.through_nginx:
            port = free_port()
            stack.enter_context(service(folder, port, environment, servers.source))
            yield port
            return
        door = folder / "door"
        stack.enter_context(service(folder, door, environment, servers.source))
        yield stack.enter_context(nginx(folder, door, servers.source))


@contextmanager
def service(folder: Path, at: int | Path, environment: dict[str, str], source: Path) -> Iterator[None]:
    """The service at a port or a socket, as `python -m service` serves the sources in `source`."""
    listen = f"127.0.0.1:{at}" if isinstance(at, int) else f"unix:{at}"
    environment = dict(os.environ) | settings(folder) | environment | {"UNDERSIGNED_LISTEN": listen}
    with _running([python_of(source), "-m", "service"], environment, source):
        wait_for(at)
        yield


@contextmanager
def yardstick(servers: Servers, folder: Path) -> Iterator[int]:
    """One of bench/yardsticks.py on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "bench.yardsticks", servers.what, str(port)]
    with _running(
        [*command, str(servers.workers), str(servers.threads)], dict(os.environ) | {FILE: str(folder / "journal")}
    ):
        wait_for(port)
        yield port


@contextmanager
def redis_server(folder: Path, role: str = "envelopes") -> Iterator[str]:
    """Debian's redis-server as config/valkey/ sets it up, with what `folder` holds already; its address as a setting.

    `role` is "envelopes" or "limits".
    """
    if not (folder / "users.acl").exists():
        folder.mkdir(exist_ok=True)
        make_users(CONFIG / f"{role}.acl", folder, lambda user: f"the password of {user}")
        (folder / "data").mkdir()
    door = folder / "socket"
    command = ["redis-server", str(CONFIG / f"{role}.conf"), "--port", "0", "--unixsocket", str(door)]
    command += ["--aclfile", str(folder / "users.acl"), "--dir", str(folder / "data")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"unix://{door}?passwords={folder / 'passwords'}"
    try:
        _wait_until_loaded(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        door.unlink(missing_ok=True)


def _wait_until_loaded(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with closing(RedisAddress.parse(url).connect("doctor")) as client:
        while time.monotonic() < deadline:
            try:
                client.ping()
                return
            except (BusyLoadingError, ConnectionError):
                time.sleep(0.05)
    raise SystemExit("The Redis did not start.")


# Each kind of store, by what opens the one that lies in a folder.
KINDS: dict[str, OpenStore] = {"file": file_store, "redis": partial(redis_server, role="envelopes")}


def settings(folder: Path) -> dict[str, str]:
    """An appeal with a known key, and limits that count everything and refuse nothing."""
    appeal = folder / "appeal"
    appeal.mkdir()
    for path in (ROOT / "config" / "appeal").iterdir():
        (appeal / path.name).write_bytes(path.read_bytes())
    minisign = MinisignSecretKey.make(b"benching", bytes(range(32)))
    record = base64.b64encode(bytes(KEY.record)).decode("ascii")
    with (appeal / "appeal.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[keys]]\nrecord = "{record}"\n[[minisign]]\nsigner = "bench"\nkey = "{minisign.public.line}"\n')
    return {
        "UNDERSIGNED_APPEAL": str(appeal),
        "UNDERSIGNED_DATA": str(folder / "data"),
        "UNDERSIGNED_DESK_TOKEN_SHA256": "00" * 32,
        # The load names a client of its own for each envelope, as nginx would.
        "UNDERSIGNED_TRUSTED_HOPS": "1",
        "UNDERSIGNED_WORK_ABOVE": "100000000",
        "UNDERSIGNED_LIMIT_ENVELOPES": "100000000/minute;1000000000/hour",
        "UNDERSIGNED_LIMIT_EVERYONE": "100000000/minute;1000000000/day",
    }


def slow_fsync(folder: Path) -> Path:
    """The shim of a cheap disk, compiled."""
    made = folder / "slow_fsync.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(made), str(HERE / "slow_fsync.c"), "-ldl"], check=True)
    return made


@contextmanager
def _running(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
