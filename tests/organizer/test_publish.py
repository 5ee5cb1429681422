"""`organizer publish` as a person uses it: look first, see what changed, and never two publications of one number."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crypto.publication import digest, read_publication
from organizer.cli.main import organizer
from tests.support.organizer_workspace import Desk, make_desk, seal
from tests.support.pseudo_terminal import PseudoTerminal

CODE = "4829103377590218841270536"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_desk(tmp_path)
    people = (("Ева", True, CODE), ("Зоя", True, None), ("Сакрэтны Ян", False, None))
    envelopes = [seal(name, public, code, desk.record) for name, public, code in people]
    run(desk, "open", str(desk.ledger(*envelopes)), "--appeal", str(desk.appeal))
    run(desk, "review", "--accept-all")
    return desk


def run(desk: Desk, command: str, *options: str, answer: str | None = None) -> Result:
    key = ["--passphrase-file", str(desk.passphrase)] if command != "withdraw" else []
    return CliRunner().invoke(organizer, [command, *options, "-w", str(desk.folder), *key], input=answer)


def published(desk: Desk, *options: str) -> dict[str, Any]:
    done = run(desk, "publish", "--yes", "--json", *options)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def withdraw(desk: Desk) -> None:
    (desk.home / "code").write_text(CODE)
    assert run(desk, "withdraw", "--code-file", str(desk.home / "code")).exit_code == 0


def test_a_preview_signs_nothing(desk: Desk) -> None:
    """Every name is in the file, which only its owner can read and which is never overwritten; no number is used."""
    look = desk.home / "look.txt"
    done = run(desk, "publish", "--preview", str(look))
    assert done.exit_code == 0
    assert "Nothing was signed" in done.output
    text = look.read_text("utf-8")
    assert "  Ева\n  Зоя\n" in text
    assert "Сакрэтны" not in text
    assert "not public             1" in text
    assert look.stat().st_mode & 0o777 == 0o600
    assert not (desk.folder / "publications").exists()
    assert json.loads(run(desk, "publish", "--preview", str(look), "--json").stdout)["error"] == "file-exists"


def test_what_changed_is_shown_before_the_next_one_is_signed(desk: Desk) -> None:
    """Names that are gone with the reason, numbers before and after, and the way out if the last was never seen."""
    published(desk)
    withdraw(desk)
    shown = run(desk, "publish", answer="n\n")
    assert shown.exit_code == 1
    for words in (
        "It follows number 1 of ",
        "  withdrawn: Ева\n",
        "1  (before 2, -1)",
        "The public names, all 1:\n  Зоя\n",
        "Was number 1 never handed in? Then sign nothing now: --replace",
        "Nothing was published.",
    ):
        assert words in shown.output
    assert "Сакрэтны" not in shown.output
    assert [path.name for path in (desk.folder / "publications").iterdir()] == ["1"]


def test_one_that_was_never_handed_in_is_replaced(desk: Desk) -> None:
    """Its number and its place are taken again, nothing of its names stays, its digest does; a no changes nothing."""
    first = published(desk)
    second = published(desk)
    withdraw(desk)
    refused = run(desk, "publish", "--replace", answer="n\n")
    assert "Two signed publications of one number contradict each other" in refused.output
    assert refused.exit_code == 1
    folder = desk.folder / "publications" / "2"
    assert digest((folder / "publication.json").read_bytes()) == second["digest"]

    again = published(desk, "--replace", "--out", str(desk.home / "out"))
    assert (again["number"], again["replaced"], again["names_gone"]) == (2, second["digest"], {"withdrawn": 1})
    data = (folder / "publication.json").read_bytes()
    assert read_publication(data).previous == first["digest"]
    assert "Ева".encode() not in data
    assert (folder / "replaces.txt").read_text() == f"{second['digest']}\n"
    assert sorted(path.name for path in (desk.folder / "publications").iterdir()) == ["1", "2"]
    assert sorted(path.name for path in (desk.home / "out").iterdir()) == again["files"]


def test_nothing_can_be_replaced_before_there_is_something(desk: Desk) -> None:
    """Whoever asks for it is in another folder than they think."""
    assert json.loads(run(desk, "publish", "--replace", "--yes", "--json").stdout)["error"] == "replace"


def test_a_workspace_that_lost_the_last_one_goes_on_from_the_file_of_the_site(desk: Desk, tmp_path: Path) -> None:
    """As after a restoring into a new folder: the site takes the next number only, and only behind its own file."""
    published(desk, "--out", str(desk.home / "site"))
    last = desk.home / "site" / "publication.json"
    (tmp_path / "new").mkdir()
    new = make_desk(tmp_path / "new")
    run(new, "open", str(desk.home / "ledger.bin"), "--appeal", str(desk.appeal))
    run(new, "review", "--accept-all")
    out = new.home / "out"
    assert published(new, "--previous", str(last), "--out", str(out))["number"] == 2
    assert read_publication((out / "publication.json").read_bytes()).previous == digest(last.read_bytes())
    assert published(new)["number"] == 3
    for wrong in (last, other_appeal(last)):
        done = run(new, "publish", "--yes", "--json", "--previous", str(wrong))
        assert json.loads(done.stdout)["error"] == "previous"


def test_what_comes_before_is_followed_only_with_its_minisigs(desk: Desk, tmp_path: Path) -> None:
    """Anybody can write a publication.json: without enough minisigs, the SHA-256 that was told is typed; --yes is none.

    The control is the same file with its minisig beside it.
    """
    published(desk, "--out", str(desk.home / "site"))
    alone = tmp_path / "alone.json"
    alone.write_bytes((desk.home / "site" / "publication.json").read_bytes())
    (tmp_path / "new").mkdir()
    new = make_desk(tmp_path / "new")
    run(new, "open", str(desk.home / "ledger.bin"), "--appeal", str(desk.appeal))
    run(new, "review", "--accept-all")
    told = json.loads(run(new, "publish", "--yes", "--json", "--previous", str(alone)).stdout)
    assert (told["error"], told["previous"]) == ("previous-unsigned", digest(alone.read_bytes()))
    for typed in ("y\ny\n", f"{'0' * 20}\ny\n", f"{digest(alone.read_bytes())[:8]}\ny\n"):
        assert run(new, "publish", "--yes", "--previous", str(alone), answer=typed).exit_code == 1
    assert not (new.folder / "publications").exists()
    first = f"{digest(alone.read_bytes())[:20]}\ny\n"
    assert run(new, "publish", "--previous", str(alone), answer=first).exit_code == 0
    fork = desk.home / "site" / "fork.json"
    value = json.loads(alone.read_bytes()) | {"number": 3, "previous": "ab" * 32}
    fork.write_text(json.dumps(value))
    told = json.loads(run(new, "publish", "--yes", "--json", "--previous", str(fork)).stdout)
    assert (told["error"], "does not follow" in told["text"]) == ("previous", True)
    alone.write_bytes((new.folder / "publications" / "2" / "publication.json").read_bytes())
    assert published(new, "--previous", str(alone))["number"] == 3  # its own file has nothing to be asked about


def other_appeal(publication: Path) -> Path:
    """The same file as if it were of another appeal."""
    text = publication.read_text("utf-8")
    path = publication.with_name("other.json")
    path.write_text(text.replace(json.loads(text)["appeal"], "ab" * 16), "utf-8")
    return path


def test_a_key_that_was_pressed_too_early_signs_nothing(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """While the program computes, people press keys; nobody has seen the names then."""
    screen = terminal("publish", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    screen.type("y\n")
    screen.until("publication? [y/N]: ")
    screen.type("\n")
    screen.until("Nothing was published.")
