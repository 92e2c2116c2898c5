"""The search for all that explains one output: hypotheses confirmed on all tiles, and what was never written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.explanation import Confirmed, Explanation
from codec.diagnosis.finding import Fault
from codec.diagnosis.hypothesis import Hypothesis
from codec.diagnosis.matrix_counts import both
from codec.diagnosis.scoring import CLAIM, LEAST_SAVED, MISTAKE_BITS, Score
from codec.diagnosis.search import Candidate, Search
from codec.diagnosis.tallies import CONTRADICTED, DIFFERING, EXPLAINED, UNCLAIMED
from codec.diagnosis.trial import NOTHING_SKIPPED
from codec.diagnosis.unwritten import Unwritten, unwritten

Mask = NDArray[np.bool_]

SYMBOLS_AT_ONCE = 1 << 22
"""Symbols that are held against the output at once when a hypothesis is confirmed."""

MOST_CONFIRMED = 4
"""Candidates that are tried on all tiles until one holds."""

MOST_TIES = 3
"""Other explanations that are told beside the best, where they predict the same."""

MOST_ROUNDS = 4
"""Hypotheses that hold in different tiles of one output, that no tile is wrong by itself among them."""

MOST_TOGETHER = 2
"""Mistakes in different places of one output that are told together: with more of them anything can be patched up."""

NOTABLE = 0.05
"""Share of the wrong weights that one more mistake must explain where some are left unexplained anyway."""

PARTLY = 0.9
"""Share of the wrong weights from which on an explanation is told although it leaves some: a wrong verdict is worse
than none, and what is left may belie it."""

Check = Callable[[], None]


class Explaining:
    """The search for what explains one output, simple things first.

    Args:
        evidence: the output and the truth.
        check: called now and then; raises to stop the work.
    """

    def __init__(self, evidence: Evidence, check: Check) -> None:
        self._evidence, self._check = evidence, check
        self._first = Search(evidence, check=check)
        self._options: list[Explanation] = []

    @cached_property
    def _missing(self) -> Unwritten | None:
        return unwritten(self._evidence)

    def simply(self) -> Explanation | None:
        """One mistake inside tiles, or weights that were never written, or both; None where that is not enough."""
        self._options.append(self._rounds(None, deep=None))
        enough = self._found is not None and self._found.cost <= MISTAKE_BITS
        if not enough and self._missing is not None:
            self._options.append(self._rounds(self._missing, deep=None))
        return self._found

    def deeply(self, *, everything: bool = True) -> Explanation | None:
        """Whatever explains most; None where nothing explains enough.

        Args:
            everything: whether to look beyond mistakes inside tiles.
        """
        for region in [self._missing, None] if self._missing is not None else [None]:
            if self._found is None or self._found.free:
                self._options.append(self._rounds(region, deep=everything))
                self._without_region(self._options[-1])
        if self._found is not None:
            return self._found
        best = max(self._options, key=lambda each: each.share - NOTABLE * each.mistakes)
        return best if best.share >= PARTLY and not best.free and best.mistakes else None

    def _without_region(self, explanation: Explanation) -> None:
        """Tries what explains the weights outside an unwritten region on those inside as well."""
        own = [part.hypothesis for part in explanation.parts if part.hypothesis.mistakes]
        if explanation.missing is None or explanation.share < CLAIM or len(own) != 1:
            return
        score = self._first.scored(self._first.trial(own[0], self._evidence.sampled), own[0])
        part = _confirmed(self._first, [Candidate(own[0], score)], self._check)
        if part is not None and own[0].rule is None:
            self._options.append(Explanation(self._evidence, (part,)))

    @property
    def _found(self) -> Explanation | None:
        """The cheapest of the explanations that leave nothing, so far."""
        whole = [e for e in self._options if e.share >= CLAIM and e.mistakes and not e.patched]
        return min(whole, key=lambda explanation: explanation.cost, default=None)

    def _rounds(self, missing: Unwritten | None, deep: bool | None) -> Explanation:
        """Hypotheses one after the other, each for the tiles that those before leave.

        Args:
            missing: what was never written.
            deep: as in `Search.best`; None to try no more than one mistake inside tiles.
        """
        skipped = NOTHING_SKIPPED if missing is None else missing.mask
        parts: list[Confirmed] = []
        left = self._evidence
        for turn in range(2 if deep is None else MOST_ROUNDS):
            together = sum(bool(part.hypothesis.mistakes) for part in parts) + (missing is not None)
            if together >= MOST_TOGETHER or not _wrong_outside(left, skipped):
                break
            own = missing is None and not parts
            search = self._first if own else Search(left, skipped, self._check)
            moved = any(part.hypothesis.rule or part.hypothesis.mapping for part in parts)
            # What misplaced tiles leave is told by where they stand, not by streams that were mistaken besides.
            deeper = deep and not moved
            found = search.handed_on() if turn == 0 else _sought(search, deeper)
            if any(part.hypothesis.mistakes for part in parts):
                # Beside another mistake, values that no rule gives are what that one left, and none of their own.
                found = [one for one in found if not one.hypothesis.pipeline.start.free]
            part = _confirmed(search, found, self._check)
            if part is None and turn:
                break
            if part is not None:
                parts.append(part)
                left = left.only(np.flatnonzero(left.considered & ~part.holds))
        return Explanation(self._evidence, tuple(parts), missing)


def _sought(search: Search, deep: bool | None) -> list[Candidate]:
    """What a search finds, as deep as it is wanted."""
    return search.simple() if deep is None else search.best(deep=deep)


def _wrong_outside(evidence: Evidence, skipped: Mask) -> bool:
    """Whether there is anything to explain."""
    if not len(skipped):
        return bool(len(evidence.wrong))
    wrong = evidence.wrong_weights
    return both(wrong, skipped) < int(np.count_nonzero(wrong))


def _confirmed(search: Search, candidates: list[Candidate], check: Check) -> Confirmed | None:
    """The best candidate that holds on all tiles as it did on some; None where none does."""
    for candidate in candidates[:MOST_CONFIRMED]:
        if not candidate.score.holds.any():
            continue  # what holds in none of the sampled tiles is worth something by chance alone
        score = _on_all(search, candidate, check)
        holds = score.holds
        if not holds.any() or score.worth <= LEAST_SAVED:
            continue
        tally = score.tally
        explained = np.where(holds, tally[:, EXPLAINED], 0)
        claimed = tally[:, DIFFERING] - tally[:, UNCLAIMED]
        wrong = claimed - tally[:, EXPLAINED] + tally[:, CONTRADICTED]
        rivals = _rivals(candidate, candidates)
        return Confirmed(
            candidate.hypothesis, holds, explained, np.where(holds, wrong, 0),
            candidate.score.local, rivals,
        )  # fmt: skip
    return None


def _on_all(search: Search, candidate: Candidate, check: Check) -> Score:
    """A hypothesis on every tile that is wrong."""
    evidence, hypothesis = search.evidence, candidate.hypothesis
    tally = np.zeros((len(evidence.tensor.tiles), 4), dtype=np.int64)
    free = np.zeros(len(tally), dtype=np.int64)
    bits = np.zeros(len(tally), dtype=np.float64)
    bits[evidence.wrong] = search.bits(evidence.wrong.tolist())
    if candidate.whole is not None:
        tally[evidence.wrong] = candidate.whole[evidence.wrong]
        return Score(tally, free, hypothesis.mistakes, bits)
    symbols, tiles = 0, list[int]()
    wrong = evidence.wrong.tolist()
    for tile in wrong:
        tiles.append(tile)
        symbols += evidence.tensor.symbol_count(tile)
        if symbols >= SYMBOLS_AT_ONCE or tile == wrong[-1]:
            check()
            trial = search.trial(hypothesis, tiles)
            tally[trial.tiles] = trial.tally(hypothesis.pipeline)
            free[trial.tiles] = trial.free_values(hypothesis.pipeline)
            symbols, tiles = 0, []
    return Score(tally, free, hypothesis.mistakes, bits)


def _rivals(candidate: Candidate, candidates: list[Candidate]) -> tuple[Hypothesis, ...]:
    """Hypotheses with other faults that are worth the same on the sampled tiles."""
    found: dict[tuple[Fault, ...], Hypothesis] = {}
    for other in candidates:
        same = np.array_equal(other.score.tally, candidate.score.tally)
        # Two mistakes that predict the same as two others there mostly are, and say little.
        if (
            same
            and other.hypothesis.mistakes < 2
            and abs(other.score.cost - candidate.score.cost) < 1
        ):
            found.setdefault(other.hypothesis.faults, other.hypothesis)
    found.pop(candidate.hypothesis.faults, None)
    return tuple(found.values())[:MOST_TIES]
