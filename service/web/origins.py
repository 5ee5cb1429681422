"""The origins (CORS) that envelopes are taken from, and the answer to a browser that asks beforehand.

Our own pages may send, a file opened from disk (`Origin: null`), and old browsers that name no origin.
Other sites may not, and cannot read what is answered. Every answer says the same of this, whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.problems import Problem, Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WORK_HEADER = "Undersigned-Work"
# An answer with it is readable for a page that was opened from disk, and for no page of another site.
FOR_FILES = ("Access-Control-Allow-Origin", "null")
# How long a browser may remember the answer to its question; sending again after a lost answer then asks only once.
REMEMBERED_SECONDS = 600

_ALLOWED = [
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", f"Content-Type, {WORK_HEADER}"),
    ("Access-Control-Max-Age", str(REMEMBERED_SECONDS)),
]
_WRONG_ORIGIN = Problem(403, "origin", "Envelopes are accepted from this site's own pages only.")


def check_origin(environ: WSGIEnvironment) -> None:
    """Return if an envelope may come from the origin of this request. Raises Refused."""
    origin, host = environ.get("HTTP_ORIGIN"), environ.get("HTTP_HOST", "")
    # Compared as text: what a stranger sends is parsed by nothing that could stumble over it.
    if origin not in (None, "null", f"https://{host}", f"http://{host}"):
        raise Refused(_WRONG_ORIGIN)


def preflight(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """What a browser asks before it lets a file send an envelope (CORS); keeps nothing, so no limit counts it.

    Answered before the framework, and without a place: signing from a file does not depend on how many read.
    """
    try:
        check_origin(environ)
    except Refused as refused:
        return refused.problem.send(start_response)
    start_response("204 NO CONTENT", _ALLOWED)
    return []
