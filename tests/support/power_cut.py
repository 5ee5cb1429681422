"""What survives a power cut: reads the records of power_shim.c, and says which bytes a folder holds after one.

A change certainly survives once a wait for the disk ended that began after it. Of what was changed since, chance
decides:

- bytes that overwrite others: each sector of 512 bytes by itself, in whatever order they were written
- bytes at the end of a file: as many of them as chance says, from the first on
- names in a folder: as many changes as chance says, from the first on; a file's own wait says nothing of its name,
  and of a file that moves between folders either may know, or both, or neither
- that a file was made shorter: a wait for any folder is enough, as in every file system with one journal

Not modelled: new folders, which are there at once; the rights and times of files.
"""

from __future__ import annotations

import os
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.support.paths import ROOT
from tests.support.programs import program

SECTOR = 512
_RECORD = struct.Struct("=QQIIc7x")
_HEARD = b"K"


@dataclass(frozen=True)
class Record:
    """One record of the log: what was changed, or what somebody heard. `at` is its place among all."""

    at: int
    kind: bytes
    inode: int
    number: int
    data: bytes
    other: bytes


@dataclass
class _File:
    """What is on the disk of a file, and what was written since: (when, kind, where or how long, data)."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes, int, bytes]] = field(default_factory=list)


@dataclass
class _Folder:
    """Names on the disk, names as programs see them, and the changes since: (when, what each name means then)."""

    safe: dict[str, _File] = field(default_factory=dict)
    seen: dict[str, _File] = field(default_factory=dict)
    since: list[tuple[int, dict[str, _File | None]]] = field(default_factory=list)


def build_shim(folder: Path) -> Path:
    """Compile power_shim.c into a folder; the library to preload."""
    library = folder / "power_shim.so"
    source = ROOT / "tests" / "support" / "power_shim.c"
    command = [program("cc"), "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"]
    subprocess.run(command, check=True)
    library.with_name("fault").write_bytes(bytes(16))
    return library


def recorded(library: Path, folder: Path, log: Path) -> dict[str, str]:
    """The variables that have a program's changes of a folder recorded; faults are in a file beside the shim."""
    told = {"LD_PRELOAD": library, "POWER_FOLDER": folder, "POWER_LOG": log, "POWER_FAULT": library.with_name("fault")}
    return {name: str(path) for name, path in told.items()}


def set_fault(library: Path, *, write: int = 0, wait: int = 0, seconds: int = 0) -> None:
    """What is wrong from now on: errors of errno(3), and by how many seconds the clock of the day is."""
    with library.with_name("fault").open("r+b") as file:
        file.write(struct.pack("=iiq", write, wait, seconds))


class Listener:
    """Writes into the log of the moment what somebody was told, in its order among all changes: 32 bytes each time."""

    def __init__(self) -> None:
        self._log, self._lock = -1, threading.Lock()

    def heard(self, told: bytes) -> None:
        """What was told is promised from here on."""
        with self._lock:
            os.write(self._log, _RECORD.pack(0, 0, len(told), 0, _HEARD) + told)

    def turn_to(self, log: Path) -> None:
        """From now on write into this log, which is made."""
        with self._lock:
            self.close()
            self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def close(self) -> None:
        """Close the log of the moment."""
        if self._log >= 0:
            os.close(self._log)
            self._log = -1


def read_log(log: Path) -> Iterator[Record]:
    """All whole records; a killed program may have left half of one."""
    told, start, at = memoryview(log.read_bytes()), 0, 0
    while start + _RECORD.size <= len(told):
        inode, number, first, second, kind = _RECORD.unpack_from(told, start)
        middle = start + _RECORD.size + first
        start = middle + second
        if start > len(told):
            return
        yield Record(at, kind, inode, number, bytes(told[middle - first : middle]), bytes(told[middle:start]))
        at += 1


class Disk:
    """A folder as it was at the start, and what records say happened to it; `promised` is what was heard."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.resolve()
        self._folders: dict[str, _Folder] = {}
        self._files: dict[int, _File] = {}
        self._waits: dict[tuple[int, int], int] = {}
        self.promised: list[bytes] = []
        for path in sorted(self._root.rglob("*")):
            if path.is_file():
                file = self._files.setdefault(path.stat().st_ino, _File(bytearray(path.read_bytes())))
                names = self._folder_of(str(path))
                names.safe[path.name] = names.seen[path.name] = file

    def apply(self, record: Record) -> None:
        """Let one more record have happened."""
        kind, file = record.kind, self._files.get(record.inode)
        if kind == _HEARD:
            self.promised.append(record.data)
        elif kind in b"OC":
            self._opened(record, anew=kind == b"C")
        elif kind in b"RLU":
            self._named(record)
        elif kind == b"B":
            self._waits[record.inode, record.number] = record.at
        elif kind in b"EX":
            self._waited(record, self._waits.pop((record.inode, record.number), -1), kind == b"X")
        elif file:
            file.since.append((record.at, kind, record.number, record.data))

    def cut(self, target: Path, chance: Random) -> None:
        """Write into a new folder what survives a cut now."""
        likely, made = chance.choice((0.0, 0.0, 0.5, 0.9)), dict[int, Path]()
        target.mkdir(mode=0o700)
        for name, folder in self._folders.items():
            there = target / os.path.relpath(name, self._root)
            there.mkdir(parents=True, exist_ok=True, mode=0o700)
            for own_name, file in _surviving_names(folder, likely, chance).items():
                path = there / own_name
                if id(file) in made:
                    os.link(made[id(file)], path)
                else:
                    path.write_bytes(_surviving_bytes(file, likely, chance))
                    path.chmod(0o600)
                    made[id(file)] = path

    def _folder_of(self, path: str) -> _Folder:
        return self._folders.setdefault(os.path.dirname(path), _Folder())

    def _opened(self, record: Record, *, anew: bool) -> None:
        path = _normal(record.data)
        folder, name = self._folder_of(path), os.path.basename(path)
        file = self._files.get(record.inode)
        if file is None or folder.seen.get(name) is not file:  # an inode's number comes again
            file = self._files[record.inode] = _File()
            _change(folder, record.at, {name: file})
        elif anew:
            file.since.append((record.at, b"T", 0, b""))

    def _named(self, record: Record) -> None:
        path = _normal(record.data)
        folder, name = self._folder_of(path), os.path.basename(path)
        if record.kind == b"U":
            _change(folder, record.at, {name: None})
            return
        other, file = _normal(record.other), folder.seen[name]
        target, new_name = self._folder_of(other), os.path.basename(other)
        gone: dict[str, _File | None] = {name: None} if record.kind == b"R" else {}
        if target is folder:
            _change(folder, record.at, gone | {new_name: file})
        else:  # two folders, of which either may have been written first
            _change(target, record.at, {new_name: file})
            _change(folder, record.at, gone)

    def _waited(self, record: Record, begun: int, failed: bool) -> None:
        """All that came before the wait began is on the disk, or will never be."""
        if record.data and failed:
            return
        if record.data:
            folder = self._folders.setdefault(_normal(record.data), _Folder())
            for _, new in (change for change in folder.since if change[0] < begun):
                _set(folder.safe, new)
            folder.since = [change for change in folder.since if change[0] >= begun]
            for file in self._files.values():
                _shorten(file, begun)
        elif file := self._files.get(record.inode):
            for at, kind, number, data in file.since:
                if at < begun and not (failed and kind == b"W"):
                    _write(file.safe, kind, number, data)
            file.since = [change for change in file.since if change[0] >= begun]


def _normal(path: bytes) -> str:
    return os.path.normpath(os.fsdecode(path))


def _change(folder: _Folder, at: int, new: dict[str, _File | None]) -> None:
    _set(folder.seen, new)
    folder.since.append((at, new))


def _set(names: dict[str, _File], new: dict[str, _File | None]) -> None:
    for name, file in new.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


def _write(content: bytearray, kind: bytes, number: int, data: bytes) -> None:
    if kind == b"T":
        del content[number:]
    end = number + len(data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[number:end] = data


def _shorten(file: _File, begun: int) -> None:
    """A file system keeps lengths with names in one journal: what came before a wait for a folder is in it."""
    for at, _, number, _ in [change for change in file.since if change[0] < begun and change[1] == b"T"]:
        del file.safe[number:]
        file.since = [
            (when, kind, start, data if when > at else data[: max(0, number - start)])
            for when, kind, start, data in file.since
            if when != at
        ]


def _surviving_names(folder: _Folder, likely: float, chance: Random) -> dict[str, _File]:
    names = dict(folder.safe)
    for _, new in folder.since:
        if chance.random() >= likely:
            break
        _set(names, new)
    return names


def _surviving_bytes(file: _File, likely: float, chance: Random) -> bytes:
    content, grows = bytearray(file.safe), True
    for _, kind, number, data in file.since if likely else ():
        if kind != b"W":
            if chance.random() < likely:
                _write(content, kind, number, b"")
            continue
        inside = max(0, min(len(data), len(content) - number))
        for start in range(0, inside, SECTOR):
            if chance.random() < likely:
                end = min(start + SECTOR, inside)
                content[number + start : number + end] = data[start:end]
        if grows and inside < len(data) and number + inside == len(content):
            grows = chance.random() < likely
            content += data[inside:] if grows else data[inside : chance.randint(inside, len(data))]
        else:
            grows = grows and inside == len(data)
    return bytes(content)
