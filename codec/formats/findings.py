"""Collecting problems while a file is parsed, and the checks that every layout shares.

A broken index can give the same fault for each of 65,536 tiles; a person needs the first few, their
number, and all other kinds of faults beside them. `Findings` keeps that promise for every check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec import original
from codec.errors import InputError
from codec.formats.streams import FRAME_BYTES
from codec.frequency import SYMBOLS, FrequencyTable, prefix_sums
from codec.limits import WEIGHTS_PER_BYTE, justified
from codec.problems import Problem
from codec.source import Source
from codec.spans import gaps
from codec.struct_layout import Struct

KEPT_PER_CODE = 64
"""Problems of one code that are kept; the last one kept tells how many more there are."""


class Findings:
    """The problems found so far."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._seen: Counter[str] = Counter()

    def add(self, problem: Problem) -> None:
        """Notes a problem, or only counts it where its code has been seen often."""
        self._seen[problem.code] += 1
        if self._seen[problem.code] <= KEPT_PER_CODE:
            self._kept.append(problem)

    def add_each(self, places: NDArray[np.integer[Any]], make: Callable[[int], Problem]) -> None:
        """Notes the problem, of one code, that `make` gives for each of `places`; makes few of them.

        A damaged header can turn a file of gigabytes into millions of places.
        """
        for place in places[:KEPT_PER_CODE]:
            self.add(make(int(place)))
        if len(places) > KEPT_PER_CODE:
            self._seen[make(int(places[0])).code] += len(places) - KEPT_PER_CODE

    def problems(self) -> tuple[Problem, ...]:
        """All that were kept, in the order in which they were found."""
        kept, left = list(self._kept), Counter(self._seen)
        for index, problem in enumerate(kept):
            left[problem.code] -= 1
            more = self._seen[problem.code] - KEPT_PER_CODE
            if more > 0 and left[problem.code] == more:
                kept[index] = replace(problem, message=f"{problem.message} (and {more:,} more)")
        return tuple(kept)


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


def cut_short(code: str, what: str, offset: int, size: int, source: Source) -> Problem:
    """The problem of a section that the end of the file cuts."""
    return Problem(
        code,
        min(offset, source.size),
        max(0, source.size - offset),
        f"the file ends at byte {source.size:,}, inside its {what}, which needs the bytes {offset:,} to "
        f"{offset + size:,}",
        f"at least {offset + size:,} bytes",
        f"{source.size:,} bytes",
    )


def check_table(findings: Findings, table: FrequencyTable, base: int, entry: Struct) -> None:
    """Notes frequencies that do not sum to the total, and starts that are not their sums."""
    if table.sum != table.total:
        findings.add(
            Problem(
                "table-sum",
                base,
                SYMBOLS * entry.size,
                f"the frequencies sum to {table.sum:,}, not to {table.total:,}, so slots and symbols do not "
                "match one to one",
                f"{table.total:,}",
                f"{table.sum:,}",
                _clamp_cause(table),
                tensor=0,
            )
        )
    wrong = np.flatnonzero(
        (table.starts != prefix_sums(table.frequencies)) & (table.frequencies > 0)
    )
    for symbol in wrong:
        expected = int(prefix_sums(table.frequencies)[symbol])
        findings.add(
            Problem(
                "table-start",
                base + int(symbol) * entry.size,
                entry.size,
                f"symbol {symbol} starts at slot {int(table.starts[symbol]):,}, but the frequencies before "
                f"it sum to {expected:,}",
                f"{expected:,}",
                f"{int(table.starts[symbol]):,}",
                tensor=0,
            )
        )


def _clamp_cause(table: FrequencyTable) -> str:
    """The cause of a wrong sum where a frequency has the value that gives it away."""
    clamped = np.flatnonzero(table.frequencies == original.CLAMP)
    if not len(clamped) or table.sum < table.total:
        return ""
    return (
        f"rounding every rare symbol up to 1 overshot {table.total:,}; the excess was taken from symbol "
        f"{int(clamped[0])}, whose frequency went below zero, wrapped and was clamped to {original.CLAMP:,}"
    )


def shape_refusal(findings: Findings, source: Source, weights: int, header: Struct) -> str:
    """Notes a shape that the bytes cannot justify; returns why it is refused, or ""."""
    if justified(weights, source.size):
        return ""
    offset = header.offset_of("rows")
    message = (
        f"the header claims {weights:,} weights, more than {WEIGHTS_PER_BYTE:,} for each of the "
        f"{source.size:,} bytes of the file"
    )
    findings.add(
        Problem(
            "implausible-size",
            offset,
            header.offset_of("cols") + header.size_of("cols") - offset,
            message,
            f"at most {source.size * WEIGHTS_PER_BYTE:,} weights",
            f"{weights:,} weights",
            tensor=0,
        )
    )
    return message


def require_fits(what: str, value: int, most: int) -> None:
    """Raises InputError where `value` does not fit the field that a layout has for it."""
    if value > most:
        raise InputError(
            f"the {what} would be {value:,}, but the layout has room for {most:,} at most"
        )


def field_problem(
    struct: Struct, field: str, code: str, expected: str, found: int, why: str
) -> Problem:
    """The problem of one field of a header that lies at byte 0."""
    return Problem(
        code,
        struct.offset_of(field),
        struct.size_of(field),
        f"{field} is {found:,}, but {why}",
        expected,
        f"{found:,}",
    )
