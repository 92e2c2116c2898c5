"""Finds bytes in a file of any size, a piece at a time, so that the search needs little memory."""

from __future__ import annotations

from collections.abc import Iterator

from codec.decoders.base import Tick, no_tick
from codec.source import Source

PIECE = 1 << 22
"""Bytes that are read at once; two pieces overlap by the pattern, so that no place is missed."""


def find(
    source: Source, pattern: bytes, start: int, backward: bool = False, tick: Tick = no_tick
) -> int | None:
    """The offset nearest to `start` at which `pattern` stands, going round the end of the file.

    Args:
        source: the bytes.
        pattern: what to look for; at least one byte.
        start: the first offset that counts; going backward, the last one.
        backward: whether to go towards the beginning.
        tick: told (bytes searched, bytes in all).

    Returns:
        None where the pattern stands nowhere.

    Raises:
        SourceError: the bytes cannot be read.
        Cancelled: `tick` says so.
    """
    last = source.size - len(pattern)
    if last < 0:
        return None
    if not 0 <= start <= last:
        start = last if backward else 0
    halves = [(0, start), (start + 1, last)] if backward else [(start, last), (0, start - 1)]
    done = 0
    for low, high in halves:
        for begin, end in _pieces(low, high, backward):
            tick(done, source.size)
            data = source.read(begin, end - begin + len(pattern))
            found = data.rfind(pattern) if backward else data.find(pattern)
            if found >= 0:
                return begin + found
            done += end - begin + 1
    return None


def _pieces(low: int, high: int, backward: bool) -> Iterator[tuple[int, int]]:
    """Cuts the offsets low…high, both included, into pieces, in the order of the search."""
    begins = range(low, high + 1, PIECE)
    for begin in reversed(begins) if backward else begins:
        yield begin, min(begin + PIECE - 1, high)
