"""What is built and kept in git is what its sources say; what is pinned has a hash."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from service.site.rendering import LANGUAGE_NAMES

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "service" / "translations"
# The templates themselves are in English.
LANGUAGES = sorted(LANGUAGE_NAMES.keys() - {"en"})
SCRIPT_MOST = 38_000


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.mark.slow  # all that is built is built again
def test_script_style_and_help_are_those_their_sources_make(tmp_path: Path) -> None:
    """Byte for byte, so whoever compares what a site serves compares it with the sources; of the help, the words."""
    static, words = tmp_path / "static", tmp_path / "help.txt"
    build = [sys.executable, "run", "build", "--static", str(static), "--words", str(words)]
    subprocess.run(build, cwd=ROOT, check=True)
    kept = {path.name: path.read_bytes() for path in (ROOT / "service" / "static").iterdir()}
    assert {path.name: path.read_bytes() for path in static.iterdir()} == kept
    assert sorted(kept) == ["exit.js", "sign.js", "style.css"]
    # Where lines are broken is up to this Python and its libraries.
    assert words.read_text("utf-8").split() == (ROOT / "docs" / "help.txt").read_text("utf-8").split()


def test_the_script_is_small_enough_for_a_slow_link() -> None:
    """At most 38 kB gzipped, with everything the page does."""
    assert len(gzip.compress((ROOT / "service" / "static" / "sign.js").read_bytes(), 9)) <= SCRIPT_MOST


def test_script_and_style_can_be_inlined() -> None:
    """Nothing in them ends the element they stand in."""
    for name, end in (("sign.js", "</script"), ("exit.js", "</script"), ("style.css", "</style")):
        assert end not in (ROOT / "service" / "static" / name).read_text("utf-8").lower()


def test_each_language_that_pages_offer_has_its_words() -> None:
    """And no words lie there that no page offers."""
    assert sorted(path.name for path in TRANSLATIONS.iterdir()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_pages_is_translated(language: str) -> None:
    """Nothing missing, nothing fuzzy, nothing left over, every plural filled."""
    used = {
        message
        for _, _, message, _, _ in extract_from_dir(
            ROOT / "templates", [("**.html", "jinja2")], {"**.html": {"trimmed": "true"}}
        )
    }
    found = catalogue(language)
    assert {message.id for message in found if message.id} == used
    for message in found:
        texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
        assert message.id == "" or (all(texts) and not message.fuzzy), message.id
        assert list(message.check(found)) == []


def test_the_name_of_a_hash_stays_in_one_line() -> None:
    """On a narrow screen "SHA-" and "256" below each other look like a mistake; U+2011 keeps them together."""
    for path in (*(ROOT / "templates").iterdir(), *TRANSLATIONS.glob("*/*/*.po")):
        assert "SHA-256" not in path.read_text("utf-8"), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str, tmp_path: Path) -> None:
    """The service reads the compiled file."""
    compiled = tmp_path / "messages.mo"
    with compiled.open("wb") as file:
        write_mo(file, catalogue(language))
    assert compiled.read_bytes() == (TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unchecked_translation_says_so(language: str) -> None:
    """Until a native reader has checked it."""
    assert "NATIVE READER HAS YET TO CHECK" in catalogue(language).header_comment


def test_every_python_package_is_pinned_with_hashes() -> None:
    """What is installed is what was looked at."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=[a-z])", (ROOT / name).read_text("utf-8"))
        assert len(entries) > 10
        assert all(re.match(r"[a-z0-9-]+==", entry) and "--hash=sha256:" in entry for entry in entries if entry.strip())


def test_every_node_package_is_pinned_with_a_hash() -> None:
    """Exact versions by us, integrity by the lock file."""
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
    assert not re.search(
        r'": "[\^~><*]', (ROOT / "package.json").read_text("utf-8").split('"engines"')[-1].split("}", 1)[1]
    )
