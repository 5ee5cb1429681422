"""Who may import whom: the house rules, held by reading the sources.

Each rule is a function from sources to complaints, so that it can be shown to fail on small made-up sources.
A rule about what code can reach follows imports through our own modules, and an import inside a function counts too.
So does a name in a text of a file that imports by name, such as the table of commands.
"""

from __future__ import annotations

import ast
import posixpath
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.support.paths import ROOT
from tests.support.sources import (
    Sources,
    all_imports,
    imports,
    made_up,
    module_of,
    python,
    read_sources,
    room_of,
)

Rule = Callable[[Sources], list[str]]

ROOMS = {"crypto": {"crypto"}, "service": {"service", "crypto"}, "organizer": {"organizer", "crypto"}}
"""Each room and the rooms it may import from."""
OTHER_ROOMS = {"tests", "demo", "bench", "proofs"}

NO_CLOCK_NO_FILES_NO_NETWORK = {
    "os", "io", "pathlib", "socket", "time", "random", "logging", "tempfile", "sqlite3", "subprocess",
    "secrets", "shutil", "ssl", "http", "urllib", "asyncio", "requests", "flask", "redis",
}  # fmt: skip
NETWORK = {
    "socket", "ssl", "http", "urllib", "asyncio", "requests",
    "socketserver", "ftplib", "smtplib", "imaplib", "poplib", "xmlrpc", "webbrowser", "urllib3", "httpx", "aiohttp",
}  # fmt: skip
DISK = {
    "os", "sqlite3", "tempfile", "shutil",
    "io", "fcntl", "mmap", "glob", "fileinput", "linecache", "shelve", "dbm", "zipfile", "tarfile", "gzip", "bz2",
    "lzma",
}  # fmt: skip
DISK_METHODS = {
    "open", "open_file", "read_text", "read_bytes", "write_text", "write_bytes", "touch", "mkdir", "rmdir", "unlink",
    "rename", "symlink_to", "hardlink_to", "chmod", "lchmod", "exists", "is_file", "is_dir", "is_symlink", "is_mount",
    "stat", "lstat", "iterdir", "glob", "rglob", "walk", "resolve", "absolute", "samefile", "readlink", "expanduser",
    "cwd", "home", "copy_into", "move_into", "FileIO",
}  # fmt: skip
DISK_CLASSES = {"click.File"}
MEMORY = {"io.BytesIO"}
"""What stands in a module about files and is none."""
PROCESSES = {
    "mmap.mmap", "os._exit", "os.close", "os.closerange", "os.cpu_count", "os.fork", "os.pipe", "os.read",
    "os.sysconf", "os.waitpid", "os.write",
}  # fmt: skip
ONLY_THERE = {
    "organizer/intake/workers.py": PROCESSES,
    "organizer/cli/terminal/quiet.py": {"os.getpgrp", "os.isatty", "os.tcgetpgrp"},
}
"""What a file may import of a module about files, and nothing else may."""
HIDDEN = {"importlib", "runpy", "imp", "pkgutil", "zipimport"}
BY_NAME = dict.fromkeys(("organizer/cli/main.py", "organizer/exports/formats.py"), "importlib.import_module")
"""The files that may import by name, and what with: so a command loads its own modules only, and a format its own."""
OPENERS = {"crypto.seal", "nacl"}


def graph(sources: Sources, *, running: bool) -> dict[str, set[str]]:
    """Our modules and those of ours that each imports by name; `running`: without what only a type checker reads."""
    modules = {module_of(path) for path in python(sources)}
    edges: dict[str, set[str]] = {module: set() for module in modules}
    for found in all_imports(sources):
        target = found.full if found.full in modules else found.module
        if target in modules and not (running and found.place == "types"):
            edges[module_of(found.path)].add(target)
    return edges


def reached(sources: Sources, room: str) -> set[str]:
    """Every module of ours that loading this room loads, the packages around modules included."""
    edges = graph(sources, running=False)
    waiting = [module_of(path) for path in python(sources, room)]
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in edges and module not in seen:
            seen.add(module)
            waiting += [*edges[module], module.rpartition(".")[0]]
    return seen


# Rule 1.


def rooms_are_apart(sources: Sources) -> list[str]:
    """service → crypto ← organizer, never across, and nothing imports tests or the demo."""
    return [
        str(found)
        for found in all_imports(sources, *ROOMS)
        if found.is_of((set(ROOMS) | OTHER_ROOMS) - ROOMS[room_of(found.path)])
    ]


def no_cycles(sources: Sources) -> list[str]:
    """No module of ours comes back to itself by its imports, in either language."""
    edges = graph(sources, running=True) | {path: set(targets) for path, targets in script_graph(sources).items()}
    return [
        f"{module} imports itself, over other modules or directly" for module in edges if module in after(edges, module)
    ]


def after(edges: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [*edges[start]]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += edges.get(module, set())
    return seen


def imports_stand_at_the_top(sources: Sources) -> list[str]:
    """Not in functions, classes, conditions or attempts; under `if TYPE_CHECKING` they may.

    Nothing imports by name, but for BY_NAME, where each name stands whole in the file.
    """
    found = [
        str(found)
        for found in all_imports(sources, *ROOMS)
        if found.place == "inside" or (found.is_of(HIDDEN) and found.full != BY_NAME.get(found.path))
    ]
    for path, text in python(sources, *ROOMS).items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Name) and node.id in {"__import__", "exec", "eval", "compile"}:
                found.append(f"{path}:{node.lineno} uses {node.id}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "import_module" and not is_name(node):
                found.append(f"{path}:{node.lineno} puts together what it imports")
    return found


def is_name(call: ast.Call) -> bool:
    """Whether a call is given one name or an entry of a table, and nothing that is put together of parts."""
    return len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Name | ast.Subscript)


# Rule 2.


def crypto_is_pure(sources: Sources) -> list[str]:
    """crypto has no files, no clock, no network, no randomness of its own, no Flask and no Redis."""
    found = [str(found) for found in all_imports(sources, "crypto") if found.is_of(NO_CLOCK_NO_FILES_NO_NETWORK)]
    for path, text in python(sources, "crypto").items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in {"today", "now", "utcnow"}:
                found.append(f"{path}:{node.lineno} asks the clock")
            if isinstance(node, ast.Name) and node.id in {"open", "input", "print"}:
                found.append(f"{path}:{node.lineno} uses {node.id}")
    return found


# Rule 3.


def service_cannot_open(sources: Sources) -> list[str]:
    """service reaches neither crypto.seal nor nacl, not even over other modules."""
    modules = reached(sources, "service")
    return [str(found) for found in all_imports(sources) if module_of(found.path) in modules and found.is_of(OPENERS)]


# Rule 4.


def organizer_is_offline(sources: Sources) -> list[str]:
    """organizer reaches nothing that talks to a network, and nothing of the service."""
    modules = reached(sources, "organizer")
    banned = NETWORK | {"service"}
    return [str(found) for found in all_imports(sources) if module_of(found.path) in modules and found.is_of(banned)]


def only_the_workspace_touches_disk(sources: Sources) -> list[str]:
    """In organizer, files are opened in workspace only; elsewhere a Path is a name and nothing is behind it.

    intake/workers.py may have what copies of a program are made of, by name, and nothing that opens a file;
    cli/terminal/quiet.py whose the terminal is.
    """
    found: list[str] = []
    for path, text in python(sources, "organizer").items():
        if path.startswith("organizer/workspace/"):
            continue
        allowed = MEMORY | ONLY_THERE.get(path, set())
        banned = [one for one in imports(path, text) if one.is_of(DISK | DISK_CLASSES) and one.full not in allowed]
        found += [str(imported) for imported in banned]
        found += [f"{path}:{line} uses {name}" for line, name in disk_uses(ast.parse(text))]
    return found


def disk_uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "open":
            yield node.lineno, "open"
        elif isinstance(node, ast.Attribute) and (node.attr in DISK_METHODS or ast.unparse(node) in DISK_CLASSES):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and moves_a_file(node, node.func):
            yield node.lineno, ast.unparse(node.func)


def moves_a_file(call: ast.Call, method: ast.Attribute) -> bool:
    """A text is replaced with two arguments, a date with named ones; one argument is where a file goes."""
    return method.attr == "replace" and len(call.args) == 1 and not call.keywords


# Rule 5.


def only_the_factory_knows_stores(sources: Sources) -> list[str]:
    """Modules named …_store are imported by service/__init__.py and by nothing else of ours."""
    return [
        str(found)
        for found in all_imports(sources, *ROOMS)
        if re.match(r"service\.stores\.\w+_store\b", found.full) and found.path != "service/__init__.py"
    ]


# Rule 6.

LAYERS: tuple[tuple[frozenset[str], ...], ...] = tuple(
    tuple(frozenset(floor.split()) for floor in floors)
    for floors in (
        (
            "organizer.__main__",
            "organizer.cli organizer.window",
            "organizer.actions",
            "organizer.intake organizer.review organizer.results",
            "organizer.matching",
            "organizer.workspace organizer.keys organizer.exports",
            "organizer.text organizer.errors organizer",
            "crypto",
        ),
        (
            "service.__main__ service.admin",
            "service",
            "service.web service.settings service.door",
            "service.site service.limits service.stores",
            "service.servers",
            "service.appeal service.appeal_reader service.problems service.toml_reader",
            "crypto",
        ),
    )
)
"""The floors of each program from the top, each with its rooms: a package, a module, or `__init__` of the program."""


def room_in(module: str) -> str:
    """The room of a module: the folder or file that lies directly in its program; all of `crypto` is one room."""
    parts = module.split(".")
    return parts[0] if parts[0] == "crypto" else ".".join(parts[:2])


def floor_of(room: str, floors: tuple[frozenset[str], ...]) -> int | None:
    return next((at for at, rooms in enumerate(floors) if room in rooms), None)


def no_import_goes_up(sources: Sources) -> list[str]:
    """A room imports rooms of lower floors, or others of its own floor; every room has its floor in LAYERS."""
    found: list[str] = []
    for floors in LAYERS:
        program = min(room for rooms in floors for room in rooms if room != "crypto")
        for module, targets in graph(sources, running=False).items():
            if module.split(".")[0] != program:
                continue
            here = floor_of(room_in(module), floors)
            if here is None:
                found.append(f"{module} has no floor in LAYERS")
                continue
            for target in sorted(targets):
                there = floor_of(room_in(target), floors)
                if there is not None and there < here:
                    found.append(f"{module} imports {target}, which is above it")
    return found


def room_graph(sources: Sources) -> dict[str, set[str]]:
    """The rooms of both programs, and which others each imports."""
    edges: dict[str, set[str]] = {}
    for module, targets in graph(sources, running=False).items():
        room = room_in(module)
        edges.setdefault(room, set()).update({room_in(target) for target in targets} - {room})
    return edges


def no_circles_between_rooms(sources: Sources) -> list[str]:
    """No room comes back to itself over other rooms, not even by types alone."""
    edges = room_graph(sources)
    return [f"{room} imports itself over other rooms" for room in edges if room in after(edges, room)]


# Rule 7.

TERMINAL = {"click", "rich"}
WINDOW = {"gi"}


def each_face_keeps_its_library(sources: Sources) -> list[str]:
    """Only cli/ imports click or rich, only window/ imports gi, and neither face imports the other."""
    found: list[str] = []
    for face, library, other in (
        ("cli", TERMINAL, "organizer.window"),
        ("window", WINDOW, "organizer.cli"),
    ):
        for one in all_imports(sources, *ROOMS):
            inside = one.path.startswith(f"organizer/{face}/")
            if (inside and one.is_of({other})) or (not inside and one.is_of(library)):
                found.append(str(one))
    return found


SHARED_BY_COMMANDS = {
    "organizer.cli.terminal", "organizer.cli.options", "organizer.cli.filter_options", "organizer.cli.json_results",
}  # fmt: skip
"""What stands in cli/ and is no command."""


def no_command_imports_a_command(sources: Sources) -> list[str]:
    """Each file of cli/ is a command of its own and knows what commands share; main.py knows them all.

    The rehearsal is a command, too: it plays through the actions, not through other commands.
    """
    return [
        str(found)
        for found in all_imports(sources, "organizer")
        if found.path.startswith("organizer/cli/")
        and found.path != "organizer/cli/main.py"
        and not found.path.startswith("organizer/cli/terminal/")
        and found.is_of({"organizer.cli"})
        and not found.is_of(SHARED_BY_COMMANDS)
        and not (found.path.startswith("organizer/cli/rehearsal/") and found.is_of({"organizer.cli.rehearsal"}))
    ]


FACES = {"organizer.cli", "organizer.window", "organizer.__main__", *TERMINAL, *WINDOW}


def actions_know_no_face(sources: Sources) -> list[str]:
    """What an organizer does reaches nothing that prints or asks, not even over other modules."""
    edges = graph(sources, running=False)
    starts = [module_of(path) for path in python(sources, "organizer") if path.startswith("organizer/actions/")]
    modules = {*starts, *(module for start in starts for module in after(edges, start))}
    return [str(found) for found in all_imports(sources) if module_of(found.path) in modules and found.is_of(FACES)]


# The same in the browser.

_STATIC = re.compile(r"^\s*(?:import|export)\b(?:[^;'\"]*?\bfrom)?\s*(['\"])(?P<target>.+?)\1", re.MULTILINE)
_DYNAMIC = re.compile(r"\bimport\s*\(|\brequire\s*\(|\bimportScripts\s*\(|\bimport\.meta\b|\bnew\s+Worker\b")
_COMMENT = re.compile(r"/\*\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


def scripts(sources: Sources, folder: str) -> dict[str, str]:
    return {path: text for path, text in sources.items() if path.endswith(".mjs") and path.startswith(f"{folder}/")}


def script_imports(source: str) -> list[str]:
    return [match["target"] for match in _STATIC.finditer(_COMMENT.sub("", source))]


def script_target(path: str, target: str) -> str:
    """The path of a file of ours, or the package's name as it is."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target.startswith(".") else target


def script_graph(sources: Sources) -> dict[str, list[str]]:
    files = {**scripts(sources, "crypto/js"), **scripts(sources, "service/page")}
    return {path: [script_target(path, target) for target in script_imports(text)] for path, text in files.items()}


def browser_rooms_are_apart(sources: Sources) -> list[str]:
    """crypto/js imports @noble and itself; service/page imports itself and crypto/js; nothing is loaded later."""
    found: list[str] = []
    for path, targets in script_graph(sources).items():
        in_crypto = path.startswith("crypto/js/")
        ours = {**scripts(sources, "crypto/js"), **({} if in_crypto else scripts(sources, "service/page"))}
        for target in targets:
            if target not in ours and not (in_crypto and target.startswith("@noble/")):
                found.append(f"{path} imports {target}")
        if _DYNAMIC.search(_COMMENT.sub("", sources[path])):
            found.append(f"{path} loads code while it runs")
    return found


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        rooms_are_apart,
        no_cycles,
        imports_stand_at_the_top,
        crypto_is_pure,
        service_cannot_open,
        organizer_is_offline,
        only_the_workspace_touches_disk,
        only_the_factory_knows_stores,
        no_import_goes_up,
        no_circles_between_rooms,
        each_face_keeps_its_library,
        no_command_imports_a_command,
        actions_know_no_face,
        browser_rooms_are_apart,
    )
}


def house() -> dict[str, str]:
    """The project as it is."""
    return read_sources(*ROOMS)


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_the_rule(rule: str) -> None:
    """No file of ours breaks a rule of the house."""
    assert RULES[rule](house()) == []


def test_the_house_is_read_whole() -> None:
    """A rule that sees no files, or no imports in them, would hold for nothing."""
    for room in ROOMS:
        assert len(python(house(), room)) > 10, room
    for folder in ("crypto/js", "service/page"):
        assert all(
            not re.search("^import ", text, re.MULTILINE) or script_imports(text)
            for text in scripts(house(), folder).values()
        ), folder
    assert len(scripts(house(), "crypto/js")) > 10
    assert len(scripts(house(), "service/page")) >= 3
    assert "crypto.keys" in reached(house(), "service")
    assert {"crypto.seal", "organizer.workspace"} <= reached(house(), "organizer")
    assert "crypto.errors" in graph(house(), running=True)["crypto.seal"]
    assert {"organizer.cli.status", "organizer.cli.version"} <= graph(house(), running=True)["organizer.cli.main"]
    assert "crypto/js/seal.mjs" in script_graph(house())["service/page/signing.mjs"]


# Made-up houses, as `made_up` reads them.

BROKEN = {
    "rooms_are_apart": [
        "service/a.py: import organizer.results.tally",
        "service/a.py: from organizer import tally",
        "organizer/a.py: def f():\n    from service.stores.base import open_store",
        "organizer/cli/a.py: from ...service import store",
        "crypto/a.py: import service",
        "crypto/a.py: if TYPE_CHECKING:\n    from organizer.results.tally import Tally",
        "service/a.py: import tests.reference",
        "organizer/a.py: from demo import main",
    ],
    "no_cycles": [
        "crypto/a.py: import crypto.b | crypto/b.py: from crypto import a",
        "crypto/a.py: from . import b | crypto/b.py: from .c import x | crypto/c.py: from . import a",
        "crypto/a.py: import crypto.a",
        "service/__init__.py: from service.a import x | service/a.py: from service import create_app",
        "organizer/cli/main.py: from importlib import import_module\nTABLE = ['organizer.cli.a'] "
        "| organizer/cli/a.py: import organizer.cli.main",
        "crypto/a.py: def f():\n    import crypto.b | crypto/b.py: import crypto.a",
        "crypto/js/a.mjs: import './b.mjs'; | crypto/js/b.mjs: export { a } from './a.mjs';",
    ],
    "imports_stand_at_the_top": [
        "service/a.py: def f():\n    import json",
        "service/a.py: async def f():\n    from json import loads",
        "crypto/a.py: class A:\n    import json",
        "crypto/a.py: if sys.version_info > (3, 12):\n    import json",
        "crypto/a.py: if TYPE_CHECKING:\n    pass\nelse:\n    import json",
        "crypto/a.py: if not TYPE_CHECKING:\n    import json",
        "crypto/a.py: def f():\n    if TYPE_CHECKING:\n        import json",
        "organizer/a.py: try:\n    import json\nexcept ImportError:\n    pass",
        "organizer/a.py: with a:\n    import json",
        "organizer/a.py: import importlib",
        "organizer/a.py: from importlib import import_module",
        "organizer/a.py: seal = __import__('crypto.seal')",
        "organizer/a.py: exec('import socket')",
        "organizer/cli/main.py: import importlib",
        "organizer/cli/main.py: from importlib import machinery",
        "organizer/cli/main.py: from importlib import import_module\nimport_module('organizer.' + 'window')",
        "organizer/cli/main.py: from importlib import import_module\nimport_module(f'organizer.{name}')",
        "organizer/cli/main.py: from importlib import import_module\nimport_module('.a', 'organizer')",
    ],
    "crypto_is_pure": [
        "crypto/a.py: from os import path",
        "crypto/a.py: import os.path as where",
        "crypto/inner/a.py: from pathlib import Path",
        "crypto/a.py: def f():\n    return open('x').read()",
        "crypto/a.py: from datetime import date\nTODAY = date.today()",
        "crypto/a.py: def f():\n    import time",
        *(f"crypto/a.py: import {name}" for name in sorted(NO_CLOCK_NO_FILES_NO_NETWORK)),
    ],
    "service_cannot_open": [
        "service/a.py: import crypto.seal",
        "service/a.py: from crypto import errors, seal",
        "service/a.py: from crypto.seal import JSON_ROOM",
        "service/a.py: from nacl.public import SealedBox",
        "service/a.py: def f():\n    import nacl",
        "service/a.py: import crypto.b | crypto/b.py: from . import seal",
        "service/a.py: import crypto.b | crypto/b.py: import crypto.c | crypto/c.py: import nacl",
        "service/a.py: import crypto.b | crypto/__init__.py: import nacl | crypto/b.py: ",
    ],
    "organizer_is_offline": [
        "organizer/a.py: from urllib.request import urlopen",
        "organizer/a.py: import http.client as c",
        "organizer/cli/a.py: def f():\n    import socket",
        "organizer/a.py: from service.stores.base import open_store",
        "organizer/a.py: from crypto import b | crypto/b.py: import ssl",
        "organizer/cli/main.py: from importlib import import_module\nTABLE = {'a': 'urllib.request'}",
        "organizer/cli/main.py: from importlib import import_module\nTABLE = 'crypto.b' | crypto/b.py: import ssl",
        *(f"organizer/a.py: import {name}" for name in sorted(NETWORK)),
    ],
    "only_the_workspace_touches_disk": [
        "organizer/a.py: from os import open as look",
        "organizer/a.py: with open('x') as file:\n    pass",
        "organizer/cli/workspace.py: open('x')",
        "organizer/intake/workers.py: from os import open as look",
        "organizer/intake/workers.py: import os",
        "organizer/intake/ledgers.py: from os import fork",
        "organizer/cli/terminal/quiet.py: import os",
        "organizer/cli/terminal/quiet.py: from os import open as look",
        "organizer/cli/terminal/terminal.py: from os import tcgetpgrp",
        "organizer/a.py: texts = map(Path.read_text, paths)",
        "organizer/a.py: path.replace(other)",
        "organizer/a.py: import click\n@click.argument('x', type=click.File())\ndef f(): ...",
        "organizer/a.py: from click import File",
        "organizer/a.py: from io import FileIO",
        *(f"organizer/a.py: import {name}" for name in sorted(DISK)),
        *(f"organizer/a.py: path.{name}()" for name in sorted(DISK_METHODS)),
    ],
    "only_the_factory_knows_stores": [
        "service/web/desk_api.py: from service.stores.file_store import FileStore",
        "service/stores/base.py: from service.stores import redis_store",
        "service/__main__.py: from .stores import file_store",
        "service/stores/redis_store.py: import service.stores.file_store",
    ],
    "no_import_goes_up": [
        "organizer/actions/a.py: from organizer.cli.terminal import review | organizer/cli/terminal/review.py: ",
        "organizer/matching/a.py: from organizer.review import queue | organizer/review/queue.py: ",
        "organizer/text.py: import organizer.keys.cards | organizer/keys/cards.py: ",
        "organizer/errors.py: if TYPE_CHECKING:\n    import organizer.intake.b | organizer/intake/b.py: ",
        "organizer/exports/a.py: def f():\n    import organizer.results.b | organizer/results/b.py: ",
        "organizer/cli/a.py: from organizer.__main__ import main | organizer/__main__.py: ",
        "organizer/cli/main.py: from importlib import import_module\nTABLE = {'a': ('organizer.__main__', '')} "
        "| organizer/__main__.py: ",
        "organizer/helpers/a.py: ",
        "organizer/helpers.py: import json",
        "service/web/a.py: from service import create_app | service/__init__.py: ",
        "service/servers/a.py: from service.stores.base import EnvelopeStore | service/stores/base.py: ",
        "service/servers/connection.py: from service import settings | service/settings.py: ",
        "service/__init__.py: from service.admin import backup | service/admin/backup.py: ",
        "service/site/a.py: from ..web import b | service/web/b.py: ",
    ],
    "no_circles_between_rooms": [
        "service/site/a.py: import service.stores.b | service/stores/b.py:  "
        "| service/stores/c.py: import service.site.d | service/site/d.py: ",
        "organizer/keys/a.py: import organizer.workspace.b | organizer/workspace/b.py: import organizer.exports.c "
        "| organizer/exports/c.py: if TYPE_CHECKING:\n    import organizer.keys.d | organizer/keys/d.py: ",
        "organizer/__init__.py: import organizer.text | organizer/text.py: from organizer import VERSION",
    ],
    "each_face_keeps_its_library": [
        "organizer/actions/a.py: import click",
        "organizer/text.py: from rich.text import Text",
        "organizer/window/a.py: import click",
        "organizer/__main__.py: def f():\n    import rich",
        "organizer/cli/a.py: from gi.repository import Gtk",
        "organizer/keys/a.py: import gi",
        "organizer/cli/a.py: from organizer import window | organizer/window/__init__.py: ",
        "organizer/cli/main.py: from importlib import import_module\nTABLE = 'organizer.window.a' "
        "| organizer/window/a.py: ",
        "organizer/window/a.py: from organizer.cli.terminal import layout | organizer/cli/terminal/layout.py: ",
        "service/admin/a.py: import click",
        "crypto/a.py: import rich",
    ],
    "no_command_imports_a_command": [
        "organizer/cli/export.py: from organizer.cli import verify",
        "organizer/cli/export.py: from organizer.cli.verify import Files",
        "organizer/cli/sign.py: from . import publish",
        "organizer/cli/options.py: import organizer.cli.review",
        "organizer/cli/sign.py: from organizer.cli.main import organizer",
        "organizer/cli/sign.py: import organizer.cli",
        "organizer/cli/sign.py: from organizer.cli.rehearsal.stage import Stage",
        "organizer/cli/rehearsal/rehearse.py: from organizer.cli import keygen",
    ],
    "actions_know_no_face": [
        "organizer/actions/a.py: import click",
        "organizer/actions/a.py: from organizer.cli.terminal.terminal import Terminal",
        "organizer/actions/a.py: from organizer import window",
        "organizer/actions/a.py: import organizer.keys.b | organizer/keys/b.py: from rich.table import Table",
        "organizer/actions/a.py: import organizer.keys.b | organizer/keys/b.py: from organizer.cli import c "
        "| organizer/cli/c.py: ",
    ],
    "browser_rooms_are_apart": [
        "crypto/js/a.mjs: import { x } from 'left-pad';",
        'crypto/js/a.mjs: import fs from "node:fs";',
        "crypto/js/a.mjs: import {\n  x,\n  y,\n} from '../../service/page/b.mjs'; | service/page/b.mjs: ",
        "crypto/js/a.mjs: export * from './missing.mjs';",
        "crypto/js/a.mjs: import 'https://example.org/a.mjs';",
        "service/page/a.mjs: import { sha256 } from '@noble/hashes/sha2.js';",
        "service/page/a.mjs: import './b.mjs';\nimport '../static/sign.js'; | service/page/b.mjs: ",
        "service/page/a.mjs: const x = await import('./b.mjs'); | service/page/b.mjs: ",
        "crypto/js/a.mjs: const x = require('x');",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_the_rule_can_fail(rule: str, text: str) -> None:
    """Sources that break a rule are found by it."""
    assert RULES[rule](made_up(text))


def test_every_rule_is_shown_to_fail() -> None:
    """A rule without an example against it proves nothing."""
    assert BROKEN.keys() == RULES.keys() == KEPT.keys()


KEPT = {
    "rooms_are_apart": [
        "service/a.py: import crypto.keys\nfrom service import b | service/b.py: ",
        "organizer/cli/a.py: from .. import tally\nfrom crypto import keys\nimport service_bus",
        "service/a.py: TEXT = 'import organizer'",
    ],
    "no_cycles": [
        "crypto/a.py: from crypto import b, c | crypto/b.py: from crypto import c | crypto/c.py: ",
        "crypto/a.py: import crypto.b | crypto/b.py: if TYPE_CHECKING:\n    import crypto.a",
        "service/__init__.py: from service import a | service/a.py: from service.b import x | service/b.py: ",
        "crypto/js/a.mjs: import './b.mjs'; | crypto/js/b.mjs: // import './a.mjs';",
    ],
    "imports_stand_at_the_top": [
        "crypto/a.py: import json\nif TYPE_CHECKING:\n    import re\nfrom re import compile as c",
        "crypto/a.py: import typing\nif typing.TYPE_CHECKING:\n    import re\nre.compile('x')",
        "organizer/cli/main.py: from importlib import import_module\nTABLE = {'a': 'organizer.cli.a'}\n"
        "import_module(TABLE['a'])",
    ],
    "crypto_is_pure": [
        "crypto/a.py: import hashlib\nfrom datetime import date\nimport timeit_ | service/a.py: import os",
    ],
    "service_cannot_open": [
        "service/a.py: import crypto.b | crypto/b.py:  | crypto/seal.py: import nacl",
    ],
    "organizer_is_offline": [
        "organizer/a.py: import sys | service/a.py: import socket",
        "organizer/a.py: TEXT = 'urllib.request'",
    ],
    "only_the_workspace_touches_disk": [
        "organizer/workspace/__init__.py: import os\nopen('x') | service/a.py: import os",
        "organizer/intake/workers.py: from mmap import mmap\nfrom os import fork, pipe",
        "organizer/cli/terminal/quiet.py: from os import getpgrp, isatty, tcgetpgrp",
        "organizer/a.py: from pathlib import Path\nname = (Path('a') / 'b').name",
        "organizer/a.py: text.replace('a', 'b')\nday.replace(year=1)\nopened = reopen(1)",
        "organizer/a.py: from io import BytesIO",
    ],
    "only_the_factory_knows_stores": [
        "service/__init__.py: from service.stores.file_store import FileStore",
        "service/web/desk_api.py: from service.stores.base import EnvelopeStore",
    ],
    "no_import_goes_up": [
        "organizer/cli/a.py: from organizer.actions import b | organizer/actions/b.py: from organizer.errors import E "
        "| organizer/errors.py: from crypto.errors import F | crypto/errors.py: ",
        "organizer/workspace/a.py: from organizer.keys import b | organizer/keys/b.py: from organizer import VERSION "
        "| organizer/__init__.py: ",
        "service/__main__.py: from service import create_app | service/__init__.py: from service.web import a "
        "| service/web/a.py: from service.settings import Settings | service/settings.py: ",
    ],
    "no_circles_between_rooms": [
        "service/site/a.py: import service.site.b | service/site/b.py: import service.stores.c "
        "| service/stores/c.py: import crypto.d | crypto/d.py: import crypto.e | crypto/e.py: ",
    ],
    "each_face_keeps_its_library": [
        "organizer/cli/terminal/a.py: import click\nfrom rich.text import Text",
        "organizer/window/a.py: import gi\nfrom organizer.actions import b",
        "organizer/__main__.py: from organizer import cli, window",
        "service/a.py: import clickhouse",
    ],
    "no_command_imports_a_command": [
        "organizer/cli/export.py: from organizer.cli.options import JSON\nfrom organizer.cli.terminal import layout",
        "organizer/cli/main.py: from organizer.cli import export\nfrom organizer.cli.rehearsal import rehearse",
        "organizer/cli/rehearsal/rehearse.py: from organizer.cli.rehearsal.stage import Stage",
        "organizer/cli/terminal/review.py: from organizer.cli.terminal import layout",
    ],
    "actions_know_no_face": [
        "organizer/actions/a.py: import organizer.keys.b | organizer/keys/b.py: import crypto.c | crypto/c.py:  "
        "| organizer/cli/d.py: import click",
    ],
    "browser_rooms_are_apart": [
        "crypto/js/a.mjs: import {\n  x,\n} from '@noble/x.js';\nexport const from = 'left-pad';",
        "service/page/a.mjs: import { x } from '../../crypto/js/b.mjs'; | crypto/js/b.mjs: ",
        "crypto/js/a.mjs: /**\n * @param {import('left-pad').T} x\n */\nexport function f(x) {}",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in KEPT.items() for text in texts])
def test_the_rule_lets_pass_what_it_should(rule: str, text: str) -> None:
    """Sources that keep a rule give no complaint."""
    assert RULES[rule](made_up(text)) == []


IMPORT_ALL_OF_SERVICE = """
import pkgutil, sys, service
for found in pkgutil.walk_packages(service.__path__, "service."):
    __import__(found.name)
print("\\n".join(sys.modules))
"""


def test_a_running_service_has_no_code_to_open_an_envelope() -> None:
    """After every module of the service was loaded, neither crypto.seal nor anything of nacl has been."""
    command = [sys.executable, "-c", IMPORT_ALL_OF_SERVICE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines())
    assert {"service", "service.web.desk_api", "crypto.keys"} <= loaded
    assert not {name for name in loaded if name == "crypto.seal" or name.split(".")[0] in {"nacl", "organizer"}}
