"""The chain of one symbol in numbers: weight ← prediction + residual ← symbol ← slot ← state ← bytes.

Every line is computed from what lies above or below it, not copied from the decoder, so that a
trace that does not follow from the file's table and bytes is told apart from one that does.
"""

from __future__ import annotations

from app.models.explanation.lanes import lane_sections
from app.models.explanation.parts import (
    Explanation,
    Known,
    Line,
    Link,
    Part,
    Section,
    ToTile,
    signed,
    table_entry,
)
from app.models.explanation.place import Place, Values, values_of
from app.models.explanation.prediction import source_of, weight_lines
from app.models.explanation.scales import scale_lines
from app.models.explanation.step import byte_parts, step_sections
from app.models.explanation.uncoded import uncoded_weight
from codec.container import Coding, Prediction, Tensor
from codec.decoders.base import DecodedTile
from codec.decoders.streams import Status


def explain_symbol(known: Known, tensor: Tensor, tile: int, index: int) -> Explanation:
    """Explains the symbol at place `index` of a tile, or the weight there of one not coded by rANS."""
    place = Place(tensor, tile, index)
    if not 0 <= index < tensor.symbol_count(tile):
        return Explanation(f"Tile {tile:,} has no symbol {index:,}", ())
    if tensor.coding(tile) is not Coding.RANS:
        weight = uncoded_weight(known, place)
        lines = (_where(place), *weight.lines, *scale_lines(known, place, weight.value))
        return Explanation(_title(place, weight.value), (Section("Weight", lines), weight.why))
    decoded = known.decoded(tile)
    values = values_of(known, place, decoded)
    lines = (
        _where(place),
        *weight_lines(known, place, values),
        *scale_lines(known, place, values.weight),
        *_warnings(place, decoded, values),
    )
    sections = (
        Section("Weight", lines),
        *lane_sections(tensor, tile, index),
        *step_sections(known, tensor, tile, index, values.symbol),
    )
    return Explanation(_title(place, values.weight), sections, _chain(known, place, values))


def _title(place: Place, weight: int | None) -> str:
    return place.name if weight is None else f"{place.name} = {weight}"


def _where(place: Place) -> Line:
    record = place.tensor.tiles[place.tile]
    tile = Link(f"tile {place.tile:,}", ToTile(place.tile))
    count = place.tensor.symbol_count(place.tile)
    what = "symbol" if place.tensor.coding(place.tile) is Coding.RANS else "weight"
    parts: tuple[Part, ...] = (f"{what} {place.index:,} of {count:,} in ", tile)
    note = (
        f"row {place.row:,}, column {place.col:,} of the tile at row {record['row']:,}, "
        f"column {record['col']:,} of the grid"
    )
    return Line("place", parts, note)


def _warnings(place: Place, decoded: DecodedTile | None, values: Values) -> tuple[Line, ...]:
    """What makes this value no weight, or not to be trusted."""
    lines = []
    if place.weight is None:
        sound = "as it must be" if values.value in (0, None) else "but it is not"
        note = f"right of or below the matrix; a sound encoder puts 0 there, {sound}"
        lines.append(Line("padding", ("no weight",), note))
    if decoded is not None and decoded.stream.status is not Status.OK:
        note = decoded.stream.detail or "weights of this tile are not to be trusted"
        if values.symbol is None:
            note = f"only {decoded.stream.decoded:,} symbols of this tile could be decoded"
        lines.append(Line("tile", (decoded.stream.status.word,), note))
    return tuple(lines)


def _chain(known: Known, place: Place, values: Values) -> tuple[Part, ...]:
    """The whole chain in one line, as far as it is known."""
    if values.symbol is None:
        return ()
    parts: list[Part] = [place.name]
    if values.weight is not None and values.value is not None and values.before is not None:
        source, _ = source_of(place)
        flat = place.tensor.prediction is not Prediction.DIFFERENCED
        added = values.symbol - 128 if flat else values.value
        parts += [f" = {values.weight} ← prediction {signed(values.weight - added)} ("]
        parts += [*source, f") + residual {added}"]
        if not flat:
            parts.append(f" ← residual before {values.before} + difference {values.symbol - 128}")
    parts += [" ← ", Link(f"symbol {values.symbol}", table_entry(place.tensor, values.symbol))]
    row = None if known.trace is None else known.trace.row_of_symbol(place.index)
    if known.trace is not None and row is not None:
        slot, state = int(known.trace["slot"][row]), int(known.trace["state_before"][row])
        lane = (
            "" if place.tensor.interleaving.lanes == 1 else f" of lane {known.trace['lane'][row]}"
        )
        parts += [f" ← slot {slot:,} ← state {state:,}{lane} ← "]
        parts += byte_parts(known, place.tensor, row)
    return tuple(parts)
