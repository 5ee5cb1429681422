"""A table at a terminal: what it is taken for is shown and corrected, then whom it holds, and only then it is added."""

from __future__ import annotations

from dataclasses import replace

from crypto.publication import line as in_one_line
from organizer.actions.add_table import TableLook, TablePlan, look_at_table, plan_table
from organizer.actions.plan import YES, Answers
from organizer.actions.session import Session
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper
from organizer.intake.tables.choices import TableChoices
from organizer.intake.tables.encodings import SINGLE_BYTES
from organizer.intake.tables.words import KNOWN, word_key

PREVIEWED = 30
"""Rows that are shown of those that are not public, or left out for one reason; of the public ones all are."""

MOST_WORDS = 12
"""Different answers about which is asked: a column with more of them holds something else than a yes or a no."""


def settle_table(
    terminal: Terminal, session: Session, path: str, language: str | None, choices: TableChoices, yes: bool
) -> tuple[TablePlan, Answers]:
    """The plan of a table and the answers of a person who saw it; `yes` asks nothing. Raises OrganizerError."""
    if yes or terminal.as_json:
        plan = plan_table(session, path, language, choices)
        if yes:
            _say_which_similar(terminal, plan)
            _list_public(terminal, plan)
        return plan, ask_questions(terminal, plan.questions, yes)
    # Names that are not public are on it, so it leaves no trace in the scrollback.
    with terminal.private_screen():
        choices, agreed = _settle_choices(terminal, session, path, choices)
        plan = plan_table(session, path, language, choices)
        if not plan.new:
            return plan, {}
        if not _preview(terminal, plan):
            terminal.say("Not every public name was shown, so nothing can be added.", "bold")
            return plan, {}
        return plan, ask_questions(terminal, plan.questions, given=agreed)


def say_left_out(terminal: Terminal, plan: TablePlan) -> None:
    """Which rows are not added, and why; of those entered before only the ones that say otherwise now."""
    for notice in plan.look.not_read:
        terminal.say(str(notice))
    for wrong in plan.bad[:PREVIEWED]:
        terminal.say(f"Row {wrong.number:,} is left out: {wrong.text}")
    if len(plan.bad) > PREVIEWED:
        terminal.say(f"… and {len(plan.bad) - PREVIEWED:,} more that cannot be read. With --json all are named.")
    differing = [line for line in plan.repeated if line.other_public]
    for line in differing[:PREVIEWED]:
        terminal.say(
            f"Row {line.number:,} is left out: it was entered before, but with another answer to “public”. "
            "Look at it with organizer review --again."
        )


def _settle_choices(
    terminal: Terminal, session: Session, path: str, choices: TableChoices
) -> tuple[TableChoices, dict[str, str]]:
    choices = _settle_encoding(terminal, session, path, choices)
    choices, agreed = _settle_columns(terminal, session, path, choices)
    return _settle_words(terminal, session, path, choices, agreed)


def _settle_encoding(terminal: Terminal, session: Session, path: str, choices: TableChoices) -> TableChoices:
    look = look_at_table(session, path, choices)
    if not look.table.supposed:
        return choices
    first = look.table.encoding or ""
    for name in (first, *(other for other in SINGLE_BYTES if other != first)):
        tried = replace(choices, encoding=name)
        try:
            look = look_at_table(session, path, tried)
        except OrganizerError:
            continue
        terminal.say("The table does not say in which encoding it is. Some of its texts:", "bold")
        for text in look.samples:
            terminal.say(f"  {text}")
        if terminal.confirm("Do these names look right?"):
            return tried
    raise OrganizerError("not-text", "Save the table again as .xlsx or as “CSV UTF-8”. Nothing was added.")


def _settle_columns(
    terminal: Terminal, session: Session, path: str, choices: TableChoices
) -> tuple[TableChoices, dict[str, str]]:
    while True:
        look = look_at_table(session, path, choices)
        _show_layout(terminal, look)
        has_name = bool(look.layout.columns.get("name"))
        if has_name and not look.layout.guessed:
            return choices, {}
        if has_name and terminal.confirm("Is this what the columns hold?"):
            return choices, {"columns": YES}
        choices = _ask_columns(terminal, look, choices)


def _show_layout(terminal: Terminal, look: TableLook) -> None:
    layout = look.layout
    if layout.heading:
        terminal.say(
            f"Row {layout.heading:,} names the columns.{' So it was said before.' if layout.remembered else ''}"
        )
    for notice in look.not_read:
        terminal.say(str(notice))
    terminal.table([(name, layout.shown(name)) for name in layout.columns])
    if layout.not_taken:
        terminal.say(f"Columns that are not taken: {'; '.join(layout.not_taken)}")
    if "public" not in layout.columns:
        terminal.say("No column says whether a name may be published, so none will be.", "bold")


def _ask_columns(terminal: Terminal, look: TableLook, choices: TableChoices) -> TableChoices:
    layout = look.layout
    heading = layout.heading
    if heading and not layout.columns and not terminal.confirm("Does this row name the columns, and nobody?"):
        return replace(choices, heading=0)
    terminal.say("The columns:")
    for place in range(len(layout.headings)):
        terminal.say(f"  {place + 1}  {layout.column(place)}")
    terminal.say("Type the number of a column, several as 2+1, or 0 for none.")
    while True:
        columns: dict[str, tuple[str, ...]] = {}
        for name in paper.COLUMNS:
            now = "+".join(str(place + 1) for place in layout.columns.get(name, ())) or "0"
            typed = terminal.ask(f"{name}", default=now).strip()
            columns[name] = tuple(part.strip() for part in typed.split("+") if part.strip() not in ("", "0"))
        numbers = [number for said in columns.values() for number in said]
        known = {str(place + 1) for place in range(len(layout.headings))}
        if columns["name"] and set(numbers) <= known and len(set(numbers)) == len(numbers):
            return replace(choices, heading=heading, columns=columns)
        terminal.say("The name needs a column, each column holds one thing, and there are no others than these.")


def _settle_words(
    terminal: Terminal, session: Session, path: str, choices: TableChoices, agreed: dict[str, str]
) -> tuple[TableChoices, dict[str, str]]:
    look = look_at_table(session, path, choices)
    if len(look.words) > MOST_WORDS:
        text = f"There are {len(look.words):,} different answers to “public”, so it may be another column."
        terminal.say(f"{text} Rows whose answer is unknown are left out.", "bold")
    else:
        unknown = [word.text for word in look.words if word.means is None]
        choices = _ask_words(terminal, look, unknown, choices)
        look = look_at_table(session, path, choices)
    _show_words(terminal, look)
    if "words" not in {question.asked.reason for question in look.questions}:
        return choices, agreed
    if terminal.confirm("Do these words mean yes and no here?"):
        return choices, {**agreed, "words": YES}
    every = [word.text for word in look.words[:MOST_WORDS]]
    # What is left without an answer is a no: a row that is left out can be asked about, a published name not.
    choices = _ask_words(terminal, look, every, replace(choices, no=frozenset(map(word_key, every))))
    return choices, {**agreed, "words": YES}


def _show_words(terminal: Terminal, look: TableLook) -> None:
    means = {True: "the name may be published", False: "it may not", None: "unknown, left out"}
    rows = [(means[word.means], f"{word.rows:,}  {word.text}") for word in look.words]
    if rows:
        terminal.say("May the name be published? This is answered, in so many rows:")
        terminal.table(rows)
        terminal.say("Where there is no answer, the name will not be published.")


def _ask_words(terminal: Terminal, look: TableLook, words: list[str], choices: TableChoices) -> TableChoices:
    yes, no = set(choices.yes), set(choices.no)
    counts = {word.text: word.rows for word in look.words}
    for word in words:
        terminal.say(f"In {counts[word]:,} rows the answer to whether the name may be published is: {word}")
        typed = word_key(terminal.ask("Is that a yes or a no? Enter: I do not know"))
        for meant, found in ((True, yes), (False, no)):
            found.discard(word_key(word))
            if typed and KNOWN.get(typed) is meant:
                found.add(word_key(word))
    return replace(choices, yes=frozenset(yes), no=frozenset(no))


def _preview(terminal: Terminal, plan: TablePlan) -> bool:
    """Whether a person let every public name be shown."""
    nonpublic = [line for line in plan.new if not line.signature.public]
    for line in nonpublic[:PREVIEWED]:
        terminal.say(_in_one_line(line))
    if len(nonpublic) > PREVIEWED:
        terminal.say(f"… and {len(nonpublic) - PREVIEWED:,} more that are not public.")
    say_left_out(terminal, plan)
    if plan.repeated:
        terminal.say(f"Rows left out because they were entered before: {len(plan.repeated):,}.", "bold")
    _say_similar(terminal, plan)
    all_shown = _list_public(terminal, plan)
    terminal.say(f"New signatures: {len(plan.new):,}, {len(plan.public):,} of them public.", "bold")
    return all_shown


def _say_which_similar(terminal: Terminal, plan: TablePlan) -> None:
    # Without names, which are not public and would stay on the screen.
    if plan.similar:
        rows = ", ".join(f"{similar.number:,}" for similar in plan.similar[:PREVIEWED])
        more = ", …" if len(plan.similar) > PREVIEWED else ""
        terminal.say(f"Rows that may be of people who are here already: {len(plan.similar):,} ({rows}{more}).", "bold")


def _say_similar(terminal: Terminal, plan: TablePlan) -> None:
    for similar in plan.similar[:PREVIEWED]:
        where = "was entered by hand" if similar.by_hand else "sent an envelope"
        terminal.say(f"Row {similar.number:,} may be somebody who {where}: {similar.name}")
    if plan.similar:
        terminal.say(f"Rows that may be of people who are here already: {len(plan.similar):,}.", "bold")


def _list_public(terminal: Terminal, plan: TablePlan) -> bool:
    return terminal.pages([_in_one_line(line) for line in plan.new if line.signature.public])


def _in_one_line(line: paper.GoodLine) -> str:
    shown = "PUBLIC" if line.signature.public else "not public"
    changed = ", with what cannot be seen taken out" if line.cleaned else ""
    return f"Row {line.number:,}, {shown}{changed}: {in_one_line(line.signature)}"
