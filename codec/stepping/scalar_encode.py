"""One encode step at a time in plain Python: the judge of the compiled ones, and what `reference` walks with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codec.frequency import FrequencyTable
from codec.interleaving import SINGLE, Interleaving
from codec.rans import LEGACY, Coder


class EncodeStep(NamedTuple):
    """What encoding one symbol did.

    Attributes:
        lane: whose state it was.
        symbol_index: the symbol's place among all of the stream.
        symbol: its value.
        freq: its frequency.
        start: its first slot.
        state_before: the lane's state before renormalisation.
        state_after: the lane's state that a decoder finds the symbol in.
        words: the words that renormalisation moved out, in that order.
    """

    lane: int
    symbol_index: int
    symbol: int
    freq: int
    start: int
    state_before: int
    state_after: int
    words: tuple[int, ...]


def encode_steps(
    symbols: Sequence[int],
    table: FrequencyTable,
    coder: Coder = LEGACY,
    interleaving: Interleaving = SINGLE,
    states: Sequence[int] = (),
    done: int = 0,
) -> Iterator[EncodeStep]:
    """Codes symbols as `rans.encode_lanes` does, and tells of each; stops before one of frequency 0.

    Args:
        symbols: values 0…255, by their place.
        table: sums to M.
        coder: the constants.
        interleaving: which lane codes which symbol.
        states: of each lane behind `done` steps; L where none are given.
        done: steps that were taken before.

    Yields:
        One step a symbol, from the last one in coding order to the first.
    """
    frequencies, starts = table.frequencies.tolist(), table.starts.tolist()
    now = list(states) or [coder.lower_bound] * interleaving.lanes
    for step in range(len(symbols) - 1 - done, -1, -1):
        index = interleaving.symbol_of(step, len(symbols))
        symbol, lane = symbols[index], interleaving.lane_of(index)
        freq, start = frequencies[symbol], starts[symbol]
        if freq == 0:
            return
        state, words = now[lane], []
        while state >= coder.renormalise_from(freq):
            words.append(state & ((1 << coder.word_bits) - 1))
            state >>= coder.word_bits
        whole, rest = divmod(state, freq)
        after = (whole << coder.scale_bits) + rest + start
        yield EncodeStep(lane, index, symbol, freq, start, now[lane], after, tuple(words))
        now[lane] = after
