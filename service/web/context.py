"""The context of a request: all that the views of one application work with. create_app puts it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import current_app, request

from crypto.letter import choose_language
from service.appeal import PublishedAppeal
from service.site.publications import Publications
from service.site.rendering import Pages
from service.site.result import CurrentResult
from service.site.signing_file import SigningFiles
from service.stores.base import EnvelopeStore
from service.web.envelopes import Submissions

EXTENSION = "undersigned"


@dataclass(frozen=True)
class SiteContext:
    """All that the views of one application work with. `desk_token_sha256` has 32 bytes."""

    desk_token_sha256: bytes
    appeal: PublishedAppeal
    store: EnvelopeStore
    publications: Publications
    current: CurrentResult
    pages: Pages
    files: SigningFiles
    submissions: Submissions
    today: Callable[[], date]


def context() -> SiteContext:
    """The context of the application that serves this request."""
    return cast(SiteContext, current_app.extensions[EXTENSION])


def browser_language() -> str:
    """The language of the letter that the browser asks for."""
    languages = context().appeal.languages
    return choose_language(request.accept_languages.best_match(languages), languages)
