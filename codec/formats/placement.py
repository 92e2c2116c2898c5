"""Where the parts of a file lie: streams inside it, apart, in order, and no byte that belongs to nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.formats.findings import Findings
from codec.formats.streams import FRAME_BYTES
from codec.problems import Problem
from codec.spans import gaps


def check_streams_place(findings: Findings, tiles: NDArray[Any], base: int, file_size: int) -> None:
    """Notes streams that reach outside the file, are too short, overlap, or are out of order.

    Args:
        findings: where problems go.
        tiles: TILE[n] of the only tensor; `present` and `readable` are set here.
        base: offset of the first byte that a stream may use.
        file_size: bytes of the file.
    """
    sizes = check_stream_bounds(findings, tiles, (base, file_size), file_size)
    short = tiles["readable"] & (sizes < FRAME_BYTES)
    findings.add_each(
        np.flatnonzero(short),
        lambda tile: _too_short(tile, int(tiles["offset"][tile]), int(sizes[tile])),
    )
    tiles["readable"] &= ~short
    check_stream_overlaps(findings, tiles)


def check_stream_bounds(
    findings: Findings,
    tiles: NDArray[Any],
    bounds: tuple[int, int],
    file_size: int,
    tensor: int = 0,
) -> NDArray[np.int64]:
    """Notes streams that reach outside the bytes from the first of `bounds` to before the last.

    Sets `present` and `readable` of `tiles`, TILE[n]; returns int64[n], the sizes.
    """
    base, end = bounds
    offsets, sizes = tiles["offset"].astype(np.int64), tiles["size"].astype(np.int64)
    outside = (offsets < base) | (offsets + sizes > min(end, file_size))

    def problem(tile: int) -> Problem:
        return _out_of_bounds(tensor, tile, int(offsets[tile]), int(sizes[tile]), bounds, file_size)

    findings.add_each(np.flatnonzero(outside), problem)
    tiles["readable"] = ~outside
    tiles["present"] = np.where(
        outside & (offsets < base), 0, np.clip(file_size - offsets, 0, sizes)
    )
    return sizes


def _out_of_bounds(
    tensor: int, tile: int, offset: int, size: int, bounds: tuple[int, int], file_size: int
) -> Problem:
    base, end = bounds[0], min(bounds[1], file_size)
    return Problem(
        "tile-bounds",
        min(offset, file_size),
        max(0, min(size, file_size - offset)),
        f"the stream of tile {tile:,} spans bytes {offset:,} to {offset + size:,}, outside the bytes "
        f"{base:,} to {end:,} that streams can use",
        f"{base:,} ≤ offset, offset + size ≤ {end:,}",
        f"offset {offset:,}, size {size:,}",
        tensor=tensor,
        tile=tile,
    )


def _too_short(tile: int, offset: int, size: int) -> Problem:
    return Problem(
        "stream-size",
        offset,
        size,
        f"the stream of tile {tile:,} has {size} bytes, too few for its symbol count and its state",
        f"at least {FRAME_BYTES} bytes",
        f"{size} bytes",
        tensor=0,
        tile=tile,
    )


def check_stream_overlaps(findings: Findings, tiles: NDArray[Any], tensor: int = 0) -> None:
    """Notes streams that begin inside another, or before the one of the tile that precedes them."""
    offsets, sizes = tiles["offset"].astype(np.int64), tiles["size"].astype(np.int64)
    sound = np.flatnonzero(tiles["readable"] & (sizes > 0))
    order = sound[np.argsort(offsets[sound], kind="stable")]
    reach = np.maximum.accumulate((offsets + sizes)[order]) if len(order) else order

    def overlap(i: int) -> Problem:
        tile, begin = int(order[i + 1]), int(offsets[order[i + 1]])
        return Problem(
            "tile-overlap",
            begin,
            int(min(reach[i], begin + sizes[tile]) - begin),
            f"the stream of tile {tile:,} begins at byte {begin:,}, inside an earlier stream that "
            f"ends at byte {int(reach[i]):,}",
            f"offset ≥ {int(reach[i]):,}",
            f"offset {begin:,}",
            tensor=tensor,
            tile=tile,
        )

    findings.add_each(np.flatnonzero(offsets[order][1:] < reach[:-1]), overlap)
    backward = np.flatnonzero(np.diff(offsets[sound]) < 0)
    if len(backward):
        tile = int(sound[backward[0] + 1])
        findings.add(
            Problem(
                "tile-order",
                int(offsets[tile]),
                int(sizes[tile]),
                f"{len(backward):,} streams lie before the stream of the tile that precedes them in "
                f"the index, tile {tile:,} the first of them",
                "offsets that grow with the index",
                f"offset {int(offsets[tile]):,} of tile {tile:,}",
                tensor=tensor,
                tile=tile,
            )
        )


def check_coverage(
    findings: Findings, claims: list[tuple[int, int]], tiles: NDArray[Any], file_size: int
) -> list[tuple[int, int]]:
    """Finds the bytes that nothing claims, and notes them.

    Args:
        findings: where problems go.
        claims: (offset, size) of every section that is not a stream.
        tiles: TILE[n]; the streams claim what is there of them.
        file_size: bytes of the file.

    Returns:
        (offset, size) of every gap, in file order.
    """
    streams = tiles[tiles["present"] > 0]
    begins = np.concatenate(
        [np.array([c[0] for c in claims], dtype=np.int64), streams["offset"].astype(np.int64)]
    )
    sizes = np.concatenate(
        [np.array([c[1] for c in claims], dtype=np.int64), streams["present"].astype(np.int64)]
    )
    holes = gaps(begins, sizes, 0, file_size)
    for offset, size in holes:
        findings.add(unclaimed_problem(offset, size, file_size))
    return holes


def unclaimed_problem(offset: int, size: int, file_size: int) -> Problem:
    """The problem of bytes that nothing claims."""
    trailing = offset + size == file_size
    return Problem(
        "trailing-bytes" if trailing else "unclaimed-bytes",
        offset,
        size,
        f"{size:,} bytes from byte {offset:,} on belong to nothing"
        + (": they follow the last stream" if trailing else ""),
        "no bytes between the parts of a file",
        f"{size:,} bytes",
    )
