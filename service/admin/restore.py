"""./run restore: brings back what a backup holds and the service lacks."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path

from service.admin.backup_file import envelopes_in, read_backup
from service.admin.command import Command, as_owner_of, progress, refuse, site_of
from service.site.publications import Publications
from service.stores.base import Snapshot
from service.stores.copy import copy_missing, missing_from
from service.stores.ledger import prepare_ledger


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def _restore(options: argparse.Namespace) -> int:
    settings, appeal = site_of(os.environ)
    appeal_id = appeal.programs.appeal_id
    path: Path = options.at / options.file
    with path.open("rb") as file, as_owner_of(settings.data):  # who may not be allowed to open it
        backup = read_backup(file, appeal_id)
        print("Read and checked:")
        print(backup, flush=True)
        with closing(settings.store.open()) as store:
            kept = Publications(settings.publications, appeal.programs, appeal.signers)
            publications = kept.restore(backup.publications)
            wanted = Snapshot(backup.count, lambda: envelopes_in(file), lambda: None)
            added = copy_missing(store, wanted, progress(backup.count))
            with closing(prepare_ledger(store, appeal_id)) as now:
                # With the same digest, there is nothing to look up.
                same = now.digest == backup.ledger_digest
                missing = 0 if same else sum(1 for _ in missing_from(wanted.envelopes, now.snapshot.envelopes))
    if missing:
        return refuse(f"{missing} envelopes of the backup are not in the store. Begin again.")
    print(f"Restored: {added} envelopes and {publications} publications that were missing here.")
    print(f"Now kept: {now.header.count} envelopes; SHA-256 of their ledger: {now.digest}")
    if same:
        print("That is the digest of the backup: the same envelopes.")
    else:
        print(f"All {backup.count} envelopes of the backup are among them.")
    if publications:
        print("A service that runs shows restored publications at once.")
    return 0


RESTORE = Command(
    "restore", "Bring back what FILE holds and this service lacks. What is there already stays.", _options, _restore
)
