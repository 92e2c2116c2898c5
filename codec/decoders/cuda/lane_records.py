"""What the host and the kernels of the native layout hand each other, as NumPy dtypes: see `kernels/lanes*.cu`.

Each struct there asserts its size and names its dtype here. Which native tensors the kernels know is said
here too, for it is these structs that have no room for others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor
from codec.frequency import UNOWNED, FrequencyTable
from codec.interleaving import Interleaving
from codec.prediction import BIAS
from codec.rans import Coder

WARP = 32
"""Threads that decode one stream together."""

LANES = (32, 64)
"""Lanes of the streams that the kernels know: one or two a thread."""

RUN = 16
"""Symbols side by side of a lane."""

MOST_SCALE_BITS = 12
"""log2 of the slots of the largest table that the kernels know."""

MOST_NARROW = 256
"""The highest frequency of a table that can be packed so that a value fills a byte of its own."""

UNKNOWN_PREDICTOR = 0
"""What kernels are told where a file names a predictor that does not exist: nothing is undone."""

LANE_TILE = np.dtype(
    [
        ("stream", "<u8"),
        ("target", "<u8"),
        ("size", "<u4"),
        ("count", "<u4"),
        ("width", "<u4"),
        ("coding", "<u2"),
        ("predictor", "<u1"),
        ("constant", "<u1"),
    ]
)
"""A tile's bytes, and the window of the matrix that its weights fill: see `LaneTile` in lanes.cuh."""

LANE_OUTCOME = np.dtype(
    [
        ("status", "<u4"),
        ("decoded", "<u4"),
        ("state", "<u4"),
        ("left", "<u4"),
        ("checksum", "<u4"),
    ]
)
"""How a tile's stream ended: see `LaneOutcome` in lanes.cuh."""

LANE_LAUNCH = np.dtype(
    [
        ("data", "<u8"),
        ("table", "<u8"),
        ("tiles", "<u8"),
        ("outcomes", "<u8"),
        ("matrix", "<u8"),
        ("pitch", "<u8"),
        ("tile_count", "<u4"),
        ("complete", "<u4"),
        ("entry_bytes", "<u4"),
        ("unused", "<u4"),
    ],
    align=True,
)
"""One launch of lanes_decode.cu: see `LaneLaunch` there."""

TOP_LAUNCH = np.dtype(
    [
        ("tiles", "<u8"),
        ("numbers", "<u8"),
        ("outcomes", "<u8"),
        ("matrix", "<u8"),
        ("pitch", "<u8"),
        ("lanes", "<u4"),
        ("hash", "<u4"),
    ]
)
"""One launch of lanes_top.cu: see `TopLaunch` there."""

LANE_TRACE = np.dtype(
    [
        ("stream", "<u8"),
        ("table", "<u8"),
        ("rows", "<u8"),
        ("outcome", "<u8"),
        ("words_offset", "<u8"),
        ("size", "<u4"),
        ("count", "<u4"),
        ("tile", "<u4"),
        ("first", "<u4"),
        ("last", "<u4"),
        ("unused", "<u4"),
    ]
)
"""One launch of lanes_trace.cu: see `LaneTrace` there."""


CODING = np.dtype([("frequency", "<u4"), ("start", "<u4"), ("reciprocal", "<u4"), ("bound", "<u4")])
"""What coding a symbol takes: see `Coding` in lanes_encode.cu."""

ENCODE_LAUNCH = np.dtype(
    [
        ("matrix", "<u8"),
        ("tiles", "<u8"),
        ("codings", "<u8"),
        ("scratch", "<u8"),
        ("words", "<u8"),
        ("states", "<u8"),
        ("streams", "<u8"),
        ("pitch", "<u8"),
        ("room", "<u8"),
        ("tile_count", "<u4"),
        ("unused", "<u4"),
    ]
)
"""One launch of lanes_encode.cu: see `EncodeLaunch` there."""


def unknown_to_kernels(tensor: Tensor) -> str:
    """Why the kernels cannot decode a native tensor, as one sentence; "" where they can."""
    return unknown_parameters(tensor.coder, tensor.interleaving)


def unknown_parameters(coder: Coder, interleaving: Interleaving) -> str:
    """Why the kernels know no streams of such a kind, as one sentence; "" where they do."""
    known = [
        (interleaving.lanes in LANES, f"{interleaving.lanes:,} lanes", "32 or 64 lanes"),
        (interleaving.run == RUN, f"runs of {interleaving.run:,}", f"runs of {RUN}"),
        (coder.word_bits == 16, f"words of {coder.word_bits} bits", "words of 16 bits"),
        (coder.lower_bound == 1 << 16, f"L = {coder.lower_bound:,}", "L = 65,536"),
        (
            coder.scale_bits <= MOST_SCALE_BITS,
            f"tables of 2^{coder.scale_bits} slots",
            f"tables of up to 2^{MOST_SCALE_BITS} slots",
        ),
    ]
    for holds, found, expected in known:
        if not holds:
            return f"the kernels know native streams with {expected}, not with {found}"
    return ""


def is_narrow(table: FrequencyTable) -> bool:
    """Whether no frequency is above `MOST_NARROW`."""
    return int(table.frequencies.max()) <= MOST_NARROW


def packed_lane_table(table: FrequencyTable, *, narrow: bool = False) -> NDArray[np.uint32]:
    """u32[slots]: bias, value and frequency of every slot's owner, as lanes.cuh packs them.

    A slot that no symbol owns is 0, and so has frequency 0.

    Args:
        table: the table.
        narrow: whether to pack it so that a value fills a byte, which only an `is_narrow` one can.

    Raises:
        ValueError: the table has a fault that no decoder can work around, or one symbol owns all slots.
    """
    if int(table.frequencies.max()) >= 1 << MOST_SCALE_BITS:
        raise ValueError("a symbol that owns all slots has no room in a packed table")
    value_shift, bias_shift = (16, 24) if narrow else (12, 20)
    owners = table.slots.astype(np.int64)
    owned = owners != UNOWNED
    symbols = owners[owned]
    bias = np.flatnonzero(owned) - table.starts[symbols]
    values = (symbols - int(BIAS)) & 0xFF
    packed = np.zeros(table.total, dtype=np.uint32)
    packed[owned] = bias << bias_shift | values << value_shift | table.frequencies[symbols]
    return packed


def outcomes_on_host(outcomes: Any) -> NDArray[Any]:
    """LANE_OUTCOME[n] from the card."""
    found: NDArray[Any] = outcomes.get().view(LANE_OUTCOME)
    return found
