"""Front ends that start from the wrong state: `initial-state`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from codec.container import Framing
from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.candidate import Candidate, Candidates, always
from codec.diagnosis.streams.reading import Reader, Reading

States = NDArray[np.uint64]

FARTHEST = 8
"""Bytes that the place of the states is tried to be off by."""


def state_candidates(reader: Reader) -> Candidates:
    """Every way known to get the starting states wrong, the likelier first."""
    for detail, change in _changes(reader):
        yield Candidate(Fault.INITIAL_STATE, detail, always(reader, change))


Change = Callable[[Reading], Reading | None]


def _changes(reader: Reader) -> Iterator[tuple[str, Change]]:
    yield from _wrong_end(reader)
    yield from _byte_orders(reader)
    yield from _values(reader)
    if reader.tensor.interleaving.lanes > 1:
        yield from _permuted(reader)
    yield from _displaced(reader)


def _states_at(right: Reading) -> int:
    """File offset of the first lane's state."""
    return right.begin - 4 * len(right.states) if right.forward else right.end


def _size_of(right: Reading) -> tuple[int, int]:
    """Offset and end of the stream, frame included."""
    if right.forward:
        return right.begin - 4 * len(right.states), right.end
    return right.begin - 4, right.end + 4


def _elsewhere(reader: Reader, offset: Callable[[Reading], int], order: str = "<") -> Change:
    """States that are read from another place, words being taken as they should."""

    def change(right: Reading) -> Reading | None:
        states = reader.words_32(offset(right), len(right.states), order)
        return None if states is None else replace(right, states=states)

    return change


def _wrong_end(reader: Reader) -> Iterator[tuple[str, Change]]:
    if reader.tensor.framing is Framing.TRAILING_STATE:
        return _at_the_start(reader)
    return _at_the_end(reader)


def _at_the_start(reader: Reader) -> Iterator[tuple[str, Change]]:
    """A state taken from the start of the stream, where the layout has it at the end."""
    first = _elsewhere(reader, lambda r: r.begin - 4)
    behind = _elsewhere(reader, lambda r: r.begin)
    yield (
        "takes the state from the first 4 bytes of the stream, the symbol count, instead of the last 4",
        first,
    )
    yield (
        "takes the state from the 4 bytes behind the symbol count instead of the stream's last 4",
        behind,
    )
    forwards = "and its words from there on forwards, where both stand at the stream's end"
    yield (
        f"takes the state from the first 4 bytes of the stream {forwards}",
        _then_forwards(first, 0),
    )
    yield (
        f"takes the state from the 4 bytes behind the symbol count {forwards}",
        _then_forwards(behind, 4),
    )


def _at_the_end(reader: Reader) -> Iterator[tuple[str, Change]]:
    """States taken from the end of the stream, where the layout has them at the start."""
    size = 4 * reader.tensor.interleaving.lanes
    last = _elsewhere(reader, lambda r: r.end - size)
    yield (
        f"takes the states from the last {size:,} bytes of the stream instead of the first {size:,}",
        last,
    )

    def backwards(right: Reading) -> Reading | None:
        found = last(right)
        if found is None:
            return None
        begin, end = right.begin - size, right.end - size
        return replace(found, forward=False, begin=begin, end=end, at=end)

    yield (
        "takes the states from the end of the stream, and its words backwards from there",
        backwards,
    )


def _then_forwards(change: Change, skipped: int) -> Change:
    """States from the start of a stream of the legacy layouts, and the words from behind them on."""

    def forwards(right: Reading) -> Reading | None:
        found = change(right)
        if found is None:
            return None
        return replace(found, forward=True, at=right.begin + skipped, end=right.end + 4)

    return forwards


def _byte_orders(reader: Reader) -> Iterator[tuple[str, Change]]:
    big = _elsewhere(reader, lambda r: _states_at(r), ">")
    yield "reads the state in the wrong byte order, the most significant byte first", big

    def halves(right: Reading) -> Reading:
        states = right.states
        swapped = (states >> np.uint64(16) | states << np.uint64(16)) & np.uint64(0xFFFFFFFF)
        return replace(right, states=swapped)

    yield "exchanges the two 16-bit halves of the state", halves


def _values(reader: Reader) -> Iterator[tuple[str, Change]]:
    for bits in (8, 16, 24, 31):
        yield f"keeps only the low {bits} bits of the state", _masked(bits)
    for bits in (8, 16):
        yield f"loses the low {bits} bits of the state", _shifted(bits)
    bound = reader.tensor.coder.lower_bound
    yield (
        f"starts from the lower bound, {bound:,}, instead of the state that stands in the stream",
        _constant(bound),
    )
    yield "starts from the state 0 instead of the one that stands in the stream", _constant(0)


def _masked(bits: int) -> Change:
    return lambda right: replace(right, states=right.states & np.uint64((1 << bits) - 1))


def _shifted(bits: int) -> Change:
    return lambda right: replace(right, states=right.states >> np.uint64(bits))


def _constant(value: int) -> Change:
    return lambda right: replace(right, states=np.full_like(right.states, value))


def _permuted(reader: Reader) -> Iterator[tuple[str, Change]]:
    lanes = reader.tensor.interleaving.lanes

    def arranged(order: NDArray[np.int64]) -> Change:
        return lambda right: replace(right, states=right.states[order])

    numbers = np.arange(lanes, dtype=np.int64)
    yield "gives the lanes their states in reverse order", arranged(numbers[::-1].copy())
    yield "gives each lane the state of the next one", arranged(np.roll(numbers, -1))
    yield "gives each lane the state of the one before it", arranged(np.roll(numbers, 1))
    yield "gives every lane the state of lane 0", arranged(np.zeros_like(numbers))
    yield "exchanges the states of each pair of lanes", arranged(np.minimum(numbers ^ 1, lanes - 1))
    if lanes % 2 == 0:
        half = numbers.reshape(2, -1)
        yield (
            "exchanges the states of the lower and the upper half of the lanes",
            arranged(np.roll(numbers, lanes // 2)),
        )
        yield "takes the lanes' states from two halves in turn", arranged(half.T.reshape(-1).copy())
        yield (
            "deals the lanes' states out to two halves",
            arranged(numbers.reshape(-1, 2).T.reshape(-1).copy()),
        )


def _displaced(reader: Reader) -> Iterator[tuple[str, Change]]:
    for off in sorted((n for n in range(-FARTHEST, FARTHEST + 1) if n), key=abs):
        where = "before" if off < 0 else "behind"
        many = "bytes" if abs(off) > 1 else "byte"
        yield (
            f"reads the state {abs(off)} {many} {where} its place; the words it takes from where they should be",
            _elsewhere(reader, _moved(off)),
        )


def _moved(off: int) -> Callable[[Reading], int]:
    return lambda right: _states_at(right) + off
