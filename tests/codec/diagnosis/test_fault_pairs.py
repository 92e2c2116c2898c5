"""Two mistakes at once: both are named, or, where a pair says so, one of them or none; never a third."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from codec.diagnosis.finding import Fault
from tests.codec.diagnosis.cases import (
    CASES,
    FEW,
    Answer,
    Case,
    accepted,
    can_be_made,
    harmless,
    output,
    wrong_weights,
)
from tests.codec.diagnosis.judging import assert_sound, diagnosis_of, named
from tests.codec.diagnosis.slips import Slips, together
from tests.codec.diagnosis.subjects import EVERYTHING, SUBJECTS, Subject, some

NAMED = {case.name: case for case in CASES}
INDEPENDENT = ("batched", "native")
"""Layouts whose tiles are coded apart; in wcdc a wrong weight is handed on to the tiles behind."""
MUDDLED = "each of them hides the other, so that one alone, or nothing, may be sure"


@dataclass(frozen=True)
class Pair:
    """Two mistakes.

    Attributes:
        first, second: names of cases.
        layouts: in which both show.
        muddled: why one of them, or nothing, is a right answer too; "" where it is not.
        others: two other mistakes that together give the very same output.
    """

    first: str
    second: str
    layouts: tuple[str, ...] = INDEPENDENT
    muddled: str = ""
    others: Answer = frozenset()

    @property
    def cases(self) -> tuple[Case, Case]:
        return NAMED[self.first], NAMED[self.second]

    @property
    def slips(self) -> Slips:
        first, second = self.cases
        return together(first.slips, second.slips)


PAIRS = (
    Pair("symbols-reversed", "row-starts-at-0", ("batched", "wcdc", "native")),
    Pair("symbols-reversed", "row-start-from-above"),
    Pair("symbols-reversed", "row-start-from-left-tile"),
    Pair("symbols-reversed", "rows-missing"),
    Pair("symbols-reversed", "columns-missing"),
    Pair("symbols-reversed", "bias-missing", ("batched", "wcdc", "native")),
    Pair("symbols-reversed", "nothing-undone", ("batched", "wcdc", "native")),
    Pair("symbols-reversed", "left-as-top-or-top-as-left"),
    Pair("symbols-reversed", "dump-unsigned"),
    Pair("row-starts-at-0", "rows-missing"),
    Pair("row-starts-at-0", "dump-unsigned"),
    Pair("bias-missing", "nothing-undone", ("batched", "wcdc", "native")),
    Pair("bias-missing", "row-starts-at-0"),
    Pair("tile-transposed", "bias-missing", muddled=MUDDLED),
    Pair("tile-transposed", "symbols-reversed", muddled=MUDDLED),
    # Symbols filled in column by column and undone downwards.
    Pair(
        "tile-transposed",
        "row-starts-at-0",
        muddled=MUDDLED,
        others=frozenset({Fault.TILE_PLACEMENT, Fault.PREDICTOR_DIRECTION}),
    ),
    Pair("grid-by-columns", "row-starts-at-0", muddled=MUDDLED),
    Pair("stride-of-whole-tiles", "one-tile-missing", muddled=MUDDLED),
    Pair("edge-not-cut", "one-row-missing", muddled=MUDDLED),
    Pair("slot-one-too-far", "rows-missing", muddled=MUDDLED),
    Pair("table-one-on", "symbols-reversed", muddled=MUDDLED),
    Pair("state-byte-swapped", "symbols-reversed", muddled=MUDDLED),
    Pair("stream-4-bytes-on", "rows-missing", muddled=MUDDLED),
    Pair("each-sum-clipped", "row-starts-at-0", muddled=MUDDLED),
    Pair("byte-skipped-in-one", "one-tile-missing", ("batched",), muddled=MUDDLED),
)


def can_both_be_made(pair: Pair, subject: Subject) -> bool:
    return subject.layout in pair.layouts and all(can_be_made(c, subject) for c in pair.cases)


def files_of(pair: Pair, turn: int) -> list[Subject]:
    possible = [subject for subject in SUBJECTS if can_both_be_made(pair, subject)]
    return possible if EVERYTHING else some(possible, turn)


ON_FILES = [
    pytest.param(subject, pair, id=f"{pair.first}-and-{pair.second}-{subject.name}")
    for turn, pair in enumerate(PAIRS)
    for subject in files_of(pair, turn)
]


def changes_nothing_more(subject: Subject, pair: Pair, case: Case) -> bool:
    """Whether the other mistake alone gives the output of both."""
    (other,) = (one for one in pair.cases if one is not case)
    return np.array_equal(output(subject, pair.slips), output(subject, other.slips))


def right_answers(subject: Subject, pair: Pair) -> set[Answer]:
    first, second = pair.cases
    answers = {one | two for one in accepted(subject, first) for two in accepted(subject, second)}
    if pair.others:
        answers.add(pair.others)
    for case, other in ((first, second), (second, first)):
        if changes_nothing_more(subject, pair, case):
            answers.update(accepted(subject, other))
    if pair.muddled:  # a part of the truth is true as far as it goes
        answers = {part for answer in answers for part in parts_of(answer)}
    # A single mistake that happens to give the very same output is as good an answer.
    for case in CASES:
        if can_be_made(case, subject) and same_output(subject, case.slips, pair.slips):
            answers.update(case.answers)
    return answers


def parts_of(answer: Answer) -> set[Answer]:
    sizes = range(1, len(answer) + 1)
    return {frozenset(part) for size in sizes for part in combinations(answer, size)}


def same_output(subject: Subject, one: Slips, other: Slips) -> bool:
    first, second = output(subject, one), output(subject, other)
    return first.dtype == second.dtype and np.array_equal(first, second)


@pytest.mark.parametrize(("subject", "pair"), ON_FILES)
def test_two_mistakes_at_once(subject: Subject, pair: Pair) -> None:
    findings = diagnosis_of(subject, pair.slips)
    if harmless(subject, pair.slips):
        assert findings == ()
        return
    assert_sound(subject, findings)
    if not findings:
        assert pair.muddled or wrong_weights(subject, pair.slips) < FEW, "was not found"
        return
    assert named(findings) in right_answers(subject, pair), findings[0].detail
