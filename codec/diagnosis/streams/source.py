"""A front end with a mistake in it, as a source of symbols: what it would deliver for any tile of the tensor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding
from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.candidate import Candidate
from codec.diagnosis.streams.reading import Reader
from codec.diagnosis.streams.stepping import Outside
from codec.diagnosis.streams.weighing import claims_of

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

KEPT = 64
"""Tiles whose symbols a source keeps."""


@dataclass(frozen=True, eq=False)
class SymbolSource:
    """A decoder's front end with a mistake in it.

    Attributes:
        faults: its mistakes.
        detail: what the decoder does, in words that follow "the decoder": "takes the state from the first 4
            bytes of the stream instead of the last 4".
        symbols: gives the symbols that it delivers for a tile, u8[n].
        claims: tells of which of a tile's symbols it says anything, bool[n]: nothing is known of what a decoder
            takes for words where there are none, or of how it goes on once it is lost in an unknown way.
        exact: whether the mistake was played out and gave the wrong symbols exactly. Where not, the source
            holds only in that all it claims is right, and that what lies behind is not better than chance.
        explained: share of the wrong symbols that it predicts exactly, in the tile where it was found.
    """

    faults: tuple[Fault, ...]
    detail: str
    symbols: Callable[[int], Bytes]
    claims: Callable[[int], Flags]
    exact: bool = True
    explained: float = 1.0


class Playing:
    """Plays one mistake on any tile, and keeps what came of the last few.

    Args:
        reader: plays it.
        candidate: the mistake.
        right: gives the symbols that a tile really has.
        outside: what becomes of it when words run out; STOP where that is not known.
        only: the tiles in which the mistake is made; None for all.
    """

    def __init__(
        self,
        reader: Reader,
        candidate: Candidate,
        right: Callable[[int], Bytes],
        outside: Outside = Outside.STOP,
        only: frozenset[int] | None = None,
    ) -> None:
        self._reader, self._candidate, self._right = reader, candidate, right
        self._outside, self._only = outside, only
        self._kept: dict[int, tuple[Bytes, Flags]] = {}

    def symbols(self, tile: int) -> Bytes:
        """u8[n]: what it delivers for a tile."""
        return self._played(tile)[0]

    def claims(self, tile: int) -> Flags:
        """bool[n]: of which of them it can say."""
        return self._played(tile)[1]

    def _played(self, tile: int) -> tuple[Bytes, Flags]:
        if tile not in self._kept:
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[tile] = self._play(tile)
        return self._kept[tile]

    def _play(self, tile: int) -> tuple[Bytes, Flags]:
        right = self._right(tile)
        everything = np.ones(len(right), dtype=np.bool_)
        if self._only is not None and tile not in self._only:
            return right, everything
        if not self._reader.coded(tile):
            return self._uncoded(tile, right), everything
        reading = self._candidate.mistake(tile)
        if reading is None:
            return right, ~everything
        played = self._reader.play(replace(reading, outside=self._outside), tile)
        if self._outside is not Outside.STOP:
            return played.symbols, everything
        return played.symbols, claims_of(self._reader.layout(tile).order, played)

    def _uncoded(self, tile: int, right: Bytes) -> Bytes:
        """What becomes of a tile without a rANS stream: raw weights are looked for where streams are."""
        placing, tensor = self._candidate.placing, self._reader.tensor
        place = placing(tile) if placing and tensor.coding(tile) is Coding.RAW else None
        found = None if place is None else self._reader.raw(place[0], len(right))
        return right if found is None else found
