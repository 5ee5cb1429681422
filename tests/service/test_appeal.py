"""An appeal that cannot work is refused at once, with everything that is wrong, in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service.appeal_reader import AppealFolderError, load_appeal

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
        ("threshold = 1", 'threshold = 1\nexit = "javascript:alert(1)"', "“exit” must look like"),
        ("threshold = 1", 'threshold = 1\nwarning = "x"', "“warning” is missing in “be”"),
        ("threshold = 1", 'threshold = 1\nwarning = { be = "a", ru = "b" }', "“warning” is missing in “en”"),
        ("[title]", '[handed_over]\nbe = "a"\nru = "b"\nen = "c"\n[title]', "“day” under [handed_over]"),
        ("[title]", '[handed_over]\nday = 2026-01-01\nbe = "a"\n[title]', "“handed_over” is missing in “ru”"),
        ("[title]", "[title", "cannot be read"),
        ('languages = ["be", "ru", "en"]', 'languages = ["be", "be"]', "each language once"),
        ('languages = ["be", "ru", "en"]', 'languages = ["be", "../../x"]', "each language once"),
        ("collected_before = 91", "collected_before = -1", "from 0 on"),
    ],
)
def test_a_mistake_in_an_appeal_is_named(appeal_folder: Path, old: str, new: str, words: str) -> None:
    """The message says which entry and what it should be."""
    path = appeal_folder / "appeal.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert words in mistakes_in(appeal_folder)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('[[group]]\nname = { be = "А", ru = "А", en = "A" }', "in [[group]] number {}, “relation” is missing in “be”"),
        ('[[group]]\nname = "A"\nrelation = "b"', "in [[group]] number {}, “name” is missing in “en”"),
        ('[[group]]\nnmae = "A"', "in [[group]] number {}, there is no entry “nmae”"),
        ('[[contact]]\nlabel = { be = "a", ru = "a" }', "in [[contact]] number {}, “label” is missing in “en”"),
        ('[[contact]]\nlabel = { be = "a", ru = "a", en = "a" }', "in [[contact]] number {}, “text” must be text"),
        ('[[contact]]\ntext = 7', "in [[contact]] number {}, “text” must be text"),
        ('[[keys]]\nrecord = "AAAA"', "in [[keys]] number {}, “record” is no key record"),
        ('[[keys]]\nuntill = 2027-01-01', "in [[keys]] number {}, there is no entry “untill”"),
        ('[[keys]]\nfrom = 1', "in [[keys]] number {}, “from” and “until” are dates"),
        ('[[minisign]]\nsigner = "anna"', "in [[minisign]] number {}, “signer” must be a name of its own"),
        ('[[minisign]]\nsigner = "vera"\nkey = "x"', "in [[minisign]] number {}, the minisign key of “vera”"),
    ],
)  # fmt: skip
def test_of_several_entries_the_wrong_one_is_named(appeal_folder: Path, entry: str, words: str) -> None:
    """By its number in the file, for nobody finds one of twenty by what is not there."""
    path = appeal_folder / "appeal.toml"
    before = path.read_text("utf-8")
    number = before.count("\n" + entry.partition("\n")[0]) + 1
    path.write_text(f"{before}\n{entry}\n", "utf-8")
    assert words.format(number) in mistakes_in(appeal_folder)


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff", "\u200b\u00a0", "---\n***\n> #\n"])
def test_a_letter_without_a_word_is_refused(appeal_folder: Path, text: str) -> None:
    """Nothing stands there to sign; the control has one word."""
    path = appeal_folder / "letter.ru.md"
    path.write_text(text, "utf-8")
    assert "letter.ru.md is empty" in mistakes_in(appeal_folder)
    path.write_text(f"{text}\nСвабоду", "utf-8")
    load_appeal(appeal_folder)
