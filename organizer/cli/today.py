"""The day by which a command judges: what the clock of this computer says, or what a person gives in its place."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from organizer.keys.periods import read_day

TODAY = click.option("--today", metavar="YYYY-MM-DD", help="The day, if the clock of this computer is wrong.")


def day_of(given: str | None) -> str:
    """YYYY-MM-DD, in UTC. Raises OrganizerError: days."""
    return read_day(given or "") or datetime.now(UTC).date().isoformat()
