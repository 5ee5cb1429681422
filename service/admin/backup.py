"""./run backup: writes all envelopes and publications into one file and checks it."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path

from service.admin.backup_file import write_backup
from service.admin.command import Command, as_owner_of, site_of
from service.site.publications import Publications


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def _backup(options: argparse.Namespace) -> int:
    settings, appeal = site_of(os.environ)
    with as_owner_of(settings.data):
        publications = Publications(settings.publications, appeal.programs, appeal.signers)
    with closing(settings.store.read()) as store:
        made = write_backup(options.at / options.file, store, publications, appeal.programs.appeal_id)
    print("Written, read back and checked:")
    print(made)
    if not made.count:
        print("There is no envelope in it. Are these the settings that you mean?")
    return 0


BACKUP = Command(
    "backup", "Write all envelopes and publications into FILE, read it back and check it.", _options, _backup
)
