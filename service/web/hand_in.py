"""POST /<language>/hand-in: an envelope as text, in a plain form that works without a script.

What comes is an envelope or it is refused. Nothing of a refused text is kept, logged or sent back.
"""

from __future__ import annotations

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


@blueprint.post("/<language>/hand-in")
def hand_in(language: str) -> Response:
    """Keep the envelope in the text, as POST /envelopes would; the same answer for one that was kept before."""
    if language not in context().appeal.languages:
        raise Refused(STANDARD[404])
    check_origin(request.environ)
    context().submissions.take_unpaid(_envelope(), request.remote_addr)
    return _page("accepted", 201)


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
    answer = _page(problem.kind, problem.status)
    if problem.retry_after is not None:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _envelope_again() -> str:
    # Written anew from the bytes: what stood around the envelope is not sent back.
    try:
        return "\n".join(write_parts(_envelope()))
    except Refused:
        return ""


def _page(kind: str, status: int) -> Response:
    language, pages = str((request.view_args or {}).get("language")), context().pages
    if language in context().appeal.languages:
        content = pages.hand_in(language, kind, _envelope_again() if status in _PASSING else "")
    else:
        content = pages.error(language, status)
    return Response(content, status=status, content_type=HTML)
