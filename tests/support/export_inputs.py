"""What the tests of exports share: a publication on disk that verifies, the folder of its letter, a document of it."""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from crypto.appeal import write_appeal
from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import ByHand, Counts, Publication, PublishedSignature, digest, write_publication
from organizer.exports.document import Document, make_document
from organizer.exports.fonts import font_file
from organizer.exports.letter import Letter, blocks
from organizer.workspace.files import shipped_files
from tests.support.organizer_workspace import APPEAL_ID, RECORD, appeal_of

ANNA = MinisignSecretKey.make(b"annaanna", bytes(range(32)))
_kept = ExitStack()  # unpacked once for all tests
atexit.register(_kept.close)
_path_of = _kept.enter_context(shipped_files())


def font_path(name: str) -> str:
    """The path of a font, for whatever writes a PDF."""
    return _path_of(font_file(name))


LETTERS = {"be": "Мы — родныя.\n\n## Просьба\n\n- першая\n- другая *важная*\n", "en": "We are the relatives.\n"}
TOML = f"""
id = "{APPEAL_ID.hex()}"
languages = ["be", "en"]
title = {{ be = "Зварот", en = "Appeal & more" }}
addressee = {{ be = "Кіраўнікам", en = "To the leaders" }}
[[group]]
name = {{ be = "Таццяна Хоміч", en = "Tatsiana Khomich" }}
relation = {{ be = "сястра Марыі", en = "sister of Maria" }}
"""
LETTER = Letter("en", "Appeal & more", "To the leaders", blocks(LETTERS["en"]), (("Tatsiana Khomich", "sister"),))


def people(*names: str) -> tuple[PublishedSignature, ...]:
    return tuple(PublishedSignature(name, "", "") for name in names)


def publication_of(signatures: Sequence[PublishedSignature], nonpublic: int = 2) -> Publication:
    total = len(signatures) + nonpublic
    return Publication(
        appeal=APPEAL_ID.hex(),
        number=1,
        previous=None,
        date="2026-11-22",
        letters={language: hashlib.sha256(text.encode()).hexdigest() for language, text in LETTERS.items()},
        keys=(RECORD.fingerprint.hex(),),
        ledgers=(),
        counts=Counts(total, 0, 0, 0, 0, len(signatures), nonpublic),
        by_hand=ByHand(0, 0),
        signatures=tuple(signatures),
        receipts=tuple(f"{number:016x}" for number in range(total)),
    )


def document_of(
    signatures: Sequence[PublishedSignature], language: str = "en", letter: Letter | None = LETTER
) -> Document:
    publication = publication_of(signatures)
    return make_document(publication, digest(write_publication(publication)), language, letter)


@dataclass(frozen=True)
class Handed:
    """What anyone can download: publication, minisig, appeal.json; and the appeal's folder."""

    home: Path

    @property
    def publication(self) -> Path:
        return self.home / "publication.json"

    @property
    def appeal(self) -> Path:
        return self.home / "appeal.json"

    @property
    def folder(self) -> Path:
        return self.home / "letter"


def hand_out(home: Path, signatures: Sequence[PublishedSignature]) -> Handed:
    handed = Handed(home)
    data = write_publication(publication_of(signatures))
    handed.publication.write_bytes(data)
    (home / "publication.json.anna.minisig").write_text(sign(ANNA, data, "comment"))
    handed.appeal.write_bytes(write_appeal(appeal_of(RECORD, ANNA.public)))
    handed.folder.mkdir()
    (handed.folder / "appeal.toml").write_text(TOML, "utf-8")
    for language, text in LETTERS.items():
        (handed.folder / f"letter.{language}.md").write_text(text, "utf-8")
    return handed
