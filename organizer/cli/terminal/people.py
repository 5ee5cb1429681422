"""Asks which person wants their signature back: by code, or by name from a list of people found."""

from __future__ import annotations

from collections.abc import Sequence

from crypto.code import check_code
from crypto.errors import CodeError
from crypto.publication import line
from crypto.signature import fields_without
from crypto.typed import number_in
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.workspace.entries import SignatureEntry

SHOWN = 20
"""People listed at once; more would push the first off the screen."""

_FIELDS = fields_without(
    public="it stands below, beside how the signature came",
    vouch="it helps nobody to tell who the person is who wants to be left out",
)


def ask_code(terminal: Terminal) -> str:
    """The code that a person wrote; a mistyped one is asked for again. Raises OrganizerError; CodeError."""
    # A code is evidence, so it does not stay in the scrollback.
    with terminal.private_screen():
        while True:
            typed = terminal.ask("The code, 25 digits")
            try:
                return check_code(typed)
            except CodeError as error:
                if not terminal.is_at_terminal:
                    raise
                terminal.say(f"{error} Compare it with what the person wrote. Ctrl-C stops.")


def choose_person(terminal: Terminal, people: Sequence[SignatureEntry]) -> int:
    """The place of one of them, counted from 0. Raises OrganizerError: nobody, stopped."""
    if not people:
        raise OrganizerError("nobody", "No such signature was found. Nothing was changed.")
    for number, person in enumerate(people[:SHOWN], start=1):
        terminal.say(f"{number}. {person_in_one_line(person)}")
    if len(people) > SHOWN:
        terminal.say(
            f"And {len(people) - SHOWN:,} more. If it is not among these, press Enter and type more of the name."
        )
    chosen = number_in(terminal.ask("Which one? Its number, or Enter for none"))
    if chosen is None or not 1 <= chosen <= len(people[:SHOWN]):
        raise OrganizerError("stopped", "Nothing was changed.")
    return chosen - 1


def show_person(terminal: Terminal, person: SignatureEntry) -> None:
    """Show every field that helps to recognise the person."""
    signature = person.signature
    shown = {"public": "yes" if signature.public else "no", "entered by hand": "yes" if person.by_hand else "no"}
    written = ((field.name, text) for field in _FIELDS if (text := field.text(signature)))
    terminal.table([*written, *shown.items()])


def person_in_one_line(person: SignatureEntry) -> str:
    """Name, relation and prisoner, and the contact."""
    return "; ".join(filter(None, (line(person.signature), person.signature.contact)))
