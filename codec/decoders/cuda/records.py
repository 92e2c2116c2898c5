"""What the host and the kernels hand each other, as NumPy dtypes: `kernels/*.cu` state the same structs.

Each struct there asserts its size and names its dtype here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.frequency import UNOWNED, FrequencyTable
from codec.trace import STEP_COLUMNS

GROUP = 16
"""Symbols that a thread decodes between two looks at the end of its stream; segments are multiples of it."""

READ_AHEAD = 256
"""Bytes before the first and behind the last stream that kernels may read without using them."""

UNFINISHED = 255
"""Status of a stream of which a launch decoded as much as one launch may."""

LEFT, TOP, NO_PREDICTOR = range(3)
"""Predictors in `PLACE`; with NO_PREDICTOR, the residuals are the weights."""

TILE = np.dtype(
    [
        ("offset", "<u8"),
        ("target", "<u8"),
        ("size", "<u4"),
        ("count", "<u4"),
        ("width", "<u4"),
        ("rows", "<u4"),
        ("cols", "<u4"),
        ("store", "<u4"),
    ]
)
"""A tile's stream and the window of the output that its symbols fill: see `Tile` in rans.cuh."""

OUTCOME = np.dtype(
    [
        ("status", "<u4"),
        ("decoded", "<u4"),
        ("state", "<u4"),
        ("unread", "<u4"),
        ("value", "<u4"),
        ("mismatch", "<u4"),
        ("first", "<u1", (8,)),
    ]
)
"""How a tile's stream ended: see `Outcome` in rans.cuh."""

LAUNCH = np.dtype(
    [
        ("data", "<u8"),
        ("table", "<u8"),
        ("tiles", "<u8"),
        ("checkpoints", "<u8"),
        ("outcomes", "<u8"),
        ("output", "<u8"),
        ("pitch", "<u8"),
        ("tile_count", "<u4"),
        ("segments", "<u4"),
        ("interval", "<u4"),
        ("spread", "<u4"),
        ("limit", "<u4"),
        ("complete", "<u4"),
        ("resume", "<u4"),
    ],
    align=True,
)
"""One launch of decode.cu: see `Launch` there."""

PLACE = np.dtype(
    [
        ("residuals", "<u8"),
        ("row", "<u4"),
        ("col", "<u4"),
        ("rows", "<u4"),
        ("cols", "<u4"),
        ("predictor", "<u4"),
        ("outcome", "<u4"),
    ]
)
"""A tile of the per-tile layout whose prediction is undone: see `Place` in prediction.cu."""

UNDO = np.dtype(
    [
        ("residuals", "<u8"),
        ("places", "<u8"),
        ("outcomes", "<u8"),
        ("matrix", "<u8"),
        ("cols", "<u8"),
        ("first_row", "<u8"),
    ]
)
"""One launch of prediction.cu: see `Undo` there."""

_ROW_ORDER = (
    "position", "tile", "stream", "step", "symbol_index", "state_before", "slot", "freq", "start",
    "state_after", "lane", "symbol", "bytes_read",
)  # fmt: skip

ROW = np.dtype([(name, STEP_COLUMNS[name]) for name in _ROW_ORDER])
"""One step of a trace: see `Row` in trace.cu."""

WALK = np.dtype(
    [
        ("file_offset", "<u8"),
        ("tile", "<u4"),
        ("status", "<u4"),
        ("state", "<u4"),
        ("unread", "<u4"),
        ("step", "<u4"),
        ("stop", "<u4"),
    ]
)
"""Where a trace stands: see `Walk` in trace.cu."""

UNOWNED_ENTRY = 1 << 20
"""The entry of a slot without an owner: its bias is not below its frequency."""


def packed_table(table: FrequencyTable) -> NDArray[np.uint32]:
    """u32[slots]: bias << 20 | symbol << 12 | frequency - 1 of every slot's owner; see rans.cuh.

    Raises:
        ValueError: the table has a fault that no decoder can work around.
    """
    owners = table.slots.astype(np.int64)
    owned = owners != UNOWNED
    symbols = owners[owned]
    bias = np.flatnonzero(owned) - table.starts[symbols]
    packed = np.full(table.total, UNOWNED_ENTRY, dtype=np.uint32)
    packed[owned] = bias << 20 | symbols << 12 | table.frequencies[symbols] - 1
    return packed


def is_complete(packed: NDArray[np.uint32]) -> bool:
    """Whether every slot of a packed table has an owner."""
    return bool((packed >> 20 <= packed & 0xFFF).all())


def one(dtype: np.dtype[Any], **fields: int) -> NDArray[Any]:
    """dtype[1] with these fields: what cupy hands to a kernel by value."""
    record = np.zeros(1, dtype=dtype)
    for name, value in fields.items():
        record[name] = value
    return record
