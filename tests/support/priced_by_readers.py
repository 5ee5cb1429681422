"""`python -m tests.support.priced_by_readers`: the service, made wrong on purpose.

As it was: further pages of the list are made and compressed as well as can be for each request, readers may hold all
threads, and searches do not rest.
"""

from __future__ import annotations

import sys
from typing import Any

import service.__main__
from service.__main__ import THREADS
from service.site import compression, rendering
from service.site.compression import ForEveryone
from service.site.rendering import Pages
from service.web import fast_path


def further(pages: Any, language: str, number: int) -> ForEveryone | None:
    """A further page, made anew."""
    result = pages._current()
    if language not in pages._appeal.languages or result is None or not 1 < number <= result.names.pages:
        return None
    return ForEveryone(pages._names_page(language, result, result.names.page(number, language)).content)


if __name__ == "__main__":
    Pages._further = further  # type: ignore[assignment, method-assign]
    compression._ENCODINGS["br"] = compression._brotli_best
    rendering.REST = 0.0
    fast_path.READING = fast_path.SEARCHING = 2 * THREADS  # type: ignore[attr-defined]
    sys.exit(service.__main__.main())
