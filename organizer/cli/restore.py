"""`organizer restore`: bring a key back from its cards, into a new workspace or into one that lost it."""

from __future__ import annotations

import click
from nacl.utils import random

from crypto.errors import MinisignError
from crypto.minisign import unlock_secret_key
from organizer.actions.session import (
    keep_period,
    read_appeal_of,
    read_periods,
)
from organizer.cli.json_results import JsonResult, period_result
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal import prompts
from organizer.cli.terminal.passphrases import ATTEMPTS, MISTYPED, read_passphrase_file
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys import generate, keyfile
from organizer.keys.periods import Period, PeriodKey
from organizer.keys.recovery import Expected, expect, read_digits
from organizer.keys.shares import Recovery
from organizer.workspace import key_slots
from organizer.workspace.files import read_file
from organizer.workspace.folder import KEY_FILE, MINISIGN_FILE, Workspace, is_workspace, make_workspace, open_workspace


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
    carry_out(as_json, lambda terminal: run(terminal, folder, appeal_file, fingerprint, appeal_id, passphrase_file))


def run(
    terminal: Terminal,
    folder: str,
    appeal_file: str | None,
    fingerprint: str | None,
    appeal_id: str | None,
    passphrase_file: str | None,
) -> JsonResult:
    """Asks for cards, so it needs a terminal. Raises OrganizerError: no-appeal, share-key, …"""
    terminal.check_may_ask()
    appeal = None if appeal_file is None else read_appeal_of(read_file(appeal_file), appeal_file)
    digits = None if fingerprint is None else read_digits(fingerprint)
    named = None if appeal_id is None else generate.check_appeal_id(appeal_id)
    passphrase = None if passphrase_file is None else generate.check_passphrase(read_passphrase_file(passphrase_file))
    if not is_workspace(folder):
        expected = expect([], appeal, digits, named)
        period, master = ask_for_key(terminal, expected)
        return _into_new(terminal, folder, period, master, passphrase)
    with open_workspace(folder) as workspace:
        expected = expect(read_periods(workspace), appeal, digits, named)
        period, master = ask_for_key(terminal, expected)
        return _into_old(terminal, workspace, period, master, passphrase)


def ask_for_key(terminal: Terminal, expected: Expected) -> tuple[Period, bytes]:
    """Cards until they are enough, and the key they give, compared with what is expected. Raises OrganizerError."""
    terminal.say(
        "This brings a key back from its cards. Have enough cards ready and be alone; their order does not matter."
    )
    terminal.say(
        "The words are typed on a screen that is wiped afterwards. Nothing is written before the key is compared."
    )
    terminal.wait()
    recovery = Recovery()
    prompts.collect_cards(terminal, recovery)
    master = recovery.master()
    period = expected.match(master)
    terminal.say("It is the right key. Its fingerprint is:")
    terminal.say_exactly(f"  {period.record.digits}", "bold")
    return period, master


def _into_new(terminal: Terminal, folder: str, period: Period, master: bytes, passphrase: str | None) -> JsonResult:
    terminal.say(f"It goes into a new workspace, {folder}.")
    terminal.say("Results are signed with a minisign key, which is not on the cards: a new one is made.")
    signer = prompts.ask_until(
        terminal, "Your short name (a-z, 0-9 and -), public", generate.check_signer, default=None
    )
    passphrase = passphrase or prompts.new_passphrase(terminal)
    terminal.say("Locking the keys. This takes some seconds.")
    public, files = generate.minisign_files(signer, passphrase, random)
    root = random(keyfile.ROOT_SIZE)
    files[KEY_FILE] = lock_root(root, period, passphrase)
    files |= generate.period_files(root, PeriodKey(period, master), random)
    make_workspace(folder, files)
    terminal.say(
        f"Done. The key is in the folder {folder}. Open the ledgers again; what was decided before is not there."
    )
    say_new_minisign(terminal, public.line)
    return {"workspace": folder, "key": period_result(period), "minisign": public.line}


def _into_old(
    terminal: Terminal, workspace: Workspace, period: Period, master: bytes, passphrase: str | None
) -> JsonResult:
    root = _known_root(terminal, workspace, passphrase)
    minisign = None
    if root is not None:
        keep_period(workspace, root, PeriodKey(period, master))
    else:
        passphrase = passphrase or _passphrase_of_minisign(terminal, workspace)
        if passphrase is None:
            terminal.say("Without the old passphrase the workspace gets a new one. What was opened and decided stays.")
            passphrase = prompts.new_passphrase(terminal)
        take_over(workspace, period, master, passphrase)
        minisign = _renew_minisign(terminal, workspace, passphrase)
    terminal.say(f"Done. The key {period.hex_id} is back in {workspace.path()}.")
    lost = [other.hex_id for other in read_periods(workspace) if other.record != period.record] if root is None else []
    if lost:
        terminal.say(f"Keys that need their own cards before they open anything again: {', '.join(lost)}.")
    return {"workspace": workspace.path(), "key": period_result(period), "minisign": minisign}


def take_over(workspace: Workspace, period: Period, master: bytes, passphrase: str) -> None:
    """A new root for a workspace whose passphrase is lost; the rows are opened with the master.

    Whenever it is cut off, doing it again finishes it. Raises OrganizerError: restore-rows, memory.
    """
    root = random(keyfile.ROOT_SIZE)
    file = lock_root(root, period, passphrase)
    with workspace.tables() as tables:
        if key_slots.take_over(tables, root, period.record.key_id, master) is None and not key_slots.is_new(tables):
            text = (
                "These cards do not open what is in this workspace: the key was burned here. "
                "Restore it into a new folder, named with -w, and open the ledgers there."
            )
            raise OrganizerError("restore-rows", text)
        keep_period(workspace, root, PeriodKey(period, master))
        workspace.write(KEY_FILE, file)
        key_slots.drop_other_roots(tables, root)


def lock_root(root: bytes, period: Period, passphrase: str) -> bytes:
    """The key file of a workspace of this period's appeal."""
    return keyfile.lock(root, period.record.appeal_id, passphrase, random(keyfile.SALT_SIZE))


def say_new_minisign(terminal: Terminal, line: str) -> None:
    """What a new minisign key means for the site."""
    terminal.say("Your new minisign key. The site's appeal.toml must list it before what you sign counts:")
    terminal.say_exactly(f"  {line}", "bold")


def _known_root(terminal: Terminal, workspace: Workspace, passphrase: str | None) -> bytes | None:
    """The root, if the key file is there and its passphrase is known."""
    file = workspace.read(KEY_FILE)
    if file is None:
        return None
    if passphrase is None:
        terminal.say("If you know the passphrase of this workspace, it stays as it is.")
        passphrase = terminal.passphrase("Passphrase (Enter if it is lost)", may_be_empty=True)
    try:
        return keyfile.unlock(file, passphrase)[0] if passphrase else None
    except OrganizerError as error:
        if error.reason not in {"passphrase", "key-file-damaged"}:
            raise
        terminal.say(str(error))
        if not terminal.confirm("Go on as if it were lost?"):
            raise
        return None


def _passphrase_of_minisign(terminal: Terminal, workspace: Workspace) -> str | None:
    """That of a workspace with a minisign key only, which locks the key of the cards from now on, too."""
    file = workspace.read(MINISIGN_FILE)
    if file is None or workspace.read(KEY_FILE) is not None:
        return None
    terminal.say("This workspace had a minisign key only. Its passphrase locks the key of the cards from now on, too.")
    for _ in range(ATTEMPTS):
        typed = terminal.passphrase("Passphrase (Enter if it is lost)", may_be_empty=True)
        if not typed:
            return None
        terminal.say("Opening the key. This takes some seconds.")
        try:
            unlock_secret_key(file.decode("ascii", "replace"), keyfile.normalise(typed))
            return typed
        except MinisignError as error:
            wrong = error
            terminal.say(str(error))
            terminal.say(MISTYPED)
    raise wrong


def _renew_minisign(terminal: Terminal, workspace: Workspace, passphrase: str) -> str | None:
    """A minisign key that the new passphrase opens; the line of the new one, None when the old one still opens."""
    signer, file = workspace.read("signer.txt"), workspace.read("minisign.key")
    if signer is None:
        return None
    terminal.say("Looking whether your minisign key opens, too. This takes some seconds.")
    try:
        if file is not None:
            unlock_secret_key(file.decode("ascii", "replace"), keyfile.normalise(passphrase))
            return None
    except MinisignError:
        terminal.say("It was locked with the lost passphrase, so a new one is made.")
    public, files = generate.minisign_files(signer.decode("ascii", "replace").strip(), passphrase, random)
    for name, content in files.items():
        workspace.write(name, content)
    say_new_minisign(terminal, public.line)
    return public.line
