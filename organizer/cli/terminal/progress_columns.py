"""What stands beside a bar of progress: what is done, how much of how much and how fast, how long it will take."""

from __future__ import annotations

from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text


def progress_columns() -> tuple[ProgressColumn, ...]:
    """New columns for one bar."""
    return (
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        BarColumn(bar_width=None),
        _Amount(table_column=Column(no_wrap=True)),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
    )


class _Amount(ProgressColumn):
    def render(self, task: Task) -> Text:
        rate = f", {task.speed:,.0f}/s" if task.speed else ""
        return Text(f"{task.completed:,.0f} of {task.total or 0:,.0f}{rate}")
