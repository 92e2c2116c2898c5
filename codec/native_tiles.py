"""Coding the tiles of one tensor and writing their streams: what `native_plan` decided, carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Coding
from codec.decoders.base import Tick
from codec.decoders.streams import FIRST_VALUES
from codec.errors import InputError
from codec.formats.native import STREAM_ALIGNMENT, TABLE_ENTRY, TILE_RECORD
from codec.frequency import FrequencyTable
from codec.native_coder import LaneCoder, LaneStreams, Matrix, aligned_sizes, joined, weights_of
from codec.native_layer import NativeSettings
from codec.native_plan import Planner, TilePlan, runs, tile_rectangles
from codec.prediction import within_tile_symbols

NATIVE_WRITTEN = np.dtype(
    [
        ("tensor", "<u4"),
        ("tile", "<u4"),
        ("row", "<u4"),
        ("col", "<u4"),
        ("coding", "<u1"),
        ("predictor", "<u1"),
        ("offset", "<u8"),
        ("size", "<u8"),
        ("symbol_count", "<u4"),
        ("checksum", "<u4"),
        ("initial_state", "<u4"),
        ("first_symbols", "<u1", (FIRST_VALUES,)),
        ("first_weights", "<i1", (FIRST_VALUES,)),
    ]
)
"""What the encoder wrote of one tile: its tensor's number, its place in the grid, its coding's and its predictor's
number, the byte range of its stream in the file, symbols, the checksum of its weights, the state that the
decoder's first lane starts from (0 where the tile is not coded), and the first values that went in."""

MOST_STREAM_BYTES = STREAM_ALIGNMENT << 32
"""Bytes that the 32-bit offsets of a tensor's tile records can reach."""


class WrittenTiles(NamedTuple):
    """What became of a tensor's tiles: their table and records as they stand in the file, the bytes of
    their streams, and NATIVE_WRITTEN[n].
    """

    table: bytes
    records: bytes
    size: int
    log: NDArray[Any]


class TileWriter:
    """Codes one tensor.

    Args:
        coder: counts and codes.
        matrix: int8[rows, cols], C-contiguous.
        settings: how.
        tick: told how much is done.
    """

    def __init__(
        self, coder: LaneCoder, matrix: Matrix, settings: NativeSettings, tick: Tick
    ) -> None:
        self._coder, self._matrix, self._settings, self._tick = coder, matrix, settings, tick
        shape = (matrix.shape[0], matrix.shape[1])
        self._tiles = tile_rectangles(shape, settings.tile_rows, settings.tile_cols)

    def write(self, file: BinaryIO, tensor: int, base: int) -> WrittenTiles:
        """Writes the streams to `file`, which stands at byte `base`.

        Raises:
            InputError: the streams are too many for a tensor's index.
            Cancelled: the tick says so.
        """
        plan = self._plan()
        records = np.zeros(len(self._tiles), dtype=TILE_RECORD.dtype)
        states = np.zeros(len(self._tiles), dtype=np.uint32)
        at = 0
        for run in runs(len(self._tiles)):
            self._tick(len(self._tiles) + run.start, 2 * len(self._tiles))
            streams = self._code(run, plan)
            self._fill(records[run], run, plan, streams, at)
            states[run] = _first_states(streams, plan.codings[run])
            file.write(streams.data.data)
            at += len(streams.data)
            if at > MOST_STREAM_BYTES:
                raise InputError("a tensor's streams would take more than 64 GiB")
        table = plan.table.frequencies.astype(TABLE_ENTRY.dtype["freq"]).tobytes()
        log = self._log(records, states, tensor, base)
        return WrittenTiles(table, records.tobytes(), at, log)

    def _plan(self) -> TilePlan:
        settings = self._settings

        def first_half(done: int, total: int) -> None:
            self._tick(done, 2 * total)

        return Planner(
            self._coder, self._matrix, self._tiles, settings.candidates, settings.scale_bits,
            4 * settings.lanes, settings.table_rule, first_half,
        ).plan()  # fmt: skip

    def _code(self, run: slice, plan: TilePlan) -> LaneStreams:
        """The streams of a run of tiles; a tile that does not gain by its coding is set down as raw."""
        tiles, codings = self._tiles[run], plan.codings[run]
        tried = np.flatnonzero(codings == Coding.RANS)
        if not len(tried):
            return joined(
                self._uncoded(tile, coding) for tile, coding in zip(tiles, codings, strict=True)
            )
        coded = self._encoder(plan.table)(
            self._matrix, tiles[tried], plan.predictors[run][tried], plan.table,
            self._settings.coder, self._settings.interleaving,
        )  # fmt: skip
        raw_sizes = aligned_sizes(tiles[tried, 2] * tiles[tried, 3])
        codings[tried[aligned_sizes(coded.sizes) >= raw_sizes]] = Coding.RAW
        plan.predictors[run][codings != Coding.RANS] = 0
        if (codings == Coding.RANS).all():
            return coded
        place = {int(tile): i for i, tile in enumerate(tried)}

        def stream(tile: int) -> bytes | memoryview:
            if codings[tile] != Coding.RANS:
                return self._uncoded(tiles[tile], codings[tile])
            begin = int(coded.offsets[place[tile]])
            return coded.data[begin : begin + int(coded.sizes[place[tile]])].data

        return joined(stream(tile) for tile in range(len(tiles)))

    def _encoder(self, table: FrequencyTable) -> Callable[..., LaneStreams]:
        """What codes tiles with this table."""
        if not table.fault:
            return self._coder.encode
        from codec.any_table_streams import encode_anyway  # numba takes most of a second to load

        return encode_anyway

    def _uncoded(self, tile: NDArray[np.int64], coding: np.uint8) -> bytes:
        """The stream of a tile that is raw or constant."""
        return weights_of(self._matrix, tile).tobytes() if coding == Coding.RAW else b""

    def _fill(
        self, records: NDArray[Any], run: slice, plan: TilePlan, streams: LaneStreams, at: int
    ) -> None:
        """Fills the records of a run of tiles, whose streams begin `at` bytes behind the first."""
        tiles = self._tiles[run]
        sums = self._coder.checksums(self._matrix, tiles)
        constant = plan.codings[run] == Coding.CONSTANT
        records["offset"] = np.where(constant, 0, (streams.offsets + at) // STREAM_ALIGNMENT)
        records["size"], records["checksum"] = streams.sizes, sums
        records["coding"], records["predictor"] = plan.codings[run], plan.predictors[run]
        records["constant"] = np.where(constant, self._matrix[tiles[:, 0], tiles[:, 1]], 0)

    def _log(
        self, records: NDArray[Any], states: NDArray[np.uint32], tensor: int, base: int
    ) -> NDArray[Any]:
        log = np.zeros(len(records), dtype=NATIVE_WRITTEN)
        tiles = self._tiles
        log["tensor"], log["tile"] = tensor, np.arange(len(log))
        log["row"] = tiles[:, 0] // self._settings.tile_rows
        log["col"] = tiles[:, 1] // self._settings.tile_cols
        for name in ("coding", "predictor", "size", "checksum"):
            log[name] = records[name]
        log["offset"] = base + records["offset"].astype(np.uint64) * np.uint64(STREAM_ALIGNMENT)
        log["symbol_count"], log["initial_state"] = tiles[:, 2] * tiles[:, 3], states
        for record, (row, col, _, cols) in zip(log, tiles.tolist(), strict=True):
            first = self._matrix[row : row + 1, col : col + min(cols, FIRST_VALUES)]
            predictor = NATIVE_PREDICTORS[record["predictor"]]
            symbols = within_tile_symbols(first.view(np.uint8), predictor)
            record["first_weights"][: first.size] = first[0]
            record["first_symbols"][: first.size] = symbols[0]
        return log


def _first_states(streams: LaneStreams, codings: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """u32[n]: the state of lane 0 of each stream; 0 where the tile is not coded by rANS."""
    states = np.zeros(len(codings), dtype=np.uint32)
    coded = np.flatnonzero(codings == Coding.RANS)
    parts: NDArray[np.uint8] = streams.data[streams.offsets[coded][:, np.newaxis] + np.arange(4)]
    states[coded] = parts.view("<u4")[:, 0] if len(coded) else 0
    return states
