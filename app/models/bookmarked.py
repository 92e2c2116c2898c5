"""Where the bookmarks of a file are, as arrays: what is in sight is marked without going through all of them.

One `Bookmarked` serves all views until the bookmarks, or the bytes of the file, are others. Places that the file
does not have are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.debug_place import Course, DebugPlace, symbol_of_step
from app.session.bookmark import Bookmark, Place
from codec.container import Container, Tensor
from codec.stepping.walk import Direction
from codec.trace import Trace

Places = NDArray[np.int64]

_NONE: Places = np.zeros(0, dtype=np.int64)

NO_SYMBOL = -1
"""Stands for a bookmark of a whole tile, or of the end of its stream."""


class ByteMarks:
    """Marked stretches of bytes; one without bytes marks a place between two."""

    def __init__(self, begins: Places, sizes: Places, numbers: Places) -> None:
        """Sorts them.

        Args:
            begins: int64[n], offsets.
            sizes: int64[n], bytes of each.
            numbers: int64[n], of the bookmarks.
        """
        order = np.argsort(begins, kind="stable")
        self._begins, self._numbers = begins[order], numbers[order]
        self._ends = self._begins + np.maximum(sizes[order], 1)
        filled = sizes[order] > 0
        self._covers = _joined(self._begins[filled], self._ends[filled])

    def __len__(self) -> int:
        return len(self._begins)

    def begins(self, begin: int, end: int) -> Places:
        """int64[k]: the offsets in [begin, end) at which a stretch begins, ascending, each once."""
        first, last = np.searchsorted(self._begins, [begin, end])
        return np.unique(self._begins[first:last])

    def covered(self, begin: int, end: int) -> NDArray[np.bool_]:
        """bool[end - begin]: whether each byte is in a stretch."""
        starts, ends = self._covers
        offsets = np.arange(begin, max(begin, end), dtype=np.int64)
        if not len(starts):
            return np.zeros(len(offsets), dtype=np.bool_)
        before = np.searchsorted(starts, offsets, side="right") - 1
        return (before >= 0) & (offsets < ends[before])

    def at(self, offset: int) -> Places:
        """int64[k]: the bookmarks whose stretch a byte is in, or without bytes stands before it."""
        return self._numbers[(self._begins <= offset) & (offset < self._ends)]


def _joined(begins: Places, ends: Places) -> tuple[Places, Places]:
    """Stretches [begin, end), sorted by their beginnings, as those that do not overlap."""
    if not len(begins):
        return begins, ends
    reach = np.maximum.accumulate(ends)
    apart = np.append(True, begins[1:] > reach[:-1])
    return begins[apart], reach[np.append(np.flatnonzero(apart)[1:] - 1, len(reach) - 1)]


class TileMarks:
    """The bookmarks in the tiles of one tensor.

    Attributes:
        tile: int64[n], ascending.
        symbol: int64[n], the one in that tile; `NO_SYMBOL` where the whole tile is meant.
        number: int64[n], of the bookmarks.
    """

    def __init__(self, tensor: Tensor, rows: Iterable[tuple[int, int, int]]) -> None:
        """Takes those of `rows`, (tile, symbol, number), that the tensor has."""
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
        table = table[table[:, 0] < len(tensor.tiles)]
        height, width = _coded_shapes(tensor, table[:, 0])
        table = table[table[:, 1] < height * width]
        table = table[np.argsort(table[:, 0], kind="stable")]
        self._tensor = tensor
        self.tile, self.symbol, self.number = table.T

    def within(self, tile: int) -> slice:
        """Where in the arrays the bookmarks of a tile, and of what is in it, stand."""
        first, last = np.searchsorted(self.tile, [tile, tile + 1])
        return slice(int(first), int(last))

    def symbols_of(self, tile: int) -> tuple[Places, Places]:
        """int64[k] twice: the bookmarked symbols of a tile, and the numbers of their bookmarks."""
        here = self.within(tile)
        known = self.symbol[here] != NO_SYMBOL
        return self.symbol[here][known], self.number[here][known]

    @cached_property
    def weights(self) -> tuple[Places, Places]:
        """int64[k, 2] and int64[k]: row and column of each bookmarked weight, and its bookmark's number."""
        known = self.symbol != NO_SYMBOL
        tile, symbol, number = self.tile[known], self.symbol[known], self.number[known]
        tensor = self._tensor
        _, width = _coded_shapes(tensor, tile)
        inside = np.stack(np.divmod(symbol, np.maximum(width, 1)), axis=1)
        places = np.stack(_corners(tensor, tile), axis=1) + inside
        real = (places < (tensor.rows, tensor.cols)).all(axis=1)
        return places[real], number[real]


def _corners(tensor: Tensor, tiles: Places) -> tuple[Places, Places]:
    """Row and column of the first weight of many tiles; behind the matrix where it has no such place."""
    row, col = (tensor.tiles[name][tiles].astype(np.int64) for name in ("row", "col"))
    # Indexes may name any place; so far outside that it wraps round, it would seem to be inside.
    down, across = (-(-tensor.rows // tensor.tile_rows), -(-tensor.cols // tensor.tile_cols))
    return np.minimum(row, down) * tensor.tile_rows, np.minimum(col, across) * tensor.tile_cols


def _coded_shapes(tensor: Tensor, tiles: Places) -> tuple[Places, Places]:
    """As `Tensor.coded_shape`, of many tiles."""
    if tensor.padded:
        return (
            np.full(len(tiles), tensor.tile_rows, dtype=np.int64),
            np.full(len(tiles), tensor.tile_cols, dtype=np.int64),
        )
    row, col = _corners(tensor, tiles)
    rows = np.clip(tensor.rows - row, 0, tensor.tile_rows)
    cols = np.clip(tensor.cols - col, 0, tensor.tile_cols)
    return rows, cols


class Bookmarked:
    """All marked places of a file."""

    def __init__(self, bookmarks: tuple[Bookmark, ...], container: Container) -> None:
        self.bookmarks = bookmarks
        self._container = container
        self._spans: list[tuple[int, int, int]] = []
        self._rows: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self._in_tiles: dict[int, TileMarks] = {}
        self._of_bytes: dict[int, tuple[Places, Places]] = {}
        for number, each in enumerate(bookmarks):
            self._take(number, each.place)

    def _take(self, number: int, place: Place) -> None:
        if isinstance(place, DebugPlace):
            tile, symbol = place.course.tile, self._symbol_of(place)
            self._rows[place.course.tensor].append((tile, symbol, number))
        elif place.span is not None:
            offset, size = place.span
            if offset < (end := self._container.source.size):
                self._spans.append((offset, min(size, end - offset), number))
        elif place.tile is not None:
            symbol = NO_SYMBOL if place.symbol is None else place.symbol
            self._rows[place.tensor].append((place.tile, symbol, number))

    def _symbol_of(self, place: DebugPlace) -> int:
        """The symbol of the step that comes next; `NO_SYMBOL` at the end, or where there is no such tile."""
        course, tensors = place.course, self._container.tensors
        if course.tensor >= len(tensors) or course.tile >= len(tensors[course.tensor].tiles):
            return NO_SYMBOL
        tensor = tensors[course.tensor]
        inside = place.step < tensor.symbol_count(course.tile)
        return symbol_of_step(tensor, course, place.step) if inside else NO_SYMBOL

    def in_tiles(self, tensor: int) -> TileMarks:
        """The bookmarks of the tiles, weights and steps of a tensor that the file has."""
        if tensor not in self._in_tiles:
            rows = self._rows.get(tensor, ())
            self._in_tiles[tensor] = TileMarks(self._container.tensors[tensor], rows)
        return self._in_tiles[tensor]

    # In the hex view

    @cached_property
    def bytes(self) -> ByteMarks:
        """The bookmarks of bytes, and those of tiles: without bytes, where their streams begin."""
        found = [np.array(self._spans, dtype=np.int64).reshape(-1, 3)]
        known = (tensor for tensor in range(len(self._container.tensors)) if tensor in self._rows)
        found += [self._stream_beginnings(tensor) for tensor in known]
        return ByteMarks(*np.concatenate(found).T)

    def _stream_beginnings(self, tensor: int) -> Places:
        """int64[k, 3]: (offset, 0, number) of the bookmarks of whole tiles."""
        marks, tiles = self.in_tiles(tensor), self._container.tensors[tensor].tiles
        whole = (marks.symbol == NO_SYMBOL) & tiles["readable"][marks.tile].astype(np.bool_)
        offset = tiles["offset"][marks.tile[whole]].astype(np.int64)
        return np.stack([offset, np.zeros_like(offset), marks.number[whole]], axis=1)

    def of_trace(self, trace: Trace, tensor: int) -> ByteMarks:
        """The bookmarked weights and steps of the stream of a trace, by the bytes that their steps took."""
        if tensor not in self._rows or not trace.streams or not len(trace):
            return ByteMarks(_NONE, _NONE, _NONE)
        tile = trace.streams[0].tile
        symbols, numbers = self.in_tiles(tensor).symbols_of(tile)
        shape = self._container.tensors[tensor]
        steps = shape.interleaving.steps_of(symbols, shape.symbol_count(tile))
        rows = steps - trace.first_step
        traced = (rows >= 0) & (rows < len(trace))
        rows, numbers, symbols = rows[traced], numbers[traced], symbols[traced]
        here = trace["symbol_index"][rows] == symbols
        rows, numbers = rows[here], numbers[here]
        sizes = trace["bytes_read"][rows].astype(np.int64)
        begins = trace["position"][rows].astype(np.int64)
        if not trace.forward:
            begins -= np.maximum(sizes, 1) - 1
        return ByteMarks(begins, sizes, numbers)

    # In the map of tiles

    def tiles(self, tensor: int) -> Places:
        """int64[k]: the tiles that are bookmarked, or in which something is, ascending, each once."""
        return np.unique(np.append(self.in_tiles(tensor).tile, self._tiles_of_bytes(tensor)[0]))

    def of_tile(self, tensor: int, tile: int) -> list[int]:
        """Numbers of the bookmarks of a tile and of what is in it."""
        marks, (tiles, numbers) = self.in_tiles(tensor), self._tiles_of_bytes(tensor)
        found = [*marks.number[marks.within(tile)].tolist(), *numbers[tiles == tile].tolist()]
        return sorted(found)

    def _tiles_of_bytes(self, tensor: int) -> tuple[Places, Places]:
        """int64[k] twice: the tile whose stream bookmarked bytes begin in, and their bookmark's number."""
        if tensor not in self._of_bytes:
            self._of_bytes[tensor] = self._find_tiles_of_bytes(tensor)
        return self._of_bytes[tensor]

    def _find_tiles_of_bytes(self, tensor: int) -> tuple[Places, Places]:
        spans = np.array(self._spans, dtype=np.int64).reshape(-1, 3)
        tiles = self._container.tensors[tensor].tiles
        readable = np.flatnonzero(tiles["readable"])
        if not len(spans) or not len(readable):
            return spans[:0, 0], spans[:0, 2]
        begins = tiles["offset"][readable].astype(np.int64)
        order = np.argsort(begins, kind="stable")
        before = np.searchsorted(begins[order], spans[:, 0], side="right") - 1
        stream = readable[order[np.maximum(before, 0)]]
        ends = (tiles["offset"][stream] + tiles["size"][stream]).astype(np.int64)
        inside = (before >= 0) & (spans[:, 0] < ends)
        return stream[inside], spans[inside, 2]

    # In the picture of the weights, and on the debugger's timeline

    def at_weights(self, tensor: int, rows: range, cols: range) -> Places:
        """int64[k]: numbers of the bookmarks of the weights in some rows and columns."""
        places, numbers = self.in_tiles(tensor).weights
        first, behind = (rows.start, cols.start), (rows.stop, cols.stop)
        return numbers[((places >= first) & (places < behind)).all(axis=1)]

    def steps(self, course: Course) -> tuple[Places, Places]:
        """int64[k] twice: the steps of a course whose symbol is bookmarked, and the bookmarks' numbers."""
        tensor = self._container.tensors[course.tensor]
        symbols, numbers = self.in_tiles(course.tensor).symbols_of(course.tile)
        count = tensor.symbol_count(course.tile)
        steps = tensor.interleaving.steps_of(symbols, count)
        return (steps if course.direction is Direction.DECODE else count - 1 - steps), numbers
