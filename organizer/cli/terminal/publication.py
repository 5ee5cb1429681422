"""A publication at a terminal: all that is in it and what has changed, for whoever is about to sign it."""

from __future__ import annotations

from crypto.publication import Publication
from organizer.cli.terminal.terminal import Terminal
from organizer.results import diff


def say_publication(
    terminal: Terminal, publication: Publication, last: Publication | None, changes: diff.Changes | None, page: bool
) -> None:
    """Every number, every public name, every change since `last`; `page`: a screenful at a time."""
    terminal.say(
        f"Publication number {publication.number}, {publication.date}. This is what the world will see.", "bold"
    )
    if last is not None:
        terminal.say(f"It follows number {last.number} of {last.date}, SHA-256 {publication.previous}.")
    terminal.say()
    terminal.table(diff.numbers(publication, last))
    terminal.say()
    terminal.pages(list_lines(publication, last, changes), page)
    terminal.say()
    terminal.say(diff.beside_names(publication))


def list_lines(publication: Publication, last: Publication | None, changes: diff.Changes | None) -> list[str]:
    """The public names, a line each, after what changed since `last`."""
    lines = list(diff.names(publication))
    if last is not None and changes is not None:
        lines = [*diff.changed(last, changes), "", *lines]
    return lines
