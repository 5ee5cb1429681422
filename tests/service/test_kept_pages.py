"""What nginx keeps of what everyone reads: one copy under one spelling, for as long as it has not changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.settings import Settings
from tests.support.nginx_site import Front, front, serving_behind
from tests.support.raw_http import body_of, exchange, headers_of, request, status
from tests.support.redis_servers import wait_until

# The same address in other words, none of which is one of ours.
MISSPELT = (
    "//be/how", "/be//how", "/be/./how", "/./be/how", "/be/x/../how", "/be/%68ow", "/%62e/how", "/be/how%0a",
    "/be%2fhow", "/be/how/.", "/be/.how", "/be/%2e%2e/be/how", "//127.0.0.1/be/how",
)  # fmt: skip
ELSEWHERE = ("/BE/how", "/be/How", "/be/how/", "/be/how.html", "/be/HOW", "/bee/how", "/be-/how", "/be/how-")
ENCODINGS = ("", "gzip", "br", "gzip, deflate, br", "br;q=0.001", "GZIP", "x-gzip", "*", "gzip;q=0", "zstd", "a" * 500)
# As it would be if every spelling had a copy of its own, and every two seconds a new one.
SPOILT = {"proxy_cache_key $uri|$page_encoding;": "proxy_cache_key $request_uri|$http_accept_encoding;",
          "proxy_cache_revalidate on;": ""}  # fmt: skip


def copies(site: Front) -> dict[Path, int]:
    """All files in which nginx keeps pages, by what the disk calls each."""
    return {path: path.stat().st_ino for path in (site.folder / "run" / "pages").rglob("*") if path.is_file()}


def spell_in_all_ways(site: Front) -> None:
    """Ask for one page as often and as differently as a stranger may."""
    for address in [*MISSPELT, *ELSEWHERE]:
        assert status(exchange(site.connect(), request(f"GET {address}"))) == 404, address
    page = body_of(exchange(site.connect(), request("GET /be/how")))
    for number in range(12):
        answer = exchange(site.connect(), request(f"GET /be/how?{number}&page=/ru/how%0d%0a"))
        assert (status(answer), body_of(answer)) == (200, page)
    for accepted in ENCODINGS:
        assert status(exchange(site.connect(), request("GET /be/how", f"Accept-Encoding: {accepted}"))) == 200


def is_written_again(site: Front) -> bool:
    """Whether a page that has not changed is laid down a second time when its two seconds are over."""

    def written() -> dict[Path, tuple[int, bytes]]:
        # By what stands in the file, which begins with how long it is good for; its times change by themselves.
        exchange(site.connect(), request("GET /be/how"))
        return {path: (path.stat().st_ino, path.read_bytes()) for path in copies(site)}

    before = written()
    wait_until(lambda: written() != before)
    return {path: at for path, (at, _) in before.items()} != copies(site)


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings]) -> Iterator[Front]:
    """nginx as it is shipped, and the service."""
    with front() as running, serving_behind(running, settle("kept")):
        yield running


def test_a_stranger_fills_nothing_and_slow_readers_hold_one_copy(site: Front) -> None:
    """Three encodings of a page, three copies, whatever stands behind a question mark; and no new ones of the same."""
    spell_in_all_ways(site)
    assert 1 <= len(copies(site)) <= 3
    assert not is_written_again(site)


def test_the_control_is_filled(settle: Callable[[str], Settings]) -> None:
    """Keyed as it was asked for, and fetched anew each time."""
    with front(spoilt=SPOILT) as site, serving_behind(site, settle("filled")):
        spell_in_all_ways(site)
        assert len(copies(site)) > 15
        assert is_written_again(site)


def test_parts_conditions_and_heads_cost_nothing_more(site: Front) -> None:
    """No parts, which could be asked for again and again; no ETag that a browser would keep."""
    page = exchange(site.connect(), request("GET /be/how"))
    for more in (
        "Range: bytes=5-14",
        "Range: bytes=0-,0-,0-",
        "Range: lines=1-2",
        'If-None-Match: W/"0"',
    ):
        answer = exchange(site.connect(), request("GET /be/how", more))
        assert (status(answer), body_of(answer)) == (200, body_of(page)), more
        assert not {"etag", "last-modified", "accept-ranges"} & set(dict(headers_of(answer)))
    head = exchange(site.connect(), request("HEAD /be/how"))
    assert (status(head), body_of(head)) == (200, b"")
    assert len(copies(site)) <= 3
