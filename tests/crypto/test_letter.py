"""What the service and the organizers' tool must agree on besides bytes: names of files, signers, languages, lines."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.letter import choose_language, language_of, letter_file, letter_hash
from crypto.publication import PublishedSignature, is_signer, line, minisig_name, signer_of
from crypto.signature import Signature


@pytest.mark.parametrize("signer", ["anna", "b", "x-2", "0" * 32])
def test_a_minisig_is_named_for_its_signer(signer: str) -> None:
    """And the name says who it was."""
    assert is_signer(signer)
    assert minisig_name(signer) == f"publication.json.{signer}.minisig"
    assert signer_of(minisig_name(signer)) == signer


@pytest.mark.parametrize("name", ["", "Anna", "anna.", "a/b", "..", "anna\n", "анна", "a" * 33, "a b", "a_b", "\uff41"])
def test_other_names_are_no_signers(name: str) -> None:
    """Nothing that could leave a folder or differ in capitals only."""
    assert not is_signer(name)
    assert signer_of(minisig_name(name)) is None


@pytest.mark.parametrize("name", ["publication.json", "anna", "publication.json.minisig", "xpublication.json.a.minisig",
                                  "publication.json.a.minisig.old", ".minisig", "publication.json.a"])  # fmt: skip
def test_other_files_are_no_minisigs(name: str) -> None:
    """Not the publication itself, nor what only looks like one."""
    assert signer_of(name) is None


@given(st.text(max_size=50))
def test_no_file_has_two_meanings(name: str) -> None:
    """Invariant: a name is a minisig's or a letter's exactly if it is the one written for that signer or language."""
    signer, language = signer_of(name), language_of(name)
    assert signer is None or minisig_name(signer) == name
    assert language is None or letter_file(language) == name


@pytest.mark.parametrize("language", ["be", "lit", "pt-BR", "zh-Hant"])
def test_a_letter_is_named_for_its_language(language: str) -> None:
    """And the name says which."""
    assert letter_file(language) == f"letter.{language}.md"
    assert language_of(letter_file(language)) == language


@pytest.mark.parametrize(
    "name", ["letter.md", "letter..md", "letter.BE.md", "letter.be.md~", "letter.a/b.md", "x.be.md"]
)
def test_other_files_are_no_letters(name: str) -> None:
    """They stay where they are when a folder is copied."""
    assert language_of(name) is None


def test_a_letter_hash_is_that_of_the_bytes() -> None:
    """As `sha256sum` prints it."""
    assert letter_hash(b"x\r\n").hex() == hashlib.sha256(b"x\r\n").hexdigest()


@pytest.mark.parametrize(("wanted", "chosen"), [("ru", "ru"), ("be", "be"), ("xx", "be"), (None, "be"), ("", "be")])
def test_who_asks_for_another_language_gets_the_first(wanted: str | None, chosen: str) -> None:
    """On the site and in an export."""
    assert choose_language(wanted, ("be", "ru")) == chosen


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Ева", "сястра", "Ян"), "Ева, сястра (Ян)"),
        (("Ева", "", "Ян"), "Ева (Ян)"),
        (("Ева", "сястра", ""), "Ева, сястра"),
        (("Ева", "", ""), "Ева"),
    ],
)
def test_a_signature_in_one_line(texts: tuple[str, str, str], expected: str) -> None:
    """What is empty is left out with what would stand around it; published or not, the line is the same."""
    name, relation, prisoner = texts
    assert line(PublishedSignature(*texts)) == expected
    assert line(Signature(name, False, relation=relation, prisoner=prisoner, contact="@eva")) == expected
