"""What the names in a condition mean: the columns of a trace, and what follows from them and the walk.

Only what a condition names is computed, once a window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.conditions.tile_values import values_of
from codec.errors import InputError
from codec.stepping.walk import Direction, Walk
from codec.trace import STEP_COLUMNS, Trace

Value = NDArray[Any]
"""int64 or bool, of one value a step, or of one value alone."""


class Columns(Mapping[str, Value]):
    """The columns of a window of steps, computed as they are asked for.

    Attributes:
        trace: the window.
    """

    def __init__(self, trace: Trace, walk: Walk | None = None) -> None:
        self.trace = trace
        self._walk = walk
        self._known: dict[str, Value] = {}

    @property
    def walk(self) -> Walk:
        """Whose steps these are.

        Raises:
            InputError: they are of a capture, which does not hold the file.
        """
        if self._walk is None:
            stored = ", ".join((*STEP_COLUMNS, "state", "renormalised"))
            raise InputError(f"of a trace without its file a condition can name {stored} alone")
        return self._walk

    def __getitem__(self, name: str) -> Value:
        """The column of that name.

        Raises:
            InputError: it follows from the file, and there is none.
        """
        if name not in self._known:
            self._known[name] = COLUMNS[name].of(self)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


@dataclass(frozen=True)
class Column:
    """What a name stands for.

    Attributes:
        meaning: in one line, for a person.
        of: computes it, for a window of steps.
    """

    meaning: str
    of: Callable[[Columns], Value]


def _recorded(name: str) -> Callable[[Columns], Value]:
    return lambda columns: columns.trace[name].astype(np.int64)


def _one(value: int) -> Value:
    return np.asarray(value, dtype=np.int64)


def _coded_cols(columns: Columns) -> int:
    return max(columns.walk.tensor.coded_shape(columns.walk.tile)[1], 1)


def _tile_row(columns: Columns) -> Value:
    return np.floor_divide(columns["symbol_index"], _coded_cols(columns))


def _tile_col(columns: Columns) -> Value:
    before: Value = columns["tile_row"] * _coded_cols(columns)
    return np.subtract(columns["symbol_index"], before, dtype=np.int64)


def _row(columns: Columns) -> Value:
    return np.add(columns["tile_row"], columns.walk.tensor.rectangle(columns.walk.tile).row)


def _col(columns: Columns) -> Value:
    return np.add(columns["tile_col"], columns.walk.tensor.rectangle(columns.walk.tile).col)


def _padding(columns: Columns) -> Value:
    place = columns.walk.tensor.rectangle(columns.walk.tile)
    below: Value = columns["tile_row"] >= place.rows
    return np.logical_or(below, columns["tile_col"] >= place.cols)


def _weight(columns: Columns) -> Value:
    values = values_of(columns.walk)
    return values.take(columns["symbol_index"], mode="clip").astype(np.int64)


def _renormalised(columns: Columns) -> Value:
    moved: Value = columns.trace["bytes_read"] != 0
    return moved


def _word(columns: Columns) -> Value:
    return _filled(*_nth_word(columns, 0))


def _byte(number: int) -> Callable[[Columns], Value]:
    """The bytes of one word of 16 bits, or of two words of 8."""

    def byte(columns: Columns) -> Value:
        if columns.walk.tensor.coder.word_bytes == 1:
            return _filled(*_nth_word(columns, number))
        moved, words = _nth_word(columns, 0)
        return _filled(moved, words >> np.uint32(8 * number) & np.uint32(0xFF))

    return byte


def _nth_word(columns: Columns, number: int) -> tuple[Value, Value]:
    """Which steps move more than `number` renormalisation words, and, as uint32, that word of each.

    It is read off the state that the words were shifted into, or are shifted out of, so that no byte of the file
    is needed, and a word is what the coder really used. For all steps at once, whatever comes out at those that move
    less: picking the others takes several times as long.
    """
    coder, moved = columns.walk.tensor.coder, columns.trace["bytes_read"]
    if columns.walk.direction is Direction.ENCODE:
        state = columns.trace["state_before"] >> np.uint32(coder.word_bits * number)
    else:
        words = moved.astype(np.uint32) // np.uint32(coder.word_bytes)
        behind = words - np.uint32(1 + number)
        # Shifted by as many bits as there are, or more, nothing is left.
        state = columns.trace["state_after"] >> np.uint32(coder.word_bits) * behind
    last = np.uint32((1 << coder.word_bits) - 1)
    return moved > number * coder.word_bytes, state & last


def _filled(moved: Value, values: Value) -> Value:
    """`values` at the steps that moved one, and -1 elsewhere."""
    filled = values.astype(np.int64)
    np.putmask(filled, np.logical_not(moved), -1)
    return filled


def _block(columns: Columns) -> Value:
    return np.floor_divide(columns["symbol_index"], columns.walk.tensor.interleaving.block)


def _turn(columns: Columns) -> Value:
    return np.remainder(columns["symbol_index"], columns.walk.tensor.interleaving.run)


def _left(columns: Columns) -> Value:
    return columns.walk.tensor.symbol_count(columns.walk.tile) - 1 - columns["step"]


_RECORDED = {
    "tile": "the tile's number",
    "stream": "the stream's number within the tile",
    "step": "the step's number within the stream, from 0",
    "lane": "whose state the step is taken with",
    "symbol_index": "the symbol's place in the tile, row by row",
    "state_before": "the state that the step begins with",
    "slot": "the slot that the symbol is found by: the decoder's state modulo M",
    "symbol": "the symbol, 0 to 255",
    "freq": "the symbol's frequency: how many slots it owns",
    "start": "the symbol's first slot",
    "state_after": "the state that the step ends with, renormalisation included",
    "position": "file offset of the next byte to take in, or of the first one moved out",
    "bytes_read": "renormalisation bytes that the step takes in, or moves out",
}

COLUMNS: dict[str, Column] = {
    **{name: Column(meaning, _recorded(name)) for name, meaning in _RECORDED.items()},
    "state": Column("state_before, in short", lambda columns: columns["state_before"]),
    "row": Column("row of the weight in the matrix", _row),
    "col": Column("column of the weight in the matrix", _col),
    "tile_row": Column("row of the symbol in its tile", _tile_row),
    "tile_col": Column("column of the symbol in its tile", _tile_col),
    "padding": Column("1 where the symbol lies beyond the matrix's edge, else 0", _padding),
    "weight": Column("the weight that the symbol gives, -128 to 127", _weight),
    "renormalised": Column("1 where the step takes in or moves out bytes, else 0", _renormalised),
    "byte0": Column("the first byte that the step takes in or moves out, -1 without", _byte(0)),
    "byte1": Column("the second byte that the step takes in or moves out, -1 without", _byte(1)),
    "word": Column("the first renormalisation word of the step, -1 without", _word),
    "block": Column("how often all lanes have come round before the symbol", _block),
    "turn": Column("which of the symbols that its lane has side by side", _turn),
    "left": Column("symbols that are still to come behind the step", _left),
    "L": Column(
        "the coder's least state", lambda columns: _one(columns.walk.tensor.coder.lower_bound)
    ),
    "M": Column("slots of the table", lambda columns: _one(columns.walk.tensor.table.total)),
}
"""What a condition can name."""
