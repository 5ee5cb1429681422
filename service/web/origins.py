"""The origins (CORS) that envelopes are taken from, and the answer to a browser that asks beforehand.

Our own pages may send, a file opened from disk (`Origin: null`), and old browsers that name no origin.
Other sites may not, and cannot read what is answered. Every answer says the same of this, whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from service.problems import Problem, Refused
from service.site.signing_file import ENVELOPES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

blueprint = Blueprint("origins", __name__)

WORK_HEADER = "Undersigned-Work"
# An answer with it is readable for a page that was opened from disk, and for no page of another site.
FOR_FILES = ("Access-Control-Allow-Origin", "null")
# How long a browser may remember the answer to its question; sending again after a lost answer then asks only once.
REMEMBERED_SECONDS = 600

_WRONG_ORIGIN = Problem(403, "origin", "Envelopes are accepted from this site's own pages only.")


def check_origin(environ: WSGIEnvironment) -> None:
    """Return if an envelope may come from the origin of this request. Raises Refused."""
    origin, host = environ.get("HTTP_ORIGIN"), environ.get("HTTP_HOST", "")
    # Compared as text: what a stranger sends is parsed by nothing that could stumble over it.
    if origin not in (None, "null", f"https://{host}", f"http://{host}"):
        raise Refused(_WRONG_ORIGIN)


@blueprint.route(ENVELOPES, methods=["OPTIONS"])
def preflight() -> Response:
    """What a browser asks before it lets a file send an envelope (CORS); keeps nothing, so no limit counts it."""
    check_origin(request.environ)
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = f"Content-Type, {WORK_HEADER}"
    answer.headers["Access-Control-Max-Age"] = str(REMEMBERED_SECONDS)
    return answer
