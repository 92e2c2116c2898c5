"""The scalar reference of the rANS coder: one symbol at a time, written to be read, and the judge.

rANS (Duda 2013) keeps all that was coded so far in one integer, the state x. With M = 2^scale_bits
slots, of which a symbol owns f from its start b on,

    encode:  x' = (x // f) * M + x % f + b
    decode:  slot = x' % M;  the slot's owner is the symbol;  x = f * (x' // M) + slot - b

Decoding undoes encoding exactly, so the last symbol coded is the first one decoded: the encoder walks
the symbols from last to first. To keep x in a machine word it is held in the interval
[L, L * 2^word_bits): before coding, the encoder moves low words out while x >= (L / M * 2^word_bits) * f,
for from there on coding would leave the interval; after decoding, the decoder moves words in while
x < L. A sound stream ends where it began: x = L again and no word left.

Both layouts of the original codec move bytes and store them in the order in which the encoder moved them out,
followed by the last state; so the decoder takes them from the end. The native layout interleaves the
states of several lanes (`interleaving`) on one run of words, and stores the words as the decoder takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from codec.frequency import UNOWNED, FrequencyTable
from codec.interleaving import SINGLE, Interleaving


@dataclass(frozen=True)
class Coder:
    """The constants of a rANS coder.

    Attributes:
        lower_bound: L, the least state between two symbols.
        word_bits: bits that renormalisation moves at a time.
        scale_bits: log2 of the number of slots M.
    """

    lower_bound: int = 1 << 23
    word_bits: int = 8
    scale_bits: int = 12

    @property
    def upper_bound(self) -> int:
        """The first state that is too large: L * 2^word_bits."""
        return self.lower_bound << self.word_bits

    def renormalise_from(self, frequency: int) -> int:
        """The least state that must shrink before a symbol of this frequency is coded."""
        return ((self.lower_bound >> self.scale_bits) << self.word_bits) * frequency

    @property
    def word_bytes(self) -> int:
        """Bytes that renormalisation moves at a time."""
        return self.word_bits // 8


LEGACY = Coder()
"""The coder of both layouts of the original: 32-bit state, L = 2^23, bytes, 4096 slots."""


class Step(NamedTuple):
    """What decoding one symbol did.

    Attributes:
        lane: whose state it was.
        symbol_index: the symbol's place among all of the stream.
        state_before: the lane's state that the slot was taken from.
        slot: state_before mod M.
        symbol: the slot's owner.
        freq: its frequency.
        start: its first slot.
        state_after: the lane's state after renormalisation.
        unread: words left before the step; the next one to be taken is number unread - 1.
        words: words that renormalisation took.
    """

    lane: int
    symbol_index: int
    state_before: int
    slot: int
    symbol: int
    freq: int
    start: int
    state_after: int
    unread: int
    words: int


class Stuck(Exception):
    """Decoding cannot go on; `step` tells at which symbol of the coding order.

    Attributes:
        step: number of the step that could not be taken.
        state: the state of its lane there.
        unread: words left there.
    """

    def __init__(self, step: int, state: int, unread: int) -> None:
        super().__init__(step, state, unread)
        self.step = step
        self.state = state
        self.unread = unread


class Underrun(Stuck):
    """The state is below L and no word is left to move in."""


class UnownedSlot(Stuck):
    """The state points at a slot that no symbol owns."""


def encode(
    symbols: Sequence[int], table: FrequencyTable, coder: Coder = LEGACY
) -> tuple[list[int], int]:
    """As `encode_lanes` with one lane: the words, and its last state."""
    words, (state,) = encode_lanes(symbols, table, coder)
    return words, state


def steps(
    words: Sequence[int], state: int, count: int, table: FrequencyTable, coder: Coder = LEGACY
) -> Iterator[Step]:
    """As `lane_steps` with one lane."""
    return lane_steps(words, [state], count, table, coder)


def encode_lanes(
    symbols: Sequence[int],
    table: FrequencyTable,
    coder: Coder = LEGACY,
    interleaving: Interleaving = SINGLE,
) -> tuple[list[int], list[int]]:
    """Codes `symbols` so that they decode first to last.

    Args:
        symbols: values 0…255, each of a frequency above 0.
        table: sums to M.
        coder: the constants.
        interleaving: which lane codes which symbol.

    Returns:
        The words in the order in which they were moved out, and the last state of each lane.

    Raises:
        ValueError: a symbol has frequency 0.
    """
    frequencies, starts = table.frequencies.tolist(), table.starts.tolist()
    words: list[int] = []
    states = [coder.lower_bound] * interleaving.lanes
    for lane, place in reversed(list(interleaving.places(len(symbols)))):
        symbol, state = symbols[place], states[lane]
        frequency = frequencies[symbol]
        if frequency == 0:
            raise ValueError(f"symbol {symbol} has frequency 0 and cannot be coded")
        while state >= coder.renormalise_from(frequency):
            words.append(state & ((1 << coder.word_bits) - 1))
            state >>= coder.word_bits
        whole, rest = divmod(state, frequency)
        states[lane] = (whole << coder.scale_bits) + rest + starts[symbol]
    return words, states


def lane_steps(
    words: Sequence[int],
    states: Sequence[int],
    count: int,
    table: FrequencyTable,
    coder: Coder = LEGACY,
    interleaving: Interleaving = SINGLE,
) -> Iterator[Step]:
    """Decodes `count` symbols, one step at a time.

    Args:
        words: as `encode_lanes` returned them; they are taken from the end.
        states: the state of each lane to start from: the encoder's last.
        count: symbols to decode.
        table: has no fault.
        coder: the constants.
        interleaving: which lane codes which symbol.

    Yields:
        One step a symbol, in coding order.

    Raises:
        Underrun: a word is missing.
        UnownedSlot: no symbol owns the slot.
    """
    frequencies, starts = table.frequencies.tolist(), table.starts.tolist()
    owners, states = table.slots.tolist(), list(states)
    unread = len(words)
    for number, (lane, place) in enumerate(interleaving.places(count)):
        state = states[lane]
        slot = state & (table.total - 1)
        symbol = owners[slot]
        if symbol == UNOWNED:
            raise UnownedSlot(number, state, unread)
        frequency, start = frequencies[symbol], starts[symbol]
        after, taken = frequency * (state >> coder.scale_bits) + slot - start, 0
        while after < coder.lower_bound:
            if taken == unread:
                raise Underrun(number, state, unread)
            taken += 1
            after = (after << coder.word_bits) | words[unread - taken]
        yield Step(lane, place, state, slot, symbol, frequency, start, after, unread, taken)
        states[lane], unread = after, unread - taken
