"""`organizer keygen`: make the organizers' keys in a new workspace without a dialogue, for scripts and trials."""

from __future__ import annotations

from collections.abc import Sequence

from nacl.utils import random

from crypto.keys import APPEAL_ID_SIZE
from organizer import asking, ceremony
from organizer.commands import Result
from organizer.commands.status import period_result
from organizer.periods import OPEN_END, read_days
from organizer.session import read_passphrase_file
from organizer.talk import Talk
from organizer.workspace import check_new, make_workspace


def run(
    talk: Talk,
    folder: str,
    signer: str,
    appeal_id: str | None,
    days: Sequence[str],
    minisign_only: bool,
    passphrase_file: str | None,
) -> Result:
    """`days` are "FROM..UNTIL". Raises OrganizerError: workspace-exists, signer-name, appeal-id, days, passphrase-…"""
    check_new(folder)
    ceremony.check_signer(signer)
    appeal = random(APPEAL_ID_SIZE) if appeal_id is None else ceremony.check_appeal_id(appeal_id)
    periods = [read_days(text) for text in days] or [OPEN_END]
    if passphrase_file is None:
        talk.check_may_ask()
    passphrase = asking.new_passphrase(talk) if passphrase_file is None else read_passphrase_file(passphrase_file)
    ceremony.check_passphrase(passphrase)
    talk.say("Making the keys. This takes some seconds.")
    if minisign_only:
        public, files = ceremony.minisign_files(signer, passphrase, random)
        make_workspace(folder, files)
        talk.say(f"Your minisign key is in the folder {folder}. Its public line:")
        talk.say_exactly(f"    {public.line}", "bold")
        return {"workspace": folder, "signer": signer, "minisign": public.line}
    keys = ceremony.make_keys(appeal, signer, passphrase, random, periods)
    make_workspace(folder, keys.files)
    _say_keys(talk, folder, keys)
    return {
        "workspace": folder,
        "appeal": appeal.hex(),
        "keys": [period_result(new.period) for new in keys.periods],
        "signer": signer,
        "minisign": keys.minisign.line,
    }


def _say_keys(talk: Talk, folder: str, keys: ceremony.NewKeys) -> None:
    talk.say()
    talk.say(f"Your keys are in the folder {folder}. Keep a copy of the folder in a second place, such as a stick.")
    talk.say()
    talk.say("The fingerprint of each key. Publish these digits in several places, so that people can compare them:")
    talk.say()
    for new in keys.periods:
        talk.say(f"    {new.period.record.digits}", "bold")
    talk.say()
    talk.say("The lines below are for the site. The file appeal-keys.toml holds them too. Nothing in them is secret.")
    talk.say()
    talk.say_exactly(keys.toml)
