"""A weight of a tile that is not coded by rANS: a byte of the file as it is, or the tile's one value."""

from __future__ import annotations

from typing import NamedTuple

from app.models.explanation.parts import (
    Known,
    Line,
    Link,
    Part,
    Section,
    ToBytes,
    hexadecimal,
    signed,
    tile_record,
)
from app.models.explanation.place import Place
from app.trace_window import why_no_steps
from codec.container import Coding
from codec.errors import SourceError


class Uncoded(NamedTuple):
    """The weight, None where it cannot be read; the lines about it; why it has no step."""

    value: int | None
    lines: tuple[Line, ...]
    why: Section


def uncoded_weight(known: Known, place: Place) -> Uncoded:
    """The weight at a place of a raw or constant tile."""
    coding = place.tensor.coding(place.tile)
    why = Section("Step", (Line("trace", ("—",), why_no_steps(place.tensor, place.tile)),))
    match coding:
        case Coding.RAW:
            return _raw(known, place, why)
        case Coding.CONSTANT:
            return _constant(known, place, why)
        case _:
            number = int(place.tensor.tiles["coding"][place.tile])
            note = f"the tile's coding is {number}, which was never defined"
            return Uncoded(None, (Line("weight", ("?",), note),), why)


def _raw(known: Known, place: Place, why: Section) -> Uncoded:
    offset = int(place.tensor.tiles["offset"][place.tile]) + place.index
    link = Link(f"{offset:,} ({hexadecimal(offset)})", ToBytes(offset))
    try:
        byte = known.container.source.read(offset, 1)[0]
    except SourceError as error:
        return Uncoded(None, (Line("weight", ("?",), error.sentence()),), why)
    value = signed(byte)
    equation = f"{value} = {byte}" if value == byte else f"{value} = {byte} - 256"
    lines = (
        Line("weight", (equation,), "the byte as it stands in the file, as an int8"),
        Line("stored raw", (f"{byte:02X} at ", link), "rANS would not have made the tile smaller"),
    )
    return Uncoded(value, lines, why)


def _constant(known: Known, place: Place, why: Section) -> Uncoded:
    value = int(place.tensor.tiles["constant"][place.tile])
    record = tile_record(known.container, place.tensor, place.tile)
    parts: tuple[Part, ...] = (str(value),)
    field = None
    if record is not None:
        field = next((span for span in record.children if span.name == "constant"), record)
    if field is not None:
        where = f"{field.offset:,} ({hexadecimal(field.offset)})"
        parts = (f"{value} at ", Link(where, ToBytes(field.offset, field.size)))
    line = Line("constant", parts, "every weight of the tile, from its record; it has no stream")
    return Uncoded(value, (Line("weight", (str(value),), "as all of this tile"), line), why)
