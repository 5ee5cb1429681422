"""./run backup: writes all envelopes and publications into one file and checks it."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path

from service import parse_store
from service.admin.backup_file import write_backup
from service.admin.command import Command
from service.appeal import load_appeal
from service.settings import read_settings
from service.site.publications import Publications


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def _backup(options: argparse.Namespace) -> int:
    settings = read_settings(os.environ, parse_store)
    appeal = load_appeal(settings.appeal)
    publications = Publications(settings.publications, appeal.programs, appeal.signers)
    with closing(settings.store.read()) as store:
        made = write_backup(options.at / options.file, store, publications, appeal.programs.appeal_id)
    print("Written, read back and checked:")
    print(made)
    return 0


BACKUP = Command(
    "backup", "Write all envelopes and publications into FILE, read it back and check it.", _options, _backup
)
