"""Answers to requests that cannot be fulfilled, as application/problem+json (RFC 9457).

A problem has a stable type that the page turns into words in the person's language. Nothing a client sent is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

MEDIA_TYPE = "application/problem+json"

Found = TypeVar("Found")


@dataclass(frozen=True)
class Problem:
    """An answer that refuses a request (RFC 9457); `Refused` is raised with it.

    It has the HTTP status, the kind (the end of the type URN), a sentence for a person, the seconds to wait before
    another try, and more members of the JSON object.
    """

    status: int
    kind: str
    title: str
    retry_after: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The JSON object."""
        value = {"type": f"urn:undersigned:problem:{self.kind}", "title": self.title, "status": self.status}
        return (json.dumps(value | dict(self.more)) + "\n").encode("utf-8")

    def send(self, start_response: StartResponse) -> list[bytes]:
        """The HTTP answer past the framework, which would take most of the time of a refusal."""
        body = self.body
        headers = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))]
        if self.retry_after is not None:
            headers.append(("Retry-After", str(self.retry_after)))
        start_response(f"{self.status} {HTTPStatus(self.status).phrase.upper()}", headers)
        return [body]

    def response(self) -> Response:
        """The HTTP answer."""
        answer = Response(self.body, status=self.status, mimetype=MEDIA_TYPE)
        if self.retry_after is not None:
            answer.headers["Retry-After"] = str(self.retry_after)
        return answer


class Refused(Exception):
    """Raised where a request is refused with `problem`: a new one each time.

    An exception that is raised again keeps every stack that it ever went through, with all that was in it: the address,
    the token, the envelope of each request.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


# Answers that any route can give; the kinds that one route gives stand in its module.
STANDARD = {
    400: Problem(400, "bad-request", "The request is malformed."),
    401: Problem(401, "token", "The organizers' token is missing or wrong."),
    404: Problem(404, "not-found", "There is nothing at this address."),
    405: Problem(405, "method", "This address does not answer to this method."),
    413: Problem(413, "too-large", "The request is too large."),
    429: Problem(429, "too-many", "Too many requests came from this connection. Nothing was kept.", retry_after=60),
    500: Problem(500, "internal", "The service made a mistake. Nothing was kept."),
    503: Problem(503, "store", "The service cannot keep envelopes right now. Nothing was kept.", retry_after=30),
}
# When many send at once, and whoever is refused has done nothing to cause it.
OVERLOADED = Problem(
    503, "overloaded", "The site is overloaded. It is not this connection. Nothing was kept.", retry_after=60
)


def for_status(status: int) -> Problem:
    """The standard problem for an HTTP error status; an unlisted 4xx is a bad request, anything else our mistake."""
    return STANDARD.get(status, STANDARD[400 if 400 <= status < 500 else 500])


def or_not_found(found: Found | None) -> Found:
    """What was looked for. Raises Refused, 404, when there is none."""
    if found is None:
        raise Refused(STANDARD[404])
    return found
