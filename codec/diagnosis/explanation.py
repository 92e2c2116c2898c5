"""What explains one output: hypotheses, each in the tiles where it holds, and what was never written; its price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.hypothesis import Hypothesis
from codec.diagnosis.matrix_counts import both
from codec.diagnosis.pipeline import Start
from codec.diagnosis.scoring import LOCAL_BITS, MISTAKE_BITS
from codec.diagnosis.unwritten import Unwritten

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


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

    @cached_property
    def unwritten(self) -> int:
        """Wrong weights that were never written."""
        if self.missing is None:
            return 0
        return both(self.missing.mask, self.evidence.wrong_weights)

    @property
    def explained(self) -> int:
        """Wrong weights that are predicted."""
        return self.unwritten + sum(int(part.explained.sum()) for part in self.parts)

    @property
    def free(self) -> bool:
        """Whether values were taken from the output that no rule gives."""
        return any(part.hypothesis.pipeline.start.free for part in self.parts)

    @property
    def patched(self) -> bool:
        """Whether such values are beside another mistake in other tiles, which then is what they come from."""
        return self.free and sum(bool(part.hypothesis.mistakes) for part in self.parts) > 1

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
    def left(self) -> int:
        """Weights that it does not predict, those among them that are right."""
        held = sum(int(part.unexplained.sum()) for part in self.parts)
        return max(self.total - self.explained, held)

    @property
    def share(self) -> float:
        """Of the wrong weights, those that agree with it."""
        return self.explained / self.total if self.total else 0.0

    @property
    def predicted(self) -> float:
        """The same without those that were taken from the output itself: what it predicts."""
        return (self.explained - self._taken) / self.total if self.total else 0.0

    @property
    def _taken(self) -> int:
        """Wrong weights that were taken from the output itself, since no rule gives them: not predicted."""
        return sum(
            _wrong_starts(self.evidence, int(tile), part.hypothesis.pipeline.start)
            for part in self.parts
            if part.hypothesis.pipeline.start.free
            for tile in np.flatnonzero(part.holds)
        )


def _wrong_starts(evidence: Evidence, tile: int, start: Start) -> int:
    """How many of the wrong weights of a tile are starts of rows, or the tile's own."""
    wrong = evidence.expected_tile(tile)[:, :1] != evidence.found_tile(tile)[:, :1]
    return int(np.count_nonzero(wrong if start is Start.UNKNOWN else wrong[:1]))
