"""The fast path: pages and POST /envelopes are answered before the framework.

Pages are the same bytes for everyone, and envelopes need nothing that the framework does.
Through the framework, each costs several times as much (docs/performance.md).
Everything else is passed on to the application. Every answer gets the security headers here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from service.problems import Problem
from service.site.compression import compressed_for
from service.site.rendering import HTML
from service.site.signing_file import ENVELOPES
from service.web.context import SiteContext
from service.web.envelopes import MEDIA_TYPE
from service.web.origins import FOR_FILES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FastPath:
    """A WSGI application before another one.

    It answers `/<language>/<page>` with the pages of `context` and gives /envelopes to its submissions.
    The rest is answered by `behind`.
    Every answer, whoever made it, gets `headers`; `problem` turns an error into the Problem to answer with.
    """

    def __init__(
        self,
        behind: WSGIApplication,
        context: SiteContext,
        headers: Mapping[str, str],
        problem: Callable[[Exception], Problem],
    ) -> None:
        self._behind, self._today = behind, context.today
        self._pages, self._submissions = context.pages, context.submissions
        self._headers, self._problem = list(headers.items()), problem

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == ENVELOPES:
            return self._take(environ, self._protected(start_response, FOR_FILES))
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].split("/")
        content = None
        if len(path) == 3 and method in ("GET", "HEAD"):
            content = self._pages.get(path[1], path[2], self._today())
        if content is None:
            return self._behind(environ, self._protected(start_response))
        answer = [("Content-Type", HTML), ("Vary", "Accept-Encoding"), *self._headers]
        content, encoding = compressed_for(environ.get("HTTP_ACCEPT_ENCODING", ""), content)
        if encoding:
            answer.append(("Content-Encoding", encoding))
        start_response("200 OK", [*answer, ("Content-Length", str(len(content)))])
        return [b"" if method == "HEAD" else content]

    def _take(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return self._behind(environ, start_response)
        try:
            self._submissions.take(environ)
        except Exception as error:  # whatever it is, the answer is a problem, and says nothing of what was sent
            return self._problem(error).response()(environ, start_response)
        start_response("201 CREATED", [("Content-Type", MEDIA_TYPE), ("Content-Length", "0")])
        return []

    def _protected(self, start_response: StartResponse, *more: tuple[str, str]) -> StartResponse:
        def start(status: str, answer: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            return start_response(status, [*answer, *more, *self._headers], exc_info)

        return start
