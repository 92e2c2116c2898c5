"""What a hypothesis is worth: the bits that it saves against listing every wrong weight by itself.

A hypothesis that needs more mistakes, or values that it takes from the output, costs bits; every weight that it
does not predict costs as many bits as the output's wrong weights hold on average. So the simplest of those that predict
alike wins, and one that predicts by chance saves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.tallies import CONTRADICTED, DIFFERING, EXPLAINED, UNCLAIMED

MISTAKE_BITS = 16.0
"""What one more mistake costs: more than it takes to name it."""

EXCEPTION_BITS = 6.0
"""What it costs to say that a hypothesis does not hold in a tile."""

LOCAL_BITS = 24.0
"""What it costs to say that a hypothesis holds in some tiles alone."""

CLAIM = 0.98
"""Share of the wrong weights of a tile that must be predicted where a hypothesis is said to hold."""

LEAST_SAVED = 40.0
"""Bits that a hypothesis must save to be told: far beyond the number of hypotheses that are tried."""


@dataclass(frozen=True, eq=False)
class Score:
    """A hypothesis on some tiles.

    Attributes:
        tally: int64[tiles, 4]: see `tallies`.
        free: int64[tiles], values that it took from the output.
        mistakes: that it needs.
        bits: float64[tiles], of one wrong weight; 0 where the tile tells nothing.
        local: whether tiles are right that it would make wrong: it must be told where it holds.
    """

    tally: NDArray[np.int64]
    free: NDArray[np.int64]
    mistakes: int
    bits: NDArray[np.float64]
    local: bool = False

    @property
    def holds(self) -> NDArray[np.bool_]:
        """bool[tiles]: where it predicts nearly all that is wrong, and makes little wrong that is right."""
        differing, explained = self.tally[:, DIFFERING], self.tally[:, EXPLAINED] - self.free
        contradicted = self.tally[:, CONTRADICTED]
        claimed = differing - self.tally[:, UNCLAIMED]
        enough = explained + self.free >= CLAIM * claimed
        holds: NDArray[np.bool_] = (
            (differing > 0) & enough & (explained > 0) & (contradicted <= (1 - CLAIM) * differing)
        )
        return holds

    @property
    def cost(self) -> float:
        """Bits to tell the output by it; tiles in which it is no use are listed weight by weight."""
        tally = self.tally
        wrong = tally[:, DIFFERING] - tally[:, EXPLAINED] + tally[:, CONTRADICTED] + self.free
        listed = tally[:, DIFFERING] * self.bits + EXCEPTION_BITS
        each = np.minimum(wrong * self.bits, listed)
        return float(each.sum()) + MISTAKE_BITS * self.mistakes + LOCAL_BITS * self.local

    @property
    def listing(self) -> float:
        """Bits to list every wrong weight."""
        return float((self.tally[:, DIFFERING] * self.bits).sum())

    @property
    def good(self) -> bool:
        """Whether it leaves next to nothing to be explained."""
        wrong = int(self.tally[:, DIFFERING].sum())
        left = wrong - int(self.tally[:, EXPLAINED].sum()) + int(self.tally[:, CONTRADICTED].sum())
        return wrong > 0 and left <= (1 - CLAIM) * wrong and self.worth > LEAST_SAVED

    @property
    def worth(self) -> float:
        """Bits that it saves."""
        return self.listing - self.cost


def weight_bits(evidence: Evidence) -> float:
    """Bits of one wrong weight, from 1 to 8: the entropy of what wrong weights hold."""
    counts = np.zeros(256, dtype=np.int64)
    for tile in evidence.sampled:
        found, true = evidence.found_tile(tile), evidence.expected_tile(tile)
        counts += np.bincount(found[found != true], minlength=256)
    used = counts[counts > 0] / max(int(counts.sum()), 1)
    return float(np.clip(-(used * np.log2(used)).sum(), 1, 8))
