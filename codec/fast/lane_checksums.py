"""Checksums of tiles: `codec.checksum` on the fly, and in bulk.

XXH32 (Collet, xxHash specification 0.1.1) folds stripes of 16 bytes into four accumulators. A turn is 16 weights,
so a round of turns is one stripe of each part, side by side as the accumulators are, and all of them advance
together at memory speed. What is left behind the last whole round goes byte by byte.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.checksum import TURNS
from codec.fast.compile import Index, kernel, part, sealed
from codec.fast.places import Bytes, Cells, Matrix, Places
from codec.fast.symbols import sealed_cells
from codec.fast.tile_buffers import COLS, ROWS, new_buffer, read_tile, require_inside

PRIME_1, PRIME_2, PRIME_3, PRIME_4, PRIME_5 = (
    np.uint32(prime) for prime in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)
)

PARTS, TURN = (np.uint64(number) for number in TURNS)
"""How a tile's weights are dealt out to the parts of its checksum."""

ROUND = PARTS * TURN

STRIPE = np.uint64(16)
"""Bytes that are folded at a time: `_fold_rounds` takes a turn to be as many."""

WORD, ONE, TWO, THREE, EIGHT = (np.uint64(n) for n in (4, 1, 2, 3, 8))
BITS = np.uint32(32)

Sums = NDArray[np.uint32]


def tile_checksums(matrix: Matrix, tiles: Places) -> NDArray[np.uint32]:
    """u32[n]: the checksums of tiles, int64[n, 4], of a C-contiguous matrix.

    Raises:
        ValueError: a tile is not inside the matrix, or the matrix is not C-contiguous.
    """
    require_inside(tiles, matrix)
    return _checksums(sealed_cells(matrix), sealed(tiles), new_buffer(tiles))


def new_sums() -> Sums:
    """Room for the accumulators of all parts."""
    return np.zeros(int(PARTS * WORD), dtype=np.uint32)


@kernel
def _checksums(cells: Cells, tiles: Places, buffer: Sums) -> NDArray[np.uint32]:
    """The checksum of each tile; `buffer` has room for the largest."""
    found = np.zeros(len(tiles), dtype=np.uint32)
    sums = np.zeros(np.int64(PARTS * WORD), dtype=np.uint32)
    values = buffer.view(np.uint8)
    for i in range(len(tiles)):
        read_tile(cells, tiles[i], np.uint8(0), values)
        count = np.uint64(tiles[i, ROWS]) * np.uint64(tiles[i, COLS])
        found[i] = checksum_of(buffer, values, count, sums)
    return found


@part
def checksum_of(buffer: Sums, values: Bytes, count: np.uint64, sums: Sums) -> np.uint32:
    """The checksum of the tile values[:count].

    Args:
        buffer: u32[any], the same memory as `values`.
        values: u8[any].
        count: weights.
        sums: from `new_sums`.
    """
    whole = count // ROUND
    _fold_rounds(buffer, whole, sums)
    checksum = np.uint32(0)
    for number in range(PARTS):
        rest = count - whole * ROUND
        tail = min(TURN, rest - min(rest, number * TURN))
        checksum ^= _part_hash(values, number, whole * TURN + tail, whole * TURN, sums)
    return checksum


@part
def _open(number: Index, sums: Sums) -> None:
    """Puts a part's accumulators at their start; the part's number is its seed."""
    seed, first = np.uint32(number), np.uint64(number) * WORD
    sums[first] = np.uint32(np.uint32(seed + PRIME_1) + PRIME_2)
    sums[first + ONE] = np.uint32(seed + PRIME_2)
    sums[first + TWO] = seed
    sums[first + THREE] = np.uint32(seed - PRIME_1)


@part
def _rotated(value: np.uint32, bits: np.uint32) -> np.uint32:
    return np.uint32(np.uint32(value << bits) | np.uint32(value >> np.uint32(BITS - bits)))


@part
def _round(total: np.uint32, word: np.uint32) -> np.uint32:
    """One word folded into an accumulator."""
    total = np.uint32(total + np.uint32(word * PRIME_2))
    return np.uint32(_rotated(total, np.uint32(13)) * PRIME_1)


@part
def _fold_rounds(buffer: Sums, rounds: np.uint64, sums: Sums) -> None:
    """Folds whole rounds of turns into all accumulators."""
    for number in range(PARTS):
        _open(number, sums)
    for turn in range(rounds):
        first = turn * (PARTS * WORD)
        for i in range(PARTS * WORD):
            sums[i] = _round(sums[i], buffer[first + i])


@part
def _part_word(values: Bytes, number: Index, at: np.uint64) -> np.uint32:
    """The little-endian u32 of a part's bytes from number `at` on."""
    word = np.uint64(0)
    for i in range(WORD):
        word |= np.uint64(_part_byte(values, number, at + i)) << (i * EIGHT)
    return np.uint32(word)


@part
def _part_byte(values: Bytes, number: Index, at: np.uint64) -> np.uint8:
    """A part's byte number `at`, which is below the number of bytes that the part has."""
    return np.uint8(values[(at // TURN * PARTS + number) * TURN + at % TURN])


@part
def _part_hash(
    values: Bytes, number: Index, size: np.uint64, done: np.uint64, sums: Sums
) -> np.uint32:
    """XXH32 of a part's `size` bytes, the first `done` of which are in its accumulators."""
    first = np.uint64(number) * WORD
    while size - done >= STRIPE:
        for i in range(WORD):
            word = _part_word(values, number, done + i * WORD)
            sums[first + i] = _round(sums[first + i], word)
        done += STRIPE
    if size < STRIPE:
        total = np.uint32(np.uint32(number) + PRIME_5)
    else:
        total = np.uint32(
            _rotated(sums[first], np.uint32(1)) + _rotated(sums[first + ONE], np.uint32(7))
        )
        total = np.uint32(total + _rotated(sums[first + TWO], np.uint32(12)))
        total = np.uint32(total + _rotated(sums[first + THREE], np.uint32(18)))
    total = np.uint32(total + np.uint32(size))
    while size - done >= WORD:
        word = _part_word(values, number, done)
        total = np.uint32(total + np.uint32(word * PRIME_3))
        total = np.uint32(_rotated(total, np.uint32(17)) * PRIME_4)
        done += WORD
    while done < size:
        byte = np.uint32(_part_byte(values, number, done))
        total = np.uint32(total + np.uint32(byte * PRIME_5))
        total = np.uint32(_rotated(total, np.uint32(11)) * PRIME_1)
        done += ONE
    return _mixed(total)


@part
def _mixed(total: np.uint32) -> np.uint32:
    """The last mixing: every bit of the sum acts on every bit of the hash."""
    total = np.uint32(np.uint32(total ^ np.uint32(total >> np.uint32(15))) * PRIME_2)
    total = np.uint32(np.uint32(total ^ np.uint32(total >> np.uint32(13))) * PRIME_3)
    return np.uint32(total ^ np.uint32(total >> np.uint32(16)))
