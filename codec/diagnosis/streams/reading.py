"""One tile's stream as a front end takes it, right or wrong, and what it makes of it.

A mistake is a `Reading` with something replaced; `Reader` makes the right one of any tile, and plays any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, StreamFrame, Tensor
from codec.diagnosis.streams.slip_trials import try_slips
from codec.diagnosis.streams.slot_tables import SlotTable, right_table
from codec.diagnosis.streams.stepping import (
    AT,
    CURSOR,
    FIRST,
    LEFT_BOUNDS,
    MISSED,
    MOST_WORDS,
    NO_SLIP,
    TESTED,
    WORDS,
    Bounds,
    Job,
    Layout,
    Outside,
    Rules,
    Slip,
    Sought,
    advance,
)
from codec.errors import SourceError
from codec.fast.compile import sealed
from codec.prediction import BIAS

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

WORD_32 = np.uint64(0xFFFFFFFF)

BEYOND = 64
"""Bytes outside of the file that a state may be read from."""

KEPT = 4096
"""Right readings that are kept."""

MARGIN = 1 << 16
"""Bytes read before and behind a stream, for decoders that leave it."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What a front end takes for one tile's stream. Offsets are of the file, and may lie outside of it.

    Attributes:
        begin, end: the bytes that may be taken as words.
        at: the next byte to be taken; where words are taken backwards, the one behind it.
        forward: whether they are taken towards the end of the file.
        states: u64[lanes], from which decoding starts.
        table: the table in use.
        rules: how a step is taken.
        slip: what goes wrong at a step.
        outside: what becomes of it when words run out.
    """

    begin: int
    end: int
    at: int
    forward: bool
    states: NDArray[np.uint64]
    table: SlotTable
    rules: Rules
    slip: Slip = NO_SLIP
    outside: Outside = Outside.STOP


@dataclass(frozen=True, eq=False)
class Decoded:
    """What came of a reading.

    Attributes:
        symbols: u8[n], by their place in the tile; 0 where no step was taken.
        steps: steps taken.
        ran_out: whether its words ran out.
        inside: steps taken when they did; all where they did not.
        tested, missed: symbols that counted, and how many of them were not those sought.
        words: words taken.
        at: as in `Reading`, after the last step.
        states: u64[lanes], after the last step.
    """

    symbols: Bytes
    steps: int
    ran_out: bool
    inside: int
    tested: int
    missed: int
    words: int
    at: int
    states: NDArray[np.uint64]


class Reader:
    """Makes and plays the readings of one tensor's streams."""

    def __init__(self, container: Container, tensor: Tensor) -> None:
        self.container, self.tensor = container, tensor
        self._window: tuple[int, Bytes] = (0, np.zeros(0, dtype=np.uint8))
        self._layouts: dict[int, Layout] = {}
        self._right: dict[int, Reading | None] = {}

    @cached_property
    def table(self) -> SlotTable:
        """The tensor's own table."""
        return right_table(self.tensor.table)

    @cached_property
    def rules(self) -> Rules:
        """The tensor's own coder."""
        coder = self.tensor.coder
        return Rules(
            np.uint64((1 << coder.scale_bits) - 1), np.uint64(coder.scale_bits),
            np.uint64(coder.lower_bound), WORD_32, coder.word_bytes, False, 0, MOST_WORDS, False,
        )  # fmt: skip

    def coded(self, tile: int) -> bool:
        """Whether the tile has a stream, and all of it lies in the file."""
        tensor = self.tensor
        return (
            0 <= tile < len(tensor.tiles)
            and tensor.coding(tile) is Coding.RANS
            and bool(tensor.tiles["readable"][tile])
        )

    def layout(self, tile: int) -> Layout:
        """Which symbol each step of a tile's stream is of."""
        count = self.tensor.symbol_count(tile)
        if count not in self._layouts:
            lanes, run = self.tensor.interleaving
            order = sealed(self.tensor.interleaving.order(count))
            self._layouts[count] = Layout(order, lanes, run)
        return self._layouts[count]

    def place(self, tile: int) -> tuple[int, int] | None:
        """Offset and size of a tile's stream as the index says them; None where there is no such tile."""
        if not 0 <= tile < len(self.tensor.tiles):
            return None
        record = self.tensor.tiles[tile]
        return int(record["offset"]), int(record["size"])

    def right(self, tile: int) -> Reading | None:
        """What a sound decoder takes for a tile's stream; None where it has none."""
        if tile not in self._right:
            if len(self._right) >= KEPT:
                self._right.clear()
            place = self.place(tile) if self.coded(tile) else None
            self._right[tile] = None if place is None else self.at(*place)
        return self._right[tile]

    def at(self, offset: int, size: int) -> Reading | None:
        """The reading of a stream that is taken to lie at `offset`; None where that is outside of the file."""
        lanes = self.tensor.interleaving.lanes
        framing = self.tensor.framing
        frame = StreamFrame(offset, size, 0, (0,) * lanes, framing)
        states = self.words_32(frame.states_begin, lanes)
        if states is None:
            return None
        begin, end = frame.words_begin, frame.words_end
        at = begin if frame.forward else end
        return Reading(begin, end, at, frame.forward, states, self.table, self.rules)

    def raw(self, offset: int, count: int) -> Bytes | None:
        """u8[count]: what the symbols of a raw tile would be whose weights lie at an offset; None outside."""
        try:
            return self.container.source.array(offset, np.dtype(np.uint8), count) + BIAS
        except SourceError:
            return None

    def words_32(self, offset: int, count: int, order: str = "<") -> NDArray[np.uint64] | None:
        """u64[count]: unsigned numbers of 32 bits at an offset of the file.

        Of those that reach out of it, but not far, the bytes outside count as 0; else None.
        """
        end, size = offset + 4 * count, self.container.source.size
        if offset < -BEYOND or end > size + BEYOND:
            return None
        first, last = max(offset, 0), min(max(end, 0), size)
        try:
            data = self.container.source.read(first, last - first) if first < last else b""
        except SourceError:
            return None
        whole = np.zeros(4 * count, dtype=np.uint8)
        whole[first - offset :][: len(data)] = np.frombuffer(data, dtype=np.uint8)
        return whole.view(f"{order}u4").astype(np.uint64)

    def play(
        self,
        reading: Reading,
        tile: int,
        sought: Sought | None = None,
        last: int | None = None,
        start: Decoded | None = None,
    ) -> Decoded:
        """Takes the steps of a tile's stream with a reading.

        Args:
            reading: what is taken for it.
            tile: whose symbols it is to be.
            sought: what they are held against.
            last: how many steps to take; None for all.
            start: where to go on from, instead of from the start.
        """
        job, base = self._job(reading, tile)
        count = len(job.layout.order)
        sought = unsought(count) if sought is None else sought
        states, cursor = _start(reading, base, start)
        symbols = np.zeros(count, dtype=np.uint8)
        steps = count if last is None else min(max(last, 0), count)
        advance(job, steps, sought, states, cursor, symbols)
        return _decoded(symbols, states, cursor, base)

    def slips(
        self, reading: Reading, tile: int, sought: Sought, start: Decoded, last: int, tries: Numbers
    ) -> Numbers:
        """As `slip_trials.try_slips`, from where `start` ended."""
        job, base = self._job(reading, tile)
        states, cursor = _start(reading, base, start)
        return try_slips(job, last, sought, states, cursor, sealed(tries))

    def _job(self, reading: Reading, tile: int) -> tuple[Job, int]:
        """What the kernel takes, and the file offset from which it counts."""
        low, high = min(reading.begin, reading.at), max(reading.end, reading.at)
        base, data = self._around(low, high)
        bounds = Bounds(
            reading.begin - base, reading.end - base, reading.forward, int(reading.outside)
        )
        table, layout = reading.table.lookup, self.layout(tile)
        return Job(data, table, layout, reading.rules, bounds, reading.slip), base

    def _around(self, low: int, high: int) -> tuple[int, Bytes]:
        """File offset and bytes of a part of the file that has those from `low` to `high`, and some around."""
        size = self.container.source.size
        low, high = min(max(low, 0), size), min(max(high, 0), size)
        base, data = self._window
        near, far = max(low - MARGIN, 0), min(high + MARGIN, size)
        if not (base <= near and far <= base + len(data)):
            try:
                read = self.container.source.read(near, max(far - near, 0))
            except SourceError:
                read = b""
            self._window = near, sealed(np.frombuffer(read, dtype=np.uint8))
        return self._window


def unsought(count: int) -> Sought:
    """Looks for nothing."""
    nothing = sealed(np.zeros(count, dtype=np.uint8))
    return Sought(nothing, nothing, 0, 0)


def _start(
    reading: Reading, base: int, start: Decoded | None
) -> tuple[NDArray[np.uint64], Numbers]:
    """The states and the cursor of a kernel's first step."""
    cursor = np.zeros(CURSOR, dtype=np.int64)
    cursor[AT], cursor[LEFT_BOUNDS] = reading.at - base, -1
    if start is None:
        return reading.states.copy(), cursor
    cursor[AT], cursor[FIRST], cursor[WORDS] = start.at - base, start.steps, start.words
    return start.states.copy(), cursor


def _decoded(symbols: Bytes, states: NDArray[np.uint64], cursor: Numbers, base: int) -> Decoded:
    steps, left = int(cursor[FIRST]), int(cursor[LEFT_BOUNDS])
    return Decoded(
        symbols, steps, left >= 0, steps if left < 0 else left + 1, int(cursor[TESTED]), int(cursor[MISSED]),
        int(cursor[WORDS]), int(cursor[AT]) + base, states,
    )  # fmt: skip
