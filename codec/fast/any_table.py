"""Coding symbols with any table, also one that no decoder can use: an encoder does not look.

The other kernels rely on a sound table and are several times faster; this one repeats what an encoder without
checks does, in numbers of 32 bits, which wrap where such a table makes a state too large.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import kernel, sealed
from codec.frequency import FrequencyTable
from codec.interleaving import Interleaving
from codec.rans import Coder

MASK_32 = np.uint64(0xFFFFFFFF)
ONE = np.uint64(1)


def encode_any(
    symbols: NDArray[np.uint8], table: FrequencyTable, coder: Coder, interleaving: Interleaving
) -> tuple[NDArray[np.uint16], NDArray[np.uint64]] | None:
    """As `rans.encode_lanes`: the words in the order in which they are moved out, and the last states.

    Returns:
        u16[any] and u64[lanes]; None where a symbol has frequency 0.
    """
    words, states, done = _encode(
        sealed(symbols),
        sealed(interleaving.order(len(symbols))),
        interleaving.lanes,
        interleaving.run,
        sealed(table.frequencies.astype(np.uint64)),
        sealed(table.starts.astype(np.uint64)),
        np.uint64(coder.lower_bound),
        np.uint64(coder.word_bits),
        np.uint64(table.scale_bits),
    )
    return (words, states) if done else None


@kernel
def _encode(
    symbols: NDArray[np.uint8],
    order: NDArray[np.int64],
    lanes: int,
    run: int,
    freqs: NDArray[np.uint64],
    starts: NDArray[np.uint64],
    lower_bound: np.uint64,
    word_bits: np.uint64,
    scale_bits: np.uint64,
) -> tuple[NDArray[np.uint16], NDArray[np.uint64], bool]:
    """The words, the states, and whether all symbols could be coded.

    A step makes the state at most 2^16 times larger, so no more than two bytes a step are moved out; there is room
    for four.
    """
    words = np.zeros(4 * len(symbols) + 8, dtype=np.uint16)
    states = np.full(lanes, lower_bound, dtype=np.uint64)
    mask, count = (ONE << word_bits) - ONE, 0
    for step in range(len(order) - 1, -1, -1):
        place = order[step]
        lane = place % (lanes * run) // run
        freq, state = freqs[symbols[place]], states[lane]
        if freq == 0:
            return words[:count], states, False
        limit = ((lower_bound >> scale_bits) << word_bits) * freq
        while state >= limit and count < len(words):
            words[count] = state & mask
            count += 1
            state = state >> word_bits
        state = ((state // freq) << scale_bits) + state % freq + starts[symbols[place]]
        states[lane] = state & MASK_32
    return words[:count], states, True
