"""`organizer burn`: destroy the key of a finished period, or the whole workspace, after showing what will be lost."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from crypto.publication import read_publication
from organizer.actions.count import count
from organizer.actions.session import Session, need_appeal, open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys.periods import Period, secret_name
from organizer.results.burn_checks import Standing, judge
from organizer.results.publication import Place, make_publication
from organizer.results.tally import Tally
from organizer.workspace import BURNING_FILE, is_workspace, minisigs_beside, open_workspace, read_file

WORD = "burn"


@click.command("burn", short_help="Destroy a key, or everything, when a period is over.")
@click.option("--period", metavar="KEYID", help="Burn only this key (organizer status lists them); rows stay.")
@click.option("--publication", metavar="FILE", help="The result as all organizers signed it; else the one kept here.")
@click.option("--insist", is_flag=True, help="Burn although something speaks against it; it is shown.")
@click.option("--confirm", metavar="WORD", help="For scripts: the word that is asked for otherwise.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def burn_command(
    period: str | None,
    publication: str | None,
    insist: bool,
    confirm: str | None,
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Destroy a key, or the whole workspace, when a period is over.

    First it shows what will be lost, and checks that the result stands: it is published, signed by enough organizers,
    your workspace would publish the same, and nothing is undecided. Then it asks for a word. With --period only the
    key is burned: what was opened and decided stays. Files are overwritten before they are removed, but sticks and
    SSDs may keep copies: only an encrypted disk helps there. Cards are paper: burn them, too.

    \b
    Example:
      organizer burn --period 4d2129141dffbc --publication stick/publication.json
    """
    today = datetime.now(UTC).date().isoformat()
    carry_out(
        as_json,
        lambda terminal: run(
            terminal, folder, today, period, publication, insist, confirm, appeal_file, passphrase_file
        ),
    )


def run(
    terminal: Terminal,
    folder: str,
    today: str,
    period: str | None,
    publication: str | None,
    insist: bool,
    confirm: str | None,
    appeal_file: str | None,
    passphrase_file: str | None,
) -> JsonResult:
    """`today` is YYYY-MM-DD. Raises OrganizerError: burn-not-yet, burn-period, stopped, no-appeal, …"""
    if _was_begun(folder):
        return _finish(terminal, folder, confirm)
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        need_appeal(session.appeal)
        ending = _ending(session, period)
        found = count(session)
        _say_loss(terminal, session, found, ending, whole=period is None)
        standing = _judge(session, found, ending, today, publication)
        _say_standing(terminal, standing)
        if standing.against and not insist:
            text = "Nothing was burned. Do what is missing first; who really wants to lose it gives --insist."
            raise OrganizerError("burn-not-yet", text, {"against": list(standing.against)})
        word = WORD if period is None else period
        _confirm(terminal, word, confirm)
        if period is None:
            session.workspace.write(BURNING_FILE, b"")
        else:
            _burn_period(session, ending[0])
    if period is None:
        with open_workspace(folder) as workspace:
            workspace.burn_all()
    _say_after(terminal, folder, ending, whole=period is None)
    return {"burned": [one.name for one in ending], "workspace": folder if period is None else None}


def _ending(session: Session, name: str | None) -> tuple[Period, ...]:
    if name is None:
        return session.periods
    for period in session.periods:
        if period.name == name:
            if period.record.key_id not in session.keys:
                raise OrganizerError("burn-period", "This key is not here any more: it was burned or lost before.")
            return (period,)
    known = ", ".join(period.name for period in session.periods)
    raise OrganizerError("burn-period", f"There is no key with this id. The keys here are: {known}.")


def _judge(session: Session, found: Tally, ending: tuple[Period, ...], today: str, publication: str | None) -> Standing:
    workspace, appeal = session.workspace, need_appeal(session.appeal)
    numbers = workspace.publications()
    path = publication or (workspace.publication_path(numbers[-1]) if numbers else None)
    if path is None:
        return judge(None, {}, appeal, found, None, ending, today)
    data = read_file(path)
    minisigs = {name: read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)}
    public = read_publication(data)
    place = Place(public.number, public.previous)
    ledgers, keys = session.records.ledgers(), session.records.keys()
    own = make_publication(found, appeal, keys, ledgers, place, public.date)
    return judge(data, minisigs, appeal, found, own, ending, today)


def _burn_period(session: Session, period: Period) -> None:
    # The lock first: cut off in between, the key is still here, and burning it again ends what was begun.
    session.records.drop_lock(period.record.key_id)
    session.workspace.burn(secret_name(period.record.key_id))


def _was_begun(folder: str) -> bool:
    if not is_workspace(folder):
        return False
    with open_workspace(folder) as workspace:
        return workspace.read(BURNING_FILE) is not None


def _finish(terminal: Terminal, folder: str, confirm: str | None) -> JsonResult:
    terminal.say(f"Burning {folder} was begun and cut off. What is left opens nothing any more and is burned now.")
    _confirm(terminal, WORD, confirm)
    with open_workspace(folder) as workspace:
        workspace.burn_all()
    terminal.say(f"The folder {folder} is burned.")
    return {"burned": [], "workspace": folder}


def _confirm(terminal: Terminal, word: str, given: str | None) -> None:
    if given is None:
        given = terminal.ask(f"To burn it, type the word {word}", default="")
    if given.strip() != word:
        raise OrganizerError("stopped", "Nothing was burned.")


def _say_loss(terminal: Terminal, session: Session, found: Tally, ending: tuple[Period, ...], whole: bool) -> None:
    terminal.say("What will be lost, for ever:", "bold")
    for period in ending:
        terminal.say(
            f"- the key {period.name}, {period.days}: what is sealed to it opens only with enough of its cards"
        )
    if not whole:
        terminal.say("What stays: all that was opened with it and what was decided, under the passphrase.")
        terminal.say("Envelopes that you have not fetched and opened yet are lost to you.")
        return
    counts = found.counts
    terminal.say(f"- {counts.nonpublic:,} counted names that are not public, with contacts and messages")
    terminal.say(
        f"- {counts.public:,} counted public signatures with what else they wrote; the published names stay public"
    )
    terminal.say(f"- decisions, and {counts.duplicates + counts.rejected + counts.withdrawn:,} signatures not counted")
    terminal.say("- your minisign key; keep a copy of minisign.key, minisign.pub and signer.txt elsewhere if you go on")
    terminal.say(
        f"- {len(session.workspace.publications()):,} published results as they lie here; keep copies elsewhere"
    )


def _say_standing(terminal: Terminal, standing: Standing) -> None:
    terminal.say()
    for sentence in standing.holds:
        terminal.say(f"Good: {sentence}")
    for sentence in standing.against:
        terminal.say(f"Against it: {sentence}", "bold")
    terminal.say()


def _say_after(terminal: Terminal, folder: str, ending: tuple[Period, ...], whole: bool) -> None:
    names = ", ".join(period.name for period in ending)
    terminal.say(f"The folder {folder} is burned." if whole else f"The key {names} is burned.", "bold")
    terminal.say(
        "Its files were overwritten and removed. A stick, an SSD or a memory card may keep copies of what was "
        "overwritten, and so may backups: only an encrypted disk whose passphrase nobody has makes them worthless."
    )
    terminal.say(
        "Burn the cards of this key, too, copies of the folder, and the paper with the passphrase if no other needs it."
    )
