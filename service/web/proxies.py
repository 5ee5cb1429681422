"""Who asks, behind proxies: each of them adds the address that it saw to X-Forwarded-For, as the last one.

Nothing else that a proxy may say is believed. werkzeug's ProxyFix reads the header as a list that may have quotes: that
takes eight times as long (docs/decisions/0022-front.md), and a quote that a client opens would hide what a proxy adds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BehindProxies:
    """A WSGI application before another one: it tells that one the address that the outermost of `hops` proxies saw."""

    def __init__(self, behind: WSGIApplication, hops: int) -> None:
        self._behind, self._hops = behind, hops

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        addresses = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(addresses) >= self._hops and (address := addresses[-self._hops].strip()):
            environ["REMOTE_ADDR"] = address
        return self._behind(environ, start_response)
