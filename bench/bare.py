"""The yardstick of bench/serve.py: a bare Flask view on the same server, without limits and without a store."""

from __future__ import annotations

from flask import Flask, Response, request

# The size of the letter's page, uncompressed.
PAGE_SIZE = 120_000


def app() -> Flask:
    """The factory that granian calls."""
    bare = Flask(__name__, static_folder=None)
    page = b"x" * PAGE_SIZE

    @bare.post("/envelopes")
    def submit() -> Response:
        request.get_data(cache=False)
        return Response(status=201)

    @bare.get("/en/")
    def show() -> Response:
        return Response(page, content_type="text/html; charset=utf-8")

    return bare
