"""Parsing the batched layout: what stands where it should, what does not, and how far one can still read."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import TILE, Container, Prediction, Tensor
from codec.formats.batched import (
    HEADER,
    INDEX_ENTRY,
    INDEX_OFFSET,
    NAME,
    TABLE_ENTRY,
    TABLE_OFFSET,
    TABLE_SIZE,
)
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
from codec.frequency import SYMBOLS, FrequencyTable
from codec.problems import Problem
from codec.rans import LEGACY
from codec.source import Source
from codec.spans import RecordSpans, Span, SpanKind, struct_spans


def parse(source: Source) -> Container:
    """Parses a batched layer; problems are collected, not raised.

    Raises:
        SourceError: the bytes cannot be read.
    """
    findings = Findings()
    sections = [header_span(source, HEADER, "Shape, tile grid and section offsets.")]
    header = read_header(source, HEADER, findings)
    if header is not None:
        _check_header(findings, header, source.size)
    if header is None or source.size < INDEX_OFFSET:
        if header is not None:
            cut = ("truncated-table", "frequency table", TABLE_OFFSET, TABLE_SIZE, source)
            findings.add(cut_short(*cut))
        return assemble(source, NAME, findings, None, sections, np.zeros(0, dtype=TILE))
    entries = source.array(TABLE_OFFSET, TABLE_ENTRY.dtype, SYMBOLS)
    table = FrequencyTable(entries["freq"].astype(np.int64), entries["start"].astype(np.int64))
    check_table(findings, table, TABLE_OFFSET, TABLE_ENTRY)
    index_offset, index, data_offset = _read_index(source, header, findings)
    tiles = _tiles(header, index, data_offset)
    _check_positions(findings, header, index, index_offset)
    check_streams_place(findings, tiles, INDEX_OFFSET, source.size)
    sections += [_table_span(entries), _index_span(index, index_offset)]
    sections.append(streams_span(source, tiles, data_offset))
    tensor = _tensor(source, header, tiles, table, findings)
    return assemble(source, NAME, findings, tensor, sections, tiles)


def _check_header(findings: Findings, header: np.void, file_size: int) -> None:
    down, across = grid_of(header)
    shape = f"{header['rows']:,}×{header['cols']:,} weights in tiles of {header['tile_size']:,}"

    def check(field: str, code: str, expected: int, why: str) -> None:
        found = int(header[field])
        if found != expected:
            findings.add(field_problem(HEADER, field, code, f"{expected:,}", found, why))

    check("version", "version", 1, "only revision 1 is known")
    for field in ("rows", "cols"):
        if not header[field]:
            findings.add(
                field_problem(HEADER, field, "empty-shape", "at least 1", 0, "there are no weights")
            )
    if not header["tile_size"]:
        findings.add(
            field_problem(HEADER, "tile_size", "tile-size", "at least 1", 0, "a tile holds nothing")
        )
    else:
        check("num_tiles_row", "grid-shape", down, f"{shape} make {down:,} tile rows")
        check("num_tiles_col", "grid-shape", across, f"{shape} make {across:,} tile columns")
        check("num_tiles", "tile-count", down * across, f"{shape} make {down * across:,} tiles")
    check("compressed_size", "file-size", file_size, f"the file has {file_size:,} bytes")
    check("predictor_mode", "predictor", 0, "LEFT, 0, is the only predictor that was ever written")
    if any(bytes(header["padding"])):
        findings.add(
            Problem(
                "padding",
                HEADER.offset_of("padding"),
                HEADER.size_of("padding"),
                "the padding of the header is not zero",
                "00 00 00",
                bytes(header["padding"]).hex(" "),
            )
        )


def _table_span(entries: NDArray[Any]) -> Span:
    def make(symbol: int) -> Span:
        base = TABLE_OFFSET + symbol * TABLE_ENTRY.size
        entry = entries[symbol]
        return Span(
            f"symbol {symbol}",
            base,
            TABLE_ENTRY.size,
            SpanKind.TABLE,
            f"start {entry['start']:,}, freq {entry['freq']:,}",
            f"Slots of the symbol {symbol}, a residual of {symbol - 128:+d}.",
            0,
            children=struct_spans(TABLE_ENTRY, entry, base, SpanKind.TABLE, 0),
        )

    return Span(
        "frequency table",
        TABLE_OFFSET,
        TABLE_SIZE,
        SpanKind.TABLE,
        f"frequencies sum to {int(entries['freq'].astype(np.int64).sum()):,}",
        "How many of the 4,096 slots each symbol owns.",
        0,
        children=RecordSpans(TABLE_OFFSET, TABLE_ENTRY.size, SYMBOLS, make),
    )


def _read_index(
    source: Source, header: np.void, findings: Findings
) -> tuple[int, NDArray[Any], int]:
    """Where the index begins, as many of its entries as there are, and where the streams begin."""
    count = _index_count(header)
    index_offset = _index_offset(source, header, findings, count)
    index_end = index_offset + count * INDEX_ENTRY.size
    if index_end > source.size:
        findings.add(
            cut_short(
                "truncated-index", "tile index", index_offset, index_end - index_offset, source
            )
        )
        count = max(0, source.size - index_offset) // INDEX_ENTRY.size
    data_offset = _section(
        source, header, findings, "tile_data_offset", index_end, min(index_end, source.size)
    )
    return index_offset, source.array(index_offset, INDEX_ENTRY.dtype, count), data_offset


def _index_offset(source: Source, header: np.void, findings: Findings, count: int) -> int:
    """Where the index begins: as stated, unless the streams begin where a usual index would end."""
    stated, streams = int(header["tile_index_offset"]), int(header["tile_data_offset"])
    if stated != INDEX_OFFSET and streams == INDEX_OFFSET + count * INDEX_ENTRY.size:
        why = f"{count:,} entries from {INDEX_OFFSET:,} on end where the streams begin"
        code = "section-overlap" if stated < INDEX_OFFSET else "section-offset"
        expected = f"{INDEX_OFFSET:,}"
        findings.add(field_problem(HEADER, "tile_index_offset", code, expected, stated, why))
        return min(INDEX_OFFSET, source.size)
    return _section(source, header, findings, "tile_index_offset", INDEX_OFFSET, INDEX_OFFSET)


def _index_count(header: np.void) -> int:
    """Entries of the index: as the header counts them, unless shape and offsets agree on another."""
    stated, (down, across) = int(header["num_tiles"]), grid_of(header)
    room = int(header["tile_data_offset"]) - int(header["tile_index_offset"])
    return down * across if room == down * across * INDEX_ENTRY.size else stated


def _section(
    source: Source, header: np.void, findings: Findings, field: str, usual: int, least: int
) -> int:
    """The offset of a section: as stated where it can be, else where sections usually are."""
    stated = int(header[field])
    if stated == usual:
        return min(stated, source.size)
    if least <= stated <= source.size:
        # Legal but unusual: what lies between shows up as unclaimed bytes.
        return stated
    inside = stated <= source.size
    why = (
        f"the section before it ends at byte {least:,}"
        if inside
        else f"the file has {source.size:,} bytes"
    )
    code = "section-overlap" if inside else "section-offset"
    findings.add(field_problem(HEADER, field, code, f"{usual:,}", stated, why))
    return min(usual, source.size)


def _tiles(header: np.void, index: NDArray[Any], data_offset: int) -> NDArray[Any]:
    tiles = np.zeros(len(index), dtype=TILE)
    tiles["row"], tiles["col"] = index["tile_row"], index["tile_col"]
    tiles["predictor"] = header["predictor_mode"]
    tiles["offset"] = index["offset"].astype(np.uint64) + np.uint64(data_offset)
    tiles["size"] = index["size"]
    return tiles


def _check_positions(
    findings: Findings, header: np.void, index: NDArray[Any], index_offset: int
) -> None:
    across = max(grid_of(header)[1], 1)
    row, col = np.divmod(np.arange(len(index), dtype=np.int64), across)

    def misplaced(tile: int) -> Problem:
        entry = index[tile]
        return Problem(
            "tile-position",
            index_offset + tile * INDEX_ENTRY.size + INDEX_ENTRY.offset_of("tile_row"),
            INDEX_ENTRY.size - INDEX_ENTRY.offset_of("tile_row"),
            f"entry {tile:,} of the index says row {entry['tile_row']:,}, column "
            f"{entry['tile_col']:,} of the grid, where row {row[tile]:,}, column {col[tile]:,} is next",
            f"row {row[tile]:,}, column {col[tile]:,}",
            f"row {entry['tile_row']:,}, column {entry['tile_col']:,}",
            tensor=0,
            tile=tile,
        )

    wrong = (index["tile_row"] != row) | (index["tile_col"] != col)
    findings.add_each(np.flatnonzero(wrong), misplaced)


def _index_span(index: NDArray[Any], offset: int) -> Span:
    def make(tile: int) -> Span:
        base, entry = offset + tile * INDEX_ENTRY.size, index[tile]
        return Span(
            f"tile {tile:,} (row {entry['tile_row']:,}, column {entry['tile_col']:,})",
            base,
            INDEX_ENTRY.size,
            SpanKind.INDEX,
            f"{entry['size']:,} bytes at +{entry['offset']:,}",
            "Where the stream of one tile lies, and the tile's place in the grid.",
            0,
            tile,
            struct_spans(INDEX_ENTRY, entry, base, SpanKind.INDEX, 0, tile),
        )

    return Span(
        "tile index",
        offset,
        len(index) * INDEX_ENTRY.size,
        SpanKind.INDEX,
        f"{len(index):,} tiles",
        "Where the stream of each tile lies.",
        0,
        children=RecordSpans(offset, INDEX_ENTRY.size, len(index), make),
    )


def _tensor(
    source: Source,
    header: np.void,
    tiles: NDArray[Any],
    table: FrequencyTable,
    findings: Findings,
) -> Tensor | None:
    """The matrix; None where the header gives it no shape."""
    rows, cols, tile = int(header["rows"]), int(header["cols"]), int(header["tile_size"])
    if not (rows and cols and tile):
        return None
    down, across = grid_of(header)
    name = PurePath(source.name).stem
    refusal = shape_refusal(findings, source, max(rows * cols, len(tiles) * tile * tile), HEADER)
    if header["predictor_mode"]:
        refusal = (
            refusal or f"predictor_mode {header['predictor_mode']} was named but never defined"
        )
    return Tensor(
        0, name, rows, cols, tile, tile, down, across, tiles, table,
        (TABLE_OFFSET, TABLE_SIZE), LEGACY, Prediction.FLAT_LEFT, True, refusal or table.fault,
    )  # fmt: skip
