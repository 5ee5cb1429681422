"""The site as it is shipped: nginx with its configuration, the service behind it, and whoever comes through."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import brotli
import pytest

from crypto.envelope import envelope_id
from crypto.minisign import MinisignSecretKey, sign
from service.limits.client_keys import KEY_SIZE, ClientKeys, KeyFile
from service.settings import Settings
from service.site.headers import security_headers
from tests.support.envelopes import Arrived, held
from tests.support.nginx_site import Front, front, lay_out, nginx_command, serving_behind, temporary_folder
from tests.support.older_text import armor
from tests.support.paths import ROOT
from tests.support.publications import publication
from tests.support.raw_http import BEARER, HOST, TYPE, body_of, exchange, headers_of, request, sealed, status
from tests.support.sample_appeal import TOKEN, limits_of
from tests.support.service_process import START_SECONDS
from tests.support.tor_network import tor_network


@pytest.fixture(scope="module")
def site_settings(settle: Callable[[str], Settings]) -> Settings:
    """Those of the site that most tests share."""
    return settle("deployment")


@pytest.fixture(scope="module")
def site(site_settings: Settings) -> Iterator[Front]:
    """nginx and the service, one for all tests that need nothing else of them."""
    with front() as running, serving_behind(running, site_settings):
        yield running


@pytest.fixture
def kept(site: Front, site_settings: Settings) -> Arrived:
    """What the site keeps of all that is sent in one test."""
    return Arrived(site_settings.store)


def test_nginx_accepts_its_configuration() -> None:
    """nginx -t, without a warning."""
    with temporary_folder() as folder:
        command = nginx_command(lay_out(folder), "-t")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "[" not in done.stderr, done.stderr


PROTECTIVE = (*map(str.lower, security_headers([], [])), "strict-transport-security")
"""Those of the service, and the one that nginx adds."""


def protection_of(answer: bytes) -> dict[str, str]:
    """The protective headers of an answer, each of which must stand there exactly once."""
    found = [(name, value) for name, value in headers_of(answer) if name in PROTECTIVE]
    assert sorted(name for name, _ in found) == sorted(PROTECTIVE), answer[:2000]
    return dict(found)


def test_a_page_comes_through_as_the_service_made_it(site: Front) -> None:
    """The same bytes, plain and compressed, at first and from nginx's memory; protective headers intact and once."""
    with socket.socket(socket.AF_UNIX) as direct:
        direct.connect(str(site.service_socket))
        made = exchange(direct, request("GET /be/"))
    expected = {name: value for name, value in headers_of(made) if name in PROTECTIVE}
    plain: Callable[[bytes], bytes] = bytes
    for accepted, encoding, decompress in (
        ("identity", None, plain),
        ("identity", None, plain),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("gzip;q=0", None, plain),
    ):
        answer = exchange(site.connect(), request("GET /be/?from=somewhere", f"Accept-Encoding: {accepted}"))
        assert dict(headers_of(answer)).get("content-encoding") == encoding
        assert decompress(answer.partition(b"\r\n\r\n")[2]) == made.partition(b"\r\n\r\n")[2]
        protection = protection_of(answer)
        assert protection.pop("strict-transport-security") == "max-age=31536000"
        assert protection == expected


def test_the_other_doors_come_through(site: Front, kept: Arrived, envelope: bytes) -> None:
    """What nginx keeps of a page does not answer its form; a file may ask and send; the file is one to be saved."""
    form = urlencode({"envelope": f"> {armor(envelope)}"}).encode()
    typed = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}", "Origin: null")
    for _ in range(2):
        assert status(exchange(site.connect(), request("GET /be/hand-in"))) == 200
    handed_in = exchange(site.connect(), request("POST /be/hand-in", *typed, body=form))
    assert status(handed_in) == 201
    assert protection_of(handed_in)["cache-control"] == "no-store"
    assert status(exchange(site.connect(), request("GET /be/hand-in"))) == 200
    asked = exchange(site.connect(), request("OPTIONS /envelopes", "Origin: null"))
    sent = exchange(site.connect(), sealed(envelope, "Origin: null"))
    assert [status(answer) for answer in (asked, sent)] == [204, 201]
    for answer in (asked, sent):
        assert ("access-control-allow-origin", "null") in headers_of(answer)
        protection_of(answer)
    assert status(exchange(site.connect(), sealed(envelope, "Origin: https://elsewhere.example"))) == 403
    for headers in ([], ["Accept-Encoding: gzip"]):
        file = exchange(site.connect(), request("GET /be/sign.html", *headers))
        assert ("content-disposition", 'attachment; filename="sign.be.html"') in headers_of(file)
    assert held(kept) == [envelope]


def test_where_no_language_stands_in_the_address_the_browser_is_asked(site: Front) -> None:
    """At the start, and where the organizers' desk is looked for."""
    for address, page in (("/", "ru/"), ("/desk", "ru/desk")):
        answer = exchange(site.connect(), request(f"GET {address}", "Accept-Language: ru"))
        assert (status(answer), dict(headers_of(answer))["location"]) == (303, page)


def test_every_refusal_of_nginx_is_protected_and_in_words(site: Front, envelope: bytes) -> None:
    """What nginx answers by itself carries each header once, and says it to programs and to people."""
    # Longer than nginx's buffer for a line, and still one record of TLS.
    long = "x" * 10_000
    refused = {
        400: b"rubbish\r\n\r\n",
        404: request("GET /refusal/page"),
        405: request("TRACE /"),
        411: request("POST /envelopes", TYPE, "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        413: request("POST /envelopes", TYPE, "Content-Length: 4097", body=envelope + b"x"),
        414: request(f"GET /{long}"),
        501: request("POST /envelopes", TYPE, "Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        505: f"GET / HTTP/3.0\r\nHost: {HOST}\r\n\r\n".encode(),
    }
    served = protection_of(exchange(site.connect(), request("GET /be/")))
    misspelt = ("/be//how", "/be/%68ow", "/be/.how", "//refusal/page", "/be%3f/%68ow")
    more = [(400, request("GET /", f"Cookie: {long}")), *((404, request(f"GET {address}")) for address in misspelt)]
    for expected, sent in (*refused.items(), *more):
        answer = exchange(site.connect(), sent)
        check_refusal(answer, expected, served)
    page = exchange(site.connect(), request("GET /refusal/page", "Accept: text/html,*/*;q=0.1"))
    assert status(page) == 404
    assert protection_of(page) == protection_of(answer)
    assert "Па гэтым адрасе нічога няма".encode() in page
    for tls in (False, True):
        connection = site.connect() if tls else socket.create_connection(("127.0.0.1", site.tls_port), timeout=30)
        assert status(exchange(connection, b"\x00rubbish\r\n\r\n")) == 400


def test_a_request_that_is_nearly_too_long_is_answered_with_protection_all_the_same(site: Front) -> None:
    """What one server block of nginx still reads and the next one behind it would not: never an answer half made."""
    found = set()
    for size in range(20, 2000, 50):
        padded = [f"Name-{at}: {'x' * (8100 if at else size)}" for at in range(5)]
        answer = exchange(site.connect(), request(f"GET /be/page-{size}", *padded))
        protection_of(answer)
        found.add(status(answer))
    assert found == {404, 400}


def check_refusal(answer: bytes, expected: int, served: dict[str, str]) -> None:
    assert status(answer) == expected, answer[:200]
    protection = protection_of(answer)
    policy = protection["content-security-policy"].split("; ")
    assert set(policy) < set(served["content-security-policy"].split("; "))
    assert "default-src 'none'" in policy
    assert protection | {"content-security-policy": ""} == served | {"content-security-policy": ""}
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert problem["status"] == expected
    assert problem["type"].startswith("urn:undersigned:problem:")


def test_without_the_service_people_can_read_on_and_nothing_is_acknowledged(
    settings: Settings, envelope: bytes
) -> None:
    """502 with the time to wait, the page from nginx's memory, and all is well when the service is back."""
    with front() as site:
        with serving_behind(site, settings):
            page = exchange(site.connect(), request("GET /be/"))
            assert status(exchange(site.connect(), sealed(envelope))) == 201
        answer = exchange(site.connect(), sealed(envelope))
        check_refusal(answer, 502, protection_of(page))
        assert ("retry-after", "30") in headers_of(answer)
        still = exchange(site.connect(), request("GET /be/"))
        assert still.partition(b"\r\n\r\n")[2] == page.partition(b"\r\n\r\n")[2]
        with serving_behind(site, settings):
            assert status(exchange(site.connect(), sealed(envelope))) == 201


def test_a_mirror_under_a_path_works_as_the_guide_says(settings: Settings, envelope: bytes) -> None:
    """The block of docs/operator.md, added to site.conf: pages, envelopes and redirects under the prefix."""
    guide = (ROOT / "docs" / "operator.md").read_text("utf-8")
    block = guide.partition("```nginx\n")[2].partition("```")[0]
    with front(added=block) as site, serving_behind(site, settings):

        def ask(sent: bytes) -> bytes:
            return exchange(site.connect(name="mirror.example"), sent.replace(HOST.encode(), b"mirror.example"))

        start = ask(request("GET /letter/", "Accept-Language: ru"))
        assert (status(start), dict(headers_of(start))["location"]) == (303, "ru/")
        page = ask(request("GET /letter/ru/"))
        assert page.partition(b"\r\n\r\n")[2] == exchange(site.connect(), request("GET /ru/")).partition(b"\r\n\r\n")[2]
        own = sealed(envelope, "Origin: https://mirror.example").replace(b"/envelopes", b"/letter/envelopes")
        assert status(ask(own)) == 201
        assert status(ask(own.replace(b"4096", b"4097") + b"x")) == 413


def test_tor_browser_is_told_where_the_onion_is(settings: Settings, envelope: bytes) -> None:
    """On every answer over TLS, with the same path, once; not over plain HTTP, where anyone could write another one."""
    onion = "a" * 56 + ".onion"
    with front(onion=onion) as site, serving_behind(site, settings):
        for sent, expected in (
            (request("GET /be/"), 200),
            (request("GET /be/how?from=x"), 200),
            (request("GET /"), 303),
            (request("GET /be//how"), 404),
            (request("GET /be/nothing"), 404),
            (sealed(envelope), 201),
            (sealed(envelope).replace(b"4096", b"4097") + b"x", 413),
        ):
            answer = exchange(site.connect(), sent)
            path = sent.split(b" ")[1].decode()
            assert status(answer) == expected
            assert [value for name, value in headers_of(answer) if name == "onion-location"] == [
                f"http://{onion}{path}"
            ]
            protection_of(answer)
        for connection in (site.connect(tls=False), site.connect_as_tor(7)):
            assert "onion-location" not in dict(headers_of(exchange(connection, request("GET /be/"))))


def test_whoever_asks_for_another_name_learns_nothing(site: Front) -> None:
    """No certificate, no answer."""
    with pytest.raises(ssl.SSLError, match="unrecognized name"):
        site.connect(name="other.example")


def test_another_host_behind_the_right_name_is_refused_in_our_words(site: Front, envelope: bytes) -> None:
    """The name in TLS is not the one of the request: still no page, no envelope kept, and every header is there."""
    served = protection_of(exchange(site.connect(), request("GET /be/")))
    for sent in (request("GET /be/"), sealed(envelope), request("GET /"), request("BREW /refusal/page")):
        for host in (b"other.example", b"127.0.0.1", b"letter.example.other.example", b"[::1]:443"):
            answer = exchange(site.connect(), sent.replace(HOST.encode(), host))
            assert status(answer) in (404, 405)
            protection = protection_of(answer)
            assert protection | {"content-security-policy": ""} == served | {"content-security-policy": ""}


def test_an_answer_that_could_have_no_headers_is_not_given(site: Front) -> None:
    """HTTP/0.9 knows none, so nothing could protect what it carries."""
    for connection in (site.connect(), site.connect(tls=False), site.connect_as_tor(5)):
        assert exchange(connection, b"GET /be/\r\n") == b""


def test_plain_http_only_leads_to_tls(site: Front, envelope: bytes) -> None:
    """Reading is sent on; an envelope is not taken."""
    for sent in (request("GET /be/"), sealed(envelope)):
        answer = exchange(site.connect(tls=False), sent)
        assert status(answer) == 301
        assert dict(headers_of(answer))["location"].startswith(f"https://{HOST}/")


def form(boundary: str, *fields: tuple[str, str, bytes]) -> bytes:
    """The body of a form: name, file name or nothing, content."""
    body = b""
    for name, filename, content in fields:
        named = f'; filename="{filename}"' if filename else ""
        body += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return body + f"--{boundary}--\r\n".encode()


def posted(path: str, *headers: str, body: bytes, size: int = 0) -> bytes:
    """A form on its way; `size` announces more than is sent."""
    length = f"Content-Length: {size or len(body)}"
    return request(f"POST {path}", "Content-Type: multipart/form-data; boundary=x", length, *headers, body=body)


def test_publications_larger_than_a_page_come_in_through_both_doors_and_are_shown(
    site: Front, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """From a program and from the form; the page of before is shown two seconds longer at most, also to HEAD."""
    previous = None
    for number, door in enumerate(("/publication", "/be/desk"), start=1):
        data = publication(names=tuple(f"Імя {number}-{at}" for at in range(4000)), number=number, previous=previous)
        previous = hashlib.sha256(data).hexdigest()
        assert len(data) > 200_000
        minisig = sign(minisign_keys[0], data, "a test").encode()
        files = (("publication", "p", data), ("minisig", "m", minisig))
        page = request("GET /be/", "Accept-Encoding: gzip"), request("HEAD /be/", "Accept-Encoding: gzip")
        before = body_of(exchange(site.connect(), page[0]))
        if door == "/publication":
            sent = posted(door, BEARER, body=form("x", *files))
        else:
            sent = posted(door, body=form("x", ("token", "", TOKEN.encode()), *files, ("what", "", b"publication")))
        answer = exchange(site.connect(), sent)
        assert status(answer) == 201, answer[-300:]
        deadline = time.monotonic() + START_SECONDS
        while body_of(now := exchange(site.connect(), page[0])) == before:
            assert time.monotonic() < deadline
        head = exchange(site.connect(), page[1])
        assert (status(head), body_of(head)) == (200, b"")
        assert dict(headers_of(head))["content-length"] == dict(headers_of(now))["content-length"]
        assert protection_of(head) == protection_of(now)
        while body_of(exchange(site.connect(), request("GET /publication.json"))) != data:
            assert time.monotonic() < deadline
        while f"Імя {number}-999".encode() not in exchange(site.connect(), request("GET /be/result-20")):
            assert time.monotonic() < deadline


def test_a_search_passes_nginx_and_is_written_nowhere(
    settings: Settings, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """Each query gets its own answer, readers go on getting the page, and no file has what was looked for."""
    with front() as site:
        publications = settings.data / "publications" / "000001"
        publications.mkdir(parents=True)
        (publications / "publication.json").write_bytes(data := publication(names=("Ева Прыклад", "Ян Іншы")))
        (publications / "publication.json.anna.minisig").write_text(sign(minisign_keys[0], data, "a test"))
        with serving_behind(site, settings):
            page = exchange(site.connect(), request("GET /be/result"))
            for query, found in ((b"eva", "Ева"), (b"jan", "Ян"), (b"secret-word-77", None)):
                form = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {2 + len(query)}")
                answer = exchange(site.connect(), request("POST /be/result", *form, body=b"q=" + query))
                names = re.findall('<bdi class="name">([^ ]*) (?:Прыклад|Іншы)</bdi>', answer.decode())
                assert names == ([found] if found else [])
            assert exchange(site.connect(), request("GET /be/result")).endswith(page[-1000:])
            written = [path for root in (site.folder, settings.data) for path in root.rglob("*") if path.is_file()]
            assert site.folder / "service.log" in written
            assert not [path for path in written if b"secret-word-77" in path.read_bytes()]


def test_a_ledger_of_some_megabytes_goes_out_through_both_doors(settings: Settings) -> None:
    """The same bytes for a program and from the form, with their length; nothing of them stays with nginx."""
    envelopes = [os.urandom(4096) for _ in range(1500)]
    with closing(settings.store.open()) as store:
        store.add_all(envelopes, 1500)
    button = form("x", ("token", "", TOKEN.encode()), ("what", "", b"file"))
    doors = request("GET /ledger", BEARER), posted("/en/desk", body=button)
    with front() as site, serving_behind(site, settings):
        answers = [exchange(site.connect(), sent).partition(b"\r\n\r\n") for sent in doors]
        kept = [path for path in (site.folder / "run").rglob("*") if path.is_file() and path.suffix != ".pid"]
    assert answers[0][2] == answers[1][2]
    assert hashlib.sha256(answers[0][2]).hexdigest().encode() in answers[1][0]
    assert answers[0][2].endswith(b"".join(sorted(envelopes, key=envelope_id)))
    assert kept == []


def test_a_stranger_at_the_desk_is_answered_before_the_body_has_come(site: Front) -> None:
    """Without the token, 64 MiB are announced and 2,000 bytes sent; 413 for more, 411 for a body of unknown length."""
    much = 60_000_000
    wrong = form("x", ("token", "", b"wrong"), ("publication", "p", b"x" * 2000))[:-8]
    for sent, expected in (
        (posted("/publication", body=b"x" * 2000, size=much), 401),
        (posted("/publication", "Authorization: Bearer wrong", body=b"x" * 2000, size=much), 401),
        (posted("/be/desk", body=wrong, size=much), 401),
        (posted("/be/desk", body=b"x" * 2000, size=much), 400),
        (posted("/be/desk", body=b"", size=70_000_000), 413),
        (request("POST /be/desk", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411),
    ):
        # Had the rest been waited for, nginx would say 408 in the end.
        assert status(exchange(site.connect(), sent)) == expected


def test_one_address_has_two_places_at_the_desk_and_takes_no_more(site: Front) -> None:
    """503 for its third; from another address, or another circuit, the desk is there, and the pages in any case."""
    silent = posted("/be/desk", body=b"--x", size=60_000_000)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(site.connect()).sendall(silent)
        served = protection_of(exchange(site.connect(), request("GET /be/")))
        third = exchange(site.connect(), request("GET /desk"))
        check_refusal(third, 503, served)
        assert ("retry-after", "30") in headers_of(third)
        for other in (site.connect(source="127.0.0.2"), site.connect_as_tor(7)):
            assert status(exchange(other, request("GET /desk"))) == 303


def test_no_trick_of_http_gets_a_wrong_body_in(site: Front, kept: Arrived, envelope: bytes) -> None:
    """Oversized, cut, chunked, smuggled, doubled, malformed: only what an honest request brought is kept."""
    forged = envelope[:-1] + bytes([envelope[-1] ^ 1])
    length, chunked = "Content-Length: 4096", "Transfer-Encoding: chunked"
    inner = sealed(forged)
    in_chunks = b"1000\r\n" + forged + b"\r\n0\r\n\r\n"
    post = "POST /envelopes"
    tricks = [
        request(post, TYPE, chunked, body=in_chunks),
        request(post, TYPE, chunked, body=b"1001\r\n" + forged + b"x\r\n0\r\n\r\n"),
        request(post, TYPE, length, chunked, body=in_chunks),
        request(post, TYPE, chunked, length, body=in_chunks),
        request(post, TYPE, length, "Transfer-Encoding: identity", body=forged),
        request(post, TYPE, length, "Transfer-Encoding: xchunked", body=forged),
        request(post, TYPE, length, "Transfer-Encoding : chunked", body=in_chunks),
        request(post, TYPE, length, "Transfer-Encoding:\tchunked", body=in_chunks),
        request(post, TYPE, length, "Content-Length: 5", body=forged),
        request(post, TYPE, length, length, body=forged),
        request(post, TYPE, "Content-Length: 4096, 4096", body=forged),
        request(post, TYPE, "Content-Length: +4096", body=forged),
        request(post, TYPE, "Content-Length: 0x1000", body=forged),
        request(post, TYPE, "Content-Length: 4095", body=forged),
        request(post, TYPE, "Content-Length: 4097", body=forged + b"x"),
        request(post, TYPE, "Content-Length: 40960", body=forged * 10),
        request(post, TYPE, "Content-Length: 0"),
        request(post, TYPE, "Content-Length: 0", body=forged),
        request(post, TYPE, body=forged),
        request(post, TYPE, length, "Content-Encoding: gzip", body=forged),
        request("POST /Envelopes", TYPE, length, body=forged),
        request("POST /envelopes/", TYPE, length, body=forged),
        request("PUT /envelopes", TYPE, length, body=forged),
        request(post, "Content-Type: text/plain", length, body=forged),
        request(post, TYPE, length, "Origin: https://elsewhere.example", body=forged),
        sealed(forged).replace(b"\r\n", b"\n", 1).replace(b"Host:", b"Ho st:"),
        sealed(forged).replace(b"HTTP/1.1", b"HTTP/9.9"),
        sealed(forged).replace(b"Host: ", b"Host: a\r\nHost: "),
        b"\x16\x03" + sealed(forged),
    ]
    # Before a second request on one connection: CL and TE disagree, or the body is said to be empty.
    hidden = [
        request("GET /be/", f"Content-Length: {len(inner)}", chunked, body=b"0\r\n\r\n" + inner),
        request("GET /be/", "Content-Length: 0", chunked, body=b"0\r\n\r\n" + inner),
        request("POST /nowhere", chunked, f"Content-Length: {len(inner)}", body=b"0\r\n\r\n" + inner),
        request("POST /nowhere", f"Content-Length: {len(inner)}", body=inner),
        request("POST /nowhere", chunked, body=f"{len(inner):x}\r\n".encode() + inner + b"\r\n0\r\n\r\n"),
    ]
    for trick in tricks:
        assert not 200 <= status(exchange(site.connect(), trick)) < 300, trick[:300]
    for trick in hidden:
        kept_open = trick.replace(b"Connection: close", b"Connection: keep-alive", 1)
        assert b" 201 " not in exchange(site.connect(), kept_open + request("GET /be/")), trick[:300]
    for at in (1, 100, 4095):
        assert status(exchange(site.connect_as_tor(at), sealed(forged)[:-at], hang_up=True)) in (0, 400)
    assert status(exchange(site.connect(), sealed(envelope))) == 201
    assert held(kept) == [envelope]


def test_limits_count_the_client_that_nginx_saw(settings: Settings, envelope: bytes) -> None:
    """By address on the line and by circuit through Tor; a forged X-Forwarded-For changes neither."""
    limits = limits_of(envelopes="3/minute", desk="1000/minute", everyone="1000/minute")
    forged = [f"X-Forwarded-For: fc00:dead:beef:4dad::{at}" for at in range(4)]
    with front() as site, serving_behind(site, Settings(**{**vars(settings), "limits": limits})):
        for connect in (
            lambda: site.connect(),
            lambda: site.connect(source="127.0.0.77"),
            lambda: site.connect_as_tor(65_537),
            lambda: site.connect_as_tor(65_538),
        ):
            statuses = [status(exchange(connect(), sealed(envelope, header))) for header in forged]
            assert statuses == [201, 201, 201, 429]
        # Only tor's own door believes the line by which tor names a circuit.
        assert (
            status(exchange(site.connect(), b"PROXY TCP6 fc00:dead:beef:4dad::9 ::1 1 2\r\n" + sealed(envelope))) == 400
        )


@pytest.mark.long
def test_through_a_real_tor_network_each_circuit_has_its_own_limit(settings: Settings, envelope: bytes) -> None:
    """The shipped torrc tells nginx the circuit: one person's third envelope waits, another person's is taken."""
    limits = limits_of(envelopes="2/minute", desk="1000/minute", everyone="1000/minute")
    with ExitStack() as stack:
        site = stack.enter_context(front())
        stack.enter_context(serving_behind(site, Settings(**{**vars(settings), "limits": limits})))
        network = stack.enter_context(tor_network(stack.enter_context(temporary_folder()), site.onion_socket))
        here = network.onion.encode("ascii")
        page = exchange(network.connect("anna"), request("GET /be/").replace(HOST.encode(), here))
        assert page.partition(b"\r\n\r\n")[2] == exchange(site.connect(), request("GET /be/")).partition(b"\r\n\r\n")[2]
        sent = sealed(envelope, f"Origin: http://{network.onion}").replace(HOST.encode(), here)
        statuses = [status(exchange(network.connect(person), sent)) for person in ("anna", "anna", "anna", "boris")]
        assert statuses == [201, 201, 429, 201]


@pytest.mark.control
def test_without_a_circuit_of_its_own_another_person_waits_too(settings: Settings, envelope: bytes) -> None:
    """A tor that named one circuit for all would make one client of all: anna uses up what boris may send."""
    limits = limits_of(envelopes="2/minute", desk="1000/minute", everyone="1000/minute")
    with front() as site, serving_behind(site, Settings(**{**vars(settings), "limits": limits})):
        for anna, boris, expected in ((1, 2, 201), (3, 3, 429)):
            statuses = [status(exchange(site.connect_as_tor(who), sealed(envelope))) for who in (anna, anna, boris)]
            assert statuses == [201, 201, expected]


@pytest.mark.parametrize("door", ["/envelopes", "/be/hand-in"])
def test_the_service_learns_nothing_of_a_client_but_a_name_for_its_limits(
    settings: Settings, envelope: bytes, door: str
) -> None:
    """What nginx passes on, at once or between a page and its form: the request and the name of the site asked for."""
    named = ("User-Agent: a", "Referer: b", "Cookie: c", "X-Forwarded-For: d", "X-Real-IP: e", "Forwarded: for=f",
             "X-Forwarded-Host: g", "X-Forwarded-Proto: h", "Sec-CH-UA: i", "DNT: 1", "Priority: j")  # fmt: skip
    name = ClientKeys(float, lambda size: b"k" * size).key("fc00:dead:beef:4dad::1:2")
    with front() as site, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(site.service_socket))
        listener.listen()
        KeyFile(site.service_socket.parent).lay(b"k" * KEY_SIZE, 0.0)
        with site.connect_as_tor(0x10002) as client:
            client.sendall(sealed(envelope, *named).replace(b"/envelopes", door.encode(), 1))
            passed_on, _ = listener.accept()
            with passed_on:
                passed_on.settimeout(30)
                received = b""
                while len(received.partition(b"\r\n\r\n")[2]) < len(envelope):
                    received += passed_on.recv(65536)
    assert received.startswith(f"POST {door} ".encode())
    assert received.partition(b"\r\n\r\n")[2] == envelope
    # Only a connection by which nothing but envelopes goes is kept: it holds what came last.
    kept = [] if door == "/envelopes" else [("connection", "close")]
    assert sorted(headers_of(received)) == [
        *kept,
        ("content-length", "4096"),
        ("content-type", "application/octet-stream"),
        ("host", HOST),
        ("x-forwarded-for", name),
    ]
