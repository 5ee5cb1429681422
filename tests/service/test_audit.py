"""Mistakes that others made, each looked for here with a control; docs/promises.md names where the others are tried."""

from __future__ import annotations

import ast
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.settings import Settings
from tests.support.nginx_site import Front, front, serving_behind
from tests.support.paths import ROOT
from tests.support.raw_http import body_of, exchange, request, status
from tests.support.sample_appeal import TOKEN
from tests.support.site_map import PARTS, Route, routes
from tests.support.sources import Sources, made_up, python, read_sources

ANYONE, TOKEN_HOLDERS = "anyone", "who has the token"
# Who may do what. A route without a row fails.
WHO = {
    "GET /": ANYONE,
    "GET /<language>": ANYONE,
    "GET /<language>/sign.html": ANYONE,
    "GET /appeal.json": ANYONE,
    "GET /desk": ANYONE,
    "GET /healthz": ANYONE,
    "GET /ledger": TOKEN_HOLDERS,
    "GET /publication.json": ANYONE,
    "GET /publication.json.<signer>.minisig": ANYONE,
    "GET /publications/<int:number>/publication.json": ANYONE,
    "GET /publications/<int:number>/publication.json.<signer>.minisig": ANYONE,
    "GET /result.csv": ANYONE,
    "GET /result.json": ANYONE,
    "POST /<language>/desk": TOKEN_HOLDERS,
    "POST /<language>/hand-in": ANYONE,
    "POST /<language>/result": ANYONE,
    "POST /publication": TOKEN_HOLDERS,
}
NO_TOKEN = None
WRONG_TOKENS = ("", "x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "é" * 300)
Ask = Callable[[str | None], TestResponse]


def rules_of(app: Flask) -> dict[str, tuple[str, str]]:
    """Method and rule of each route -> its method, and its address with all parts filled in."""
    return {
        f"{method} {rule.rule}": (method, re.sub(r"<(?:\w+:)?(\w+)>", lambda part: PARTS[part[1]], rule.rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
    }


def asking(client: FlaskClient, method: str, address: str) -> Ask:
    """Asks at an address with a token: in the header, and in the form where the desk's page takes it."""

    def ask(token: str | None) -> TestResponse:
        given = {} if token is None else {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
        if not address.endswith("/desk") or method == "GET":
            return client.open(address, method=method, headers=given)
        form = {"token": token or "", "what": "count"}
        return client.post(address, data=form, content_type="multipart/form-data")

    return ask


def without_their_check(app: Flask) -> list[str]:
    """The routes that have no row, and those that answer otherwise than their row says."""
    wrong, client = [], app.test_client()
    for name, (method, address) in rules_of(app).items():
        ask, who = asking(client, method, address), WHO.get(name)
        refused = [ask(token).status_code == 401 for token in (NO_TOKEN, *WRONG_TOKENS)]
        expected = {ANYONE: (False, False), TOKEN_HOLDERS: (True, False)}.get(who or "")
        if (
            expected is None
            or {*refused, expected[0]} != {expected[0]}
            or (ask(TOKEN).status_code == 401) != expected[1]
        ):
            wrong.append(name)
    return wrong


def test_no_route_misses_its_check(app: Flask) -> None:
    """Every route with no token, wrong ones and the right one."""
    assert rules_of(app).keys() == WHO.keys()
    assert without_their_check(app) == []


@pytest.mark.control
def test_a_route_that_misses_its_check_is_found(app: Flask) -> None:
    """a new one without a row, and the ledger for everyone."""
    app.add_url_rule("/new", view_func=lambda: Response())
    assert without_their_check(app) == ["GET /new"]
    app.view_functions["desk.ledger"] = lambda: Response()
    app.before_request_funcs["desk"] = []
    assert set(without_their_check(app)) == {"GET /new", "GET /ledger", "POST /publication"}


class Watched:
    """What this process did meanwhile; a hook of Python's cannot be taken away again, so there is one, asleep."""

    events: list[tuple[str, Any]] | None = None

    @classmethod
    def hear(cls, event: str, given: tuple[Any, ...]) -> None:
        if cls.events is not None and event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "open"):
            cls.events.append((event, given[1] if event == "socket.connect" else given[0]))


@pytest.fixture(scope="module", autouse=True)
def ears() -> None:
    """Hear what this process does, when somebody wants to know."""
    sys.addaudithook(Watched.hear)


@contextmanager
def watching() -> Iterator[list[tuple[str, Any]]]:
    """What happens until the end of the block."""
    Watched.events = events = []
    try:
        yield events
    finally:
        Watched.events = None


def reached(events: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What left this program."""
    return [event for event in events if event[0] != "open"]


def ask_everything(client: FlaskClient, found: list[Route]) -> None:
    for route in found:
        client.open(route.address, method=route.method, headers={"Authorization": f"Bearer {TOKEN}"})


def test_the_service_asks_nobody_while_it_runs(app: Flask, envelope: bytes) -> None:
    """No route makes it connect anywhere, look up a name or start a program."""
    client = app.test_client()
    with watching() as events:
        ask_everything(client, list(routes(app)))
        client.post("/envelopes", data=envelope, content_type="application/octet-stream")
    assert reached(events) == []


@pytest.mark.control
def test_a_service_that_asks_somebody_is_found(app: Flask) -> None:
    """a view that connects to a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]

        def view() -> Response:
            socket.create_connection(("127.0.0.1", port)).close()
            return Response()

        app.add_url_rule("/new", view_func=view)
        with watching() as events:
            ask_everything(app.test_client(), [Route("GET", "/new")])
    assert ("socket.connect", ("127.0.0.1", port)) in reached(events)


LANGUAGES = ("..", ".", "%2e%2e", "..%2f..%2f..%2fetc", "be%2f..%2f..", "BE", "be%00", "C:", "~", "%c0%ae%c0%ae", "xx")


def opened_for(app: Flask, languages: tuple[str, ...]) -> tuple[set[int], list[Any]]:
    """What every route with a language answers for these, and which files are opened meanwhile."""
    client = app.test_client()
    found = [rule for rule in rules_of(app) if "<language>" in rule] + ["GET /<language>/", "GET /<language>/how"]
    with watching() as events:
        answers = {
            client.open(
                rule.partition(" ")[2].replace("<language>", language), method=rule.partition(" ")[0]
            ).status_code
            for rule in found
            for language in languages
        }
    return answers, [path for event, path in events if event == "open"]


def test_a_language_is_never_a_path(app: Flask) -> None:
    """Whatever stands in its place, no page comes, and no file is opened but the template of the answer."""
    answers, opened = opened_for(app, LANGUAGES)
    assert answers <= {308, 400, 401, 404, 405}
    assert [path for path in opened if not Path(path).is_relative_to(ROOT / "templates")] == []


@pytest.mark.control
def test_a_language_that_is_taken_for_a_path_is_found(app: Flask, tmp_path: Path) -> None:
    """a view that opens what it is asked for."""

    def view(language: str) -> Response:
        (tmp_path / language).write_text("")
        return Response()

    app.add_url_rule("/<language>/new", view_func=view)
    answers, opened = opened_for(app, ("xx",))
    assert 200 in answers
    assert str(tmp_path / "xx") in map(str, opened)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder; its times say nothing, because they change by themselves."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_asking_changes_nothing(app: Flask, settings: Settings) -> None:
    """GET, HEAD and OPTIONS of every address, with the token, too; only /healthz writes, and what says nothing."""
    client, before = app.test_client(), contents(settings.data)
    for route in routes(app):
        if route.address == "/healthz":
            continue
        for method in ("GET", "HEAD", "OPTIONS"):
            client.open(f"{route.address}?what=file&q=x", method=method, headers={"Authorization": f"Bearer {TOKEN}"})
    assert contents(settings.data) == before


@pytest.mark.control
def test_a_request_that_changes_something_is_found(app: Flask, settings: Settings, envelope: bytes) -> None:
    """an envelope."""
    before = contents(settings.data)
    assert (
        app.test_client().post("/envelopes", data=envelope, content_type="application/octet-stream").status_code == 201
    )
    assert contents(settings.data) != before


PRIVATE = (
    "/.git/config", "/.git/HEAD", "/.env", "/.venv/pyvenv.cfg", "/settings.toml", "/config/appeal/appeal.toml",
    "/data/envelopes", "/envelopes.lock", "/var/lib/undersigned/envelopes", "/undersigned.sqlite", "/envelopes.sqlite",
    "/secrets/desk_token_sha256", "/service/__init__.py", "/run", "/requirements.txt", "/server-status", "/nginx.conf",
    "/be/../../etc/passwd", "/static/../../settings.toml", "/.well-known/../.git/config", "/backup.tar", "/dump.rdb",
    "/appendonlydir/appendonly.aof.manifest", "/acme/../tls/privkey.pem", "/tls/privkey.pem",
)  # fmt: skip


def test_no_file_beside_the_pages_can_be_reached(settings: Settings) -> None:
    """Sources, settings, envelopes, keys: not on the line, not through Tor, not over the door without TLS."""
    with front() as site, serving_behind(site, settings):
        (site.folder / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
        (site.folder / "acme" / ".well-known" / "acme-challenge" / "a").write_text("shown on purpose")
        for path in PRIVATE:
            assert answers(site, path) <= {301, 308, 400, 404, 405}, path
        # The control: what is meant to be reached is.
        assert status(exchange(site.connect(), request("GET /appeal.json"))) == 200
        plain = exchange(site.connect(tls=False), request("GET /.well-known/acme-challenge/a"))
        assert body_of(plain) == b"shown on purpose"


def answers(site: Front, path: str) -> set[int]:
    """What is answered at all three doors."""
    doors = (site.connect, lambda: site.connect_as_tor(7), lambda: site.connect(tls=False))
    return {status(exchange(door(), request(f"GET {path}"))) for door in doors}


SECRET = re.compile(r"token|secret|passw|digest|sha256|solution|signature_of", re.IGNORECASE)

PUBLIC = {
    "service/admin/restore.py": "the digest of a ledger, which is printed",
    "service/site/publications.py": "the digest of a publication, which everybody has",
    "service/web/token_form.py": "the name of the field for the token",
}


def compared_in_variable_time(sources: Sources) -> list[str]:
    """Comparisons of what bears the name of a secret with something that is no constant."""
    return [
        f"{path}:{node.lineno}"
        for path, text in python(sources, "service").items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq) and is_of_a_secret(node)
    ]


def is_of_a_secret(compared: ast.Compare) -> bool:
    """Whether one side is called like a secret and the other is no constant."""
    sides = (compared.left, compared.comparators[0])
    return any(SECRET.search(ast.unparse(side)) for side in sides) and not any(
        isinstance(side, ast.Constant) for side in sides
    )


def test_no_secret_is_compared_in_variable_time() -> None:
    """By their names in the service, but for those that are public."""
    assert {place.split(":")[0] for place in compared_in_variable_time(read_sources("service"))} == PUBLIC.keys()


@pytest.mark.control
@pytest.mark.parametrize(
    "text", ["if token == expected: pass", "x = given != self._secret", "return sha256(a) == context().token_sha256"]
)
def test_a_comparison_in_variable_time_is_found(text: str) -> None:
    """In made-up sources."""
    body = text if text.startswith("x") else f"def f():\n    {text}"
    assert len(compared_in_variable_time(made_up(f"service/a.py: {body}"))) == 1


WEAKENED = re.compile(
    r"\bapp\.(testing|debug) = |config\[.(TESTING|DEBUG)|check_hostname = False|CERT_NONE|verify=False"
)


def with_protections_off(sources: Sources) -> list[str]:
    """Tests that switch off what protects people; and wrong builds of the service outside the proofs."""
    found = [path for path, text in python(sources, "tests").items() if WEAKENED.search(text)]
    wrong = [path for path, text in python(sources, "tests").items() if "support.builds" in text]
    allowed = ("tests/proofs/", "tests/support/builds.py", "tests/support/killed_service.py")
    return found + [path for path in wrong if not path.startswith(allowed)]


def test_tests_run_the_service_with_its_protections_on(app: Flask) -> None:
    """As it runs for people: nothing is switched off for a test, and wrong builds stay among the proofs."""
    assert (app.testing, app.debug, app.config["PROPAGATE_EXCEPTIONS"]) == (False, False, None)
    sources = {path: text for path, text in read_sources("tests").items() if path != "tests/service/test_audit.py"}
    assert with_protections_off(sources) == []


@pytest.mark.control
@pytest.mark.parametrize(
    "text",
    [
        "app.testing = True",
        "app.config['DEBUG'] = 1",
        "context.verify_mode = ssl.CERT_NONE",
        "import tests.support.builds",
    ],
)
def test_a_test_with_protections_off_is_found(text: str) -> None:
    """In made-up tests."""
    assert with_protections_off(made_up(f"tests/service/test_a.py: {text}")) == ["tests/service/test_a.py"]
