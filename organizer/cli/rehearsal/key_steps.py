"""The steps of a rehearsal that deal with keys: the ceremony, the site, a lost computer and a lost card."""

from __future__ import annotations

from organizer.actions.cards import divide
from organizer.actions.ceremony import FirstKeys, make_first_keys, make_minisign_key
from organizer.actions.public_folder import Signers
from organizer.actions.rehearsal import CARDS, DAYS, PASSPHRASE, make_site
from organizer.actions.restore import Wanted, key_of_cards, open_restoring, restore_into_new
from organizer.cli.rehearsal.result_steps import open_flood
from organizer.cli.rehearsal.stage import PASSPHRASE_FILE, WORK, Stage
from organizer.cli.terminal.ceremony import say_fingerprints
from organizer.cli.terminal.prompts import show_card
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys import keyfile, shares
from organizer.workspace.files import write_secret_file
from organizer.workspace.folder import open_workspace


def make_keys(terminal: Terminal, fast: bool, home: str) -> Stage:
    """Anna's ceremony: one key, three cards."""
    keys = make_first_keys(f"{home}/{WORK}", FirstKeys("anna", (DAYS,), PASSPHRASE), keyfile.REHEARSAL)
    (made,) = divide(keys.periods, CARDS)
    stage = Stage(terminal, fast, home, keys, made.cards)
    stage.step(
        1,
        "The ceremony",
        "ceremony",
        "One key is made for the first half of 2026, and divided on three cards, of which any two bring it back.",
        "In earnest you write every card by hand. Here you see one, and are asked for two of its words.",
    )
    write_secret_file(home, PASSPHRASE_FILE, PASSPHRASE.encode())
    if not fast:
        show_card(terminal, made, made.cards[0])
    say_fingerprints(terminal, [made.period])
    return stage


def prepare_site(stage: Stage) -> str:
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
    line = make_minisign_key(stage.path("boris"), "boris", PASSPHRASE)
    signers = Signers({"anna": stage.keys.minisign, "boris": line})
    make_site(stage.path("public"), stage.keys.periods[0].period, signers)
    return stage.path("boris")


def lose_and_restore(stage: Stage) -> None:
    """The workspace and a card are lost; the other cards bring the key back."""
    stage.step(
        6,
        "A lost computer and a lost card",
        "restore -w new-folder --appeal appeal.json",
        "The computer with the workspace was taken, and card 1 cannot be found. Cards 3 and 2 are enough.",
        "Here the rehearsal types them for you, with the mistakes that people make.",
    )
    with open_workspace(stage.work) as workspace:
        workspace.burn_all()
    with open_restoring(stage.work, Wanted(stage.appeal)) as at:
        key = key_of_cards(at, _type_cards(stage))
        stage.terminal.say("The key has the fingerprint that appeal.json names, so it is the right one.")
        stage.terminal.say("Locking the keys. This takes some seconds.")
        restore_into_new(at, key, "anna", PASSPHRASE, keyfile.REHEARSAL)
    stage.terminal.say(
        "The ledger is opened again. What was decided is gone with the computer: keep a copy of the folder."
    )
    open_flood(stage)


def _type_cards(stage: Stage) -> shares.Recovery:
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
    return recovery
