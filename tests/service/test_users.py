"""An operator makes the servers' users with one command, and never the same ones twice."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT


def make(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run"), "users", folder.name, *options]
    return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("options", [(), ("--cluster",)])
def test_every_user_gets_a_password_that_only_the_service_reads(tmp_path: Path, options: tuple[str, ...]) -> None:
    """64 random hex digits each; the server's file holds their hashes and nothing to fill in."""
    assert make(tmp_path / "redis", *options).returncode == 0
    seen = set()
    for role, users in (("envelopes", {"web", "export", "forget", "doctor"}), ("limits", {"limits", "doctor"})):
        folder = tmp_path / "redis" / role / "passwords"
        acl = (folder.parent / "users.acl").read_text("ascii")
        assert {path.name for path in folder.iterdir()} == users
        assert folder.stat().st_mode & 0o077 == 0
        for path in folder.iterdir():
            password = path.read_text("ascii").strip()
            assert re.fullmatch("[0-9a-f]{64}", password)
            assert path.stat().st_mode & 0o077 == 0
            assert f"user {path.name} on #{hashlib.sha256(password.encode('ascii')).hexdigest()} " in acl
            assert password not in acl
            seen.add(password)
        assert "<" not in acl
        assert ("cluster|slots" in acl) == (bool(options) and role == "envelopes")
    assert len(seen) == 6


@pytest.mark.slow  # commands are started as programs
def test_passwords_are_never_overwritten(tmp_path: Path) -> None:
    """A second call changes nothing, and says so."""
    assert make(tmp_path / "redis").returncode == 0
    before = (tmp_path / "redis" / "envelopes" / "users.acl").read_bytes()
    done = make(tmp_path / "redis")
    assert done.returncode == 2
    assert "The users cannot be made" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "redis" / "envelopes" / "users.acl").read_bytes() == before
