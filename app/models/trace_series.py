"""What the plots of a trace show, as arrays: found once a trace, in the units of the plots.

Of a million steps that takes a tenth of a second, so a worker does it before anybody sees the trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.models.envelope import Blocks, Envelope, Floats, log2_of
from app.models.lane_states import LaneStates, rows_by_lane
from codec.container import Framing, Tensor
from codec.rans import Coder
from codec.trace import Trace

MOST_CURVES = 64
"""Lanes that are drawn at once; more of them could not be told apart."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Series:
    """The series of a trace, or of one lane in it.

    Attributes:
        trace: where they come from.
        coder: the constants of its stream's coder.
        lane: whose steps these are; None for all.
        rows: int64[n], the rows of the trace that these steps are; None for all of them.
        steps: uint32[n], the numbers of the steps, ascending.
        state: log2 of the state before each step.
        bits: bits that each symbol cost; scale_bits + 1 where its frequency is 0.
        consumed: renormalisation words taken before each step, by any lane.
        renormalising: int64, rows of the trace that took words.
        rare: int64, rows of the trace whose symbol has frequency 1.
    """

    trace: Trace
    coder: Coder
    lane: int | None
    rows: Rows | None
    steps: NDArray[np.uint32]
    state: Envelope
    bits: Envelope
    consumed: Envelope
    renormalising: Rows
    rare: Rows

    def __len__(self) -> int:
        return len(self.state)

    @property
    def first(self) -> int:
        """Number of the first step."""
        return int(self.steps[0]) if len(self) else 0

    @property
    def last(self) -> int:
        """Number of the last step."""
        return int(self.steps[-1]) if len(self) else 0

    @property
    def spacing(self) -> float:
        """Steps of the stream from one step of the series to the next, on average."""
        return (self.last - self.first) / (len(self) - 1) if len(self) > 1 else 1.0

    def place_of(self, step: float) -> int:
        """The place of the first step from `step` on; the length of the series behind its end."""
        wanted = min(max(int(np.ceil(step)), 0), np.iinfo(np.uint32).max)
        return int(np.searchsorted(self.steps, np.uint32(wanted)))

    def nearest(self, step: float) -> int:
        """The number of the series' step that is nearest to `step`."""
        after = min(self.place_of(step), len(self) - 1)
        around = self.steps[max(after - 1, 0) : after + 1].astype(np.float64)
        return int(around[np.argmin(np.abs(around - step))])

    def moved(self, step: int, distance: int) -> int:
        """The number of the step so many places behind `step`, or at the end of the series."""
        place = self.place_of(step) + distance
        return int(self.steps[min(max(place, 0), len(self) - 1)])

    def centres(self, blocks: Blocks) -> NDArray[np.float64]:
        """float64[n]: the middle of each block of an envelope, in steps."""
        first = blocks.first + np.arange(len(blocks.mean)) * blocks.size
        last = np.minimum(first + blocks.size, len(self)) - 1
        middle: NDArray[np.float64] = (self.steps[first].astype(np.float64) + self.steps[last]) / 2
        return middle

    def taking(self, begin: int, end: int) -> Rows:
        """The rows of the trace that took words, of the steps from `begin` to before `end`."""
        first = self.trace.first_step
        bounds = np.searchsorted(self.renormalising, [begin - first, end - first])
        found: Rows = self.renormalising[bounds[0] : bounds[1]]
        return found

    def reduced(self, rows: Rows) -> Floats:
        """float32[n]: log2 of the states of some rows once the symbol is taken off.

        That is before words come in: freq * (state >> scale_bits) + slot - start.
        """
        freq, state, slot, start = (
            self.trace[name][rows].astype(np.int64)
            for name in ("freq", "state_before", "slot", "start")
        )
        return log2_of(freq * (state >> np.int64(self.coder.scale_bits)) + slot - start)

    @cached_property
    def lanes(self) -> dict[int, Rows]:
        """The rows of the trace by their lane."""
        return rows_by_lane(self.trace["lane"])

    @cached_property
    def drawn_lanes(self) -> list[int]:
        """The lanes that are drawn over one another: all, or some of them, evenly spread."""
        lanes = sorted(self.lanes)
        return lanes[:: max(1, -(-len(lanes) // MOST_CURVES))]

    @cached_property
    def lane_states(self) -> LaneStates:
        """The states of the lanes that are drawn."""
        return self.states_of(self.drawn_lanes)

    def states_of(self, lanes: Sequence[int]) -> LaneStates:
        """The states of some lanes, each of which has at least one step here."""
        return LaneStates(self.state.values, {lane: self.lanes[lane] for lane in lanes})

    def prepare(self) -> None:
        """Finds what the first picture of several lanes needs."""
        if len(self.lanes) > 1:
            _ = self.lane_states

    def of_lane(self, lane: int) -> Series:
        """The same of one lane alone; it has at least one step here."""
        rows = self.lanes[lane]

        def chosen(of: Rows) -> Rows:
            found: Rows = of[self.trace["lane"][of] == lane]
            return found

        return Series(
            self.trace,
            self.coder,
            lane,
            rows,
            self.trace["step"][rows],
            Envelope(self.state.values[rows]),
            Envelope(self.bits.values[rows]),
            Envelope(self.consumed.values[rows]),
            chosen(self.renormalising),
            chosen(self.rare),
        )


def first_unread(tensor: Tensor, tile: int) -> int:
    """The file offset of the first byte that the decoder of a tile's stream takes."""
    offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
    if tensor.framing is Framing.LEADING_STATES:
        return offset + tensor.frame_bytes
    return offset + size - 5


def series_of(trace: Trace, coder: Coder, unread: int) -> Series:
    """The series of a trace.

    Args:
        trace: of one stream.
        coder: its constants.
        unread: file offset of the first byte that the stream's decoder takes.
    """
    freq = trace["freq"]
    bits = np.float32(coder.scale_bits) - log2_of(freq)
    bits[freq == 0] = coder.scale_bits + 1
    consumed = trace["position"].view(np.int64) - np.int64(unread)
    if not trace.forward:
        consumed = -consumed
    return Series(
        trace,
        coder,
        None,
        None,
        trace["step"],
        Envelope(log2_of(trace["state_before"])),
        Envelope(bits),
        Envelope(consumed // coder.word_bytes),
        np.flatnonzero(trace["bytes_read"]),
        np.flatnonzero(freq == 1),
    )
