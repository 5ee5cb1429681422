"""What readers and signers see, as bytes: rendered once per publication, the same for everyone who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, render_template
from flask_babel import force_locale
from markdown_it import MarkdownIt
from markupsafe import Markup

from crypto.keys import fingerprint_digits
from service.appeal import PublishedAppeal
from service.publications import Shown

STATIC = Path(__file__).parent / "static"
TEMPLATES = {
    "": "appeal.html",
    "how": "how.html",
    "withdraw": "withdraw.html",
    "check": "check.html",
    "hand-in": "hand-in.html",
    "desk": "desk.html",
}
ERROR_STATUSES = (404, 429, 500)
# Each language under its own name, so that whoever needs it can read it.
LANGUAGE_NAMES = {"be": "Беларуская", "ru": "Русский", "en": "English"}


@dataclass(frozen=True)
class Assets:
    """Script and style as they are inlined, byte for byte; their hashes stand in the policy of headers.py."""

    script: str
    style: str

    @classmethod
    def load(cls) -> Assets:
        """From service/static/."""
        return cls(*((STATIC / name).read_text("utf-8") for name in ("sign.js", "style.css")))


class Pages:
    """All pages of the site. `current` gives the publication to show; a new one, or the closing day, remakes them."""

    def __init__(
        self, app: Flask, appeal: PublishedAppeal, assets: Assets, current: Callable[[], Shown | None]
    ) -> None:
        self._app, self._appeal, self._assets, self._current = app, appeal, assets, current
        self._lock = threading.Lock()
        self._made_for: tuple[Shown | None, bool] | None = None
        self._pages: Mapping[tuple[str, str], bytes] = {}
        self._errors = {
            (language, status): self._render(language, "error.html", page="", status=status)
            for language in appeal.languages
            for status in ERROR_STATUSES
        }

    def get(self, language: str, page: str, is_open: bool) -> bytes | None:
        """The bytes of one of TEMPLATES in one of the appeal's languages, or None."""
        with self._lock:
            made_for = (self._current(), is_open)
            if self._made_for != made_for:
                self._pages = {
                    (language, page): self._render(language, template, page=page, shown=made_for[0], is_open=is_open)
                    for language in self._appeal.languages
                    for page, template in TEMPLATES.items()
                }
                self._made_for = made_for
            return self._pages.get((language, page))

    def desk(self, language: str, outcome: object) -> bytes:
        """The organizers' page after somebody pressed one of its buttons; never kept."""
        return self._render(language, "desk.html", page="desk", shown=self._current(), outcome=outcome)

    def hand_in(self, language: str, outcome: object) -> bytes:
        """The page that takes an envelope as text, after somebody sent one; never kept."""
        return self._render(language, "hand-in.html", page="hand-in", outcome=outcome)

    def error(self, language: str, status: int) -> bytes:
        """What a person sees instead of a page; languages and statuses that have none get the nearest."""
        if language not in self._appeal.languages:
            language = self._appeal.languages[0]
        return self._errors[language, status if status in ERROR_STATUSES else 404 if 400 <= status < 500 else 500]

    def _render(self, language: str, template: str, **context: object) -> bytes:
        return render(self._app, self._appeal, self._assets, language, template, **context)


def render(
    app: Flask, appeal: PublishedAppeal, assets: Assets, language: str, template: str, **context: object
) -> bytes:
    """One page in one of the appeal's languages."""
    # Outside any visitor's request: nothing of one can get into what all others see.
    with app.test_request_context(), force_locale(language):
        text = render_template(
            template,
            language=language,
            appeal=appeal,
            letter=_letter(appeal.letters[language].source),
            language_names=LANGUAGE_NAMES,
            fingerprints=[fingerprint_digits(key.record.fingerprint) for key in appeal.programs.keys],
            appeal_json=appeal.json.decode("utf-8").replace("<", "\\u003c"),
            script=assets.script,
            style=assets.style,
            **context,
        )
    return text.encode("utf-8")


def _letter(source: bytes) -> Markup:
    # "js-default" refuses raw HTML. Images would be requests to other sites, links ways to leave by mistake.
    markdown = MarkdownIt("js-default").disable(["image", "link", "autolink"])
    return Markup(markdown.render(source.decode("utf-8")))  # noqa: S704 - everything is escaped by the renderer
