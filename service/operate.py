"""`python -m service.operate`: backup, restore, move; ./run passes them on. All may be done while the service runs.

Settings are those of the service. Every mistake ends in a sentence and the exit code 2.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from crypto.errors import PublicationError
from service import open_store
from service.appeal import AppealFolderError, PublishedAppeal, load_appeal
from service.backup import Backup, BackupError, read_backup, write_backup
from service.carrying import bring, still_missing
from service.ledgers import fix_ledger
from service.publications import Publications
from service.settings import PREFIX, Settings, SettingsError, read_settings
from service.store import EnvelopeStore, StoreUnavailable


def main(arguments: list[str]) -> int:
    """Do what the arguments say, or tell in a sentence why not."""
    parser = argparse.ArgumentParser(prog="./run", description="For whoever runs the service; docs/operator.md.")
    parser.add_argument("--at", type=Path, default=Path(), help=argparse.SUPPRESS)  # where ./run was called
    commands = parser.add_subparsers(required=True)
    for name, work, about in (
        ("backup", backup, "Write all envelopes and publications into FILE, read it back and check it."),
        ("restore", restore, "Bring back what FILE holds and this service lacks. What is there already stays."),
    ):
        command = commands.add_parser(name, description=about)
        command.add_argument("file", type=Path, metavar="FILE")
        command.set_defaults(work=work)
    command = commands.add_parser("move", description=(
        "Bring all envelopes of one store into another, and compare. Begun again, it goes on where it was cut off. "
        "The first store stays as it is."
    ))  # fmt: skip
    command.add_argument("--from", dest="source", required=True, metavar="STORE", help="such as sqlite:/srv/a.sqlite")
    command.add_argument("--to", dest="target", required=True, metavar="STORE")
    command.set_defaults(work=move)
    chosen = parser.parse_args(arguments)
    try:
        carry_out: Callable[[argparse.Namespace], int] = chosen.work
        return carry_out(chosen)
    except (SettingsError, AppealFolderError) as error:
        return _refuse(*error.mistakes)
    except (BackupError, PublicationError, StoreUnavailable, OSError) as error:
        return _refuse(str(error))


def backup(chosen: argparse.Namespace) -> int:
    """./run backup FILE"""
    settings = read_settings(os.environ)
    appeal = load_appeal(settings.appeal)
    with closing(open_store(settings.store)) as store:
        made = write_backup(chosen.at / chosen.file, store, _publications(settings, appeal), appeal.programs.appeal_id)
    print("Written, read back and checked:")
    _tell(made)
    return 0


def restore(chosen: argparse.Namespace) -> int:
    """./run restore FILE"""
    settings = read_settings(os.environ)
    appeal = load_appeal(settings.appeal)
    found = read_backup(chosen.at / chosen.file, appeal.programs.appeal_id)
    print("Read and checked:")
    _tell(found)
    publications = _publications(settings, appeal).restore(found.publications)
    with closing(open_store(settings.store)) as store:
        added = bring(store, found.envelopes)
        if missing := still_missing(store, found.envelopes):
            return _refuse(f"{missing} envelopes of the backup are not in the store. Begin again.")
        now = fix_ledger(store, appeal.programs.appeal_id)
    print(f"Restored: {added} envelopes and {publications} publications that were missing here.")
    print(f"Now kept: {now.header.count} envelopes; SHA-256 of their ledger: {now.digest}")
    if now.digest == found.ledger_digest:
        print("That is the digest of the backup: the same envelopes.")
    else:
        print(f"All {found.count} envelopes of the backup are among them.")
    if publications:
        print("A service that runs shows restored publications at once.")
    return 0


def move(chosen: argparse.Namespace) -> int:
    """./run move --from STORE --to STORE"""
    source_settings, target_settings = (
        read_settings({**os.environ, f"{PREFIX}STORE": url}) for url in (chosen.source, chosen.target)
    )
    appeal_id = load_appeal(source_settings.appeal).programs.appeal_id
    with ExitStack() as stack:
        source = stack.enter_context(closing(open_store(source_settings.store, must_exist=True)))
        target = stack.enter_context(closing(open_store(target_settings.store)))

        def wanted() -> Iterator[bytes]:
            return _all(source)

        added = bring(target, wanted)
        print(f"Moved: {added} envelopes that were missing there.")
        ledgers = [fix_ledger(store, appeal_id) for store in (source, target)]
        missing = still_missing(target, wanted)
    for url, ledger in zip((chosen.source, chosen.target), ledgers, strict=True):
        print(f"{url}: {ledger.header.count} envelopes; SHA-256 of their ledger: {ledger.digest}")
    if missing:
        return _refuse(f"{missing} envelopes are not there yet; perhaps they arrived meanwhile. Begin again.")
    if ledgers[0].digest == ledgers[1].digest:
        print("Both digests are equal: both stores hold the same envelopes.")
    else:
        print("All envelopes of the first store are in the second, which holds others too.")
    return 0


def _all(store: EnvelopeStore) -> Iterator[bytes]:
    with closing(store.snapshot()) as snapshot:
        yield from snapshot.envelopes


def _publications(settings: Settings, appeal: PublishedAppeal) -> Publications:
    return Publications(settings.data / "publications", appeal.programs, appeal.signers)


def _tell(backup: Backup) -> None:
    print(f"  {backup.path}: SHA-256 {backup.file_digest}")
    print(f"  {backup.count} envelopes; SHA-256 of their ledger: {backup.ledger_digest}")
    for kept in backup.publications:
        print(f"  publication number {kept.publication.number}; SHA-256 of publication.json: {kept.digest}")


def _refuse(*mistakes: str) -> int:
    print(*mistakes, sep="\n", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
