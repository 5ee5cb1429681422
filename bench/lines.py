"""What `./run bench serve` measures: each line of its tables, the servers that it needs, what it is compared with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent


def python_of(source: Path) -> str:
    """The Python of the sources in `source`: that of their own .venv, if there is one, else the one that runs this."""
    own = source / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


@dataclass(frozen=True)
class Servers:
    """What runs for a line.

    `what`: "ours", "disk" (no server, only the disk), or the name of a factory in bench/yardsticks.py.
    The rest says in which shape: `workers` and `threads` of a yardstick; ours takes its own from its settings.
    `source`: where the sources of ours lie.
    """

    what: str
    store: str = "file"
    workers: int = 1
    threads: int = 64
    slow_disk: bool = False
    through_nginx: bool = False
    source: Path = ROOT


@dataclass(frozen=True)
class Line:
    """One thing that is measured: servers, a request. `beside` names the line of the same round it is divided by."""

    name: str
    servers: Servers
    script: str = "post.lua"
    path: str = "/envelopes"
    beside: str = "bare view, POST, 1 × 64"


_PAGE = "bare view, GET as many bytes"
_FILE = "nginx, GET a file of its own"

LINES = (
    Line("bare view, POST, 1 × 64", Servers("bare")),
    Line("bare view, POST, 2 × 1", Servers("bare", workers=2, threads=1)),
    Line("raw WSGI, POST", Servers("raw")),
    Line("raw WSGI, POST, group commit", Servers("raw_durable")),
    Line("disk, POST of 4,096 bytes, one fdatasync each", Servers("disk")),
    Line("ours, POST, file store", Servers("ours")),
    Line("ours, POST, file store, nginx in front", Servers("ours", through_nginx=True)),
    Line("ours, POST, file store, 2 ms added to every fsync", Servers("ours", slow_disk=True)),
    Line("ours, POST, Redis", Servers("ours", "redis")),
    Line("ours, POST, Redis, nginx in front", Servers("ours", "redis", through_nginx=True)),
    Line(_PAGE, Servers("bare"), "get.lua", "/en/", _PAGE),
    Line("ours, GET the page", Servers("ours"), "get.lua", "/en/", _PAGE),
    Line(_FILE, Servers("ours", through_nginx=True), "get.lua", "/file/page", _FILE),
    Line("ours, GET the page, nginx in front", Servers("ours", through_nginx=True), "get.lua", "/en/", _FILE),
)


def chosen_lines(words: Sequence[str], before: Path | None = None) -> list[Line]:
    """The lines with one of these words in their names, and what they are compared with.

    With `before`, a folder with another version of the sources, each of ours stands there a second time, with that.
    Raises SystemExit when there is none.
    """
    lines = [again for line in LINES for again in (line, *_before(line, before))]
    named = {line.name for line in lines if any(word in line.name for word in words)}
    if not named:
        raise SystemExit("No line has these words in its name. There are:\n" + "\n".join(line.name for line in lines))
    beside = {line.beside for line in lines if line.name in named}
    return [line for line in lines if line.name in named | beside]


def _before(line: Line, source: Path | None) -> list[Line]:
    if source is None or not line.name.startswith("ours"):
        return []
    name = line.name.replace("ours", "before", 1)
    return [replace(line, name=name, servers=replace(line.servers, source=source))]
