"""The signing file: letter, form, key and script in one file that works from disk, the same bytes for everyone.

It depends on the appeal's folder and on the program and on nothing else, so its SHA-256 can be published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from service.appeal import PublishedAppeal
from service.site.compression import ForEveryone
from service.site.headers import policy_inside
from service.site.rendering import Assets, render

PAGE = "sign.html"
ENVELOPES = "/envelopes"


@dataclass(frozen=True)
class SigningFiles:
    """The file in each language, and the appeal that names their SHA-256, with its appeal.json."""

    contents: Mapping[str, ForEveryone]
    appeal: PublishedAppeal
    json: ForEveryone


def filename(language: str) -> str:
    """The name under which a browser keeps the file in this language."""
    return f"sign.{language}.html"


def make_files(app: Flask, appeal: PublishedAppeal, assets: Assets) -> SigningFiles:
    """Render the signing files once. The `appeal.json` inside cannot name them: no file can hold its own hash."""
    script, style = (part.encode("utf-8") for part in (assets.script, assets.style))
    policy = policy_inside(script, style, [address + ENVELOPES for address in appeal.addresses])
    contents = {
        language: render(
            app, appeal, assets, language, "offline.html", policy=policy, is_open=True, has_key=True, offline=True
        )
        for language in appeal.languages
    }
    hashes = {language: hashlib.sha256(content).hexdigest() for language, content in contents.items()}
    named = appeal.with_signing_files(hashes)
    kept = {language: ForEveryone(content) for language, content in contents.items()}
    return SigningFiles(kept, named, ForEveryone(named.json))
