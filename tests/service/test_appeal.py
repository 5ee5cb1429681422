"""An appeal that cannot work is refused at once, with everything that is wrong, in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service.appeal import AppealFolderError, load_appeal

ROOT = Path(__file__).parents[2]


def mistakes_in(folder: Path) -> str:
    with pytest.raises(AppealFolderError) as raised:
        load_appeal(folder)
    return "\n".join(raised.value.mistakes)


def test_a_good_appeal_is_loaded(appeal_folder: Path, key: OrganizersKey) -> None:
    """The one that the project ships, with keys."""
    appeal = load_appeal(appeal_folder)
    assert appeal.languages == ("be", "ru", "en")
    assert len(appeal.group) == 4
    assert appeal.programs.keys[0].record == key.record
    assert list(appeal.signers.values()) == ["anna", "boris"]


def test_the_shipped_appeal_asks_for_keys() -> None:
    """It has none on purpose, and the message says how to get them."""
    assert "organizer keygen" in mistakes_in(ROOT / "config" / "appeal")


def test_all_mistakes_of_an_appeal_are_told_together(appeal_folder: Path) -> None:
    """A missing letter, a missing word, a foreign key, too high a threshold, a misspelt entry: all at once."""
    path = appeal_folder / "appeal.toml"
    text = path.read_text("utf-8")
    text = text.replace("6f1c2b9a", "00000000").replace("threshold = 1", 'threshold = 5\nclosign = "x"')
    text = text.replace('be = "Тэкст"\n', "").replace('"boris"', '"Boris B."')
    path.write_text(text, "utf-8")
    (appeal_folder / "letter.ru.md").unlink()
    words = mistakes_in(appeal_folder)
    for part in (
        "letter.ru.md",
        "“page_title” is missing in “be”",
        "another appeal id",
        "threshold",
        "closign",
        "signer",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('languages = ["be", "ru", "en"]', "languages = []", "languages"),
        ('id = "6f', 'id = "xx', "hex digits"),
        ("threshold = 1", "threshold = true", "must be a number"),
        ("threshold = 1", 'threshold = 1\nclosing = "2026-01-01"', "must be a date"),
        ("[[keys]]\n", '[[keys]]\nfrom = "2026-01-01"\n', "dates such as"),
        ('record = "A', 'record = "B', "key record"),
        ('key = "RW', 'key = "XX', "minisign"),
        ("[[contact]]", "[contact]", "[[contact]]"),
        ("threshold = 1", 'threshold = 1\ndate = "2026-01-01"', "“date” must be a date"),
        ("threshold = 1", "threshold = 1\nnames_until = 2027", "“names_until” must be a date"),
        ("collected_before = 91", "collected_before = -1", "“collected_before” must not be less"),
        ("threshold = 1", 'threshold = 1\nexit = "javascript:alert(1)"', "“exit” must look like"),
        ("threshold = 1", 'threshold = 1\nwarning = "x"', "“warning” is missing in “be”"),
        ("threshold = 1", 'threshold = 1\nwarning = { be = "a", ru = "b" }', "“warning” is missing in “en”"),
        ("[title]", '[handed_over]\nbe = "a"\nru = "b"\nen = "c"\n[title]', "“day” under [handed_over]"),
        ("[title]", '[handed_over]\nday = 2026-01-01\nbe = "a"\n[title]', "“handed_over” is missing in “ru”"),
        ("[title]", "[title", "cannot be read"),
    ],
)
def test_a_mistake_in_an_appeal_is_named(appeal_folder: Path, old: str, new: str, words: str) -> None:
    """The message says which entry and what it should be."""
    path = appeal_folder / "appeal.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert words in mistakes_in(appeal_folder)
