"""What encoding the native layout looks up of each symbol, so that a step takes a multiplication and no division.

One step codes a symbol of frequency f and start b by x' = (x // f) * M + x % f + b, which is

    q = x // f,   x' = x + b + q * (M - f).

The division is a multiplication, q = x * r >> k with r = ceil(2^k / f), and it is exact. Let G = 2^g with
g = log2(L) - scale_bits + word_bits, so that after renormalisation x < f * G; let k = 64 - g and
e = r * f - 2^k, so 0 <= e < f. With x = q * f + s and s < f,

    x * r / 2^k = q + s / f + x * e / (f * 2^k),

and as f <= M and g + scale_bits <= 32, x * e < f^2 * G <= 2^(2 * scale_bits + g) <= 2^(64 - g) = 2^k: the last term
is below 1 / f, and cannot carry s / f <= (f - 1) / f to the next integer. Nor does anything overflow: as
x <= f * G - 1, x * r = x * (2^k + e) / f < 2^64 - 2^k / f + G * e, and G * e * f < G * M^2 <= 2^k.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import sealed
from codec.fast.lane_tables import LaneShape
from codec.fast.lane_vector_encode import ORDERS, entries, inverses
from codec.fast.places import Bytes, Cells, Matrix
from codec.fast.symbols import sealed_cells
from codec.fast.vectors import WIDTH
from codec.fast.walk import ONE
from codec.frequency import FrequencyTable

RECIPROCAL, LIMIT, START, COMPLEMENT = (np.uint64(n) for n in range(4))
"""Places in the coding table, u64[256 * 4], which holds of each symbol r, f * G, b, and M - f. It is flat,
since the rows of an array are as far apart as it says at run time."""

ABSENT = np.uint64(1 << 63)
"""The reciprocal of a symbol that has no frequency; all others are at most 2^56."""


class Job(NamedTuple):
    """What is encoded, and how.

    Attributes:
        cells: the matrix.
        coding: from `coding_table`.
        shape: the constants.
        room: g.
        entries, inverses, orders: of `lane_vector_encode`.
        vectors: whether eight lanes may be taken at a time.
    """

    cells: Cells
    coding: NDArray[np.uint64]
    shape: LaneShape
    room: np.uint64
    entries: NDArray[np.uint32]
    inverses: NDArray[np.float64]
    orders: Bytes
    vectors: bool


def room_bits(shape: LaneShape) -> int:
    """g: after renormalisation a state is below f * 2^g."""
    bound = int(shape.lower_bound).bit_length() - 1
    return bound - int(shape.scale_bits) + 8 * int(shape.word_bytes)


def coding_table(table: FrequencyTable, shape: LaneShape) -> NDArray[np.uint64]:
    """u64[256 * 4]: what a step of the encoder looks up.

    Raises:
        ValueError: the table has a fault, or not as many slots as the constants say.
    """
    if table.fault or table.scale_bits != int(shape.scale_bits):
        raise ValueError(table.fault or f"the table has {table.total:,} slots")
    room = room_bits(shape)
    frequencies = table.frequencies.astype(np.uint64)
    divisors = np.maximum(frequencies, ONE)
    coding = np.zeros((len(frequencies), 4), dtype=np.uint64)
    coding[:, RECIPROCAL] = (np.uint64(1 << 64 - room) + divisors - ONE) // divisors
    coding[frequencies == 0, RECIPROCAL] = ABSENT
    coding[:, LIMIT] = frequencies << np.uint64(room)
    coding[:, START] = table.starts.astype(np.uint64)
    coding[:, COMPLEMENT] = np.uint64(table.total) - frequencies
    return coding.reshape(-1)


def encoding_job(matrix: Matrix, table: FrequencyTable, shape: LaneShape, vectors: bool) -> Job:
    """What kernels need to encode tiles of a matrix; raises ValueError as `encode_tiles` does."""
    # The limit of a symbol that owns all slots may be 2^32, which a vector's 32 bits cannot hold.
    lone = table.frequencies.max() == table.total
    able = vectors and not lone and int(shape.word_bytes) == 2 and int(shape.lanes) % WIDTH == 0
    return Job(
        sealed_cells(matrix),
        sealed(coding_table(table, shape)),
        shape,
        np.uint64(room_bits(shape)),
        sealed(entries(table)),
        sealed(inverses(table)),
        ORDERS,
        able,
    )
