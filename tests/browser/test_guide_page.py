"""The page of docs/organizer.md that organizers print and keep beside the computer."""

from __future__ import annotations

from markdown_it import MarkdownIt
from playwright.sync_api import Page

from tests.support.paths import ROOT

STYLE = "<style>body { font: 12pt/1.35 serif } blockquote { margin: 0 } td { vertical-align: top }</style>"


def test_the_page_to_print_is_one_page(page: Page) -> None:
    """On A4 in 12 point, with margins of 2 cm."""
    text = (ROOT / "docs" / "organizer.md").read_text("utf-8")
    before, heading, after = text.partition("## 15. The page to print")
    assert before
    assert "\n## " not in after
    page.set_content(STYLE + MarkdownIt().enable("table").render(heading + after))
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "20mm")
    assert page.pdf(format="A4", margin=margin).count(b"/Type /Page\n") == 1
