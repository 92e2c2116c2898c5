"""Frequency tables as a decoder looks them up, and the many ways to get one wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.streams.stepping import Lookup
from codec.fast.compile import kernel, sealed
from codec.frequency import FrequencyTable

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SlotTable:
    """A table by slot, as the kernel takes it."""

    lookup: Lookup

    @classmethod
    def of(cls, symbols: Numbers, frequencies: Numbers, rests: Numbers) -> SlotTable:
        """int64[M] each: the symbol that a slot gives, and what a step multiplies by and adds for it."""
        return cls(
            Lookup(
                sealed(symbols.astype(np.uint8)),
                sealed(frequencies.astype(np.uint64)),
                sealed(rests.astype(np.uint64)),  # a difference below 0 wraps, as in 32 bits
            )
        )


def owned(frequencies: Numbers, starts: Numbers, slots: int, unowned: int = 0) -> Numbers:
    """int64[slots]: the symbol whose range holds each slot; `unowned` where none does."""
    return _owners(
        sealed(frequencies.astype(np.int64)), sealed(starts.astype(np.int64)), slots, unowned
    )


def slot_table(owners: Numbers, frequencies: Numbers, starts: Numbers) -> SlotTable:
    """The table that takes frequency and start of each slot's owner.

    Args:
        owners: int64[M].
        frequencies, starts: int64[256].
    """
    slots = np.arange(len(owners), dtype=np.int64)
    return SlotTable.of(owners, frequencies[owners], slots - starts[owners])


def right_table(table: FrequencyTable) -> SlotTable:
    """The table as it stands in the file."""
    return slot_table(
        owned(table.frequencies, table.starts, table.total), table.frequencies, table.starts
    )


@kernel
def _owners(freqs: Numbers, starts: Numbers, slots: int, unowned: int) -> Numbers:
    """int64[slots]: the symbol whose range each slot lies in, the last one where ranges overlap.

    Ranges may begin and end outside; slots in none are `unowned`.
    """
    owners = np.full(slots, unowned, dtype=np.int64)
    for symbol in range(len(freqs)):
        first = max(starts[symbol], 0)
        for slot in range(first, min(starts[symbol] + freqs[symbol], slots)):
            owners[slot] = symbol
    return owners
