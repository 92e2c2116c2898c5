"""From the best hypothesis to findings: confirmed on all tiles, combined with what was never written, and put in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.dump_types import Dump, dumps, read_as_bytes
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.hypothesis import Hypothesis
from codec.diagnosis.pipeline import Start
from codec.diagnosis.scoring import CLAIM, LEAST_SAVED, LOCAL_BITS, MISTAKE_BITS, Score
from codec.diagnosis.search import Candidate, Search
from codec.diagnosis.tallies import CONTRADICTED, DIFFERING, EXPLAINED, UNCLAIMED
from codec.diagnosis.trial import NOTHING_SKIPPED
from codec.diagnosis.unwritten import Unwritten, unwritten
from codec.diagnosis.wording import percent, tiles_word

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

SYMBOLS_AT_ONCE = 1 << 22
"""Symbols that are held against the output at once when a hypothesis is confirmed."""

MOST_CONFIRMED = 4
"""Candidates that are tried on all tiles until one holds."""

MOST_TIES = 3
"""Other explanations that are told beside the best, where they predict the same."""

MOST_ROUNDS = 4
"""Hypotheses that hold in different tiles of one output, that no tile is wrong by itself among them."""

PARTLY = 0.9
"""Share of the wrong weights from which on an explanation is told although it leaves some: a wrong verdict is worse
than none, and what is left may belie it."""

Check = Callable[[], None]


@dataclass(frozen=True, eq=False)
class Confirmed:
    """A hypothesis on all tiles.

    Attributes:
        hypothesis: it.
        holds: bool[tiles], where it predicts what is wrong.
        explained: int64[tiles], wrong weights that it predicts where it holds, else 0.
        unexplained: int64[tiles], weights that it does not predict where it holds.
        local: whether tiles are right that it would make wrong.
        rivals: others that predict the same, with other faults.
    """

    hypothesis: Hypothesis
    holds: Mask
    explained: Numbers
    unexplained: Numbers
    local: bool = False
    rivals: tuple[Hypothesis, ...] = ()


@dataclass(frozen=True, eq=False)
class Explanation:
    """All that explains one output.

    Attributes:
        evidence: the output and the truth.
        parts: hypotheses that hold, each in its tiles, none in another's.
        missing: what was never written; None where nothing is known to be.
    """

    evidence: Evidence
    parts: tuple[Confirmed, ...]
    missing: Unwritten | None = None

    @property
    def total(self) -> int:
        """Weights to be explained."""
        return int(self.evidence.differing.sum())

    @property
    def unwritten(self) -> int:
        """Wrong weights that were never written."""
        if self.missing is None:
            return 0
        return int((self.missing.mask & self.evidence.wrong_weights).sum())

    @property
    def explained(self) -> int:
        """Wrong weights that are predicted."""
        return self.unwritten + sum(int(part.explained.sum()) for part in self.parts)

    @property
    def free(self) -> bool:
        """Whether values were taken from the output that no rule gives."""
        return any(part.hypothesis.pipeline.start.free for part in self.parts)

    @property
    def mistakes(self) -> int:
        """How many mistakes it needs."""
        missing = 0 if self.missing is None else self.missing.parts
        return missing + sum(part.hypothesis.mistakes for part in self.parts)

    @property
    def cost(self) -> float:
        """Bits to say what the mistakes are, and where."""
        free = 8.0 * self.free * len(self.evidence.wrong)
        return (
            MISTAKE_BITS * self.mistakes
            + LOCAL_BITS * sum(part.local for part in self.parts)
            + free
        )

    @property
    def share(self) -> float:
        """Of the wrong weights, those that are predicted."""
        return self.explained / self.total if self.total else 0.0


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
        if self._found is None or self._found.cost > MISTAKE_BITS:
            if self._missing is not None:
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
        best = max(self._options, key=lambda explanation: explanation.share)
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
        whole = [e for e in self._options if e.share >= CLAIM and e.mistakes]
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
            if not _wrong_outside(left, skipped):
                break
            own = missing is None and not parts
            search = self._first if own else Search(left, skipped, self._check)
            if turn == 0:
                found = search.handed_on()
            else:
                found = search.simple() if deep is None else search.best(deep=deep)
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


def _wrong_outside(evidence: Evidence, skipped: Mask) -> bool:
    """Whether there is anything to explain."""
    if not len(skipped):
        return bool(len(evidence.wrong))
    return bool((evidence.wrong_weights & ~skipped).any())


def _confirmed(search: Search, candidates: list[Candidate], check: Check) -> Confirmed | None:
    """The best candidate that holds on all tiles as it did on some; None where none does."""
    for candidate in candidates[:MOST_CONFIRMED]:
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
    if candidate.whole is not None:
        tally[evidence.wrong] = candidate.whole[evidence.wrong]
        return Score(tally, free, hypothesis.mistakes, search.bits)
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
    return Score(tally, free, hypothesis.mistakes, search.bits)


def _rivals(candidate: Candidate, candidates: list[Candidate]) -> tuple[Hypothesis, ...]:
    """Hypotheses with other faults that are worth the same on the sampled tiles."""
    found: dict[tuple[Fault, ...], Hypothesis] = {}
    for other in candidates:
        same = np.array_equal(other.score.tally, candidate.score.tally)
        if same and abs(other.score.cost - candidate.score.cost) < 1:
            found.setdefault(other.hypothesis.faults, other.hypothesis)
    found.pop(candidate.hypothesis.faults, None)
    return tuple(found.values())[:MOST_TIES]


def findings_of(explanation: Explanation, side: int, dump: Dump | None = None) -> list[Finding]:
    """What is told of an explanation: itself, and those that predict the same."""
    evidence = explanation.evidence
    faults = _ordered(explanation)
    if dump is not None:
        faults = (*faults, Fault.DTYPE)
    share = min(explanation.share, 1.0)
    wrong = sum(int(part.unexplained.sum()) for part in explanation.parts)
    tiles = _tiles(explanation)
    weights = sum(evidence.tensor.rectangle(int(tile)).size for tile in tiles)
    symbols = 1 - wrong / weights if weights else share
    first = Finding(faults, share, symbols, _detail(explanation, dump), tiles, side)
    found = [first]
    one = sum(bool(part.hypothesis.mistakes) for part in explanation.parts) == 1
    if one and explanation.missing is None and dump is None:
        for rival in explanation.parts[-1].rivals:
            detail = f"Predicts the same here: {rival.sentences(evidence.tensor)}"
            found.append(Finding(rival.faults, share, symbols, detail, tiles, side))
    return found


def _tiles(explanation: Explanation) -> Numbers:
    """The tiles in which something holds."""
    evidence = explanation.evidence
    holds = np.zeros(len(evidence.tensor.tiles), dtype=np.bool_)
    for part in explanation.parts:
        holds |= part.holds
    if explanation.missing is not None:
        missing = explanation.missing.mask & evidence.wrong_weights
        for tile in evidence.wrong.tolist():
            place = evidence.tensor.rectangle(tile)
            inside = missing[place.row : place.row + place.rows, place.col : place.col + place.cols]
            holds[tile] |= bool(inside.any())
    return np.flatnonzero(holds)


def _ordered(explanation: Explanation) -> tuple[Fault, ...]:
    """All faults, the weightier first: those of which much more depends on than on the others."""
    weights: dict[Fault, int] = {}
    for part in explanation.parts:
        for fault in part.hypothesis.faults:
            weights[fault] = weights.get(fault, 0) + int(part.explained.sum())
    if explanation.missing is not None:
        weights[Fault.UNWRITTEN] = explanation.unwritten
    heaviest = max(weights.values(), default=0)
    order = list(Fault)
    return tuple(
        sorted(weights, key=lambda fault: (2 * weights[fault] < heaviest, order.index(fault)))
    )


def _detail(explanation: Explanation, dump: Dump | None) -> str:
    """What holds where, in sentences."""
    tensor = explanation.evidence.tensor
    wrong = len(explanation.evidence.wrong)
    said = []
    for part in explanation.parts:
        said.append(part.hypothesis.sentences(tensor))
        if not part.hypothesis.mistakes:
            handed = tiles_word(np.flatnonzero(part.holds), len(tensor.tiles))
            said.append(
                f"What is wrong {handed} follows from the tiles that these are predicted from."
            )
            continue
        where = tiles_word(np.flatnonzero(part.holds), len(tensor.tiles))
        said.append(_share_words(part, explanation, where))
    if explanation.missing is not None:
        said.append(explanation.missing.sentence)
    if dump is not None:
        said.append(dump.detail)
    left = explanation.total - explanation.explained
    if left:
        open_tiles = wrong - len(_tiles(explanation))
        more = f", in {open_tiles:,} more tiles" if open_tiles else ""
        said.append(f"Not explained: {left:,} of {explanation.total:,} wrong weights{more}.")
    return " ".join(part for part in said if part)


def _share_words(part: Confirmed, explanation: Explanation, where: str) -> str:
    """How much a hypothesis predicts, and where."""
    holds = np.flatnonzero(part.holds)
    wrong = int(explanation.evidence.differing[holds].sum())
    if explanation.missing is not None:
        inside = explanation.evidence.only(holds).wrong_weights & ~explanation.missing.mask
        wrong = int(inside.sum())
    share = int(part.explained.sum()) / wrong if wrong else 1.0
    if part.hypothesis.pipeline.start is Start.UNKNOWN:
        return (
            f"Inside rows {percent(share)} of the differences are explained {where}: each row follows exactly from the "
            "weight found at its start."
        )
    return f"This predicts {percent(share)} of the wrong weights {where}."


def type_findings(evidence: Evidence, differing: int, side: int) -> list[Finding]:
    """Findings where the output is right but for its type."""
    tiles = np.flatnonzero(evidence.considered)
    for dump in dumps(evidence):
        wrong = int(evidence.with_found(dump.found).differing.sum())
        if wrong <= (1 - CLAIM) * differing:
            share = 1 - wrong / max(differing, 1)
            return [Finding((Fault.DTYPE,), share, share, dump.detail, tiles, side)]
    bytes_read = read_as_bytes(evidence)
    if bytes_read is not None:
        predicted, detail = bytes_read
        wrong = int(((predicted != evidence.found) & evidence.wrong_weights).sum())
        if wrong <= (1 - CLAIM) * differing:
            share = 1 - wrong / max(differing, 1)
            return [Finding((Fault.DTYPE,), share, share, detail, tiles, side)]
    return []
