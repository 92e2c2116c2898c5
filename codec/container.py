"""A parsed file: its tensors, a span for every byte, and the problems found.

Every layout is parsed into these classes, so that decoders, checks and views know none of them by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.frequency import FrequencyTable
from codec.interleaving import SINGLE, Interleaving
from codec.problems import Problem
from codec.rans import Coder
from codec.source import Source
from codec.spans import Span


class Prediction(StrEnum):
    """How the weights of a tile were turned into symbols."""

    FLAT_LEFT = "left, over the whole tile as one sequence"
    """symbol = weight - the weight before it in row-major order, rows not restarted (batched)."""
    DIFFERENCED = "left or top, then differenced"
    """A two-dimensional residual, then the difference of each residual to the one before (wcdc)."""
    WITHIN_TILE = "none, left or top, inside the tile"
    """symbol = weight - prediction, from the tile alone: `scalar_prediction` states the rules (native)."""


class Predictor(StrEnum):
    """Which neighbour predicts a weight."""

    LEFT = "left"
    TOP = "top"
    NONE = "none"


PREDICTORS: tuple[Predictor, ...] = (Predictor.LEFT, Predictor.TOP)
"""By their number in the legacy files."""

NATIVE_PREDICTORS: tuple[Predictor, ...] = (Predictor.NONE, Predictor.LEFT, Predictor.TOP)
"""By their number in native files."""


class Coding(IntEnum):
    """How a tile's weights stand in the file, by its number in native files."""

    RANS = 0
    """As a rANS stream."""
    RAW = 1
    """As they are, one byte each, row by row."""
    CONSTANT = 2
    """Not at all: every weight is the one value in the tile's record."""

    @property
    def word(self) -> str:
        """Its name for a person and in JSON."""
        return self.name.lower()


class Framing(StrEnum):
    """Where a stream's states stand, and from which end its words are taken."""

    TRAILING_STATE = "symbol count, words, final state"
    """Words are taken from the end towards the start (both legacy layouts)."""
    LEADING_STATES = "state of each lane, words"
    """Words are taken from the start on (native)."""


TILE = np.dtype(
    [
        ("row", "<u4"),
        ("col", "<u4"),
        ("predictor", "<u1"),
        ("coding", "<u1"),
        ("constant", "<i1"),
        ("checksum", "<u4"),
        ("offset", "<u8"),
        ("size", "<u8"),
        ("present", "<u8"),
        ("readable", "?"),
    ]
)
"""One tile as the file's index describes it: place in the grid, predictor, coding (number of a `Coding`; RANS
in the legacy layouts), its value where all weights are one, checksum of its weights (where `Tensor.checksums`),
byte range of its stream counted from the start of the file, how many of these bytes the file has, and whether
it has them all and they can hold a stream."""


class Origin(NamedTuple):
    """What a tensor was before it was quantised, where the file tells.

    Attributes:
        dtype: of its weights, as safetensors or NumPy call it: "float32", "bfloat16", "int8".
        shape: its shape; the matrix has the last axis as columns and all others as rows.
        quantisation: which weights share a scale: "none", "tensor" or "row".
        scales: (offset, size) of its scales in the file: float32, one, or one a row; size 0 without.
    """

    dtype: str
    shape: tuple[int, ...]
    quantisation: str
    scales: tuple[int, int]


class Rectangle(NamedTuple):
    """Part of a matrix: rows [row, row + rows), columns [col, col + cols)."""

    row: int
    col: int
    rows: int
    cols: int

    @property
    def size(self) -> int:
        """Weights in it."""
        return self.rows * self.cols


@dataclass(frozen=True, eq=False)
class Tensor:
    """One weight matrix of a file.

    Attributes:
        index: its place among the file's tensors.
        name: as in the file; the file's name where the layout has none.
        rows, cols: shape of the matrix.
        tile_rows, tile_cols: shape of a whole tile.
        grid_rows, grid_cols: tiles down and across.
        tiles: TILE[n], in coding order; n may be less than the grid holds where the index was cut.
        table: the frequency table.
        table_span: (offset, size) of the bytes that it stands in.
        coder: the constants of its rANS coder.
        prediction: how weights became symbols.
        padded: whether edge tiles are coded at their full shape, filled up with 0.
        refusal: why none of its weights can be decoded; "" where some can.
        dtype: of the weights that come out.
        interleaving: which lane of a stream codes which symbol.
        framing: where a stream's states stand.
        predictors: by their number in `tiles`.
        checksums: whether `tiles` has a checksum of each tile's weights.
        origin: what it was before; None where the layout does not tell.
        own_bytes: bytes of the file that are its alone; 0 where the layout holds one tensor, and all is its.
    """

    index: int
    name: str
    rows: int
    cols: int
    tile_rows: int
    tile_cols: int
    grid_rows: int
    grid_cols: int
    tiles: NDArray[Any]
    table: FrequencyTable
    table_span: tuple[int, int]
    coder: Coder
    prediction: Prediction
    padded: bool
    refusal: str = ""
    dtype: str = "int8"
    interleaving: Interleaving = SINGLE
    framing: Framing = Framing.TRAILING_STATE
    predictors: tuple[Predictor, ...] = PREDICTORS
    checksums: bool = False
    origin: Origin | None = None
    own_bytes: int = 0

    @property
    def weights(self) -> int:
        """Weights in the matrix."""
        return self.rows * self.cols

    def rectangle(self, tile: int) -> Rectangle:
        """The part of the matrix that the tile fills; empty where the grid has no such place."""
        row = int(self.tiles["row"][tile]) * self.tile_rows
        col = int(self.tiles["col"][tile]) * self.tile_cols
        rows = min(self.tile_rows, max(self.rows - row, 0))
        cols = min(self.tile_cols, max(self.cols - col, 0))
        return Rectangle(row, col, rows, cols)

    def coded_shape(self, tile: int) -> tuple[int, int]:
        """Rows and columns that the tile's stream codes, padding included."""
        if self.padded:
            return self.tile_rows, self.tile_cols
        rectangle = self.rectangle(tile)
        return rectangle.rows, rectangle.cols

    def symbol_count(self, tile: int) -> int:
        """Symbols that the layout puts into the tile's stream."""
        rows, cols = self.coded_shape(tile)
        return rows * cols

    def predictor(self, tile: int) -> Predictor | None:
        """The tile's predictor; None where the file names one that does not exist."""
        number = int(self.tiles["predictor"][tile])
        return self.predictors[number] if number < len(self.predictors) else None

    def coding(self, tile: int) -> Coding | None:
        """How the tile is coded; None where the file names a way that does not exist."""
        number = int(self.tiles["coding"][tile])
        return Coding(number) if number < len(Coding) else None

    @property
    def frame_bytes(self) -> int:
        """Bytes of a rANS stream beside its words."""
        return 8 if self.framing is Framing.TRAILING_STATE else 4 * self.interleaving.lanes

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The grid places that tiles name, sorted, and the tile at each."""
        row, col = self.tiles["row"].astype(np.int64), self.tiles["col"].astype(np.int64)
        inside = np.flatnonzero((row < self.grid_rows) & (col < self.grid_cols))
        places = row[inside] * self.grid_cols + col[inside]
        order = np.argsort(places, kind="stable")
        return places[order], inside[order]

    def tile_at(self, row: int, col: int) -> int | None:
        """The tile that holds the weight at (row, col); None where the file has none for it."""
        if not (0 <= row < self.rows and 0 <= col < self.cols):
            return None
        place = row // self.tile_rows * self.grid_cols + col // self.tile_cols
        places, tiles = self._places
        found = int(np.searchsorted(places, place))
        return int(tiles[found]) if found < len(places) and places[found] == place else None

    def symbol_at(self, tile: int, row: int, col: int) -> int:
        """The place within its tile of the symbol that codes the weight at (row, col)."""
        rectangle = self.rectangle(tile)
        return (row - rectangle.row) * self.coded_shape(tile)[1] + col - rectangle.col

    def weight_of(self, tile: int, symbol_index: int) -> tuple[int, int] | None:
        """Row and column of the weight that a symbol codes; None where it is padding."""
        rectangle = self.rectangle(tile)
        row, col = divmod(symbol_index, max(self.coded_shape(tile)[1], 1))
        if row >= rectangle.rows or col >= rectangle.cols:
            return None
        return rectangle.row + row, rectangle.col + col


@dataclass(frozen=True)
class StreamFrame:
    """What stands around the words of a tile's stream.

    Attributes:
        offset, size: byte range of the stream.
        symbol_count: as stored; the tile's own where the layout stores none.
        states: the encoder's last state of each lane, from which decoding starts; none where the tile is
            not coded by rANS, whose bytes, if any, then count as words.
        framing: where they stand.
    """

    offset: int
    size: int
    symbol_count: int
    states: tuple[int, ...]
    framing: Framing = Framing.TRAILING_STATE

    @property
    def state(self) -> int:
        """The state that the first symbol is decoded from."""
        return self.states[0] if self.states else 0

    @property
    def forward(self) -> bool:
        """Whether words are taken from the start on."""
        return self.framing is Framing.LEADING_STATES

    @property
    def states_begin(self) -> int:
        """Offset of the first lane's state."""
        return self.offset if self.forward else self.offset + self.size - 4

    @property
    def words_begin(self) -> int:
        """Offset of the first renormalisation byte."""
        return self.offset + (4 * len(self.states) if self.forward else 4)

    @property
    def words_end(self) -> int:
        """Offset behind the last renormalisation byte."""
        return self.offset + self.size - (0 if self.forward else 4)


@dataclass(frozen=True, eq=False)
class Container:
    """A parsed file.

    Attributes:
        source: its bytes.
        format: name of its layout.
        tensors: the matrices in it; none where the file was cut before the first.
        root: the span of the whole file; its leaves cover every byte.
        problems: what parsing found; the checks that read streams add to it elsewhere.
        blank: int64[n, 2], (offset, size) of the bytes that the layout wants to be 0; none where it says nothing.
    """

    source: Source
    format: str
    tensors: tuple[Tensor, ...]
    root: Span
    problems: tuple[Problem, ...] = field(default=())
    blank: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))

    def frame(self, tensor: Tensor, tile: int) -> StreamFrame:
        """The frame of a tile's rANS stream.

        Raises:
            SourceError: the stream lies outside the file.
        """
        offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
        if tensor.framing is Framing.LEADING_STATES:
            states = self.source.array(offset, np.dtype("<u4"), tensor.interleaving.lanes)
            count = tensor.symbol_count(tile)
            return StreamFrame(offset, size, count, tuple(states.tolist()), tensor.framing)
        count = int.from_bytes(self.source.read(offset, 4), "little")
        state = int.from_bytes(self.source.read(offset + size - 4, 4), "little")
        return StreamFrame(offset, size, count, (state,))

    def words(self, tensor: Tensor, frame: StreamFrame) -> Sequence[int]:
        """The words of a stream in the order in which the encoder moved them out; half a word is left out."""
        data = self.source.read(frame.words_begin, frame.words_end - frame.words_begin)
        if tensor.coder.word_bytes == 1:
            return data[::-1] if frame.forward else data
        stored = np.frombuffer(data[: len(data) // 2 * 2], dtype="<u2")
        words: list[int] = (stored[::-1] if frame.forward else stored).tolist()
        return words


def ratio(tensor: Tensor, compressed: int, bytes_per_weight: int = 1) -> float:
    """How many times smaller `compressed` bytes are than the weights of `tensor`.

    Args:
        tensor: the matrix.
        compressed: bytes that it takes in its file, everything included.
        bytes_per_weight: 1 to compare with the int8 weights, 2 with FP16.
    """
    return tensor.weights * bytes_per_weight / compressed if compressed else 0.0
