"""The table of `./run bench serve`, in Markdown: medians of the rounds, each beside its yardstick of the same round."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.lines import Line
from bench.load import Found

TITLES = ("", "at once", "per second", "ratio", "of processor", "p50 ms", "p99 ms", "ratio of p99", "µs of a core")


@dataclass(frozen=True)
class Run:
    """A line, and how many connections ask at once."""

    line: Line
    connections: int


# What each run gave, round by round.
Results = dict[Run, list[Found]]


def table(results: Results) -> str:
    """One row for each run. `ratio` is that of the rates, `of processor` that of processor time, wrk's with it.

    The last column is the time of all servers for a request, and of each where there are several.
    """
    found = [TITLES, *(_row(run, results) for run in results if results[run])]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    titles, *rows = (" | ".join(_padded(row, widths)) for row in found)
    rule = " | ".join(["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])])
    return "\n".join(f"| {row} |" for row in (titles, rule, *rows))


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if at == 0 else cell.rjust(width)


def _row(run: Run, results: Results) -> tuple[str, ...]:
    rounds = results[run]
    beside = next(
        (other for other in results if other.line.name == run.line.beside and other.connections == run.connections),
        run,
    )
    pairs = list(zip(rounds, results[beside], strict=True))
    has_servers = any(each.servers for each in rounds)
    return (
        run.line.name,
        str(run.connections) if has_servers else "1",
        f"{statistics.median(each.rate for each in rounds):,.0f}",
        f"{statistics.median(each.rate / bare.rate for each, bare in pairs):.2f}",
        f"{statistics.median(bare.all / each.all for each, bare in pairs):.2f}" if has_servers else "",
        f"{statistics.median(each.p50 for each in rounds):.1f}",
        f"{statistics.median(each.p99 for each in rounds):.1f}",
        f"{statistics.median(each.p99 / bare.p99 for each, bare in pairs):.2f}",
        _cost(rounds) if has_servers else "",
    )


def _cost(rounds: Sequence[Found]) -> str:
    total = f"{statistics.median(each.cost for each in rounds):,.0f}"
    names = sorted({name for each in rounds for name in each.servers})
    if len(names) < 2:
        return total
    parts = (f"{name} {statistics.median(each.servers.get(name, 0) for each in rounds):,.0f}" for name in names)
    return f"{total}: {', '.join(parts)}"
