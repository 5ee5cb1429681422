"""`python -m service.admin`: backup, restore, move; ./run passes them on.

All may be done while the service runs.

Settings are those of the service. Every mistake ends in a sentence and the exit code 2.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from crypto.errors import PublicationError
from service import open_store
from service.admin.backup import Backup, BackupError, read_backup, write_backup
from service.appeal import AppealFolderError, PublishedAppeal, load_appeal
from service.settings import PREFIX, Settings, SettingsError, read_settings
from service.site.publications import Publications
from service.stores.base import Snapshot, StoreUnavailable
from service.stores.copy import bring, compare

# Between two words about how far it is.
TELL_SECONDS = 10.0


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
    command.add_argument(
        "--from", dest="source", required=True, metavar="STORE",
        help="sqlite:PATH or a server, written as in the setting “store”",
    )  # fmt: skip
    command.add_argument("--to", dest="target", required=True, metavar="STORE")
    command.set_defaults(work=move)
    chosen = parser.parse_args(arguments)
    # What a store would tell a service's operator in passing is told here as the answer.
    logging.getLogger("undersigned").disabled = True
    try:
        carry_out: Callable[[argparse.Namespace], int] = chosen.work
        return carry_out(chosen)
    except (SettingsError, AppealFolderError) as error:
        return _refuse(*error.mistakes)
    except (BackupError, PublicationError, OSError) as error:
        return _refuse(str(error))
    except StoreUnavailable as error:
        reason = str(error.__cause__ or "")
        return _refuse(str(error) if reason in str(error) else f"{error} {reason}")
    except KeyboardInterrupt:
        return _refuse("Cut off. Begin again: what is there already stays and is not written twice.")


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
        added = bring(store, found.envelopes(), _progress(found.count))
        with closing(store.snapshot()) as now:
            compared = compare(Snapshot(found.count, found.envelopes, lambda: None), now, appeal.programs.appeal_id)
    if compared.missing:
        return _refuse(f"{compared.missing} envelopes of the backup are not in the store. Begin again.")
    print(f"Restored: {added} envelopes and {publications} publications that were missing here.")
    print(f"Now kept: {now.count} envelopes; SHA-256 of their ledger: {compared.second}")
    if compared.second == found.ledger_digest:
        print("That is the digest of the backup: the same envelopes.")
    else:
        print(f"All {found.count} envelopes of the backup are among them.")
    if publications:
        print("A service that runs shows restored publications at once.")
    return 0


def move(chosen: argparse.Namespace) -> int:
    """./run move --from STORE --to STORE"""
    settings = _settings_with("--from", chosen.source)
    appeal_id = load_appeal(settings.appeal).programs.appeal_id
    target_url = _settings_with("--to", chosen.target).store
    with closing(open_store(settings.store, must_exist=True)) as source:
        with closing(source.snapshot()) as wanted:
            if not wanted.count:
                # A server that answers is not yet the right one.
                return _refuse(f"There is no envelope in {chosen.source}. Is this the store that you mean?")
            with closing(open_store(target_url)) as target:
                target.check()
                added = bring(target, wanted.envelopes, _progress(wanted.count))
        print(f"Moved: {added} envelopes that were missing there.")
        with (
            closing(open_store(target_url)) as target,
            closing(source.snapshot()) as first,
            closing(target.snapshot()) as second,
        ):
            compared = compare(first, second, appeal_id)
    print(f"{chosen.source}: {first.count} envelopes; SHA-256 of their ledger: {compared.first}")
    print(f"{chosen.target}: {second.count} envelopes; SHA-256 of their ledger: {compared.second}")
    if compared.missing:
        return _refuse(f"{compared.missing} envelopes are not there yet; perhaps they arrived meanwhile. Begin again.")
    if compared.first == compared.second:
        print("Both digests are equal: both stores hold the same envelopes.")
    else:
        print("All envelopes of the first store are in the second, which holds others too.")
    return 0


def _settings_with(option: str, store: str) -> Settings:
    """The service's settings with another store. Raises SettingsError that names the option."""
    try:
        return read_settings({**os.environ, f"{PREFIX}STORE": store})
    except SettingsError as error:
        raise SettingsError([mistake.replace("“store”", f"“{option}”") for mistake in error.mistakes]) from error


def _progress(total: int) -> Callable[[int], None]:
    """Tells people who wait how many were brought of at most `total`."""
    told = time.monotonic()

    def tell(added: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            print(f"{added} of {total} …", file=sys.stderr, flush=True)

    return tell


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
