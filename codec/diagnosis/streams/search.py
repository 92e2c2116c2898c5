"""The search for front ends that explain a tile: candidates played one after the other, given up as early as can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.streams.candidate import Candidate
from codec.diagnosis.streams.reading import Reader
from codec.diagnosis.streams.source import Playing, SymbolSource
from codec.diagnosis.streams.start_states import state_candidates
from codec.diagnosis.streams.stepping import Outside
from codec.diagnosis.streams.stream_places import place_candidates
from codec.diagnosis.streams.unknown_desync import unknown_desync
from codec.diagnosis.streams.weighing import Shown, Weight, claims_of, weigh
from codec.diagnosis.streams.wrong_steps import slip_candidates, step_candidates
from codec.diagnosis.streams.wrong_tables import table_candidates

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

MOST_SOURCES = 8
"""Sources that are returned at most."""


def sources(evidence: Evidence, tile: int, implied: Bytes, valid: Flags) -> list[SymbolSource]:
    """The front ends with a mistake whose symbols for a tile are those that an output implies.

    Args:
        evidence: the output and the truth.
        tile: one in which symbols differ.
        implied: u8[n], the symbols that the output implies, by their place in the tile.
        valid: bool[n], where they are known.

    Returns:
        Those that predict nearly all of the wrong symbols that they claim, far beyond chance, the best first; or,
        where none does but the tile is right up to a symbol and at chance behind it, one that says so.
    """
    return _Search(evidence, tile, implied, valid).found()


class _Search:
    """One search, in one tile."""

    def __init__(self, evidence: Evidence, tile: int, implied: Bytes, valid: Flags) -> None:
        self._evidence = evidence
        self._reader = Reader(evidence.container, evidence.tensor)
        order = self._reader.layout(tile).order
        true, table = evidence.symbols(tile), evidence.tensor.table
        self._shown = Shown(tile, true, implied, valid, order, table)

    def found(self) -> list[SymbolSource]:
        """As `sources`."""
        reader, shown = self._reader, self._shown
        if shown.first_wrong is None or not reader.coded(shown.tile):
            return []
        found = self._held(self._candidates())
        found = found or self._held(slip_candidates(reader, shown))
        if found:
            return [source for _, source in found[:MOST_SOURCES]]
        return unknown_desync(self._evidence, reader, shown)

    def _candidates(self) -> Iterator[Candidate]:
        """All mistakes that are not made at one step alone."""
        reader = self._reader
        return chain(
            state_candidates(reader),
            place_candidates(reader, self._shown),
            step_candidates(reader),
            table_candidates(reader, self._shown),
        )

    def _held(self, candidates: Iterator[Candidate]) -> list[tuple[Weight, SymbolSource]]:
        """The candidates that hold, the best first; of two that give the same for the tile both are kept."""
        found = [held for candidate in candidates if (held := self._weighed(candidate))]
        return sorted(
            found, key=lambda pair: (-round(pair[0].claimed, 2), -round(pair[0].agreed, 3))
        )

    def _weighed(self, candidate: Candidate) -> tuple[Weight, SymbolSource] | None:
        """A candidate as a source, where it explains the tile."""
        reader, shown = self._reader, self._shown
        reading = candidate.mistake(shown.tile)
        if reading is None:
            return None
        played = reader.play(reading, shown.tile, shown.sought)
        if played.steps < len(shown.order) and not played.ran_out:
            return None  # given up
        weight = weigh(shown, played.symbols, claims_of(shown.order, played))
        if not weight.holds():
            return None
        outside = Outside.STOP
        if played.ran_out:
            outside, weight = self._beyond(candidate, weight)
        return weight, self._source(candidate, outside, weight)

    def _beyond(self, candidate: Candidate, weight: Weight) -> tuple[Outside, Weight]:
        """What the decoder does when words have run out, where one of the usual ways explains the rest as well."""
        shown = self._shown
        reading = candidate.mistake(shown.tile)
        assert reading is not None  # it was played
        best = Outside.STOP, weight
        for outside in (Outside.KEEP, Outside.ON, Outside.ZERO):
            played = self._reader.play(replace(reading, outside=outside), shown.tile)
            whole = weigh(shown, played.symbols, np.ones(len(shown.order), dtype=np.bool_))
            if whole.holds() and (best[0] is Outside.STOP or whole.agreed > best[1].agreed):
                best = outside, whole
        return best

    def _source(self, candidate: Candidate, outside: Outside, weight: Weight) -> SymbolSource:
        """The candidate, made in every tile, or in those alone that are wrong."""
        right = self._evidence.symbols
        playing = Playing(self._reader, candidate.mistake, right, outside)
        detail = candidate.detail
        if any(self._contradicted(playing, tile) for tile in self._evidence.equal_sampled):
            only = frozenset(self._evidence.wrong.tolist())
            playing = Playing(self._reader, candidate.mistake, right, outside, only)
        share = weight.explained * weight.claimed
        return SymbolSource(
            (candidate.fault,), detail, playing.symbols, playing.claims, True, share
        )

    def _contradicted(self, playing: Playing, tile: int) -> bool:
        """Whether a tile that came out right should have come out wrong."""
        wrong = playing.symbols(tile) != self._evidence.symbols(tile)
        return bool((wrong & playing.claims(tile)).any())
