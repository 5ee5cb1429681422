"""The pages of the site as bytes: rendered once for each publication, the same for everyone who asks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from weakref import WeakKeyDictionary

import segno
from flask import Flask, render_template
from flask_babel import force_locale
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from crypto.keys import fingerprint_digits
from crypto.letter import MARKDOWN, MARKDOWN_OFF, choose_language
from crypto.publication import PUBLICATION_FILE, minisig_name, stock_command
from crypto.signature import LIMITS
from service.appeal import PublishedAppeal
from service.site.compression import Body, ForEveryone
from service.site.frame import Frame, FramedPage
from service.site.name_search import NamesPage
from service.site.pacing import PacedTurns
from service.site.result import Result

HTML = "text/html; charset=utf-8"
STATIC = Path(__file__).parents[1] / "static"
TEMPLATES = {
    "": "appeal.html",
    "how": "how.html",
    "result": "result.html",
    "withdraw": "withdraw.html",
    "check": "check.html",
    "hand-in": "hand-in.html",
    "cleanup": "cleanup.html",
    "poster": "poster.html",
    "desk": "desk.html",
}
# The list of names on the page of the result, and the search in it.
NAMES = "_search.html"
# What came of a text that was handed in.
OUTCOME = "_handed_in.html"
# Pages that say where the letter is, so that there are none while that is not known.
NEED_ADDRESSES = {"poster"}
_FURTHER = re.compile("result-([1-9][0-9]{0,5})")
FEED = "feed.atom"
# All searches together take a fifth of a processor at most: after each, none begins for four times as long as it took.
REST = 4.0
# Of the further pages of the list of names, their middles are kept: all languages of 100,000 names have 25 MB.
FURTHER_MOST = 64 * 1024 * 1024
ERROR_STATUSES = (404, 429, 500)
# Each language under its own name, so that whoever needs it can read it.
LANGUAGE_NAMES = {
    "be": "Беларуская",
    "ru": "Русский",
    "uk": "Українська",
    "pl": "Polski",
    "lt": "Lietuvių",
    "de": "Deutsch",
    "en": "English",
}


@dataclass(frozen=True)
class Assets:
    """Scripts and style as they are inlined, byte for byte; their hashes stand in the policy of headers.py.

    A page has one of the two scripts: what it does, or where it does nothing, the quick exit.
    """

    script: str
    exit: str
    style: str

    @classmethod
    def load(cls) -> Assets:
        """From service/static/."""
        return cls(*((STATIC / name).read_text("utf-8") for name in ("sign.js", "exit.js", "style.css")))


class _Lists:
    """What is kept of the list of names of one result: its frame in each language, and its further pages."""

    def __init__(self) -> None:
        self.frames: dict[str, Frame] = {}
        self.pages: dict[tuple[str, int], FramedPage] = {}
        self._size = 0

    def keep(self, language: str, number: int, page: FramedPage) -> FramedPage:
        """Keep a further page, or the one that somebody kept before; a list that is too large is kept in part."""
        if (language, number) not in self.pages and self._size + page.size <= FURTHER_MOST:
            self.pages[language, number] = page
            self._size += page.size
        return self.pages.get((language, number), page)


class Pages:
    """All pages of the site. `current` gives the publication to show; a new one, or another day, remakes them.

    What is made for one request is made one after the other: of the threads that answer, it takes one's time.
    """

    def __init__(
        self, app: Flask, appeal: PublishedAppeal, assets: Assets, current: Callable[[], Result | None]
    ) -> None:
        self._app, self._appeal, self._assets, self._current = app, appeal, assets, current
        self._lock, self._turn, self._searches = threading.Lock(), threading.RLock(), PacedTurns(REST)
        self._made_for: tuple[Result | None, date] | None = None
        self._pages: Mapping[tuple[str, str], ForEveryone] = {}
        self._lists: WeakKeyDictionary[Result, _Lists] = WeakKeyDictionary()
        self._outcomes: dict[tuple[str, str], bytes] = {}
        self._around_outcome: dict[str, tuple[bytes, bytes, bytes]] = {}
        self._errors = {
            (language, status): self._render(language, "error.html", page="", status=status)
            for language in appeal.languages
            for status in ERROR_STATUSES
        }
        if result := current():
            for language in appeal.languages:
                self._frame(language, result)  # now, so that the first search does not wait for it

    def get(self, language: str, page: str, today: date) -> Body | None:
        """A page in one of the appeal's languages, as it is on this day, or None."""
        if further := _FURTHER.fullmatch(page):
            return self._further(language, int(further[1]))
        made_for = (self._current(), today)
        # One makes them anew, and the others get those of before meanwhile; only the very first are waited for.
        if self._made_for != made_for and self._lock.acquire(blocking=not self._pages):
            try:
                if self._made_for != made_for:
                    self._make(*made_for)
            finally:
                self._lock.release()
        return self._pages.get((language, page))

    def _make(self, result: Result | None, today: date) -> None:
        day = {"today": today, "is_open": self._appeal.is_open(today), "has_key": self._appeal.has_key(today)}
        pages = {}
        for language in self._appeal.languages:
            shown = _shown(result, language)
            for page, template in TEMPLATES.items():
                if self._appeal.addresses or page not in NEED_ADDRESSES:
                    content = self._render(language, template, page=page, **day, **shown)
                    pages[language, page] = ForEveryone(content, first_view=page == "")
            pages[language, FEED] = ForEveryone(self._render(language, "feed.xml", page="result", **self._ids, **shown))
        self._pages, self._made_for = pages, (result, today)

    @cached_property
    def _ids(self) -> dict[str, object]:
        # The appeal id names the feed: random, and the same wherever the site is.
        feed_id = UUID(bytes=self._appeal.programs.appeal_id)
        return {"feed_id": feed_id, "entry_id": lambda digest: uuid5(feed_id, digest)}

    def _further(self, language: str, number: int) -> FramedPage | None:
        result = self._current()
        if language not in self._appeal.languages or result is None or not 1 < number <= result.names.pages:
            return None
        lists = self._lists.setdefault(result, _Lists())
        if (language, number) not in lists.pages:
            with self._turn:
                page = self._names_page(language, result, result.names.page(number, language))
                return lists.keep(language, number, page)
        return lists.pages[language, number]

    def search(self, language: str, query: str, number: int) -> FramedPage | None:
        """The page of the result with those names that a query finds; never kept."""
        result = self._current()
        if language not in self._appeal.languages or result is None:
            return None
        with self._searches:
            return self._names_page(language, result, result.names.search(query, number, language))

    def _names_page(self, language: str, result: Result, names: NamesPage) -> FramedPage:
        return FramedPage(self._frame(language, result), self._render(language, NAMES, names=names))

    def _frame(self, language: str, result: Result) -> Frame:
        """What stands before and after the list of names on the page of the result, whatever the list is."""
        frames = self._lists.setdefault(result, _Lists()).frames
        with self._turn:
            if language not in frames:
                names = self._render(language, NAMES, names=result.names.page(1, language))
                page = self._render(language, "result.html", page="result", **_shown(result, language))
                before, _, after = page.partition(names)
                frames[language] = Frame(before, after)
            return frames[language]

    def desk(self, language: str, outcome: object) -> bytes:
        """The organizers' page after somebody pressed one of its buttons; never kept."""
        with self._turn:
            return self._render(
                language, "desk.html", page="desk", outcome=outcome, **_shown(self._current(), language)
            )

    def hand_in(self, language: str, kind: str, text: str) -> bytes:
        """The page that takes an envelope as text, after somebody sent one, with a text in its field.

        `kind` says what came of it, in the words of _reasons.html. Each part is made once: a flood gets it again
        and again.
        """
        if (language, kind) not in self._outcomes:
            self._outcomes[language, kind] = self._render(language, OUTCOME, kind=kind)
        outcome = self._outcomes[language, kind]
        if language not in self._around_outcome:
            before, _, rest = self._render(language, "hand-in.html", page="hand-in", kind=kind).partition(outcome)
            between, after = rest.split(b"</textarea>")
            self._around_outcome[language] = before, between, b"</textarea>" + after
        before, between, after = self._around_outcome[language]
        return before + outcome + between + escape(text).encode("utf-8") + after

    def error(self, language: str, status: int) -> bytes:
        """What a person sees instead of a page; languages and statuses that have none get the nearest."""
        language = choose_language(language, self._appeal.languages)
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
            qr=_qr,
            fingerprints=[fingerprint_digits(key.record.fingerprint) for key in appeal.programs.keys],
            appeal_json=appeal.json.decode("utf-8").replace("<", "\\u003c"),
            limits=LIMITS,
            publication_file=PUBLICATION_FILE,
            minisig_name=minisig_name,
            stock_command=stock_command,
            script=assets.script,
            exit_script=assets.exit,
            style=assets.style,
            **context,
        )
    return text.encode("utf-8")


def _shown(result: Result | None, language: str) -> dict[str, Any]:
    """What the templates show of a result, with the first page of its names."""
    if result is None:
        return {"shown": None, "names": None, "history": ()}
    kilobytes = -(-result.download_size // 1000)
    names = result.names.page(1, language)
    return {"shown": result.shown, "names": names, "history": result.history, "download_kilobytes": kilobytes}


def _qr(text: str) -> Markup:
    """A QR code as inline SVG, drawn without a style, which the policy would refuse; 4 modules of margin."""
    drawing = segno.make_qr(text, error="m")
    return Markup(drawing.svg_inline(border=4, omitsize=True, lineclass=None, svgclass="qr", light="#ffffff"))  # noqa: S704 - drawn by segno; the text is not in it


@lru_cache(maxsize=64)
def _letter(source: bytes) -> Markup:
    markdown = MarkdownIt(MARKDOWN).disable(list(MARKDOWN_OFF))
    return Markup(markdown.render(source.decode("utf-8")))  # noqa: S704 - everything is escaped by the renderer
