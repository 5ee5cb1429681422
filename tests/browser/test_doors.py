"""The other doors in a real browser: take back, look up, hand in without script, sign in a file from disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from crypto.code import check_code, commitment, receipt
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.seal import OpenedSignature, OpenedWithdrawal
from crypto.text_parts import read_text
from service.settings import Settings
from tests.browser.support.chromium import Recorder, arrived
from tests.browser.support.results import hand_in
from tests.browser.support.signing import looks, open_letter, sign
from tests.support.demo_site import prepare, publish, trial
from tests.support.envelopes import Arrived
from tests.support.flood import make_busy
from tests.support.older_text import armor
from tests.support.publications import publication
from tests.support.sample_appeal import APPEAL_ID, CODE
from tests.support.service_process import Served, free_port, serving
from tests.support.twins import open_envelope

GROUPS = "48291 03377-59021\u00a088412 70536"


def opened(kept: Arrived, key: OrganizersKey) -> list[OpenedSignature | OpenedWithdrawal]:
    with closing(kept.snapshot()) as snapshot:
        return [open_envelope(key, envelope) for envelope in snapshot.envelopes]


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A tab that runs no script."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def withdrawal(page: Page, site: Served) -> Page:
    """The page that takes a signature back."""
    page.goto(f"{site.url}/en/withdraw")
    expect(page.locator("#submit")).to_be_visible()
    return page


def test_from_a_signature_to_its_withdrawal_and_back_to_the_count(page: Page, scriptless: Page, tmp_path: Path) -> None:
    """One signs on the page and takes it back, one signs in the file and has it handed in: the tool counts one."""
    with trial(prepare(tmp_path / "data", APPEAL_ID.hex())) as running:
        open_letter(page, f"{running.url}/en/")
        sign(page, "public", "Taken Back")
        page.click("#show-code")
        taken_back = page.inner_text("#code")

        with page.expect_download() as caught:
            page.goto(f"{running.url}/en/hand-in")
            page.click("a[href='sign.html']")
        file = tmp_path / caught.value.suggested_filename
        assert file.name == "sign.en.html"
        caught.value.save_as(file)
        page.goto(file.as_uri())
        sign(page, "nonpublic", "Handed In")
        text = "\n".join(page.input_value(f"#part-{number}") for number in (2, 1))
        page.click("#show-code")
        counted = page.inner_text("#code")
        scriptless.goto(f"{running.url}/en/hand-in")
        scriptless.fill("#envelope", f"A text for you:\n> {text}")
        scriptless.click("#submit")
        expect(scriptless.locator("#outcome")).to_contain_text("Handed in.")

        page.goto(f"{running.url}/en/withdraw")
        page.fill("#typed-code", taken_back)
        page.click("#submit")
        expect(page.locator("#sent")).to_be_focused()

        publish(running, tmp_path / "stick")
        published = json.loads(running.get("/publication.json"))
        assert (published["total"], published["counts"]["withdrawn"]) == (1, 1)
        assert published["receipts"] == [receipt(commitment(check_code(counted)))]

        page.goto(f"{running.url}/en/check")
        for code, found in ((counted, "#counted"), (taken_back, "#not-counted")):
            page.fill("#typed-code", code)
            page.click("#look")
            expect(page.locator(found)).to_be_focused()


def test_a_withdrawal_leaves_like_a_signature(
    page: Page, site: Served, kept: Arrived, key: OrganizersKey, recorder: Recorder
) -> None:
    """One request of the same address, headers and sizes, and the organizers find the code in it."""
    open_letter(page, f"{site.url}/en/")
    sign(page, "nonpublic", "Somebody")
    page.goto(f"{site.url}/en/withdraw")
    page.fill("#typed-code", GROUPS.replace(" ", "\u2013") + ".")  # as a messenger wrote it
    page.click("#submit")
    expect(page.locator("#sent")).to_be_focused()
    page.wait_for_load_state("networkidle")
    signature, withdrawal = recorder.posts
    assert looks(signature) == looks(withdrawal)
    assert [each.code for each in opened(kept, key) if isinstance(each, OpenedWithdrawal)] == [CODE]
    assert CODE.encode() not in (withdrawal.post_data_buffer or b"")
    assert page.input_value("#typed-code") == ""


def test_a_mistake_in_a_code_is_explained(withdrawal: Page, recorder: Recorder) -> None:
    """Beside the field, with the focus there; nothing is sent and nothing lost."""
    for typed, words in (
        ("", "Please enter the code."),
        ("48291 03377", "You have entered 10."),
        (GROUPS + "1", "You have entered 26."),
        ("x" + GROUPS, "only the digits 0 to 9"),
        ("④" * 25, "only the digits 0 to 9"),
    ):
        withdrawal.fill("#typed-code", typed)
        withdrawal.click("#submit")
        expect(withdrawal.locator("#typed-code-error")).to_contain_text(words)
        expect(withdrawal.locator("#typed-code")).to_be_focused()
        assert withdrawal.input_value("#typed-code") == typed
    assert recorder.posts == []


def test_a_refused_withdrawal_is_told_and_the_code_stays(withdrawal: Page) -> None:
    """After closing, the way that is left is named."""
    statuses = [403, 409, 415]
    withdrawal.route("**/envelopes", lambda route: route.fulfill(status=statuses.pop(0)))
    withdrawal.fill("#typed-code", GROUPS)
    for words in ("tell them the code", "out of date", "not accept"):
        withdrawal.click("#submit")
        expect(withdrawal.locator("#failed")).to_contain_text(words)
        expect(withdrawal.locator("#failed")).to_be_focused()
        assert withdrawal.input_value("#typed-code") == GROUPS


def test_a_withdrawal_survives_a_bad_network(withdrawal: Page, kept: Arrived) -> None:
    """The same bytes again; a double click changes nothing."""
    lost = [True]
    withdrawal.route("**/envelopes", lambda route: route.abort("connectionreset") if lost else route.continue_())
    withdrawal.fill("#typed-code", GROUPS)
    withdrawal.dblclick("#submit")
    expect(withdrawal.locator("[data-state=retrying]")).to_be_visible()
    lost.clear()
    expect(withdrawal.locator("#sent")).to_be_visible()
    assert kept.count() == 1


@pytest.fixture(scope="module")
def published(
    settle: Callable[[str], Settings], minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> Iterator[Served]:
    """A site with a result that counts CODE, signed by one of the two pinned keys; one for all tests that read it."""
    settings = settle("published")
    receipts = sorted([receipt(commitment(CODE)), *(f"{at:016x}" for at in range(4))])
    with serving(settings, settings.data.with_name("log")) as site:
        hand_in(site, publication(receipts=tuple(receipts)), minisign_keys[1])
        yield site


def test_looking_for_a_code_asks_nobody_for_anything(page: Page, published: Served, recorder: Recorder) -> None:
    """The whole result comes when the page is opened, whether or not a code follows; then no network is used."""
    page.goto(f"{published.url}/en/check")
    expect(page.locator("#ready")).to_be_visible()
    expect(page.locator("#verified-signers")).to_have_text("boris", use_inner_text=True)
    expect(page.locator("#verified-date")).to_have_text("November 21, 2026")
    asked = [url.removeprefix(published.url) for url in recorder.urls]
    assert asked == ["/en/check", "/publication.json", "/publication.json.boris.minisig"]
    page.context.set_offline(True)
    for code, found in ((GROUPS, "#counted"), (CODE[::-1], "#not-counted")):
        page.fill("#typed-code", code)
        expect(page.locator("#counted")).to_be_hidden()
        page.click("#look")
        expect(page.locator(found)).to_be_focused()
    assert len(recorder.urls) == len(asked)


def test_the_day_of_the_result_is_told_in_the_readers_language(page: Page, published: Served) -> None:
    """Also in one that the browser itself does not know; of a result newer than the page, the day is told in digits."""
    page.goto(f"{published.url}/be/check")
    expect(page.locator("#verified-date")).to_have_text("21 лістапада 2026\u202fг.")
    page.route("**/check", lambda route: route.fulfill(body=route.fetch().text().replace("2026-11-21", "2026-11-20")))
    page.reload()
    expect(page.locator("#verified-date")).to_have_text("2026-11-21")


def test_a_result_that_the_organizers_did_not_sign_is_not_looked_into(page: Page, published: Served) -> None:
    """A server that adds a receipt is found out: no field, and the check that failed."""

    def tamper(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("0000000000000000", receipt(commitment(CODE[::-1]))))

    page.route("**/publication.json", tamper)
    page.goto(f"{published.url}/en/check")
    expect(page.locator("#broken")).to_contain_text("not what the organizers signed")
    expect(page.locator("#broken")).to_contain_text("publication-minisig")
    expect(page.locator("#typed-code")).to_be_hidden()


def test_a_lost_connection_is_not_taken_for_a_forgery(page: Page, published: Served) -> None:
    """Said in other words, and trying again works."""
    page.route("**/*.minisig", lambda route: route.abort("connectionreset"))
    page.goto(f"{published.url}/en/check")
    expect(page.locator("#broken")).to_contain_text("could not be downloaded")
    page.unroute("**/*.minisig")
    page.click("#again")
    expect(page.locator("#ready")).to_be_visible()


def test_leaving_and_coming_back_finds_no_code(page: Page, published: Served) -> None:
    """The back button does not bring it back, nor what was found."""
    for door in ("withdraw", "check"):
        page.goto(f"{published.url}/en/{door}")
        page.fill("#typed-code", GROUPS)
        if door == "check":
            page.click("#look")
        page.goto(f"{published.url}/en/how")
        page.go_back()
        expect(page.locator("#typed-code")).to_be_visible()
        assert page.input_value("#typed-code") == ""
        expect(page.locator("#counted" if door == "check" else "#sent")).to_be_hidden()


def test_a_browser_without_script_does_not_send_a_name_typed_by_mistake(
    scriptless: Page, site: Served, kept: Arrived, envelope: bytes
) -> None:
    """The browser itself refuses what is too short; the envelope then goes through, and the field is empty."""
    posts: list[str] = []
    scriptless.on("request", lambda request: posts.append(request.method) if request.method == "POST" else None)
    scriptless.goto(f"{site.url}/en/hand-in")
    scriptless.locator("#envelope").type("Maryja Prykład")
    scriptless.click("#submit")
    expect(scriptless.locator("#envelope")).to_be_focused()
    assert posts == []
    scriptless.fill("#envelope", "Long words " * 600)
    scriptless.click("#submit")
    expect(scriptless.locator("#outcome")).to_contain_text("Not handed in.")
    assert "Long words" not in scriptless.content()
    scriptless.fill("#envelope", armor(envelope))
    scriptless.click("#submit")
    expect(scriptless.locator("#outcome")).to_contain_text("Handed in.")
    expect(scriptless.locator("#outcome")).to_be_focused()
    assert scriptless.input_value("#envelope") == ""
    assert kept.count() == 1


def test_with_script_nothing_but_an_envelope_leaves_the_device(
    page: Page, settings: Settings, tmp_path: Path, recorder: Recorder, envelope: bytes, key: OrganizersKey
) -> None:
    """Plain text is refused on the spot; an envelope goes the way of any other, also through a flood."""
    with serving(replace(settings, work_above=1), tmp_path / "log") as site:
        make_busy(site, key.record.header)
        kept = arrived(site)
        page.goto(f"{site.url}/en/hand-in")
        page.fill("#envelope", "Maryja Prykład")
        page.click("#submit")
        expect(page.locator("#envelope-error")).to_contain_text("Only a sealed text can be handed in here")
        expect(page.locator("#envelope")).to_be_focused()
        assert recorder.posts == []
        for _ in range(2):
            page.fill("#envelope", f"Hello\n> {armor(envelope)}")
            page.click("#submit")
            expect(page.locator("#sent")).to_be_focused()
            page.reload()
            assert page.input_value("#envelope") == ""
        assert kept.count() == 1
    assert {request.url for request in recorder.posts} == {f"{site.url}/envelopes"}
    assert {request.post_data_buffer for request in recorder.posts} == {envelope}
    assert "undersigned-work" in recorder.posts[-1].headers


@dataclass(frozen=True)
class FromDisk:
    """The signing file on a disk, the service that it names first, and what that one keeps."""

    path: Path
    site: Served
    kept: Arrived


@pytest.fixture(scope="module")
def named(settle: Callable[[str], Settings]) -> Iterator[Served]:
    """A service that knows its own address."""
    settings, port = settle("named"), free_port()
    toml = settings.appeal / "appeal.toml"
    addresses = json.dumps([f"http://127.0.0.1:{port}", "http://" + "a" * 56 + ".onion"])
    toml.write_text(f"addresses = {addresses}\n" + toml.read_text("utf-8"), "utf-8")
    with serving(settings, settings.data.with_name("log"), port) as site:
        yield site


@pytest.fixture
def from_disk(named: Served, tmp_path: Path, page: Page) -> FromDisk:
    """Downloaded as anyone does it, and opened from the disk."""
    path = tmp_path / "sign.be.html"
    path.write_bytes(page.request.get(f"{named.url}/be/sign.html").body())
    page.goto(path.as_uri())
    expect(page.locator("#submit")).to_be_visible()
    return FromDisk(path, named, arrived(named))


def test_the_file_sends_from_disk_what_the_page_would_send(
    from_disk: FromDisk, page: Page, key: OrganizersKey, recorder: Recorder
) -> None:
    """It loads nothing, asks whether it may send, and sends one envelope to the appeal's first address."""
    page.reload()
    page.fill("#name", "Ірына")
    page.click("#submit")
    expect(page.locator("#sent")).to_be_focused()
    expect(page.locator("#part-1")).to_be_hidden()
    assert recorder.urls == [from_disk.path.as_uri(), f"{from_disk.site.url}/envelopes"]
    assert recorder.posts[0].all_headers()["origin"] == "null"
    (found,) = opened(from_disk.kept, key)
    assert isinstance(found, OpenedSignature)
    assert found.signature.name == "Ірына"
    assert page.input_value("#name") == ""


def test_the_file_gives_the_text_without_asking_anyone(
    from_disk: FromDisk, page: Page, key: OrganizersKey, recorder: Recorder, tmp_path: Path
) -> None:
    """Copied or saved, the text is the envelope; it is gone from the page with the next person."""
    page.context.set_offline(True)
    page.fill("#name", "Ірына")
    page.click("label[for=way-text]")
    page.click("#submit")
    expect(page.locator("#sent")).to_be_focused()
    parts = [page.input_value(f"#part-{number}") for number in (1, 2)]
    assert max(map(len, parts)) <= 3500
    found = open_envelope(key, read_text("".join(parts)))
    assert isinstance(found, OpenedSignature)
    assert found.signature.name == "Ірына"
    with page.expect_download() as caught:
        page.click("#save-file")
    caught.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_text("ascii") == "\n".join(parts)
    page.click("[data-copies=part-1]")
    expect(page.locator("#text-copied")).to_contain_text("1")
    page.click("[data-copies=part-2]")
    expect(page.locator("#text-copied")).to_contain_text("2")
    # Pasted, it is the text copied last, and organizers find the code that the file shows.
    page.click("#show-code")
    assert commitment(check_code(page.inner_text("#code"))) == found.commitment
    page.click("#another")
    page.focus("#name")
    page.keyboard.press("Control+V")
    assert page.input_value("#name").startswith("-----BEGIN UNDERSIGNED ENVELOPE 2 OF 2 ")
    assert [page.input_value(f"#part-{number}") for number in (1, 2)] == ["", ""]
    assert recorder.urls == []
    assert from_disk.kept.count() == 0


def test_the_file_says_what_the_service_says(from_disk: FromDisk, page: Page) -> None:
    """A refusal is readable from disk; then the text is still a way, for the same signature."""
    page.route("**/envelopes", lambda route: route.fulfill(status=403, headers={"Access-Control-Allow-Origin": "null"}))
    page.fill("#name", "Ірына")
    page.click("#submit")
    expect(page.locator("#failed")).to_contain_text("больш не збірае подпісаў")
    page.click("label[for=way-text]")
    page.click("#submit")
    expect(page.locator("#part-1")).to_be_visible()


def test_the_file_reaches_no_other_address(from_disk: FromDisk, page: Page) -> None:
    """Its own policy stops even a script inside it."""
    for address in (f"{from_disk.site.url}/appeal.json", f"{from_disk.site.url}/envelopes/x", "http://localhost:1/"):
        tried = page.evaluate(
            """(address) => new Promise((resolve) => {
                document.addEventListener('securitypolicyviolation', () => resolve('blocked'), {once: true});
                fetch(address).then(() => resolve('reached'), () => {});
            })""",
            address,
        )
        assert tried == "blocked"


def test_no_door_has_to_be_moved_sideways(page: Page, published: Served) -> None:
    """At the narrowest width, and with the text at double size."""
    page.set_viewport_size({"width": 320, "height": 640})
    for door in ("withdraw", "check", "hand-in", "how"):
        page.goto(f"{published.url}/be/{door}")
        for size in ("100%", "200%"):
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (door, size)
