"""Parsing the per-tile layout: what stands where it should, what does not, and how far one can still read."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import PREDICTORS, TILE, Container, Prediction, Tensor
from codec.formats.findings import (
    Findings,
    check_table,
    cut_short,
    field_problem,
    shape_refusal,
)
from codec.formats.placement import check_streams_place
from codec.formats.sections import assemble, grid_of, header_span, read_header
from codec.formats.streams import streams_span
from codec.formats.wcdc import HEADER, NAME, TABLE_ENTRY, TABLE_SIZE, TILE_RECORD
from codec.frequency import SYMBOLS, FrequencyTable
from codec.problems import Problem
from codec.rans import LEGACY
from codec.source import Source
from codec.spans import RecordSpans, Span, SpanKind, struct_spans


def parse(source: Source) -> Container:
    """Parses a per-tile file; problems are collected, not raised.

    Raises:
        SourceError: the bytes cannot be read.
    """
    findings = Findings()
    sections = [header_span(source, HEADER, "Shape and tile grid.")]
    header = read_header(source, HEADER, findings)
    if header is None:
        return assemble(source, NAME, findings, None, sections, np.zeros(0, dtype=TILE))
    _check_header(findings, header)
    stated = _record_count(source, header)
    records = _read_records(source, stated, findings)
    sections.append(_records_span(records, header))
    tiles = _tiles(header, records)
    offset = HEADER.size + stated * TILE_RECORD.size
    if offset + TABLE_SIZE > source.size:
        findings.add(cut_short("truncated-table", "frequency table", offset, TABLE_SIZE, source))
        return assemble(source, NAME, findings, None, sections, tiles)
    frequencies = source.array(offset, TABLE_ENTRY.dtype, SYMBOLS)["freq"].astype(np.int64)
    table = FrequencyTable.of_frequencies(frequencies)
    check_table(findings, table, offset, TABLE_ENTRY)
    check_streams_place(findings, tiles, offset + TABLE_SIZE, source.size)
    sections += [_table_span(table, offset), streams_span(source, tiles, offset + TABLE_SIZE)]
    tensor = _tensor(source, header, tiles, table, offset, findings)
    return assemble(source, NAME, findings, tensor, sections, tiles)


def _check_header(findings: Findings, header: np.void) -> None:
    down, across = grid_of(header)
    shape = f"{header['rows']:,}×{header['cols']:,} weights in tiles of {header['tile_size']:,}"
    checks = [("version", "version", "1", header["version"] == 1, "only revision 1 is known")]
    checks += [
        (name, "empty-shape", "at least 1", header[name] > 0, "there are no weights")
        for name in ("rows", "cols")
    ]
    if header["tile_size"]:
        for name, count in (("num_tiles_row", down), ("num_tiles_col", across)):
            why = f"{shape} make {count:,}"
            checks.append((name, "grid-shape", f"{count:,}", int(header[name]) == count, why))
    else:
        checks.append(("tile_size", "tile-size", "at least 1", False, "a tile holds nothing"))
    for name, code, expected, holds, why in checks:
        if not holds:
            findings.add(field_problem(HEADER, name, code, expected, int(header[name]), why))


def _record_count(source: Source, header: np.void) -> int:
    """Tile records in the file: by the header's grid, unless the shape's fits the file and it does not."""
    stated = int(header["num_tiles_row"]) * int(header["num_tiles_col"])
    by_shape = grid_of(header)[0] * grid_of(header)[1]
    if source.size < HEADER.size + TILE_RECORD.size:
        return stated
    first = int(source.array(HEADER.size, TILE_RECORD.dtype, 1)[0]["offset"])
    fits = first == HEADER.size + by_shape * TILE_RECORD.size + TABLE_SIZE
    return by_shape if fits else stated


def _read_records(source: Source, count: int, findings: Findings) -> NDArray[Any]:
    """The tile records, as many of `count` as the file holds."""
    needed = count * TILE_RECORD.size
    if HEADER.size + needed > source.size:
        findings.add(cut_short("truncated-index", "tile records", HEADER.size, needed, source))
        count = (source.size - HEADER.size) // TILE_RECORD.size
    records = source.array(HEADER.size, TILE_RECORD.dtype, count)

    def unknown(tile: int) -> Problem:
        return Problem(
            "predictor",
            HEADER.size + tile * TILE_RECORD.size,
            TILE_RECORD.size_of("predictor"),
            f"tile {tile:,} names predictor {records['predictor'][tile]}, but there are only 0, LEFT, "
            "and 1, TOP",
            "0 or 1",
            f"{records['predictor'][tile]}",
            tensor=0,
            tile=tile,
        )

    findings.add_each(np.flatnonzero(records["predictor"] >= len(PREDICTORS)), unknown)
    return records


def _tiles(header: np.void, records: NDArray[Any]) -> NDArray[Any]:
    tiles = np.zeros(len(records), dtype=TILE)
    across = max(grid_of(header)[1], 1)
    tiles["row"], tiles["col"] = np.divmod(np.arange(len(records), dtype=np.int64), across)
    for name in ("predictor", "offset", "size"):
        tiles[name] = records[name]
    return tiles


def _records_span(records: NDArray[Any], header: np.void) -> Span:
    across = max(grid_of(header)[1], 1)

    def make(tile: int) -> Span:
        base, record = HEADER.size + tile * TILE_RECORD.size, records[tile]
        return Span(
            f"tile {tile:,} (row {tile // across:,}, column {tile % across:,})",
            base,
            TILE_RECORD.size,
            SpanKind.INDEX,
            f"{record['size']:,} bytes at {record['offset']:,}",
            "Predictor of one tile, and where its stream lies.",
            0,
            tile,
            struct_spans(TILE_RECORD, record, base, SpanKind.INDEX, 0, tile),
        )

    return Span(
        "tile records",
        HEADER.size,
        len(records) * TILE_RECORD.size,
        SpanKind.INDEX,
        f"{len(records):,} tiles",
        "Predictor and stream of each tile.",
        0,
        children=RecordSpans(HEADER.size, TILE_RECORD.size, len(records), make),
    )


def _table_span(table: FrequencyTable, offset: int) -> Span:
    def make(symbol: int) -> Span:
        return Span(
            f"symbol {symbol}",
            offset + symbol * TABLE_ENTRY.size,
            TABLE_ENTRY.size,
            SpanKind.TABLE,
            f"{int(table.frequencies[symbol]):,}",
            f"Slots of the symbol {symbol}, a difference of {symbol - 128:+d}.",
            0,
            layout=TABLE_ENTRY.fields[0],
        )

    return Span(
        "frequency table",
        offset,
        TABLE_SIZE,
        SpanKind.TABLE,
        f"frequencies sum to {table.sum:,}",
        "How many of the 4,096 slots each symbol owns.",
        0,
        children=RecordSpans(offset, TABLE_ENTRY.size, SYMBOLS, make),
    )


def _tensor(
    source: Source,
    header: np.void,
    tiles: NDArray[Any],
    table: FrequencyTable,
    table_offset: int,
    findings: Findings,
) -> Tensor | None:
    """The matrix; None where the header gives it no shape."""
    rows, cols, tile = int(header["rows"]), int(header["cols"]), int(header["tile_size"])
    if not (rows and cols and tile):
        return None
    down, across = grid_of(header)
    refusal = shape_refusal(findings, source, rows * cols, HEADER)
    return Tensor(
        0, PurePath(source.name).stem, rows, cols, tile, tile, down, across, tiles, table,
        (table_offset, TABLE_SIZE), LEGACY, Prediction.DIFFERENCED, False, refusal or table.fault,
    )  # fmt: skip
