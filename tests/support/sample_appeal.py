"""The appeal of the service's tests: its id, its day, the desk's token, a signer's code; its folder and settings."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from pathlib import Path

from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from service.limits.rate_limit import RateLimits
from service.settings import Limits, ListenAddress, Settings
from service.site.rendering import LANGUAGE_NAMES
from service.stores.file_store import FileAddress
from tests.support.paths import ROOT

APPEAL_ID = bytes.fromhex("6f1c2b9a4e5d48f7b0a3c8d2e9174653")
TOKEN = "a token for tests"
TODAY = date(2026, 11, 22)
CODE = "4829103377590218841270536"
LANGUAGES = tuple(LANGUAGE_NAMES)


def make_appeal(folder: Path, key: OrganizersKey, minisign_keys: tuple[MinisignSecretKey, ...]) -> Path:
    """The appeal that the project ships, with keys, in a new folder."""
    folder.mkdir()
    for path in (ROOT / "config" / "appeal").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    record = base64.b64encode(bytes(key.record)).decode("ascii")
    lines = [f'[[keys]]\nrecord = "{record}"']
    for signer, secret in zip(("anna", "boris"), minisign_keys, strict=True):
        lines.append(f'[[minisign]]\nsigner = "{signer}"\nkey = "{secret.public.line}"')
    with (folder / "appeal.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")
    return folder


def limits_of(envelopes: str, desk: str, everyone: str, search: str = "60/minute;1000/hour") -> Limits:
    """Rate limits from texts such as "60/minute;600/hour"."""
    return Limits(*map(RateLimits.parse, (envelopes, desk, everyone, search)))


def make_settings(data: Path, appeal: Path) -> Settings:
    """Settings with limits that no ordinary test reaches."""
    return Settings(
        appeal=appeal,
        data=data,
        store=FileAddress(data / "envelopes"),
        listen=ListenAddress(),
        desk_token_sha256=hashlib.sha256(TOKEN.encode("ascii")).digest(),
        trusted_hops=0,
        work_above=10_000,
        limits_server=None,
        processes=1,
        limits=limits_of(envelopes="10000/minute", desk="10000/minute", everyone="10000/minute", search="10000/minute"),
    )


def in_seven_languages(toml: str) -> str:
    """An appeal's text with the English words for every language of the pages that it does not have."""

    def add(before: str, words: str, between: str) -> str:
        more = [language for language in LANGUAGES if language != "en" and f"{language} = " not in before]
        return between.join([f"en = {words}", *(f"{language} = {words}" for language in more)])

    toml = re.sub(r"^languages = .*$", f"languages = {json.dumps(LANGUAGES)}", toml, flags=re.M)
    table = re.compile(r"^((?:(?!en)[a-z]{2} = .*\n)*)en = (.*)$", re.M)
    toml = table.sub(lambda found: found[1] + add(found[1], found[2], "\n"), toml)
    inline = re.compile(r"^(?!#)(.*\{.*)\ben = (\"[^\"]*\") \}$", re.M)
    return inline.sub(lambda found: f"{found[1]}{add(found[1], found[2], ', ')} }}", toml)


def speaking_all(folder: Path, entries: str, port: int) -> None:
    """Changes the appeal in a folder: seven languages, an address, and these entries."""
    for language in LANGUAGES:
        letter = folder / f"letter.{language}.md"
        if not letter.exists():
            letter.write_bytes((folder / "letter.en.md").read_bytes())
    path = folder / "appeal.toml"
    addresses = f'addresses = ["http://127.0.0.1:{port}", "http://{"a" * 56}.onion"]\n'
    path.write_text(in_seven_languages(f"{entries}\n{addresses}{path.read_text('utf-8')}"), "utf-8")
