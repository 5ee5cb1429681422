"""The dialogues of a ceremony: cards are handed out, fingerprints are shown, the public folder is written.

Cards are secret. They are shown on a screen that is wiped or, when a person asks for it, written into a file that is
burned as soon as the cards are checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from crypto.minisign import MinisignPublicKey
from organizer.actions.cards import SUGGESTED, CardPlan, HandOut, check_folder, divide, print_cards
from organizer.actions.plan import check_answered
from organizer.actions.public_folder import (
    AppealFolder,
    PublicFolderPlan,
    Signers,
    plan_public_folder,
    read_minisign_line,
    write_public_folder,
)
from organizer.cli.terminal import prompts
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys.appeal_folder import PublicKeys
from organizer.keys.periods import Period, PeriodKey
from organizer.keys.qr import qr_lines


def hand_out_cards(terminal: Terminal, heading: str, keys: Sequence[PeriodKey]) -> None:
    """Ask how many cards, make and check them, for every key. Raises OrganizerError: question, stopped."""
    terminal.heading(heading)
    terminal.say("A key can be divided among people: of n cards, any k bring it back, and fewer tell nothing at all.")
    terminal.say(
        "Cards help when the computer is lost or the passphrase forgotten. Whoever gets k of them can read "
        "everything that was sealed to the key."
    )
    way = terminal.choose(
        "How", ["I write them by hand (safest)", "I print them", "no cards now; “organizer ceremony” later"]
    )
    if way == 3:
        return
    sets = divide(keys, _ask_plan(terminal))
    if way == 2:
        _on_paper(terminal, sets)
        return
    for made in sets:
        terminal.say(f"The cards of the key {made.period.hex_id}, {made.period.days}.")
        terminal.wait(f"Have {len(made.cards)} empty cards ready and be alone. Press Enter to see the first")
        prompts.show_cards(terminal, made)


def _ask_plan(terminal: Terminal) -> CardPlan:
    while True:
        count = prompts.ask_until(terminal, "How many cards of each key", _number, default=str(SUGGESTED.count))
        question = "How many of them bring the key back"
        threshold = prompts.ask_until(terminal, question, _number, default=str(SUGGESTED.threshold))
        try:
            return CardPlan(threshold, count)
        except OrganizerError as error:
            terminal.say(str(error))


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise OrganizerError("number", "Type a number.")
    return int(text)


def _on_paper(terminal: Terminal, sets: Sequence[HandOut]) -> None:
    terminal.say(
        "A file for printing will hold all cards. Printers and their queues may remember what they print, so take "
        "one that is connected with a cable. The file is overwritten and removed once the cards are checked; a disk "
        "that is not encrypted, and any stick, may keep a copy of it."
    )
    folder = prompts.ask_until(
        terminal, "A folder for the file, best in memory, such as /dev/shm/cards", check_folder, default=None
    )
    with ExitStack() as afterwards, print_cards(folder, sets) as path:
        afterwards.callback(terminal.say, "The file with the cards is overwritten and removed.")
        terminal.say_exactly(f"  {path}")
        terminal.wait("Open it, print it, and press Enter when all pages are there")
        for made in sets:
            prompts.show_cards(terminal, made, printed=True)


def say_fingerprints(terminal: Terminal, periods: Sequence[Period]) -> None:
    """The fingerprint of each key in digits and as a QR code of these digits."""
    terminal.say(
        "The fingerprint of each key. Publish the digits in several places, so that people can compare them with "
        "what the page shows. The code holds the same digits, for a phone."
    )
    for number, period in enumerate(periods):
        if number:
            terminal.wait("Press Enter for the next")
        terminal.say()
        terminal.say(f"Key {period.hex_id}, {period.days}")
        terminal.say_exactly(f"  {period.record.digits}", "bold")
        terminal.say_exactly("\n".join(qr_lines(period.record.digits)), "black on white")


def public_folder(
    terminal: Terminal,
    periods: Sequence[Period],
    own: tuple[str, MinisignPublicKey],
    appeal: AppealFolder,
    least: int = 0,
) -> str:
    """Ask for the other organizers' keys and write the folder for the site; returns its path.

    `least` had to sign results so far. Raises OrganizerError.
    """
    terminal.say()
    terminal.say(
        "Results count when enough organizers signed them. Add the minisign lines of the others; each has made "
        "theirs with “organizer ceremony”. More can be added to the site's appeal.toml later."
    )
    if appeal.signers:
        terminal.say(f"The site's appeal.toml lists these already: {', '.join(appeal.signers)}.")
    signers = _ask_signers(terminal, Signers.begin(*own, appeal, least))
    plan = plan_public_folder(_ask_threshold(terminal, periods, signers), appeal)
    if plan.listed:
        terminal.say("The site's appeal.toml brings this along, beside what you make here:", "bold")
    for notice in plan.listed:
        terminal.say_exactly(f"  {notice}")
    answers = ask_questions(terminal, plan.questions)
    check_answered(plan.questions, answers)
    folder = prompts.ask_until(terminal, "A new folder for what is public", check_folder, default="public")
    write_public_folder(plan, folder, answers)
    _say_public_folder(terminal, plan, folder)
    return folder


def _ask_signers(terminal: Terminal, signers: Signers) -> Signers:
    while name := _ask_name(terminal, signers):
        question = f"The minisign line of {name}, or the file it is in (56 characters)"
        key = prompts.ask_until(terminal, question, read_minisign_line, default=None)
        signers = signers.with_other(name, key)
        terminal.say("A slip in it is not noticed here. Have it read out, every character:")
        terminal.say_exactly(f"  {key.line}", "bold")
    return signers


def _ask_name(terminal: Terminal, signers: Signers) -> str:
    return prompts.ask_until(
        terminal,
        "Name of another organizer (Enter: no more)",
        lambda text: signers.check_name(text) if text.strip() else "",
    )


def _ask_threshold(terminal: Terminal, periods: Sequence[Period], signers: Signers) -> PublicKeys:
    question = f"How many of these {len(signers.keys)} must sign a result"
    while True:
        needed = prompts.ask_until(terminal, question, _number, default=str(signers.suggested_threshold))
        try:
            return PublicKeys(periods, signers.keys, needed)
        except OrganizerError as error:
            terminal.say(str(error))


def _say_public_folder(terminal: Terminal, plan: PublicFolderPlan, folder: str) -> None:
    terminal.say(f"Written to {folder}; nothing in it is secret:")
    for name in sorted(plan.files):
        terminal.say_exactly(f"  {name}")
    if plan.fills_appeal:
        terminal.say("It is the site's folder config/appeal/ with your keys in it.")
    else:
        terminal.say(
            "The lines of appeal-keys.toml belong into the site's config/appeal/appeal.toml; the file says where."
        )
