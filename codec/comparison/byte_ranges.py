"""Where the bytes of two files differ, region by region, so that one longer part does not make all behind it differ.

A region is a part that both files have: the header, the table, a tile's stream. Regions of one size are held against
each other byte by byte; of two sizes what is alike at both ends is taken off, and what is left between was put in
or taken out. Files may be larger than the memory, so bytes are read block by block, and only regions that differ are
read again to walk through their differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.decoders.base import Tick, no_tick
from codec.source import Source

BLOCK = 1 << 20
"""Bytes of each file that are read at a time; a longer difference is told in several ranges."""

JOINED_GAP = 8
"""So many bytes that are alike do not part one range from the next: in noise one byte of 256 is alike by chance."""

REGION = np.dtype(
    [
        ("left", "<i8"),
        ("left_size", "<i8"),
        ("right", "<i8"),
        ("right_size", "<i8"),
        ("same_head", "<i8"),
        ("same_tail", "<i8"),
        ("differs", "?"),
    ]
)
"""A part of both files: where it lies in each, and how many of its bytes are alike at the start and, behind those,
at the end."""

Place = tuple[int, int]
"""(offset, size) in a file."""


class ByteRange(NamedTuple):
    """Bytes of the left file that stand for other bytes of the right one.

    Attributes:
        name: of the region that they lie in.
        left, left_size: in the left file; size 0 where bytes were put in before `left`.
        right, right_size: in the right file.
    """

    name: str
    left: int
    left_size: int
    right: int
    right_size: int


@dataclass(frozen=True, eq=False)
class ByteDifferences:
    """The regions of two files, and which differ.

    Attributes:
        names: of each region.
        regions: REGION[n], in the order of the left file.
    """

    names: tuple[str, ...]
    regions: NDArray[Any]

    @property
    def differing(self) -> NDArray[np.int64]:
        """Numbers of the regions that differ."""
        return np.flatnonzero(self.regions["differs"])

    def ranges(
        self, left: Source, right: Source, number: int, *, forward: bool = True
    ) -> Iterator[ByteRange]:
        """The ranges of a region that differ, first to last or last to first.

        Raises:
            SourceError: the bytes cannot be read.
        """
        region, name = self.regions[number], self.names[number]
        head, tail = int(region["same_head"]), int(region["same_tail"])
        at = int(region["left"]), int(region["right"])
        sizes = int(region["left_size"]), int(region["right_size"])
        if not region["differs"]:
            return
        if sizes[0] != sizes[1]:
            rest = (size - head - tail for size in sizes)
            yield ByteRange(name, at[0] + head, next(rest), at[1] + head, next(rest))
            return
        begins = range(head, sizes[0] - tail, BLOCK)
        for begin in begins if forward else reversed(begins):
            size = min(BLOCK, sizes[0] - tail - begin)
            found = _runs(_bytes(left, at[0] + begin, size) != _bytes(right, at[1] + begin, size))
            for first, end in (found if forward else found[::-1]).tolist():
                where = begin + first
                yield ByteRange(name, at[0] + where, end - first, at[1] + where, end - first)

    def next(
        self, left: Source, right: Source, offset: int, *, forward: bool = True
    ) -> ByteRange | None:
        """The first range that begins behind (or, going back, before) an offset of the left file.

        Raises:
            SourceError: the bytes cannot be read.
        """
        begins = self.regions["left"]
        ends = begins + self.regions["left_size"]
        near = (ends >= offset) if forward else (begins < offset)
        numbers = np.flatnonzero(near & self.regions["differs"]).tolist()
        for number in numbers if forward else reversed(numbers):
            for found in self.ranges(left, right, number, forward=forward):
                if found.left > offset if forward else found.left < offset:
                    return found
        return None


def byte_differences(
    left: Source,
    right: Source,
    places: Sequence[tuple[str, Place, Place]],
    tick: Tick = no_tick,
) -> ByteDifferences:
    """Holds regions of two files against each other.

    Args:
        left, right: the bytes of both files.
        places: name of each region, and where it lies in the left file and in the right one.
        tick: told (regions done, regions in all).

    Raises:
        SourceError: the bytes cannot be read.
        Cancelled: `tick` says so.
    """
    ordered = sorted(places, key=lambda place: place[1])
    regions = np.zeros(len(ordered), dtype=REGION)
    for number, (_, here, there) in enumerate(ordered):
        tick(number, len(ordered))
        head = same_head(left, here, right, there)
        tail = same_tail(left, (here[0], here[1] - head), right, (there[0], there[1] - head), head)
        regions[number] = (*here, *there, head, tail, head != here[1] or head != there[1])
    return ByteDifferences(tuple(name for name, _, _ in ordered), regions)


def same_head(left: Source, here: Place, right: Source, there: Place) -> int:
    """How many bytes are alike from the first on."""
    least = min(here[1], there[1])
    for begin in range(0, least, BLOCK):
        size = min(BLOCK, least - begin)
        differ = _bytes(left, here[0] + begin, size) != _bytes(right, there[0] + begin, size)
        if differ.any():
            return begin + int(differ.argmax())
    return least


def same_tail(left: Source, here: Place, right: Source, there: Place, skipped: int) -> int:
    """How many bytes are alike from the last on, where `skipped` bytes before both places are left out."""
    least = min(here[1], there[1])
    ends = here[0] + skipped + here[1], there[0] + skipped + there[1]
    for done in range(0, least, BLOCK):
        size = min(BLOCK, least - done)
        differ = _bytes(left, ends[0] - done - size, size) != _bytes(
            right, ends[1] - done - size, size
        )
        if differ.any():
            return done + int(differ[::-1].argmax())
    return least


def _bytes(source: Source, offset: int, size: int) -> NDArray[np.uint8]:
    return source.array(offset, np.dtype("u1"), size)


def _runs(differ: NDArray[np.bool_]) -> NDArray[np.int64]:
    """int64[n, 2]: begin and end of each run of True, short gaps between them not counted."""
    places = np.flatnonzero(differ)
    if not len(places):
        return np.zeros((0, 2), dtype=np.int64)
    breaks = np.flatnonzero(np.diff(places) > JOINED_GAP)
    begins = places[np.insert(breaks + 1, 0, 0)]
    ends = places[np.append(breaks, len(places) - 1)] + 1
    return np.stack([begins, ends], axis=1)
