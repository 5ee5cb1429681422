"""The result that is shown: the newest publication with all that is made of it once (list of names, search, files).

It is made of what the organizers have published, and of nothing else.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from service.site.name_search import NameList
from service.site.publications import KeptPublication, Publications, Summary
from service.site.result_files import result_csv, result_json


@dataclass(frozen=True, eq=False)
class Result:
    """One publication on display. `history` has all publications, the newest first; `address` is the site's, or ''."""

    shown: KeptPublication
    history: tuple[Summary, ...]
    address: str

    @cached_property
    def names(self) -> NameList:
        """The public names."""
        return NameList(self.shown.publication.signatures)

    @cached_property
    def json(self) -> bytes:
        """result.json."""
        return result_json(self.shown, self.address)

    @cached_property
    def csv(self) -> bytes:
        """result.csv."""
        return result_csv(self.shown.publication.signatures)


class CurrentResult:
    """Gives the result to show, and makes a new one whenever there is a newer publication."""

    def __init__(self, publications: Publications, addresses: tuple[str, ...]) -> None:
        self._publications = publications
        self._address = f"{addresses[0]}/" if addresses else ""
        self._lock = threading.Lock()
        self._made: Result | None = None

    @property
    def result(self) -> Result | None:
        """The result of the newest publication; None before the first one."""
        shown = self._publications.current
        with self._lock:
            if shown is None:
                self._made = None
            elif self._made is None or self._made.shown is not shown:
                self._made = Result(shown, self._publications.history(), self._address)
            return self._made
