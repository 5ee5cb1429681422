"""The workspace: one folder, for its owner only, whole or not at all, and nothing readable in it."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from crypto.signature import Signature
from organizer.errors import OrganizerError
from organizer.intake.ledgers import open_by_hand
from organizer.workspace.entries import (
    Decision,
    Entry,
    Reason,
    SignatureEntry,
    UnreadableEntry,
    Verdict,
    WithdrawalEntry,
)
from organizer.workspace.files import hand_over, minisigs_beside, read_file, shipped_files
from organizer.workspace.folder import Workspace, check_new, make_workspace, open_workspace
from organizer.workspace.ledger_file import open_ledger_file
from organizer.workspace.records import Records, add_by_hand
from tests.support.organizer_workspace import KEY, KEYS, LETTER, RECORD, Desk, make_desk, open_records, seal


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def entry(number: int, name: str = "Ірына", public: bool = False) -> SignatureEntry:
    return SignatureEntry(number.to_bytes(32, "big"), LETTER, bytes(32), Signature(name, public))


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}


def test_a_workspace_is_for_its_owner_only(tmp_path: Path) -> None:
    """Folders 0700 and files 0600, the database and its journal too."""
    make_workspace(str(tmp_path / "deep" / "work"), {"organizers.key": b"key"})
    folder = tmp_path / "deep" / "work"
    with open_workspace(str(folder)) as workspace, workspace.tables() as tables:
        workspace.write("appeal.json", b"{}")
        workspace.write_publication(1, {"publication.json": b"{}"})
        tables.put([("entries", bytes(32), b"box")])
    found = modes(folder)
    assert {found.pop(name) for name in (".", "publications", "publications/1")} == {0o700}
    assert set(found) == {
        "format.txt",
        "organizers.key",
        "appeal.json",
        "workspace.sqlite",
        "workspace.sqlite-journal",
        "publications/1/publication.json",
    }
    assert set(found.values()) == {0o600}


def test_a_new_workspace_is_whole_or_absent(tmp_path: Path) -> None:
    """A ceremony that ends in the middle leaves nothing that looks like keys."""
    with pytest.raises(OSError, match="No such file"):
        make_workspace(str(tmp_path / "work"), {"organizers.key": b"key", "no/such/folder": b""})
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_can_become_a_workspace(tmp_path: Path) -> None:
    """Somebody made the folder first: that is no reason to refuse."""
    make_workspace(str(tmp_path), {"organizers.key": b"key"})
    assert modes(tmp_path) == {".": 0o700, "format.txt": 0o600, "organizers.key": 0o600}


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """Nor is any other folder with something in it turned into a workspace."""
    (tmp_path / "key").mkdir()
    (tmp_path / "key" / "organizers.key").write_bytes(b"old")
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter").write_bytes(b"dear")
    (tmp_path / "file").write_bytes(b"")
    for name in ("key", "papers", "file"):
        with pytest.raises(OrganizerError) as caught:
            make_workspace(str(tmp_path / name), {"organizers.key": b"new"})
        assert caught.value.reason == "workspace-exists"
    assert (tmp_path / "key" / "organizers.key").read_bytes() == b"old"
    check_new(str(tmp_path / "nothing"))


def test_a_folder_without_a_key_is_no_workspace(tmp_path: Path) -> None:
    """It says how to get one."""
    with pytest.raises(OrganizerError, match="ceremony") as caught, open_workspace(str(tmp_path)):
        pass
    assert caught.value.reason == "no-workspace"


def test_one_command_at_a_time(desk: Desk) -> None:
    """Two programs deciding at once would overwrite each other."""
    with open_workspace(str(desk.folder)):
        with pytest.raises(OrganizerError) as caught, open_workspace(str(desk.folder)):
            pass
        assert caught.value.reason == "workspace-busy"
    with open_workspace(str(desk.folder)):
        pass


def test_a_file_is_replaced_whole_or_not_at_all(desk: Desk) -> None:
    """What was there stays when writing fails, and no half file lies beside it."""
    before = modes(desk.folder)
    with open_workspace(str(desk.folder)) as workspace:
        with pytest.raises(TypeError):
            workspace.write("signer.txt", "text, not bytes")  # type: ignore[arg-type]  # the mistake is the point
        assert workspace.read("signer.txt") == b"anna\n"
        assert workspace.read("nothing") is None
    assert modes(desk.folder) == before


def test_a_publication_is_replaced_whole_or_not_at_all(desk: Desk) -> None:
    """After a failure the old one stands; after a power cut between, its number is free and its names go next time."""
    with open_workspace(str(desk.folder)) as workspace:
        folder = desk.folder / "publications"
        workspace.write_publication(1, {"publication.json": b"old"})
        with pytest.raises(OSError, match="/"):
            workspace.write_publication(1, {"no/such/place": b"new"}, replace=True)
        assert workspace.read_publication(1) == b"old"
        workspace.write_publication(1, {"publication.json": b"new"}, replace=True)
        assert workspace.read_publication(1) == b"new"
        assert [path.name for path in folder.iterdir()] == ["1"]
        (folder / "1").rename(folder / ".replaced-1")
        assert workspace.publications() == []
        workspace.write_publication(1, {"publication.json": b"next"})
        assert [path.name for path in folder.iterdir()] == ["1"]


def test_what_comes_with_the_tool_can_be_opened_for_a_while() -> None:
    """As a file with its own name, which is gone afterwards."""
    with shipped_files() as path_of:
        path = Path(path_of("fonts/LICENSE"))
        assert "Bitstream Vera" in path.read_text("utf-8")
        assert Path(path_of("fonts/NotoSansThai-Regular.ttf.xz")).read_bytes()[:4] == b"\0\1\0\0"  # unpacked
    assert not path.exists()


def test_a_publication_is_never_overwritten(desk: Desk) -> None:
    """Numbers are found by folder, and a number is given once."""
    with open_workspace(str(desk.folder)) as workspace:
        assert workspace.publications() == []
        for number in (1, 2, 10):
            workspace.write_publication(number, {"publication.json": str(number).encode()})
        with pytest.raises(OSError, match="not empty"):
            workspace.write_publication(2, {"publication.json": b"other"})
        assert workspace.publications() == [1, 2, 10]
        assert workspace.read_publication(2) == b"2"
        assert [name for name in modes(desk.folder) if ".new-" in name] == []


def test_what_was_opened_is_nowhere_in_clear(tmp_path: Path) -> None:
    """No byte of the database or its journal tells a name."""
    with open_records(tmp_path) as records:
        records.add([entry(1, "Ірына Слаўнікава")], {bytes(32): Decision(Verdict.REFUSED, Reason.ABUSE, 1)})
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert not [word for word in ("Ірына", "signature", "abuse") if word.encode() in data]


def test_the_length_of_a_row_does_not_tell_what_it_is(tmp_path: Path) -> None:
    """Public or not, withdrawn, unreadable, accepted or refused: rows look alike."""
    alike: list[Entry] = [
        entry(1, public=True),
        entry(2, public=False),
        WithdrawalEntry((3).to_bytes(32, "big"), bytes(32)),
        UnreadableEntry((4).to_bytes(32, "big"), "open-outer"),
    ]
    made = {bytes([n]) * 32: Decision(Verdict.REFUSED, reason, n) for n, reason in enumerate(Reason, start=1)}
    with open_records(tmp_path) as records:
        records.add(alike, made | {bytes(32): Decision(Verdict.ACCEPTED)})
    with sqlite3.connect(tmp_path / "workspace.sqlite") as connection:
        for table in ("entries", "decisions"):
            assert len(connection.execute(f"SELECT DISTINCT length(box) FROM {table}").fetchall()) == 1
    connection.close()


def test_rows_come_back_as_they_went_in(tmp_path: Path) -> None:
    """Every kind of entry and decision, more of them than a page holds, in the order of ids."""
    entries: list[Entry] = [entry(number) for number in range(2500)]
    entries.append(WithdrawalEntry(b"\xfe" * 32, b"\x01" * 32))
    entries.append(UnreadableEntry(b"\xff" * 32, "open-inner", by_hand=True))
    decisions = {bytes(32): Decision(Verdict.HELD, None, 7), b"\xff" * 32: Decision(Verdict.REFUSED, Reason.OTHER, 8)}
    with open_records(tmp_path) as records:
        records.add(reversed(entries), decisions)
        records.remember_ledger(b"\x02" * 32)
        records.remember_ledger(b"\x01" * 32)
    with open_records(tmp_path) as records:
        assert list(records.entries()) == entries
        assert records.entry(b"\xfe" * 32) == entries[2500]
        assert records.decisions() == decisions
        assert records.ledgers() == ["01" * 32, "02" * 32]
        records.decide({bytes(32): None})
        assert set(records.decisions()) == {b"\xff" * 32}


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """Whatever goes wrong in the middle of it."""
    with open_records(tmp_path) as records:
        records.add([entry(1)])
        with pytest.raises(AttributeError):
            records.add([entry(2), None])  # type: ignore[list-item]  # the mistake is the point
        with Workspace(tmp_path).tables() as tables, pytest.raises(KeyError):
            tables.put([("entries", bytes(32), b""), ("nothing", b"", b"")])
        assert list(records.entries()) == [entry(1)]


def test_a_row_opens_only_where_it_was_written(tmp_path: Path) -> None:
    """A box moved to another id, another table or another key does not open."""
    with open_records(tmp_path) as records:
        records.add([entry(1), entry(2)], {bytes(32): Decision(Verdict.ACCEPTED)})
    with Workspace(tmp_path).tables() as tables:
        box = tables.get("entries", entry(1).id) or b""
        tables.put([("entries", entry(2).id, box), ("decisions", entry(1).id, box)])
        for records in (Records(tables, KEY.x25519_secret), Records(tables, bytes(32))):
            with pytest.raises(OrganizerError):
                records.entry(entry(1).id)
    with open_records(tmp_path) as records:
        assert records.entry(entry(1).id) == entry(1)
        for read in (lambda: list(records.entries()), records.decisions, lambda: records.entry(b"none")):
            with pytest.raises(OrganizerError) as caught:
                read()
            assert caught.value.reason == "workspace-damaged"


def test_what_is_undone_is_gone_from_the_disk(tmp_path: Path) -> None:
    """The bytes of a forgotten row are overwritten."""
    with open_records(tmp_path) as records:
        records.decide({bytes(32): Decision(Verdict.ACCEPTED)})
    with Workspace(tmp_path).tables() as tables:
        box = tables.get("decisions", bytes(32)) or b""
        assert box in (tmp_path / "workspace.sqlite").read_bytes()
        tables.drop("decisions", bytes(32))
    assert box not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_damaged_database_is_told_calmly(desk: Desk) -> None:
    """No traceback, but what to do."""
    (desk.folder / "workspace.sqlite").write_bytes(b"not a database at all" * 100)
    with (
        open_workspace(str(desk.folder)) as workspace,
        pytest.raises(OrganizerError, match="copy") as caught,
        workspace.tables(),
    ):
        pass
    assert caught.value.reason == "workspace-damaged"


def fill(folder: Path, limit: str) -> None:
    with open_records(folder) as records:
        records._tables._connection.execute(limit)
        records.add(entry(number) for number in range(1000))


def test_a_full_disk_is_told_as_one(desk: Desk) -> None:
    """Not as damage: who then puts back an old copy of the folder loses decisions."""
    limits = {"PRAGMA max_page_count = 1": "disk-full", "PRAGMA query_only = 1": "file"}
    for limit, reason in limits.items():
        with pytest.raises(OrganizerError, match="Nothing that was kept before is lost") as caught:
            fill(desk.folder, limit)
        assert (caught.value.reason, "copy of the folder" in str(caught.value)) == (reason, False)


def test_what_is_entered_by_hand_needs_no_key(tmp_path: Path) -> None:
    """It lies sealed, like any envelope, until the key is there; then it is accepted, once."""
    envelope = seal("Алесь")
    with Workspace(tmp_path).tables() as tables:
        add_by_hand(tables, [envelope, envelope])
    assert "Алесь".encode() not in (tmp_path / "workspace.sqlite").read_bytes()
    with open_records(tmp_path) as records:
        assert [open_by_hand(records, KEYS), open_by_hand(records, KEYS)] == [1, 0]
        (found,) = records.entries()
        assert isinstance(found, SignatureEntry)
        assert (found.by_hand, found.id) == (True, envelope_id(envelope))
        assert records.decisions() == {found.id: Decision(Verdict.ACCEPTED)}


def test_a_ledger_is_named_by_the_digest_of_its_file(desk: Desk) -> None:
    """The same as `sha256sum` prints."""
    path = desk.ledger(seal("Анна", record=RECORD), seal("Ева", record=RECORD))
    with open_ledger_file(str(path)) as file:
        assert [len(piece) for piece in file.pieces()] == [4096, 4096]
        assert file.digest == hashlib.sha256(path.read_bytes()).digest()


def test_a_missing_file_is_told_calmly(tmp_path: Path) -> None:
    """So is a folder, and a name that no file can have."""
    for name in ("nothing", ".", "a\0b"):
        with pytest.raises(OrganizerError) as caught:
            read_file(str(tmp_path / name))
        assert caught.value.reason == "no-file"
        with pytest.raises(OrganizerError), open_ledger_file(str(tmp_path / name)):
            pass


def test_files_to_hand_over_can_be_read_by_others(tmp_path: Path) -> None:
    """They are public, and another account may carry them."""
    hand_over(str(tmp_path / "stick"), {"publication.json": b"{}", "publication.json.anna.minisig": b"x"})
    found = modes(tmp_path / "stick")
    assert found == {".": found["."], "publication.json": 0o644, "publication.json.anna.minisig": 0o644}
    assert minisigs_beside(str(tmp_path / "stick" / "publication.json")) == [
        str(tmp_path / "stick" / "publication.json.anna.minisig")
    ]
