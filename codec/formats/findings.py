"""Collecting problems while a file is parsed, and the checks that every layout shares.

A broken index can give the same fault for each of 65,536 tiles; a person needs the first few, their
number, and all other kinds of faults beside them. `Findings` keeps that promise for every check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec import original
from codec.errors import InputError
from codec.frequency import SYMBOLS, FrequencyTable, prefix_sums
from codec.limits import WEIGHTS_PER_BYTE, justified
from codec.problems import Problem
from codec.source import Source
from codec.struct_layout import Struct

KEPT_PER_CODE = 64
"""Problems of one code that are kept; the last one kept tells how many more there are."""


class Findings:
    """The problems found so far."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._seen: Counter[str] = Counter()

    def add(self, problem: Problem) -> None:
        """Notes a problem, or only counts it where its code has been seen often."""
        self._seen[problem.code] += 1
        if self._seen[problem.code] <= KEPT_PER_CODE:
            self._kept.append(problem)

    def add_each(self, places: NDArray[np.integer[Any]], make: Callable[[int], Problem]) -> None:
        """Notes the problem, of one code, that `make` gives for each of `places`; makes few of them.

        A damaged header can turn a file of gigabytes into millions of places.
        """
        for place in places[:KEPT_PER_CODE]:
            self.add(make(int(place)))
        if len(places) > KEPT_PER_CODE:
            self._seen[make(int(places[0])).code] += len(places) - KEPT_PER_CODE

    def problems(self) -> tuple[Problem, ...]:
        """All that were kept, in the order in which they were found."""
        kept, left = list(self._kept), Counter(self._seen)
        for index, problem in enumerate(kept):
            left[problem.code] -= 1
            more = self._seen[problem.code] - KEPT_PER_CODE
            if more > 0 and left[problem.code] == more:
                kept[index] = replace(problem, message=f"{problem.message} (and {more:,} more)")
        return tuple(kept)


def cut_short(code: str, what: str, offset: int, size: int, source: Source) -> Problem:
    """The problem of a section that the end of the file cuts."""
    return Problem(
        code,
        min(offset, source.size),
        max(0, source.size - offset),
        f"the file ends at byte {source.size:,}, inside its {what}, which needs the bytes {offset:,} to "
        f"{offset + size:,}",
        f"at least {offset + size:,} bytes",
        f"{source.size:,} bytes",
    )


def check_table(findings: Findings, table: FrequencyTable, base: int, entry: Struct) -> None:
    """Notes frequencies that do not sum to the total, and starts that are not their sums."""
    if table.sum != table.total:
        findings.add(
            Problem(
                "table-sum",
                base,
                SYMBOLS * entry.size,
                f"the frequencies sum to {table.sum:,}, not to {table.total:,}, so slots and symbols do not "
                "match one to one",
                f"{table.total:,}",
                f"{table.sum:,}",
                _clamp_cause(table),
                tensor=0,
            )
        )
    wrong = np.flatnonzero(
        (table.starts != prefix_sums(table.frequencies)) & (table.frequencies > 0)
    )
    for symbol in wrong:
        expected = int(prefix_sums(table.frequencies)[symbol])
        findings.add(
            Problem(
                "table-start",
                base + int(symbol) * entry.size,
                entry.size,
                f"symbol {symbol} starts at slot {int(table.starts[symbol]):,}, but the frequencies before "
                f"it sum to {expected:,}",
                f"{expected:,}",
                f"{int(table.starts[symbol]):,}",
                tensor=0,
            )
        )


def _clamp_cause(table: FrequencyTable) -> str:
    """The cause of a wrong sum where a frequency has the value that gives it away."""
    clamped = np.flatnonzero(table.frequencies == original.CLAMP)
    if not len(clamped) or table.sum < table.total:
        return ""
    return (
        f"rounding every rare symbol up to 1 overshot {table.total:,}; the excess was taken from symbol "
        f"{int(clamped[0])}, whose frequency went below zero, wrapped and was clamped to {original.CLAMP:,}"
    )


def shape_refusal(findings: Findings, source: Source, weights: int, header: Struct) -> str:
    """Notes a shape that the bytes cannot justify; returns why it is refused, or ""."""
    if justified(weights, source.size):
        return ""
    offset = header.offset_of("rows")
    message = (
        f"the header claims {weights:,} weights, more than {WEIGHTS_PER_BYTE:,} for each of the "
        f"{source.size:,} bytes of the file"
    )
    findings.add(
        Problem(
            "implausible-size",
            offset,
            header.offset_of("cols") + header.size_of("cols") - offset,
            message,
            f"at most {source.size * WEIGHTS_PER_BYTE:,} weights",
            f"{weights:,} weights",
            tensor=0,
        )
    )
    return message


def require_fits(what: str, value: int, most: int) -> None:
    """Raises InputError where `value` does not fit the field that a layout has for it."""
    if value > most:
        raise InputError(
            f"the {what} would be {value:,}, but the layout has room for {most:,} at most"
        )


def field_problem(
    struct: Struct, field: str, code: str, expected: str, found: int, why: str
) -> Problem:
    """The problem of one field of a header that lies at byte 0."""
    return Problem(
        code,
        struct.offset_of(field),
        struct.size_of(field),
        f"{field} is {found:,}, but {why}",
        expected,
        f"{found:,}",
    )
