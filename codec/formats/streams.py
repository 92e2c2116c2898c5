"""The parts that both legacy layouts share: a tile's stream and the spans of streams and gaps.

A stream is a u32 symbol count, the renormalisation bytes in the order in which the encoder moved them
out, and the encoder's last state as a u32; the decoder starts at that end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import SourceError
from codec.source import Source
from codec.spans import ListedSpans, ScatteredSpans, Span, SpanKind, Spans
from codec.struct_layout import Field

FRAME_BYTES = 8
"""Bytes of a stream beside its renormalisation bytes: count and state."""


COUNT = Field("symbol count", "<u4", "How many symbols the stream codes: the weights of the tile.")
STATE = Field("final state", "<u4", "The encoder's last state; decoding starts from it.")


def stream_bytes(symbol_count: int, words: bytes, state: int) -> bytes:
    """A stream as it stands in the file."""
    return symbol_count.to_bytes(4, "little") + words + state.to_bytes(4, "little")


def _u32(source: Source, offset: int) -> str:
    try:
        return f"{int.from_bytes(source.read(offset, 4), 'little'):,}"
    except SourceError:
        return "cannot be read"


def _parts(source: Source, tile: int, offset: int, size: int) -> Spans:
    """The spans inside a whole stream."""
    words = size - FRAME_BYTES

    def make(part: int) -> Span:
        if part == 0:
            return Span(
                COUNT.name,
                offset,
                4,
                SpanKind.COUNT,
                _u32(source, offset),
                COUNT.meaning,
                0,
                tile,
                layout=COUNT,
            )
        if part == 2 or words == 0:
            return Span(
                STATE.name,
                offset + size - 4,
                4,
                SpanKind.STATE,
                _u32(source, offset + size - 4),
                STATE.meaning,
                0,
                tile,
                layout=STATE,
            )
        return Span(
            "renormalisation bytes",
            offset + 4,
            words,
            SpanKind.RENORMALISATION,
            f"{words:,} bytes",
            "Bytes that the encoder moved out of its state; the decoder takes them from the end.",
            0,
            tile,
        )

    return _StreamParts(2 if words == 0 else 3, make, offset, size)


class _StreamParts(Spans):
    """The two or three parts of a stream."""

    def __init__(self, count: int, make: Any, offset: int, size: int) -> None:
        super().__init__(count, make)
        self._offset, self._size = offset, size

    def locate(self, offset: int) -> int | None:
        """As `Spans.locate`, without making the parts."""
        if offset < self._offset + 4:
            return 0
        return len(self) - 1 if offset >= self._offset + self._size - 4 else 1


def _stream_span(source: Source, tiles: NDArray[Any], tile: int) -> Span:
    """The span of one tile's stream: all of it, or what the file has of it."""
    record = tiles[tile]
    offset, size, present = int(record["offset"]), int(record["size"]), int(record["present"])
    name = f"tile {tile:,} (row {record['row']:,}, column {record['col']:,})"
    meaning = "The rANS stream of one tile: symbol count, renormalisation bytes, final state."
    if record["readable"]:
        text, parts = f"{size:,} bytes", _parts(source, tile, offset, size)
    else:
        text = f"{size:,} bytes at byte {offset:,}, of which the file has {present:,}"
        parts = ListedSpans()
    return Span(
        name, min(offset, source.size), present, SpanKind.STREAM, text, meaning, 0, tile, parts
    )


def streams_span(source: Source, tiles: NDArray[Any], base: int) -> Span:
    """The span of all tile streams: one child a tile, in index order.

    Args:
        source: the file.
        tiles: TILE[n].
        base: offset of the first stream where nothing is known otherwise.
    """
    present = tiles[tiles["present"] > 0]
    begin = int(present["offset"].min()) if len(present) else min(base, source.size)
    end = int((present["offset"] + present["present"]).max()) if len(present) else begin

    return Span(
        "tile streams",
        begin,
        end - begin,
        SpanKind.STREAM,
        f"{len(tiles):,} streams",
        "The coded weights: one stream a tile.",
        0,
        children=ScatteredSpans(
            tiles["offset"], tiles["present"], lambda tile: _stream_span(source, tiles, tile)
        ),
        sparse=True,
    )


def unclaimed_span(holes: list[tuple[int, int]]) -> Span:
    """The span of all bytes that nothing claims."""
    ranges = np.array(holes, dtype=np.int64)

    def make(number: int) -> Span:
        offset, size = holes[number]
        return Span(
            f"unclaimed {number:,}",
            offset,
            size,
            SpanKind.UNCLAIMED,
            f"{size:,} bytes",
            "Bytes that no part of the layout claims.",
        )

    begin, end = holes[0][0], holes[-1][0] + holes[-1][1]
    return Span(
        "unclaimed bytes",
        begin,
        end - begin,
        SpanKind.UNCLAIMED,
        f"{sum(size for _, size in holes):,} bytes in {len(holes):,} places",
        "Bytes that no part of the layout claims.",
        children=ScatteredSpans(ranges[:, 0], ranges[:, 1], make),
        sparse=True,
    )
