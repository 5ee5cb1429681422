"""The ceremony, its cards and the public folder without a terminal.

Nothing is written while an answer is missing or wrong: all bytes of the folder stay as they were.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from organizer.actions.appeal import WORD
from organizer.actions.cards import CardPlan, divide, print_cards
from organizer.actions.ceremony import (
    FirstKeys,
    add_periods,
    check_repeated,
    has_workspace,
    keys_here,
    make_first_keys,
    make_minisign_key,
    need_real_keys,
    offer_passphrase,
    shared_days,
    whole_key,
)
from organizer.actions.own_keys import own_minisign
from organizer.actions.plan import YES
from organizer.actions.public_folder import (
    AppealFolder,
    Signers,
    plan_public_folder,
    read_minisign_line,
    read_site_folder,
    write_public_folder,
)
from organizer.actions.session import open_minisign, open_session
from organizer.errors import OrganizerError
from organizer.keys import keyfile
from organizer.keys.appeal_folder import PublicKeys
from organizer.keys.generate import make_period, minisign_files
from organizer.keys.periods import Days, Period
from tests.support.keys_without_face import ANSWERS, DAYS, KEY, bytes_in, give_back, reason
from tests.support.organizer_workspace import PASSPHRASE, RECORD, Desk, make_desk, new_keys
from tests.support.without_face import Typed

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "config" / "appeal"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with the keys that all tests share."""
    return make_desk(tmp_path)


# First keys


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (FirstKeys(), ["signer", "days", "passphrase"]),
        (replace(ANSWERS, signer=""), ["signer"]),
        (replace(ANSWERS, days=()), ["days"]),
        (replace(ANSWERS, passphrase=""), ["passphrase"]),
    ],
)
def test_first_keys_wait_for_every_answer(tmp_path: Path, answers: FirstKeys, missing: list[str]) -> None:
    """What is missing is named, and there is not even a folder."""
    assert [notice.reason for notice in answers.missing] == missing
    with pytest.raises(OrganizerError) as caught:
        make_first_keys(str(tmp_path / "work"), answers, keyfile.CHEAP)
    assert (caught.value.reason, caught.value.details) == ("unanswered", {"missing": missing})
    assert not list(tmp_path.iterdir())


def test_a_wrong_answer_is_none(tmp_path: Path) -> None:
    """Each step has its checker; a value with a wrong answer in it cannot be made."""
    assert reason(lambda: FirstKeys(signer="Anna B.")) == "signer-name"
    assert reason(lambda: FirstKeys(passphrase="short")) == "passphrase-short"
    assert reason(lambda: Days("2027-02-01", "2027-01-01")) == "days"
    assert reason(lambda: check_repeated(PASSPHRASE, f"{PASSPHRASE} ")) == "passphrase-again"
    assert reason(lambda: make_minisign_key(str(tmp_path / "work"), "boris", "short")) == "passphrase-short"
    assert reason(lambda: make_minisign_key(str(tmp_path / "work"), "", PASSPHRASE)) == "signer-name"
    assert check_repeated(offered := offer_passphrase(), offered) == offered
    assert [notice.reason for notice in shared_days(Days("2027-06-30"), DAYS)] == ["shared-days"]
    assert not shared_days(DAYS[1], DAYS[:1])
    assert PASSPHRASE not in repr(ANSWERS)
    assert not list(tmp_path.iterdir())


def test_keys_are_never_made_over_other_files(desk: Desk) -> None:
    """Neither over keys nor in a folder that holds something else."""
    before = bytes_in(desk.home)
    assert has_workspace(str(desk.folder))
    assert reason(lambda: has_workspace(str(desk.home))) == "workspace-exists"
    assert reason(lambda: make_first_keys(str(desk.folder), ANSWERS, keyfile.CHEAP)) == "workspace-exists"
    assert reason(lambda: make_minisign_key(str(desk.home), "boris", PASSPHRASE)) == "workspace-exists"
    assert bytes_in(desk.home) == before


def test_a_ceremony_goes_on_in_a_workspace(desk: Desk) -> None:
    """Further periods join it, and cards can be made of each key that is there; without days nothing is added."""
    with open_session(Typed(), str(desk.folder)) as session:
        before = bytes_in(desk.home)
        assert reason(lambda: add_periods(session, [])) == "unanswered"
        assert whole_key(session, session.periods[0]) == KEY
        assert bytes_in(desk.home) == before
        (new,) = add_periods(session, DAYS[:1])
        assert reason(lambda: whole_key(session, Period(RECORD))) == "no-key"
    with open_session(Typed(), str(desk.folder)) as session:
        assert {period.hex_id for period in keys_here(session)} == {KEY.period.hex_id, new.period.hex_id}
        assert whole_key(session, new.period) == new


def test_keys_of_a_trial_stay_those_of_a_trial(tmp_path: Path, desk: Desk) -> None:
    """Whatever opens them says so, they sign without scrypt's gigabyte, and no ceremony goes on with them."""
    make_first_keys(str(tmp_path / "trial"), ANSWERS, keyfile.DEMO)
    for folder, told in ((tmp_path / "trial", ["demo"]), (desk.folder, [])):
        face = Typed()
        with open_session(face, str(folder)) as session:
            assert face.told == told
            assert open_minisign(session).public == own_minisign(session.workspace)[1]
            if told:
                assert reason(lambda session=session: need_real_keys(session)) == "demo"
            else:
                need_real_keys(session)
    assert not (tmp_path / "trial" / "minisign.key").exists()


# Cards


def test_a_card_comes_after_the_one_before_was_read_from_the_paper() -> None:
    """Two of its words are asked for; a wrong one has two asked anew, and the card stays."""
    (made,) = divide([KEY], CardPlan(2, 3))
    first = made.cards[0]
    assert (made.card, len(made.cards)) == (first, 3)
    assert not made.answer("")
    assert not made.answer("no such word")
    right = first.words[(made.asked or 0) - 1]
    assert made.answer(right[:4])
    assert not made.answer(next(word for word in first.words if word != first.words[(made.asked or 0) - 1]))
    assert made.card is first
    for number in range(3):
        assert made.card is made.cards[number]
        give_back(made)
    assert not made.card
    assert not made.asked
    assert reason(lambda: made.answer("academic")) == "share-plan"
    assert not any(word in repr(made) for word in first.words)


def test_a_plan_for_cards_holds() -> None:
    """Not one card for a key, nor more needed than there are."""
    for threshold, count in ((1, 1), (3, 2), (2, 17)):
        assert reason(partial(CardPlan, threshold, count)) == "share-plan"


def test_a_file_with_cards_is_burned_whatever_happens(tmp_path: Path) -> None:
    """Also when the face fails while it is there; in a folder with other files it is never made."""
    sets = divide([KEY], CardPlan(2, 2))
    with suppress(ZeroDivisionError), print_cards(str(tmp_path / "print"), sets) as path:
        assert sets[0].cards[1].words[5] in Path(path).read_text()
        raise ZeroDivisionError
    assert not bytes_in(tmp_path)
    (tmp_path / "print" / "mine").write_text("mine")
    for folder in ("", str(tmp_path / "print")):
        printing = print_cards(folder, sets)
        assert reason(printing.__enter__) == "folder"
    assert list(bytes_in(tmp_path).values()) == [b"mine"]


# The public folder


def test_what_the_folder_of_the_site_brings_along_is_shown_and_not_taken_silently(tmp_path: Path) -> None:
    """Organizers and keys that stand in it need a yes; fewer who must sign than it says need a word."""
    own, other = new_keys().minisign, minisign_files("eva", PASSPHRASE, secrets.token_bytes)[0]
    template = (TEMPLATE / "appeal.toml").read_text("utf-8").replace("threshold = 1", "threshold = 2")
    listed = f'\n[[minisign]]\nsigner = "eva"\nkey = "{other.line}"\n\n[[keys]]\nrecord = "{"A" * 8}"\n'
    site = AppealFolder({"appeal.toml": (template + listed).encode()})
    assert site.appeal_id is not None
    period = make_period(site.appeal_id, Days(), secrets.token_bytes).period
    signers = Signers.begin("anna", own, site)
    plan = plan_public_folder(PublicKeys([period], signers.keys, 1), site)
    assert [str(notice) for notice in plan.listed] == [
        f"signs results: eva, {other.line}",
        f"a key to seal to that is not of this workspace: {'A' * 8}",
    ]
    assert [(one.asked.reason, one.for_a_person, one.word) for one in plan.questions] == [
        ("listed", True, YES),
        ("threshold-lowered", True, WORD),
    ]
    for answers in ({}, {"listed": YES}, {"threshold-lowered": WORD}, {"listed": YES, "threshold-lowered": YES}):
        assert reason(partial(write_public_folder, plan, str(tmp_path / "public"), answers)) == "stopped"
    assert not (tmp_path / "public").exists()
    write_public_folder(plan, str(tmp_path / "public"), {"listed": YES, "threshold-lowered": WORD})
    as_before = plan_public_folder(PublicKeys([period], signers.keys, 2), site)
    assert [one.asked.reason for one in as_before.questions] == ["listed"]
    third = Signers.begin("anna", own, site, least=3).with_other("boris", own)
    assert (signers.suggested_threshold, third.suggested_threshold) == (2, 3)  # never fewer than so far
    template = template.replace("threshold = 2", "threshold = 3")
    three = Signers.begin("anna", own, AppealFolder({"appeal.toml": template.encode()}))
    assert (three.suggested_threshold, Signers.begin("anna", own, AppealFolder()).suggested_threshold) == (3, 1)


def test_a_public_folder_is_written_only_whole_and_only_of_this_appeal(tmp_path: Path) -> None:
    """Each answer has its checker; nothing is mixed with other files."""
    period, own = KEY.period, new_keys().minisign
    site = read_site_folder(str(TEMPLATE))
    assert reason(lambda: read_site_folder(str(TEMPLATE), [period])) == "appeal-key"
    assert reason(lambda: AppealFolder({"appeal.toml": b"id = "})) == "appeal-toml"
    signers = Signers.begin("anna", own, AppealFolder())
    assert reason(lambda: signers.check_name("anna")) == "signer-name"
    assert reason(lambda: signers.with_other("B!", own)) == "signer-name"
    assert reason(lambda: read_minisign_line("RWshort")).startswith("minisign-")
    assert reason(lambda: PublicKeys([period], signers.keys, 2)) == "threshold"
    keys = PublicKeys([period], signers.keys, signers.suggested_threshold)
    assert reason(lambda: plan_public_folder(keys, site)) == "appeal-key"
    plan = plan_public_folder(keys, AppealFolder())
    assert not plan.fills_appeal
    (tmp_path / "mine").write_text("mine")
    for folder in ("", str(tmp_path)):
        assert reason(partial(write_public_folder, plan, folder, {})) == "folder"
    assert list(bytes_in(tmp_path).values()) == [b"mine"]
    write_public_folder(plan, str(tmp_path / "public"), {})
    assert {Path(path).name for path in bytes_in(tmp_path / "public")} == set(plan.files)
