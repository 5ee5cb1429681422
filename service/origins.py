"""Who may send envelopes: our own pages, a file opened from disk (`Origin: null`), old browsers that name no origin.

Other sites may not, and cannot read what is answered. Every answer says the same of this, whoever asks.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from service.problems import Problem

blueprint = Blueprint("origins", __name__)

WORK_HEADER = "Undersigned-Work"
# How long a browser may remember the answer to its question; sending again after a lost answer then asks only once.
REMEMBERED_SECONDS = 600

_WRONG_ORIGIN = Problem(403, "origin", "Envelopes are accepted from this site's own pages only.")


def check_origin() -> None:
    """Raises Problem when another site's page sends."""
    origin = request.headers.get("Origin")
    if origin not in (None, "null") and urlsplit(origin).netloc != request.host:
        raise _WRONG_ORIGIN


def for_files(answer: Response) -> Response:
    """The answer, readable for a page that was opened from disk, and for no page of another site."""
    answer.headers["Access-Control-Allow-Origin"] = "null"
    return answer


# A blueprint of its own: the question keeps nothing, so it does not count for the limits of what is kept.
blueprint.after_request(for_files)


@blueprint.route("/envelopes", methods=["OPTIONS"])
def preflight() -> Response:
    """What a browser asks before it lets a file send an envelope (CORS)."""
    check_origin()
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = f"Content-Type, {WORK_HEADER}"
    answer.headers["Access-Control-Max-Age"] = str(REMEMBERED_SECONDS)
    return answer
