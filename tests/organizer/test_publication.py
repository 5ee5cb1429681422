"""The publication: what is signed verifies with the stock minisign, and a verifier says what it checked."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.errors import PublicationError
from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import digest, minisig_name, read_publication, stock_command
from crypto.signature import Signature
from organizer.results.publication import (
    Checked,
    Place,
    check_publication,
    make_publication,
    place_after,
    sign_publication,
    write_draft,
)
from organizer.text import in_groups
from organizer.workspace.entries import Decision, SignatureEntry, Verdict
from tests.support.organizer_workspace import LETTER, LETTERS, RECORD, appeal_of, tally_of
from tests.support.programs import environment_with

ANNA = MinisignSecretKey.make(b"annaanna", bytes(range(32)))
BORIS = MinisignSecretKey.make(b"borisbor", bytes(range(32, 64)))
EVIL = MinisignSecretKey.make(b"evilevil", bytes(range(64, 96)))
APPEAL = appeal_of(RECORD, ANNA.public, BORIS.public)
KEY_NAMES = [RECORD.fingerprint.hex()]
FIRST = Place(1, None)


def made(place: Place = FIRST, *names: str) -> tuple[bytes, str]:
    entries = [
        SignatureEntry(bytes([number]) * 32, LETTER, bytes([number]) * 32, Signature(name, public=number % 2 == 0))
        for number, name in enumerate(names or ("Ева", "Ян", "Зоя"))
    ]
    found = tally_of(entries, {entry.id: Decision(Verdict.ACCEPTED) for entry in entries})
    data, _ = write_draft(make_publication(found, APPEAL, KEY_NAMES, ["ab" * 32], place, "2026-11-22"))
    return data, sign_publication(data, ANNA)


DATA, MINISIG = made()


def check(data: bytes = DATA, *minisigs: str, previous: bytes | None = None, threshold: int = 1) -> Checked:
    texts = {f"{number}.minisig": text for number, text in enumerate(minisigs or (MINISIG,))}
    return check_publication(data, texts, replace(APPEAL, threshold=threshold), previous)


def reason(checked: Checked) -> str | None:
    return checked.error.reason if checked.error else None


def test_the_publication_has_what_the_specification_names() -> None:
    """Letters, keys, ledgers, place and date as given, beside what was counted."""
    value = json.loads(DATA)
    assert value["letters"] == LETTERS
    assert value["keys"] == [RECORD.fingerprint.hex()]
    assert value["ledgers"] == ["ab" * 32]
    assert (value["number"], value["previous"], value["date"], value["total"]) == (1, None, "2026-11-22", 3)
    assert [shown["name"] for shown in value["signatures"]] == ["Ева", "Зоя"]
    assert len(value["receipts"]) == 3


def test_each_publication_names_the_one_before() -> None:
    """Nobody can leave one out unnoticed."""
    assert place_after(None) == FIRST
    second, _ = made(place_after(DATA))
    assert place_after(second) == Place(3, digest(second))
    assert (read_publication(second).number, read_publication(second).previous) == (2, digest(DATA))


def test_the_stock_minisign_verifies_what_is_signed(tmp_path: Path) -> None:
    """With the very command that the tool prints, and with the trusted comment of the specification."""
    publication, minisig = tmp_path / "publi cation.json", tmp_path / minisig_name("anna")
    publication.write_bytes(DATA)
    minisig.write_text(MINISIG)
    command = stock_command(ANNA.public, str(publication), str(minisig))
    environment = environment_with("minisign")
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=True)
    assert f"appeal {APPEAL.appeal_id.hex()} publication 1 2026-11-22" in done.stdout
    publication.write_bytes(DATA + b" ")
    assert subprocess.run(command, shell=True, env=environment, capture_output=True, check=False).returncode != 0


def test_a_good_publication_passes_every_step() -> None:
    """And the steps are told in words."""
    checked = check()
    assert checked.error is None
    assert checked.signed_by == {"0.minisig": ANNA.public}
    told = " ".join(checked.steps)
    for words in (
        in_groups(digest(DATA)),
        ANNA.public.line,
        "publication 1 2026-11-22",
        "2 public and 1 not public make 3",
        "first",
    ):
        assert words in told


def test_a_second_publication_is_checked_against_the_first() -> None:
    """Given the first, both agree; without it, the step says what was not checked."""
    data, minisig = made(place_after(DATA))
    assert check(data, minisig, previous=DATA).error is None
    assert "--previous" in check(data, minisig).steps[-1]
    assert reason(check(data, minisig, previous=made(FIRST, "Іншая")[0])) == "publication-previous"
    assert reason(check(DATA, MINISIG, previous=data)) == "publication-number"
    wrong = check(data, minisig, previous=b"nothing")
    assert reason(wrong) == "publication-json"
    assert "before" in str(wrong.error)


@pytest.mark.parametrize(
    "minisigs",
    [
        (sign(EVIL, DATA, "comment"),),
        (sign(ANNA, DATA + b" ", "comment"),),
        (MINISIG.replace("publication 1", "publication 2"),),
        ("rubbish",),
        ("",),
    ],
)
def test_without_a_fitting_minisig_nothing_is_trusted(minisigs: tuple[str, ...]) -> None:
    """Another key, another file, another comment, no minisig at all; each is told as not counted."""
    checked = check(DATA, *minisigs)
    assert reason(checked) == "publication-minisig"
    assert checked.signed_by == {}
    assert checked.steps[1].endswith("Not counted.")


def test_as_many_organizers_must_sign_as_the_appeal_asks() -> None:
    """One organizer twice is one; a stranger beside them does no harm."""
    other = sign(BORIS, DATA, "comment")
    assert reason(check(DATA, MINISIG, MINISIG, threshold=2)) == "publication-minisig"
    checked = check(DATA, MINISIG, sign(EVIL, DATA, "comment"), other, threshold=2)
    assert checked.error is None
    assert set(checked.signed_by.values()) == {ANNA.public, BORIS.public}


def test_another_appeal_and_wrong_sums_are_refused() -> None:
    """Even when an organizer signed them by mistake."""
    for change, expected in (
        (DATA.replace(APPEAL.appeal_id.hex().encode(), b"f" * 32), "publication-appeal"),
        (DATA.replace(b'"total": 3', b'"total": 4'), "publication-sums"),
        (DATA.replace(b'"public": 2', b'"public": 3', 1), "publication-sums"),
        (DATA[:-10], "publication-json"),
        (DATA.replace(b'"format"', b'"form"'), "publication-shape"),
    ):
        assert reason(check(change, sign(ANNA, change, "comment"))) == expected


def test_a_publication_that_contradicts_itself_is_not_signed() -> None:
    """Not when it is written, and not when the key is used."""
    with pytest.raises(PublicationError):
        write_draft(replace(read_publication(DATA), signatures=()))
    with pytest.raises(PublicationError):
        sign_publication(DATA.replace(b'"total": 3', b'"total": 4'), ANNA)
