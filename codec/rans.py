"""The scalar reference of the rANS coder: one symbol at a time, written to be read, and the judge.

rANS (Duda 2013) keeps all that was coded so far in one integer, the state x. With M = 2^scale_bits
slots, of which a symbol owns f from its start b on,

    encode:  x' = (x // f) * M + x % f + b
    decode:  slot = x' % M;  the slot's owner is the symbol;  x = f * (x' // M) + slot - b

Decoding undoes encoding exactly, so the last symbol coded is the first one decoded: the encoder walks
the symbols from last to first. To keep x in a machine word it is held in the interval
[L, L * 2^word_bits): before coding, the encoder moves low words out while x >= (L / M * 2^word_bits) * f,
for from there on coding would leave the interval; after decoding, the decoder moves words in while
x < L. Both layouts of the original codec move bytes, start at x = L, and store the words in the order in which the
encoder moved them out, followed by the last state; so the decoder takes them from the end. A sound stream
ends where it began: x = L again and no byte left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from codec.frequency import UNOWNED, FrequencyTable


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


LEGACY = Coder()
"""The coder of both layouts of the original: 32-bit state, L = 2^23, bytes, 4096 slots."""


class Step(NamedTuple):
    """What decoding one symbol did.

    Attributes:
        state_before: the state that the slot was taken from.
        slot: state_before mod M.
        symbol: the slot's owner.
        freq: its frequency.
        start: its first slot.
        state_after: the state after renormalisation.
        unread: words left before the step; the next one to be taken is number unread - 1.
        words: words that renormalisation took.
    """

    state_before: int
    slot: int
    symbol: int
    freq: int
    start: int
    state_after: int
    unread: int
    words: int


class Stuck(Exception):
    """Decoding cannot go on; `step` tells at which symbol.

    Attributes:
        step: number of the symbol that could not be decoded.
        state: the state there.
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
    """Codes `symbols` so that they decode first to last.

    Args:
        symbols: values 0…255, each of a frequency above 0.
        table: sums to M.
        coder: the constants.

    Returns:
        The words in the order in which they were moved out, and the last state.

    Raises:
        ValueError: a symbol has frequency 0.
    """
    frequencies, starts = table.frequencies.tolist(), table.starts.tolist()
    words: list[int] = []
    state = coder.lower_bound
    for symbol in reversed(symbols):
        frequency = frequencies[symbol]
        if frequency == 0:
            raise ValueError(f"symbol {symbol} has frequency 0 and cannot be coded")
        while state >= coder.renormalise_from(frequency):
            words.append(state & ((1 << coder.word_bits) - 1))
            state >>= coder.word_bits
        state = ((state // frequency) << coder.scale_bits) + state % frequency + starts[symbol]
    return words, state


def steps(
    words: Sequence[int], state: int, count: int, table: FrequencyTable, coder: Coder = LEGACY
) -> Iterator[Step]:
    """Decodes `count` symbols, one step at a time.

    Args:
        words: as `encode` returned them; they are taken from the end.
        state: the state to start from: the encoder's last.
        count: symbols to decode.
        table: has no fault.
        coder: the constants.

    Yields:
        One step a symbol, in coding order.

    Raises:
        Underrun: a word is missing.
        UnownedSlot: no symbol owns the slot.
    """
    frequencies, starts = table.frequencies.tolist(), table.starts.tolist()
    owners = table.slots.tolist()
    unread = len(words)
    for number in range(count):
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
        yield Step(state, slot, symbol, frequency, start, after, unread, taken)
        state, unread = after, unread - taken
