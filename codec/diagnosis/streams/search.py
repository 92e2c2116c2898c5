"""The search for front ends that explain a tile: candidates played one after the other, given up as early as can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.streams.candidate import Candidate
from codec.diagnosis.streams.reading import Reader, Reading
from codec.diagnosis.streams.source import Playing, SymbolSource
from codec.diagnosis.streams.start_states import state_candidates
from codec.diagnosis.streams.stepping import Outside
from codec.diagnosis.streams.stream_places import place_candidates
from codec.diagnosis.streams.unknown_desync import unknown_desync
from codec.diagnosis.streams.weighing import Shown, Weight, claims_of, weigh
from codec.diagnosis.streams.wrong_slots import slot_candidates
from codec.diagnosis.streams.wrong_steps import slip_candidates, step_candidates, value_candidates
from codec.diagnosis.streams.wrong_tables import table_candidates

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

MOST_SOURCES = 12
"""Sources that are returned at most."""

USUAL = (Outside.STOP, Outside.KEEP, Outside.ON, Outside.ZERO)
"""What decoders do when words have run out: what comes behind is unknown, or it is one of these."""


def sources(
    evidence: Evidence, tile: int, implied: Bytes, valid: Flags, reader: Reader | None = None
) -> list[SymbolSource]:
    """The front ends with a mistake whose symbols for a tile are those that an output implies.

    Args:
        evidence: the output and the truth.
        tile: one in which symbols differ.
        implied: u8[n], the symbols that the output implies, by their place in the tile.
        valid: bool[n], where they are known.
        reader: of the evidence's tensor, where there is one that has read some of its tiles already.

    Returns:
        Those that predict nearly all of the wrong symbols that they claim, far beyond chance, the best first; or,
        where none does but the tile is right up to a symbol and at chance behind it, one that says so.
    """
    reader = Reader(evidence.container, evidence.tensor) if reader is None else reader
    return _Search(evidence, reader, tile, implied, valid).found()


class _Search:
    """One search, in one tile."""

    def __init__(
        self, evidence: Evidence, reader: Reader, tile: int, implied: Bytes, valid: Flags
    ) -> None:
        self._evidence, self._reader = evidence, reader
        order = self._reader.layout(tile).order
        true, table = evidence.symbols(tile), evidence.tensor.table
        self._shown = Shown(tile, true, implied, valid, order, table)

    def found(self) -> list[SymbolSource]:
        """As `sources`."""
        reader, shown = self._reader, self._shown
        if shown.first_wrong is None or not reader.coded(shown.tile):
            return []
        found = self._held(self._candidates())
        for slips in (slip_candidates, value_candidates):
            found = found or self._held(slips(reader, shown))
        if found:
            return found
        return unknown_desync(self._evidence, reader, shown)

    def _candidates(self) -> Iterator[Candidate]:
        """All mistakes that are not made at one step alone."""
        reader = self._reader
        return chain(
            state_candidates(reader),
            place_candidates(reader, self._shown),
            step_candidates(reader),
            slot_candidates(reader),
            table_candidates(reader, self._shown),
        )

    def _held(self, candidates: Iterator[Candidate]) -> list[SymbolSource]:
        """The candidates that hold, the best first; of two that give the same for the tile both are kept."""
        found = [held for candidate in candidates for held in self._weighed(candidate)]
        order = sorted(
            found, key=lambda held: (-round(held[0].claimed, 2), -round(held[0].agreed, 3))
        )
        return [source for _, source in order[:MOST_SOURCES]]

    def _weighed(self, candidate: Candidate) -> Iterator[tuple[Weight, SymbolSource]]:
        """A candidate as a source, where it explains the tile."""
        reader, shown = self._reader, self._shown
        reading = candidate.mistake(shown.tile)
        if reading is None:
            return
        played = reader.play(reading, shown.tile, shown.sought)
        if played.steps < len(shown.order) and not played.ran_out:
            return  # given up
        weight = weigh(shown, played.symbols, claims_of(shown.order, played))
        if not weight.holds():
            return
        for outside, fits in self._beyond(candidate, reading, weight, played.ran_out):
            yield fits, self._source(candidate, outside, fits)

    def _beyond(
        self, candidate: Candidate, reading: Reading, weight: Weight, ran_out: bool
    ) -> list[tuple[Outside, Weight]]:
        """What the decoder may do when words have run out: what fits here, or all where others alone can tell."""
        if not ran_out:
            known = not any(self._runs_out(candidate, tile) for tile in self._evidence.sampled)
            return [(outside, weight) for outside in (USUAL[:1] if known else USUAL)]
        shown, found = self._shown, list[tuple[Outside, Weight]]()
        for outside in USUAL[1:]:
            played = self._reader.play(replace(reading, outside=outside), shown.tile)
            whole = weigh(shown, played.symbols, np.ones(len(shown.order), dtype=np.bool_))
            if whole.holds():
                found.append((outside, whole))
        found.sort(key=lambda fit: -fit[1].agreed)
        return found or [(Outside.STOP, weight)]

    def _runs_out(self, candidate: Candidate, tile: int) -> bool:
        """Whether the words of a tile run out."""
        reading = candidate.mistake(tile)
        return reading is not None and self._reader.play(reading, tile).ran_out

    def _source(self, candidate: Candidate, outside: Outside, weight: Weight) -> SymbolSource:
        """The candidate, made in every tile, or in those alone that are wrong."""
        right = self._evidence.symbols
        playing = Playing(self._reader, candidate, right, outside)
        if any(self._contradicted(playing, tile) for tile in self._evidence.equal_sampled):
            only = frozenset(self._evidence.wrong.tolist())
            playing = Playing(self._reader, candidate, right, outside, only)
        share = weight.explained * weight.claimed
        faults = (candidate.fault,)
        return SymbolSource(faults, candidate.detail, playing.symbols, playing.claims, True, share)

    def _contradicted(self, playing: Playing, tile: int) -> bool:
        """Whether a tile that came out right should have come out wrong."""
        wrong = playing.symbols(tile) != self._evidence.symbols(tile)
        return bool((wrong & playing.claims(tile)).any())
