"""Which tiles the views wish to see decoded, and which of them come next.

Several views ask at a time: one for the tiles in sight, another for the selected one. Each has a wish of
its own, so that none wipes out another's.
"""

from __future__ import annotations

from collections.abc import Container as Known
from collections.abc import Iterable
from itertools import zip_longest

from codec.container import Tensor

SYMBOLS_AT_ONCE = 1 << 20
"""Symbols that one decoding job takes on, so that tiles appear as they come into sight."""


class TileWishes:
    """The tiles that each asker wishes for, the most wanted first."""

    def __init__(self) -> None:
        self._wishes: dict[str, tuple[int, ...]] = {}

    def put(self, asker: str, tiles: Iterable[int]) -> None:
        """Replaces the asker's earlier wish."""
        self._wishes[asker] = tuple(tiles)

    def fulfil(self, decoded: Known[int]) -> None:
        """Takes tiles off every wish."""
        for asker, wish in self._wishes.items():
            self._wishes[asker] = tuple(tile for tile in wish if tile not in decoded)

    def next(self, tensor: Tensor, known: Known[int]) -> tuple[int, ...]:
        """As many tiles as one job takes on; what each asker wants most comes first.

        Args:
            tensor: the tensor that the tiles belong to.
            known: tiles that need no decoding.
        """
        chunk: dict[int, None] = {}
        symbols = 0
        for rank in zip_longest(*self._wishes.values()):
            for tile in rank:
                if tile is not None and tile not in known and tile not in chunk:
                    chunk[tile] = None
                    symbols += tensor.symbol_count(tile)
            if symbols >= SYMBOLS_AT_ONCE:
                break
        return tuple(chunk)
