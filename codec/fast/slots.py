"""What the decoding kernels look up in a slot: sized to stay in the first-level cache.

Per slot 5 bytes, 20 KiB in all. `steps` interleaves two uint16 per slot, frequency and slot - start,
so that a step takes both from one cache line and needs neither shift nor mask. A frequency of 4096
has room, which it has not in the 12 bits of the usual packed entry. A slot that no symbol owns has
frequency 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.frequency import UNOWNED, FrequencyTable

SLOTS = 4096
"""Slots of the tables that the kernels know: M = 2^12."""


@dataclass(frozen=True, eq=False)
class SlotTable:
    """A frequency table, by slot.

    Attributes:
        steps: u16[2 * SLOTS]: frequency and slot - start of the slot's owner; 0, 0 without one.
        symbols: u8[SLOTS]: the owner; 0 without one.
    """

    steps: NDArray[np.uint16]
    symbols: NDArray[np.uint8]

    def __post_init__(self) -> None:
        # Kernels index these arrays by slot without a check.
        if len(self.steps) != 2 * SLOTS or len(self.symbols) != SLOTS:
            raise ValueError(f"a slot table has {SLOTS:,} slots")


def slot_table(table: FrequencyTable) -> SlotTable:
    """The table by slot.

    Raises:
        ValueError: the table has a fault that no decoder can work around, or not 4096 slots.
    """
    if table.total != SLOTS:
        raise ValueError(f"the fast kernels decode tables of {SLOTS:,} slots, not {table.total:,}")
    owners = table.slots.astype(np.int64)
    owned = owners != UNOWNED
    steps = np.zeros((SLOTS, 2), dtype=np.uint16)
    steps[owned, 0] = table.frequencies[owners[owned]]
    steps[owned, 1] = np.flatnonzero(owned) - table.starts[owners[owned]]
    symbols = np.where(owned, owners, 0).astype(np.uint8)
    return SlotTable(steps.reshape(-1), symbols)
