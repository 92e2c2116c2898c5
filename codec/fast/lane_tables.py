"""What the kernels of the native layout look up: constants of a coder of lanes, and its table by slot.

The constants are arguments, not code, so that one compiled kernel serves the whole range of the layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.formats.native import LANES, RUN, SCALE_BITS, WORD_BITS
from codec.frequency import UNOWNED, FrequencyTable
from codec.interleaving import Interleaving
from codec.rans import Coder

PACKED_BITS = 12
"""Bits of a frequency, and of slot - start, in a packed entry; what is above them is the symbol."""


class LaneShape(NamedTuple):
    """The constants of a coder of lanes.

    Attributes:
        lanes, run: as in `Interleaving`.
        lower_bound: L.
        word_bytes: bytes of a word, 1 or 2.
        scale_bits: log2 of the slots.
    """

    lanes: np.uint64
    run: np.uint64
    lower_bound: np.uint64
    word_bytes: np.uint64
    scale_bits: np.uint64


def lane_shape(coder: Coder, interleaving: Interleaving) -> LaneShape:
    """The constants as kernels take them.

    Raises:
        ValueError: one is outside of what the native layout allows, on which the kernels rely.
    """
    lanes, run = interleaving
    bound = coder.lower_bound.bit_length() - 1
    allowed = (
        LANES[0] <= lanes <= LANES[1]
        and RUN[0] <= run <= RUN[1]
        and SCALE_BITS[0] <= coder.scale_bits <= SCALE_BITS[1]
        and coder.word_bits in WORD_BITS
        and coder.lower_bound == 1 << bound
        and coder.scale_bits <= bound <= 32 - coder.word_bits
    )
    if not allowed:
        raise ValueError(f"the fast kernels do not take {coder} with {interleaving}")
    numbers = (lanes, run, coder.lower_bound, coder.word_bytes, coder.scale_bits)
    return LaneShape(*(np.uint64(number) for number in numbers))


@dataclass(frozen=True, eq=False)
class LaneTable:
    """A frequency table, by slot; M slots.

    Attributes:
        steps: u16[2 * M]: frequency and slot - start of the slot's owner; 0, 0 without one.
        symbols: u8[M]: the owner; 0 without one.
        packed: u32[M]: symbol << 24 | frequency << 12 | slot - start; none where a frequency needs more
            than 12 bits or a slot has no owner.
        complete: whether every slot has an owner.
    """

    steps: NDArray[np.uint16]
    symbols: NDArray[np.uint8]
    packed: NDArray[np.uint32]
    complete: bool


def lane_table(table: FrequencyTable) -> LaneTable:
    """The table by slot.

    Raises:
        ValueError: the table has a fault that no decoder can work around.
    """
    owners = table.slots.astype(np.int64)
    owned = owners != UNOWNED
    steps = np.zeros((table.total, 2), dtype=np.uint16)
    steps[owned, 0] = table.frequencies[owners[owned]]
    steps[owned, 1] = np.flatnonzero(owned) - table.starts[owners[owned]]
    symbols = np.where(owned, owners, 0).astype(np.uint8)
    complete = bool(owned.all())
    packed = np.zeros(0, dtype=np.uint32)
    if complete and int(steps[:, 0].max()) < 1 << PACKED_BITS:
        wide = steps.astype(np.uint32)
        packed = symbols.astype(np.uint32) << np.uint32(2 * PACKED_BITS)
        packed |= wide[:, 0] << np.uint32(PACKED_BITS) | wide[:, 1]
    return LaneTable(steps.reshape(-1), symbols, packed, complete)
