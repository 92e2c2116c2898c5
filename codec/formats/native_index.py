"""The tile records of a native tensor: what they say of each tile, and whether it can be so."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, TILE, Coding
from codec.formats.findings import Findings
from codec.formats.native import READABLE_PAD, STREAM_ALIGNMENT, TILE_RECORD
from codec.formats.native_record import Record
from codec.formats.placement import check_stream_bounds, check_stream_overlaps
from codec.problems import Problem


def read_tiles(
    record: Record, records: NDArray[Any], index_offset: int, file_size: int, findings: Findings
) -> NDArray[Any]:
    """TILE[n] of a tensor; what is wrong with its tiles is noted.

    Args:
        record: the tensor's.
        records: TILE_RECORD[n], as many as the file has.
        index_offset: where they stand.
        file_size: bytes of the file.
        findings: where problems go.
    """
    streams = record.streams()
    base = min(streams.offset, file_size)
    tiles = np.zeros(len(records), dtype=TILE)
    tiles["row"], tiles["col"] = np.divmod(np.arange(len(records)), record.grid[1])
    for name in ("predictor", "coding", "constant", "checksum", "size"):
        tiles[name] = records[name]
    units = records["offset"].astype(np.uint64)
    tiles["offset"] = units * np.uint64(STREAM_ALIGNMENT) + np.uint64(base)
    end = min(streams.end, file_size)
    check_stream_bounds(findings, tiles, (base, end), file_size, record.number)
    _check_sizes(record, tiles, index_offset, findings)
    _check_records(record, records, index_offset, findings)
    check_stream_overlaps(findings, tiles, record.number)
    _check_end(record, tiles, file_size, findings)
    return tiles


def weight_counts(record: Record, tiles: NDArray[Any]) -> NDArray[np.int64]:
    """int64[n]: weights of each tile."""
    (rows, cols), (tile_rows, tile_cols) = record.shape, record.tile_shape
    down = np.clip(rows - tiles["row"].astype(np.int64) * tile_rows, 0, tile_rows)
    across = np.clip(cols - tiles["col"].astype(np.int64) * tile_cols, 0, tile_cols)
    return down * across


def _check_sizes(
    record: Record, tiles: NDArray[Any], index_offset: int, findings: Findings
) -> None:
    """Notes streams whose size does not fit their coding; these, and unknown codings, are not readable."""
    weights, sizes = weight_counts(record, tiles), tiles["size"].astype(np.int64)
    least = 4 * record.interleaving.lanes
    expected = np.select(
        [tiles["coding"] == Coding.RAW, tiles["coding"] == Coding.CONSTANT], [weights, 0], least
    )
    rans = tiles["coding"] == Coding.RANS
    wrong = np.where(rans, sizes < expected, sizes != expected) & (tiles["coding"] < len(Coding))

    def problem(tile: int) -> Problem:
        word = Coding(int(tiles["coding"][tile])).word
        wanted = f"{'at least ' if rans[tile] else ''}{int(expected[tile]):,} bytes"
        return Problem(
            "stream-size",
            index_offset + tile * TILE_RECORD.size + TILE_RECORD.offset_of("size"),
            TILE_RECORD.size_of("size"),
            f"the stream of tile {tile:,} has {int(sizes[tile]):,} bytes, but a tile of "
            f"{int(weights[tile]):,} weights that is coded {word} takes {wanted}",
            wanted,
            f"{int(sizes[tile]):,} bytes",
            "the record is damaged",
            record.number,
            tile,
        )

    findings.add_each(np.flatnonzero(wrong), problem)
    tiles["readable"] &= ~wrong & (tiles["coding"] < len(Coding))


def _check_records(
    record: Record, records: NDArray[Any], index_offset: int, findings: Findings
) -> None:
    """Notes numbers that name nothing, and fields that must be 0 beside the coding."""
    coding, predictor = records["coding"], records["predictor"]
    constant = coding == Coding.CONSTANT
    rules = (
        _Rule("coding", "tile-coding", coding >= len(Coding), "0, 1 or 2"),
        _Rule("predictor", "predictor", predictor >= len(NATIVE_PREDICTORS), "0, 1 or 2"),
        _Rule("predictor", "tile-coding", (coding != Coding.RANS) & (predictor > 0), "0: not rANS"),
        _Rule("constant", "tile-coding", ~constant & (records["constant"] != 0), "0: not constant"),
        _Rule("offset", "tile-coding", constant & (records["offset"] > 0), "0: constant"),
        _Rule("reserved", "reserved-bytes", records["reserved"] > 0, "0"),
    )
    for rule in rules:
        problem = partial(_broken_rule, rule, records[rule.field], index_offset, record.number)
        findings.add_each(np.flatnonzero(rule.broken), problem)


class _Rule(NamedTuple):
    """What a field of a tile record must hold: its problem's code, bool[n] of the tiles that break it, and words."""

    field: str
    code: str
    broken: NDArray[np.bool_]
    expected: str


def _broken_rule(
    rule: _Rule, values: NDArray[Any], index_offset: int, tensor: int, tile: int
) -> Problem:
    """The problem of a tile that breaks a rule; `values` are all tiles' of the field."""
    found = f"{int(values[tile]):,}"
    place = index_offset + tile * TILE_RECORD.size + TILE_RECORD.offset_of(rule.field)
    return Problem(
        rule.code, place, TILE_RECORD.size_of(rule.field), f"{rule.field} of tile {tile:,} is {found}",
        rule.expected, found, tensor=tensor, tile=tile,
    )  # fmt: skip


def _check_end(record: Record, tiles: NDArray[Any], file_size: int, findings: Findings) -> None:
    """Notes that behind the last stream there is no pad."""
    streams = record.streams()
    inside = tiles[tiles["readable"]]
    last = int((inside["offset"] + inside["size"]).max()) if len(inside) else streams.offset
    left = streams.end - last
    if left < READABLE_PAD and streams.end <= file_size:
        findings.add(
            Problem(
                "end-pad",
                min(last, file_size),
                max(left, 0),
                f"behind the last stream of tensor {record.number:,}, which ends at byte {last:,}, its streams "
                f"go on for {left:,} bytes",
                f"at least {READABLE_PAD} bytes",
                f"{left:,} bytes",
                tensor=record.number,
            )
        )
