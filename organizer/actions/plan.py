"""What all actions have in common: a plan, the questions it leaves to a person, then the doing.

`plan_…()` reads and counts, and decides nothing; it may open what was entered by hand, which counts already, and
remember which names it compared. The user interface shows the plan and asks its questions. Then a second function takes
plan and answers and does the work. It refuses when an answer is missing, so an interface that forgets a question can do
no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from crypto.typed import bare
from organizer.errors import OrganizerError

YES = "yes"


@dataclass(frozen=True)
class Notice:
    """A sentence for a person: `reason` names it, `text` says it in English, with the values in braces.

    A user interface in another language translates `text` and puts the values in itself.
    """

    reason: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in English."""
        return self.text.format(**self.values)


@dataclass(frozen=True)
class Question:
    """What a person must answer before an action is done: yes or, with a `word`, that word typed.

    `refusal` says what became of the action when the answer was another one.
    `for_a_person`: a script's general yes does not answer it.
    """

    asked: Notice
    refusal: Notice
    word: str = YES
    for_a_person: bool = False
    whole: str = ""
    """What the word is the beginning of, where more of it may be typed."""

    @property
    def is_yes_or_no(self) -> bool:
        """Whether no word needs to be typed."""
        return self.word == YES

    def is_answered_by(self, typed: str) -> bool:
        """Whether this is the answer that it needs; capitals and grouping make no other one."""
        given, word = bare(typed).casefold(), bare(self.word).casefold()
        return given.startswith(word) and bare(self.whole or self.word).casefold().startswith(given)


Answers = Mapping[str, str]
"""What was answered, by the question's reason: YES, or the word that was typed."""


def check_answered(questions: Iterable[Question], answers: Answers) -> None:
    """Whether every question has the answer that it needs. Raises OrganizerError with the reason of the refusal."""
    for question in questions:
        if not question.is_answered_by(answers.get(question.asked.reason, "")):
            raise OrganizerError(question.refusal.reason, str(question.refusal), dict(question.refusal.values))


class Progress(Protocol):
    """Shows how far long work has come: entered when it begins, told (more done, total) while it goes on."""

    def __call__(self, what: str, unit: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """`what` is being done, counted in `unit`."""
        ...


@contextmanager
def no_progress(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Progress that is shown to nobody."""
    del what, unit
    yield lambda more, total: None
