"""The steps of a rehearsal that deal with signatures: the flood, the review, the result, and burning the key."""

from __future__ import annotations

from collections.abc import Callable

from nacl.utils import random

from organizer.actions.appeal import need_appeal
from organizer.actions.burn import burn, plan_burning
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.plan import YES
from organizer.actions.publish import hand_over_published, plan_publication, publish
from organizer.actions.rehearsal import AFTER, LETTER_HASH, PUBLISHED, flood, refuse_flood
from organizer.actions.review import accept, open_queue, plan_accept_all, read_reviewed
from organizer.actions.session import open_session
from organizer.actions.sign import open_cosigning, plan_signing, sign
from organizer.actions.status import read_status
from organizer.actions.verify import PublicationFiles, need_verified, verify
from organizer.cli.rehearsal.stage import Stage
from organizer.cli.terminal.burning import say_burn_plan, say_burned
from organizer.cli.terminal.ledgers import say_opened
from organizer.cli.terminal.numbers import say_bulk, say_reviewed, say_status
from organizer.cli.terminal.publication import say_publish_plan, say_published, say_sign_plan, say_signed
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.review import Dialogue
from organizer.cli.terminal.verification import say_steps, say_verified
from organizer.errors import OrganizerError
from organizer.review.review import Review
from organizer.workspace.files import hand_over

LEDGER = "stick/ledger.undersigned"


def receive_flood(stage: Stage, size: int) -> int:
    """A ledger with made-up people and rubbish; returns how much of it is rubbish."""
    stage.step(
        3,
        "A flood",
        "open ledger.undersigned --appeal appeal.json",
        f"Somebody sends {size:,} envelopes, nearly all of them false. Half of the false ones are noise that does not",
        "open: it is set aside and counted. You fetch the ledger and open it.",
    )
    record = stage.keys.periods[0].period.record
    made = flood(record, LETTER_HASH, size, random)
    hand_over(stage.path("stick"), {"ledger.undersigned": made.ledger})
    open_flood(stage)
    return made.rubbish


def open_flood(stage: Stage) -> None:
    """Open the ledger, as “organizer open” does."""
    with open_session(stage.passphrases, stage.work, stage.appeal) as session:
        opened = open_ledgers(session, [stage.path(LEDGER)], stage.terminal.progress)
    say_opened(stage.terminal, opened)
    stage.terminal.say("Next: organizer review")


def review_all(stage: Stage) -> None:
    """Refuse the flood, and accept the five."""
    stage.step(
        4,
        "The review",
        "review",
        "Signatures that nobody stands behind are refused; here the rehearsal refuses the flood for you.",
        "Five are left, for one of the six has taken the signature back. Accept them with the key a.",
        "Stopping with q is safe: what is undecided is not counted.",
    )
    refuse_false(stage)
    if not stage.fast:
        _review(stage, lambda review: Dialogue(stage.terminal, review).run())
    accept_undecided(stage)


def refuse_false(stage: Stage) -> None:
    """Refuse all false signatures at once, as an organizer does with the list and its filters."""
    with open_session(stage.passphrases, stage.work) as session:
        refused = refuse_flood(session)
    stage.terminal.say(f"Refused as a flood: {refused:,}.")


def accept_undecided(stage: Stage) -> None:
    """Accept what is undecided, as “organizer review --accept-all” does."""

    def accept_all(review: Review) -> None:
        bulk = accept(review, plan_accept_all(review), {"accept-all": YES})
        say_bulk(stage.terminal, "Accepted without being looked at", bulk)

    _review(stage, accept_all)


def _review(stage: Stage, decide: Callable[[Review], None]) -> None:
    with open_session(stage.passphrases, stage.work) as session:
        queue = open_queue(session, stage.terminal.progress)
        decide(Review(queue))
        reviewed = read_reviewed(session, queue)
    say_reviewed(stage.terminal, reviewed)


def publish_and_sign(stage: Stage, boris: str) -> None:
    """Anna publishes, Boris signs in his workspace `boris`, and anyone verifies."""
    stage.step(
        5,
        "The result, signed by two",
        "publish --out stick",
        "You see what the world will see.",
        "Boris looks at the numbers and the names that are new before he signs. Then anyone can verify.",
    )
    _publish(stage)
    stage.terminal.heading("Now you are Boris")
    stage.terminal.say_exactly("  In earnest: organizer sign stick/publication.json --appeal appeal.json", "bold")
    _sign(stage, boris)
    checks = verify(PublicationFiles(stage.publication, [], stage.appeal))
    say_steps(stage.terminal, checks)
    say_verified(stage.terminal, need_verified(checks))


def _publish(stage: Stage) -> None:
    terminal = stage.terminal
    with open_session(stage.passphrases, stage.work, stage.appeal) as session:
        plan = plan_publication(session, PUBLISHED)
        say_publish_plan(terminal, plan, page=not stage.fast)
        published = publish(session, plan, ask_questions(terminal, plan.questions, yes=stage.fast))
        threshold = need_appeal(session.appeal).threshold
    hand_over_published(published, stage.stick)
    say_published(terminal, plan, published, threshold, stage.stick)


def _sign(stage: Stage, boris: str) -> None:
    terminal = stage.terminal
    with open_cosigning(stage.passphrases, boris, stage.appeal) as at:
        plan = plan_signing(at, stage.publication, None, PUBLISHED)
        say_sign_plan(terminal, plan, page=not stage.fast)
        told = plan.told(plan.digest if stage.fast else None)
        signed = sign(at, plan, ask_questions(terminal, plan.questions, stage.fast, told))
    say_signed(terminal, signed)


def burn_key(stage: Stage) -> None:
    """Everything is decided again, then the key of the period is destroyed."""
    period = stage.keys.periods[0].period
    stage.step(
        7,
        "The burning",
        f"burn --period {period.hex_id}",
        "The period is over and the result is published, so its key is destroyed, and in earnest its cards, too: then",
        "nobody can open its envelopes, whoever asks. First everything is decided again, for the decisions were lost.",
    )
    refuse_false(stage)
    accept_undecided(stage)
    try:
        _burn(stage, period.hex_id)
    except OrganizerError as error:
        if error.reason != "stopped":
            raise
        stage.terminal.say(
            f"{error} Another word than the one that is asked for burns nothing, and in earnest you try again."
        )
    with open_session(stage.passphrases, stage.work) as session:
        status = read_status(session)
    say_status(stage.terminal, status)


def _burn(stage: Stage, period: str) -> None:
    given = {"word": period} if stage.fast else {}
    with open_session(stage.passphrases, stage.work, stage.appeal) as session:
        plan = plan_burning(session, AFTER, period, stage.publication)
        say_burn_plan(stage.terminal, plan)
        answers = ask_questions(stage.terminal, plan.questions, given={"burn-not-yet": "", **given})
        burn(session, plan, answers)
    say_burned(stage.terminal, stage.work, plan)
