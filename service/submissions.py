"""POST /envelopes: one kind of request, one size, one answer, whoever asks and whatever is inside."""

from __future__ import annotations

from flask import Blueprint, Response, request

from crypto.envelope import SIZE, check_envelope, envelope_id
from crypto.errors import EnvelopeError
from service.origins import WORK_HEADER, check_origin, for_files
from service.parts import parts
from service.problems import Problem

blueprint = Blueprint("submissions", __name__)
blueprint.after_request(for_files)

MEDIA_TYPE = "application/octet-stream"

_WRONG_TYPE = Problem(415, "media-type", f"An envelope is sent as {MEDIA_TYPE}, without any encoding.")
_NO_LENGTH = Problem(411, "length", f"An envelope is sent with Content-Length: {SIZE}.")
_CLOSED = Problem(403, "closed", "This letter is no longer collecting signatures.")


@blueprint.route("/envelopes", methods=["POST"], provide_automatic_options=False)
def submit() -> Response:
    """201 and nothing else, for a new envelope and for one already kept, once it is on the disk."""
    check_origin()
    keep_envelope(_exact_body(), request.headers.get(WORK_HEADER))
    return Response(status=201, mimetype=MEDIA_TYPE)


def keep_envelope(envelope: bytes, solution: str | None) -> None:
    """Returns once it is on the disk. Raises Problem, and StoreUnavailable; then it may not be kept.

    `solution`: the proof of work that came with it, if any.
    """
    _check(envelope)
    _require_work(envelope, solution)
    parts().store.add(envelope)


def _exact_body() -> bytes:
    """The 4,096 bytes. A chunked body is refused: behind some servers one of any length arrives cut to fit."""
    if request.headers.get("Content-Type") != MEDIA_TYPE or "Content-Encoding" in request.headers:
        raise _WRONG_TYPE
    if "Transfer-Encoding" in request.headers or request.content_length is None:
        raise _NO_LENGTH
    if request.content_length != SIZE:
        raise _size_problem(request.content_length)
    body = request.get_data(cache=False)
    if len(body) != SIZE:
        raise _size_problem(len(body))
    return body


def _size_problem(size: int) -> Problem:
    return Problem(413 if size > SIZE else 400, "envelope-size", f"An envelope has exactly {SIZE:,} bytes.")


def _require_work(envelope: bytes, solution: str | None) -> None:
    """Above a load that no honest crowd makes, whoever sends has to compute for it."""
    challenge = parts().work.owed(envelope_id(envelope), solution)
    if challenge is not None:
        raise Problem(429, "work", "Solve the challenge and send the envelope again.", 1, {"challenge": challenge})


def _check(envelope: bytes) -> None:
    accepted = parts().accepted_key_ids()
    if not accepted:
        raise _CLOSED
    try:
        check_envelope(envelope, accepted)
    except EnvelopeError as error:
        # A key that is not accepted is the one mistake a good page can make: it was opened before the key changed.
        raise Problem(409 if error.reason == "envelope-key" else 400, error.reason, str(error)) from error
