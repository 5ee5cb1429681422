"""What a person does to sign, and what somebody on the line sees of it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Request, expect

RELATION = "хросная маці"


def open_letter(page: Page, url: str) -> None:
    """Come to the page and wait for the form."""
    page.goto(url)
    expect(page.locator("#submit")).to_be_visible()


def sign(page: Page, choice: str, name: str, prisoner: str = "", relation: str = RELATION) -> None:
    """What a person does."""
    page.click(f"label[for={choice}]")
    page.fill("#name", name)
    page.fill("#relation", relation)
    page.fill("#prisoner", prisoner)
    page.click("#submit")
    expect(page.locator("#sent")).to_be_visible()


def looks(request: Request) -> dict[str, Any]:
    """What somebody on the line, or at the service, can see of a request and its answer."""
    answer = request.response()
    assert answer is not None
    sizes = request.sizes()
    return {
        "address": request.url,
        "method": request.method,
        "headers": sorted(request.all_headers().items()),
        "sent": (sizes["requestHeadersSize"], sizes["requestBodySize"]),
        "status": answer.status,
        "answered": sorted(name for name in answer.all_headers() if name != "date"),
        "received": sizes["responseBodySize"],
    }
