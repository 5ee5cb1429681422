"""The result that is shown, with all that is made of it once: pages of names, what search looks in, files.

Knows publications; must never know of a signature anything that the organizers have not published.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from service.site.name_search import Names
from service.site.publications import KeptPublication, Publications, Summary
from service.site.result_files import result_csv, result_json


@dataclass(frozen=True, eq=False)
class Result:
    """One publication on display. `history` has all publications, the newest first; `address` is the site's, or ''."""

    shown: KeptPublication
    history: tuple[Summary, ...]
    address: str

    @cached_property
    def names(self) -> Names:
        """The public names."""
        return Names(self.shown.publication.signatures)

    @cached_property
    def json(self) -> bytes:
        """result.json."""
        return result_json(self.shown, self.address)

    @cached_property
    def csv(self) -> bytes:
        """result.csv."""
        return result_csv(self.shown.publication.signatures)


class Results:
    """The newest result, made anew whenever the publications show another one."""

    def __init__(self, publications: Publications, addresses: tuple[str, ...]) -> None:
        self._publications = publications
        self._address = f"{addresses[0]}/" if addresses else ""
        self._lock = threading.Lock()
        self._made: Result | None = None

    @property
    def current(self) -> Result | None:
        """None before the first publication."""
        shown = self._publications.current
        with self._lock:
            if shown is None:
                self._made = None
            elif self._made is None or self._made.shown is not shown:
                self._made = Result(shown, self._publications.history(), self._address)
            return self._made
