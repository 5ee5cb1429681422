"""The pages' short way: bytes that are the same for everyone need no framework to be found.

Stands before the application, answers GET and HEAD of a page, passes everything else on, and puts the protective
headers on every answer. Through the framework both cost several times as much (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from service.compressed import compressed_for
from service.rendering import Pages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_TYPE = "text/html; charset=utf-8"


class Front:
    """A WSGI application: `/<language>/` and `/<language>/<page>` from `pages`, the rest from `behind`.

    Every answer, whoever made it, gets `headers`.
    """

    def __init__(
        self, behind: WSGIApplication, pages: Pages, is_open: Callable[[], bool], headers: Mapping[str, str]
    ) -> None:
        self._behind, self._pages, self._is_open = behind, pages, is_open
        self._headers = list(headers.items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].split("/")
        content = None
        if len(path) == 3 and method in ("GET", "HEAD"):
            content = self._pages.get(path[1], path[2], self._is_open())
        if content is None:
            return self._behind(environ, self._protected(start_response))
        answer = [("Content-Type", CONTENT_TYPE), ("Vary", "Accept-Encoding"), *self._headers]
        content, encoding = compressed_for(environ.get("HTTP_ACCEPT_ENCODING", ""), content)
        if encoding:
            answer.append(("Content-Encoding", encoding))
        start_response("200 OK", [*answer, ("Content-Length", str(len(content)))])
        return [b"" if method == "HEAD" else content]

    def _protected(self, start_response: StartResponse) -> StartResponse:
        def start(status: str, answer: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            return start_response(status, [*answer, *self._headers], exc_info)

        return start
