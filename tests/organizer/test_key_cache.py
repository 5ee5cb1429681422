"""What names are found by is kept, locked, so that a few new ones are compared without reading all others."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from crypto.envelope import EnvelopeId
from organizer.matching.comparison import no_progress
from organizer.matching.duplicates import Person, compare
from organizer.matching.key_cache import SurnameKeys, spelling_of
from organizer.matching.pair_cache import RULES, SimilarPairs
from organizer.matching.signs import signs_of
from organizer.matching.surname_keys import read_key, write_key
from organizer.review import comparing
from organizer.review.comparing import Comparing
from organizer.workspace.database import DATABASE
from organizer.workspace.records import Boxes, Records
from tests.support.review_entries import entry, ids_of, made_up

SET = Path(__file__).parent / "names"
FOUND_BY = {2: "bbc07d8a62cf2544"}
"""For each number of the rules, a digest of the keys of all names of the set, of signs, and of the pairs among some."""
SAID = [{"contact": "+375 29 123-45-67"}, {"message": "8 (029) 123 45 67, пішыце"}, {"contact": "Eva@Example.by"},
        {"relation": "t.me/eva_kot"}, {"message": "Гэта мае словы, якіх ніхто іншы не напіша"}, {}]  # fmt: skip

HOSTILE = [
    "ﷺ" * 120,
    "㍿" * 120,
    "㌖" * 120,
    "ⅷ" * 120,
    "щ" * 120,
    "Ж x " * 30,
    "ﷺ ㍿ " * 30,
    "Ъ",
    "12345",
    "a:b,c d",
    "ß" * 120,
]


def find_all(records: Records, ids: set[EnvelopeId]) -> SimilarPairs:
    with closing(Comparing(records, ids)) as found:
        found.wait(None, no_progress)
    return SimilarPairs.read(records.compared())


def names_of_the_set() -> list[str]:
    texts = (path.read_text("utf-8") for path in sorted(SET.glob("*.tsv")))
    return sorted({cell for text in texts for line in text.splitlines() for cell in line.split("\t")})


def found_by(names: list[str]) -> str:
    keys = [f"{spelling_of(name)} {write_key(name)}" for name in names]
    said = ((name, signs_of(SAID[at % len(SAID)])) for at, name in enumerate(names[::50]))
    people = [Person(name.encode("utf-8"), name, signs=signs) for name, signs in said]
    pairs = [compare(one, other) for one in people for other in people if one.id < other.id]
    return hashlib.sha256(repr((keys, [one.signs for one in people], pairs)).encode("utf-8")).hexdigest()[:16]


def test_other_keys_or_pairs_have_another_number() -> None:
    """Keys and pairs that were kept are used only by the rules that made them, so RULES goes up with each change."""
    assert FOUND_BY[RULES] == found_by(names_of_the_set())


def test_of_a_few_new_ones_only_similar_rows_are_read(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """And all the rows when nothing was kept, as control; the same pairs are found."""
    records.add([entry(number) for number in range(2, 502)])
    find_all(records, ids_of(*range(2, 502)))
    kept = records.compared()
    records.add([entry(1, made_up(100)), entry(1500, "Ева Кот")])
    read: list[bytes] = []
    unlock = Boxes.unlock

    def noted(boxes: Boxes, table: str, row_id: bytes, box: bytes) -> bytes:
        read.append(row_id)
        return unlock(boxes, table, row_id, box)

    monkeypatch.setattr(Boxes, "unlock", noted)
    found = []
    for has_keys in (True, False):
        if not has_keys:
            records.keep_surname_keys(b"")
            records.keep_compared(kept)
        read.clear()
        pairs = find_all(records, ids_of(1, *range(2, 502), 1500))
        found.append(sorted((pair.first, pair.second) for pair in pairs.among(lambda _: True)))
        assert (len(set(read)) < 60) == has_keys
    assert found[0] == found[1]
    assert (entry(1).id, entry(100).id) in found[0]


@pytest.mark.parametrize("few", [0, comparing.FEW])
def test_names_that_are_long_when_spoken_are_compared_too(
    records: Records, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """A name has at most 120 characters, and one of these can be four words: no worker is lost by them."""
    monkeypatch.setattr(comparing, "FEW", few)
    names = HOSTILE * 40
    records.add([entry(number, name) for number, name in enumerate(names, start=1)])
    later = len(names)
    find_all(records, ids_of(*range(1, later)))
    pairs = find_all(records, ids_of(*range(1, later + 1)))
    assert any(True for _ in pairs.of(entry(later).id))


def test_what_another_version_kept_is_made_anew() -> None:
    """Whatever was written there; what was written by the same rules is read as it was."""
    ids = sorted(ids_of(1, 2, 3))
    keys = SurnameKeys(ids)
    assert keys.missing() == [0, 1, 2]
    for place, name in enumerate(("Ірына Слаўнікава", "Ъ", "Ева Кот")):
        keys.put_name(place, name, [b"one sign.", b"another.."][:place])
    text = keys.write()
    assert SurnameKeys.read(text).about(ids).write() == text
    assert SurnameKeys.read(text).about(sorted(ids_of(2, 4))).missing() == [1]
    for broken in (b"", b".", b"{}\n.", b"[1]\n.", b"\xff\n", text[:-20], text.replace(b'"rules":', b'"rules":9')):
        assert SurnameKeys.read(broken).about(ids).missing() == [0, 1, 2]


def test_what_is_forgotten_leaves_no_key() -> None:
    """The keys of those who are compared no more are not kept."""
    ids = sorted(ids_of(1, 2))
    keys = SurnameKeys(ids)
    keys.put_name(0, "Ірына Слаўнікава")
    keys.put_name(1, "Ева Кот")
    assert "слаўнікава" in keys.write().decode("utf-8", "replace")
    assert "слаўнікава" not in keys.about(ids[1:]).write().decode("utf-8", "replace")


def test_nothing_of_a_name_lies_open_on_the_disk(records: Records, tmp_path: Path) -> None:
    """Keys are locked like every row; control: they are there, and have the surname."""
    records.add([entry(1, "Ірына Слаўнікава"), entry(2, "Ева Кот")])
    find_all(records, ids_of(1, 2))
    assert "слаўнікава" in records.surname_keys().decode("utf-8", "replace")
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.name.startswith(DATABASE))
    assert written
    assert all(text.encode("utf-8") not in written for text in ("слаўнікава", "Слаўнікава", "slavnik"))


def test_a_key_is_read_as_it_was_written() -> None:
    """Surnames in their order, each before its sounds."""
    assert read_key(write_key("Chmara Ірына")) == [["chmara", "Cmara", "Hmara"]]
    assert read_key(write_key("Ъ")) == []
