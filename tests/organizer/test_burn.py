"""Burning: what will be lost is shown, what speaks against it stops it, and what is burned is gone."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crypto.appeal import Appeal, DatedKey, write_appeal
from crypto.publication import read_publication
from organizer.actions.appeal import plan_taking, take_appeal
from organizer.cli.main import organizer
from organizer.keys.generate import NewKeys, make_keys
from organizer.keys.keyfile import CHEAP
from organizer.keys.periods import Days
from organizer.workspace import key_slots
from organizer.workspace.folder import BURNING_FILE, FORMAT_FILE, Workspace
from organizer.workspace.shred import burn_file
from tests.support.organizer_workspace import APPEAL_ID, PASSPHRASE, Desk, make_desk, seal

OVER, RUNNING = Days("2026-01-01", "2026-06-30"), Days("2026-07-01")


@lru_cache(maxsize=1)
def keys() -> NewKeys:
    """Two periods: one that is over, one that is not."""
    return make_keys(APPEAL_ID, "anna", PASSPHRASE, secrets.token_bytes, [OVER, RUNNING], CHEAP)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with both keys, the appeal.json that lists both, and two signatures of the first period."""
    desk = make_desk(tmp_path_factory.mktemp("opened"), keys())
    periods = [new.period for new in keys().periods]
    dated = tuple(DatedKey(one.record, one.days.start, one.days.until) for one in periods)
    desk.appeal.write_bytes(write_appeal(Appeal(APPEAL_ID, dated, {"be": "ab" * 32}, (keys().minisign,), 1)))
    ledger = desk.ledger(seal("Сакрэтная Ева", False, record=desk.record), seal("Ян", record=desk.record))
    run(desk, "open", str(ledger), "--appeal", str(desk.appeal))
    return desk


def copy(desk: Desk, home: Path) -> Desk:
    """Signing takes seconds on purpose: what several tests start from is made once."""
    shutil.copytree(desk.home, home, dirs_exist_ok=True)
    return replace(desk, home=home)


@pytest.fixture(scope="module")
def counted(opened: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same, decided and published."""
    desk = copy(opened, tmp_path_factory.mktemp("counted"))
    published(desk)
    return desk


@pytest.fixture
def undecided(opened: Desk, tmp_path: Path) -> Desk:
    """A copy to do with as one likes: nothing decided, nothing published."""
    return copy(opened, tmp_path)


@pytest.fixture
def desk(counted: Desk, tmp_path: Path) -> Desk:
    """A copy to do with as one likes: decided and published."""
    return copy(counted, tmp_path)


def run(desk: Desk, command: str, *options: str, exit_code: int = 0) -> dict[str, Any]:
    arguments = [command, *options, "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase), "--json"]
    result = CliRunner().invoke(organizer, arguments)
    assert result.exit_code == exit_code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def name(number: int) -> str:
    return keys().periods[number].period.hex_id


def published(desk: Desk) -> None:
    run(desk, "review", "--accept-all")
    run(desk, "publish", "--yes")


def test_what_is_not_published_is_not_burned(undecided: Desk) -> None:
    """Unpublished and undecided: both are told and stop it."""
    against = run(undecided, "burn", "--period", name(0), "--confirm", name(0), exit_code=1)
    assert against["error"] == "burn-not-yet"
    assert [sentence.split()[0] for sentence in against["against"]] == ["Nothing", "Not"]
    assert (undecided.folder / f"period-{name(0)}.key").exists()


def test_nothing_is_burned_while_something_speaks_against_it(desk: Desk) -> None:
    """A running period, a count that has changed since: each is told and stops it."""
    first, second = (("burn", "--period", name(n), "--confirm", name(n)) for n in (0, 1))
    assert "is not over" in run(desk, *second, exit_code=1)["against"][0]
    assert len(run(desk, "burn", "--confirm", "burn", exit_code=1)["against"]) == 1
    later = desk.ledger(seal("Зоя", record=desk.record), name="later.bin")
    run(desk, "open", str(later))
    run(desk, "review", "--accept-all")
    differ = run(desk, *first, exit_code=1)["against"]
    assert all("something else than your workspace" in sentence for sentence in differ)
    assert (desk.folder / f"period-{name(0)}.key").exists()
    run(desk, "publish", "--yes")
    assert run(desk, *first)["burned"] == [name(0)]


def test_a_publication_must_be_signed_by_enough(desk: Desk) -> None:
    """The file that all have signed is named; with too few minisigs beside it, it does not stand."""
    value = json.loads(desk.appeal.read_bytes()) | {"threshold": 2}
    desk.appeal.write_text(json.dumps(value))
    taken = plan_taking(str(desk.folder), str(desk.appeal))
    take_appeal(str(desk.folder), taken, {one.asked.reason: one.word for one in taken.questions})
    arguments = ("burn", "--period", name(0), "--confirm", name(0))
    against = run(desk, *arguments, exit_code=1)["against"]
    assert "does not verify" in against[0]
    copy = desk.home / "copy.json"
    copy.write_bytes((desk.folder / "publications" / "1" / "publication.json").read_bytes())
    assert "does not verify" in run(desk, *arguments, "--publication", str(copy), exit_code=1)["against"][0]


def test_a_burned_key_is_gone_and_its_rows_stay(desk: Desk) -> None:
    """Nothing on the disk opens its envelopes; the other period goes on, and publications still name the key."""
    secret = desk.folder / f"period-{name(0)}.key"
    before = secret.read_bytes()
    os.link(secret, desk.home / "linked")
    run(desk, "burn", "--period", name(0), "--confirm", name(0))
    assert not secret.exists()
    after = (desk.home / "linked").read_bytes()
    assert len(after) == len(before)
    assert not [at for at in range(0, len(before) - 8, 8) if after[at : at + 8] == before[at : at + 8]]
    with Workspace(desk.folder).tables() as tables:
        key_id = keys().periods[0].period.record.key_id
        assert tables.get("locks", key_id) is None
        assert key_slots.take_over(tables, bytes(32), key_id, keys().periods[0].master) is None
    found = run(desk, "status")
    assert [key["here"] for key in found["keys"]] == [False, True]
    assert found["nonpublic"] == 1
    late = desk.ledger(seal("Позна", record=desk.record), seal("Ада", record=keys().periods[1].period.record))
    opened = run(desk, "open", str(late))["ledgers"][0]
    assert (opened["signatures"], opened["set_aside"]) == (1, {"envelope-key": 1})
    published(desk)
    second = read_publication((desk.folder / "publications" / "2" / "publication.json").read_bytes())
    assert set(second.keys) == {new.period.record.fingerprint.hex() for new in keys().periods}
    assert run(desk, "burn", "--period", name(0), "--confirm", name(0), exit_code=1)["error"] == "burn-period"


def test_the_word_must_be_typed(desk: Desk) -> None:
    """Enter, another word, another key's id: nothing is burned. A script gives the word, too."""
    arguments = ["burn", "--period", name(0), "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    for typed in ("\n", "yes\n", f"{name(1)}\n", ""):
        result = CliRunner().invoke(organizer, arguments, input=typed)
        assert result.exit_code == 1
    for words in ("What will be lost", f"the key {name(0)}", "Good: Publication 1 is signed by 1"):
        assert words in result.stdout
    assert "Nothing was burned" in CliRunner().invoke(organizer, [*arguments, "--confirm", "burn"]).stderr
    assert run(desk, "burn", "--period", name(0), exit_code=1)["error"] == "question"
    assert run(desk, "burn", "--period", "00", exit_code=1)["error"] == "burn-period"
    assert (desk.folder / f"period-{name(0)}.key").exists()
    done = CliRunner().invoke(organizer, arguments, input=f"{name(0)}\n")
    assert done.exit_code == 0
    assert "may keep copies" in done.stdout


def test_the_whole_workspace_can_be_burned(desk: Desk) -> None:
    """With every file in it; who forces it need not wait for the end of a period."""
    links = []
    for path in [path for path in desk.folder.rglob("*") if path.is_file()]:
        links.append((path.read_bytes(), desk.home / f"link-{len(links)}"))
        os.link(path, links[-1][1])
    found = run(desk, "burn", "--force", "--confirm", "burn")
    assert found["workspace"] == str(desk.folder)
    assert not desk.folder.exists()
    for before, link in links:
        assert not before or link.read_bytes() != before


def test_a_burning_that_was_cut_off_is_finished(desk: Desk) -> None:
    """Whatever was left: the same command ends it, without a passphrase, and nothing else works in between."""
    workspace = Workspace(desk.folder)
    workspace.write(BURNING_FILE, b"")
    workspace.burn("organizers.key")
    assert run(desk, "status", exit_code=1)["error"] == "no-key"
    assert run(desk, "burn", "--confirm", "no", exit_code=1)["error"] == "stopped"
    run(desk, "burn", "--confirm", "burn")
    assert not desk.folder.exists()


def test_burning_cut_off_anywhere_can_be_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key goes first and the two files that tell what happened last."""
    order: list[str] = []
    secret = ["organizers.key", "period-00.key", "minisign.key", "minisign.locked", "workspace.sqlite"]
    for file in (FORMAT_FILE, *secret, "appeal.json"):
        (tmp_path / "work").mkdir(exist_ok=True)
        (tmp_path / "work" / file).write_bytes(b"x" * 100)
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda path, **_: (order.append(path.name), unlink(path))[0])
    Workspace(tmp_path / "work").burn_all()
    assert order[:5] == secret
    assert order[-2:] == [BURNING_FILE, FORMAT_FILE]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """What lies elsewhere is not overwritten."""
    (tmp_path / "other").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic"):
        burn_file(tmp_path / "link")
    assert (tmp_path / "other").read_bytes() == b"mine"
    burn_file(tmp_path / "nothing")
