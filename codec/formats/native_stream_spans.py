"""The spans of a native tensor's streams, and of what lies between them: made when they are asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Tensor
from codec.errors import SourceError
from codec.formats.native_tensor import NativeTensor
from codec.source import Source
from codec.spans import ListedSpans, RecordSpans, ScatteredSpans, Span, SpanKind, gaps
from codec.struct_layout import Field

STATE = Field("state", "<u4", "The encoder's last state of this lane; decoding starts from it.")


def streams_span(source: Source, native: NativeTensor) -> Span:
    """The span of a tensor's streams: those of the tiles, and what is left between and behind them."""
    tensor, streams = native.tensor, native.streams
    tiles, holes = tensor.tiles, stream_gaps(native)

    def stream(tile: int) -> Span:
        return _stream_span(source, tensor, tile)

    whole = (streams.offset, streams.size, SpanKind.STREAM)
    coded = Span(
        "tile streams", *whole, f"{len(tiles):,} streams", "One stream a tile.", tensor.index,
        children=ScatteredSpans(tiles["offset"], tiles["present"], stream), sparse=True,
    )  # fmt: skip
    blank = padding_span("stream padding", holes, tensor.index)
    return Span(
        "streams", *whole, f"{len(tiles):,} streams", "The coded weights.", tensor.index,
        children=ListedSpans([coded, *([blank] if len(holes) else [])]),
    )  # fmt: skip


def stream_gaps(native: NativeTensor) -> NDArray[np.int64]:
    """int64[n, 2]: (offset, size) of the bytes among a tensor's streams that no tile claims."""
    tiles = native.tensor.tiles
    present = tiles[tiles["present"] > 0]
    begins, sizes = present["offset"].astype(np.int64), present["present"].astype(np.int64)
    found = gaps(begins, sizes, native.streams.offset, native.streams.end)
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def padding_span(name: str, holes: NDArray[np.int64], tensor: int | None = None) -> Span:
    """The span of bytes that must be 0; `holes` as `stream_gaps` gives them."""

    def make(number: int) -> Span:
        offset, size = holes[number].tolist()
        return Span(
            f"padding {number:,}",
            offset,
            size,
            SpanKind.PADDING,
            f"{size:,} bytes",
            "Zero: brings what follows to its alignment, or lets a decoder load whole words.",
            tensor,
        )

    begin, end = (int(holes[0, 0]), int(holes[-1].sum())) if len(holes) else (0, 0)
    return Span(
        name,
        begin,
        end - begin,
        SpanKind.PADDING,
        f"{int(holes[:, 1].sum()):,} bytes in {len(holes):,} places",
        "Bytes that must be zero.",
        tensor,
        children=ScatteredSpans(holes[:, 0], holes[:, 1], make),
        sparse=True,
    )


def _stream_span(source: Source, tensor: Tensor, tile: int) -> Span:
    """The span of one tile's stream: all of it, or what the file has of it."""
    record = tensor.tiles[tile]
    offset, size, present = int(record["offset"]), int(record["size"]), int(record["present"])
    coding = tensor.coding(tile)
    text, parts = f"{size:,} bytes, {coding.word if coding is not None else 'coding unknown'}", None
    if coding is Coding.RANS and record["readable"]:
        parts = _parts(source, tensor, tile, offset, size)
    elif present < size:
        text = f"{size:,} bytes at byte {offset:,}, of which the file has {present:,}"
    return Span(
        f"tile {tile:,} (row {record['row']:,}, column {record['col']:,})",
        min(offset, source.size),
        present,
        SpanKind.RAW if coding is Coding.RAW else SpanKind.STREAM,
        text,
        _STREAM_MEANINGS.get(coding, "A stream of unknown coding."),
        tensor.index,
        tile,
        parts or ListedSpans(),
    )


_STREAM_MEANINGS: dict[Coding | None, str] = {
    Coding.RANS: "The rANS stream of one tile: the state of each lane, then words.",
    Coding.RAW: "The weights of one tile as they are, one byte each, row by row.",
    Coding.CONSTANT: "A tile whose weights are all one: its record tells which.",
}


def _parts(source: Source, tensor: Tensor, tile: int, offset: int, size: int) -> ListedSpans:
    """The spans inside a whole rANS stream."""
    lanes, place = tensor.interleaving.lanes, (tensor.index, tile)

    def state(lane: int) -> Span:
        at = offset + 4 * lane
        return Span(
            f"state of lane {lane:,}", at, 4, SpanKind.STATE, _u32(source, at),
            STATE.meaning, *place, layout=STATE,
        )  # fmt: skip

    words = size - 4 * lanes
    states = Span(
        "states", offset, 4 * lanes, SpanKind.STATE, f"{lanes:,} lanes",
        "Where the decoder's lanes start from.", *place,
        children=RecordSpans(offset, 4, lanes, state),
    )  # fmt: skip
    rest = Span(
        "renormalisation words", offset + 4 * lanes, words, SpanKind.RENORMALISATION,
        f"{words // tensor.coder.word_bytes:,} words of {tensor.coder.word_bits} bits",
        "Words that the encoder moved out of its states, in the order in which the decoder takes them.",
        *place,
    )  # fmt: skip
    return ListedSpans([states, *([rest] if words else [])])


def _u32(source: Source, offset: int) -> str:
    try:
        return f"{int.from_bytes(source.read(offset, 4), 'little'):,}"
    except SourceError:
        return "cannot be read"
