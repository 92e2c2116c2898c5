"""A stream that is right up to a symbol and lost behind it, where no known mistake tells why: a bare `desync`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.reading import Reader
from codec.diagnosis.streams.source import SymbolSource
from codec.diagnosis.streams.weighing import Shown
from codec.frequency import entropy, histogram

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

LEAST_BEFORE = 64.0
"""Bits that the symbols before the first wrong one must tell, to say that the stream was right up to there."""

LEAST_BEHIND = 256
"""Symbols behind the first wrong one that are wanted, to say that they are lost."""

CHANCE = 4.0
"""Standard deviations that agreement with the true symbols may lie from chance."""

RARER = 0.15
"""Part by which the symbols' mean code length may lie above what it should be."""

SPREAD = 0.85
"""The share of the table's entropy that the symbols of a decoder that is lost have at least."""


def unknown_desync(evidence: Evidence, reader: Reader, shown: Shown) -> list[SymbolSource]:
    """A source that claims all before the first wrong symbol, where all before is right and the rest is chance."""
    first = lost_from(shown)
    if first is None:
        return []
    tile, symbol = shown.tile, int(shown.order[first])

    def claims(other: int) -> Flags:
        known = np.ones(len(evidence.symbols(other)), dtype=np.bool_)
        if other == tile:
            known[shown.order[first:]] = False
        return known

    detail = (
        f"is right up to symbol {symbol:,} of tile {tile:,}, then lost: what comes behind is no better than "
        f"chance.{_neighbourhood(reader, shown, first)} Which mistake it makes there is not known: missing or "
        "doubling a renormalisation, moving the read position, another lower bound, and any other value of the "
        "word were tried and give other symbols"
    )
    return [SymbolSource((Fault.DESYNC,), detail, evidence.symbols, claims, False, 0.0)]


def lost_from(shown: Shown) -> int | None:
    """The step from which on a tile's stream is lost; None where what is wrong does not look like that."""
    first = shown.first_wrong
    if first is None or not _right_before(shown, first) or not _lost_behind(shown, first):
        return None
    return first


def _right_before(shown: Shown, first: int) -> bool:
    """Whether enough symbols are known and right before a step."""
    before = shown.order[:first]
    known = shown.implied[before[shown.valid[before]]]
    return float(shown.bits[known].sum()) >= LEAST_BEFORE


def _lost_behind(shown: Shown, first: int) -> bool:
    """Whether the symbols from a step on look like those of a decoder that takes slots at random."""
    behind = shown.order[first:]
    behind = behind[shown.valid[behind]]
    if len(behind) < LEAST_BEHIND:
        return False
    shares = shown.table.frequencies / shown.table.total
    chance = float(shares[shown.true[behind]].mean())
    agreed = float((shown.implied[behind] == shown.true[behind]).mean())
    deviation = (max(chance * (1 - chance), 1e-6) / len(behind)) ** 0.5
    ideal = min(entropy(shown.table.frequencies), float(np.log2(len(behind))) - 1)
    spread = entropy(histogram(shown.implied[behind]))
    by_chance = abs(agreed - chance) <= CHANCE * deviation + 0.01
    return by_chance and spread >= SPREAD * ideal and _from_table(shown, behind)


def _from_table(shown: Shown, behind: NDArray[np.int64]) -> bool:
    """Whether symbols are no rarer than the table's slots, or the tile's own symbols, are: rubbish holds any."""
    held = entropy(shown.table.frequencies)
    own = float(shown.bits[shown.true[behind]].mean())
    mean = float(shown.bits[shown.implied[behind]].mean())
    return mean <= (1 + RARER) * max(held, own, 1.0)


def _neighbourhood(reader: Reader, shown: Shown, first: int) -> str:
    """Where a sound decoder stands before the first wrong symbol."""
    reading = reader.right(shown.tile)
    if reading is None:
        return ""
    before = reader.play(reading, shown.tile, last=first)
    lane = reader.tensor.interleaving.lane_of(int(shown.order[first]))
    place = before.at if reading.forward else before.at - 1
    state = int(before.states[lane])
    return f" Before it the state is {state:,}, and the next byte to be taken is byte {place:,} of the file."
