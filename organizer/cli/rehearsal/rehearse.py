"""`organizer rehearse`: the whole way from the first key to the burning, with made-up data, to practise.

It runs the real commands in a folder that is removed at the end. What it shows is no secret: it is good for nothing.
"""

from __future__ import annotations

import hashlib

import click
from nacl.utils import random

from crypto.appeal import Appeal, DatedKey, LetterHash, write_appeal
from crypto.keys import APPEAL_ID_SIZE, AppealId
from crypto.publication import PUBLICATION_FILE
from organizer.actions.cards import HandOut
from organizer.actions.session import keep_period, open_session
from organizer.actions.verify import PublicationFiles, need_verified, verify
from organizer.cli import burn, open_ledgers, publish, review, sign, status
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, carry_out
from organizer.cli.rehearsal.made_up import FLOOD_NAME, PEOPLE, flood
from organizer.cli.rehearsal.stage import Stage
from organizer.cli.terminal import prompts
from organizer.cli.terminal.ceremony import say_fingerprints
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.terminal.verification import say_steps, say_verified
from organizer.errors import OrganizerError
from organizer.keys import generate, keyfile, shares
from organizer.keys.appeal_folder import PublicKeys, public_files
from organizer.keys.periods import Days, PeriodKey
from organizer.keys.recovery import Expected
from organizer.workspace.entries import Decision, Reason, SignatureEntry, Verdict
from organizer.workspace.files import hand_over, practice_folder, write_secret_file
from organizer.workspace.folder import KEY_FILE, make_workspace, open_workspace

DAYS, PUBLISHED, AFTER = Days("2026-01-01", "2026-06-30"), "2026-07-01", "2026-07-15"
"""A calendar of its own: the period is over when its key is burned."""

_LETTER = "Гэты ліст прыдуманы.".encode()
_PASSPHRASE = "made-up-passphrase-for-practice"  # noqa: S105 it locks made-up data that is removed
_THRESHOLD, _CARDS = 2, 3


@click.command("rehearse", short_help="Practise everything once, with made-up data.")
@click.option("--fast", is_flag=True, help="Play it through without asking anything.")
@click.option("--envelopes", default=300, show_default=True, type=click.IntRange(20, 20000), help="Size of the flood.")
@JSON
def rehearse_command(fast: bool, envelopes: int, as_json: bool) -> None:
    """Practise everything once, with made-up data, in a folder that is removed at the end.

    The ceremony with its cards, a flood of false signatures, the review, a result, a lost computer with a lost card,
    a second organizer, and the burning. Nothing you do here can harm anyone, and nothing of it is kept. Every step
    names the real command. Ctrl-C ends it at any moment.

    \b
    Example:
      organizer rehearse
    """
    carry_out(as_json, lambda terminal: run(terminal, fast, envelopes))


def run(terminal: Terminal, fast: bool, envelopes: int) -> JsonResult:
    """`envelopes` is the size of the flood. Raises OrganizerError: question, stopped; what a real command raises."""
    if not fast:
        terminal.check_may_ask()
    terminal.say("A rehearsal: everything is made up, nothing is kept, and nothing you do can harm anyone.", "bold")
    terminal.say("You are Anna. Boris is a second organizer. The letter is signed by six people who do not exist.")
    terminal.say("Making keys. This takes some seconds.")
    with practice_folder() as home:
        stage = _ceremony(terminal, fast, home)
        boris = _site(stage)
        rubbish = _flood(stage, envelopes)
        _review(stage)
        _publish(stage, boris)
        _lose(stage)
        _burn(stage)
    practised = _say_end(terminal)
    return {"envelopes": envelopes, "rubbish": rubbish, "signatures": len(PEOPLE) - 1, "practised": practised}


def _ceremony(terminal: Terminal, fast: bool, home: str) -> Stage:
    keys = generate.make_keys(AppealId(random(APPEAL_ID_SIZE)), "anna", _PASSPHRASE, random, [DAYS], keyfile.REHEARSAL)
    cards = shares.split(keys.periods[0].master, _THRESHOLD, _CARDS)
    stage = Stage(terminal, fast, home, keys, cards)
    stage.step(
        1,
        "The ceremony",
        "ceremony",
        "One key is made for the first half of 2026, and divided on three cards, of which any two bring it back.",
        "In earnest you write every card by hand. Here you see one, and are asked for two of its words.",
    )
    make_workspace(stage.work, keys.files)
    write_secret_file(home, "passphrase.txt", _PASSPHRASE.encode())
    period = keys.periods[0].period
    if not fast:
        prompts.show_card(terminal, HandOut(period, cards), cards[0])
    say_fingerprints(terminal, [period])
    return stage


def _site(stage: Stage) -> str:
    """Boris makes his own minisign key; the site gets both. Returns his workspace."""
    stage.step(
        2,
        "A second organizer, and the site",
        "ceremony",
        "On his own computer, Boris runs the ceremony and chooses “my minisign key only”. He",
        "reads out the line of his key. The public folder with both keys goes to whoever runs the site, and the site",
        "shows appeal.json, from which everyone else's program learns the keys.",
    )
    stage.terminal.say("Making the key of Boris. This takes some seconds.")
    line, files = generate.minisign_files("boris", _PASSPHRASE, random)
    make_workspace(stage.path("boris"), files)
    period = stage.keys.periods[0].period
    signers = {"anna": stage.keys.minisign, "boris": line}
    appeal = Appeal(
        period.record.appeal_id,
        (DatedKey(period.record, DAYS.start, DAYS.until),),
        {"be": hashlib.sha256(_LETTER).hexdigest()},
        tuple(signers.values()),
        threshold=2,
    )
    public = public_files(PublicKeys([period], signers, 2), {})
    hand_over(stage.path("public"), {**public, "appeal.json": write_appeal(appeal)})
    return stage.path("boris")


def _flood(stage: Stage, size: int) -> int:
    stage.step(
        3,
        "A flood",
        "open ledger.undersigned --appeal appeal.json",
        f"Somebody sends {size:,} envelopes, nearly all of them false. Half of the false ones are noise that does not",
        "open: it is set aside and counted. You fetch the ledger and open it.",
    )
    record = stage.keys.periods[0].period.record
    made = flood(record, LetterHash(hashlib.sha256(_LETTER).digest()), size, random)
    hand_over(stage.path("stick"), {"ledger.undersigned": made.ledger})
    open_ledgers.run(
        stage.terminal, stage.work, [stage.path("stick/ledger.undersigned")], stage.appeal, stage.passphrase
    )
    return made.rubbish


def _review(stage: Stage) -> None:
    stage.step(
        4,
        "The review",
        "review",
        "Signatures that nobody stands behind are refused; here the rehearsal refuses the flood for you.",
        "Five are left, for one of the six has taken the signature back. Accept them with the key a.",
        "Stopping with q is safe: what is undecided is not counted.",
    )
    _refuse_flood(stage)
    if not stage.fast:
        review.run(stage.terminal, stage.work, stage.passphrase)
    review.run(stage.terminal, stage.work, stage.passphrase, review.Choice(accept_all=True))


def _refuse_flood(stage: Stage) -> None:
    with open_session(TerminalPassphrases(stage.terminal, stage.passphrase), stage.work) as session:
        false = [
            entry.id
            for entry in session.records.entries()
            if isinstance(entry, SignatureEntry) and entry.signature.name.startswith(FLOOD_NAME)
        ]
        session.records.decide(dict.fromkeys(false, Decision(Verdict.REFUSED, Reason.NOT_A_PERSON)))
    stage.terminal.say(f"Refused as a flood: {len(false):,}.")


def _publish(stage: Stage, boris: str) -> None:
    stage.step(
        5,
        "The result, signed by two",
        "publish --out stick",
        "You see what the world will see.",
        "Boris looks at the numbers and the names that are new before he signs. Then anyone can verify.",
    )
    stick = stage.path("stick")
    publish.run(stage.terminal, stage.work, PUBLISHED, stage.appeal, stage.passphrase, yes=stage.fast, out=stick)
    file = f"{stick}/{PUBLICATION_FILE}"
    stage.terminal.heading("Now you are Boris")
    stage.terminal.say_exactly("  In earnest: organizer sign stick/publication.json --appeal appeal.json", "bold")
    sign.run(stage.terminal, boris, file, stage.appeal, None, stage.passphrase, yes=stage.fast, out=None)
    checks = verify(PublicationFiles(file, [], stage.appeal))
    say_steps(stage.terminal, checks)
    say_verified(stage.terminal, need_verified(checks))


def _lose(stage: Stage) -> None:
    stage.step(
        6,
        "A lost computer and a lost card",
        "restore -w new-folder --appeal appeal.json",
        "The computer with the workspace was taken, and card 1 cannot be found. Cards 3 and 2 are enough.",
        "Here the rehearsal types them for you, with the mistakes that people make.",
    )
    with open_workspace(stage.work) as workspace:
        workspace.burn_all()
    master = _type_cards(stage)
    new = stage.keys.periods[0]
    if Expected((new.period,)).match(master) != new.period:
        raise AssertionError("the cards gave back another key")
    stage.terminal.say("The key has the fingerprint that appeal.json names, so it is the right one.")
    root = random(keyfile.ROOT_SIZE)
    appeal_id, salt = new.period.record.appeal_id, random(keyfile.SALT_SIZE)
    file = keyfile.lock(root, appeal_id, _PASSPHRASE, salt, keyfile.REHEARSAL)
    make_workspace(stage.work, {KEY_FILE: file})
    with open_workspace(stage.work) as workspace:
        keep_period(workspace, root, PeriodKey(new.period, master))
    stage.terminal.say(
        "The ledger is opened again. What was decided is gone with the computer: keep a copy of the folder."
    )
    open_ledgers.run(
        stage.terminal, stage.work, [stage.path("stick/ledger.undersigned")], stage.appeal, stage.passphrase
    )


def _type_cards(stage: Stage) -> bytes:
    terminal, recovery = stage.terminal, shares.Recovery()
    first, second = stage.cards[2], stage.cards[1]
    typed = shares.TypedCard()
    typed.add(" ".join(first.words[:6]))
    for wrong, told in (("academik", "A misspelt word: "), (first.words[0], "")):
        try:
            typed.add(wrong)
        except OrganizerError as error:
            terminal.say(f"{told}{error}")
    typed.correct(7, first.words[6])
    typed.add(" ".join(word[: shares.LETTERS_ENOUGH] for word in first.words[7:]))
    recovery.add(typed.words)
    terminal.say(f"Card 3 fits; four letters of each word were enough. Still needed: {recovery.needed}.")
    for words, told in (
        ((second.words[1], second.words[0], *second.words[2:]), "Two words changed places: "),
        (first.words, "The same card again: "),
    ):
        try:
            recovery.add(words)
        except OrganizerError as error:
            terminal.say(f"{told}{error}")
    recovery.add(second.words)
    terminal.say(f"Card 2 fits. Still needed: {recovery.needed}.")
    return recovery.master()


def _burn(stage: Stage) -> None:
    period = stage.keys.periods[0].period
    stage.step(
        7,
        "The burning",
        f"burn --period {period.hex_id}",
        "The period is over and the result is published, so its key is destroyed, and in earnest its cards, too: then",
        "nobody can open its envelopes, whoever asks. First everything is decided again, for the decisions were lost.",
    )
    _refuse_flood(stage)
    review.run(stage.terminal, stage.work, stage.passphrase, review.Choice(accept_all=True))
    file = stage.path(f"stick/{PUBLICATION_FILE}")
    word = period.hex_id if stage.fast else None
    try:
        burn.run(stage.terminal, stage.work, AFTER, period.hex_id, file, False, word, stage.appeal, stage.passphrase)
    except OrganizerError as error:
        if error.reason != "stopped":
            raise
        stage.terminal.say(
            f"{error} Another word than the one that is asked for burns nothing, and in earnest you try again."
        )
    status.run(stage.terminal, stage.work, stage.passphrase)


def _say_end(terminal: Terminal) -> list[str]:
    practised = [
        "A key, its cards and its fingerprint; two minisign keys; a public folder for the site.",
        "A flood: what does not open was set aside, what opened was refused, and nothing false was counted.",
        "A result that two organizers signed after they saw it, and that anyone can verify.",
        "A lost computer and a lost card: two of three cards brought the key back, and mistakes were told at once.",
        "The burning of a key after its result stood. What was opened stayed.",
    ]
    terminal.heading("What you practised")
    for sentence in practised:
        terminal.say(f"- {sentence}")
    terminal.say()
    terminal.say(
        "What a rehearsal cannot show: in earnest the passphrase is typed for every command, and cards must be found "
        "again. Ask their holders once a year whether they still have them."
    )
    terminal.say("Next: organizer ceremony")
    return practised
