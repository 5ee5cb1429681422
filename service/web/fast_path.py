"""The fast path: pages and POST /envelopes are answered before the framework.

Pages are the same bytes for everyone, and envelopes need nothing that the framework does.
Through the framework, each costs several times as much (docs/performance.md).
Everything else is passed on to the application. Every answer gets the security headers here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from service.problems import Problem, Refused
from service.site.compression import Body
from service.site.rendering import FEED, HTML
from service.site.signing_file import ENVELOPES
from service.web.context import SiteContext
from service.web.envelopes import MEDIA_TYPE
from service.web.origins import FOR_FILES, preflight
from service.web.places import READING, SEARCHING, Places

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


# A request of the desk may take as long as its body does, and a ledger is given out in pieces (deploy/nginx/).
_DESK = re.compile("/(?:ledger|publication|desk|[a-z-]+/desk)")
# Without a script, an envelope comes in through a form: those who sign need no place among readers.
_HAND_IN, _SEARCH = "/hand-in", "/result"
_FEED_TYPE = "application/atom+xml; charset=utf-8"


class FastPath:
    """A WSGI application before another one.

    It answers `/<language>/<page>` with the pages of `context` and gives /envelopes to its submissions.
    The rest is answered by `behind`, as long as there are places for readers.
    Every answer, whoever made it, gets `headers`; `problem` turns an error into the Problem to answer with, and
    `refuse` a Problem into the answer to a reader. `search_limit` is given a client's address before each search.
    """

    def __init__(
        self,
        behind: WSGIApplication,
        context: SiteContext,
        headers: Mapping[str, str],
        problem: Callable[[Exception], Problem],
        refuse: Callable[[WSGIEnvironment, Problem], WSGIApplication],
        search_limit: Callable[[str | None], None],
    ) -> None:
        self._behind, self._today = behind, context.today
        self._reading, self._searching = Places(behind, READING, refuse), Places(behind, SEARCHING, refuse)
        self._pages, self._submissions = context.pages, context.submissions
        self._refuse, self._search_limit = refuse, search_limit
        self._headers, self._problem = list(headers.items()), problem

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if address == ENVELOPES:
            return self._take(environ, self._protected(start_response, FOR_FILES))
        if method not in ("GET", "HEAD"):
            return self._of_form(address)(environ, self._protected(start_response))
        path = address.split("/")
        if len(path) == 3 and (body := self._pages.get(path[1], path[2], self._today())):
            return self._send(body, _FEED_TYPE if path[2] == FEED else HTML, environ, start_response)
        behind = self._behind if _DESK.fullmatch(address) else self._reading
        return behind(environ, self._protected(start_response))

    def _of_form(self, address: str) -> WSGIApplication:
        if address.endswith(_SEARCH):
            return self._search
        return self._behind if address.endswith(_HAND_IN) or _DESK.fullmatch(address) else self._reading

    def _search(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Counted before there is a place for it: a few clients beyond their limit would hold all places by refusals.
        try:
            self._search_limit(environ.get("REMOTE_ADDR"))
        except Refused as refused:
            return self._refuse(environ, refused.problem)(environ, start_response)
        return self._searching(environ, start_response)

    def _send(
        self, body: Body, content_type: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = [("Vary", "Accept-Encoding"), ("ETag", body.tag), *self._headers]
        if environ.get("HTTP_IF_NONE_MATCH") == body.tag:
            start_response("304 NOT MODIFIED", answer)
            return [b""]
        content, encoding = body.sent_to(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding:
            answer.append(("Content-Encoding", encoding))
        start_response("200 OK", [("Content-Type", content_type), *answer, ("Content-Length", str(len(content)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else content]

    def _take(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return preflight(environ, start_response)
        try:
            self._submissions.take(environ)
        except Exception as error:  # whatever it is, the answer is a problem, and says nothing of what was sent
            return self._problem(error).send(start_response)
        start_response("201 CREATED", [("Content-Type", MEDIA_TYPE), ("Content-Length", "0")])
        return []

    def _protected(self, start_response: StartResponse, *more: tuple[str, str]) -> StartResponse:
        def start(status: str, answer: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            return start_response(status, [*answer, *more, *self._headers], exc_info)

        return start
