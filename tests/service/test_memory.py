"""A second after the answers, no process of the site holds who came, with which browser, or what they typed."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

import pytest

from crypto.minisign import MinisignSecretKey, sign
from service.settings import Settings
from service.web.forgetting import OVERWRITING
from tests.support import nginx_site, service_process
from tests.support.compose_site import whole_site
from tests.support.memory_search import Found, Needles, address_forms, word_forms
from tests.support.nginx_site import Front, front, serving_behind
from tests.support.publications import publication
from tests.support.raw_http import BEARER, exchange, request, sealed, status
from tests.support.sample_appeal import TOKEN

# What a public name of the result leaves in the service: it must be found, or nothing was searched.
PLANTED = "qzplanted00"
ANSWERS = {"page": 200, "envelope": 201, "search": 200, "desk": 401, "handed in": 400, "through tor": 201}


def address(at: int) -> str:
    return f"127.233.{101 + at // 150}.{101 + at % 150}"


def circuit(at: int) -> int:
    return 0x7A3C8000 + at


def circuit_forms(name: str) -> dict[str, bytes]:
    packed = ip_address(name).packed
    return {"text": name.encode(), "binary": packed, "number": str(int.from_bytes(packed[12:], "big")).encode()}


def words(kind: str, count: int) -> list[str]:
    return [f"qz{kind}{at:05d}" for at in range(count)]


class Crowd:
    """So many people, each with an address, a circuit, a browser, a cookie, a wrong token and a name to search for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.needles = Needles()
        circuits = [f"fc00:dead:beef:4dad:0:0:7a3c:{circuit(at) & 0xFFFF:x}" for at in range(count)]
        self.needles.add("address", map(address, range(count)), address_forms)
        self.needles.add("nobody's address", map(address, range(count, 2 * count)), address_forms)
        self.needles.add("circuit", [str(ip_address(each)) for each in circuits], circuit_forms)
        for kind in ("agent", "cookie", "token", "слова", "typed"):
            self.needles.add(kind, words(kind, count), word_forms)
        self.needles.add("the desk's token", [TOKEN], word_forms)
        self.needles.add("planted", [PLANTED], word_forms)

    def visit(self, site: Front, envelope: bytes, at: int) -> dict[str, int]:
        """One of them does what the site offers; some would keep their connection to sign, as browsers do."""
        agent, cookie, token, word, typed = (
            words(kind, at + 1)[at] for kind in ("agent", "cookie", "token", "слова", "typed")
        )
        own = (
            f"User-Agent: {agent}", f"Sec-CH-UA: {agent}", f"Cookie: a={cookie}", f"Referer: https://{cookie}.example/",
            f"X-Forwarded-For: {address(at)}", f"From: {agent}", f"Accept-Language: {agent}", f"Accept: {agent}/*",
        )  # fmt: skip

        def post(path: str, **fields: str) -> bytes:
            body = urlencode(fields).encode()
            kind, length = "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"
            return exchange(site.connect(source=address(at)), request(f"POST {path}", kind, length, *own, body=body))

        def ask(sent: bytes) -> bytes:
            return exchange(site.connect(source=address(at)), sent)

        signed = sealed(envelope, *own)
        if at % 4 == 0:
            signed = signed.replace(b"Connection: close", b"Connection: keep-alive")
        return {
            name: status(answer)
            for name, answer in {
                "page": ask(request("GET /be/", *own)),
                "envelope": ask(signed),
                "search": post("/be/result", q=word),
                "desk": ask(request("GET /ledger", f"Authorization: Bearer {token}", *own)),
                "handed in": post("/be/hand-in", envelope=typed),
                "through tor": exchange(site.connect_as_tor(circuit(at)), sealed(envelope, *own)),
            }.items()
        }

    def come(self, site: Front, envelope: bytes) -> None:
        """All of them, some at a time."""
        with ThreadPoolExecutor(8) as threads:
            for answers in threads.map(lambda at: self.visit(site, envelope, at), range(self.count)):
                assert answers == ANSWERS


def hand_in(site: Front, minisign_key: MinisignSecretKey) -> None:
    """An organizer publishes a name and fetches the ledger."""
    data = publication(names=(PLANTED,), number=1, previous=None)
    parts = {"publication": data, "minisig": sign(minisign_key, data, "a test").encode()}
    head = '--x\r\nContent-Disposition: form-data; name="{0}"; filename="{0}"\r\n\r\n'
    body = b"".join(head.format(name).encode() + content + b"\r\n" for name, content in parts.items()) + b"--x--\r\n"
    form = "Content-Type: multipart/form-data; boundary=x"
    sent = request("POST /publication", form, f"Content-Length: {len(body)}", BEARER, body=body)
    assert status(exchange(site.connect(), sent)) == 201
    assert status(exchange(site.connect(), request("GET /ledger", BEARER))) == 200


def processes() -> list[int]:
    """All that this one has started, and what they started."""
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
            children = [int(child) for child in (task / "children").read_text("ascii").split()]
            found += children
            waiting += children
    return found


def found_after(site: Front, crowd: Crowd, envelope: bytes, minisign_key: MinisignSecretKey) -> Found:
    """What lies in the memory of all processes a second after the last answer; an address in use now is among it."""
    hand_in(site, minisign_key)
    crowd.come(site, envelope)
    time.sleep(1)
    found: Found = {}
    for pid in processes():
        for family, names in crowd.needles.found_in(pid).items():
            found.setdefault(family, set()).update(names)
    return found


def check_nothing_is_left(found: Found) -> None:
    """Nothing but what was planted. Four bytes can stand anywhere by chance: as often for addresses of nobody."""
    chance = ("address, in_addr", "address, number", "nobody's address, in_addr", "nobody's address, number")
    left = {family: names for family, names in found.items() if family not in chance}
    assert left == {"planted, UTF-8": {PLANTED}}
    somebody, nobody = (sum(len(found.get(family, ())) for family in pair) for pair in (chance[:2], chance[2:]))
    assert somebody <= nobody + 2


def test_of_few_who_came_nothing_is_left_in_memory(
    settings: Settings, envelope: bytes, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """nginx and its workers, the service and its worker."""
    with front() as site, serving_behind(site, settings):
        check_nothing_is_left(found_after(site, Crowd(24), envelope, minisign_keys[0]))


@pytest.mark.long
@pytest.mark.parametrize("stores", ["a file", "two Valkeys"])
def test_of_500_who_came_nothing_is_left_in_memory(
    stores: str, settings: Settings, envelope: bytes, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """The same with a crowd, also in the servers that keep envelopes and count, and in tor."""
    with ExitStack() as stack:
        if stores == "a file":
            site = stack.enter_context(front())
            stack.enter_context(serving_behind(site, settings))
        else:
            site = stack.enter_context(whole_site(settings)).front
        check_nothing_is_left(found_after(site, Crowd(500), envelope, minisign_keys[0]))


@pytest.mark.control
@pytest.mark.long
@pytest.mark.parametrize("wrong", ["undersigned-nginx", "undersigned"])
def test_where_freed_memory_is_not_overwritten_the_search_finds_people(
    wrong: str,
    settings: Settings,
    envelope: bytes,
    minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the same site without the variables that its units set for nginx, or for the service."""
    module = "service"
    if wrong == "undersigned":
        monkeypatch.setattr(service_process, "OVERWRITING", {name: "" for name in OVERWRITING})
        module = "tests.support.unwiped_service"
    else:
        monkeypatch.setattr(nginx_site, "shipped_environment", lambda unit: {})
    with front() as site, serving_behind(site, settings, module):
        found = found_after(site, Crowd(24), envelope, minisign_keys[0])
    expected = {"undersigned": "слова, UTF-16", "undersigned-nginx": "address, text"}[wrong]
    assert found[expected]
