"""The decoded tiles of a document: those that are there, those that are wished for, and what to decode next."""

from __future__ import annotations

from collections.abc import Iterable

from app.tasks import DecodedTiles, DecodeTiles
from app.tile_cache import Shelf, TileCache
from app.tile_wishes import TileWishes
from codec.container import Tensor
from codec.decoders.base import DecodedTile


class TileSupply:
    """Keeps tiles of every decoder and tensor; the wishes are for those that are shown now."""

    def __init__(self) -> None:
        self._tiles = TileCache()
        self._wishes = TileWishes()

    def tile(self, shelf: Shelf, tile: int) -> DecodedTile | None:
        """A tile; None where it is not there (yet)."""
        return self._tiles.get(shelf, tile)

    def wish(self, asker: str, tiles: Iterable[int]) -> None:
        """Replaces the asker's earlier wish."""
        self._wishes.put(asker, tiles)

    def forget_wishes(self) -> None:
        """Another tensor or decoder is shown: the wishes were for the one before."""
        self._wishes = TileWishes()

    def next_task(self, tensor: Tensor, decoder: str) -> DecodeTiles | None:
        """What is to be decoded next; None where all that is wished for is there."""
        kept = self._tiles.shelf((decoder, tensor.index))
        tiles = self._wishes.next(tensor, kept)
        known = dict(kept) if not tensor.padded else {}
        return DecodeTiles(tensor.index, decoder, tiles, known) if tiles else None

    def take(self, task: DecodeTiles, decoded: DecodedTiles, *, shown: bool) -> None:
        """Keeps what came of a task; `shown` tells whether the wishes are for its decoder and tensor."""
        self._tiles.put((task.decoder, task.tensor), decoded.tiles)
        if shown:
            self._wishes.fulfil(decoded.tiles)
