"""What the views of one application work with; put together in create_app, asked for with parts()."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, request

from crypto.letter import choose_language
from service.appeal import PublishedAppeal
from service.settings import Settings
from service.site.publications import Publications
from service.site.rendering import Pages
from service.site.result import Results
from service.site.signing_file import SigningFiles
from service.stores.base import EnvelopeStore
from service.web.envelopes import Submissions

EXTENSION = "undersigned"


@dataclass(frozen=True)
class Parts:
    """The parts of one application."""

    settings: Settings
    appeal: PublishedAppeal
    store: EnvelopeStore
    publications: Publications
    results: Results
    pages: Pages
    files: SigningFiles
    submissions: Submissions


def parts() -> Parts:
    """The parts of the application that serves this request."""
    return cast(Parts, current_app.extensions[EXTENSION])


def browser_language() -> str:
    """The language of the letter that the browser asks for."""
    languages = parts().appeal.languages
    return choose_language(request.accept_languages.best_match(languages), languages)
