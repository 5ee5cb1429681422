"""Fixtures of the service's tests: a real appeal with known keys, a real store, the application as it runs."""

from __future__ import annotations

import fcntl
import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from jinja2 import Environment

from crypto.code import commitment
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support import cheap_guesses
from tests.support.paths import ROOT
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.redis_servers import PROGRAMS, Server, running, running_cluster
from tests.support.sample_appeal import APPEAL_ID, CODE, TODAY, make_appeal, make_settings

pytest_plugins = ["tests.support.needs", "tests.support.proving"]

# No test judges how long an example takes. ./run check takes the second profile.
hypothesis_settings.register_profile("whole", deadline=None)
hypothesis_settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis_settings.load_profile("whole")

# Before any file of tests is read: some make keys then.
cheap_guesses.make_cheap()

# A shell that runs the tests in the background has them ignore Ctrl-C, and every program that they start would, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def full_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess at a passphrase costs what it costs a person: for what meets stock minisign, and what says the price."""
    for (module, name), derive in cheap_guesses.FULL.items():
        monkeypatch.setattr(module, name, derive)


@pytest.fixture(scope="session", autouse=True)
def templates() -> Iterator[None]:
    """Applications compile their templates when they start; here only the first, for all have the same options."""
    compiled: dict[tuple[str, str | None, str | None], CodeType] = {}
    compile_template = Environment.compile

    def compile_once(
        environment: Environment, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        place = source, name, filename
        if place not in compiled:
            compiled[place] = compile_template(environment, source, name, filename)
        return compiled[place]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_once)
        yield


@pytest.fixture(scope="session")
def key() -> OrganizersKey:
    """The organizers' key of the test appeal."""
    return OrganizersKey.derive(bytes(range(32)), APPEAL_ID)


@pytest.fixture(scope="session")
def minisign_keys() -> tuple[MinisignSecretKey, MinisignSecretKey]:
    """The minisign keys of two organizers, "anna" and "boris"."""
    return (
        MinisignSecretKey.make(b"annaanna", bytes(range(100, 132))),
        MinisignSecretKey.make(b"borisbor", bytes(range(150, 182))),
    )


@pytest.fixture
def appeal_folder(
    tmp_path: Path, key: OrganizersKey, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> Path:
    """The appeal that the project ships, with keys."""
    return make_appeal(tmp_path / "appeal", key, minisign_keys)


@pytest.fixture
def settings(tmp_path: Path, appeal_folder: Path) -> Settings:
    """Settings of one application."""
    return make_settings(tmp_path / "data", appeal_folder)


@pytest.fixture(scope="session")
def settle(
    tmp_path_factory: pytest.TempPathFactory,
    key: OrganizersKey,
    minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey],
) -> Callable[[str], Settings]:
    """Makes settings with an appeal and data in a new folder, for an application that serves many tests."""

    def make(name: str) -> Settings:
        folder = tmp_path_factory.mktemp(name)
        return make_settings(folder / "data", make_appeal(folder / "appeal", key, minisign_keys))

    return make


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileStore]:
    """The store of one application."""
    store = FileStore(tmp_path / "data" / "envelopes")
    yield store
    store.close()


@pytest.fixture
def app(settings: Settings, store: FileStore) -> Flask:
    """The application on TODAY."""
    return create_app(settings, store, today=lambda: TODAY)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who asks."""
    return app.test_client()


@pytest.fixture
def envelope(key: OrganizersKey) -> bytes:
    """A sealed non-public signature."""
    signature = Signature(name="Марыя Прыклад", public=False, language="be")
    return seal_signature(key.record, signature, bytes(32), commitment(CODE))


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Server]]]:
    """Starts servers of a kind once for all tests: one, or the three of "redis-cluster"."""
    with ExitStack() as stack:
        kept: dict[str, list[Server]] = {}

        def start(kind: str) -> list[Server]:
            if kind not in kept:
                folder = tmp_path_factory.mktemp(kind)
                if kind in PROGRAMS:
                    kept[kind] = [stack.enter_context(running(kind, folder))]
                else:
                    kept[kind] = stack.enter_context(running_cluster("redis", folder))
            return kept[kind]

        yield start


@pytest.fixture
def empty(started: Callable[[str], list[Server]]) -> Callable[[str], list[Server]]:
    """The same servers, with nothing in them."""

    def start(kind: str) -> list[Server]:
        for server in started(kind):
            server.client("admin").flushall()
        return started(kind)

    return start


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Callable[..., PseudoTerminal]]:
    """Opens terminals, and closes them whatever happens."""
    opened: list[PseudoTerminal] = []
    full_price = "full_price" in request.fixturenames

    def start(*arguments: str, **options: Any) -> PseudoTerminal:
        opened.append(PseudoTerminal(*arguments, full_price=full_price, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The organizers' tool in one file, made as anyone makes it; the first time its wheels are fetched.

    The processes that share the tests share it, too.
    """
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    out = folder / "organizer.pyz"
    with (folder / "organizer.pyz.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            build = [sys.executable, "run", "bundle", "--out", out]
            done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert f"{hashlib.sha256(out.read_bytes()).hexdigest()}  {out}\n" in done.stdout
    return out
