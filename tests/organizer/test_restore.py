"""Restoring from cards at a real terminal: into a workspace whose passphrase is lost, and into a new one."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crypto.keys import OrganizersKey
from organizer.actions.restore import take_over
from organizer.cli.main import organizer
from organizer.errors import OrganizerError
from organizer.keys.periods import PeriodKey
from organizer.keys.shares import Card, split
from organizer.workspace import key_slots
from organizer.workspace.folder import open_workspace
from tests.support.ceremony_answers import answer, new_passphrase, outside_the_wiped_screen
from tests.support.organizer_workspace import Desk, make_desk, new_keys, seal
from tests.support.pseudo_terminal import PseudoTerminal


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with one decided signature in it."""
    desk = make_desk(tmp_path)
    ledger = desk.ledger(seal("Ева", False, record=desk.record))
    run(desk.folder, desk.passphrase, "open", ledger, "--appeal", desk.appeal)
    run(desk.folder, desk.passphrase, "review", "--accept-all")
    return desk


def run(folder: Path, passphrase: Path, *arguments: str | Path) -> dict[str, Any]:
    secret = ["-w", folder, "--passphrase-file", passphrase, "--json"]
    result: Result = CliRunner().invoke(organizer, [*map(str, arguments), *map(str, secret)])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def cards() -> list[Card]:
    return split(new_keys().periods[0].master, 2, 3)


@pytest.mark.slow  # a real terminal
def test_a_lost_passphrase_loses_nothing(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """Two cards and a new passphrase; what was decided is there, mistakes are told, no word stays visible."""
    made = cards()
    others = split(bytes(32), 2, 3)
    screen = terminal("restore", "-w", str(desk.folder), lines=24, columns=80)
    third, first = (list(made[place].words) for place in (2, 0))
    answer(screen, ("to go on", ""), ("Word 1", "akademik"))
    screen.until("not in the list")
    answer(screen, ("Word 1", " ".join([*third[:10], third[11], third[10], *third[12:]])))
    screen.until("changed places")
    answer(screen, ("or new", f"11 {third[10][:4]}"), ("or new", f"12 {third[11]}"))
    screen.until("Still needed: 1")
    answer(screen, ("Word 1", " ".join(others[0].words[:3])))
    screen.until("of another set")
    answer(screen, ("Word 1", " ".join(third)))
    screen.until("here already")
    answer(screen, ("Word 1", f"{first[0]} {first[2]}"))
    answer(screen, ("Word 1", " ".join(first)))
    assert desk.record.digits in screen.until("if it is lost)")
    screen.type("\n")
    passphrase = new_passphrase(screen)
    screen.end()
    shown = outside_the_wiped_screen(screen.all)
    assert passphrase not in shown
    pairs = [f"{one} {two}" for card in (third, first) for one, two in pairwise(card)]
    assert not [pair for pair in pairs if pair in shown]
    (desk.home / "new").write_text(passphrase)
    status = run(desk.folder, desk.home / "new", "status")
    assert (status["nonpublic"], status["keys"][0]["here"]) == (1, True)


@pytest.mark.slow  # a real terminal
def test_a_new_workspace_from_cards(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """On another computer, with appeal.json only: the same key, a new minisign key, and the ledger opens."""
    screen = terminal(
        "restore", "-w", str(desk.home / "new"), "--appeal", str(desk.appeal), "--passphrase-file", str(desk.passphrase)
    )
    answer(screen, ("to go on", ""))
    for card in cards()[1:]:
        answer(screen, ("Word 1", " ".join(word[:4] for word in card.words)))
    assert desk.record.digits in answer(screen, ("public: ", "anna"))
    shown = screen.end()
    assert (desk.home / "new" / "minisign.pub").read_text().splitlines()[-1] in shown
    opened = run(desk.home / "new", desk.passphrase, "open", desk.home / "ledger.bin", "--appeal", desk.appeal)
    assert opened["ledgers"][0]["signatures"] == 1


@pytest.mark.slow  # a real terminal
def test_cards_of_another_key_change_nothing(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """They are whole and give a key, but not the one that the workspace knows."""
    before = {path.name: path.read_bytes() for path in desk.folder.iterdir()}
    screen = terminal("restore", "-w", str(desk.folder))
    answer(screen, ("to go on", ""))
    for card in split(bytes(32), 2, 2):
        answer(screen, ("Word 1", " ".join(card.words)))
    screen.until("Nothing was written.")
    assert screen.program.wait() == 1
    assert {path.name: path.read_bytes() for path in desk.folder.iterdir()} == before


@pytest.mark.slow  # a real terminal
def test_taking_over_can_be_done_again(desk: Desk) -> None:
    """Cut off before the key file was replaced, it leaves a workspace that the cards still open."""
    period, master = new_keys().periods[0].period, new_keys().periods[0].master
    with open_workspace(str(desk.folder)) as workspace:
        with workspace.tables() as tables:
            assert key_slots.take_over(tables, bytes(32), period.record.key_id, master)
        take_over(workspace, PeriodKey(period, master), "quite another passphrase")
        with workspace.tables() as tables:
            assert len(list(tables.rows("locks"))) == 2
    desk.passphrase.write_text("quite another passphrase")
    assert run(desk.folder, desk.passphrase, "status")["nonpublic"] == 1


@pytest.mark.slow  # a real terminal
def test_a_burned_key_does_not_take_over(desk: Desk) -> None:
    """Its cards open its envelopes in a new folder, and not what others decided here."""
    period, master = new_keys().periods[0].period, new_keys().periods[0].master
    with open_workspace(str(desk.folder)) as workspace:
        with workspace.tables() as tables:
            key_slots.drop_lock(tables, period.record.key_id)
        before = workspace.read("organizers.key")
        with pytest.raises(OrganizerError) as caught:
            take_over(workspace, PeriodKey(period, master), "quite another passphrase")
        assert (caught.value.reason, workspace.read("organizers.key")) == ("restore-rows", before)
    assert OrganizersKey.derive(master, period.record.appeal_id).record == period.record


def test_nothing_is_restored_without_something_to_compare(tmp_path: Path) -> None:
    """It is said before a single word is typed; a script is told that this needs a person."""
    for arguments, reason in ((["--json"], "question"), ([], "--fingerprint and --appeal-id")):
        result = CliRunner().invoke(organizer, ["restore", "-w", str(tmp_path / "new"), *arguments])
        assert result.exit_code == 1
        assert reason in result.output


@pytest.mark.slow  # a real terminal
def test_an_organizer_with_a_minisign_key_keeps_it_when_the_cards_come(
    desk: Desk, terminal: Callable[..., PseudoTerminal]
) -> None:
    """Their own passphrase locks both from then on; a wrong one is told, and asked again."""
    boris = desk.home / "boris"
    boris.mkdir(mode=0o700)
    for name in ("format.txt", "minisign.key", "minisign.pub", "signer.txt"):
        (boris / name).write_bytes((desk.folder / name).read_bytes())
    before = (boris / "minisign.key").read_bytes()
    screen = terminal("restore", "-w", str(boris), "--appeal", str(desk.appeal), lines=24, columns=80)
    answer(screen, ("to go on", ""), *[("Word 1", " ".join(card.words)) for card in cards()[:2]])
    answer(screen, ("if it is lost)", "not this one"), ("if it is lost)", desk.passphrase.read_text().strip()))
    screen.end()
    assert (boris / "minisign.key").read_bytes() == before
    opened = run(boris, desk.passphrase, "open", desk.home / "ledger.bin", "--appeal", desk.appeal)
    assert opened["ledgers"][0]["signatures"] == 1
