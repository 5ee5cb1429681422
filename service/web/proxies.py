"""Who asks, behind proxies: each of them adds the address that it saw to X-Forwarded-For, as the last one.

nginx writes a name in place of the address; where an address comes, it is made a name here, before anything else sees
the request. Nothing else that a proxy may say is believed. werkzeug's ProxyFix reads the header as a list that may have
quotes: that takes eight times as long (docs/decisions/0022-front.md), and a quote that a client opens would hide what a
proxy adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Unnamed:
    """A WSGI application before another one, which it tells the client's `name` in place of its address.

    That is what the outermost of `hops` proxies saw.
    """

    def __init__(self, behind: WSGIApplication, hops: int, name: Callable[[str | None], str]) -> None:
        self._behind, self._hops, self._name = behind, hops, name

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = environ.pop("REMOTE_ADDR", None)
        environ.pop("REMOTE_PORT", None)
        addresses = environ.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < self._hops <= len(addresses):
            address = addresses[-self._hops].strip() or address
        environ["REMOTE_ADDR"] = self._name(address)
        return self._behind(environ, start_response)
