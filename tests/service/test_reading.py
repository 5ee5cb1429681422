"""What anyone may read has no price that the reader sets: it is made once, and never by all threads together."""

from __future__ import annotations

import cProfile
import gc
import gzip
import re
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import brotli
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import digest
from service import create_app
from service.__main__ import THREADS
from service.settings import Settings
from service.site.frame import Frame, FramedPage
from service.site.pacing import PacedTurns
from service.stores.file_store import FileStore
from service.web import fast_path
from service.web.context import EXTENSION, SiteContext
from service.web.places import FULL, READING, SEARCHING
from tests.support.envelopes import post
from tests.support.paths import ROOT
from tests.support.publications import hand_in, publication
from tests.support.sample_appeal import TODAY, limits_of
from tests.support.site_map import SHIPPED_LANGUAGES, routes

Keys = tuple[MinisignSecretKey, MinisignSecretKey]

ENCODINGS = ("gzip, deflate, br, zstd", "gzip", "identity", "br;q=0, gzip;q=0.001", "*", "gzip;q=0", "")
FURTHER = [f"/{language}/result-{number}" for language in SHIPPED_LANGUAGES for number in (2, 3)]
NAMES = tuple(f"Імя {number}" for number in range(450))


@pytest.fixture(scope="module")
def shown(settle: Callable[[str], Settings], minisign_keys: Keys) -> Iterator[Flask]:
    """A site that shows a result with three pages of names."""
    settings = settle("reading")
    store = FileStore(settings.data / "envelopes")
    app = create_app(settings, store, today=lambda: TODAY)
    assert hand_in(app.test_client(), publication(NAMES), minisign_keys[0]).status_code == 201
    yield app
    store.close()


def addresses(app: Flask) -> list[str]:
    """Everything that can be asked for with GET, further pages of the list, too, and what is not there."""
    found = [route.address for route in routes(app) if route.method == "GET"]
    return [*found, *FURTHER, "/be/nothing", "/be/result-4", "/publications/2/publication.json"]


def made_by(work: Callable[[], Any]) -> list[str]:
    """What was rendered or compressed meanwhile."""
    profile = cProfile.Profile()
    profile.runcall(work)
    names = [getattr(entry.code, "co_name", str(entry.code)) for entry in profile.getstats()]
    return [name for name in names if re.search(r"\bcompress\b|^render_template", name)]


def test_what_everyone_reads_is_made_once(shown: Flask) -> None:
    """In each language, by GET and HEAD, however it is encoded: for whoever comes second nothing is made."""
    client = shown.test_client()
    for address in addresses(shown):
        for accepted in ENCODINGS[:3]:
            headers = {"Accept-Encoding": accepted}
            client.get(address, headers=headers)
            assert made_by(partial(client.get, address, headers=headers)) == [], (address, accepted)
        assert made_by(partial(client.head, address)) == []


def test_whoever_sends_rubbish_has_nothing_made(shown: Flask) -> None:
    """The page that refuses a text is there from the first time on."""
    client = shown.test_client()
    send = partial(client.post, "/be/hand-in", data={"envelope": "rubbish"})
    assert send().status_code == 400
    assert made_by(send) == []


def test_the_control_is_found_out(shown: Flask) -> None:
    """What is rendered or compressed for each request, as all of it was once, in each way."""
    context, page = context_of(shown), b"a page" * 1000
    for work in (
        lambda: brotli.compress(page),
        lambda: gzip.compress(page),
        lambda: FramedPage(Frame(page, page), page),
        lambda: context.pages.search("be", "імя", 1),
        lambda: context.pages.desk("be", None),
    ):
        assert made_by(work)


def context_of(app: Flask) -> SiteContext:
    """The context of an application."""
    found: SiteContext = app.extensions[EXTENSION]
    return found


def kept() -> int:
    """Bytes that Python holds on to: not those that wait to be collected, whose number is chance."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def growth(work: Callable[[int], Any], times: int) -> int:
    """Bytes that Python has more of after the last half of so many times than after the first."""
    tracemalloc.start()
    try:
        for number in range(times // 2):
            work(number)
        before = kept()
        for number in range(times // 2, times):
            work(number)
        return kept() - before
    finally:
        tracemalloc.stop()


def test_reading_and_searching_fill_no_memory(shown: Flask) -> None:
    """However many addresses, encodings and queries: what is kept is made of the result, not of requests."""
    client = shown.test_client()
    everything = addresses(shown)

    def read(number: int) -> None:
        accepted = {"Accept-Encoding": ENCODINGS[number % len(ENCODINGS)]}
        client.get(f"{everything[number % len(everything)]}?{number}", headers=accepted)
        client.get(f"/be/result-{number}", headers=accepted)
        client.get(f"/be/{number}", headers=accepted)
        if number % 10 == 0:
            client.post("/be/result", data={"q": f"імя {number}"}, headers=accepted)

    for address in everything:
        for accepted in ENCODINGS:
            client.get(address, headers={"Accept-Encoding": accepted})
    remembered = lru_cache(maxsize=512)(lambda number: brotli.compress(bytes(f"a page {number}", "ascii") * 5000) * 100)
    assert growth(read, 400) < 100_000
    assert growth(remembered, 400) > 500_000


@given(before=st.binary(max_size=2000), middle=st.binary(max_size=2000), after=st.binary(max_size=2000))
def test_a_framed_page_is_one_ordinary_gzip(before: bytes, middle: bytes, after: bytes) -> None:
    """One member with nothing behind it, and the same plain bytes."""
    page = FramedPage(Frame(before, after), middle)
    content, encoding = page.sent_to("gzip")
    decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert encoding == "gzip"
    assert decompressor.decompress(content) == before + middle + after
    assert (decompressor.eof, decompressor.unused_data) == (True, b"")
    assert page.sent_to("br;q=1") == (before + middle + after, None)


def test_a_further_page_is_that_of_the_result_around_other_names(shown: Flask) -> None:
    """Compressed or not, byte for byte; and hardly larger than if it had been compressed whole."""
    client = shown.test_client()
    first = client.get("/be/result").data
    for address in FURTHER[:2]:
        plain = client.get(address).data
        packed = client.get(address, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain
        assert len(packed.data) < 1.02 * len(gzip.compress(plain))
        assert plain.startswith(first[: first.index(b"<main")])
        assert plain.endswith(first[first.index(b'<section id="counts"') :])


@pytest.mark.parametrize("path", ["/be/", "/be/result", "/be/result-2", "/be/feed.atom", "/appeal.json",
                                  "/publication.json", "/result.csv", "/publications/1/publication.json"])  # fmt: skip
def test_whoever_has_it_already_is_told_so(shown: Flask, path: str) -> None:
    """304 without content for the ETag of now, in any encoding; the whole answer for any other."""
    client = shown.test_client()
    whole = client.get(path, headers={"Accept-Encoding": "gzip"})
    known = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["ETag"] == whole.headers["ETag"]
    assert known.headers["Content-Security-Policy"] == whole.headers["Content-Security-Policy"]
    for other in ('W/"0"', "*", '"', whole.headers["ETag"][:-1]):
        assert client.get(path, headers={"If-None-Match": other}).status_code == 200


def test_a_change_is_another_etag(settings: Settings, store: FileStore, minisign_keys: Keys) -> None:
    """After another result, each address that shows it is sent whole again to who had the one before."""
    client = create_app(settings, store, today=lambda: TODAY).test_client()
    first = publication(NAMES)
    assert hand_in(client, first, minisign_keys[0]).status_code == 201
    paths = ("/be/", "/be/result", "/be/result-2", "/be/feed.atom", "/publication.json", "/result.json", "/result.csv")
    tags = {path: client.get(path).headers["ETag"] for path in paths}
    second = publication(("Аа", *NAMES), number=2, previous=digest(first), date="2026-11-22")
    assert hand_in(client, second, minisign_keys[0]).status_code == 201
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path


def test_while_something_new_is_made_readers_get_what_was_there(
    settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """Nobody waits for the one who makes it, with a thread each; afterwards it is there."""
    today = [TODAY]
    app = create_app(settings, store, today=lambda: today[0])
    client, context = app.test_client(), context_of(app)
    first = publication(NAMES)
    second = publication(NAMES, number=2, previous=digest(first), date="2026-11-22")
    assert hand_in(client, first, minisign_keys[0]).status_code == 201
    before = [client.get(path).data for path in ("/be/", "/result.json")]
    with context.pages._lock, context.current._lock:  # as the one who makes it has them
        today[0] = TODAY.replace(day=TODAY.day + 1)
        context.publications.accept(second, [sign(minisign_keys[0], second, "a test")])
        assert [client.get(path).data for path in ("/be/", "/result.json")] == before
    after = [client.get(path).data for path in ("/be/", "/result.json")]
    assert before[0] != after[0]
    assert before[1] != after[1]


@dataclass
class Stuck:
    """An application whose readers stay where they are until `go` is set, and the threads that the server has."""

    client: Callable[[], FlaskClient]
    pool: ThreadPoolExecutor
    go: threading.Event = field(default_factory=threading.Event)
    inside: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def ask(self, method: str, address: str, **more: Any) -> Future[Any]:
        """A request, as soon as there is a thread for it."""
        return self.pool.submit(lambda: self.client().open(address, method=method, **more))


@contextmanager
def stuck(settings: Settings, store: FileStore) -> Iterator[Stuck]:
    """As many threads as the service has, and readers of `/` and searches that do not come to an end."""
    app = create_app(settings, store, today=lambda: TODAY)
    with ThreadPoolExecutor(THREADS) as pool:
        here = Stuck(app.test_client, pool)

        def stay() -> None:
            if request.path == "/" or request.method == "POST":
                here.inside.release()
                here.go.wait()

        app.before_request(stay)
        try:
            yield here
        finally:
            here.go.set()


@pytest.mark.parametrize(("method", "address", "places"), [("GET", "/", READING), ("POST", "/be/result", SEARCHING)])
def test_readers_never_hold_all_threads(
    settings: Settings, store: FileStore, envelope: bytes, method: str, address: str, places: int
) -> None:
    """As many as there are places are inside, all others are refused in words, and an envelope is kept meanwhile."""
    with stuck(settings, store) as site:
        asking = [site.ask(method, address, headers={"Accept": "text/html"}) for _ in range(THREADS + places)]
        for _ in range(places):
            assert site.inside.acquire(timeout=30)
        sent = site.pool.submit(lambda: post(site.client(), envelope))
        assert sent.result(timeout=30).status_code == 201
        assert site.ask("OPTIONS", "/envelopes").result(timeout=30).status_code == 204
        assert site.ask("GET", "/be/how").result(timeout=30).status_code == 200
        refused = [each.result() for each in asking if each.done()]
        assert len(refused) == THREADS
        for answer in refused:
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(FULL.retry_after))
            assert "Сэрвіс" in answer.text
        site.go.set()
        assert [each.result().status_code for each in asking].count(503) == THREADS
        assert site.ask("GET", "/").result(timeout=30).status_code == 303


def test_whoever_searches_too_often_takes_no_place(settings: Settings, store: FileStore) -> None:
    """Counted before: with all places taken, a client beyond its limit hears that, and not that there is no place."""
    settings = replace(settings, limits=limits_of("9/minute", "9/minute", "9/minute", f"{SEARCHING}/minute"))
    with stuck(settings, store) as site:
        for _ in range(SEARCHING):
            site.ask("POST", "/be/result")
        for _ in range(SEARCHING):
            assert site.inside.acquire(timeout=30)
        refused = site.ask("POST", "/be/result").result(timeout=30)
        other = site.ask("POST", "/be/result", environ_base={"REMOTE_ADDR": "192.0.2.9"}).result(timeout=30)
        assert [refused.status_code, other.status_code] == [429, 503]


def test_without_places_for_readers_nobody_can_sign(
    settings: Settings, store: FileStore, envelope: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same crowd, with as many places as there are threads, as it was."""
    monkeypatch.setattr(fast_path, "READING", 2 * THREADS)
    with stuck(settings, store) as site:
        for _ in range(2 * THREADS):
            site.ask("GET", "/")
        for _ in range(THREADS):
            assert site.inside.acquire(timeout=30)
        sent = site.pool.submit(lambda: post(site.client(), envelope))
        with pytest.raises(StillWaiting):
            sent.result(timeout=0.5)
        site.go.set()
        assert sent.result(timeout=30).status_code == 201


def test_readers_and_the_desk_leave_threads_for_those_who_sign() -> None:
    """By the numbers of all four, wherever they stand."""
    nginx = (ROOT / "deploy" / "nginx" / "answers.conf").read_text("utf-8")
    desk, organizers = map(int, re.findall(r"limit_conn desk(?:_organizers)? (\d+);", nginx))
    assert READING + SEARCHING + desk + organizers <= THREADS - 8


def test_a_full_place_is_free_again_whatever_happened(settings: Settings, store: FileStore) -> None:
    """Errors and refusals give it back."""
    client = create_app(settings, store, today=lambda: TODAY).test_client()
    for _ in range(READING + 1):
        assert client.get("/nowhere/at/all").status_code == 404
        assert client.post("/be/result", data="x" * 100_000).status_code in (404, 413)
    assert client.get("/").status_code == 303


def test_searches_take_turns_and_rest() -> None:
    """One at a time; after each, the next waits for so many times what it took, less what has passed anyway."""
    spent, now = [0.0], [100.0]
    waited: list[float] = []
    turns = PacedTurns(4.0, spent=lambda: spent[0], clock=lambda: now[0], wait=waited.append)
    for passed in (0.0, 0.1, 9.0):
        with turns:
            spent[0] += 0.05
            assert not turns._lock.acquire(blocking=False)
        now[0] += passed
    with turns:
        pass
    assert waited == [0.0, pytest.approx(0.2), pytest.approx(0.1), 0.0]
