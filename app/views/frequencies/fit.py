"""How well a frequency table fits the data that it codes, in bits a weight and symbol by symbol."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.frequency import FrequencyTable, cross_entropy, entropy
from codec.table_checks import best_table, worst_symbols

WORST_LISTED = 6
"""Symbols that are named as the worst."""


@dataclass(frozen=True)
class Misfit:
    """A symbol that loses by the table.

    Attributes:
        symbol: 0…255.
        freq: what the table gives it.
        fits: what the best table gives it.
        lost: bits a weight that this costs.
    """

    symbol: int
    freq: int
    fits: int
    lost: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A table and the data that it codes.

    Attributes:
        table: the table.
        counts: int64[256], how often each symbol occurs; not all 0.
    """

    table: FrequencyTable
    counts: NDArray[np.int64]

    @cached_property
    def best(self) -> FrequencyTable:
        """The table of the same precision that codes this data in the fewest bits."""
        return best_table(self.counts, self.table.scale_bits)

    @property
    def total(self) -> int:
        """Symbols in all."""
        return int(self.counts.sum())

    @cached_property
    def slots(self) -> NDArray[np.float64]:
        """float64[256]: each symbol's share of the data, in slots of the table."""
        return self.counts.astype(np.float64) * (self.table.total / self.total)

    @property
    def entropy(self) -> float:
        """Bits a weight that no order-0 coder can get below."""
        return entropy(self.counts)

    @property
    def cost(self) -> float:
        """Bits a weight with the table; inf where it cannot code a symbol that occurs."""
        return cross_entropy(self.counts, self.table)

    @property
    def best_cost(self) -> float:
        """Bits a weight with the best table."""
        return cross_entropy(self.counts, self.best)

    @property
    def lost(self) -> float:
        """Bits a weight that the table costs more than the best one."""
        return self.cost - self.best_cost

    def lost_by(self, symbol: int) -> float:
        """Bits a weight that one symbol loses; less than 0 where it gains."""
        count = int(self.counts[symbol])
        if not count:
            return 0.0
        return count / self.total * float(self.table.bits[symbol] - self.best.bits[symbol])

    def worst(self) -> list[Misfit]:
        """The symbols that lose most, the worst first."""
        return [
            Misfit(
                symbol,
                int(self.table.frequencies[symbol]),
                int(self.best.frequencies[symbol]),
                lost,
            )
            for symbol, lost in worst_symbols(self.counts, self.table, WORST_LISTED)
        ]
