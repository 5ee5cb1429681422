"""What the views of one application work with; put together in create_app, asked for with parts()."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import current_app

from service.appeal import PublishedAppeal
from service.offline import SigningFiles
from service.publications import Publications
from service.rendering import Pages
from service.results import Results
from service.settings import Settings
from service.store import EnvelopeStore
from service.work import Work

EXTENSION = "undersigned"


@dataclass(frozen=True)
class Parts:
    """The parts of one application. `today` gives the day in UTC."""

    settings: Settings
    appeal: PublishedAppeal
    store: EnvelopeStore
    publications: Publications
    results: Results
    pages: Pages
    files: SigningFiles
    work: Work
    today: Callable[[], date]

    def accepted_key_ids(self) -> frozenset[bytes]:
        """The key ids whose envelopes are taken today."""
        return self.appeal.accepted_key_ids(self.today())


def parts() -> Parts:
    """The parts of the application that serves this request."""
    return cast(Parts, current_app.extensions[EXTENSION])
