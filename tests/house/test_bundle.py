"""The organizers' tool in one file: made again it is the same, and it runs with nothing but python3."""

from __future__ import annotations

import hashlib
import json
import marshal
import re
import shutil
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER, source_from_cache, source_hash
from io import BytesIO
from pathlib import Path
from types import CodeType
from zipfile import ZipFile

import pytest

from bundle.build import CACHE
from bundle.start import LEFT_OUT, LOCK, Damaged, Missing, choose, fits, hashes, pinned, project
from organizer import VERSION
from tests.support.debian_mirror import mirror
from tests.support.export_inputs import hand_out, people
from tests.support.names_in_scripts import NAMES, letters
from tests.support.organizer_workspace import make_desk, seal
from tests.support.paths import ROOT
from tests.support.pdf_pictures import read_text
from tests.support.programs import program

# Python as the system has it, without .venv.
PYTHON = sys._base_executable  # type: ignore[attr-defined]  # the standard library's own way to make a venv, untyped

# The one file is built and started again and again, and loads all of its libraries each time.
pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.CompletedProcess[str]]


BARE = {"bookworm": "Python 3.11", "trixie": "Python 3.13"}


@pytest.fixture
def start(bundle: Path, tmp_path: Path) -> Start:
    """Starts the file in an empty folder without any environment; what it wrote elsewhere than asked would be seen."""

    def run(*arguments: str | Path, file: Path = bundle, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PYTHON, file, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_elsewhere(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """The same sources at another place, by another user's habits: times of files, order of names in sets."""
    copy = copy_of_sources(folder)
    for name in (".venv", "node_modules"):
        (copy / name).symlink_to(ROOT / name)
    (copy / "organizer" / "left.pyc").write_bytes(b"\0")
    environment = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "77"}
    build = [PYTHON, "-c", f"{program}; build.main()", "--out", "again.pyz"]
    return subprocess.run(build, cwd=copy, env=environment, umask=0o077, capture_output=True, text=True, check=True)


def entries_of(file: Path | BytesIO) -> dict[str, tuple[object, ...]]:
    """Whatever a zip file says of each of its entries but where it lies, in their order; what it holds comes last."""
    with ZipFile(file) as archive:
        return {
            entry.filename: (
                entry.date_time, entry.external_attr, entry.create_system, entry.compress_type, entry.extra,
                archive.read(entry),
            )
            for entry in archive.infolist()
        }  # fmt: skip


def test_a_build_without_libraries_has_the_same_entries(bundle: Path, tmp_path: Path) -> None:
    """Whatever is of the tool itself, its bytecode for both Debians, too: the same bytes in the same order."""
    build_elsewhere(tmp_path / "copy", "from bundle import build; build.fetch = lambda *asked: []")
    whole, again = entries_of(bundle), entries_of(tmp_path / "copy" / "again.pyz")
    assert list(again) == [name for name in whole if not name.startswith("wheels/")]
    for name in again:
        if not name.startswith("bytecode/"):
            assert again[name] == whole[name]
            continue
        assert again[name][:-1] == whole[name][:-1]
        of_all, of_the_tool = (entries_of(BytesIO(entries[name][-1])) for entries in (whole, again))
        assert list(of_the_tool.items()) == [(name, held) for name, held in of_all.items() if name in of_the_tool]
        assert len(of_the_tool) > 150


@pytest.mark.long  # all libraries are compiled once more
def test_two_builds_have_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    """With the libraries."""
    done = build_elsewhere(tmp_path / "copy", "from bundle import build")
    assert sha256(bundle) in done.stdout
    assert (tmp_path / "copy" / "again.pyz").read_bytes() == bundle.read_bytes()


def copy_of_sources(folder: Path) -> Path:
    for name in ("bundle", "crypto", "organizer", "vendor"):
        shutil.copytree(ROOT / name, folder / name, copy_function=shutil.copyfile)
    for name in ("LICENSE", "THIRD-PARTY.md", LOCK):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def test_it_holds_the_tool_the_pinned_wheels_and_nothing_else(bundle: Path) -> None:
    """Every wheel is byte for byte one that the lock file names; each library is there for both Debians."""
    lock = (ROOT / LOCK).read_text("utf-8")
    with ZipFile(bundle) as archive:
        wheels = [name for name in archive.namelist() if name.startswith("wheels/")]
        assert {hashlib.sha256(archive.read(name)).hexdigest() for name in wheels} <= hashes(lock)
        ours = {name for name in archive.namelist() if name not in wheels}
    for version in ((3, 11), (3, 13)):
        fitting = [wheel for name in wheels if fits(wheel := name.removeprefix("wheels/"), version, "x86_64")]
        assert sorted(map(project, fitting)) == sorted(pinned(lock))
    rooms = {name for name in ours if name.startswith(("crypto/", "organizer/"))}
    assert {"crypto/seal.py", "organizer/text.py"} <= rooms
    compiled = {"bytecode/cpython-311.zip", "bytecode/cpython-313.zip"}
    start = {"__main__.py", "bundle/__init__.py", "bundle/start.py"}
    assert ours - rooms == {*start, *compiled, "LICENSE", "THIRD-PARTY.md", LOCK}
    assert not [name for name in rooms if "__pycache__" in name or name.endswith((".pyc", ".mjs"))]
    named = (ROOT / "THIRD-PARTY.md").read_text("utf-8").partition("## In organizer.pyz")[2].lower()
    assert not [name for name in pinned(lock) if name not in named.replace("_", "-")]


def test_the_tool_and_the_service_run_on_the_same_versions() -> None:
    """What the organizers' lock file pins, the one of all pins, too, with the same hashes."""

    def entries(name: str) -> dict[str, set[str]]:
        parts = re.split(r"(?m)^(?=[a-z0-9-]+==)", (ROOT / name).read_text("utf-8"))
        return {part.split(" ")[0]: hashes(part) for part in parts if "==" in part}

    assert entries(LOCK).items() <= entries("requirements.txt").items()
    assert {name.partition("==")[0] for name in entries(LOCK)} >= LEFT_OUT


def test_it_draws_names_of_all_scripts(start: Start, tmp_path: Path) -> None:
    """With HarfBuzz and fonts that are only in memory and for a moment in a temporary folder."""
    handed = hand_out(tmp_path, people(*NAMES.values()))
    files = [handed.publication, "--appeal", handed.appeal, "--out", tmp_path / "out", "--format", "pdf", "--json"]
    assert json.loads(start("export", *files).stdout)["changed"] == []
    read = read_text((tmp_path / "out" / "letter.pdf").read_bytes())
    assert all(letters(name) <= letters(read) for name in NAMES.values())


def test_it_starts_alone(start: Start, bundle: Path, tmp_path: Path) -> None:
    """Without .venv, without an environment, from whatever folder; it writes nothing and says which file it is."""
    assert "ceremony" in start("--help").stdout
    shown = json.loads(start("--json", "--version", HOME=str(tmp_path), TMPDIR=str(tmp_path)).stdout)
    assert shown == {"version": VERSION, "sha256": sha256(bundle)}
    assert sha256(bundle) in start("--version").stdout
    assert list(tmp_path.iterdir()) == []
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION


def test_what_else_is_installed_is_not_used(start: Start, tmp_path: Path) -> None:
    """A library of the same name in the folder, in the environment or in the user's own packages."""
    trap = "raise SystemExit('another library was loaded')"
    packages = tmp_path / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    packages.mkdir(parents=True)
    for folder in (tmp_path, packages):
        for name in ("click", "nacl", "organizer"):
            (folder / f"{name}.py").write_text(trap)
    done = start("--version", PYTHONPATH=str(tmp_path), PYTHONUSERBASE=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_whole_circle_runs_in_it(start: Start, tmp_path: Path) -> None:
    """Keys, a ledger opened on all cores, a review, a result, its check, a document with names in Cyrillic."""
    play_a_circle(start, tmp_path)


def play_a_circle(start: Start, home: Path) -> None:
    """`start` runs the file in the folder that is `home` for us; the paths given to it are relative to that."""
    desk = make_desk(home / "desk")
    secret = ("--passphrase-file", "desk/passphrase")
    made = start("keygen", "--signer", "bela", "--minisign-only", "-w", "own", *secret)
    assert (made.returncode, made.stderr) == (0, "")
    desk.ledger(*(seal(f"Людзі {n}", n % 2 == 0, record=desk.record) for n in range(40)))
    work = ("-w", "desk/work", *secret)
    opened = start("open", "desk/ledger.bin", "--appeal", "desk/appeal.json", "--json", *work)
    assert json.loads(opened.stdout)["ledgers"][0]["signatures"] == 40, opened
    assert start("review", "--accept-all", "--include-similar", *work).returncode == 0
    published = start("publish", "--yes", "--out", "вынік", *work)
    assert "Людзі 38" in published.stdout, published
    for command in (["verify"], ["export", "--out", "дакумент"]):
        done = start(*command, "вынік/publication.json", "--appeal", "desk/appeal.json")
        assert (done.returncode, done.stderr) == (0, ""), done
    assert (home / "дакумент" / "letter.pdf").read_bytes().startswith(b"%PDF")


COUNTED = """
import runpy, sys
compiled = []
sys.addaudithook(lambda event, told: compiled.append(told[1]) if event == "compile" and told[0] is not None else None)
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(*(name for name in compiled if isinstance(name, str) and name.startswith(f"{sys.argv[0]}/")), sep="\\n")
"""
"""Starts the file, then prints what was compiled from source, one a line."""


def compiled_by(file: Path, *command: str) -> set[str]:
    """The sources in the file that Python compiled for a command, by their names in it."""
    run = [PYTHON, "-I", "-S", "-c", COUNTED, file, *command]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return {line.removeprefix(f"{file}/") for line in done.stdout.splitlines() if line.startswith(f"{file}/")}


def rewritten(bundle: Path, out: Path, changes: dict[str, bytes | None]) -> Path:
    """A copy of the file with some entries changed, or left out."""
    with ZipFile(bundle) as whole, ZipFile(out, "w") as archive:
        for name in whole.namelist():
            if (content := changes.get(name, whole.read(name))) is not None:
                archive.writestr(name, content)
    return out


BYTECODE_HERE = f"bytecode/{sys.implementation.cache_tag}.zip"
has_bytecode = sys.version_info[:2] in {(3, 11), (3, 13)}
has_comparable_bytecode = sys.version_info[:2] == (3, 11)
"""The bare Debians below compile it all again, with whatever Python they have."""


def test_a_start_compiles_nothing_but_the_start(bundle: Path, tmp_path: Path) -> None:
    """Bytecode of all that is loaded is inside, of the command with the most libraries, too. Without it: hundreds."""
    start_itself = {"__main__.py", "bundle/__init__.py", "bundle/start.py"}
    without = rewritten(bundle, tmp_path / "without.pyz", {BYTECODE_HERE: None})
    for command in ("--help", "status", "rehearse", "export"):
        found = compiled_by(bundle, command, "--help") - start_itself
        assert len(compiled_by(without, command, "--help")) > 50
        assert found == set() or not has_bytecode


def test_bytecode_is_run_with_the_source_that_it_was_made_of(start: Start, bundle: Path, tmp_path: Path) -> None:
    """A file with another source shows what this source says; and what lies about elsewhere is never looked at."""
    source = (ROOT / "organizer" / "__init__.py").read_bytes()
    other = source.replace(VERSION.encode(), b"9.9.9")
    assert (
        "9.9.9"
        in start("--version", file=rewritten(bundle, tmp_path / "other.pyz", {"organizer/__init__.py": other})).stdout
    )
    (tmp_path / "organizer").mkdir()
    (tmp_path / "organizer" / "__init__.py").write_bytes(source)
    kept = tmp_path / "kept"
    trap = MAGIC_NUMBER + UNCHECKED + bytes(8) + marshal.dumps(TRAP)
    for folder in (tmp_path / "organizer" / "__pycache__", kept / str(tmp_path).strip("/") / "organizer"):
        folder.mkdir(parents=True)
        (folder / f"__init__.{sys.implementation.cache_tag}.pyc").write_bytes(trap)
    for environment in ({}, {"PYTHONPYCACHEPREFIX": str(kept)}):
        environment["PYTHONPATH"] = str(tmp_path)
        done = start("--version", **environment)
        assert (done.returncode, done.stderr) == (0, "")
        command = [PYTHON, "-c", "import organizer"]  # the control: whoever looks there is caught
        caught = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
        assert (caught.returncode, caught.stderr) == (1, "this was lying about\n")


TRAP = compile("raise SystemExit('this was lying about')", "trap", "exec")
UNCHECKED, CHECKED = bytes([0b01, 0, 0, 0]), bytes([0b11, 0, 0, 0])


def test_bytecode_is_what_python_compiles(bundle: Path) -> None:
    """Each module of 3.11, compiled again by this Python. Of 3.13 each release compiles a little otherwise."""
    if has_comparable_bytecode:
        assert unlike_their_sources(bundle) == set()


def test_bytecode_of_something_else_is_refused_or_found(start: Start, bundle: Path, tmp_path: Path) -> None:
    """Of another source it is not run; put together for this source by hand it is, and the test above tells."""
    if not has_comparable_bytecode:
        return
    module = "organizer/__init__.py"
    right = source_hash((ROOT / module).read_bytes())
    for known, words in ((bytes(8), ""), (right, "this was lying about\n")):
        poisoned = with_bytecode(bundle, module, MAGIC_NUMBER + CHECKED + known + marshal.dumps(TRAP))
        file = rewritten(bundle, tmp_path / "poisoned.pyz", {BYTECODE_HERE: poisoned})
        assert start("--version", file=file).stderr == words
    assert unlike_their_sources(file) == {module}


def with_bytecode(bundle: Path, module: str, content: bytes) -> bytes:
    """The zip of bytecode, with another one for one module."""
    changed = BytesIO()
    with ZipFile(bundle) as archive:
        before = BytesIO(archive.read(BYTECODE_HERE))
    with ZipFile(before) as kept, ZipFile(changed, "w") as out:
        for name in kept.namelist():
            out.writestr(name, content if source_from_cache(name) == module else kept.read(name))
    return changed.getvalue()


def unlike_their_sources(bundle: Path) -> set[str]:
    """The modules whose bytecode is not what this Python makes of their source."""
    with ZipFile(bundle) as archive, ZipFile(BytesIO(archive.read(BYTECODE_HERE))) as kept:
        sources = {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}
        for name in archive.namelist():
            if name.startswith("wheels/") and fits(name.removeprefix("wheels/"), (3, 11), "x86_64"):
                with ZipFile(BytesIO(archive.read(name))) as wheel:
                    sources |= {one: wheel.read(one) for one in wheel.namelist() if one.endswith(".py")}
        found = {source_from_cache(name): kept.read(name) for name in kept.namelist()}
    assert len(found) > 500
    return {name for name, content in found.items() if not is_made_of(content, name, sources[name])}


def is_made_of(content: bytes, name: str, source: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        again = compile(source, name, "exec", dont_inherit=True)
    is_about_it = content[:16] == MAGIC_NUMBER + CHECKED + source_hash(source)
    return is_about_it and without_lines(marshal.loads(content[16:])) == without_lines(again)


def without_lines(code: CodeType) -> CodeType:
    """Code without its table of lines, in which the releases of Python 3.11 differ."""
    inner = tuple(without_lines(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_linetable=b"", co_consts=inner)


@pytest.mark.control
def test_damage_is_told_in_a_sentence(start: Start, bundle: Path, tmp_path: Path) -> None:
    """One wrong byte in a library or in the tool itself."""
    whole = bundle.read_bytes()
    with ZipFile(bundle) as archive:
        wheel = next(name for name in archive.namelist() if "wheels/cryptography" in name)
        places = [archive.getinfo(name).header_offset + 2000 for name in (wheel, "organizer/text.py")]
    for place in places:
        broken = tmp_path / "broken.pyz"
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        done = start("--version", file=broken)
        assert done.returncode == 1
        assert done.stderr.startswith("This file is damaged ("), done.stderr
        assert "Traceback" not in done.stderr


def test_wheels_for_other_computers_lie_beside_it(start: Start, bundle: Path, tmp_path: Path) -> None:
    """What is missing for this computer is named, found in the folder `wheels`, and only if its hash is pinned."""
    small, beside = tmp_path / "organizer.pyz", tmp_path / "wheels"
    beside.mkdir()
    with ZipFile(bundle) as whole, ZipFile(small, "w") as archive:
        for name in whole.namelist():
            if "wheels/cffi" in name:
                (beside / Path(name).name).write_bytes(whole.read(name))
            else:
                archive.writestr(name, whole.read(name))
    assert start("--version", file=small).returncode == 0
    for path in beside.iterdir():
        path.write_bytes(path.read_bytes() + b"\0")
    assert re.search(r"damaged \(cffi", start("--version", file=small).stderr)
    shutil.rmtree(beside)
    done = start("--version", file=small)
    assert done.returncode == 1
    assert "Missing: cffi." in done.stderr
    assert "./run bundle --wheels FOLDER" in done.stderr


@pytest.mark.parametrize(
    ("wheel", "fitting"),
    [
        ("click-8.5.1-py3-none-any.whl", {"3.11 x86_64", "3.13 x86_64", "3.13 aarch64"}),
        ("defusedxml-0.7.1-py2.py3-none-any.whl", {"3.11 x86_64", "3.13 x86_64", "3.13 aarch64"}),
        ("old-1-py2-none-any.whl", set()),
        ("pynacl-1.6-cp38-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl", {"3.11 x86_64", "3.13 x86_64"}),
        ("new-1-cp312-abi3-manylinux_2_28_x86_64.whl", {"3.13 x86_64"}),
        ("cffi-2.1-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64.whl", {"3.13 aarch64"}),
        ("cffi-2.1-1-cp311-cp311-manylinux2014_x86_64.whl", {"3.11 x86_64"}),
        ("cffi-2.1-cp313-cp313t-manylinux_2_17_x86_64.whl", set()),
        ("cffi-2.1-cp311-cp311-musllinux_1_2_x86_64.whl", set()),
        ("cffi-2.1-cp311-cp311-macosx_11_0_x86_64.whl", set()),
        ("cffi.whl", set()),
    ],
)
def test_a_wheel_fits_by_its_name(wheel: str, fitting: set[str]) -> None:
    """Python's version, the stable interface, and a Linux with glibc on this processor."""
    computers = {"3.11 x86_64": (3, 11), "3.13 x86_64": (3, 13), "3.13 aarch64": (3, 13)}
    assert {name for name, version in computers.items() if fits(wheel, version, name.split()[1])} == fitting


def test_one_wheel_of_each_library_is_chosen_and_checked() -> None:
    """The first that is offered; others are not even looked at, and one that is not pinned is never taken."""
    first, second = b"first", b"second"
    lock = f"one==1 \\\n    --hash=sha256:{hashlib.sha256(first).hexdigest()}\ntwo==2 \\\npillow==1 \\\n"
    with pytest.raises(Missing, match=r"^two$"):
        choose(lock, [("one-1-py3-none-any.whl", first), ("one-1-py3-none-any.whl", second)])
    with pytest.raises(Damaged, match="one"):
        choose(lock, [("one-1-py3-none-any.whl", second)])


def test_an_older_python_is_told() -> None:
    """Debian 11 and whatever else is too old gets a sentence: the file must still be readable there."""
    old = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run(
        [PYTHON, "-c", old, ROOT / "bundle" / "first.py"], capture_output=True, text=True, check=False
    )
    assert done.stderr.startswith("This needs Python 3.11 or newer")


@pytest.mark.long
@pytest.mark.parametrize("release", BARE)
def test_a_bare_debian_needs_nothing_else(release: str, bundle: Path, tmp_path: Path) -> None:
    """A whole circle and the building itself on Debian 12 and 13 with only python3, without a network. Needs root."""
    root = tmp_path / "root"
    bootstrap = [program("debootstrap"), "--variant=minbase", "--include=python3", release, root, mirror()]
    subprocess.run(bootstrap, check=True, stdout=subprocess.DEVNULL)
    shutil.copyfile(bundle, root / "root" / "organizer.pyz")
    sources = copy_of_sources(root / "root" / "sources")
    for kept in (CACHE, *ROOT.glob("node_modules/cpython-*"), Path(program("node")).parent):
        shutil.copytree(kept, sources / kept.relative_to(ROOT), symlinks=True)

    def inside(*command: str) -> subprocess.CompletedProcess[str]:
        apart = ["unshare", "--net", "--mount", "--pid", "--fork", f"--mount-proc={root}/proc"]
        shell = ["/bin/sh", "-c", 'cd /root && exec "$@"', "sh", *command]
        environment = {"PATH": "/usr/bin:/bin"}
        chroot = [*apart, shutil.which("chroot") or "chroot", root, *shell]
        return subprocess.run(chroot, env=environment, capture_output=True, text=True, check=False)

    installed = inside("dpkg-query", "--show", "--showformat", "${Package} ").stdout
    assert {name for name in installed.split() if name.startswith("python3-")} == {"python3-minimal"}
    assert BARE[release] in inside("python3", "--version").stdout
    assert sha256(bundle) in inside("python3", "organizer.pyz", "--version").stdout
    play_a_circle(lambda *arguments: inside("python3", "organizer.pyz", *arguments), root / "root")
    shell = inside("sh", "-c", "cd sources && python3 -m bundle.build --out again.pyz")
    assert sha256(bundle) in shell.stdout, shell
