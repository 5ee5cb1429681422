"""`python -m tests.support.shared_limit_in_front`: the service, made wrong on purpose.

The limit of everyone is charged for whatever comes to a door of the store, before it is looked at.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

import service.__main__
from service import parse_store
from service.limits.windows import Hit, MemoryWindows
from service.problems import STANDARD
from service.settings import read_settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

right = service.__main__.app


def app() -> Flask:
    """What granian calls instead of the right one."""
    application, windows = right(), MemoryWindows(time.monotonic)
    limits = read_settings(os.environ, parse_store).limits.everyone.under("everyone")
    behind = application.wsgi_app

    def in_front(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_door = environ["PATH_INFO"] == "/envelopes" or environ["REQUEST_METHOD"] == "POST"
        if is_door and not windows.hit([Hit(limit, "everyone") for limit in limits]):
            return STANDARD[429].response()(environ, start_response)
        return behind(environ, start_response)

    application.wsgi_app = in_front  # type: ignore[method-assign]
    return application


if __name__ == "__main__":
    service.__main__.app = app
    sys.exit(service.__main__.main())
