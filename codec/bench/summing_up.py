"""A run in short: a line for each candidate, with its ratio and how fast it encodes and decodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codec.bench.plan import Action
from codec.bench.result import Outcome
from codec.bench.rows import Row


@dataclass(frozen=True)
class Brief:
    """One candidate over one data.

    Attributes:
        candidate: its name.
        ratio: as `Row.ratio`.
        encoded, decoded: bytes of weights a second; None where there is no time.
        wrong: whether any output was.
    """

    candidate: str
    ratio: float | None
    encoded: float | None
    decoded: float | None
    wrong: bool


def briefs(found: Sequence[Row]) -> tuple[Brief, ...]:
    """The rows of one data in short, in their order; nothing where no candidate was timed at both actions.

    Candidates of which nothing is known are left out.
    """
    names = list(dict.fromkeys(row.measured.candidate for row in found))
    lines = [_brief([row for row in found if row.measured.candidate == name]) for name in names]
    both = any(line.encoded is not None and line.decoded is not None for line in lines)
    known = (line for line in lines if line.wrong or line.ratio is not None)
    return tuple(known) if both else ()


def _brief(rows: Sequence[Row]) -> Brief:
    """All of one candidate."""
    rates = {row.measured.action: row.rate for row in rows}
    return Brief(
        rows[0].measured.candidate,
        next((row.ratio for row in rows if row.ratio is not None), None),
        rates.get(Action.ENCODE),
        rates.get(Action.DECODE),
        any(row.measured.outcome is Outcome.WRONG for row in rows),
    )
