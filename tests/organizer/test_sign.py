"""Signing what another organizer published: it is shown and checked first, and never two files with one number."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crypto.appeal import write_appeal
from crypto.minisign import MinisignPublicKey
from crypto.publication import ByHand, Counts, Publication, PublishedSignature
from organizer.cli.main import organizer
from organizer.keys.generate import minisign_files
from organizer.results.cosign_checks import differences
from organizer.results.diff import compare
from organizer.workspace.folder import make_workspace
from tests.support.organizer_workspace import APPEAL_ID, PASSPHRASE, Desk, appeal_of, make_desk, seal


@lru_cache(maxsize=1)
def boris() -> tuple[MinisignPublicKey, dict[str, bytes]]:
    return minisign_files("boris", PASSPHRASE, secrets.token_bytes)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Anna's desk with a publication in `stick` that two must sign, and Boris' workspace beside it."""
    desk = make_desk(tmp_path_factory.mktemp("published"))
    make_workspace(str(desk.home / "boris"), boris()[1])
    desk.appeal.write_bytes(write_appeal(appeal_of(desk.record, desk.minisign, boris()[0], threshold=2)))
    ledger = desk.ledger(seal("Ева", record=desk.record), seal("Ян", False, record=desk.record))
    anna(desk, "open", ledger, "--appeal", desk.appeal)
    anna(desk, "review", "--accept-all")
    anna(desk, "publish", "--yes", "--out", desk.home / "stick")
    return desk


@pytest.fixture
def desk(published: Desk, tmp_path: Path) -> Desk:
    """A copy to do with as one likes: signing takes seconds on purpose."""
    shutil.copytree(published.home, tmp_path, dirs_exist_ok=True)
    return replace(published, home=tmp_path)


def invoke(desk: Desk, folder: str, *arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
    secret = [] if arguments[0] == "verify" else ["-w", desk.home / folder, "--passphrase-file", desk.passphrase]
    result = CliRunner().invoke(organizer, [*map(str, arguments), *map(str, secret), "--json"])
    assert result.exit_code == exit_code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def anna(desk: Desk, *arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
    return invoke(desk, "work", *arguments, exit_code=exit_code)


def file(desk: Desk) -> Path:
    return desk.home / "stick" / "publication.json"


def sign(desk: Desk, folder: str, *options: str | Path, exit_code: int = 0) -> dict[str, Any]:
    """With the SHA-256 that was told, which a workspace without the keys of the appeal needs."""
    told = hashlib.sha256(file(desk).read_bytes()).hexdigest()
    return invoke(desk, folder, "sign", file(desk), "--yes", "--sha256", told, *options, exit_code=exit_code)


def test_a_second_organizer_signs_on_another_machine(desk: Desk) -> None:
    """Their workspace has a minisign key only; with it, the publication verifies, and is remembered."""
    assert anna(desk, "verify", file(desk), "--appeal", desk.appeal, exit_code=1)["error"] == "publication-minisig"
    signed = sign(desk, "boris", "--appeal", desk.appeal)
    assert signed["minisig"] == "publication.json.boris.minisig"
    assert len(anna(desk, "verify", file(desk), "--appeal", desk.appeal)["signed_by"]) == 2
    assert sign(desk, "boris")["digest"] == signed["digest"]  # once more is no harm, and appeal.json is remembered
    # Another file with the same number is never signed.
    file(desk).write_bytes(file(desk).read_bytes().replace("Ева".encode(), "Ада".encode()))
    assert sign(desk, "boris", exit_code=1)["error"] == "signed-another"


def test_a_workspace_remembers_which_appeal_to_trust(desk: Desk, tmp_path: Path) -> None:
    """So `verify` need not be told again; without a workspace it must be, and a wrong one is not replaced."""
    sign(desk, "boris", "--appeal", desk.appeal)
    for folder in ("work", "boris"):
        named = ["verify", str(file(desk)), "-w", str(desk.home / folder), "--json"]
        assert json.loads(CliRunner().invoke(organizer, named).stdout)["number"] == 1
    alone = CliRunner().invoke(organizer, ["verify", str(file(desk)), "-w", str(tmp_path / "none"), "--json"])
    assert json.loads(alone.stdout)["error"] == "no-appeal"
    other = tmp_path / "other.json"
    other.write_bytes(write_appeal(appeal_of(desk.record, boris()[0])))
    told = anna(desk, "verify", file(desk), "--appeal", other, "-w", desk.folder, exit_code=1)
    assert told["error"] == "appeal-changed"
    typed = ["verify", str(file(desk)), "--appeal", str(other), "-w", str(desk.folder)]
    said = CliRunner().invoke(organizer, typed, input="weaker\n")
    assert "Organizers who must sign a result: 1 instead of 2." in said.stdout
    assert (said.exit_code, f"Results are judged by {other}\n" in said.stdout) == (0, True)


def test_a_digest_is_shown_in_groups_with_nothing_behind_it(desk: Desk) -> None:
    """Whoever reads it out reads no full stop; a script gets it as `sha256sum` prints it."""
    whole = hashlib.sha256(file(desk).read_bytes()).hexdigest()
    grouped = " ".join(whole[at : at + 8] for at in range(0, 64, 8))
    arguments = ["sign", str(file(desk)), "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    asked = CliRunner().invoke(organizer, arguments, input="\n").stdout
    verified = CliRunner().invoke(organizer, ["verify", str(file(desk)), "--appeal", str(desk.appeal)]).stdout
    for said in (asked, verified):
        assert f"{grouped}\n" in said
        assert whole not in said
    assert sign(desk, "work")["digest"] == whole


def test_what_is_signed_is_shown_in_words(desk: Desk) -> None:
    """Numbers, names that came and went since the last one, and no minisig without a yes."""
    sign(desk, "boris", "--appeal", desk.appeal)
    ledger = desk.ledger(seal("Уля", record=desk.record))
    anna(desk, "open", ledger)
    anna(desk, "review", "--accept-all")
    anna(desk, "publish", "--yes", "--out", desk.home / "stick")
    assert not (desk.home / "stick" / "publication.json.boris.minisig").exists()  # it fits the overwritten file only
    arguments = ["sign", str(file(desk)), "-w", str(desk.home / "boris"), "--passphrase-file", str(desk.passphrase)]
    result = CliRunner().invoke(organizer, arguments, input="\n")
    assert (result.exit_code, result.stderr.startswith("Nothing was signed. What is not known here")) == (1, True)
    for words in ("number 2", "(before 1, +1)", "New names since number 1: 1\n  Уля", "could not be counted again"):
        assert words in result.stdout
    assert "that are gone" not in result.stdout
    assert len(list((desk.home / "stick").iterdir())) == 2


def test_a_full_workspace_counts_again(desk: Desk, tmp_path: Path) -> None:
    """It signs what it would publish itself; otherwise it says where the difference is."""
    (tmp_path / "other").mkdir()
    second = make_desk(tmp_path / "other")
    for name, content in boris()[1].items():
        (second.folder / name).write_bytes(content)
    invoke(desk, "other/work", "open", desk.home / "ledger.bin", "--appeal", desk.appeal)
    told = sign(desk, "other/work", exit_code=1)
    assert (told["error"], told["differences"] > 0) == ("counts-differ", True)
    invoke(desk, "other/work", "review", "--accept-all")
    assert sign(desk, "other/work")["total"] == 2
    assert invoke(desk, "other/work", "status")["publications"] == [1]


def test_what_does_not_fit_is_not_signed(desk: Desk, tmp_path: Path) -> None:
    """Another appeal, a broken file, a gap in the row of publications, a key that nobody lists, no appeal.json."""
    assert sign(desk, "boris", exit_code=1)["error"] == "no-appeal"
    whole = desk.appeal.read_bytes()
    desk.appeal.write_bytes(write_appeal(appeal_of(desk.record, desk.minisign)))
    assert sign(desk, "boris", "--appeal", desk.appeal, exit_code=1)["error"] == "appeal-signer"
    desk.appeal.write_bytes(whole)
    data = file(desk).read_bytes()
    cases = {
        "publication-appeal": data.replace(APPEAL_ID.hex().encode(), b"ff" * 16),
        "publication-previous": data.replace(b'"number": 1', b'"number": 3'),
        "publication-sums": data.replace(b'"public": 1', b'"public": 2'),
        "publication-json": data[:-3],
    }
    for reason, changed in cases.items():
        file(desk).write_bytes(changed)
        assert sign(desk, "boris", "--appeal", desk.appeal, exit_code=1)["error"] == reason
    file(desk).write_bytes(data.replace(b'"previous": null', b'"previous": "' + b"ab" * 32 + b'"').replace(
        b'"number": 1', b'"number": 2'))  # fmt: skip
    (tmp_path / "before.json").write_bytes(data)
    before = ("--previous", tmp_path / "before.json")
    assert sign(desk, "boris", "--appeal", desk.appeal, *before, exit_code=1)["error"] == "publication-previous"
    assert not (tmp_path / "stick" / "publication.json.boris.minisig").exists()


def publication(**changed: Any) -> Publication:
    values: dict[str, Any] = {
        "appeal": "00" * 16, "number": 1, "previous": None, "date": "2026-11-22", "letters": {}, "keys": (),
        "ledgers": (), "counts": Counts(2, 0, 0, 0, 0, 2, 0), "by_hand": ByHand(0, 0),
        "signatures": (PublishedSignature("Ева", "", ""), PublishedSignature("Ева", "", "")), "receipts": ("a", "b"),
    }  # fmt: skip
    return Publication(**(values | changed))


def test_every_difference_has_a_sentence() -> None:
    """Counts, names (each as often as it stands there), receipts, by hand; the order of names is none."""
    assert differences(publication(), publication(receipts=("b", "a"))) == []
    cases = {
        "counts": Counts(2, 1, 0, 0, 0, 2, 0),
        "by_hand": ByHand(1, 0),
        "signatures": (PublishedSignature("Ева", "", ""),),
        "receipts": ("a", "c"),
    }
    for field, value in cases.items():
        assert len(differences(publication(), publication(**{field: value}))) == 1
    change = compare(publication(), publication(signatures=(PublishedSignature("Ева", "", ""),)))
    assert (change.gone_by_reason, change.added) == ({"gone": 1}, ())
