"""The result that is shown: the newest publication with all that is made of it once (list of names, search, files).

It is made of what the organizers have published, and of nothing else.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from service.site.compression import ForEveryone
from service.site.name_search import NameList
from service.site.publications import KeptPublication, Publications, Summary
from service.site.result_files import result_csv, result_json


@dataclass(frozen=True, eq=False)
class Result:
    """One publication on display. `history` has all publications, the newest first; `address` is the site's, or ''.

    `names` are the public ones; `file` is publication.json.
    """

    shown: KeptPublication
    history: tuple[Summary, ...]
    address: str
    names: NameList
    file: ForEveryone

    @classmethod
    def of(cls, shown: KeptPublication, history: tuple[Summary, ...], address: str) -> Result:
        """Make what each reader needs; with 33,000 names that takes about a second."""
        return cls(shown, history, address, NameList(shown.publication.signatures), ForEveryone(shown.data))

    @property
    def download_size(self) -> int:
        """What publication.json has in bytes on its way, compressed by gzip."""
        return len(self.file.compressed("gzip"))

    @cached_property
    def json(self) -> ForEveryone:
        """result.json."""
        return ForEveryone(result_json(self.shown, self.address))

    @cached_property
    def csv(self) -> ForEveryone:
        """result.csv."""
        return ForEveryone(result_csv(self.shown.publication.signatures))


class CurrentResult:
    """Gives the result to show, and makes a new one whenever there is a newer publication.

    The first is made at once: a service that has just started lets no reader wait for it.
    """

    def __init__(self, publications: Publications, addresses: tuple[str, ...]) -> None:
        self._publications = publications
        self._address = f"{addresses[0]}/" if addresses else ""
        self._lock = threading.Lock()
        self._made: Result | None = None
        self.make()

    @property
    def result(self) -> Result | None:
        """The result of the newest publication; None before the first one.

        While one is made, which takes seconds, readers get the one before it: they do not wait, and hold no thread.
        """
        return self._newest(wait=False)

    def make(self) -> Result | None:
        """The same, for whoever wants it made before somebody asks for it."""
        return self._newest(wait=True)

    def _newest(self, *, wait: bool) -> Result | None:
        shown = self._publications.current
        if not self._is_of(shown) and self._lock.acquire(blocking=wait or self._made is None):
            try:
                if not self._is_of(shown):
                    history = self._publications.history()
                    self._made = Result.of(shown, history, self._address) if shown else None
            finally:
                self._lock.release()
        return self._made

    def _is_of(self, shown: KeptPublication | None) -> bool:
        return (self._made and self._made.shown) is shown
