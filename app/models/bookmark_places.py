"""What a bookmarked place is called, in words that a person would use for it."""

from __future__ import annotations

from app.bookmarking import why_gone
from app.selection import Selection
from codec.container import Container, Tensor


def place_title(place: Selection, container: Container) -> str:
    """A place in a few words: "Weight 12, 40", "Tile 3", "Bytes 16 to 19"."""
    if place.span is not None:
        return _bytes_title(*place.span)
    if place.tile is None:
        return "Tensor"
    if place.symbol is None:
        return f"Tile {place.tile:,}"
    weight = (
        None
        if why_gone(place, container)
        else _tensor(place, container).weight_of(place.tile, place.symbol)
    )
    if weight is None:
        return f"Symbol {place.symbol:,}"
    return f"Weight {weight[0]:,}, {weight[1]:,}"


def place_details(place: Selection, container: Container) -> str:
    """Where that is: the field of a byte, the tile and the step of a weight; or why it is gone."""
    gone = why_gone(place, container)
    if gone:
        return gone
    if place.span is not None:
        return _fields(place.span[0], container)
    tensor = _tensor(place, container)
    parts = [_name(tensor)] if len(container.tensors) > 1 or place.tile is None else []
    if place.tile is not None:
        parts += _in_tile(tensor, place.tile, place.symbol)
    return ", ".join(parts)


def _in_tile(tensor: Tensor, tile: int, symbol: int | None) -> list[str]:
    if symbol is None:
        record = tensor.tiles[tile]
        return [f"row {int(record['row']):,}, column {int(record['col']):,} of the tiles"]
    count = tensor.symbol_count(tile)
    step = tensor.interleaving.step_of(symbol, count)
    return [f"tile {tile:,}", f"symbol {symbol:,}", f"step {step:,}"]


def _bytes_title(offset: int, size: int) -> str:
    if size == 0:
        return f"Before byte {offset:,}"
    return f"Byte {offset:,}" if size == 1 else f"Bytes {offset:,} to {offset + size - 1:,}"


def _fields(offset: int, container: Container) -> str:
    """The fields that the byte at an offset is in, from the outermost."""
    names, span = [], container.root
    for row in span.path_to(offset) or ():
        span = span.children[row]
        names.append(span.name)
    return " › ".join(names)


def _name(tensor: Tensor) -> str:
    return tensor.name or f"tensor {tensor.index:,}"


def _tensor(place: Selection, container: Container) -> Tensor:
    return container.tensors[place.tensor]
