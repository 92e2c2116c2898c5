"""What a bookmarked place is called, in words that a person would use for it."""

from __future__ import annotations

from collections.abc import Sequence

from app.bookmarking import symbol_of, why_gone
from app.debug_place import DebugPlace
from app.session.bookmark import Bookmark, Place
from codec.container import Container, Tensor
from codec.stepping.walk import Direction

MOST_TOLD = 3
"""Bookmarks of one place, a line each, that a tooltip tells; the others are counted."""


def told(bookmarks: Sequence[Bookmark], numbers: Sequence[int], container: Container) -> list[str]:
    """A line on each of some bookmarks: "Bookmark: weight 12, 40 – why is it so large?"."""
    lines = []
    for number in numbers[:MOST_TOLD]:
        title = place_title(bookmarks[number].place, container)
        note = bookmarks[number].note.strip().partition("\n")[0].strip()
        line = f"Bookmark: {title[:1].lower()}{title[1:]}"
        lines.append(f"{line} – {note}" if note else line)
    if len(numbers) > MOST_TOLD:
        more = len(numbers) - MOST_TOLD
        lines.append(f"and {more:,} more bookmark{'s' if more > 1 else ''}")
    return lines


def place_title(place: Place, container: Container) -> str:
    """A place in a few words: "Weight 12, 40", "Tile 3", "Bytes 16 to 19", "Decode step 8"."""
    if isinstance(place, DebugPlace):
        coder = "Decode" if place.course.direction is Direction.DECODE else "Encode"
        return f"{coder} step {place.step:,}"
    if place.span is not None:
        return _bytes_title(*place.span)
    if place.tile is None:
        return "Tensor"
    if place.symbol is None:
        return f"Tile {place.tile:,}"
    if why_gone(place, container):
        return f"Symbol {place.symbol:,}"
    return _symbol_title(container.tensors[place.tensor], place.tile, place.symbol)


def place_details(place: Place, container: Container) -> str:
    """Where that is: the field of a byte, tile and step of a weight, the weight of a step; or why it is gone."""
    gone = why_gone(place, container)
    if gone:
        return gone
    if isinstance(place, DebugPlace):
        return ", ".join(_of_step(place, container))
    if place.span is not None:
        return _fields(place.span[0], container)
    tensor = container.tensors[place.tensor]
    parts = [_name(tensor)] if len(container.tensors) > 1 or place.tile is None else []
    if place.tile is not None:
        parts += _in_tile(tensor, place.tile, place.symbol)
    return ", ".join(parts)


def _of_step(place: DebugPlace, container: Container) -> list[str]:
    tensor, tile = container.tensors[place.course.tensor], place.course.tile
    symbol = symbol_of(place, tensor)
    title = "behind the last step" if symbol is None else _symbol_title(tensor, tile, symbol)
    parts = [_name(tensor)] if len(container.tensors) > 1 else []
    return [*parts, f"tile {tile:,}", f"{title[:1].lower()}{title[1:]}"]


def _symbol_title(tensor: Tensor, tile: int, symbol: int) -> str:
    """A symbol by the weight that it is; padding is none."""
    weight = tensor.weight_of(tile, symbol)
    return f"Symbol {symbol:,}" if weight is None else f"Weight {weight[0]:,}, {weight[1]:,}"


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
