"""A sitting keeps the root between actions and forgets it in time; the minisign key opens with the root alone."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from crypto.errors import UndersignedError
from crypto.minisign import MinisignSecretKey, verify
from organizer import RELEASED
from organizer.actions.burn import burn, plan_burning
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.own_keys import own_minisign
from organizer.actions.plan import YES
from organizer.actions.publish import plan_publication, publish
from organizer.actions.restore import Wanted, open_restoring, restore_anew
from organizer.actions.session import open_minisign, open_session
from organizer.actions.sitting import IDLE, Sitting
from organizer.keys import keyfile
from organizer.keys.signing import lock_signing_key, unlock_signing_key
from tests.support.keys_without_face import KEY
from tests.support.organizer_workspace import APPEAL_ID, MASTER, PASSPHRASE, Desk, make_desk, seal
from tests.support.without_face import Typed, files

LOCKED = "minisign.locked"
MINISIGN = MinisignSecretKey.make(bytes(8), bytes(range(32)))


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sitting(clock: Clock) -> Sitting:
    return Sitting(clock)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def asked(desk: Desk, sitting: Sitting | None) -> int:
    """How often the passphrase is asked for to open the workspace."""
    face = Typed(sitting)
    with open_session(face, str(desk.folder)) as session:
        assert session.keys
    return face.asked


# The root


def test_the_passphrase_is_asked_once_in_a_sitting(desk: Desk, sitting: Sitting) -> None:
    """Without a sitting it is asked each time; nothing of a sitting is on the disk."""
    assert [asked(desk, None), asked(desk, None)] == [1, 1]
    before = files(desk)
    assert [asked(desk, sitting), asked(desk, sitting), asked(desk, sitting)] == [1, 0, 0]
    sitting.lock()
    assert asked(desk, sitting) == 1
    assert files(desk) == before


@pytest.mark.parametrize(("passed", "again"), [(0, 0), (IDLE - 1, 0), (IDLE, 1), (8 * 3600, 1), (-1, 1)])
def test_the_root_is_forgotten_after_ten_idle_minutes(
    desk: Desk, sitting: Sitting, clock: Clock, passed: float, again: int
) -> None:
    """Not a second before; a sleep counts, and so does a clock that went back. No face needs to notice it."""
    asked(desk, sitting)
    clock.now += passed
    assert sitting.is_over == bool(again)
    assert asked(desk, sitting) == again


def test_what_a_person_does_begins_the_ten_minutes_anew(desk: Desk, sitting: Sitting, clock: Clock) -> None:
    """An hour of work with short pauses asks once."""
    asked(desk, sitting)
    for _ in range(10):
        clock.now += IDLE - 1
        assert not sitting.is_over
        sitting.used()
    assert asked(desk, sitting) == 0


def test_a_forgotten_root_is_overwritten(sitting: Sitting) -> None:
    """The memory that held it holds zeros, whatever still points there."""
    sitting.keep(b"a key file", bytes(range(32)))
    (kept,) = sitting._roots.values()
    assert bytes(kept) == bytes(range(32))
    sitting.lock()
    assert bytes(kept) == bytes(32)
    assert not sitting.is_unlocked


def test_a_root_opens_only_the_key_file_that_it_was_in(desk: Desk, sitting: Sitting, tmp_path: Path) -> None:
    """After a new passphrase, and in another folder, it is asked for again; two folders are open side by side."""
    asked(desk, sitting)
    (tmp_path / "other").mkdir()
    other = make_desk(tmp_path / "other")
    path = other.folder / "organizers.key"
    root = keyfile.unlock(path.read_bytes(), PASSPHRASE)[0]
    path.write_bytes(keyfile.lock(root, APPEAL_ID, PASSPHRASE, bytes(keyfile.SALT_SIZE), keyfile.CHEAP))
    assert [asked(other, sitting), asked(other, sitting), asked(desk, sitting)] == [1, 0, 0]


def test_a_wrong_passphrase_keeps_nothing(desk: Desk, sitting: Sitting) -> None:
    """And what was kept before stays."""

    class Mistyped(Typed):
        def passphrase(self, wrong: UndersignedError | None) -> str:
            if wrong is not None:
                raise wrong
            return "not the passphrase"

    with pytest.raises(Exception, match="does not open"), open_session(Mistyped(sitting), str(desk.folder)):
        pass
    assert not sitting.is_unlocked
    asked(desk, sitting)
    with open_session(Mistyped(sitting), str(desk.folder)) as session:
        assert session.keys


def test_nothing_secret_is_in_its_words(sitting: Sitting) -> None:
    """Nor in those of a session, which may get into a traceback."""
    sitting.keep(b"file", b"secret-root")
    assert repr(sitting) == "Sitting(unlocked)"


# The minisign key under the root


def sign_one(desk: Desk, sitting: Sitting | None = None) -> Typed:
    """Publish, and tell what the face was asked and told."""
    face = Typed(sitting)
    with open_session(face, str(desk.folder), str(desk.appeal)) as session:
        published = publish(session, plan_publication(session, RELEASED), {"sign": YES})
    (minisig,) = (text.decode() for name, text in published.files.items() if name.endswith(".minisig"))
    assert verify(desk.minisign, published.files["publication.json"], minisig)
    return face


def test_signing_needs_no_second_derivation_from_the_passphrase(desk: Desk, sitting: Sitting) -> None:
    """The stock file lies there, untouched, and is not opened; two results in a sitting ask once."""
    stock = (desk.folder / "minisign.key").read_bytes()
    faces = [sign_one(desk, sitting), sign_one(desk, sitting), sign_one(desk)]
    assert [(face.asked, face.signed, face.told) for face in faces] == [(1, 0, []), (0, 0, []), (1, 0, [])]
    assert (desk.folder / "minisign.key").read_bytes() == stock


def test_an_older_workspace_signs_as_before_once_and_says_so(desk: Desk, sitting: Sitting) -> None:
    """The passphrase typed for the workspace opens it; in a sitting it is asked for once more."""
    (desk.folder / LOCKED).unlink()
    stock = (desk.folder / "minisign.key").read_bytes()
    assert asked(desk, sitting) == 1
    first, second = sign_one(desk, sitting), sign_one(desk, sitting)
    assert (first.asked, first.signed, first.told) == (1, 1, ["signing-kept"])
    assert (second.asked, second.signed, second.told) == (0, 0, [])
    (desk.folder / LOCKED).write_bytes(b"damaged")
    third = sign_one(desk)
    assert (third.asked, third.signed, third.told) == (1, 1, ["signing-kept"])
    assert (desk.folder / "minisign.key").read_bytes() == stock


def test_only_the_root_opens_the_locked_minisign_key() -> None:
    """No other root, no other key's public half, not one changed bit; a box moved to another key does not open."""
    root = bytes(range(32))
    file = lock_signing_key(root, MINISIGN, secrets.token_bytes)
    assert len(file) == 136
    assert unlock_signing_key(root, file, MINISIGN.public) == MINISIGN
    assert unlock_signing_key(MASTER, file, MINISIGN.public) is None
    other = MinisignSecretKey.make(bytes(8), bytes(32))
    assert unlock_signing_key(root, file, other.public) is None
    moved = lock_signing_key(root, other, secrets.token_bytes)[:64] + file[64:]
    assert unlock_signing_key(root, moved, other.public) is None
    for at in range(len(file)):
        changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
        assert unlock_signing_key(root, changed, MINISIGN.public) is None
    for size in (0, 64, 100, 135):
        assert unlock_signing_key(root, file[:size], MINISIGN.public) is None
    assert MINISIGN.seed not in file


def test_burning_a_period_leaves_the_minisign_key(desk: Desk) -> None:
    """What was signed with stays, for results go on; the whole workspace burned takes it along."""
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        name = session.periods[0].hex_id
        plan = plan_burning(session, RELEASED, name, None)
        burn(session, plan, {"burn-not-yet": YES, "word": name})
        assert open_minisign(session).public == desk.minisign
    assert (desk.folder / LOCKED).exists()


def test_cards_bring_no_minisign_key_back(desk: Desk) -> None:
    """Who has the cards gets a new one, as before; the old one lies under a root that is gone."""
    old = (desk.folder / LOCKED).read_bytes()
    with open_restoring(str(desk.folder), Wanted()) as at:
        found = restore_anew(at, KEY, "another passphrase", {"lost": YES})

    class Another(Typed):
        def passphrase(self, wrong: UndersignedError | None) -> str:
            assert wrong is None
            return "another passphrase"

    face = Another()
    with open_session(face, str(desk.folder)) as session:
        assert own_minisign(session.workspace)[1] == found.minisign == open_minisign(session).public
        assert unlock_signing_key(session.root, old, desk.minisign) is None
        assert unlock_signing_key(KEY.master, old, desk.minisign) is None
    assert face.signed == 0


def test_what_another_command_writes_is_seen_in_a_sitting(desk: Desk, sitting: Sitting) -> None:
    """It keeps the root and no rows."""
    asked(desk, sitting)
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as elsewhere:
        open_ledgers(elsewhere, [str(desk.ledger(seal("Ева", record=desk.record)))])
    with open_session(Typed(sitting), str(desk.folder)) as session:
        assert len(list(session.records.entries())) == 1
