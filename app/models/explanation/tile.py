"""A tile in words and numbers: its place, record and stream, how decoding ended, what it measures."""

from __future__ import annotations

import math

from app.models.explanation.field import (
    explain_field,
    listed_problems,
    renormalisation_steps,
)
from app.models.explanation.parts import (
    Explanation,
    Known,
    Line,
    Link,
    Part,
    Section,
    ToBytes,
    ToSymbol,
    ToWeight,
    hexadecimal,
)
from codec.container import Prediction, StreamFrame, Tensor
from codec.decoders.streams import Status
from codec.errors import SourceError
from codec.spans import SpanKind


def explain_tile(known: Known, tensor: Tensor, tile: int) -> Explanation:
    """Explains a tile, and the field selected in it where it is a part of the tile's bytes."""
    whole = _tile_sections(known, tensor, tile)
    selected = known.selection.span
    stream = (int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile]))
    if selected is None or selected == stream:
        return Explanation(_title(tensor, tile), whole)
    part = explain_field(known, *selected)
    steps = renormalisation_steps(known, tile, *selected)
    return Explanation(part.title, (*part.sections, *([steps] if steps else []), *whole))


def _title(tensor: Tensor, tile: int) -> str:
    record = tensor.tiles[tile]
    return f"Tile {tile:,} (row {record['row']:,}, column {record['col']:,} of the grid)"


def _tile_sections(known: Known, tensor: Tensor, tile: int) -> tuple[Section, ...]:
    frame = _frame(known, tensor, tile)
    place = Section(f"Tile {tile:,}", tuple(_place_lines(known, tensor, tile)))
    stream = Section("Stream", tuple(_stream_lines(tensor, tile, frame)))
    outcome = Section("Decoding", tuple(_outcome_lines(known, tensor, tile)))
    problems = [p for p in known.problems if p.tile == tile and p.tensor == tensor.index]
    return place, stream, outcome, *listed_problems(problems)


def _place_lines(known: Known, tensor: Tensor, tile: int) -> list[Line]:
    rectangle = tensor.rectangle(tile)
    lines = []
    if rectangle.size and not tensor.refusal:
        last = rectangle.row + rectangle.rows - 1, rectangle.col + rectangle.cols - 1
        corners: tuple[Part, ...] = (
            _weight(rectangle.row, rectangle.col), " … ", _weight(*last),
        )  # fmt: skip
        lines.append(Line("weights", corners, f"{rectangle.rows:,}×{rectangle.cols:,}"))
    else:
        lines.append(Line("weights", ("none",), tensor.refusal or "outside the matrix"))
    coded = tensor.coded_shape(tile)
    if coded != (rectangle.rows, rectangle.cols):
        padding = coded[0] * coded[1] - rectangle.size
        lines.append(
            Line("coded as", (f"{coded[0]:,}×{coded[1]:,}",), f"{padding:,} symbols are padding")
        )
    lines.append(_predictor_line(tensor, tile))
    record = _record(known, tile)
    return [*lines, record] if record else lines


def _weight(row: int, col: int) -> Link:
    return Link(f"W[{row:,}, {col:,}]", ToWeight(row, col))


def _predictor_line(tensor: Tensor, tile: int) -> Line:
    predictor = tensor.predictor(tile)
    number = int(tensor.tiles["predictor"][tile])
    if predictor is None:
        return Line("predictor", (str(number),), "no such predictor was ever defined")
    flat = tensor.prediction is Prediction.FLAT_LEFT
    note = "over the whole tile as one sequence" if flat else "then differenced"
    return Line("predictor", (f"{number}: {predictor.name}",), note)


def _record(known: Known, tile: int) -> Line | None:
    """The tile's entry in the file's index."""
    index = next((s for s in known.container.root.children if s.kind is SpanKind.INDEX), None)
    if index is None or tile >= len(index.children):
        return None
    entry = index.children[tile]
    return Line("index entry", (_bytes(entry.offset, entry.size),), entry.value)


def _bytes(offset: int, size: int) -> Link:
    return Link(f"{size:,} bytes at {offset:,} ({hexadecimal(offset)})", ToBytes(offset, size))


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


def _stream_lines(tensor: Tensor, tile: int, frame: StreamFrame | None) -> list[Line]:
    if frame is None:
        offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
        note = "cannot be read: it is not inside the file, or too short for a stream"
        return [Line("stream", (f"{size:,} bytes at {offset:,}",), note)]
    expected = 0 if tensor.refusal else tensor.symbol_count(tile)
    fits = "as the tile needs" if frame.symbol_count == expected else f"the tile needs {expected:,}"
    bound = tensor.coder.lower_bound
    in_band = bound <= frame.state < tensor.coder.upper_bound
    band = f"{'inside' if in_band else 'OUTSIDE'} L = {bound:,} … {tensor.coder.upper_bound - 1:,}"
    words = frame.words_end - frame.words_begin
    return [
        Line("stream", (_bytes(frame.offset, frame.size),)),
        Line(
            "symbol count",
            (Link(f"{frame.symbol_count:,}", ToBytes(frame.offset, 4)),),
            "" if tensor.refusal else fits,
        ),
        Line(
            "renormalisation",
            (_bytes(frame.words_begin, words) if words else "no byte",),
            "read from the last to the first",
        ),
        Line(
            "first state",
            (Link(f"{frame.state:,} = 0x{frame.state:08X}", ToBytes(frame.words_end, 4)),),
            f"the encoder's last; decoding starts from it; {band}",
        ),
    ]


def _outcome_lines(known: Known, tensor: Tensor, tile: int) -> list[Line]:
    """How decoding ended, and the measures."""
    lines = [_status_line(known, tensor, tile)]
    weights = 0 if tensor.refusal else tensor.rectangle(tile).size
    if weights:
        bits = int(tensor.tiles["size"][tile]) * 8 / weights
        lines.append(Line("bits per weight", (f"{bits:.3f}",), "of the whole stream"))
    lines += _measures(known, tile)
    if known.trace is not None and len(known.trace):
        symbol = int(known.trace["symbol_index"][0])
        step = int(known.trace["step"][0])
        lines.append(Line("steps", (Link(f"step {step:,}", ToSymbol(tile, symbol)),), "go to it"))
    return lines


def _measures(known: Known, tile: int) -> list[Line]:
    """What the full check measured, where it could decode anything."""
    if known.report is None or tile >= len(known.report.tiles):
        return []
    measures = known.report.tiles[tile]
    if measures["status"] in _NOTHING_DECODED:
        return []
    loss = float(measures["table_loss"])
    text = f"{loss:.3f}" if math.isfinite(loss) else "∞"
    return [
        Line("entropy", (f"{measures['entropy']:.3f}",), "order 0, bits per symbol"),
        Line("lost to the table", (text,), "bits per symbol above the entropy"),
    ]


_NOTHING_DECODED = (Status.UNREADABLE, Status.STATE_OUT_OF_RANGE, Status.TENSOR_REFUSED)


def _status_line(known: Known, tensor: Tensor, tile: int) -> Line:
    decoded = known.decoded(tile)
    if tensor.refusal:
        return Line("status", (Status.TENSOR_REFUSED.word,), tensor.refusal)
    if decoded is not None:
        stream = decoded.stream
        return Line("status", (stream.status.word,), stream.detail)
    if known.report is not None and tile < len(known.report.tiles):
        return Line("status", (Status(int(known.report.tiles["status"][tile])).word,))
    if known.trace_note:
        return Line("status", ("failed",), known.trace_note)
    return Line("status", ("?",), "not known until the tile is decoded")
