"""Drives browsers that Playwright does not drive, or not as people have them, by one set of commands.

Debian's Chromium, the same without its compiler, and Debian's Firefox with what Tor Browser's level "Safer" switches
off. drive.mjs does the driving; a session here is one such program, and each test gets a fresh profile in it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.support.chromium import OWN_PAGES
from tests.support.node import node
from tests.support.programs import program

DRIVER = Path(__file__).parent / "drive.mjs"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    f"--disable-features={','.join(OWN_PAGES)}",  # puppeteer adds its own
]
# What the security level "Safer" of Tor Browser changes in Firefox, as its torbutton source lists it.
SAFER = {
    "javascript.options.ion": False,
    "javascript.options.baselinejit": False,
    "javascript.options.native_regexp": False,
    "javascript.options.wasm": False,
    "javascript.options.asmjs": False,
    "mathml.disabled": True,
    "gfx.font_rendering.graphite.enabled": False,
    "gfx.font_rendering.opentype_svg.enabled": False,
}
# Name -> the program, its arguments, its preferences.
ENGINES: dict[str, tuple[str, list[str], dict[str, bool]]] = {
    "chromium": ("chromium", CHROMIUM, {}),
    "chromium-jitless": ("chromium", [*CHROMIUM, "--js-flags=--jitless"], {}),
    "firefox-safer": ("firefox-esr", [], SAFER),
}
# The two programs again, running no script at all.
SCRIPTLESS: dict[str, tuple[str, list[str], dict[str, bool]]] = {
    "chromium-scriptless": ("chromium", CHROMIUM, {}),
    "firefox-scriptless": ("firefox-esr", [], SAFER | {"javascript.enabled": False}),
}


@dataclass
class Engine:
    """A running browser with one tab. Every command waits until it has happened, and fails loudly after a minute."""

    name: str
    process: subprocess.Popen[str]

    def do(self, command: str, **given: Any) -> Any:
        """One command of drive.mjs and its outcome; AssertionError with the browser's words when it failed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "the browser has gone"}')
        assert "error" not in answer, f"{self.name}: {answer['error']}"
        return answer["value"]

    def beforehand(self, source: str) -> None:
        """Run this in every page that comes, before its own scripts."""
        self.do("beforehand", source=source)

    def open(self, url: str) -> None:
        """Go there, as somebody who follows a link."""
        self.do("goto", url=url)

    def click(self, on: str) -> None:
        """On what a CSS selector names, once it is to be seen."""
        self.do("click", on=on)

    def type(self, on: str, text: str) -> None:
        """Key by key."""
        self.do("type", on=on, text=text)

    def visible(self, on: str) -> None:
        """Until it is to be seen."""
        self.do("visible", on=on)

    def hidden(self, on: str) -> None:
        """Until it is not to be seen."""
        self.do("hidden", on=on)

    def says(self, on: str, words: str) -> None:
        """Until these words can be read there."""
        self.do("says", on=on, words=words)

    def focused(self, on: str) -> None:
        """Until it has the focus."""
        self.do("focused", on=on)

    def value(self, on: str) -> str:
        """What stands in a field."""
        return str(self.do("value", on=on))

    def evaluate(self, source: str) -> Any:
        """What an expression is worth in the page."""
        return self.do("evaluate", source=source)

    def meets(self, end: str, *troubles: int | str) -> None:
        """The next requests to addresses that end so meet these: "abort", a status, or "page"; then they pass."""
        self.do("trouble", end=end, met=list(troubles))

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The addresses that were asked for over the network, in order, each with its method."""
        return list(self.do("asked"))


@contextmanager
def driven(
    name: str, proxy: int | None = None, profile: Path | None = None, prefs: dict[str, Any] | None = None
) -> Iterator[Engine]:
    """One of ENGINES or SCRIPTLESS, until the end of the block.

    All that is not for this machine goes to the port `proxy`; `profile` is a folder that it keeps as its own, and
    `prefs` are further preferences of Firefox.
    """
    engine, args, settled = (ENGINES | SCRIPTLESS)[name]
    browser = "firefox" if "firefox" in engine else "chrome"
    wanted = settled | (prefs or {})
    if proxy:
        args = [*args, f"--proxy-server=http://127.0.0.1:{proxy}"] if browser == "chrome" else args
        wanted = wanted | {"network.proxy.type": 1}
        for kind in ("http", "ssl"):
            wanted |= {f"network.proxy.{kind}": "127.0.0.1", f"network.proxy.{kind}_port": proxy}
    options = {"args": args, "prefs": wanted, "scripts": name in ENGINES, "profile": profile and str(profile)}
    command = [node(), str(DRIVER), browser, program(engine), json.dumps(options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Engine(name, process)
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=60)
