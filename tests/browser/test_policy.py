"""The protective headers, by what they stop in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.support.service_process import Served


class Stranger(ThreadingHTTPServer):
    """Another site, which remembers what reaches it and answers every request with `page`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.page = b"<!doctype html><title>stranger</title>"
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        """By another name of the same machine: another site to the browser."""
        return f"http://localhost:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Stranger

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Referer")))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(self.server.page)

    do_POST = do_GET

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    """Another site."""
    server = Stranger()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(tab: Page) -> Page:
    """A tab of a phone that is used again."""
    return tab


@pytest.fixture
def letter(page: Page, site: Served) -> Page:
    """The page of the letter."""
    page.goto(f"{site.url}/en/")
    expect(page.locator("#submit")).to_be_visible()
    return page


def test_the_pages_own_script_and_style_do_run(letter: Page) -> None:
    """The policy is not so strict that nothing works."""
    assert letter.evaluate("getComputedStyle(document.getElementById('submit')).cursor") == "pointer"
    expect(letter.locator("#not-started")).to_be_hidden()


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch(url)",
        "fetch(url, {method: 'POST', body: 'x', mode: 'no-cors'})",
        "new Image().src = url",
        "navigator.sendBeacon(url, 'x')",
        "new WebSocket(url.replace('http', 'ws'))",
        "new EventSource(url)",
        "document.body.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href: url}))",
        "document.body.append(Object.assign(document.createElement('link'), {rel: 'prefetch', href: url}))",
        "document.body.append(Object.assign(document.createElement('iframe'), {src: url}))",
        "document.body.append(Object.assign(document.createElement('video'), {src: url}))",
        "document.body.append(Object.assign(document.createElement('object'), {data: url}))",
        "(() => { const f = document.createElement('form'); f.action = url; document.body.append(f); f.submit() })()",
        "document.head.append(Object.assign(document.createElement('base'), {href: url})), fetch('x')",
        "new Worker(url)",
    ],
)
def test_nothing_gets_out_to_another_site(letter: Page, stranger: Stranger, attempt: str) -> None:
    """Even a script inside the page reaches no stranger by these ways; the browser reports each attempt."""
    letter.evaluate(
        """(address) => {
            window.blocked = 0;
            document.addEventListener('securitypolicyviolation', () => { window.blocked += 1 });
            window.address = address;
        }""",
        f"{stranger.url}/stolen",
    )
    tried = f"try {{ Promise.resolve({attempt}).catch(() => 0) }} catch {{}}"
    letter.evaluate(f"() => {{ const url = window.address; {tried} }}")
    letter.wait_for_function("window.blocked > 0")
    assert stranger.asked == []


@pytest.mark.parametrize(
    "attempt",
    [
        "document.getElementById('letter').innerHTML = '<b>x</b>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.write('x')",
        "new Function('return 1')",
        "Object.assign(document.createElement('script'), {text: '1'})",
        "document.createElement('script').src = '/x.js'",
        "trustedTypes.createPolicy('p', {createHTML: (s) => s})",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    ],
)
def test_text_never_becomes_markup_or_code(letter: Page, attempt: str) -> None:
    """Trusted Types without a single policy."""
    # In a timer: what the test evaluates directly is exempt from the policy.
    tried = f"() => {{ try {{ {attempt}; resolve('done') }} catch (error) {{ resolve(error.name) }} }}"
    assert letter.evaluate(f"() => new Promise((resolve) => setTimeout({tried}))") in ("TypeError", "EvalError")


@pytest.mark.parametrize(
    "element",
    [
        "<script>window.intruder = true</script>",
        "<img src=x onerror='window.intruder = true'>",
        "<style>body{color:red}</style>",
    ],
)
def test_foreign_script_and_style_inside_the_page_do_nothing(page: Page, site: Served, element: str) -> None:
    """Somebody managed to put an element into the page's bytes: its hash is not in the policy."""

    def tamper(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        route.fulfill(response=answer, body=answer.text().replace("</main>", element + "</main>"))  # type: ignore[attr-defined]

    page.route("**/en/", tamper)
    page.goto(f"{site.url}/en/")
    expect(page.locator("#submit")).to_be_visible()
    assert element[:8] in page.content()
    assert page.evaluate("window.intruder") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"


def test_nobody_can_put_the_page_into_a_frame(page: Page, site: Served, stranger: Stranger) -> None:
    """A stranger's page cannot lay something over ours."""
    stranger.page = f"<iframe id=f src='{site.url}/en/'></iframe>".encode()
    with page.expect_event("requestfailed", lambda request: request.url.startswith(site.url)) as caught:
        page.goto(stranger.url)
    assert caught.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"
    assert not [frame for frame in page.frames if frame.locator("#submit").count()]


def test_a_stranger_who_opens_the_page_keeps_no_hold_on_it(page: Page, site: Served, stranger: Stranger) -> None:
    """Opened from another site, the page has no opener, and the opener no window."""
    stranger.page = b"<button id=b>open</button>"
    page.goto(stranger.url)
    with page.context.expect_page() as caught:
        page.evaluate(f"window.held = window.open('{site.url}/en/')")
    opened = caught.value
    expect(opened.locator("#submit")).to_be_visible()
    assert opened.evaluate("window.opener") is None
    assert page.evaluate("window.held.closed") is True


def test_a_stranger_cannot_read_or_embed_what_we_serve(page: Page, site: Served, stranger: Stranger) -> None:
    """Neither a fetch nor an image of another site gets our bytes."""
    page.goto(stranger.url)
    for path in ("/appeal.json", "/en/"):
        assert page.evaluate(f"fetch('{site.url}{path}').then(() => 'read', (error) => error.name)") == "TypeError"
        assert (
            page.evaluate(f"fetch('{site.url}{path}', {{mode: 'no-cors'}}).then(() => 'got', (error) => error.name)")
            == "TypeError"
        )


def test_leaving_tells_nobody_where_one_comes_from(letter: Page, stranger: Stranger) -> None:
    """No Referer."""
    letter.evaluate("(url) => { location.href = url }", f"{stranger.url}/arrived")
    letter.wait_for_url("**/arrived")
    assert ("/arrived", None) in stranger.asked
    assert letter.evaluate("document.referrer") == ""


def test_the_device_offers_the_page_nothing_it_does_not_need(letter: Page) -> None:
    """Camera, microphone and place are refused before anyone is asked."""
    refused = letter.evaluate("navigator.permissions.query({name: 'geolocation'}).then((found) => found.state)")
    assert refused == "denied"
    allowed = letter.evaluate("document.featurePolicy ? document.featurePolicy.allowedFeatures() : null")
    assert not {"camera", "microphone", "geolocation", "usb", "payment", "serial", "midi"} & set(allowed)
