"""What a ceremony hands out: cards to people, fingerprints and a folder to the world.

Knows the words of these dialogues. Cards go to a wiped screen, or, when a person asks for it, into a file that is
burned as soon as the cards are checked; nothing secret goes anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crypto.errors import MinisignError
from crypto.minisign import MinisignPublicKey
from organizer.cli.terminal import prompts
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys import cards, shares
from organizer.keys.appeal_folder import APPEAL_TOML, PublicKeys, public_files, signers_in
from organizer.keys.generate import NewPeriod, check_signer
from organizer.keys.periods import Period
from organizer.keys.qr import qr_lines
from organizer.workspace.files import burn_secret_file, check_no_folder, hand_over, read_file, write_secret_file

PRINT_FILE = "cards.html"


def hand_out_cards(terminal: Terminal, heading: str, new: Sequence[NewPeriod]) -> None:
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
    threshold, count = _ask_plan(terminal)
    divided = [(one.period, shares.split(one.master, threshold, count)) for one in new]
    if way == 2:
        _on_paper(terminal, divided)
        return
    for period, made in divided:
        terminal.say(f"The cards of the key {period.name}, {period.days}.")
        terminal.wait(f"Have {count} empty cards ready and be alone. Press Enter to see the first")
        prompts.show_cards(terminal, period, made)


def _ask_plan(terminal: Terminal) -> tuple[int, int]:
    while True:
        count = prompts.ask_until(terminal, "How many cards of each key", _number, default="5")
        threshold = prompts.ask_until(terminal, "How many of them bring the key back", _number, default="3")
        try:
            shares.check_plan(threshold, count)
        except OrganizerError as error:
            terminal.say(str(error))
            continue
        return threshold, count


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise OrganizerError("number", "Type a number.")
    return int(text)


def _on_paper(terminal: Terminal, divided: Sequence[tuple[Period, list[shares.Card]]]) -> None:
    terminal.say(
        "A file for printing will hold all cards. Printers and their queues may remember what they print, so take "
        "one that is connected with a cable. The file is overwritten and removed once the cards are checked; a disk "
        "that is not encrypted, and any stick, may keep a copy of it."
    )
    folder = prompts.ask_until(
        terminal, "A folder for the file, best in memory, such as /dev/shm/cards", _folder, default=None
    )
    path = write_secret_file(
        folder, PRINT_FILE, cards.print_file([(card, one) for one, made in divided for card in made])
    )
    try:
        terminal.say_exactly(f"  {path}")
        terminal.wait("Open it, print it, and press Enter when all pages are there")
        for period, made in divided:
            prompts.show_cards(terminal, period, made, printed=True)
    finally:
        burn_secret_file(path)
        terminal.say("The file with the cards is overwritten and removed.")


def _folder(text: str) -> str:
    if not text.strip():
        raise OrganizerError("folder", "Name a folder.")
    check_no_folder(text.strip())
    return text.strip()


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
        terminal.say(f"Key {period.name}, {period.days}")
        terminal.say_exactly(f"  {period.record.digits}", "bold")
        terminal.say_exactly("\n".join(qr_lines(period.record.digits)), "black on white")


def public_folder(
    terminal: Terminal, periods: Sequence[Period], own: tuple[str, MinisignPublicKey], appeal: Mapping[str, bytes]
) -> str:
    """Ask for the other organizers' keys and write the folder for the site; returns its path. Raises OrganizerError."""
    terminal.say()
    terminal.say(
        "Results count when enough organizers signed them. Add the minisign lines of the others; each has made "
        "theirs with “organizer ceremony”. More can be added to the site's appeal.toml later."
    )
    signers = _known(appeal)
    if signers.setdefault(own[0], own[1]) != own[1]:
        raise OrganizerError("signer-name", f"The appeal.toml lists another minisign key under your name {own[0]}.")
    while name := prompts.ask_until(
        terminal, "Name of another organizer (Enter: no more)", lambda text: _name(text, signers)
    ):
        question = f"The minisign line of {name}, or the file it is in (56 characters)"
        signers[name] = prompts.ask_until(terminal, question, _line, default=None)
        terminal.say("A slip in it is not noticed here. Have it read out, every character:")
        terminal.say_exactly(f"  {signers[name].line}", "bold")
    while True:
        needed = prompts.ask_until(
            terminal, f"How many of these {len(signers)} must sign a result", _number, default=str(min(2, len(signers)))
        )
        try:
            keys = PublicKeys(periods, signers, needed)
            break
        except OrganizerError as error:
            terminal.say(str(error))
    files = public_files(keys, appeal)
    folder = prompts.ask_until(terminal, "A new folder for what is public", _folder, default="public")
    hand_over(folder, files)
    terminal.say(f"Written to {folder}; nothing in it is secret:")
    for name in sorted(files):
        terminal.say_exactly(f"  {name}")
    if APPEAL_TOML in files:
        terminal.say("It is the site's folder config/appeal/ with your keys in it.")
    else:
        terminal.say(
            "The lines of appeal-keys.toml belong into the site's config/appeal/appeal.toml; the file says where."
        )
    return folder


def _known(appeal: Mapping[str, bytes]) -> dict[str, MinisignPublicKey]:
    listed = signers_in(appeal[APPEAL_TOML].decode("utf-8", "replace")) if APPEAL_TOML in appeal else {}
    return {name: MinisignPublicKey.parse(line) for name, line in listed.items()}


def _name(text: str, known: Mapping[str, MinisignPublicKey]) -> str:
    name = text.strip()
    if name in known:
        raise OrganizerError("signer-name", f"{name} is listed already.")
    return check_signer(name) if name else ""


def _line(text: str) -> MinisignPublicKey:
    line = text.strip()
    try:
        if line.endswith(".pub"):
            line = read_file(line).decode("ascii", "replace").rstrip("\n").rpartition("\n")[2]
        return MinisignPublicKey.parse(line)
    except MinisignError as error:
        raise OrganizerError(error.reason, f"{error} It is one line of 56 characters that begins with RW.") from error
