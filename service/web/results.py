"""The addresses of the result: its files for programs, and the search. fast_path.py answers its pages as such.

A search is a form sent by POST: what somebody looks for stays out of the address, and so out of the browser's history.
It is not logged or kept here either.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from crypto.publication import PUBLICATION_FILE, minisig_name
from service.problems import or_not_found
from service.site.compression import AsItIs, for_everyone, for_one
from service.site.rendering import HTML
from service.site.result import Result
from service.web.context import context
from service.web.public import MINISIG

blueprint = Blueprint("result", __name__)
search = Blueprint("search", __name__)

# Twice what the longest query needs, encoded for a form.
_FORM_MOST = 4096
_DIGITS_MOST = 6


@search.post("/<language>/result")
def find(language: str) -> Response:
    """The page of the result with the names that fit."""
    request.max_content_length = _FORM_MOST
    number = request.form.get("page", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= _DIGITS_MOST
    content = context().pages.search(language, request.form.get("q", ""), int(number) if is_number else 1)
    return for_one(or_not_found(content), HTML)


@blueprint.get("/result.json")
def result_json() -> Response:
    """A summary for programs (docs/result.md)."""
    return for_everyone(_result().json, "application/json")


@blueprint.get("/result.csv")
def result_csv() -> Response:
    """The public names as a table."""
    answer = for_everyone(_result().csv, "text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="result.csv"'
    return answer


@blueprint.get(f"/publications/<int:number>/{PUBLICATION_FILE}")
def earlier_publication(number: int) -> Response:
    """One of all publications, so that `previous` can be checked."""
    return _file(number, PUBLICATION_FILE, "application/json")


@blueprint.get(f"/publications/<int:number>/{minisig_name('<signer>')}")
def earlier_minisig(number: int, signer: str) -> Response:
    """One organizer's minisign signature of it."""
    return _file(number, minisig_name(signer), MINISIG)


def _file(number: int, name: str, content_type: str) -> Response:
    return for_everyone(AsItIs(or_not_found(context().publications.file(number, name))), content_type)


def _result() -> Result:
    return or_not_found(context().current.result)
