"""/<language>/desk: the organizers' desk for people, one page in each language, which works without a script.

The token comes in the body, as the first field, and is gone with the request: no cookie, no session, no address.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from service.problems import STANDARD, Problem, Refused
from service.site.rendering import HTML
from service.stores.ledger import prepare_ledger
from service.web.context import browser_language, context
from service.web.desk_api import PUBLICATION_MOST, accept_publication, check_token
from service.web.token_form import Body, Form, FormError, read_form

blueprint = Blueprint("desk_page", __name__)

_BAD_FORM = Problem(400, "form", "The form is not the one of this page.")


@dataclass(frozen=True)
class DeskOutcome:
    """What the page says after a button was pressed.

    `kind`: "accepted", "counted" or that of a Problem. The numbers are set where there are any.
    """

    kind: str
    number: int = 0
    total: int = 0
    digest: str = ""


@blueprint.get("/desk")
def choose_language() -> AnyResponse:
    """Lead to the desk in the browser's language."""
    return redirect(f"{browser_language()}/desk", code=303)


@blueprint.post("/<language>/desk")
def act(language: str) -> Response:
    """Do what the pressed button says, and show on the same page what came of it."""
    if language not in context().appeal.languages:
        raise Refused(STANDARD[404])
    try:
        form = _read()
        return _ACTIONS[form.texts["what"]](language, form)
    except Refused as refused:
        return _page(language, DeskOutcome(refused.problem.kind), refused.problem.status)
    except (FormError, KeyError):
        return _page(language, DeskOutcome(_BAD_FORM.kind), _BAD_FORM.status)
    except RequestEntityTooLarge:
        return _page(language, DeskOutcome(STANDARD[413].kind), 413)


def _read() -> Form:
    request.max_content_length = PUBLICATION_MOST
    if request.mimetype != "multipart/form-data" or "boundary" not in request.mimetype_params:
        raise FormError("The form is of another type.")
    body = Body(cast(BinaryIO, request.stream), check_token, time.monotonic)
    return read_form(body.pieces(), request.mimetype_params["boundary"], body.admit)


def _download(language: str, form: Form) -> Response:
    ledger = prepare_ledger(context().store, context().appeal.programs.appeal_id)
    answer = Response(ledger.pieces(), mimetype="application/octet-stream")
    answer.call_on_close(ledger.close)
    answer.headers["Content-Length"] = str(ledger.header.size)
    answer.headers["Content-Disposition"] = f'attachment; filename="{ledger.filename}"'
    return answer


def _count(language: str, form: Form) -> Response:
    with closing(prepare_ledger(context().store, context().appeal.programs.appeal_id)) as ledger:
        return _page(language, DeskOutcome("counted", total=ledger.header.count, digest=ledger.digest))


def _hand_in(language: str, form: Form) -> Response:
    shown = accept_publication(form.files.get("publication", []), form.files.get("minisig", []))
    outcome = DeskOutcome("accepted", shown.publication.number, shown.publication.total, shown.digest)
    return _page(language, outcome, 201)


def _page(language: str, outcome: DeskOutcome, status: int = 200) -> Response:
    content = context().pages.desk(language, outcome)
    return Response(content, status=status, content_type=HTML)


_ACTIONS: dict[str, Callable[[str, Form], Response]] = {"file": _download, "count": _count, "publication": _hand_in}
