"""GET /ledger and POST /publication: the organizers' desk for programs. Both need the desk token.

desk_page.py is the same for people.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from flask import Blueprint, Response, request

from crypto.errors import PublicationError
from crypto.ledger import LedgerHeader, write_ledger
from service.problems import STANDARD, Problem, Refused
from service.site.publications import KeptPublication
from service.web.context import context

blueprint = Blueprint("desk", __name__)

PUBLICATION_MOST = 64 * 1024 * 1024
MINISIGS_MOST = 32

_NO_FILES = Problem(400, "files", "Send one file “publication” and one or more files “minisig” as multipart/form-data.")


@blueprint.before_request
def require_token() -> None:
    """Check the token before anything of the body is read."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    check_token(token if scheme.lower() == "bearer" else "")


def check_token(token: str) -> None:
    """Raise the problem 401 unless this is the desk token; how long it takes tells nothing about either."""
    found = hashlib.sha256(token.strip().encode("utf-8")).digest()
    if not hmac.compare_digest(found, context().desk_token_sha256):
        raise Refused(STANDARD[401])


@blueprint.get("/ledger")
def ledger() -> Response:
    """All envelopes kept at this moment, as one file (docs/spec.md, section 5), streamed."""
    snapshot = context().store.snapshot()
    header = LedgerHeader(context().appeal.programs.appeal_id, snapshot.count)
    answer = Response(
        write_ledger(header.appeal_id, header.count, snapshot.envelopes), mimetype="application/octet-stream"
    )
    answer.call_on_close(snapshot.close)
    answer.headers["Content-Length"] = str(header.size)
    answer.headers["Content-Disposition"] = 'attachment; filename="ledger.undersigned"'
    return answer


@blueprint.post("/publication")
def publish() -> Response:
    """201 once a publication that the verifier accepts (docs/spec.md, section 6) is on the disk and shown."""
    request.max_content_length = PUBLICATION_MOST
    publications, minisigs = request.files.getlist("publication"), request.files.getlist("minisig")
    accept_publication([file.read() for file in publications], [file.read() for file in minisigs])
    return Response(status=201, mimetype="application/octet-stream")


def accept_publication(publications: Sequence[bytes], minisigs: Sequence[bytes]) -> KeptPublication:
    """Verify, keep and show what was handed in. Raises Refused with the kind “files” or the failed check's reason."""
    if len(publications) != 1 or not 1 <= len(minisigs) <= MINISIGS_MOST:
        raise Refused(_NO_FILES)
    try:
        shown = context().publications.accept(publications[0], [text.decode("utf-8", "replace") for text in minisigs])
    except PublicationError as error:
        raise Refused(Problem(422, error.reason, str(error))) from error
    # The organizer waits for it now, and no reader does later.
    context().current.make()
    context().pages.get(context().appeal.languages[0], "", context().today())
    return shown
