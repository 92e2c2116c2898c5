"""Encoding a weight matrix into either legacy layout, and what the encoder wrote, tile by tile.

One table serves a whole tensor, so encoding takes two passes: count the symbols of all tiles, then code
them. Counts are 64-bit, the table costs least (`frequency.normalise`), and all data is counted: what the
original got wrong, and what is still done its way where `table_rule` says so. How symbols are counted and coded
is left to a `StreamCoder`: the fast one, or the scalar reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from codec import formats
from codec.container import PREDICTORS, Predictor, Rectangle
from codec.decoders.base import Tick, no_tick
from codec.decoders.streams import FIRST_VALUES
from codec.errors import InputError
from codec.formats import batched, wcdc
from codec.frequency import SYMBOLS, FrequencyTable, entropy, histogram
from codec.prediction import difference, residuals
from codec.table_rule import USUAL, TableRule

PREDICTOR_CHOICES = ("auto", *PREDICTORS)
"""Names that `EncodeSettings.predictor` takes; `auto` picks per tile what costs least."""

ENCODERS = ("cpu", "reference")
"""Names that `encode` takes."""

TILE_WRITTEN = np.dtype(
    [
        ("tile", "<u4"),
        ("row", "<u4"),
        ("col", "<u4"),
        ("predictor", "<u1"),
        ("offset", "<u8"),
        ("size", "<u8"),
        ("symbol_count", "<u4"),
        ("final_state", "<u4"),
        ("first_symbols", "<u1", (FIRST_VALUES,)),
        ("first_weights", "<i1", (FIRST_VALUES,)),
    ]
)
"""What the encoder wrote of one tile: its place in the grid, its predictor's number, the byte range of its stream
in the file, what stands at the stream's ends, and the first values that went in."""


@dataclass(frozen=True)
class EncodeSettings:
    """How to encode.

    Attributes:
        format: name of the layout.
        tile: T, a tile is T×T.
        predictor: one of `PREDICTOR_CHOICES`; the batched layout has only LEFT.
        table_rule: how the table is made; the usual rule makes the one that costs least.

    Raises:
        InputError: a setting is unknown, or two contradict each other.
    """

    format: str = batched.NAME
    tile: int = 256
    predictor: str = "auto"
    table_rule: TableRule = USUAL

    def __post_init__(self) -> None:
        if self.format not in formats.LEGACY_FORMATS:
            known = ", ".join(formats.LEGACY_FORMATS)
            raise InputError(f"there is no format called {self.format!r}; there are {known}")
        if not 1 <= self.tile <= 0xFFFF:
            raise InputError(f"a tile size of {self.tile:,} is not between 1 and 65,535")
        if self.predictor not in PREDICTOR_CHOICES:
            known = ", ".join(PREDICTOR_CHOICES)
            raise InputError(f"there is no predictor called {self.predictor!r}; there are {known}")
        if self.format == batched.NAME and self.predictor == Predictor.TOP:
            raise InputError("the batched layout knows only the predictor left")


@dataclass(frozen=True, eq=False)
class Streams:
    """Finished streams, one behind the other, frames included.

    Attributes:
        data: u8[any].
        sizes: int64[n].
    """

    data: NDArray[np.uint8]
    sizes: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Encoded:
    """A finished file.

    Attributes:
        head: the bytes before the first stream.
        streams: the streams.
        table: the frequency table of all tiles.
        written: TILE_WRITTEN[n].
    """

    head: bytes
    streams: Streams
    table: FrequencyTable
    written: NDArray[Any]

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.head) + len(self.streams.data)

    def pieces(self) -> Iterator[bytes | memoryview]:
        """The file, piece by piece."""
        yield self.head
        yield self.streams.data.data


class StreamCoder(Protocol):
    """Counts and codes the symbols of many tiles."""

    def batched(
        self, matrix: NDArray[np.int8], tile: int, tick: Tick, rule: TableRule = USUAL
    ) -> tuple[FrequencyTable, Streams]:
        """The table and the streams of all padded tiles of a matrix, LEFT over each as one sequence."""

    def streams(self, symbols: list[NDArray[np.uint8]], table: FrequencyTable) -> Streams:
        """One stream of each run of symbols; the table may be one that no decoder can use.

        Raises:
            InputError: nothing can be coded with such a table.
        """


def stream_coder(name: str) -> StreamCoder:
    """The coder called `name`, one of `ENCODERS`.

    Raises:
        InputError: there is none of that name.
    """
    if name == "cpu":
        from codec.fast_encoder import FastCoder  # numba takes most of a second to load

        return FastCoder()
    if name == "reference":
        from codec.reference_encoder import ReferenceCoder

        return ReferenceCoder()
    raise InputError(f"there is no encoder called {name!r}; there are {', '.join(ENCODERS)}")


def encode(
    matrix: NDArray[np.int8],
    settings: EncodeSettings | None = None,
    tick: Tick = no_tick,
    encoder: str = "cpu",
) -> Encoded:
    """Encodes a matrix.

    Args:
        matrix: int8[rows, cols], neither of them 0.
        settings: the layout and its parameters.
        tick: told (tiles done, tiles in all).
        encoder: one of `ENCODERS`.

    Raises:
        InputError: the matrix or a number does not fit the layout.
        Cancelled: `tick` says so.
    """
    settings = settings or EncodeSettings()
    matrix = _checked(matrix)
    coder = stream_coder(encoder)
    layout: dict[str, Callable[..., Encoded]] = {
        batched.NAME: _encode_batched,
        wcdc.NAME: _encode_wcdc,
    }
    return layout[settings.format](matrix, settings, coder, tick)


def _checked(matrix: NDArray[np.int8]) -> NDArray[np.int8]:
    if matrix.dtype != np.int8:
        raise InputError(f"the weights are {matrix.dtype}, but these layouts hold int8")
    if matrix.ndim != 2 or 0 in matrix.shape:
        shape = "×".join(str(n) for n in matrix.shape) or "none"
        raise InputError(
            f"the weights have the shape {shape}, but a matrix of rows × columns is needed"
        )
    if max(matrix.shape) > 0xFFFFFFFF:
        raise InputError("the matrix has more rows or columns than fit in 32 bits")
    return np.ascontiguousarray(matrix)


def _encode_batched(
    matrix: NDArray[np.int8], settings: EncodeSettings, coder: StreamCoder, tick: Tick
) -> Encoded:
    table, streams = coder.batched(matrix, settings.tile, tick, settings.table_rule)
    shape = (matrix.shape[0], matrix.shape[1])
    head = batched.head(shape, settings.tile, table, streams.sizes)
    predictors = np.zeros(len(streams.sizes), dtype=np.uint8)
    return Encoded(head, streams, table, _written(matrix, settings, streams, len(head), predictors))


def _encode_wcdc(
    matrix: NDArray[np.int8], settings: EncodeSettings, coder: StreamCoder, tick: Tick
) -> Encoded:
    places = tile_places(matrix.shape[0], matrix.shape[1], settings.tile)
    predictors = np.zeros(len(places), dtype=np.uint8)
    symbols = []
    for tile, place in enumerate(places):
        tick(tile, len(places))
        predictors[tile], coded = _cheapest(matrix, place, settings.predictor)
        symbols.append(coded)
    table = table_of(symbols, settings.table_rule)
    streams = coder.streams(symbols, table)
    shape = (matrix.shape[0], matrix.shape[1])
    head = wcdc.head(shape, settings.tile, table, streams.sizes, predictors)
    tick(len(places), len(places))
    written = _written(matrix, settings, streams, len(head), predictors)
    return Encoded(head, streams, table, written)


def table_of(symbols: list[NDArray[np.uint8]], rule: TableRule) -> FrequencyTable:
    """The table of some runs of symbols, the first of which are the tensor's first."""
    counts, sampled = np.zeros((2, SYMBOLS), dtype=np.int64)
    left = rule.sample or 0
    for part in symbols:
        counts += histogram(part)
        if left:
            sampled += histogram(part[:left])
            left -= min(left, len(part))
    return rule.table(counts, sampled)


def tile_places(rows: int, cols: int, tile: int) -> list[Rectangle]:
    """Where the tiles of a matrix lie, row-major, cut at its right and lower edge."""
    return [
        Rectangle(row, col, min(tile, rows - row), min(tile, cols - col))
        for row in range(0, rows, tile)
        for col in range(0, cols, tile)
    ]


def _cheapest(
    matrix: NDArray[np.int8], place: Rectangle, choice: str
) -> tuple[int, NDArray[np.uint8]]:
    """The number of the predictor to use, and the symbols that it makes; `auto` takes the least entropy."""
    candidates = PREDICTORS if choice == "auto" else (Predictor(choice),)
    coded = [difference(residuals(matrix, place, predictor)) for predictor in candidates]
    best = min(range(len(coded)), key=lambda i: entropy(histogram(coded[i])))
    return PREDICTORS.index(candidates[best]), coded[best]


def _written(
    matrix: NDArray[np.int8],
    settings: EncodeSettings,
    streams: Streams,
    base: int,
    predictors: NDArray[np.uint8],
) -> NDArray[Any]:
    """The log of all tiles, whose streams begin at byte `base` of the file."""
    written = np.zeros(len(streams.sizes), dtype=TILE_WRITTEN)
    ends = np.cumsum(streams.sizes)
    across = -(-matrix.shape[1] // settings.tile)
    written["tile"] = np.arange(len(written))
    written["row"], written["col"] = np.divmod(written["tile"], across)
    written["predictor"], written["size"] = predictors, streams.sizes
    written["offset"] = base + ends - streams.sizes
    written["symbol_count"] = _u32_at(streams.data, ends - streams.sizes)
    written["final_state"] = _u32_at(streams.data, ends - 4)
    _log_first_values(written, matrix, settings)
    return written


def _u32_at(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """u32[n]: the little-endian numbers at these offsets."""
    parts: NDArray[np.uint8] = data[offsets[:, np.newaxis] + np.arange(4)]
    return parts.view("<u4")[:, 0]


def _log_first_values(
    written: NDArray[Any], matrix: NDArray[np.int8], settings: EncodeSettings
) -> None:
    """Fills in the first weights of each tile, and the symbols that they became."""
    tile = settings.tile
    for record in written:
        row, col = int(record["row"]) * tile, int(record["col"]) * tile
        first = matrix[row, col : col + min(tile, FIRST_VALUES)]
        record["first_weights"][: len(first)] = first
        if settings.format == batched.NAME:
            coded = difference(first.view(np.uint8))
        else:
            place = Rectangle(row, col, 1, len(first))
            coded = difference(residuals(matrix, place, PREDICTORS[record["predictor"]]))
        record["first_symbols"][: len(coded)] = coded
