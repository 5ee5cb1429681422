"""Keys of periods and the lock of the rows: one passphrase opens all, burning one takes nothing from the rest."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.keys import OrganizersKey
from organizer.errors import OrganizerError
from organizer.keys.generate import make_keys, write_tables
from organizer.keys.keyfile import CHEAP, ROOT_SIZE
from organizer.keys.periods import (
    SIZE,
    Days,
    Period,
    lock_master,
    read_day,
    read_days,
    read_public,
    unlock_master,
    write_public,
)
from organizer.workspace import key_slots
from organizer.workspace.folder import Workspace
from tests.support.organizer_workspace import APPEAL_ID, MASTER, RECORD

ROOT = bytes(range(200, 200 + ROOT_SIZE))
FILE = lock_master(ROOT, MASTER, RECORD, secrets.token_bytes)
OTHER = OrganizersKey.derive(MASTER[::-1], APPEAL_ID).record


def reason(work: object) -> str:
    assert callable(work)
    with pytest.raises(OrganizerError) as caught:
        work()
    return caught.value.reason


def test_the_master_comes_back_under_its_root_only() -> None:
    """Another root opens nothing, and that is no damage: the passphrase of that key is lost."""
    assert unlock_master(ROOT, FILE, RECORD) == MASTER
    assert unlock_master(ROOT[::-1], FILE, RECORD) is None
    assert (len(FILE), FILE[:22]) == (SIZE, b"undersigned/v1/period\0")
    assert FILE[22:54] == RECORD.fingerprint


def test_every_changed_byte_of_a_key_is_told() -> None:
    """As damage, or, with the checksum made anew, as a key that does not open."""
    for at in range(len(FILE)):
        changed = FILE[:at] + bytes([FILE[at] ^ 1]) + FILE[at + 1 :]
        assert reason(lambda changed=changed: unlock_master(ROOT, changed, RECORD)) == "key-file-damaged"
    for at in range(54, 126):
        checked = FILE[:at] + bytes([FILE[at] ^ 1]) + FILE[at + 1 : 126]
        assert unlock_master(ROOT, checked + hashlib.sha256(checked).digest(), RECORD) is None


def test_a_key_under_another_name_is_damage() -> None:
    """A file moved to another period, or locked with a master of another key, is not taken."""
    assert reason(lambda: unlock_master(ROOT, FILE, OTHER)) == "key-file-damaged"
    swapped = lock_master(ROOT, MASTER, OTHER, secrets.token_bytes)
    assert reason(lambda: unlock_master(ROOT, swapped, OTHER)) == "key-file-damaged"


@pytest.mark.parametrize(
    "days", [Days(), Days("2027-01-01"), Days(until="2027-06-30"), Days("2027-01-01", "2027-06-30")]
)
def test_the_public_half_is_read_as_it_was_written(days: Days) -> None:
    """And in no other spelling."""
    period = Period(RECORD, days)
    text = write_public(period)
    assert read_public(text) == period
    for wrong in ("", text[:-1], text + "\n", text.replace(" ", "  "), text.replace("A", "B", 1), text + text):
        assert reason(lambda wrong=wrong: read_public(wrong)) == "key-file-damaged"


def test_days_are_days() -> None:
    """Only the one spelling of a day, never backwards, and both ends belong to a period."""
    for text in ("20270101", "2027-1-1", "2027-02-30", "tomorrow", "2027-W01-1"):
        assert reason(lambda text=text: read_day(text)) == "days"
    assert reason(lambda: Days("2027-02-01", "2027-01-31")) == "days"
    assert reason(lambda: read_days("2027-01-01")) == "days"
    assert read_days("2027-01-01..") == Days("2027-01-01", None)
    assert Days("2027-01-01", "2027-06-30").meets(Days("2027-06-30", None))
    assert not Days("2027-01-01", "2027-06-30").meets(Days("2027-07-01", None))


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_an_error(text: str) -> None:
    """Whatever is typed at the question for a day."""
    with suppress(OrganizerError):
        day = read_day(text)
        assert day is None or len(day) == 10


def test_masters_of_periods_are_independent() -> None:
    """Each is drawn apart from all else: with randomness that counts its calls, no two draws are related."""
    drawn: list[bytes] = []

    def random(size: int) -> bytes:
        drawn.append(secrets.token_bytes(size))
        return drawn[-1]

    keys = make_keys(APPEAL_ID, "anna", "a passphrase", random, [Days(), Days("2027-01-01"), Days()], CHEAP)
    masters = [new.master for new in keys.periods]
    assert len(set(masters)) == 3
    assert set(masters) <= set(drawn)
    for new in keys.periods:
        assert OrganizersKey.derive(new.master, APPEAL_ID).record == new.period.record
    assert not [name for name, content in keys.files.items() if any(master in content for master in masters)]
    assert not [secret for secret in (*masters, *(m.hex().encode() for m in masters)) if secret in repr(keys).encode()]
    assert write_tables([new.period for new in keys.periods], {"anna": keys.minisign}).count("[[keys]]") == 3


# The lock of the rows


def test_rows_open_under_the_passphrase_and_under_every_master(tmp_path: Path) -> None:
    """With the cards of any one period, and under the new passphrase from then on."""
    masters = {RECORD.key_id: MASTER, OTHER.key_id: MASTER[::-1]}
    with Workspace(tmp_path).tables() as tables:
        work_key = key_slots.open_work_key(tables, ROOT, masters, secrets.token_bytes)
        assert key_slots.open_work_key(tables, ROOT, {}, secrets.token_bytes) == work_key
        new = bytes(32)
        assert key_slots.take_over(tables, new, OTHER.key_id, MASTER[::-1]) == work_key
        key_slots.drop_other_roots(tables, new)
        assert key_slots.open_work_key(tables, new, masters, secrets.token_bytes) == work_key
        assert (
            reason(lambda: key_slots.open_work_key(tables, ROOT, masters, secrets.token_bytes)) == "workspace-damaged"
        )


def test_the_cards_of_a_burned_key_open_no_rows(tmp_path: Path) -> None:
    """What was opened belongs to the passphrase and the other periods from then on."""
    masters = {RECORD.key_id: MASTER, OTHER.key_id: MASTER[::-1]}
    with Workspace(tmp_path).tables() as tables:
        work_key = key_slots.open_work_key(tables, ROOT, masters, secrets.token_bytes)
        key_slots.drop_lock(tables, RECORD.key_id)
        assert key_slots.take_over(tables, bytes(32), RECORD.key_id, MASTER) is None
        assert key_slots.open_work_key(tables, ROOT, {}, secrets.token_bytes) == work_key
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [secret for secret in (ROOT, MASTER, work_key) if secret in stored]


def test_a_lock_opens_with_its_own_secret_only(tmp_path: Path) -> None:
    """A wrong master or a lock moved to another name is told."""
    with Workspace(tmp_path).tables() as tables:
        key_slots.open_work_key(tables, ROOT, {RECORD.key_id: MASTER}, secrets.token_bytes)
        assert reason(lambda: key_slots.take_over(tables, bytes(32), RECORD.key_id, bytes(32))) == "workspace-damaged"
        box = tables.get("locks", RECORD.key_id) or b""
        tables.put([("locks", OTHER.key_id, box)])
        assert reason(lambda: key_slots.take_over(tables, bytes(32), OTHER.key_id, MASTER)) == "workspace-damaged"


def test_a_database_without_its_locks_is_not_started_anew(tmp_path: Path) -> None:
    """Rows under a key that nobody has any more must not be mixed with others."""
    with Workspace(tmp_path).tables() as tables:
        tables.put([("entries", bytes(32), b"box")])
        assert reason(lambda: key_slots.open_work_key(tables, ROOT, {}, secrets.token_bytes)) == "workspace-damaged"
