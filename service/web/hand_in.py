"""POST /<language>/hand-in: an envelope as text, in a plain form that works without a script.

What comes is an envelope or it is refused. Nothing of a refused text is kept, logged or sent back.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from crypto.errors import ArmorError
from crypto.text_parts import read_text, write_parts
from service.problems import STANDARD, Problem, Refused
from service.site.rendering import HTML
from service.stores.base import StoreUnavailable
from service.web.context import context
from service.web.origins import check_origin

blueprint = Blueprint("hand_in", __name__)

FIELD = "envelope"
# An envelope has less than 6 kB as text; the rest is for the mail around it.
BODY_MOST = 32 * 1024
# What passes by itself: the person shall not have to find the text again.
_PASSING = {429, 503}


@dataclass(frozen=True)
class HandInOutcome:
    """What the page says after a text was sent: `kind` is "accepted" or that of a Problem.

    `text` is the envelope, where sending it again can help.
    """

    kind: str
    text: str = ""


@blueprint.post("/<language>/hand-in")
def hand_in(language: str) -> Response:
    """Keep the envelope in the text, as POST /envelopes would; the same answer for one that was kept before."""
    if language not in context().appeal.languages:
        raise Refused(STANDARD[404])
    check_origin(request.environ)
    context().submissions.keep(_envelope(), None)
    return _page(HandInOutcome("accepted"), 201)


def _envelope() -> bytes:
    request.max_content_length = BODY_MOST
    try:
        return read_text(request.form.get(FIELD, ""))
    except RequestEntityTooLarge as error:
        raise Refused(STANDARD[413]) from error
    except ArmorError as error:
        raise Refused(Problem(400, error.reason, str(error))) from error


@blueprint.errorhandler(StoreUnavailable)
def say_unavailable(error: StoreUnavailable) -> Response:
    """The page says that the store cannot promise anything now."""
    return _say(STANDARD[503])


@blueprint.errorhandler(Refused)
def say_refused(refused: Refused) -> Response:
    """The page says in words why the text was refused."""
    return _say(refused.problem)


def _say(problem: Problem) -> Response:
    answer = _page(HandInOutcome(problem.kind, _envelope_again(problem)), problem.status)
    if problem.retry_after is not None:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _envelope_again(problem: Problem) -> str:
    # Written anew from the bytes: what stood around the envelope is not sent back.
    try:
        return "\n".join(write_parts(_envelope())) if problem.status in _PASSING else ""
    except Refused:
        return ""


def _page(outcome: HandInOutcome, status: int) -> Response:
    language = str((request.view_args or {}).get("language"))
    known = language in context().appeal.languages
    content = context().pages.hand_in(language, outcome) if known else context().pages.error(language, status)
    return Response(content, status=status, content_type=HTML)
