"""The filter options: which signatures the commands `list` and `review` show, by public, status, language and so on."""

from __future__ import annotations

from dataclasses import dataclass

import click

from organizer.review.filters import Filter, ReviewStatus, known_language
from organizer.review.queue import ReviewQueue
from organizer.workspace.vouch_words import Vouched

VOUCH = {"yes": Vouched.YES, "withdrawn": Vouched.WITHDRAWN, "unknown": Vouched.UNKNOWN, "none": Vouched.NO}

FILTER = (
    click.option(
        "--public/--not-public", "public", default=None, help="Only those whose name may be published, or not."
    ),
    click.option("--status", type=click.Choice([*ReviewStatus]), help="Only those that stand so in the review."),
    click.option("--vouch", type=click.Choice(list(VOUCH)), help="Only by what their vouch word says."),
    click.option("--word", type=int, metavar="NUMBER", help="Only with the vouch word of this number."),
    click.option("--language", metavar="LANG", help="Only of this language, such as be."),
    click.option(
        "--unknown-letter", is_flag=True, help="Only signed under a text that your appeal.json does not list."
    ),
    click.option("--similar", is_flag=True, help="Only those that resemble another one."),
)


@dataclass(frozen=True)
class FilterOptions:
    """The values of the filter options. `word` is the number of a vouch word."""

    public: bool | None = None
    status: str | None = None
    vouch: str | None = None
    word: int | None = None
    language: str | None = None
    unknown_letter: bool = False
    similar: bool = False

    def filter(self, queue: ReviewQueue) -> Filter:
        """The filter of the review that these options stand for. Raises OrganizerError: vouch-number."""
        return Filter(
            public=self.public,
            status=None if self.status is None else ReviewStatus(self.status),
            vouched=None if self.vouch is None else VOUCH[self.vouch],
            language=None if self.language is None else known_language(self.language),
            unknown_letter=self.unknown_letter,
            similar=self.similar,
            word=0 if self.word is None else queue.words.numbered(self.word).number,
        )
