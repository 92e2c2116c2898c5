"""Frequency tables: counting symbols, scaling the counts to a power of two, and what that costs.

A table gives each of 256 symbols a frequency; together they fill M = 2^scale_bits slots. A symbol of
frequency f costs log2(M / f) bits, so the coded size of data with counts c is sum(c * log2(M / f)).
`normalise` finds the table that minimises exactly this, where the original codec rounded every rare
symbol up to 1 and took the whole excess from the most frequent one.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SYMBOLS = 256
"""Symbols of the alphabet: a residual of one byte, biased into 0…255."""

UNOWNED = -1
"""Marks a slot that no symbol owns, in `FrequencyTable.slots`."""

HISTOGRAM_PIECE = 1 << 18
"""Symbols that are counted in one go."""


@dataclass(frozen=True, eq=False)
class FrequencyTable:
    """The frequencies and starts of one tensor, as they stand in a file: sound or not.

    Attributes:
        frequencies: int64[256], slots that each symbol owns.
        starts: int64[256], first slot of each symbol.
        scale_bits: log2 of the number of slots.
    """

    frequencies: NDArray[np.int64]
    starts: NDArray[np.int64]
    scale_bits: int = 12

    @classmethod
    def of_frequencies(cls, frequencies: NDArray[np.int64], scale_bits: int = 12) -> FrequencyTable:
        """The table whose starts are the sums of the frequencies before them."""
        frequencies = frequencies.astype(np.int64)
        return cls(frequencies, prefix_sums(frequencies), scale_bits)

    @property
    def total(self) -> int:
        """Slots there are: M = 2^scale_bits."""
        return 1 << self.scale_bits

    @cached_property
    def sum(self) -> int:
        """Slots that the frequencies claim; a sound table claims `total`."""
        return int(self.frequencies.sum())

    @cached_property
    def fault(self) -> str:
        """Why no decoder can use this table, as one sentence; "" where it can be used.

        A table that leaves slots without an owner can be used: only a stream that points at such a
        slot cannot be decoded. One that gives a slot to two symbols cannot.
        """
        if self.sum > self.total:
            return f"the frequencies sum to {self.sum:,} where there are {self.total:,} slots"
        used = np.flatnonzero(self.frequencies)
        begins, ends = self.starts[used], (self.starts + self.frequencies)[used]
        if len(used) and (int(ends.max()) > self.total or int(begins.min()) < 0):
            symbol = int(used[np.argmax(ends)])
            return f"symbol {symbol} owns slots past the last, {self.total - 1:,}"
        order = np.argsort(begins, kind="stable")
        clash = np.flatnonzero(begins[order][1:] < ends[order][:-1])
        if len(clash):
            first, second = used[order][clash[0]], used[order][clash[0] + 1]
            return f"symbols {first} and {second} both own slot {int(self.starts[second]):,}"
        return ""

    @cached_property
    def slots(self) -> NDArray[np.int16]:
        """int16[total]: the symbol that owns each slot, or `UNOWNED`.

        Raises:
            ValueError: the table has a `fault`.
        """
        if self.fault:
            raise ValueError(self.fault)
        owners = np.full(self.total, UNOWNED, dtype=np.int16)
        for symbol in np.flatnonzero(self.frequencies):
            start = int(self.starts[symbol])
            owners[start : start + int(self.frequencies[symbol])] = symbol
        return owners

    def starved(self, slot: int) -> int | None:
        """The symbol of frequency 0 that should own `slot` by its start; None where starts tell of none.

        The starts are the sums of the frequencies that were meant, so where some slots have no owner
        the room between two starts shows whose they were.
        """
        before = self.starts[self.starts <= slot]
        behind = (self.starts > slot) & (self.frequencies > 0)
        if self.sum >= self.total or not len(before) or not behind.any():
            return None
        heirs = np.flatnonzero(self.starts == before.max())
        return None if self.frequencies[heirs].any() else int(heirs[-1])

    @cached_property
    def bits(self) -> NDArray[np.float64]:
        """float64[256]: bits that coding each symbol once costs; inf where its frequency is 0."""
        with np.errstate(divide="ignore"):
            return self.scale_bits - np.log2(self.frequencies.astype(np.float64))


def prefix_sums(frequencies: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[256]: for each symbol, the sum of the frequencies before it."""
    sums = np.zeros(len(frequencies), dtype=np.int64)
    np.cumsum(frequencies[:-1], dtype=np.int64, out=sums[1:])
    return sums


def histogram(symbols: NDArray[np.uint8]) -> NDArray[np.int64]:
    """int64[256]: how often each symbol occurs."""
    flat, counts = symbols.reshape(-1), np.zeros(SYMBOLS, dtype=np.int64)
    # In pieces, since `bincount` makes a copy of its argument with 8 bytes a symbol.
    for begin in range(0, len(flat), HISTOGRAM_PIECE):
        counts += np.bincount(flat[begin : begin + HISTOGRAM_PIECE], minlength=SYMBOLS)
    return counts


def entropy(counts: NDArray[np.int64]) -> float:
    """Order-0 entropy of data with these counts, in bits per symbol (Shannon 1948)."""
    total = int(counts.sum())
    if total == 0:
        return 0.0
    share = counts[counts > 0] / total
    return abs(float(-(share * np.log2(share)).sum()))


def cross_entropy(counts: NDArray[np.int64], table: FrequencyTable) -> float:
    """Bits per symbol that coding data with these counts takes with `table`.

    Returns:
        sum(c * log2(M / f)) / sum(c); inf where a symbol that occurs has frequency 0.
    """
    total = int(counts.sum())
    if total == 0:
        return 0.0
    used = counts > 0
    return float((counts[used] * table.bits[used]).sum() / total)


def normalise(counts: NDArray[np.int64], scale_bits: int = 12) -> NDArray[np.int64]:
    """The frequencies that code data with these counts in the fewest bits.

    Every symbol that occurs gets at least 1 and the sum is exactly 2^scale_bits. The cost is a sum of
    convex functions, one a symbol, so moving single slots from where they are missed least to where
    they gain most, until no move gains, ends at the optimum.

    Args:
        counts: int64[256], how often each symbol occurs; not all 0.
        scale_bits: log2 of the number of slots.

    Returns:
        int64[256].

    Raises:
        ValueError: no symbol occurs, or more symbols occur than there are slots.
    """
    total = 1 << scale_bits
    used = np.flatnonzero(counts)
    if not 0 < len(used) <= total:
        raise ValueError(f"{len(used)} symbols cannot share {total:,} slots")
    # Shares in floating point: counts times the total would wrap in 32 bits, the original's bug.
    shares = counts[used] / float(counts.sum()) * total
    weights = [float(count) for count in counts[used]]
    frequencies = [max(1, int(share)) for share in shares]
    _settle(frequencies, weights, total - sum(frequencies))
    _exchange(frequencies, weights)
    result = np.zeros(len(counts), dtype=np.int64)
    result[used] = frequencies
    return result


def normalise_shared(counts: NDArray[np.int64], scale_bits: int = 12) -> NDArray[np.int64]:
    """As `normalise`, but no symbol gets all slots: a lone one leaves a slot to its neighbour.

    A frequency of 2^scale_bits overflows a field of scale_bits bits, which decoders like to use.
    """
    frequencies = normalise(counts, scale_bits)
    lone = np.flatnonzero(frequencies == 1 << scale_bits)
    for symbol in lone:
        frequencies[symbol] -= 1
        frequencies[symbol ^ 1] = 1
    return frequencies


def _gain(weight: float, frequency: int) -> float:
    """Bits that one more slot saves."""
    return weight * float(np.log2((frequency + 1) / frequency))


def _loss(weight: float, frequency: int) -> float:
    """Bits that one slot less costs; the last slot cannot be given away."""
    return weight * float(np.log2(frequency / (frequency - 1))) if frequency > 1 else float("inf")


def _settle(frequencies: list[int], weights: list[float], spare: int) -> None:
    """Hands out `spare` slots one by one where they gain most, or takes back where they cost least."""
    step = 1 if spare > 0 else -1

    def price(i: int) -> float:
        if step > 0:
            return -_gain(weights[i], frequencies[i])
        return _loss(weights[i], frequencies[i])

    queue = [(price(i), i) for i in range(len(frequencies))]
    heapq.heapify(queue)
    for _ in range(abs(spare)):
        _, i = queue[0]
        frequencies[i] += step
        heapq.heapreplace(queue, (price(i), i))


def _exchange(frequencies: list[int], weights: list[float]) -> None:
    """Moves slots between symbols until no move gains."""
    gains = [_gain(w, f) for w, f in zip(weights, frequencies, strict=True)]
    losses = [_loss(w, f) for w, f in zip(weights, frequencies, strict=True)]
    while True:
        taker = max(range(len(gains)), key=gains.__getitem__)
        giver = min(range(len(losses)), key=losses.__getitem__)
        if taker == giver or gains[taker] <= losses[giver]:
            return
        frequencies[taker] += 1
        frequencies[giver] -= 1
        for i in (taker, giver):
            gains[i] = _gain(weights[i], frequencies[i])
            losses[i] = _loss(weights[i], frequencies[i])
