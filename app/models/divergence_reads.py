"""What both sides read of every tile, held against each other as columns: 65,536 tiles without a loop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.models.divergence_marks import both
from app.models.divergence_pairs import LEFT, RIGHT, SIDE_NAMES
from codec.comparison.comparison import Comparison
from codec.decoders.streams import Status

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Description:
    """A column: its title, what it holds, and its field of `TILE_READ`; "" where it is none."""

    title: str
    meaning: str
    field: str = ""


class Column(Enum):
    """What is known of a tile."""

    TILE = Description("Tile", "Number of the tile: its place in the index, from 0.")
    WEIGHTS = Description("Weights", "Weights of the tile that differ.")
    VARIES = Description(
        "Varies", "The sides that gave something else for the tile when they were run again."
    )
    STATUS = Description("Status", "How decoding the stream ended.", "status")
    OFFSET = Description("Offset", "Where the side says that the stream begins.", "offset")
    SIZE = Description("Size", "Bytes of the stream.", "size")
    SYMBOLS = Description("Symbols", "Symbols that the stream says it holds.", "symbol_count")
    INITIAL = Description("Initial state", "State of the first symbol.", "initial_state")
    FINAL = Description("Final state", "State behind the last symbol decoded.", "final_state")
    LEFT_OVER = Description("Bytes left", "Renormalisation bytes not used.", "bytes_left")
    DECODED = Description("Decoded", "Symbols that were decoded.", "decoded")
    FIRST_SYMBOLS = Description(
        "First symbols", "The first symbols of the tile's first row.", "first_symbols"
    )
    FIRST_WEIGHTS = Description(
        "First weights", "The first weights of the tile's first row.", "first_weights"
    )

    @property
    def field(self) -> str:
        """Its field of `TILE_READ`; "" where it is none."""
        return self.value.field

    @property
    def title(self) -> str:
        """At the head of the column."""
        return self.value.title


COLUMNS = tuple(Column)
READ = tuple(column for column in Column if column.field)
"""Columns that a side tells of."""

LISTS = (Column.FIRST_SYMBOLS, Column.FIRST_WEIGHTS)
"""Columns of several values."""


class TileReads:
    """Both sides' reads of the tiles of one tensor.

    Attributes:
        count: tiles listed.
        reads: TILE_READ[at least count] for each side; None where it has not told.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.reads = (comparison.left.reads, comparison.right.reads)
        self._weights = comparison.tile_differing
        self._varying = (comparison.left.varying, comparison.right.varying)
        told = [len(reads) for reads in self.reads if reads is not None]
        self.count = min([len(self._weights), *told])

    @property
    def told(self) -> tuple[bool, bool]:
        """Which sides have told what they read."""
        return self.reads[LEFT] is not None, self.reads[RIGHT] is not None

    @property
    def run_again(self) -> bool:
        """Whether a side was run more than once, so that it is known which tiles vary."""
        return any(varying is not None for varying in self._varying)

    @cached_property
    def _differing(self) -> dict[Column, Mask]:
        """bool[count] of each column: where the sides differ; nowhere, where one has not told."""
        left, right = self.reads
        apart = {column: np.zeros(self.count, dtype=np.bool_) for column in COLUMNS}
        apart[Column.WEIGHTS] = self._weights[: self.count] > 0
        apart[Column.VARIES] = self.key(Column.VARIES) > 0
        if left is not None and right is not None:
            for column in READ:
                unlike = left[column.field][: self.count] != right[column.field][: self.count]
                apart[column] = unlike.any(axis=1) if unlike.ndim > 1 else unlike
        return apart

    def differs(self, column: Column, tile: int) -> bool:
        """Whether the sides differ in a column of a tile."""
        return bool(self._differing[column][tile])

    @cached_property
    def differing(self) -> NDArray[np.int64]:
        """The tiles that differ in any column."""
        return np.flatnonzero(np.logical_or.reduce(list(self._differing.values())))

    def counts(self) -> dict[Column, int]:
        """In how many tiles the sides differ, for each column in which they do."""
        found = {column: int(np.count_nonzero(mask)) for column, mask in self._differing.items()}
        return {column: count for column, count in found.items() if count}

    def key(self, column: Column) -> NDArray[np.float64]:
        """float64[count]: what tiles are sorted by in a column; the left side's values, if it told."""
        if column is Column.TILE:
            return np.arange(self.count, dtype=np.float64)
        if column is Column.WEIGHTS:
            return self._weights[: self.count].astype(np.float64)
        if column is Column.VARIES:
            return self._sides_varying()
        reads = self.reads[LEFT] if self.reads[LEFT] is not None else self.reads[RIGHT]
        if reads is None:
            return np.zeros(self.count)
        values = reads[column.field][: self.count]
        return (values[:, 0] if column in LISTS else values).astype(np.float64)

    def _sides_varying(self) -> NDArray[np.float64]:
        """float64[count]: 1 where the left side varies, 2 where the right one does, 3 where both do."""
        found = np.zeros(self.count)
        for side, varying in enumerate(self._varying):
            if varying is not None:
                found[: len(varying)] += (1 << side) * varying[: self.count]
        return found

    def side_text(self, column: Column, tile: int, side: int) -> str | None:
        """What a side has in a column; None where it has not told."""
        reads = self.reads[side]
        return None if reads is None else _text(column, reads[column.field][tile])

    def text(self, column: Column, tile: int) -> str:
        """A cell: one value where the sides agree or only one has told, else both."""
        if column is Column.TILE:
            return f"{tile:,}"
        if column is Column.WEIGHTS:
            return f"{int(self._weights[tile]):,}"
        if column is Column.VARIES:
            return ("", *SIDE_NAMES, "both")[int(self.key(column)[tile])]
        texts = [self.side_text(column, tile, side) for side in (LEFT, RIGHT)]
        known = [text for text in texts if text is not None]
        return known[0] if len(known) == 1 else both(*texts)

    def tip(self, column: Column, tile: int) -> str:
        """A cell in words."""
        if not column.field or not self.differs(column, tile):
            return str(column.value.meaning)
        texts = [self.side_text(column, tile, side) for side in (LEFT, RIGHT)]
        told = ", ".join(f"{name} {text}" for name, text in zip(SIDE_NAMES, texts, strict=True))
        return f"{column.value.meaning}\nTile {tile:,}: {told}."


def _text(column: Column, value: Any) -> str:
    """A value as a person reads it."""
    if column in LISTS:
        return " ".join(str(int(each)) for each in value)
    if column is not Column.STATUS:
        return f"{int(value):,}"
    known = int(value) in Status.__members__.values()
    return Status(int(value)).word if known else f"status {int(value)}"
