"""The public addresses, except those of pages, which fast_path.py answers, and of the result (results.py)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from crypto.publication import PUBLICATION_FILE, minisig_name
from service.problems import STANDARD, Problem, Refused, or_not_found
from service.site.compression import AsItIs, for_everyone
from service.site.rendering import HTML
from service.site.signing_file import PAGE, filename
from service.web.context import browser_language, context

blueprint = Blueprint("pages", __name__)

MINISIG = "text/plain; charset=utf-8"

_NO_KEY = Problem(503, "no-key", "None of the keys in appeal.toml is meant for today, so nobody can sign.")


@blueprint.get("/")
def choose_language() -> AnyResponse:
    """Lead to the page in the browser's language."""
    return redirect(f"{browser_language()}/", code=303)


@blueprint.get("/<language>")
def add_slash(language: str) -> AnyResponse:
    """Lead to a page whose address somebody cut short; the pages themselves are answered by fast_path.py."""
    if language not in context().appeal.languages:
        raise Refused(STANDARD[404])
    return redirect(f"{language}/", code=303)


@blueprint.get("/appeal.json")
def appeal_json() -> Response:
    """What a program needs to seal for this appeal (docs/spec.md, section 7)."""
    return for_everyone(context().files.json, "application/json")


@blueprint.get(f"/<language>/{PAGE}")
def signing_file(language: str) -> Response:
    """The letter, form, key and script in one file that works from disk; to be kept, not to be shown."""
    answer = for_everyone(or_not_found(context().files.contents.get(language)), HTML)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename(language)}"'
    return answer


@blueprint.get(f"/{PUBLICATION_FILE}")
def publication_json() -> Response:
    """The publication, exactly as the organizers signed it."""
    return for_everyone(or_not_found(context().current.result).file, "application/json")


@blueprint.get("/" + minisig_name("<signer>"))
def publication_minisig(signer: str) -> Response:
    """One organizer's minisign signature of the publication."""
    minisig = or_not_found(or_not_found(context().current.result).shown.minisigs.get(signer))
    return for_everyone(AsItIs(minisig.encode("utf-8")), MINISIG)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while an envelope could be kept and there is a key to seal to, 503 otherwise."""
    context().submissions.require_ready()
    if context().appeal.lacks_key(context().today()):
        raise Refused(_NO_KEY)
    return Response("ok\n", mimetype="text/plain")
