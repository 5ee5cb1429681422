"""What messengers, mail programs, word processors and phones make of a text that somebody sends or copies.

Each habit takes the texts that were sent, one message each, and gives the one text that arrives at the other end.
They were collected from what these programs are known to do; a program may have several.
"""

from __future__ import annotations

import html
import quopri
import random
import textwrap
from collections.abc import Callable, Sequence

Habit = Callable[[Sequence[str], random.Random], str]

NAMES = ["Імя", "Ганна К.", "Ivan", "Ivan Petrov", "Мама 🌸", "+375 29 123-45-67", "~ anon", "O'Neil"]
GREETINGS = ["Добры дзень!", "вось", "Hi", "это часть", "1", "ok", "👍", "Forwarded message", "Пераслана ад Ganna"]


def telegram(texts: Sequence[str], chance: random.Random) -> str:
    """Several messages copied at once: a line with name and time before each."""
    name = chance.choice(NAMES)
    return "\n".join(f"{name}, [20.11.2026 {chance.randrange(24):02}:03]\n{text}" for text in texts)


def whatsapp(texts: Sequence[str], chance: random.Random) -> str:
    """The time and the name on the first line of each message, and marks of direction around a number."""
    name = chance.choice(NAMES)
    return "\n".join(f"[20.11.26, 15:{chance.randrange(60):02}] \u202a{name}\u202c: {text}" for text in texts)


def signal(texts: Sequence[str], chance: random.Random) -> str:
    """Messages one after another with a blank line."""
    return "\n\n".join(text.strip() for text in texts)


def with_words_between(texts: Sequence[str], chance: random.Random) -> str:
    """A person greets, answers and comments between the messages."""
    return "\n".join(part for text in texts for part in (chance.choice(GREETINGS), text))


def dashes(texts: Sequence[str], chance: random.Random) -> str:
    """A phone's typography: two hyphens become a dash."""
    dash = chance.choice(["—", "–", "―", "‒"])
    return "\n".join(text.replace("--", dash) for text in texts)


def smart(texts: Sequence[str], chance: random.Random) -> str:
    """A word processor: dashes, no-break spaces, and line separators of its own."""
    end = chance.choice(["\v", "\u2028", "\u2029", "\r", "\r\n", "\f"])
    return "\n".join(text.replace("--", "–").replace(" ", "\u00a0").replace("\n", end) for text in texts)


def wrapped(texts: Sequence[str], chance: random.Random) -> str:
    """Lines broken anew at some width, in the middle of words, too."""
    width = chance.choice([20, 40, 58, 70, 72, 76, 78, 998])
    return "\n".join("\n".join(textwrap.wrap(text, width, break_on_hyphens=False)) for text in texts)


def joined(texts: Sequence[str], chance: random.Random) -> str:
    """All on one line, with or without spaces where the lines ended."""
    return " ".join(text.replace("\n", chance.choice([" ", "  ", "\t"])) for text in texts)


def quoted(texts: Sequence[str], chance: random.Random) -> str:
    """An answer by mail, several times over."""
    mark = chance.choice(["> ", ">> ", "> > > ", "| ", "» ", "\t> "])
    return "\n".join(mark + line for text in texts for line in text.split("\n"))


def quoted_and_wrapped(texts: Sequence[str], chance: random.Random) -> str:
    """An answer that was broken at 60 first."""
    return quoted([wrapped([text], chance) for text in texts], chance)


def decorated(texts: Sequence[str], chance: random.Random) -> str:
    """Bold, code or a list, as marks that a messenger puts in or leaves."""
    before, after = chance.choice(
        [("*", "*"), ("`", "`"), ("• ", ""), ("– ", ""), ("│ ", " │"), ("    ", "  "), ("**", "**")]
    )
    return "\n".join(before + line + after for text in texts for line in text.split("\n") if line)


def fenced(texts: Sequence[str], chance: random.Random) -> str:
    """As code of a messenger."""
    return "\n".join(f"```\n{text}```" for text in texts)


def unseen(texts: Sequence[str], chance: random.Random) -> str:
    """Marks that nobody sees, anywhere."""
    marks = ["\u200b", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u202a", "\ufe0f"]
    text = "\n".join(texts)
    for _ in range(40):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(marks) + text[at:]
    return text


def html_mail(texts: Sequence[str], chance: random.Random) -> str:
    """The source of a page or an HTML mail."""
    end = chance.choice(["<br>", "<br/>\n", "</div><div>", "</p>\n<p>"])
    inside = end.join(
        html.escape(line).replace("+", chance.choice(["+", "&#43;"])) for t in texts for line in t.split("\n")
    )
    return f"<html><body><div style='color:#222'>{inside}&nbsp;</div></body></html>"


def quoted_printable(texts: Sequence[str], chance: random.Random) -> str:
    """The source of a mail with Cyrillic around."""
    return quopri.encodestring("\n".join(["Добры дзень", *texts]).encode()).decode("ascii")


def html_in_quoted_printable(texts: Sequence[str], chance: random.Random) -> str:
    """Both at once."""
    return quopri.encodestring(html_mail(texts, chance).encode()).decode("ascii")


def twice(texts: Sequence[str], chance: random.Random) -> str:
    """Sent again, because it was not clear whether it arrived."""
    return "\n".join([*texts, *reversed(texts)])


def one_damaged_copy(texts: Sequence[str], chance: random.Random) -> str:
    """Copied badly first, then well."""
    first = texts[0][: len(texts[0]) // 2]
    return "\n".join([first, "не атрымалася, яшчэ раз", *texts])


def capitals(texts: Sequence[str], chance: random.Random) -> str:
    """Somebody typed the first words anew, in small letters."""
    return "\n".join(text.replace("BEGIN UNDERSIGNED", "begin undersigned") for text in texts)


def no_end_lines(texts: Sequence[str], chance: random.Random) -> str:
    """The last line was left out when it was marked with a finger."""
    return "\n".join(text.rpartition("END UNDERSIGNED")[0] or text for text in texts)


def half_begin_lines(texts: Sequence[str], chance: random.Random) -> str:
    """The finger began in the middle of the dashes."""
    return "\n".join(text[3:] for text in texts)


def in_reverse(texts: Sequence[str], chance: random.Random) -> str:
    """The second message arrived first."""
    return "\n".join(reversed(texts))


HABITS: tuple[Habit, ...] = (
    telegram,
    whatsapp,
    signal,
    with_words_between,
    dashes,
    smart,
    wrapped,
    joined,
    quoted,
    quoted_and_wrapped,
    decorated,
    fenced,
    unseen,
    html_mail,
    quoted_printable,
    html_in_quoted_printable,
    twice,
    one_damaged_copy,
    capitals,
    no_end_lines,
    half_begin_lines,
    in_reverse,
)
