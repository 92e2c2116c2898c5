"""How far one press of a button goes: to the next symbol, renormalisation, row of the tile, or turn of the lanes.

Units are the same for both coders. What the encoder does first of a row, the decoder does last; so a moment of the
one is told as the mirrored moment of the other, and found there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from codec.decoders.base import Tick, no_tick
from codec.interleaving import Interleaving
from codec.stepping.walk import Direction, Test, Walk
from codec.trace import Trace


class Unit(StrEnum):
    """What a press goes over."""

    SYMBOL = "symbol"
    RENORMALISATION = "renormalisation"
    """To before the next step that moves bytes."""
    ROW = "row"
    """To before the coder's first step of another row of the tile, as it is coded, padding included."""
    LANE_GROUP = "lane group"
    """To where every lane has had its turn: before a step of lane 0 for the decoder, behind one for the encoder.
    With one lane, each symbol is one."""


class Renormalises(Test):
    """Holds at steps that move bytes."""

    def holds(self, walk: Walk, trace: Trace) -> NDArray[np.bool_]:
        """As `Test.holds`."""
        moved: NDArray[np.bool_] = trace["bytes_read"] > 0
        return moved


def next_stop(
    walk: Walk, step: int, unit: Unit, *, forward: bool = True, tick: Tick = no_tick
) -> int:
    """Where one press leads from before a step; the walk's end, or its start, where no other unit begins.

    Args:
        walk: by either coder.
        step: 0…steps.
        unit: what to go over.
        forward: whether to go as the coder does.
        tick: as for `Walk.find`.

    Raises:
        Cancelled: `tick` says so.
    """
    walk.require_moment(step)
    if unit is Unit.SYMBOL:
        return min(step + 1, walk.steps) if forward else max(step - 1, 0)
    if unit is Unit.RENORMALISATION:
        return _next_renormalisation(walk, step, forward, tick)
    count = walk.tensor.symbol_count(walk.tile)
    if walk.direction is Direction.ENCODE:
        found = count - _next_edge(walk, unit, count - step, not forward)
    else:
        found = _next_edge(walk, unit, step, forward)
    return min(max(found, 0), walk.steps)


def _next_renormalisation(walk: Walk, step: int, forward: bool, tick: Tick) -> int:
    begin = min(step + 1, walk.steps) if forward else step
    found = walk.find(Renormalises(), begin, forward=forward, tick=tick)
    if found is not None:
        return found
    return walk.steps if forward else 0


def _next_edge(walk: Walk, unit: Unit, moment: int, up: bool) -> int:
    """The next moment of the decoder at which a unit of the walk's coder begins, or where the stream ends."""
    count = walk.tensor.symbol_count(walk.tile)
    if unit is Unit.ROW:
        cols = walk.tensor.coded_shape(walk.tile)[1]
        ends = walk.direction is Direction.ENCODE
        edges: _Edges = _RowEdges(walk.tensor.interleaving, count, cols, ends)
    else:
        edges = _TurnEdges(walk.tensor.interleaving, count)
    # Edges of a block lie behind its first moment, or at it, but not at its last.
    block = (moment if up else moment - 1) // edges.lanes.block
    for number in (block, edges.neighbour(block, up)):
        found = edges.of_block(number)
        found = found[found > moment] if up else found[found < moment]
        if len(found):
            return int(found.min() if up else found.max())
    return count if up else 0


@dataclass(frozen=True)
class _Edges(ABC):
    """Where units begin, in moments of the decoder; all steps of a block of lanes precede those of the next.

    Attributes:
        lanes: how lanes take turns.
        count: symbols of the stream.
    """

    lanes: Interleaving
    count: int

    @abstractmethod
    def of_block(self, block: int) -> NDArray[np.int64]:
        """The moments in a block, in no order."""

    @abstractmethod
    def neighbour(self, block: int, up: bool) -> int:
        """The next block that has some, in one direction; any where none has."""

    def _filled(self, block: int) -> int:
        """Symbols of a block; 0 where it does not exist."""
        left = self.count - block * self.lanes.block
        return min(max(left, 0), self.lanes.block) if block >= 0 else 0

    def _steps_of(self, inside: NDArray[np.int64], block: int) -> NDArray[np.int64]:
        """As `Interleaving.step_of`, of the symbols of a block, counted from its first one."""
        lane, turn = np.divmod(inside, np.int64(self.lanes.run))
        runs, rest = divmod(self._filled(block), self.lanes.run)
        steps: NDArray[np.int64] = runs * turn + np.minimum(rest, turn) + lane
        return steps + np.int64(block * self.lanes.block)


class _TurnEdges(_Edges):
    """Steps of lane 0: each begins a turn of all lanes."""

    def of_block(self, block: int) -> NDArray[np.int64]:
        """As `_Edges.of_block`."""
        turns = np.arange(min(self.lanes.run, self._filled(block)), dtype=np.int64)
        return self._steps_of(turns, block)

    def neighbour(self, block: int, up: bool) -> int:
        """As `_Edges.neighbour`."""
        return block + 1 if up else block - 1


@dataclass(frozen=True)
class _RowEdges(_Edges):
    """The first step of each row of the tile; or, with `ends`, the moment behind its last.

    Attributes:
        cols: symbols of a row.
        ends: which of the two.
    """

    cols: int
    ends: bool

    def of_block(self, block: int) -> NDArray[np.int64]:
        """As `_Edges.of_block`."""
        begin, filled = block * self.lanes.block, self._filled(block)
        if not filled:
            return np.zeros(0, dtype=np.int64)
        rows = np.arange(self._row_from(begin), self._row_from(begin + filled), dtype=np.int64)
        first = rows * np.int64(self.cols) - np.int64(begin)
        last, run = first + np.int64(self.cols - 1), np.int64(self.lanes.run)
        if self.ends:
            # The last turn of a lane is late, wherever in the row it is.
            late = (last + 1) // run * run - 1
            return self._steps_of(np.where(late >= np.maximum(first, 0), late, last), block) + 1
        early = -(-first // run) * run
        in_reach = early <= np.minimum(last, filled - 1)
        return self._steps_of(np.where(in_reach, early, first), block)

    def neighbour(self, block: int, up: bool) -> int:
        """As `_Edges.neighbour`."""
        row = (
            self._row_from((block + 1) * self.lanes.block)
            if up
            else self._row_from(block * self.lanes.block) - 1
        )
        return self._anchor(row) // self.lanes.block

    def _anchor(self, row: int) -> int:
        """The symbol by which a row belongs to a block."""
        return (row + 1) * self.cols - 1 if self.ends else row * self.cols

    def _row_from(self, symbol: int) -> int:
        """The first row whose anchor is a symbol or one behind it."""
        return -(-(symbol + 1) // self.cols) - 1 if self.ends else -(-symbol // self.cols)
