"""The main job, end to end, with the two commands of the README: a person signs, organizers open, the page shows it.

The first test makes its keys as `./run` does; in the others, only the passphrase of the key file is cheaper to try.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from service.site.rendering import NEED_ADDRESSES
from tests.browser.support.chromium import Recorder
from tests.browser.support.signing import RELATION, looks, open_letter, sign
from tests.support.demo_site import prepare, publish, trial
from tests.support.programs import program
from tests.support.sample_appeal import APPEAL_ID
from tests.support.site_map import PAGES

PUBLIC_NAME, NONPUBLIC_NAME = "Аляксандра Публічная", "Таццяна Непублічная-Ціхая"
PRISONER = "Зміцер Вязень"


def test_a_person_signs_organizers_open_offline_and_the_signed_count_appears(browser: Browser, tmp_path: Path) -> None:
    """Read, sign publicly, sign non-publicly, export, open, review, publish, reload."""
    data = tmp_path / "data"
    seen: dict[str, list[dict[str, Any]]] = {}
    with trial(data) as running:
        for choice, name, prisoner in (("public", PUBLIC_NAME, PRISONER), ("nonpublic", NONPUBLIC_NAME, "")):
            context = browser.new_context(viewport={"width": 390, "height": 844}, locale="be-BY")
            page = context.new_page()
            recorder = Recorder()
            page.on("request", lambda request, to=recorder: to.requests.append(request))
            open_letter(page, running.url + "/")
            assert page.url == f"{running.url}/be/"
            expect(page.get_by_text("DEMO")).to_be_visible()
            expect(page.get_by_text("Мы — родныя людзей")).to_be_visible()
            sign(page, choice, name, prisoner)
            page.wait_for_load_state("networkidle")
            seen[choice] = [looks(request) for request in recorder.requests if not request.url.startswith("data:")]
            context.close()

        assert [each["method"] for each in seen["public"]] == ["GET", "GET", "POST"]
        assert seen["public"] == seen["nonpublic"]

        stored = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
        assert not [word for word in (PUBLIC_NAME, NONPUBLIC_NAME, PRISONER, RELATION) if word.encode() in stored]

        publish(running, tmp_path / "stick")

        context = browser.new_context(locale="be-BY")
        page = context.new_page()
        page.goto(f"{running.url}/be/")
        expect(page.locator(".count")).to_have_text("2 чалавекі падпісалі")
        expect(page.locator("#result")).to_contain_text("1 з імем, 1 без імя")
        expect(page.locator("#result .people")).to_contain_text(PUBLIC_NAME)
        context.close()

        paths = ["/", "/appeal.json", "/publication.json", "/publication.json.demo.minisig", "/ledger", "/healthz"]
        paths += [page for page in PAGES if page.split("/")[2] not in NEED_ADDRESSES]
        served = {path: running.get(path) for path in paths}
        assert PUBLIC_NAME.encode() in served["/be/"]
        assert PUBLIC_NAME.encode() in served["/publication.json"]
        for word in (NONPUBLIC_NAME, "Непублічная", "Ціхая", "\\u041d\\u0435\\u043f\\u0443\\u0431"):
            assert not [path for path, content in served.items() if word.encode() in content]

        verify = ["verify", str(tmp_path / "stick" / "out" / "publication.json")]
        running.organizer(*verify, "--appeal", str(tmp_path / "stick" / "appeal.json"))
        appeal = json.loads(served["/appeal.json"])
        stock = [program("minisign"), "-V", "-P", appeal["minisign"][0], "-m", "publication.json"]
        stock += ["-x", "publication.json.demo.minisig"]
        subprocess.run(stock, cwd=tmp_path / "stick" / "out", check=True, capture_output=True)


def test_a_second_round_counts_what_is_new_and_what_came_on_paper(page: Page, tmp_path: Path) -> None:
    """The next publication follows the first; hand entries count apart; a restart keeps everything."""
    data = prepare(tmp_path / "data", APPEAL_ID.hex())
    with trial(data) as running:
        open_letter(page, f"{running.url}/en/")
        sign(page, "public", "First Person")
        assert publish(running, tmp_path / "first")
    with trial(data) as running:
        open_letter(page, f"{running.url}/en/")
        sign(page, "nonpublic", "Second Person")
        table = tmp_path / "paper.csv"
        table.write_text("name,public\nPaper Person,yes\nQuiet Person,no\n", "utf-8")
        running.organizer("add", "--csv", str(table), "--yes")
        publish(running, tmp_path / "second")
        published = json.loads(running.get("/publication.json"))
        assert (published["number"], published["total"]) == (2, 4)
        assert published["by_hand"] == {"public": 1, "nonpublic": 1}
        assert [entry["name"] for entry in published["signatures"]] == ["First Person", "Paper Person"]
        page.reload()
        expect(page.locator(".count")).to_have_text("4 people have signed")


def test_any_other_letter_works_the_same_way(page: Page, tmp_path: Path) -> None:
    """A folder with another text, another language and no group is enough."""
    folder = tmp_path / "appeal"
    folder.mkdir()
    appeal_id = "00112233445566778899aabbccddeeff"
    (folder / "letter.pl.md").write_text("Pierwszy akapit.\n\nDrugi akapit.\n", "utf-8")
    (folder / "appeal.toml").write_text(
        f'id = "{appeal_id}"\nlanguages = ["pl"]\nthreshold = 1\n'
        '[title]\npl = "List otwarty"\n[page_title]\npl = "Tekst"\n[addressee]\npl = "Do wszystkich"\n',
        "utf-8",
    )
    with trial(prepare(tmp_path / "data", appeal_id), "--appeal", str(folder)) as running:
        open_letter(page, running.url + "/")
        expect(page.get_by_text("Drugi akapit.")).to_be_visible()
        sign(page, "public", "Łucja Żółć")
        publish(running, tmp_path / "stick")
        page.reload()
        expect(page.locator("#result .people")).to_contain_text("Łucja Żółć")
