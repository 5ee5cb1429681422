"""`organizer restore`: bring a key back from its cards, into a new workspace or into one that lost it."""

from __future__ import annotations

import click

from crypto.errors import MinisignError
from organizer.actions.plan import YES
from organizer.actions.restore import (
    AS_IF_LOST,
    Lock,
    Restored,
    Restoring,
    Wanted,
    check_minisign_passphrase,
    key_of_cards,
    open_restoring,
    open_root,
    restore_anew,
    restore_into_new,
    restore_under,
)
from organizer.cli.json_results import JsonResult, period_result
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal import prompts
from organizer.cli.terminal.passphrases import ATTEMPTS, MISTYPED, read_passphrase_file
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys.generate import check_signer
from organizer.keys.passphrase import check_passphrase
from organizer.keys.periods import PeriodKey
from organizer.keys.shares import Recovery


@click.command("restore")
@click.option("--fingerprint", metavar="DIGITS", help="The fingerprint of the key, if there is no appeal.json.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if there is no appeal.json.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def restore_command(
    folder: str,
    appeal_file: str | None,
    fingerprint: str | None,
    appeal_id: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Bring a key back from its cards.

    Type the words of enough cards, in any order. A wrong word is told at once, a wrong card when it is complete, and
    the key must have the fingerprint that appeal.json or --fingerprint names: otherwise nothing is written. In a
    workspace whose passphrase is lost, what was opened and decided stays and gets a new passphrase. In a new folder
    the ledgers must be opened again.

    \b
    Example:
      organizer restore --appeal appeal.json
    """
    wanted = Wanted(appeal_file, fingerprint, appeal_id)
    carry_out(as_json, lambda terminal: run(terminal, folder, wanted, passphrase_file))


def run(terminal: Terminal, folder: str, wanted: Wanted, passphrase_file: str | None) -> JsonResult:
    """Ask for the cards and restore the key; it needs a terminal. Raises OrganizerError: no-appeal, share-key, …"""
    terminal.check_may_ask()
    passphrase = None if passphrase_file is None else check_passphrase(read_passphrase_file(passphrase_file))
    with open_restoring(folder, wanted) as at:
        key = _ask_for_key(terminal, at)
        restored = _into_new if at.lock is Lock.NEW else _into_old
        found = restored(terminal, at, key, passphrase)
    minisign = None if found.minisign is None else found.minisign.line
    place = {"workspace": found.folder, "key": period_result(found.period)}
    return {**place, "minisign": minisign}


def _ask_for_key(terminal: Terminal, at: Restoring) -> PeriodKey:
    """Ask for cards until there are enough; return their key, if it is the one expected. Raises OrganizerError."""
    terminal.say(
        "This brings a key back from its cards. Have enough cards ready and be alone; their order does not matter."
    )
    terminal.say(
        "The words are typed on a screen that is wiped afterwards. Nothing is written before the key is compared."
    )
    terminal.wait()
    recovery = Recovery()
    prompts.collect_cards(terminal, recovery)
    key = key_of_cards(at, recovery)
    terminal.say("It is the right key. Its fingerprint is:")
    terminal.say_exactly(f"  {key.period.record.digits}", "bold")
    terminal.say(f"Its days: {key.period.days}.")
    return key


def _into_new(terminal: Terminal, at: Restoring, key: PeriodKey, passphrase: str | None) -> Restored:
    terminal.say(f"It goes into a new workspace, {at.folder}.")
    terminal.say("Results are signed with a minisign key, which is not on the cards: a new one is made.")
    signer = prompts.ask_until(terminal, "Your short name (a-z, 0-9 and -), public", check_signer, default=None)
    passphrase = passphrase or prompts.new_passphrase(terminal)
    terminal.say("Locking the keys. This takes some seconds.")
    found = restore_into_new(at, key, signer, passphrase)
    terminal.say(
        f"Done. The key is in the folder {at.folder}. Open the ledgers again; what was decided before is not there."
    )
    _say_new_minisign(terminal, found)
    return found


def _into_old(terminal: Terminal, at: Restoring, key: PeriodKey, passphrase: str | None) -> Restored:
    root = _known_root(terminal, at, passphrase) if at.lock is Lock.KEY_FILE else None
    if root is not None:
        found = restore_under(at, key, root)
    else:
        if passphrase is None and at.lock is Lock.MINISIGN:
            passphrase = _passphrase_of_minisign(terminal, at)
        if passphrase is None:
            terminal.say("Without the old passphrase the workspace gets a new one. What was opened and decided stays.")
            passphrase = prompts.new_passphrase(terminal)
        lost = {AS_IF_LOST.asked.reason: YES}
        found = restore_anew(at, key, passphrase, lost, lambda notice: terminal.say(str(notice)))
        _say_new_minisign(terminal, found)
    terminal.say(f"Done. The key {found.period.hex_id} is back in {found.folder}.")
    if found.still_lost:
        names = ", ".join(other.hex_id for other in found.still_lost)
        terminal.say(f"Keys that need their own cards before they open anything again: {names}.")
    return found


def _known_root(terminal: Terminal, at: Restoring, passphrase: str | None) -> bytes | None:
    """The root secret of the workspace, if its passphrase is known; None when a person says that it is lost."""
    if passphrase is None:
        terminal.say("If you know the passphrase of this workspace, it stays as it is.")
        passphrase = terminal.passphrase("Passphrase (Enter if it is lost)", may_be_empty=True)
    try:
        return open_root(at, passphrase) if passphrase else None
    except OrganizerError as error:
        if error.reason not in {"passphrase", "key-file-damaged"}:
            raise
        terminal.say(str(error))
        if not terminal.confirm(str(AS_IF_LOST.asked)):
            raise
        return None


def _passphrase_of_minisign(terminal: Terminal, at: Restoring) -> str | None:
    """The passphrase of a workspace with a minisign key only. From now on it also locks the key from the cards."""
    terminal.say("This workspace had a minisign key only. Its passphrase locks the key of the cards from now on, too.")
    for _ in range(ATTEMPTS):
        typed = terminal.passphrase("Passphrase (Enter if it is lost)", may_be_empty=True)
        if not typed:
            return None
        terminal.say("Opening the key. This takes some seconds.")
        try:
            return check_minisign_passphrase(at, typed)
        except MinisignError as error:
            wrong = error
            terminal.say(str(error))
            terminal.say(MISTYPED)
    raise wrong


def _say_new_minisign(terminal: Terminal, found: Restored) -> None:
    """What a new minisign key means for the site."""
    if found.minisign is not None:
        terminal.say("Your new minisign key. The site's appeal.toml must list it before what you sign counts:")
        terminal.say_exactly(f"  {found.minisign.line}", "bold")
