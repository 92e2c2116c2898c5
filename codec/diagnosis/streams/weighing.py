"""How well a front end with a mistake explains a tile, with chance taken into account.

A front end that is lost takes slots at random, so it yields symbol s with the probability p(s) of its slots. A
wrong symbol that a candidate predicts is therefore worth -log2 p(s) bits against chance, and a candidate is
believed once it has gathered more of them than trying many candidates could. Where one symbol owns nearly all slots
nothing is proved by getting it right, however often.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.streams.reading import Decoded
from codec.diagnosis.streams.stepping import Numbers, Sought
from codec.fast.compile import sealed
from codec.frequency import FrequencyTable

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

SLACK, TOLERANCE = 16, 32
"""Misses forgiven before a candidate is given up: so many, and one in so many symbols."""

LEAST_SHARE = 0.95
"""The share of the wrong symbols that a candidate must predict, of those that it claims."""

LEAST_BITS = 40.0
"""Evidence against chance that a candidate needs: one in 2^40, while some thousands are tried."""

RAREST = 12.0
"""Bits that a symbol counts for at most."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What one tile shows of the front end that made it.

    Attributes:
        tile: the tile.
        true: u8[n], the symbols that the file codes.
        implied: u8[n], the symbols that the output implies.
        valid: bool[n], where they are known.
        order: int64[n], the symbol of each step.
        table: the tensor's frequency table.
    """

    tile: int
    true: Bytes
    implied: Bytes
    valid: Flags
    order: Numbers
    table: FrequencyTable

    @cached_property
    def wrong(self) -> Flags:
        """bool[n]: where a symbol is known to be wrong."""
        wrong: Flags = self.valid & (self.implied != self.true)
        return wrong

    @cached_property
    def first_wrong(self) -> int | None:
        """The first step whose symbol is wrong; None where none is."""
        steps = np.flatnonzero(self.wrong[self.order])
        return int(steps[0]) if len(steps) else None

    @cached_property
    def bits(self) -> NDArray[np.float64]:
        """float64[256]: evidence against chance in each symbol."""
        shares = np.maximum(self.table.frequencies, 0) / max(int(self.table.frequencies.sum()), 1)
        with np.errstate(divide="ignore"):
            return np.minimum(-np.log2(shares), RAREST)

    @cached_property
    def sought(self) -> Sought:
        """What a candidate's symbols are held against while it decodes."""
        weighs = self.valid.astype(np.uint8) + self.wrong
        return Sought(sealed(self.implied), sealed(weighs), SLACK, TOLERANCE)


@dataclass(frozen=True)
class Weight:
    """How much speaks for a candidate, in one tile.

    Attributes:
        explained: share of the wrong symbols that it claims and predicts.
        agreed: share of all known symbols that it claims and predicts.
        claimed: share of the wrong symbols that it says anything of.
        bits: evidence against chance.
    """

    explained: float
    agreed: float
    claimed: float
    bits: float

    def holds(self, least_bits: float = LEAST_BITS) -> bool:
        """Whether the candidate is to be believed."""
        return (
            self.explained >= LEAST_SHARE and self.agreed >= LEAST_SHARE and self.bits >= least_bits
        )


def weigh(shown: Shown, symbols: Bytes, claims: Flags) -> Weight:
    """Holds a candidate's symbols, where it claims them, against what a tile shows."""
    right = symbols == shown.implied
    wrong, known = shown.wrong & claims, shown.valid & claims
    hits = wrong & right
    counts = np.bincount(shown.implied[hits], minlength=256)
    misses = np.bincount(shown.implied[wrong & ~right], minlength=256)
    return Weight(
        _share(hits, wrong),
        _share(known & right, known),
        _share(wrong, shown.wrong),
        # A miss takes back what a hit gives: some right guesses among many wrong ones prove nothing.
        float(counts @ shown.bits - misses @ shown.bits),
    )


def claims_of(shown_order: Numbers, decoded: Decoded) -> Flags:
    """bool[n]: the symbols of the steps that were taken while words were there."""
    claims = np.zeros(len(shown_order), dtype=np.bool_)
    claims[shown_order[: min(decoded.steps, decoded.inside)]] = True
    return claims


def _share(part: Flags, whole: Flags) -> float:
    total = int(np.count_nonzero(whole))
    return int(np.count_nonzero(part)) / total if total else 0.0
