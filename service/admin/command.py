"""What the operator's commands share: what a command is, which settings it works with, a refusal, progress."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service import ROOT, parse_store
from service.appeal import PublishedAppeal
from service.appeal_reader import load_appeal
from service.settings import FILE_VARIABLE, Settings, SettingsError, read_settings

# Where docs/operator.md lays the settings.
SITE = Path("/etc/undersigned/settings.toml")
# Where ./run keeps those of its trial, which a command takes only when it is told to.
TRIAL = ROOT / "var" / "demo" / "settings.toml"
# Between two reports of progress.
REPORT_SECONDS = 10.0


@dataclass(frozen=True)
class Command:
    """One command: its name after ./run, what its help says, its options, and the function that returns an exit code.

    In the options, `at` is the folder in which ./run was called; paths are meant from there.
    """

    name: str
    about: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def find_settings(environment: Mapping[str, str], site: Path = SITE) -> Settings:
    """The settings that the variables give or name, otherwise those in `site`. Raises SettingsError, OSError."""
    try:
        return read_settings(environment, parse_store)
    except SettingsError as error:
        if environment.get(FILE_VARIABLE):
            raise
        if site.exists():
            return read_settings({**environment, FILE_VARIABLE: str(site)}, parse_store)
        trial = [f"The settings of the trial are in {TRIAL}."] if TRIAL.exists() else []
        hint = f"Name the file of the service's settings: {FILE_VARIABLE}=FILE ./run …. There is no {site}."
        raise SettingsError([*error.mistakes, hint, *trial]) from error


def site_of(environment: Mapping[str, str]) -> tuple[Settings, PublishedAppeal]:
    """Settings and appeal that a command works with, once it said which. Raises SettingsError, AppealFolderError."""
    settings = find_settings(environment)
    appeal = load_appeal(settings.appeal)
    print(f"This is about the envelopes in {settings.store} and the publications in {settings.publications}.")
    if appeal.demo:
        print("DEMO: they are those of a trial.")
    sys.stdout.flush()
    return settings, appeal


@contextmanager
def as_owner_of(folder: Path) -> Iterator[None]:
    """What root makes meanwhile belongs to the owner of the folder, or of the first one above it that is there.

    The service, which is not root, could not read root's files.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists()).stat()
    group, is_for_other = os.getegid(), os.geteuid() == 0 and there.st_uid != 0
    if is_for_other:
        os.setegid(there.st_gid)
        os.seteuid(there.st_uid)
    try:
        yield
    finally:
        if is_for_other:
            os.seteuid(0)
            os.setegid(group)


def refuse(*mistakes: str) -> int:
    """Say on the error output why a command does not do its work; returns the exit code 2."""
    print(*mistakes, sep="\n", file=sys.stderr)
    return 2


def progress(total: int) -> Callable[[int], None]:
    """A function that shows people who wait how many envelopes were added of at most `total`."""
    shown_at = time.monotonic()

    def show(added: int) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at >= REPORT_SECONDS:
            shown_at = time.monotonic()
            print(f"{added} of {total} …", file=sys.stderr, flush=True)

    return show
