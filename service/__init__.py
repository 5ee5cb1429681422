"""The service: takes sealed envelopes, cannot open them, and shows what organizers signed.

`create_app` is the only place where its parts are put together, and where errors become answers.
`STORE_ADDRESSES` is the only place that names the stores; how to add one is written in service/stores/base.py.
"""

from __future__ import annotations

import logging
import random
import re
import secrets
import time
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Request, Response, request
from flask_babel import Babel
from werkzeug.exceptions import HTTPException

from service.appeal import PublishedAppeal
from service.appeal_reader import load_appeal
from service.limits.client_keys import ClientKeys, KeyFile
from service.limits.counters import Counters
from service.limits.load import BLUR, Load
from service.limits.proof_of_work import ProofOfWork
from service.limits.rate_limit import limit_blueprint, rate_limit
from service.limits.unpaid import Lot, unpaid_limit
from service.problems import STANDARD, Problem, Refused, for_status
from service.settings import Settings
from service.site.headers import security_headers
from service.site.publications import Publications
from service.site.rendering import HTML, Assets, Pages
from service.site.result import CurrentResult
from service.site.signing_file import make_files
from service.stores.base import EnvelopeStore, StoreAddress, StoreUnavailable
from service.stores.file_store import FileAddress
from service.stores.health import HealthCheck, Readiness
from service.stores.redis_store import RedisStoreAddress
from service.web import desk_api, desk_page, hand_in, public, results
from service.web.context import EXTENSION, SiteContext
from service.web.envelopes import Submissions
from service.web.fast_path import FastPath
from service.web.forgetting import EXTENSION as FORGETTING
from service.web.forgetting import Forgetting
from service.web.proxies import Unnamed

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ROOT = Path(__file__).parent.parent
# All stores there are, each by the class of its address.
STORE_ADDRESSES: tuple[type[StoreAddress], ...] = (FileAddress, RedisStoreAddress)
# Envelopes have 4 kB; only the desk raises this, for a publication, after its token was checked.
BODY_MOST = 64 * 1024

# Forms that people send; all other POSTs come from programs.
_FORMS = re.compile("/(?:desk|hand-in|result)$")

_log = logging.getLogger("undersigned")


def today_utc() -> date:
    """The day by which keys and closing dates are judged."""
    return datetime.now(UTC).date()


def seconds_since_boot() -> float:
    """A clock that nobody sets, and that counts the time in which the machine slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def parse_store(text: str) -> StoreAddress:
    """The address of the store that a setting names, such as `file:/var/lib/undersigned/envelopes`.

    Raises ValueError with a sentence that goes on after the name of the setting.
    """
    scheme = text.partition(":")[0].lower()
    for kind in STORE_ADDRESSES:
        if scheme in kind.schemes:
            return kind.parse(text)
    *others, last = (scheme for kind in STORE_ADDRESSES for scheme in kind.schemes)
    raise ValueError(f"must begin with {', '.join(others)} or {last}.")


def create_app(
    settings: Settings,
    store: EnvelopeStore,
    today: Callable[[], date] = today_utc,
    clock: Callable[[], float] = seconds_since_boot,
) -> Flask:
    """The WSGI application; `clock` never goes back. Raises AppealFolderError, PublicationError, OSError."""
    app = Flask("service", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MOST
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    Babel(app, default_translation_directories=str(ROOT / "service" / "translations"))
    assets = Assets.load()
    files = make_files(app, load_appeal(settings.appeal), assets)
    appeal = files.appeal
    headers = security_headers([assets.script.encode(), assets.exit.encode()], [assets.style.encode()])
    counters = Counters(clock, settings.limits_server)
    publications = Publications(settings.publications, appeal.programs, appeal.signers)
    current = CurrentResult(publications, appeal.addresses)
    pages = Pages(app, appeal, assets, lambda: current.result)
    keys, limits = _client_keys(counters, settings.listen.socket), settings.limits
    submissions = _submissions(settings, store, appeal, today, clock, counters, keys)
    token = settings.desk_token_sha256
    context = SiteContext(token, appeal, store, publications, current, pages, files, submissions, today)
    app.extensions[EXTENSION] = context
    for blueprint in (public.blueprint, results.blueprint, results.search):
        app.register_blueprint(blueprint)
    limited = {
        hand_in.blueprint: submissions.limit,
        desk_api.blueprint: rate_limit(counters, keys, desk_api.blueprint.name, limits.desk),
        desk_page.blueprint: rate_limit(counters, keys, desk_page.blueprint.name, limits.desk),
    }
    for blueprint, check in limited.items():
        app.register_blueprint(blueprint)
        limit_blueprint(app, blueprint, check)
    _answer_errors(app)
    forgetting = app.extensions[FORGETTING] = Forgetting(app.wsgi_app, keys.end)
    search_limit = rate_limit(counters, keys, results.search.name, limits.search)
    front = FastPath(forgetting, context, headers, _problem_for, _refusal(pages), search_limit)
    app.wsgi_app = Unnamed(front, settings.trusted_hops, keys.key)  # type: ignore[method-assign]  # the way Flask documents
    return app


def _client_keys(counters: Counters, socket: Path | None) -> ClientKeys:
    """The names of clients; nginx, which comes by a socket, gives them with the key that lies beside it."""
    file = KeyFile(socket.parent) if socket else None
    return ClientKeys(seconds_since_boot, secrets.token_bytes, counters.names_key, file)


def _submissions(
    settings: Settings,
    store: EnvelopeStore,
    appeal: PublishedAppeal,
    today: Callable[[], date],
    clock: Callable[[], float],
    counters: Counters,
    keys: ClientKeys,
) -> Submissions:
    free, limits, chance = settings.work_above, settings.limits, random.SystemRandom()
    health = HealthCheck(counters.faults, clock)
    limit = _while_healthy(health, rate_limit(counters, keys, "envelopes", limits.envelopes))
    load = Load(free, limits.everyone.under("everyone"), store.count, clock, lambda: chance.gammavariate(*BLUR))
    work = ProofOfWork(load.steps, time.time, counters.secret)
    unpaid = unpaid_limit(counters, keys, Lot(free, clock, chance.random))
    ready = Readiness((health.require_healthy, store.check), clock)
    return Submissions(store, work, limit, unpaid, appeal.accepted_key_ids, today, ready)


def _while_healthy(health: HealthCheck, check: Callable[[str | None], None]) -> Callable[[str | None], None]:
    def check_both(address: str | None) -> None:
        health.require_healthy()
        check(address)

    return check_both


def _answer_errors(app: Flask) -> None:
    refuse = _refusal(_context_of(app).pages)

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response:
        return refuse(request.environ, _problem_for(error))


def _refusal(pages: Pages) -> Callable[[WSGIEnvironment, Problem], Response]:
    """Makes the answer to a request out of a Problem: a page for people, the Problem itself for programs."""

    def answer(environ: WSGIEnvironment, problem: Problem) -> Response:
        asking = Request(environ)
        if not _is_reading_a_page(asking):
            return problem.response()
        page = Response(pages.error(asking.path.split("/")[1], problem.status), problem.status, content_type=HTML)
        if problem.retry_after is not None:
            page.headers["Retry-After"] = str(problem.retry_after)
        return page

    return answer


def _problem_for(error: Exception) -> Problem:
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, StoreUnavailable):
        return STANDARD[503]
    if isinstance(error, HTTPException) and error.code is not None:
        return for_status(error.code)
    # The kind of error and the place in our code; never its text, which may repeat what somebody sent.
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s at %s:%s", type(error).__name__, Path(place.filename).name, place.lineno)
    return STANDARD[500]


def _is_reading_a_page(asking: Request) -> bool:
    is_page = asking.method in ("GET", "HEAD") or _FORMS.search(asking.path) is not None
    # A browser names images, too, and rates them like pages; a program that takes anything gets what programs read.
    accepted = asking.accept_mimetypes
    return is_page and accepted.quality("text/html") > accepted.quality("application/problem+json")


def _context_of(app: Flask) -> SiteContext:
    found = app.extensions[EXTENSION]
    assert isinstance(found, SiteContext)
    return found
