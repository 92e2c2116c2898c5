"""Which symbols a frequency table is made from, and how their counts become frequencies.

An encoder that should be any good counts everything and rounds as `frequency.normalise` does. What else has been done
can be chosen here, so that it can be done again and measured: a table of a sample, and the original's way with its
faults.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from codec import original
from codec.errors import InputError
from codec.frequency import FrequencyTable, normalise, normalise_shared

SAMPLE_SHIFT = 20
"""A sampled symbol weighs 2^20 times as much as one that the sample lacks, so that this one gets a slot and no more."""


class Normalisation(StrEnum):
    """How counts become frequencies."""

    OURS = "ours"
    """The table that codes the counted symbols in the fewest bits."""
    ORIGINAL = "original"
    """As the original encoder did it, with its faults: see `codec.original`."""


@dataclass(frozen=True)
class TableRule:
    """How the table of a tensor is made.

    Attributes:
        normalisation: how counts become frequencies; the original's knows 4,096 slots alone.
        sample: symbols that are counted, from the tensor's start in coding order, padding included; None for
            all. A symbol that they lack gets a frequency of 1, or it could not be coded. The original
            counted `original.SAMPLE_SYMBOLS`.

    Raises:
        InputError: no symbol would be counted.
    """

    normalisation: Normalisation = Normalisation.OURS
    sample: int | None = None

    def __post_init__(self) -> None:
        if self.sample is not None and not 0 < self.sample < 1 << 40:
            raise InputError(f"a table cannot be made of a sample of {self.sample:,} symbols")

    @property
    def usual(self) -> bool:
        """Whether all symbols are counted, and the table is the best one for them."""
        return self == USUAL

    def require_slots(self, scale_bits: int) -> None:
        """Raises InputError where the normalisation knows no table of 2^scale_bits slots."""
        if self.normalisation is Normalisation.ORIGINAL and scale_bits != original.SCALE_BITS:
            raise InputError(
                f"the original's normalisation makes 4,096 slots, not {1 << scale_bits:,}: take "
                f"{original.SCALE_BITS} scale bits with it, or our own normalisation"
            )

    def table(
        self,
        counts: NDArray[np.int64],
        sampled: NDArray[np.int64],
        scale_bits: int = 12,
        *,
        shared: bool = False,
    ) -> FrequencyTable:
        """The table; the original's normalisation may well make one that no decoder can use.

        Args:
            counts: int64[256], of all symbols that will be coded; not all 0.
            sampled: int64[256], of the first `sample` of them; not looked at without a sample.
            scale_bits: log2 of the slots.
            shared: let no symbol own all slots, as in `frequency.normalise_shared`.

        Raises:
            InputError: as `require_slots` says.
        """
        self.require_slots(scale_bits)
        if self.normalisation is Normalisation.ORIGINAL:
            made = original.normalise(counts if self.sample is None else sampled)
        else:
            normalised = normalise_shared if shared else normalise
            made = normalised(self._weighed(counts, sampled), scale_bits)
        return FrequencyTable.of_frequencies(made, scale_bits)

    def _weighed(self, counts: NDArray[np.int64], sampled: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[256]: the counts to normalise: of all, or of the sample and next to nothing of what it lacks."""
        if self.sample is None:
            return counts
        weighed = sampled << np.int64(SAMPLE_SHIFT)
        weighed[(counts > 0) & (sampled == 0)] = 1
        return weighed


USUAL = TableRule()
"""All symbols are counted, and the table is the best one for them."""
