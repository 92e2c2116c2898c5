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
    ToSymbol,
    ToWeight,
    tile_record,
)
from app.models.explanation.stream import bytes_link, checksum_lines, lane_state, stream_lines
from codec.container import Coding, Prediction, Predictor, Tensor
from codec.decoders.streams import Status


def explain_tile(known: Known, tensor: Tensor, tile: int) -> Explanation:
    """Explains a tile, and the field selected in it where it is a part of the tile's bytes."""
    whole = _tile_sections(known, tensor, tile)
    selected = known.selection.span
    stream = (int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile]))
    if selected is None or selected == stream:
        return Explanation(_title(tensor, tile), whole)
    part = explain_field(known, *selected)
    found = (
        lane_state(known, tensor, tile, selected[0]),
        renormalisation_steps(known, tile, *selected),
    )
    inside = tuple(section for section in found if section is not None)
    return Explanation(part.title, (*part.sections, *inside, *whole))


def _title(tensor: Tensor, tile: int) -> str:
    record = tensor.tiles[tile]
    return f"Tile {tile:,} (row {record['row']:,}, column {record['col']:,} of the grid)"


def _tile_sections(known: Known, tensor: Tensor, tile: int) -> tuple[Section, ...]:
    place = Section(f"Tile {tile:,}", tuple(_place_lines(known, tensor, tile)))
    stream = Section("Stream", tuple(stream_lines(known, tensor, tile)))
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
    if tensor.coding(tile) is Coding.RANS:
        lines.append(_predictor_line(tensor, tile))
    return [*lines, *_record_line(known, tensor, tile)]


def _weight(row: int, col: int) -> Link:
    return Link(f"W[{row:,}, {col:,}]", ToWeight(row, col))


def _predictor_line(tensor: Tensor, tile: int) -> Line:
    predictor = tensor.predictor(tile)
    number = int(tensor.tiles["predictor"][tile])
    if predictor is None:
        return Line("predictor", (str(number),), "no such predictor was ever defined")
    notes = _WITHIN_TILE if tensor.prediction is Prediction.WITHIN_TILE else {}
    flat = tensor.prediction is Prediction.FLAT_LEFT
    note = "over the whole tile as one sequence" if flat else "then differenced"
    return Line("predictor", (f"{number}: {predictor.name}",), notes.get(predictor, note))


_WITHIN_TILE = {
    Predictor.NONE: "weights are coded as they are",
    Predictor.LEFT: "the weight before it in the tile, row after row as one sequence",
    Predictor.TOP: "the weight above it in the tile, and 0 for the first row",
}


def _record_line(known: Known, tensor: Tensor, tile: int) -> list[Line]:
    """The tile's entry in the file's index."""
    entry = tile_record(known.container, tensor, tile)
    if entry is None:
        return []
    return [Line("index entry", (bytes_link(entry.offset, entry.size),), entry.value)]


def _outcome_lines(known: Known, tensor: Tensor, tile: int) -> list[Line]:
    """How decoding ended, and the measures."""
    lines = [_status_line(known, tensor, tile), *checksum_lines(known, tensor, tile)]
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
    if known.trace_note and tensor.coding(tile) is Coding.RANS:
        return Line("status", ("failed",), known.trace_note)
    return Line("status", ("?",), "not known until the tile is decoded")
