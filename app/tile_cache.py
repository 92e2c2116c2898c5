"""The decoded tiles that a document keeps, for every decoder and tensor by themselves.

So that turning back to a decoder shows its weights at once, and never those of another.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from codec.decoders.base import DecodedTile

KEPT_SYMBOLS = 1 << 25
"""Symbols of decoded tiles that are kept; a tile keeps two bytes a symbol, so 64 MiB in all."""

Shelf = tuple[str, int]
"""Name of the decoder, index of the tensor."""


class TileCache:
    """Decoded tiles, of which those go first that have not been looked at for longest."""

    def __init__(self) -> None:
        self._shelves: dict[Shelf, dict[int, DecodedTile]] = {}
        self._order: OrderedDict[tuple[Shelf, int], None] = OrderedDict()
        self._kept = 0

    def shelf(self, shelf: Shelf) -> Mapping[int, DecodedTile]:
        """All tiles of one decoder and tensor; looking here does not count as looking at a tile."""
        return self._shelves.setdefault(shelf, {})

    def get(self, shelf: Shelf, tile: int) -> DecodedTile | None:
        """A tile; None where it is not here."""
        found = self.shelf(shelf).get(tile)
        if found is not None:
            self._order.move_to_end((shelf, tile))
        return found

    def put(self, shelf: Shelf, tiles: Mapping[int, DecodedTile]) -> None:
        """Takes in tiles, all of which stay; others give way."""
        kept = self._shelves.setdefault(shelf, {})
        for number, tile in tiles.items():
            if number not in kept:
                self._kept += tile.stream.symbols.size
            kept[number] = tile
            self._order[shelf, number] = None
            self._order.move_to_end((shelf, number))
        while self._kept > KEPT_SYMBOLS and len(self._order) > len(tiles):
            (oldest, number), _ = self._order.popitem(last=False)
            self._kept -= self._shelves[oldest].pop(number).stream.symbols.size
