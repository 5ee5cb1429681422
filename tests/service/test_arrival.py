"""Who signed first: neither a running service nor one that was killed has files that tell."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service import parse_store
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.envelopes import held, keep_one_by_one
from tests.support.paths import ROOT
from tests.support.rank_correlation import correlations
from tests.support.sample_appeal import limits_of
from tests.support.service_process import environment_for, free_port, wait_until_it_answers


def wait_until_grown(folder: Path) -> None:
    """A store that grows is three files for a while, each of them right."""
    deadline = time.monotonic() + 60
    while any(path.name.count(".") for path in folder.iterdir() if path.suffix != ".lock"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.long)])
def test_the_files_of_a_service_that_was_killed_do_not_tell(
    settings: Settings, tmp_path: Path, key: OrganizersKey, count: int
) -> None:
    """All that came one by one, and the newest tenth alone: while it runs, after kill -9, and after the next start."""
    folder, seized = tmp_path / "store", tmp_path / "seized"
    plenty = limits_of(envelopes="1000000/minute", desk="100/minute", everyone="1000000/minute")
    told = replace(settings, store=parse_store(f"file:{folder / 'envelopes'}"), limits=plenty, work_above=1_000_000)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "service"],
        cwd=ROOT,
        env=environment_for(told) | {"UNDERSIGNED_LISTEN": f"127.0.0.1:{port}"},
        start_new_session=True,
    )
    try:
        wait_until_it_answers(process, port)
        arrived = keep_one_by_one(port, key.record.header, count)
        wait_until_grown(folder)
        shutil.copytree(folder, seized)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
    newest = arrived[-count // 10 :]
    for files in (seized, folder):
        assert max(correlations(files, arrived)) < (0.1 if count > 2_000 else 0.15)
        assert max(correlations(files, newest)) < 4 / len(newest) ** 0.5  # four times what chance gives
    with closing(FileStore(folder / "envelopes")) as store:
        assert set(held(store)) == set(arrived)
    assert max(correlations(folder, arrived)) < 0.15
