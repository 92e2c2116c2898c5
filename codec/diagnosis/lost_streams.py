"""The last thing that can be said where no known mistake explains an output: its streams are right up to a symbol each.

Everything behind is then as a decoder gives it that takes slots at random. Why it is lost is not known, so nothing of
what is wrong counts as explained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from codec.container import Coding
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.implied import implied_symbols
from codec.diagnosis.pipeline import RIGHT
from codec.diagnosis.streams.reading import Reader
from codec.diagnosis.streams.unknown_desync import lost_from
from codec.diagnosis.streams.weighing import Shown
from codec.diagnosis.trial import NOTHING_SKIPPED
from codec.diagnosis.wording import listed

MOST_NAMED = 8
"""Tiles whose symbols are named one by one."""


@dataclass(frozen=True)
class _Lost:
    """Where the stream of a tile is lost: the symbol, whether none before it in its row is known, and in the whole tile
    how many are known, and right.
    """

    tile: int
    symbol: int
    row_begins: bool
    known: int
    right: int


def lost_streams(evidence: Evidence, side: int) -> list[Finding]:
    """A finding where every tile that is tested is right up to a symbol and lost behind it; else none."""
    reader = Reader(evidence.container, evidence.tensor)
    found = list[_Lost]()
    for tile in evidence.sampled:
        lost = _lost(evidence, reader, tile)
        if lost is None:
            return []
        found.append(lost)
    # Rows that were never written end at rows' starts, and may hold anything.
    if not found or 2 * sum(lost.row_begins for lost in found) > len(found):
        return []
    share = sum(lost.right for lost in found) / sum(lost.known for lost in found)
    tiles = np.array([lost.tile for lost in found], dtype=np.int64)
    return [Finding((Fault.DESYNC,), 0.0, share, _detail(evidence, found), tiles, side)]


def _lost(evidence: Evidence, reader: Reader, tile: int) -> _Lost | None:
    """Where one tile's stream is lost; None where it is not, or not so."""
    tensor = evidence.tensor
    if tensor.coding(tile) is not Coding.RANS or not reader.coded(tile):
        return None
    implied, valid = implied_symbols(evidence, tile, RIGHT, NOTHING_SKIPPED)
    true, order = evidence.symbols(tile), reader.layout(tile).order
    shown = Shown(tile, true, implied, valid, order, tensor.table)
    first = lost_from(shown)
    if first is None:
        return None
    symbol, right = int(order[first]), int(np.count_nonzero((implied == true) & valid))
    row = symbol - symbol % tensor.coded_shape(tile)[1]
    return _Lost(tile, symbol, not valid[row:symbol].any(), int(np.count_nonzero(valid)), right)


def _detail(evidence: Evidence, found: list[_Lost]) -> str:
    """Where each tile is lost, and what was tried."""
    named = [f"symbol {lost.symbol:,} of tile {lost.tile:,}" for lost in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        named.append(f"so on in {len(found) - MOST_NAMED:,} more")
    wrong = len(evidence.wrong)
    return (
        f"The streams are right up to a symbol and lost from there on: {listed(named)}. What comes behind is no better "
        f"than chance ({len(found):,} of {wrong:,} wrong tiles tested). Which mistake does that is not known: missing "
        "or doubling a renormalisation, moving the read position, another lower bound, and any other value of the "
        "word were tried and give other symbols. Hold the decoder's states against the right ones at these symbols."
    )
