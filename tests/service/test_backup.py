"""Backup and restore: a drill with running services, and every way in which a backup can be wrong."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from crypto.code import commitment
from crypto.errors import PublicationError
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service import create_app
from service.admin.backup_file import Backup, BackupError, read_backup, write_backup
from service.admin.command import find_settings
from service.appeal_reader import load_appeal
from service.settings import Settings, SettingsError
from service.site.publications import Publications
from service.stores.file_store import FileAddress, FileStore
from tests.support.envelopes import TYPE, some
from tests.support.nginx_site import temporary_folder
from tests.support.publications import hand_in, publication
from tests.support.run_command import run
from tests.support.sample_appeal import APPEAL_ID, CODE, TODAY, TOKEN
from tests.support.service_process import Served, serving

ROOT = Path(__file__).parents[2]
NOBODY = 65534
Keys = tuple[MinisignSecretKey, MinisignSecretKey]


def fetch(site: Served, path: str) -> bytes:
    with urlopen(Request(site.url + path, headers={"Authorization": f"Bearer {TOKEN}"}), timeout=20) as answer:
        return bytes(answer.read())


def sealed_by(key: OrganizersKey) -> bytes:
    return seal_signature(key.record, Signature("Марыя Прыклад", public=False), bytes(32), commitment(CODE))


def publications_of(settings: Settings) -> Publications:
    appeal = load_appeal(settings.appeal)
    return Publications(settings.publications, appeal.programs, appeal.signers)


def checked(path: Path) -> Backup:
    with path.open("rb") as file:
        return read_backup(file, APPEAL_ID)


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    """An empty place for the same appeal."""
    data = tmp_path / "elsewhere"
    return replace(settings, data=data, store=FileAddress(data / "envelopes"))


@pytest.fixture
def filled(settings: Settings, store: FileStore, minisign_keys: Keys) -> list[bytes]:
    """300 envelopes and two publications, the second signed by both organizers."""
    envelopes = some(300)
    store.add_all(envelopes, len(envelopes))
    client = create_app(settings, store, today=lambda: TODAY).test_client()
    first = publication()
    second = publication(number=2, previous=hashlib.sha256(first).hexdigest())
    assert hand_in(client, first, minisign_keys[0]).status_code == 201
    assert hand_in(client, second, *minisign_keys).status_code == 201
    return envelopes


@pytest.fixture
def backed_up(tmp_path: Path, settings: Settings, store: FileStore, filled: list[bytes]) -> Path:
    """A backup of it."""
    return write_backup(tmp_path / "backup.tar", store, publications_of(settings), APPEAL_ID).path


@pytest.mark.slow  # services and commands are started as programs
def test_drill(
    settings: Settings, elsewhere: Settings, store: FileStore, filled: list[bytes], tmp_path: Path, key: OrganizersKey
) -> None:
    """A service that is signed all the time is backed up; an empty one that rests gets everything: each envelope,
    each publication, each minisig, byte for byte. While it runs, it holds its file, and nothing is changed."""
    stop, late = threading.Event(), []
    store.close()
    with serving(settings, tmp_path / "log") as site:

        def sign() -> None:
            while not stop.is_set():
                late.append(sealed_by(key))
                with urlopen(Request(f"{site.url}/envelopes", late[-1], {"Content-Type": TYPE}), timeout=20) as answer:
                    assert answer.status == 201

        signing = threading.Thread(target=sign)
        signing.start()
        made = run(settings, "backup", "kept.tar", at=tmp_path)
        stop.set()
        signing.join()
        assert made.returncode == 0, made.stderr
        all_of_them = fetch(site, "/ledger")
    with tarfile.open(tmp_path / "kept.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    ledger = (tmp_path / "out" / "ledger.undersigned").read_bytes()
    assert hashlib.sha256(ledger).hexdigest() in made.stdout
    assert hashlib.sha256((tmp_path / "kept.tar").read_bytes()).hexdigest() in made.stdout
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False)
    assert (checked.returncode, checked.stdout.count(b": OK")) == (0, 6)
    in_backup = {ledger[-4096 * at : len(ledger) - 4096 * (at - 1)] for at in range(1, len(ledger) // 4096 + 1)}
    assert set(filled) <= in_backup <= set(filled) | set(late)
    assert len(all_of_them) // 4096 == 300 + len(late)

    with serving(elsewhere, tmp_path / "log2"):
        refused = run(elsewhere, "restore", "kept.tar", at=tmp_path)
        assert (refused.returncode, "in use by another process" in refused.stderr) == (2, True)
        assert publications_of(elsewhere).current is None
    restored = run(elsewhere, "restore", "kept.tar", at=tmp_path)
    assert restored.returncode == 0, restored.stderr
    assert f"Restored: {len(in_backup)} envelopes and 2 publications" in restored.stdout
    assert "the same envelopes" in restored.stdout
    with serving(elsewhere, tmp_path / "log3") as site:
        assert fetch(site, "/ledger") == ledger
        for name in ("publication.json", "publication.json.anna.minisig", "publication.json.boris.minisig"):
            assert fetch(site, f"/{name}") == (settings.publications / "000002" / name).read_bytes()
    for path in (settings.publications).rglob("*.*"):
        kept = elsewhere.data / "publications" / path.relative_to(settings.publications)
        assert kept.read_bytes() == path.read_bytes()


@pytest.mark.slow  # services and commands are started as programs
def test_restoring_again_changes_nothing(
    settings: Settings, store: FileStore, backed_up: Path, filled: list[bytes]
) -> None:
    """Also where everything is already."""
    store.close()
    for _ in range(2):
        done = run(settings, "restore", backed_up)
        assert done.returncode == 0, done.stderr
        assert "Restored: 0 envelopes and 0 publications" in done.stdout


def test_a_backup_says_nothing_about_when_and_who(backed_up: Path) -> None:
    """No owner, no time, the same bytes for the same contents; only its own account can read it."""
    with tarfile.open(backed_up) as tar:
        assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in tar} == {(0, 0, 0, "", "")}
    assert backed_up.stat().st_mode & 0o077 == 0


def test_equal_contents_are_equal_backups(settings: Settings, store: FileStore, backed_up: Path) -> None:
    """So two copies can be compared by their digest."""
    again = write_backup(backed_up.with_name("again.tar"), store, publications_of(settings), APPEAL_ID)
    assert again.path.read_bytes() == backed_up.read_bytes()


def test_a_backup_overwrites_nothing_and_leaves_nothing_unfinished(settings: Settings, backed_up: Path) -> None:
    """Neither another backup nor anything else."""
    before = backed_up.read_bytes()
    done = run(settings, "backup", backed_up)
    assert done.returncode == 2
    assert "never overwrites" in done.stderr
    assert backed_up.read_bytes() == before
    assert not list(backed_up.parent.glob("*.unfinished"))


def rewritten(path: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]], *, sums: bool = True) -> Path:
    """A copy of a backup in which each member was changed; the digests are made again unless told otherwise."""
    target = path.with_name("changed.tar")
    with tarfile.open(path) as tar:
        files = {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]
    changed = [pair for name, data in files.items() if name != "SHA256SUMS" for pair in change(name, data)]
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in changed).encode()
    with tarfile.open(target, "w") as tar:
        for name, data in [*changed, ("SHA256SUMS", lines if sums else files["SHA256SUMS"])]:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, BytesIO(data))
    return target


def swap(data: bytes) -> bytes:
    start = len(data) % 4096
    return data[:start] + data[start + 4096 : start + 8192] + data[start : start + 4096] + data[start + 8192 :]


@pytest.mark.parametrize(
    ("change", "sums", "words"),
    [
        (lambda name, data: [(name, data[:-1] + b"x" if "minisig" in name else data)], False, "digests"),
        (lambda name, data: [(name, data)] if name != "ledger.undersigned" else [], True, "damaged"),
        (lambda name, data: [(name, swap(data) if name.startswith("ledger") else data)], True, "order"),
        (lambda name, data: [(name, data[:-4096] if name.startswith("ledger") else data)], True, "shorter"),
        (lambda name, data: [(name, data.replace(APPEAL_ID.hex().encode(), b"0" * 32))], True, "another appeal"),
        (lambda name, data: [(name, data), ("publications/../../x", b"")], True, "no part of a backup"),
        (lambda name, data: [(name, data), ("/etc/x", b"")], True, "no part of a backup"),
        (lambda name, data: [(name, data), (name, data)], True, "no part of a backup"),
        (lambda name, data: [] if name.endswith("publication.json") else [(name, data)], True, "missing"),
        (lambda name, data: [(name, b"{}" if name.endswith(".json") else data)], True, "no whole backup"),
    ],
)
def test_what_is_not_a_whole_backup_is_refused(
    backed_up: Path,
    elsewhere: Settings,
    change: Callable[[str, bytes], list[tuple[str, bytes]]],
    sums: bool,
    words: str,
) -> None:
    """Changed, cut, reordered, of another appeal, with foreign files: told before anything is restored."""
    with pytest.raises(BackupError, match=words):
        checked(rewritten(backed_up, change, sums=sums))
    assert not elsewhere.data.exists()


@pytest.mark.slow  # services and commands are started as programs
def test_a_cut_or_foreign_file_is_told_in_a_sentence(backed_up: Path, elsewhere: Settings) -> None:
    """At every thousandth byte, and where there is none at all."""
    whole = backed_up.read_bytes()
    cut = backed_up.with_name("cut.tar")
    for size in range(0, len(whole) - 10_240, 100_003):
        cut.write_bytes(whole[:size])
        with pytest.raises(BackupError):
            checked(cut)
    for file in (cut, backed_up.with_name("nowhere.tar")):
        done = run(elsewhere, "restore", file)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert file.name in done.stderr


def test_publications_must_be_signed_and_follow_one_another(
    backed_up: Path, elsewhere: Settings, minisign_keys: Keys
) -> None:
    """A backup from a stranger's hands cannot change the result."""

    def unsigned(name: str, data: bytes) -> list[tuple[str, bytes]]:
        return [] if "2/publication.json." in name else [(name, data)]

    def forged(name: str, data: bytes) -> list[tuple[str, bytes]]:
        return [(name, data.replace("Алесь".encode(), "Алекс".encode()) if "1/publication" in name else data)]

    for change, reason in ((unsigned, "minisig"), (forged, "previous")):
        backup = checked(rewritten(backed_up, change))
        with pytest.raises(PublicationError) as refused:
            publications_of(elsewhere).restore(backup.publications)
        assert refused.value.reason == f"publication-{reason}"
        assert publications_of(elsewhere).current is None


def test_a_running_service_goes_on_from_what_was_restored(
    backed_up: Path, elsewhere: Settings, minisign_keys: Keys
) -> None:
    """The next result that is handed in follows the restored one, without a restart between."""
    with closing(FileStore(elsewhere.data / "envelopes")) as store:
        client = create_app(elsewhere, store).test_client()
        kept = checked(backed_up).publications
        assert publications_of(elsewhere).restore(kept) == 2
        assert hand_in(client, publication(), minisign_keys[0]).status_code == 422
        third = publication(number=3, previous=kept[-1].digest)
        assert hand_in(client, third, minisign_keys[0]).status_code == 201


@pytest.mark.slow  # commands are started as programs
def test_what_root_restores_belongs_to_the_owner_of_the_data(
    elsewhere: Settings, store: FileStore, backed_up: Path
) -> None:
    """Envelopes, their lock, publications, and where a store is moved: so the service can read and go on with them.

    The backup is for root alone. The control is a folder of the one who restores.
    """
    is_root = os.geteuid() == 0
    backed_up.chmod(0o600)
    store.close()
    with temporary_folder() as folder:
        folder.chmod(0o711)
        mine = (os.geteuid(), os.getegid())
        for name, owner in (("theirs", (NOBODY, NOBODY) if is_root else mine), ("mine", mine)):
            data = folder / name
            data.mkdir()
            os.chown(data, *owner)
            place = replace(elsewhere, data=data, store=FileAddress(data / "envelopes"))
            restored = run(place, "restore", backed_up)
            assert restored.returncode == 0, restored.stderr
            moved = run(place, "move", "--from", str(place.store), "--to", f"file:{data}/moved/envelopes")
            assert moved.returncode == 0, moved.stderr
            made = list(data.rglob("*"))
            assert {"000002", "envelopes", "envelopes.lock", "moved"} <= {path.name for path in made}
            assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {owner}


def test_settings_are_found_where_the_guide_lays_them(settings: Settings, tmp_path: Path) -> None:
    """A variable goes before them; another file that is named is taken alone; without any, it is said how to name one.

    The trial is named, and never taken.
    """
    site = tmp_path / "settings.toml"
    with pytest.raises(SettingsError, match="UNDERSIGNED_SETTINGS=FILE"):
        find_settings({}, site)
    token = settings.desk_token_sha256.hex()
    site.write_text(f'appeal = "{settings.appeal}"\ndata = "{settings.data}"\ndesk_token_sha256 = "{token}"\n')
    assert find_settings({}, site).data == settings.data
    drill = find_settings({"UNDERSIGNED_DATA": str(tmp_path), "UNDERSIGNED_STORE": "file:x/envelopes"}, site)
    assert (drill.data, str(drill.store), drill.appeal) == (tmp_path, "file:x/envelopes", settings.appeal)
    with pytest.raises(SettingsError, match="cannot be read"):
        find_settings({"UNDERSIGNED_SETTINGS": str(tmp_path / "nowhere.toml")}, site)
    whole = {"UNDERSIGNED_APPEAL": str(settings.appeal), "UNDERSIGNED_DESK_TOKEN_SHA256": token}
    assert find_settings(whole | {"UNDERSIGNED_DATA": str(tmp_path)}, site).data == tmp_path


@pytest.mark.slow  # commands are started as programs
def test_a_command_says_what_it_works_on(settings: Settings, store: FileStore, tmp_path: Path) -> None:
    """Also that it is a trial, and that there is nothing in it; a path in a variable is meant from where one is."""
    store.close()
    appeal = settings.appeal / "appeal.toml"
    appeal.write_text("demo = true\n" + appeal.read_text("utf-8"), "utf-8")
    here = replace(settings, data=settings.data.relative_to(tmp_path))
    done = run(here, "backup", "kept.tar", at=tmp_path)
    assert done.returncode == 0, done.stderr
    about, demo, *_, last = done.stdout.splitlines()
    assert str(settings.store) in about
    assert str(settings.publications) in about
    assert (demo[:5], last) == ("DEMO:", "There is no envelope in it. Are these the settings that you mean?")
    assert str(settings.store) in run(settings, "doctor").stdout
    bare = subprocess.run(
        [sys.executable, ROOT / "run", "backup", tmp_path / "x.tar"],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (bare.returncode, "UNDERSIGNED_SETTINGS=FILE" in bare.stderr) == (2, True)
    assert not (tmp_path / "x.tar").exists()
