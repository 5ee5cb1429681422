"""The result that is shown: the newest publication with all that is made of it once (list of names, search, files).

It is made of what the organizers have published, and of nothing else.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from service.site.compression import compressed_for
from service.site.name_search import NameList
from service.site.publications import KeptPublication, Publications, Summary
from service.site.result_files import result_csv, result_json


@dataclass(frozen=True, eq=False)
class Result:
    """One publication on display. `history` has all publications, the newest first; `address` is the site's, or ''.

    `names` are the public ones; `download_size` is what publication.json has in bytes on its way, compressed by gzip.
    """

    shown: KeptPublication
    history: tuple[Summary, ...]
    address: str
    names: NameList
    download_size: int

    @classmethod
    def of(cls, shown: KeptPublication, history: tuple[Summary, ...], address: str) -> Result:
        """Make what each reader needs; with 33,000 names that takes about a second."""
        download_size = len(compressed_for("gzip", shown.data)[0])
        return cls(shown, history, address, NameList(shown.publication.signatures), download_size)

    @cached_property
    def json(self) -> bytes:
        """result.json."""
        return result_json(self.shown, self.address)

    @cached_property
    def csv(self) -> bytes:
        """result.csv."""
        return result_csv(self.shown.publication.signatures)


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
        """The result of the newest publication; None before the first one."""
        return self.make()

    def make(self) -> Result | None:
        """The same, for whoever wants it made before somebody asks for it."""
        shown = self._publications.current
        with self._lock:
            if shown is None:
                self._made = None
            elif self._made is None or self._made.shown is not shown:
                self._made = Result.of(shown, self._publications.history(), self._address)
            return self._made
