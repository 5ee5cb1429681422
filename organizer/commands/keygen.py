"""`organizer keygen`: make the organizers' keys in a new workspace."""

from __future__ import annotations

from nacl.utils import random

from crypto.keys import APPEAL_ID_SIZE
from organizer import ceremony
from organizer.commands import Result
from organizer.commands.status import period_result
from organizer.session import read_passphrase_file
from organizer.talk import Talk
from organizer.workspace import check_new, make_workspace


def run(talk: Talk, folder: str, signer: str, appeal_id: str | None, passphrase_file: str | None) -> Result:
    """Raises OrganizerError: workspace-exists, signer-name, appeal-id, passphrase-short, memory, no-file, not-text."""
    check_new(folder)
    ceremony.check_signer(signer)
    appeal = random(APPEAL_ID_SIZE) if appeal_id is None else ceremony.check_appeal_id(appeal_id)
    passphrase = _offer(talk) if passphrase_file is None else read_passphrase_file(passphrase_file)
    ceremony.check_passphrase(passphrase)
    talk.say("Making the keys. This takes some seconds.")
    keys = ceremony.make_keys(appeal, signer, passphrase, random)
    make_workspace(folder, keys.files)
    _say_keys(talk, folder, keys)
    return {
        "workspace": folder,
        "appeal": appeal.hex(),
        "keys": [period_result(new.period) for new in keys.periods],
        "signer": signer,
        "minisign": keys.minisign.line,
    }


def _offer(talk: Talk) -> str:
    talk.check_may_ask()
    offered = ceremony.offer_passphrase(random)
    talk.say("A passphrase locks the keys. Whoever loses it loses all signatures; nobody can bring it back.")
    talk.say("This one was just made for you. Write it on paper now and keep the paper apart from this computer:")
    talk.say()
    talk.say(f"    {offered}", "bold")
    talk.say()
    typed = talk.passphrase("Press Enter to take it, or type one of your own (it is not shown)", may_be_empty=True)
    if not typed:
        return offered
    ceremony.check_passphrase(typed)
    while talk.passphrase("Type your passphrase once more") != typed:
        talk.say("That was not the same. Try again, or stop with Ctrl-C.")
    return typed


def _say_keys(talk: Talk, folder: str, keys: ceremony.NewKeys) -> None:
    talk.say()
    talk.say(f"Your keys are in the folder {folder}. Keep a copy of the folder in a second place, such as a stick.")
    talk.say()
    talk.say("The fingerprint of your key. Publish these digits in several places, so that people can compare them:")
    talk.say()
    for new in keys.periods:
        talk.say(f"    {new.period.record.digits}", "bold")
    talk.say()
    talk.say("The lines below are for the site. The file appeal-keys.toml holds them too. Nothing in them is secret.")
    talk.say()
    talk.say_exactly(keys.toml)
