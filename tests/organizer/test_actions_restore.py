"""Restoring, verifying and exporting without a terminal, and the whole way from the first key to an exported result.

Nothing is written while an answer is missing or wrong: all bytes of the folder stay as they were.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from crypto.appeal import write_appeal
from organizer import RELEASED
from organizer.actions.cards import CardPlan, divide
from organizer.actions.ceremony import (
    make_first_keys,
    make_minisign_key,
    whole_key,
)
from organizer.actions.export import export, plan_export
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.plan import YES
from organizer.actions.public_folder import (
    Signers,
    plan_public_folder,
    read_minisign_line,
    read_site_folder,
    write_public_folder,
)
from organizer.actions.publish import hand_over_published, plan_publication, publish
from organizer.actions.restore import (
    Lock,
    Wanted,
    key_of_cards,
    open_restoring,
    open_root,
    restore_anew,
    restore_into_new,
    restore_under,
)
from organizer.actions.review import accept, open_queue, plan_accept_all
from organizer.actions.session import open_session
from organizer.actions.verify import PublicationFiles, need_verified, verify
from organizer.exports.formats import FORMATS
from organizer.keys import keyfile
from organizer.keys.appeal_folder import PublicKeys
from organizer.keys.periods import PeriodKey
from organizer.keys.shares import split
from organizer.review.review import Review
from tests.support.keys_without_face import ANSWERS, KEY, bytes_in, give_back, reason, recovery_of
from tests.support.organizer_workspace import PASSPHRASE, Desk, appeal_of, ledger_of, make_desk, seal
from tests.support.without_face import Typed, go_round

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "config" / "appeal"
OTHER_KEY = PeriodKey(KEY.period, bytes(32))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with the keys that all tests share."""
    return make_desk(tmp_path)


# Restoring


def test_cards_of_another_key_restore_nothing(desk: Desk, tmp_path: Path) -> None:
    """Too few, of another set, or a key that a face mixed up: neither the workspace nor a new one changes."""
    cards, others = split(KEY.master, 2, 3), split(bytes(32), 2, 3)
    before = bytes_in(tmp_path)
    with open_restoring(str(desk.folder), Wanted()) as at:
        assert (at.lock, [one.for_a_person for one in at.questions]) == (Lock.KEY_FILE, [True])
        assert reason(lambda: key_of_cards(at, recovery_of(cards[0].words))) == "share-few"
        assert reason(lambda: key_of_cards(at, recovery_of(*(card.words for card in others[:2])))) == "share-key"
        assert key_of_cards(at, recovery_of(cards[2].words, cards[0].words)) == KEY
        root = open_root(at, PASSPHRASE)
        assert reason(lambda: open_root(at, "another passphrase")) == "passphrase"
        assert reason(lambda: restore_under(at, OTHER_KEY, root)) == "share-key"
        assert reason(lambda: restore_anew(at, OTHER_KEY, PASSPHRASE, {"lost": YES})) == "share-key"
        assert reason(lambda: restore_into_new(at, KEY, "anna", PASSPHRASE)) == "workspace-exists"
    assert reason(open_restoring(str(tmp_path / "new"), Wanted()).__enter__) == "no-appeal"
    with open_restoring(str(tmp_path / "new"), Wanted(appeal=str(desk.appeal))) as at:
        assert (at.lock, at.questions) == (Lock.NEW, ())
        assert reason(lambda: restore_into_new(at, KEY, "", PASSPHRASE)) == "signer-name"
        assert reason(lambda: restore_into_new(at, KEY, "anna", "short")) == "passphrase-short"
        assert reason(lambda: restore_into_new(at, OTHER_KEY, "anna", PASSPHRASE)) == "share-key"
        assert reason(lambda: restore_under(at, KEY, root)) == "no-workspace"
    assert bytes_in(tmp_path) == before


def test_a_passphrase_is_replaced_only_when_a_person_says_that_it_is_lost(desk: Desk) -> None:
    """A missing or another answer, or a short passphrase, changes nothing; a known passphrase needs no answer."""
    with open_restoring(str(desk.folder), Wanted()) as at:
        before = bytes_in(desk.home)
        for answers in ({}, {"lost": ""}, {"lost": "no"}, {"sign": YES}):
            assert reason(partial(restore_anew, at, KEY, PASSPHRASE, answers)) == "stopped"
        assert reason(lambda: restore_anew(at, KEY, "short", {"lost": YES})) == "passphrase-short"
        assert bytes_in(desk.home) == before
        found = restore_under(at, KEY, open_root(at, PASSPHRASE))
        assert (found.period, found.minisign, found.still_lost) == (KEY.period, None, ())
    with open_session(Typed(), str(desk.folder)) as session:
        assert whole_key(session, KEY.period) == KEY


# The whole way


def circle(home: Path) -> None:
    """From nothing to keys, cards, a public folder; back from the cards; a result, verified and exported."""
    site = read_site_folder(str(TEMPLATE))
    keys = make_first_keys(str(home / "anna"), replace(ANSWERS, appeal_id=site.appeal_id), keyfile.CHEAP)
    sets = divide(keys.periods, CardPlan(2, 3))
    for made in sets:
        while made.card is not None:
            give_back(made)
    periods = [key.period for key in keys.periods]
    boris = make_minisign_key(str(home / "boris"), "boris", PASSPHRASE)
    signers = Signers.begin("anna", keys.minisign, site).with_other("boris", read_minisign_line(boris.line))
    plan = plan_public_folder(PublicKeys(periods, signers.keys, signers.suggested_threshold), site)
    write_public_folder(plan, str(home / "public"), {})
    shutil.rmtree(home / "anna")
    appeal = home / "appeal.json"
    appeal.write_bytes(write_appeal(appeal_of(periods[0].record, keys.minisign)))
    with open_restoring(str(home / "new"), Wanted(str(appeal))) as at:
        key = key_of_cards(at, recovery_of(sets[0].cards[2].words, sets[0].cards[0].words))
        found = restore_into_new(at, key, "anna", PASSPHRASE, keyfile.CHEAP)
    assert found.minisign is not None
    appeal.write_bytes(write_appeal(appeal_of(periods[0].record, found.minisign)))
    publish_one(home, appeal, key)
    files = PublicationFiles(str(home / "stick" / "publication.json"), [], str(appeal))
    verified = need_verified(verify(files))
    written = export(plan_export(verified), str(home / "out"))
    print(verified.publication.total, len(verified.commands), *sorted(written))


def publish_one(home: Path, appeal: Path, key: PeriodKey) -> None:
    """A signature, opened with the key that is back, accepted and published."""
    record = key.period.record
    ledger = home / "ledger.bin"
    ledger.write_bytes(ledger_of([seal("Ева", record=record)], record.appeal_id))
    with open_session(Typed(), str(home / "new"), str(appeal)) as session:
        assert not open_ledgers(session, [str(ledger)]).problems
        review = Review(open_queue(session))
        accept(review, plan_accept_all(review), {"accept-all": YES})
        published = publish(session, plan_publication(session, RELEASED), {"sign": YES})
    hand_over_published(published, str(home / "stick"))


@pytest.mark.slow  # a process that goes the whole way
def test_the_whole_way_needs_no_face(tmp_path: Path) -> None:
    """All of it in a process that loaded nothing which prints, asks or draws; what is exported is verified before."""
    told, *loaded = go_round(__name__, tmp_path)
    files = sorted(name for one in FORMATS for name in one.files)
    assert told == " ".join(["1 1", *files])
    assert {"organizer.actions.restore", "organizer.actions.export"} <= set(loaded)
    exports_of_a_doubtful_result(tmp_path)


def exports_of_a_doubtful_result(home: Path) -> None:
    """A changed publication, a format or a language that there is not: nothing is written."""
    publication = home / "stick" / "publication.json"
    files = PublicationFiles(str(publication), [], str(home / "appeal.json"))
    found = need_verified(verify(files))
    before = bytes_in(home)
    assert reason(lambda: plan_export(found, formats=["odt"])) == "export-format"
    assert reason(lambda: plan_export(found, language="xx")) == "export-language"
    assert reason(lambda: plan_export(found, str(home / "no-such-folder"))) == "no-file"
    assert plan_export(found).formats == FORMATS
    assert reason(lambda: verify(replace(files, minisigs=[str(home / "none.minisig")]))) == "no-file"
    assert bytes_in(home) == before
    publication.write_bytes(publication.read_bytes().replace("Ева".encode(), "Эва".encode()))
    doubtful = verify(files)
    assert doubtful.failure is not None
    assert reason(lambda: need_verified(doubtful)) == doubtful.failure.reason
    assert doubtful.failure.details["steps"] == doubtful.checked.steps
