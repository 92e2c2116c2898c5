"""A tile's stream in numbers: how the tile is coded, where its states and words lie, its checksum."""

from __future__ import annotations

from functools import lru_cache

from app.models.explanation.parts import (
    Known,
    Line,
    Link,
    Part,
    Section,
    ToBytes,
    ToSymbol,
    hexadecimal,
    tile_record,
)
from app.models.explanation.recorded import unit
from codec.checksum import tile_checksum
from codec.container import Coding, Framing, StreamFrame, Tensor
from codec.decoders.base import DecodedTile
from codec.errors import SourceError
from codec.spans import SpanKind

MOST_SUMMED = 1 << 22
"""Weights of a tile of which a checksum is computed here; of larger ones the decoder's word is taken."""


def bytes_link(offset: int, size: int) -> Link:
    """Leads to some bytes, and says which."""
    return Link(f"{size:,} bytes at {offset:,} ({hexadecimal(offset)})", ToBytes(offset, size))


def stream_lines(known: Known, tensor: Tensor, tile: int) -> list[Line]:
    """The bytes that a tile is coded in."""
    match tensor.coding(tile):
        case Coding.CONSTANT:
            value = int(tensor.tiles["constant"][tile])
            return [Line("coding", ("constant",), f"no stream: every weight is {value}")]
        case Coding.RAW:
            return [_raw_line(tensor, tile), *_cut_line(tensor, tile)]
        case None:
            number = int(tensor.tiles["coding"][tile])
            return [Line("coding", (f"{number:,}",), "no such coding was ever defined")]
    frame = _frame(known, tensor, tile)
    if frame is None:
        return _cut_line(tensor, tile) or [_unreadable_line(tensor, tile)]
    count = [] if frame.forward else [_count_line(tensor, tile, frame)]
    whole = Line("stream", (bytes_link(frame.offset, frame.size),))
    words = _words_line(tensor, frame)
    if frame.forward:
        return [whole, _states_line(tensor, frame), words]
    return [whole, *count, words, _state_line(tensor, frame)]


def _raw_line(tensor: Tensor, tile: int) -> Line:
    offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
    note = (
        "the weights as they are, one byte each, row by row: rANS would not have made them smaller"
    )
    return Line("coding", ("raw, ", bytes_link(offset, size)), note)


def _cut_line(tensor: Tensor, tile: int) -> list[Line]:
    return [] if tensor.tiles["readable"][tile] else [_unreadable_line(tensor, tile)]


def _unreadable_line(tensor: Tensor, tile: int) -> Line:
    offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
    note = "cannot be read: it is not inside the file, or too short for a stream"
    return Line("stream", (f"{size:,} bytes at {offset:,}",), note)


def _frame(known: Known, tensor: Tensor, tile: int) -> StreamFrame | None:
    decoded = known.decoded(tile)
    if decoded is not None and decoded.stream.frame is not None:
        return decoded.stream.frame
    if not tensor.tiles["readable"][tile]:
        return None
    try:
        return known.container.frame(tensor, tile)
    except SourceError:
        return None


def _count_line(tensor: Tensor, tile: int, frame: StreamFrame) -> Line:
    expected = 0 if tensor.refusal else tensor.symbol_count(tile)
    fits = "as the tile needs" if frame.symbol_count == expected else f"the tile needs {expected:,}"
    link = Link(f"{frame.symbol_count:,}", ToBytes(frame.offset, 4))
    return Line("symbol count", (link,), "" if tensor.refusal else fits)


def _words_line(tensor: Tensor, frame: StreamFrame) -> Line:
    size, width = frame.words_end - frame.words_begin, tensor.coder.word_bytes
    order = (
        "read from the first to the last" if frame.forward else "read from the last to the first"
    )
    if width > 1:
        order = f"{size // width:,} words of {width} bytes, {order}"
    if size % width:
        order += "; the last one is not whole"
    where = bytes_link(frame.words_begin, size) if size else f"no {unit(tensor.coder)}"
    return Line("renormalisation", (where,), order)


def _band(tensor: Tensor, state: int) -> str:
    bound = tensor.coder.lower_bound
    sound = bound <= state < tensor.coder.upper_bound
    return f"{'inside' if sound else 'OUTSIDE'} L = {bound:,} … {tensor.coder.upper_bound - 1:,}"


def _state_line(tensor: Tensor, frame: StreamFrame) -> Line:
    link = Link(f"{frame.state:,} = 0x{frame.state:08X}", ToBytes(frame.states_begin, 4))
    note = f"the encoder's last; decoding starts from it; {_band(tensor, frame.state)}"
    return Line("first state", (link,), note)


def _states_line(tensor: Tensor, frame: StreamFrame) -> Line:
    """The states of all lanes; those outside the coder's interval by name."""
    lanes, coder = len(frame.states), tensor.coder
    parts: list[Part] = [bytes_link(frame.states_begin, 4 * lanes)]
    outside = [
        lane
        for lane, state in enumerate(frame.states)
        if not coder.lower_bound <= state < coder.upper_bound
    ]
    for lane in outside[:1]:
        place = Link(f"lane {lane:,}", ToBytes(frame.states_begin + 4 * lane, 4))
        parts += [", ", place, f" {_band(tensor, frame.states[lane])}"]
    band = f"L = {coder.lower_bound:,} … {coder.upper_bound - 1:,}"
    told = f"{len(outside):,} OUTSIDE {band}" if outside else f"all inside {band}"
    whose = f"of {lanes:,} lanes" if lanes > 1 else "of the one lane"
    note = f"{whose}, the encoder's last; decoding starts from them; {told}"
    return Line("first states" if lanes > 1 else "first state", tuple(parts), note)


def checksum_lines(known: Known, tensor: Tensor, tile: int) -> list[Line]:
    """The checksum of a tile's weights as stored, and as computed from what was decoded."""
    if not tensor.checksums:
        return []
    stored = int(tensor.tiles["checksum"][tile])
    record = tile_record(known.container, tensor, tile)
    fields = () if record is None else record.children
    field = next((span for span in fields if span.name == "checksum"), record)
    text = f"0x{stored:08X}"
    part: Part = text if field is None else Link(text, ToBytes(field.offset, field.size))
    lines = [Line("checksum", (part,), "of the weights, as stored: XXH32 of 32 parts, xored")]
    decoded = known.decoded(tile)
    if decoded is None or decoded.weights.size > MOST_SUMMED:
        return lines
    found = _checksum_of(decoded)
    fits = "as stored" if found == stored else "NOT as stored: some weights differ"
    return [*lines, Line("computed", (f"0x{found:08X}",), f"of the decoded weights, {fits}")]


@lru_cache(maxsize=4)
def _checksum_of(decoded: DecodedTile) -> int:
    """Kept, since an explanation is written anew at every change of what is known."""
    return tile_checksum(decoded.weights)


def lane_state(known: Known, tensor: Tensor, tile: int, offset: int) -> Section | None:
    """Which lane starts from the state at these bytes; None where they are no such state."""
    leaf = known.container.root.leaf_at(offset)
    if tensor.framing is not Framing.LEADING_STATES or leaf is None or leaf.tile != tile:
        return None
    lane = (offset - int(tensor.tiles["offset"][tile])) // 4
    if leaf.kind is not SpanKind.STATE or not 0 <= lane < tensor.interleaving.lanes:
        return None
    first = lane * tensor.interleaving.run
    lines = [Line("lane", (f"{lane:,} of {tensor.interleaving.lanes:,}",), "it starts from here")]
    if first < tensor.symbol_count(tile):
        number = tensor.interleaving.step_of(first, tensor.symbol_count(tile))
        link = Link(f"step {number:,}", ToSymbol(tile, first))
        lines.append(Line("first step", (link,), f"it decodes symbol {first:,}"))
    else:
        lines.append(Line("first step", ("none",), "the tile has no symbol for this lane"))
    return Section("Lane", tuple(lines))
