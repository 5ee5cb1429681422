"""Reads an appeal from the folder that organizers prepare. All mistakes in it are reported together."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from crypto.appeal import Appeal, DatedKey
from crypto.base64 import decode
from crypto.errors import KeyFormatError, MinisignError
from crypto.keys import APPEAL_ID_SIZE, AppealId, KeyRecord
from crypto.letter import APPEAL_TOML, letter_file
from crypto.minisign import MinisignPublicKey
from crypto.publication import is_signer
from crypto.shape import is_hex, is_language
from service.appeal import Contact, HandedOver, LetterText, Member, PublishedAppeal
from service.toml_reader import ByLanguage, TableReader

_TOP_LEVEL = {
    "id", "languages", "addresses", "demo", "date", "closing", "handed_over", "names_until", "collected_before",
    "threshold", "title", "page_title", "addressee", "group", "contact", "warning", "exit", "keys", "minisign",
}  # fmt: skip

# Where the quick exit leads: a site that half the phones in any street have open, under no suspicion anywhere.
EXIT = "https://www.google.com/"


class AppealFolderError(Exception):
    """The folder cannot be used; `mistakes` lists all that is wrong, one plain sentence each."""

    def __init__(self, folder: Path, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.folder, self.mistakes = folder, mistakes


def load_appeal(folder: Path) -> PublishedAppeal:
    """Read `appeal.toml` and `letter.<language>.md`. Raises AppealFolderError."""
    reader = _Reader(folder)
    appeal = reader.read()
    if reader.mistakes or appeal is None:
        raise AppealFolderError(folder, reader.mistakes)
    return appeal


class _Reader(TableReader):
    """Reads the folder, entry by entry."""

    def __init__(self, folder: Path) -> None:
        super().__init__(APPEAL_TOML)
        self.folder = folder

    def read(self) -> PublishedAppeal | None:
        if not self.load(self.folder, _TOP_LEVEL):
            return None
        self.languages = self.listed_languages()
        letters = self.letters()
        signers = self.signers()
        programs = self.programs(letters, signers)
        if programs is None:
            return None
        return PublishedAppeal(
            languages=self.languages,
            addresses=self.addresses(),
            demo=self.typed("demo", bool, default=False),
            dated=self.typed("date", date, default=None),
            closing=self.typed("closing", date, default=None),
            handed_over=self.handed_over(),
            names_until=self.typed("names_until", date, default=None),
            warning=self.warning(),
            exit=self.exit(),
            title=self.by_language(self.table, "title"),
            page_title=self.by_language(self.table, "page_title"),
            addressee=self.by_language(self.table, "addressee"),
            group=tuple(
                Member(self.by_language(entry, "name", which), self.by_language(entry, "relation", which))
                for which, entry in self.tables("group", {"name", "relation"})
            ),
            contacts=tuple(
                Contact(self.by_language(entry, "label", which), self.text(which, entry, "text"))
                for which, entry in self.tables("contact", {"label", "text"})
            ),
            letters=letters,
            signers=signers,
            programs=programs,
        )

    def listed_languages(self) -> tuple[str, ...]:
        found = self.list_of_text("languages")
        if len(set(found)) < len(found) or not all(is_language(language) for language in found):
            self.mistakes.append("appeal.toml: “languages” names each language once, such as “be” or “pt-BR”.")
        return tuple(dict.fromkeys(filter(is_language, found)))

    def programs(self, letters: dict[str, LetterText], signers: dict[MinisignPublicKey, str]) -> Appeal | None:
        appeal_id = self.typed("id", str, default="")
        threshold = self.typed("threshold", int, default=1)
        if not is_hex(appeal_id, APPEAL_ID_SIZE):
            self.mistakes.append("appeal.toml: “id” must be 32 hex digits; `organizer keygen` makes one.")
            return None
        if not 1 <= threshold <= len(signers):
            self.mistakes.append(
                f"appeal.toml: “threshold” is {threshold}, but {len(signers)} minisign key(s) are listed. "
                "`organizer keygen` prints the lines to add."
            )
        listed = self.tables("keys", {"record", "from", "until"})
        keys = tuple(key for which, entry in listed if (key := self.key(which, entry)))
        if not keys:
            self.mistakes.append("appeal.toml: no key to seal to. `organizer keygen` prints the lines to add.")
        if any(key.record.appeal_id.hex() != appeal_id for key in keys):
            self.mistakes.append("appeal.toml: a key record was made for another appeal id.")
        hashes = {language: letter.hash for language, letter in letters.items()}
        collected = self.collected_before()
        return Appeal(
            AppealId(bytes.fromhex(appeal_id)), keys, hashes, tuple(signers), threshold, collected_before=collected
        )

    def collected_before(self) -> int:
        value = int(self.typed("collected_before", int, default=0))
        if not 0 <= value < 10**9:
            self.mistakes.append("appeal.toml: “collected_before” is how many there are, from 0 on.")
        return value

    def addresses(self) -> tuple[str, ...]:
        values = self.list_of_text("addresses") if "addresses" in self.table else []
        for value in values:
            if not re.fullmatch(r"https?://[a-z0-9.:-]+(/[A-Za-z0-9._~-]+)*", value):
                self.mistakes.append(f"appeal.toml: the address “{value}” must look like https://letter.example.")
        return tuple(values)

    def handed_over(self) -> HandedOver | None:
        if "handed_over" not in self.table:
            return None
        outcome = self.by_language(self.table, "handed_over")
        entries = self.table["handed_over"]
        day = entries.get("day") if isinstance(entries, dict) else None
        if type(day) is not date:
            self.mistakes.append("appeal.toml: “day” under [handed_over] is a date such as 2026-01-31, not in quotes.")
            return None
        return HandedOver(day, outcome)

    def warning(self) -> ByLanguage | None:
        value = self.table.get("warning", False)
        if type(value) is bool:
            return {} if value else None
        return self.by_language(self.table, "warning")

    def exit(self) -> str:
        value = str(self.typed("exit", str, default=EXIT))
        if not re.fullmatch(r"about:blank|https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/?=&%-]*)?", value):
            self.mistakes.append("appeal.toml: “exit” must look like https://weather.example/ or be about:blank.")
        return value

    def letters(self) -> dict[str, LetterText]:
        letters = {}
        for language in self.languages:
            path = self.folder / letter_file(language)
            try:
                source = path.read_bytes()
                if not re.search(r"\w", source.decode("utf-8")):
                    self.mistakes.append(f"{path.name} is empty: there is nothing to sign in it.")
                letters[language] = LetterText(language, source)
            except OSError as error:
                self.mistakes.append(f"{path.name} cannot be read: {error.strerror}.")
            except UnicodeDecodeError:
                self.mistakes.append(f"{path.name} is not text in UTF-8.")
        return letters

    def signers(self) -> dict[MinisignPublicKey, str]:
        signers: dict[MinisignPublicKey, str] = {}
        for which, entry in self.tables("minisign", {"signer", "key"}):
            name = entry.get("signer")
            if not isinstance(name, str) or not is_signer(name) or name in signers.values():
                self.mistakes.append(f"{which}“signer” must be a name of its own, of letters a-z, digits and hyphens.")
                continue
            try:
                key = MinisignPublicKey.parse(str(entry.get("key")))
            except MinisignError as error:
                self.mistakes.append(f"{which}the minisign key of “{name}”: {error}")
                continue
            if twin := next((signers[other] for other in signers if key.shares_secret(other)), None):
                self.mistakes.append(
                    f"appeal.toml: the minisign keys of “{twin}” and “{name}” are one key under two key ids."
                )
            signers[key] = name
        return signers

    def key(self, which: str, entry: dict[str, Any]) -> DatedKey | None:
        start, until = entry.get("from"), entry.get("until")
        if not all(day is None or type(day) is date for day in (start, until)):
            self.mistakes.append(f"{which}“from” and “until” are dates such as 2026-01-31, not in quotes.")
            return None
        try:
            record = KeyRecord.parse(decode(str(entry.get("record"))) or b"")
        except KeyFormatError as error:
            self.mistakes.append(f"{which}“record” is no key record: {error}")
            return None
        return DatedKey(record, start and start.isoformat(), until and until.isoformat())
