"""Signing in a real browser: what a person sees, and what leaves the page."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from crypto.code import check_code, commitment
from crypto.keys import OrganizersKey
from crypto.seal import OpenedSignature
from crypto.signature import fields_without
from service.appeal_reader import load_appeal
from service.problems import MEDIA_TYPE, OVERLOADED
from service.settings import Settings
from tests.browser.support.chromium import Recorder, arrived
from tests.support.envelopes import Arrived
from tests.support.flood import make_busy
from tests.support.service_process import Served, serving
from tests.support.twins import open_envelope

FIELDS = tuple(field.name for field in fields_without(public="a choice of two", language="that of the page"))


def fill(page: Page, name: str = "Ірына Сямёнаўна Прыклад", **others: str) -> None:
    page.fill("#name", name)
    for field, text in others.items():
        if field in ("vouch", "contact", "message") and not page.is_visible(f"#{field}"):
            page.click("#more summary")
        page.fill(f"#{field}", text)


def opened(kept: Arrived, key: OrganizersKey) -> list[OpenedSignature]:
    with closing(kept.snapshot()) as snapshot:
        found = [open_envelope(key, envelope) for envelope in snapshot.envelopes]
    assert all(isinstance(each, OpenedSignature) for each in found)
    return [each for each in found if isinstance(each, OpenedSignature)]


def typed(page: Page) -> list[str]:
    return [page.input_value(f"#{field}") for field in FIELDS]


@pytest.fixture
def page(tab: Page) -> Page:
    """A tab of a phone that is used again."""
    return tab


@pytest.fixture
def form(page: Page, site: Served) -> Page:
    """The page of the letter, ready to be filled in."""
    page.goto(f"{site.url}/be/")
    expect(page.locator("#submit")).to_be_visible()
    return page


def test_everything_typed_arrives_sealed_and_only_sealed(
    form: Page, kept: Arrived, key: OrganizersKey, recorder: Recorder, site: Served
) -> None:
    """The organizers read what was written; the one request carries 4,096 bytes in which no word stands."""
    words = {"relation": "сястра", "prisoner": "Алесь Прыклад", "vouch": "бусел-7", "contact": "@iryna"}
    words["message"] = "Трымайцеся!\nЯ з вамі"
    fill(form, **words)
    form.click("label[for=public]")
    form.click("#submit")
    expect(form.locator("#sent")).to_be_visible()
    (found,) = opened(kept, key)
    signature = found.signature
    assert (signature.name, signature.public, signature.language) == ("Ірына Сямёнаўна Прыклад", True, "be")
    assert (signature.relation, signature.prisoner, signature.contact) == ("сястра", "Алесь Прыклад", "@iryna")
    assert signature.vouch == "бусел-7"
    assert signature.message == "Трымайцеся! Я з вамі"
    assert found.letter_hash.hex() == load_appeal(site.settings.appeal).letters["be"].hash
    (post,) = recorder.posts
    body = post.post_data_buffer or b""
    assert len(body) == 4096
    assert not [word for word in (*words.values(), "Ірына") if word.encode() in body]


def test_non_public_is_what_is_chosen_unless_someone_chooses_otherwise(
    form: Page, kept: Arrived, key: OrganizersKey
) -> None:
    """A person in a hurry is not published."""
    fill(form)
    expect(form.locator("#submit")).to_have_text("Падпісаць непублічна", use_inner_text=True)
    form.click("#submit")
    expect(form.locator("#sent")).to_be_focused()
    assert [each.signature.public for each in opened(kept, key)] == [False]


def test_the_choice_stands_on_the_button(form: Page) -> None:
    """Nobody presses without seeing which of the two it will be."""
    form.click("label[for=public]")
    expect(form.locator("#submit")).to_have_text("Падпісаць публічна", use_inner_text=True)
    form.click("label[for=nonpublic]")
    expect(form.locator("#submit")).to_have_text("Падпісаць непублічна", use_inner_text=True)


def test_it_works_with_the_keyboard_alone(form: Page, kept: Arrived, key: OrganizersKey) -> None:
    """Tab, arrows, space and Enter are enough."""
    form.focus("#nonpublic")
    form.keyboard.press("ArrowDown")
    form.keyboard.press("Tab")
    form.keyboard.type("Ян")
    for _ in range(4):
        form.keyboard.press("Tab")
    expect(form.locator("#submit")).to_be_focused()
    form.keyboard.press("Enter")
    expect(form.locator("#sent")).to_be_visible()
    assert [(each.signature.name, each.signature.public) for each in opened(kept, key)] == [("Ян", True)]


@pytest.mark.parametrize(
    ("name", "sealed"),
    [
        ("Слаў'янаў-О’Ніл Мар\u02bcяна", "Слаў'янаў-О’Ніл Мар\u02bcяна"),
        ("  Ян \t Пётр  ", "Ян Пётр"),
        ("И\u0306ода\u200b\u200e", "Йода"),
        ("У\u0306ладак", "Ўладак"),
        ("Łukašenka Ё", "Łukašenka Ё"),
    ],
)
def test_real_names_arrive_as_written(form: Page, kept: Arrived, key: OrganizersKey, name: str, sealed: str) -> None:
    """Apostrophes, hyphens, ў stay; only invisible characters and stray spaces go."""
    fill(form, name)
    form.click("#submit")
    expect(form.locator("#sent")).to_be_visible()
    assert [each.signature.name for each in opened(kept, key)] == [sealed]


def test_a_mistake_is_told_beside_its_field_and_nothing_is_sent(form: Page, recorder: Recorder) -> None:
    """In the page's language, with the focus moved there, and everything kept."""
    fill(form, "  ", relation="сястра", message="м" * 501)
    form.click("#submit")
    expect(form.locator("#name-error")).to_have_text("Напішыце, калі ласка, імя.")
    expect(form.locator("#name")).to_be_focused()
    expect(form.locator("#name")).to_have_attribute("aria-invalid", "true")
    expect(form.locator("#message-error")).to_be_visible()
    kept = {"relation": "сястра", "message": "м" * 501}
    assert typed(form)[1:] == [kept.get(field, "") for field in FIELDS[1:]]
    form.fill("#name", "Ян")
    form.click("#submit")
    expect(form.locator("#name-error")).to_be_hidden()
    expect(form.locator("#message")).to_be_focused()
    assert recorder.posts == []


def test_what_does_not_fit_together_is_told(form: Page, recorder: Recorder) -> None:
    """Each field within its limit, but too many bytes in all: nothing is cut off in silence."""
    fill(form, "ა" * 120, relation="ა" * 80, prisoner="ა" * 120, contact="ა" * 120, message="ა" * 500)
    form.click("#submit")
    expect(form.locator("#message-error")).to_have_text("Разам гэта задоўга. Скараціце, калі ласка, паведамленне.")
    expect(form.locator("#message")).to_be_focused()
    assert recorder.posts == []


def test_a_bad_network_is_tried_again_with_the_same_bytes(
    form: Page, kept: Arrived, key: OrganizersKey, recorder: Recorder
) -> None:
    """Two lost connections and a busy answer: the page says so, waits 1, 2, 4 seconds, and arrives once."""
    troubles = ["abort", "busy", "abort"]

    def trouble(route: Route) -> None:
        match troubles.pop(0) if troubles else "none":
            case "abort":
                route.abort("connectionreset")
            case "busy":
                route.fulfill(status=503)
            case _:
                route.continue_()

    form.route("**/envelopes", trouble)
    fill(form)
    form.click("#submit")
    expect(form.locator("[data-state=retrying]")).to_be_visible()
    expect(form.locator("#name")).to_have_attribute("readonly", "")
    expect(form.locator("#sent")).to_be_visible(timeout=20_000)
    assert len(recorder.posts) == 4
    assert len({request.post_data_buffer for request in recorder.posts}) == 1
    assert len(opened(kept, key)) == 1


def test_an_overloaded_site_is_not_blamed_on_the_connection(form: Page, kept: Arrived) -> None:
    """Said in words of its own for as long as it lasts; then it arrives."""
    refusals = [json.dumps(OVERLOADED.response().get_json(force=True))]

    def refuse(route: Route) -> None:
        if refusals:
            route.fulfill(status=OVERLOADED.status, content_type=MEDIA_TYPE, body=refusals.pop())
        else:
            route.continue_()

    form.route("**/envelopes", refuse)
    fill(form)
    form.click("#submit")
    expect(form.locator("[data-state=overloaded]")).to_contain_text("Сайт перагружаны")
    expect(form.locator("[data-state=retrying]")).to_be_hidden()
    expect(form.locator("#stop")).to_be_visible()
    expect(form.locator("#sent")).to_be_visible(timeout=20_000)
    assert kept.count() == 1


def test_an_answer_that_was_lost_leads_to_one_envelope(form: Page, kept: Arrived, key: OrganizersKey) -> None:
    """The service kept it, the phone did not hear: sending again changes nothing."""
    lost = [True]

    def lose(route: Route) -> None:
        if lost.pop() if lost else False:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    form.route("**/envelopes", lose)
    fill(form)
    form.click("#submit")
    expect(form.locator("#sent")).to_be_visible()
    assert len(opened(kept, key)) == 1


def test_whoever_stops_keeps_the_text_and_the_same_commitment(
    form: Page, kept: Arrived, key: OrganizersKey, recorder: Recorder
) -> None:
    """Nothing more is sent after stopping; a later try carries the same commitment, so that it counts once."""
    form.route("**/envelopes", lambda route: route.abort("connectionreset"))
    fill(form)
    form.click("#submit")
    form.click("#stop")
    expect(form.locator("#failed")).to_be_focused()
    expect(form.locator("#failed")).to_contain_text("Не адпраўлена.")
    assert typed(form)[0] == "Ірына Сямёнаўна Прыклад"
    sent = len(recorder.posts)
    first = recorder.posts[0].post_data_buffer or b""
    form.unroute("**/envelopes")
    form.fill("#relation", "маці")
    assert len(recorder.posts) == sent
    form.click("#submit")
    expect(form.locator("#sent")).to_be_visible()
    (found,) = opened(kept, key)
    tried = open_envelope(key, first)
    assert isinstance(tried, OpenedSignature)
    assert tried.commitment == found.commitment


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (409, "Старонка састарэла"),
        (400, "Сэрвіс гэта не прыняў"),
        (403, "больш не збірае подпісаў"),
        (415, "не прыняў"),
    ],
)
def test_a_refusal_is_told_and_the_text_stays(form: Page, recorder: Recorder, status: int, words: str) -> None:
    """What would be refused again is not tried again."""
    form.route("**/envelopes", lambda route: route.fulfill(status=status))
    fill(form, relation="сястра")
    form.click("#submit")
    expect(form.locator("#failed")).to_contain_text(words)
    expect(form.locator("#failed-kept")).to_have_text("Напісанае засталося тут.")
    expect(form.locator("#submit")).to_be_visible()
    assert typed(form)[:2] == ["Ірына Сямёнаўна Прыклад", "сястра"]
    assert len(recorder.posts) == 1


def test_if_sealing_fails_nothing_is_sent(form: Page, recorder: Recorder) -> None:
    """A broken generator, a missing key: the text stays on the page and nowhere else."""
    form.evaluate("() => { crypto.getRandomValues = () => { throw new Error('no randomness') } }")
    fill(form)
    form.click("#submit")
    expect(form.locator("#failed")).to_contain_text("нічога не пакінула вашу прыладу")
    assert typed(form)[0] == "Ірына Сямёнаўна Прыклад"
    assert recorder.posts == []


def test_after_success_nothing_typed_remains(form: Page) -> None:
    """Not in a field, not in the page, not in the browser's stores, not in the address."""
    address = form.url
    fill(form, relation="сястра", message="паведамленне")
    form.click("#submit")
    expect(form.locator("#sent")).to_be_visible()
    assert not any(typed(form))
    assert "Сямёнаўна" not in form.content()
    assert form.evaluate("[localStorage.length, sessionStorage.length, document.cookie, history.length]")[:3] == [
        0,
        0,
        "",
    ]
    assert form.context.storage_state() == {"cookies": [], "origins": []}
    assert form.url == address


def test_leaving_and_coming_back_finds_an_empty_form(form: Page, site: Served) -> None:
    """The back button does not bring back what was typed."""
    fill(form, relation="сястра")
    form.goto(f"{site.url}/be/how")
    form.go_back()
    expect(form.locator("#submit")).to_be_visible()
    assert not any(typed(form))


def test_a_double_click_sends_once(form: Page, recorder: Recorder) -> None:
    """An impatient finger signs once."""
    fill(form)
    form.dblclick("#submit")
    expect(form.locator("#sent")).to_be_visible()
    assert len(recorder.posts) == 1


def test_the_code_is_shown_only_on_request_and_belongs_to_the_signature(
    form: Page, kept: Arrived, key: OrganizersKey
) -> None:
    """25 digits whose commitment lies in the envelope."""
    fill(form)
    form.click("#submit")
    expect(form.locator("#sent")).to_be_visible()
    expect(form.locator("#code")).to_be_hidden()
    form.click("#show-code")
    shown = form.inner_text("#code")
    (found,) = opened(kept, key)
    assert commitment(check_code(shown)) == found.commitment


def test_another_person_gets_an_empty_form_and_another_code(form: Page, kept: Arrived, key: OrganizersKey) -> None:
    """Families share a phone."""
    for name in ("Ян", "Алеся"):
        fill(form, name)
        form.click("#submit")
        expect(form.locator("#sent")).to_be_visible()
        form.click("#another")
        expect(form.locator("#sent")).to_be_hidden()
        assert not any(typed(form))
    found = opened(kept, key)
    assert {each.signature.name for each in found} == {"Ян", "Алеся"}
    assert len({each.commitment for each in found}) == 2


def test_without_scripts_the_letter_is_read_and_no_field_is_offered(browser: Browser, site: Served) -> None:
    """A field that cannot seal must not invite anyone to type."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/be/")
    expect(page.get_by_text("Мы — родныя людзей")).to_be_visible()
    expect(page.locator("#not-started")).to_be_visible()
    expect(page.locator("#form")).to_be_hidden()
    context.close()


# Computing waits for `goOn()`: on a fast machine it would be over before anyone could see it.
SLOWLY = """() => {
    const { deriveBits } = SubtleCrypto.prototype;
    const gone = new Promise((resolve) => { window.goOn = resolve });
    crypto.subtle.deriveBits = (...given) => gone.then(() => deriveBits.apply(crypto.subtle, given));
}"""


def test_a_flooded_service_is_paid_with_work(
    page: Page, settings: Settings, tmp_path: Path, key: OrganizersKey, recorder: Recorder
) -> None:
    """The page says that the browser is computing, sends the same bytes with the solution, and arrives.

    A browser that offers no cryptography, as over plain http, computes by itself.
    """
    with serving(replace(settings, work_above=1), tmp_path / "log") as flooded:
        make_busy(flooded, key.record.header)
        kept = arrived(flooded)
        page.goto(f"{flooded.url}/be/")
        page.evaluate(SLOWLY)
        for name in ("Першы", "Другі"):
            fill(page, name)
            page.click("#submit")
            if name == "Першы":
                expect(page.locator("[data-state=working]")).to_be_visible()
                page.evaluate("goOn()")
            expect(page.locator("#sent")).to_be_visible()
            page.evaluate("() => Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true })")
            page.click("#another")
        names = {each.signature.name for each in opened(kept, key)}
    for asked, paid in (recorder.posts[:2], recorder.posts[2:]):
        assert "undersigned-work" not in asked.headers
        assert "undersigned-work" in paid.headers
        assert asked.post_data_buffer == paid.post_data_buffer
    assert names == {"Першы", "Другі"}


def test_whoever_stops_computing_keeps_the_text(
    page: Page, settings: Settings, tmp_path: Path, key: OrganizersKey
) -> None:
    """Stopping works while the browser computes, too."""
    with serving(replace(settings, work_above=1), tmp_path / "log") as flooded:
        make_busy(flooded, key.record.header)
        page.goto(f"{flooded.url}/be/")
        page.evaluate("() => { crypto.subtle.deriveBits = () => new Promise(() => {}) }")
        fill(page, "Другі")
        page.click("#submit")
        page.click("#stop")
        expect(page.locator("#failed")).to_be_visible()
        assert typed(page)[0] == "Другі"
