"""`organizer sign`: a second organizer sees in words what they sign, and adds their minisig to a publication."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crypto.appeal import Appeal
from crypto.minisign import MinisignSecretKey
from crypto.publication import Publication, digest, read_publication, signers
from organizer.actions.count import count
from organizer.actions.session import (
    APPEAL_FILE,
    Session,
    ask_minisign,
    check_listed,
    need_appeal,
    open_minisign,
    open_session,
    own_minisign,
    read_appeal_of,
)
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.publish import say_publication
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.results.cosign_checks import check_before_signing, check_not_another, differences
from organizer.results.diff import compare
from organizer.results.publication import Place, make_publication, minisig_name, sign_publication
from organizer.workspace import (
    PUBLICATION_FILE,
    Workspace,
    folder_of,
    hand_over,
    has_keys,
    minisigs_beside,
    open_workspace,
    read_file,
)

SHOWN = 200
"""Differences listed before the rest is only counted."""


@click.command("sign", short_help="Sign what another organizer published.")
@click.argument("publication")
@click.option("--previous", metavar="FILE", help="The publication.json before this one, to see what changed.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--out", metavar="DIR", help="Put the minisig into DIR instead of beside the publication.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def sign_command(
    publication: str,
    previous: str | None,
    yes: bool,
    out: str | None,
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Sign what another organizer published, on your own computer.

    You see the numbers, what changed since the last result, and every name that came or went. If your workspace has
    the keys and the ledgers, too, it is counted again and must agree. A second file with the same number is never
    signed. Then a .minisig of yours is put beside the publication.

    \b
    Example:
      organizer sign publication.json --appeal appeal.json
    """
    carry_out(
        as_json,
        lambda terminal: run(terminal, folder, publication, appeal_file, previous, passphrase_file, yes, out),
    )


def run(
    terminal: Terminal,
    folder: str,
    path: str,
    appeal_file: str | None,
    previous: str | None,
    passphrase_file: str | None,
    yes: bool,
    out: str | None,
) -> JsonResult:
    """Raises OrganizerError: no-appeal, appeal-signer, signed-another, counts-differ, stopped, …; PublicationError."""
    data, before = read_file(path), None if previous is None else read_file(previous)
    beside = {name: read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)}
    if has_keys(folder):
        with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
            publication = _show(terminal, session.workspace, need_appeal(session.appeal), data, before, beside, not yes)
            _compare(terminal, session, publication, yes)
            _confirm(terminal, publication, yes)
            terminal.say("Signing. This takes some seconds.")
            return _sign(
                terminal, session.workspace, open_minisign(session), need_appeal(session.appeal), data, path, out
            )
    with open_workspace(folder) as workspace:
        appeal = _appeal(workspace, appeal_file)
        publication = _show(terminal, workspace, appeal, data, before, beside, not yes)
        terminal.say("This workspace has no key that opens envelopes, so the numbers could not be counted again here.")
        _confirm(terminal, publication, yes)
        minisign = ask_minisign(TerminalPassphrases(terminal, passphrase_file), workspace)
        return _sign(terminal, workspace, minisign, appeal, data, path, out)


def _appeal(workspace: Workspace, path: str | None) -> Appeal:
    """As session.load_appeal, for a workspace without keys: the appeal must list this organizer's minisign key."""
    data = workspace.read(APPEAL_FILE) if path is None else read_file(path)
    appeal = need_appeal(None if data is None else read_appeal_of(data, path or workspace.path(APPEAL_FILE)))
    check_listed(appeal, own_minisign(workspace)[1])
    if path is not None and data is not None:
        workspace.write(APPEAL_FILE, data)
    return appeal


def _show(
    terminal: Terminal,
    workspace: Workspace,
    appeal: Appeal,
    data: bytes,
    before: bytes | None,
    beside: Mapping[str, str],
    page: bool,
) -> Publication:
    """All that can be known of a publication before it is signed, in words."""
    check_listed(appeal, own_minisign(workspace)[1])
    publication = read_publication(data)
    kept = workspace.publications()
    check_not_another(data, workspace.read_publication(publication.number) if publication.number in kept else None)
    if before is None and publication.number - 1 in kept:
        before = workspace.read_publication(publication.number - 1)
    check_before_signing(data, appeal, before)
    signed = signers(data, beside.values(), appeal.minisign)
    last = None if before is None else read_publication(before)
    say_publication(terminal, publication, last, None if last is None else compare(last, publication), page)
    if last is None and publication.previous is not None:
        terminal.say("What changed is not known here: give the publication before it with --previous.", "bold")
    terminal.say()
    terminal.say(f"SHA-256: {digest(data)}. Compare it with the organizer who published, over another line.")
    lines = ", ".join(key.line for key in signed) or "nobody"
    terminal.say(f"Organizers who must sign: {appeal.threshold}. Signed so far: {len(signed)} ({lines}).")
    return publication


def _compare(terminal: Terminal, session: Session, publication: Publication, yes: bool) -> None:
    """What this organizer's own workspace would have published. Raises OrganizerError: counts-differ."""
    place = Place(publication.number, publication.previous)
    ledgers, keys, appeal = session.records.ledgers(), session.records.keys(), need_appeal(session.appeal)
    own = make_publication(count(session), appeal, keys, ledgers, place, publication.date)
    found = differences(own, publication)
    if not found:
        terminal.say("Your own workspace counts the same: every number, name and receipt.", "bold")
        return
    terminal.say("Your own workspace counts otherwise:", "bold")
    for sentence in found[:SHOWN]:
        terminal.say(f"  {sentence}")
    text = "Nothing was signed. Find out with the other organizer which ledgers or decisions differ."
    if yes or terminal.as_json or not terminal.confirm("Go on nevertheless?"):
        raise OrganizerError("counts-differ", text, {"differences": len(found)})


def _confirm(terminal: Terminal, publication: Publication, yes: bool) -> None:
    question = f"Sign publication {publication.number} with {publication.total:,} signatures?"
    if not yes and not terminal.confirm(question):
        raise OrganizerError("stopped", "Nothing was signed.")


def _sign(
    terminal: Terminal,
    workspace: Workspace,
    key: MinisignSecretKey,
    appeal: Appeal,
    data: bytes,
    path: str,
    out: str | None,
) -> JsonResult:
    check_listed(appeal, key.public)
    publication, minisig = read_publication(data), sign_publication(data, key)
    name = minisig_name(own_minisign(workspace)[0])
    files = {name: minisig.encode("utf-8")}
    if publication.number not in workspace.publications():
        # What was signed is remembered: another file with this number is not signed, and the next one is compared.
        workspace.write_publication(publication.number, {PUBLICATION_FILE: data, **files})
    folder = out or folder_of(path)
    hand_over(folder, files)
    terminal.say(f"Signed. Give this file back, or put it beside the publication: {name}")
    terminal.say(f"It is in {folder}.")
    return {"number": publication.number, "total": publication.total, "digest": digest(data), "minisig": name}
