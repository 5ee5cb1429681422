"""POST /envelopes: one kind of request, one size, one answer, whoever asks and whatever is inside.

It is answered before the framework, which costs as much as all the rest of it (docs/performance.md).
Refused is raised for whatever is wrong; fast_path.py turns that into the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, BinaryIO, cast

from crypto.envelope import SIZE, check_envelope
from crypto.errors import EnvelopeError
from crypto.keys import KeyId
from service.limits.proof_of_work import ProofOfWork
from service.problems import OVERLOADED, STANDARD, Problem, Refused
from service.stores.base import EnvelopeStore, StoreFull, StoreUnavailable
from service.stores.health import Readiness
from service.web.origins import check_origin

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MEDIA_TYPE = "application/octet-stream"

_WRONG_TYPE = Problem(415, "media-type", f"An envelope is sent as {MEDIA_TYPE}, without any encoding.")
_NO_LENGTH = Problem(411, "length", f"An envelope is sent with Content-Length: {SIZE}.")
_CLOSED = Problem(403, "closed", "This letter is no longer collecting signatures.")


class Submissions:
    """Checks envelopes and takes them into `store`.

    `limit` is given the client's address and raises when that has sent too much. What all clients share is charged
    only by the store, for what it has not kept before.
    `unpaid` is given the address of a client without a script when work is owed, and raises to keep it out.
    `accepted` gives the ids of the keys whose envelopes are taken on a day, None when none are; `today` gives that day.
    """

    def __init__(
        self,
        store: EnvelopeStore,
        work: ProofOfWork,
        limit: Callable[[str | None], None],
        unpaid: Callable[[str | None], None],
        accepted: Callable[[date], frozenset[KeyId] | None],
        today: Callable[[], date],
        readiness: Readiness,
    ) -> None:
        self._store, self._work, self._readiness = store, work, readiness
        self.limit, self._unpaid = limit, unpaid
        self._accepted, self._today = accepted, today
        self._known: tuple[date, frozenset[KeyId] | None] | None = None

    def take(self, environ: WSGIEnvironment) -> None:
        """Return once the envelope of a request is on the disk, be it new or kept before.

        Raises Refused, StoreUnavailable.
        """
        self.limit(environ.get("REMOTE_ADDR"))
        if environ["REQUEST_METHOD"] != "POST":
            raise Refused(STANDARD[405])
        check_origin(environ)
        envelope, solution = _exact_body(environ), environ.get("HTTP_UNDERSIGNED_WORK")
        self._check(envelope)
        # Above a load that no honest crowd makes, whoever sends has to compute for it.
        challenge = self._work.challenge_for(envelope, solution)
        if challenge is not None:
            raise Refused(
                Problem(429, "work", "Solve the challenge and send the envelope again.", 1, {"challenge": challenge})
            )
        self._keep(envelope)

    def take_unpaid(self, envelope: bytes, address: str | None) -> None:
        """The same for an envelope from a browser that cannot compute; `limit` was asked. Raises as `take` does."""
        self._check(envelope)
        if self._work.is_owed():
            self._unpaid(address)
        self._keep(envelope)

    def require_ready(self) -> None:
        """Return if an envelope could be kept. Raises StoreUnavailable."""
        self._readiness.require()

    def _keep(self, envelope: bytes) -> None:
        try:
            self._store.add(envelope)
        except StoreUnavailable as error:
            self._readiness.saw(kept=False)
            if isinstance(error, StoreFull):
                raise Refused(OVERLOADED) from error
            raise
        self._readiness.saw(kept=True)

    def _check(self, envelope: bytes) -> None:
        today = self._today()
        if self._known is None or self._known[0] != today:
            self._known = (today, self._accepted(today))
        accepted = self._known[1]
        if accepted is None:
            raise Refused(_CLOSED)
        try:
            check_envelope(envelope, accepted)
        except EnvelopeError as error:
            # A key that is not accepted is the one mistake a good page can make: it was opened before the key changed.
            raise Refused(Problem(409 if error.reason == "envelope-key" else 400, error.reason, str(error))) from error


def _exact_body(environ: WSGIEnvironment) -> bytes:
    """The 4,096 bytes. A chunked body is refused: behind some servers one of any length arrives cut to fit."""
    if environ.get("CONTENT_TYPE") != MEDIA_TYPE or "HTTP_CONTENT_ENCODING" in environ:
        raise Refused(_WRONG_TYPE)
    length = environ.get("CONTENT_LENGTH", "")
    if "HTTP_TRANSFER_ENCODING" in environ or not (length.isascii() and length.isdigit()):
        raise Refused(_NO_LENGTH)
    if length != str(SIZE):
        raise Refused(_size_problem(int(length[:20])))
    body = cast(BinaryIO, environ["wsgi.input"]).read(SIZE)
    if len(body) != SIZE:
        raise Refused(_size_problem(len(body)))
    return body


def _size_problem(size: int) -> Problem:
    return Problem(413 if size > SIZE else 400, "envelope-size", f"An envelope has exactly {SIZE:,} bytes.")
