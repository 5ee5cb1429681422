"""The start of organizer.pyz, the organizers' tool in one file: checks its libraries and makes them importable.

It writes nothing: code and libraries are read into memory. So nothing is left behind on the computer, whatever happens,
and nobody can change a library between its check and its use. It uses the standard library only.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import sys
import termios
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import BadZipFile, ZipFile
from zipfile import Path as ZipPath

LOCK = "requirements-organizer.txt"
"""Names every library with the hashes of its wheels, as its makers published them."""
WHEELS = "wheels"
"""The folder of wheels, inside the file and, for other computers, beside it."""
BYTECODE = "bytecode/{}.zip"
"""Inside the file: what Python would compile at each start, for one Python, by the name that this Python gives it."""
LEFT_OUT = {"pillow", "pycparser"}
"""Libraries in the lock file that the tool never uses: one is for images in a PDF, one for building C code."""

_READS_BY_PATH = {"shamir_mnemonic.wordlist"}  # opens a file beside itself, which here is in a wheel in memory
_WHEEL = re.compile(r"(?P<name>[^-]+)-[^-]+(-[0-9][^-]*)?-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl")


class Damaged(Exception):
    """The file, or a wheel beside it, was changed since it was made."""


class Missing(Exception):
    """There are no wheels for this computer of these libraries."""


def pinned(lock: str) -> set[str]:
    """The names of the libraries that the tool needs."""
    return set(re.findall(r"(?m)^([a-z0-9-]+)==", lock)) - LEFT_OUT


def hashes(lock: str) -> set[str]:
    """The SHA-256 of every file that a library may come in, in hex."""
    return set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))


def project(wheel: str) -> str:
    """The library that a wheel's file name tells."""
    return re.sub(r"[-_.]+", "-", wheel.split("-")[0]).lower()


def fits(wheel: str, version: tuple[int, int], machine: str) -> bool:
    """Whether a wheel of this file name runs on this Python of a Linux with glibc."""
    tags = _WHEEL.fullmatch(wheel)
    if not tags:
        return False
    if tags["abi"] == "none" and tags["platform"] == "any":
        return "py3" in tags["python"].split(".")
    platforms = tags["platform"].split(".")
    if not any(one.startswith("manylinux") and one.endswith(f"_{machine}") for one in platforms):
        return False
    made_for = re.fullmatch(r"cp3([0-9]+)", tags["python"])
    if made_for and tags["abi"] == "abi3":
        return int(made_for[1]) <= version[1]
    return tags["python"] == tags["abi"] == f"cp{version[0]}{version[1]}"


def choose(lock: str, sources: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """One wheel for each library, the first of `sources` (names and bytes). Raises Damaged, Missing."""
    wanted, allowed = pinned(lock), hashes(lock)
    found: dict[str, bytes] = {}
    for name, content in sources:
        if project(name) in wanted - found.keys():
            if hashlib.sha256(content).hexdigest() not in allowed:
                raise Damaged(name)
            found[project(name)] = content
    if wanted - found.keys():
        raise Missing(", ".join(sorted(wanted - found.keys())))
    return found


class Shelf(MetaPathFinder):
    """Finds modules in zip files: the tool's own in `archive`, libraries in wheels that lie in memory."""

    def __init__(self, archive: Path, zips: Sequence[ZipFile]) -> None:
        self._archive = archive
        self._where = {name: one for one in zips for name in one.namelist()}
        self._loaded = 0

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Asked by Python for each module that is imported."""
        stem = fullname.replace(".", "/")
        for name in (f"{stem}/__init__.py", f"{stem}.py"):
            if name in self._where:
                loader = _FromShelf(self, fullname, self.path(name))
                return spec_from_file_location(fullname, self.path(name), loader=loader)
        for name in (stem + suffix for suffix in EXTENSION_SUFFIXES):
            if name in self._where:
                return self._compiled(fullname, self._where[name].read(name))
        return None

    def path(self, name: str) -> str:
        """A made-up path for a file on the shelf; there is no such file on the disk."""
        return str(self._archive / name)

    def read(self, path: str) -> bytes:
        """The bytes of a file on the shelf. Raises FileNotFoundError."""
        name = path.removeprefix(f"{self._archive}/")
        if name not in self._where:
            raise FileNotFoundError(path)
        return self._where[name].read(name)

    def folder(self, package: str) -> ZipPath:
        """A package's folder, for libraries that read their data in the way Python proposes."""
        at = package.replace(".", "/")
        return ZipPath(self._where[f"{at}/__init__.py"], f"{at}/")

    def _compiled(self, fullname: str, library: bytes) -> ModuleSpec | None:
        # A file in memory has a number, not a place. Python opens it by that number; the system's loader remembers
        # libraries by the spelling of their path, so each gets a spelling of its own and numbers may be used again.
        self._loaded += 1
        number = os.memfd_create(fullname)
        with os.fdopen(number, "wb", closefd=False) as file:
            file.write(library)
        path = f"/proc/self/fd/{'./' * self._loaded}{number}"
        return spec_from_file_location(fullname, path, loader=_Compiled(fullname, path, number))


class _Compiled(ExtensionFileLoader):
    """Loads a compiled library and lets go of its file: it stays mapped."""

    def __init__(self, name: str, path: str, number: int) -> None:
        super().__init__(name, path)
        self._number = number

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = super().create_module(spec)
        os.close(self._number)
        return module


class _FromShelf(SourceLoader):
    """Loads one module in Python, and reads the files that lie beside it."""

    def __init__(self, shelf: Shelf, fullname: str, path: str) -> None:
        self._shelf, self._fullname, self._path = shelf, fullname, path

    def get_filename(self, fullname: str) -> str:
        return self._path

    def path_stats(self, path: str) -> dict[str, int]:
        # Asked before Python looks for bytecode. That carries a hash of its source, and no date.
        return {"mtime": 0}

    def get_data(self, path: str | bytes) -> bytes:
        return self._shelf.read(os.fsdecode(path))

    def exec_module(self, module: ModuleType) -> None:
        if self._fullname in _READS_BY_PATH:
            module.__dict__["open"] = self._open
        super().exec_module(module)

    def get_resource_reader(self, fullname: str) -> _Resources:
        return _Resources(self._shelf.folder(fullname))

    def _open(self, path: str, mode: str = "r") -> TextIOWrapper:
        return TextIOWrapper(BytesIO(self.get_data(path)), encoding="utf-8")


class _Resources:
    """The reader that importlib.resources asks for. It has no base class, because old Pythons keep that elsewhere."""

    def __init__(self, folder: ZipPath) -> None:
        self._folder = folder

    def files(self) -> ZipPath:
        return self._folder


def wheels_for(
    entries: Mapping[str, bytes], beside: Path, version: tuple[int, int], machine: str
) -> Iterator[tuple[str, bytes]]:
    """Wheels that fit this computer: those in the file, then those in the folder `wheels` beside it."""
    for name in sorted(entries):
        wheel = name.removeprefix(f"{WHEELS}/")
        if wheel != name and fits(wheel, version, machine):
            yield wheel, entries[name]
    for path in sorted(beside.glob("*.whl")):
        if fits(path.name, version, machine):
            yield path.name, path.read_bytes()


def without_echo() -> list[Any] | None:
    """How the terminal was, which echoes nothing from now on: a passphrase may be typed while this file is checked.

    organizer/cli/terminal/quiet.py goes on with it. None when there is no terminal, or when it is not ours to change.
    """
    try:
        if not (os.isatty(0) and os.isatty(1) and os.tcgetpgrp(0) == os.getpgrp()):
            return None
        before = termios.tcgetattr(0)
        quiet = termios.tcgetattr(0)
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(0, termios.TCSANOW, quiet)
    except (OSError, termios.error):
        return None
    return before


def main() -> None:
    """Start the tool that is in this file."""
    before = without_echo()
    try:
        archive = make_importable()
        importlib.import_module("organizer.cli.terminal.quiet").begin(before)
    except BaseException as error:  # Ctrl-C among them: the terminal must not stay without echo
        if before is not None:
            termios.tcsetattr(0, termios.TCSAFLUSH, before)
        if isinstance(error, KeyboardInterrupt):
            sys.exit(130)
        raise
    importlib.import_module("organizer.keys.memory").no_core_dumps()
    importlib.import_module("organizer.cli.main").organizer(prog_name="organizer", obj=str(archive))


def make_importable() -> Path:
    """Check what is in this file, and make it importable; its path. Raises SystemExit."""
    archive = Path(__file__).parent.parent.resolve()
    version, machine = sys.version_info[:2], os.uname().machine
    try:
        own = ZipFile(archive)
        entries = {name: own.read(name) for name in own.namelist()}  # each is compared with its checksum
        chosen = choose(entries[LOCK].decode(), wheels_for(entries, archive.parent / WHEELS, version, machine))
        compiled = entries.get(BYTECODE.format(sys.implementation.cache_tag))
        inner = [*chosen.values(), *([compiled] if compiled else [])]
        shelf = Shelf(archive, [own, *(ZipFile(BytesIO(content)) for content in inner)])
    except Missing as missing:
        sys.exit(
            "Inside are the libraries for Linux on x86-64 with Python 3.11 or 3.13, as Debian 12 and 13 have them.\n"
            f"This is Python {version[0]}.{version[1]} on {machine}. Missing: {missing}.\n"
            "“./run bundle --wheels FOLDER” fetches those for others; put that folder beside this file as “wheels”."
        )
    except (Damaged, BadZipFile) as error:
        sys.exit(f"This file is damaged ({error}). Get it again and compare its SHA-256.")
    sys.meta_path.insert(0, shelf)
    warnings.filterwarnings("ignore", message="Pillow could not be imported")  # no PDF of ours has an image
    return archive
