"""The columns of the table of a benchmark: the same figures as on the command line and in the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app import theme
from app.cli.bench_table import notes, speed_text, time_text
from app.models.sorting_table import Column, SortingTable
from codec.bench.merging import GIVEN_UP, Key, key_of
from codec.bench.result import Outcome
from codec.bench.rows import Row
from codec.problems import Severity

UNKNOWN = "–"

DATA = 1
"""The column that says nothing where there is one data."""

IN_SIGHT = 7
"""Columns that answer who is how fast: up to the speed against the baseline."""


def key_of_row(row: Row) -> Key:
    """What a row is about."""
    return key_of(row.measured)


def bench_columns(baseline: str) -> tuple[Column, ...]:
    """The columns, speeds being told against a baseline."""
    return (
        _words("Candidate", "Who codes.", lambda row: row.measured.candidate),
        _words("Data", "What is coded.", lambda row: row.measured.data),
        _words("Action", "What is timed.", lambda row: row.measured.action.value),
        Column("Outcome", "Whether every output was right, and how far it came.", outcome_text, outcome_text, True),
        Column("Median", "Of the runs.", _median_text, _median),
        _number("Spread", "The middle half of the runs, over the median.", _spread, ".1%"),
        Column(
            "× baseline",
            f"How many times as fast as {baseline}, with its interval of 95%; a star where they did not take turns.",
            lambda row: _speed_text(row, baseline), _speed,
        ),
        _number("GB/s", "Bytes of decoded weights, one each, over the median; 10^9 are a GB.", _gigabytes, FOUR),
        _number("ms/tile", "The median over the number of tiles.", lambda row: row.tile_ms, FOUR),
        _number("Ratio", "Bytes of weights over all bytes stored, tables and index included.", ratio_of, ".4f"),
        Column("Roof", "Share of the measured memory bandwidth, at least.", _roof_text, lambda row: row.roof),
        _number("Memory", "Held at most above what was held before, in MB.", _megabytes, ",.1f"),
        Column("Runs", "Counted, without those that warm up.", _runs_text, _runs),
        Column("Threads", "Of the processor, or the card.", _device, _device, True),
        _words("Remarks", "What is to be kept in mind; the sentences stand below.", remark_text),
    )  # fmt: skip


class BenchTable(SortingTable):
    """A row a measurement; one that is wrong is shown as wrong, and has no time."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            bench_columns("baseline"), key_of_row, parent, ink_of=_ink, tip_of=_tip
        )  # fmt: skip


def _words(title: str, meaning: str, text: Callable[[Row], str]) -> Column:
    return Column(title, meaning, text, text, True)


def _number(title: str, meaning: str, value: Callable[[Row], float | None], form: str) -> Column:
    return Column(title, meaning, lambda row: _as(value(row), form), value)


FOUR = "four digits"
"""The form of numbers that may be of any size: four digits that count, and no power of ten beside them."""


def _as(value: float | None, form: str) -> str:
    if value is None:
        return UNKNOWN
    return four_digits(value) if form == FOUR else f"{value:{form}}"


def four_digits(value: float) -> str:
    """A number with four digits that count."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=4, fractional=False, trim="-")


def share_text(share: float) -> str:
    """A share in percent; of a small one two digits that count, since 0.0% says nothing."""
    return f"{share:.1%}" if share >= 0.01 or not share else f"{100 * share:.2g}%"


def _roof_text(row: Row) -> str:
    return UNKNOWN if row.roof is None else share_text(row.roof)


def outcome_text(row: Row) -> str:
    """How far it came; an output that is wrong, with how wrong it is."""
    each = row.measured
    if each.outcome is Outcome.WRONG and each.wrong:
        return f"✕ wrong: {each.wrong:,} weights"
    if each.outcome is Outcome.MEASURED:
        return "right"
    if each.outcome is Outcome.CANCELLED:
        return f"{len(each.seconds):,} runs so far"
    return f"{'✕ ' if each.outcome in GIVEN_UP else ''}{each.outcome.value}"


def remark_text(row: Row) -> str:
    """What makes its time doubtful, in a word or two each."""
    words = [remark.kind.value for remark in row.remarks if remark.doubtful]
    return ", ".join(dict.fromkeys(words))


def ratio_of(row: Row) -> float | None:
    """Its ratio; what does not give the weights back has compressed nothing."""
    return None if row.measured.outcome is Outcome.WRONG else row.ratio


def _median(row: Row) -> float | None:
    return None if row.times is None else row.times.median


def _median_text(row: Row) -> str:
    return UNKNOWN if row.times is None else time_text(row.times.median)


def _spread(row: Row) -> float | None:
    return None if row.times is None else row.times.spread


def _runs(row: Row) -> int | None:
    return None if row.times is None else row.times.runs


def _runs_text(row: Row) -> str:
    return UNKNOWN if row.times is None else f"{row.times.runs:,}"


def _gigabytes(row: Row) -> float | None:
    return None if row.rate is None else row.rate / 1e9


def _megabytes(row: Row) -> float | None:
    return None if row.measured.peak_bytes is None else row.measured.peak_bytes / 1e6


def _speed(row: Row) -> float | None:
    return None if row.speed is None else row.speed.times


def _speed_text(row: Row, baseline: str) -> str:
    if row.measured.candidate == baseline and row.times is not None:
        return "1"
    return speed_text(row.speed)


def _device(row: Row) -> str:
    if row.times is None:
        return UNKNOWN
    return f"{row.measured.threads:,}" if row.measured.threads else row.measured.device


def _ink(row: Row) -> QColor | None:
    if row.measured.outcome in GIVEN_UP:
        return theme.current().severities[Severity.ERROR]
    return None if row.measured.outcome is Outcome.MEASURED else theme.current().dim


def _tip(row: Row) -> str:
    return "\n".join([row.measured.reason, *(remark.says for remark in row.remarks)]).strip()


def _going_on(row: Row) -> Row:
    """A row of which more is to come, without the remark that it ended; any other as it is."""
    if row.measured.outcome is not Outcome.CANCELLED:
        return row
    return replace(row, measured=replace(row.measured, reason=""))


def remarks_of(found: Sequence[Row], *, running: bool = False) -> list[str]:
    """All that there is to remark of some rows, in sentences: of each data and action, each once, behind the names.

    Args:
        found: the rows.
        running: whether more of them is to come.
    """
    parts: dict[tuple[str, str], list[Row]] = {}
    for row in map(_going_on, found) if running else found:
        parts.setdefault((row.measured.data, row.measured.action.value), []).append(row)
    several = len({data for data, _ in parts}) > 1
    lines = []
    for (data, action), rows in parts.items():
        where = f"{action}, {data}" if several else action
        lines += [f"{where} · {line}" for line in notes(rows)]
    return lines
