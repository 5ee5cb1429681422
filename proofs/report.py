"""What proofs found, kept as JSON for programs and Markdown for people; nothing in it names this machine."""

from __future__ import annotations

import json
import os
import platform
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from proofs.table import Proof


@dataclass(frozen=True)
class Found:
    """One test: its name, the first sentence of what it states, whether it held, and its figures."""

    test: str
    states: str
    is_control: bool
    holds: bool
    figures: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What one run of a proof found. `part` of the whole size; `is_over`: it took too long and was ended."""

    day: str
    part: float
    seconds: int
    is_over: bool
    cores: int
    python: str
    found: list[Found] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every test held, and a control was among them."""
        return not self.is_over and any(one.is_control for one in self.found) and all(one.holds for one in self.found)


def read_outcome(told: Path, part: float, seconds: float, *, is_over: bool) -> Outcome:
    """From the file in which pytest tells of every test; without one, nothing was found."""
    tests = list(_tests(told)) if told.exists() else []
    day, cores = datetime.now(UTC).date().isoformat(), os.cpu_count() or 1
    return Outcome(day, part, round(seconds), is_over, cores, platform.python_version(), tests)


def _tests(told: Path) -> Iterator[Found]:
    # This program's own tests wrote the file a moment ago.
    for case in ElementTree.parse(told).iter("testcase"):  # noqa: S314
        figures = {each.get("name", ""): each.get("value", "") for each in case.iter("property")}
        states, control = figures.pop("states", ""), figures.pop("control", "")
        holds = not any(case.find(bad) is not None for bad in ("failure", "error", "skipped"))
        yield Found(case.get("name", ""), states, bool(control), holds, figures)


def keep(folder: Path, proof: Proof, outcome: Outcome) -> None:
    """Keep the outcome of a proof beside those of others."""
    (folder / f"{proof.name}.json").write_text(
        json.dumps(asdict(outcome), ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


def report(folder: Path, proofs: Sequence[Proof]) -> str:
    """The report of all that was kept last in a folder, as Markdown; written to report.md there, too."""
    text = "# What was proved\n\n" + "\n".join(
        _section(proof, _kept(folder / f"{proof.name}.json")) for proof in proofs
    )
    (folder / "report.md").write_text(text, "utf-8")
    return text


def _kept(path: Path) -> Outcome | None:
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Outcome(**told | {"found": [Found(**found) for found in told["found"]]})


def _section(proof: Proof, outcome: Outcome | None) -> str:
    head = f"## {proof.name}\n\n{proof.promise}\n"
    if outcome is None:
        return f"{head}\nNot run yet.\n"
    size = "The whole size" if outcome.part == 1 else f"{outcome.part:g} of the whole size"
    said = "Holds." if outcome.holds else "DOES NOT HOLD: it took too long." if outcome.is_over else "DOES NOT HOLD."
    facts = f"{size}, {outcome.seconds} s on {outcome.cores} cores, Python {outcome.python}, {outcome.day}."
    rows = [_row(found) for found in sorted(outcome.found, key=lambda found: found.is_control)]
    table = ["| | what | figures |", "|---|---|---|", *rows]
    return "\n".join([head, f"**{said}** {facts}", "", *table, "", f"What it does not show: {proof.limit}", ""])


def _row(found: Found) -> str:
    kind = "control" if found.is_control else "proof"
    figures = ", ".join(f"{name} {value}" for name, value in found.figures.items())
    return f"| {kind if found.holds else f'{kind} FAILED'} | {found.states} `{found.test}` | {figures} |"
