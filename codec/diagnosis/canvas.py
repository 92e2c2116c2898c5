"""The matrix as a decoder leaves it that writes its tiles by a wrong rule.

Rules are first held against some weights of some tiles, which costs next to nothing; only for the best of them is the
whole matrix made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.hypothesis import Rule
from codec.diagnosis.pipeline import Layout, Pipeline
from codec.diagnosis.scattering import (
    BASE,
    COL_STEP,
    CONTENT_WIDTH,
    HEIGHT,
    ROOM,
    ROW_STEP,
    WIDTH,
    scatter,
    scatter_over,
)
from codec.diagnosis.tallies import grid_tally
from codec.diagnosis.trial import Trial

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

PROBED_TILES, PROBED_WEIGHTS = 8, 256
"""Tiles, and weights of each, that rules are tried on."""

SURPRISE = 6.0
"""Standard deviations above what the right rule explains from which on a rule is looked at."""


class Probe:
    """Some weights of some tiles, and where a rule puts them.

    Args:
        evidence: the output and the truth.
        pipelines: that may have made the tiles' weights.
    """

    def __init__(self, evidence: Evidence, pipelines: Iterable[Pipeline]) -> None:
        self._evidence = evidence
        sound = np.flatnonzero(evidence.sound)
        places = np.linspace(0, max(len(sound) - 1, 0), PROBED_TILES).round().astype(np.int64)
        self._tiles: list[int] = sound[np.unique(places)].tolist() if len(sound) else []
        self._trial = Trial(evidence, self._tiles)
        self._random = np.random.default_rng(1)
        self._contents = {p: self._trial.contents(p) for p in pipelines if p.layout is Layout.AS_IS}

    def ranked(self, rules: list[Rule], right: Numbers) -> list[tuple[Rule, Pipeline]]:
        """The rules and pipelines that explain more than the right rule does, best first."""
        flat = self._evidence.found.reshape(-1).view(np.uint8)
        found = []
        for number, rule in enumerate(rules):
            for pipeline, contents in self._contents.items():
                hits, tested = self._hits(rule.writes, contents, flat)
                plain, _ = self._hits(right, contents, flat)
                spread = np.sqrt(max(tested * 0.25 / 4, 1.0))
                if hits - plain > SURPRISE * spread:
                    found.append((hits / tested, -len(pipeline.mistakes), -number, rule, pipeline))
        found.sort(key=lambda entry: entry[:3], reverse=True)
        return [(rule, pipeline) for *_, rule, pipeline in found]

    def _hits(self, writes: Numbers, contents: Bytes, flat: Bytes) -> tuple[int, int]:
        """How many of the weights are found where a rule puts them, and how many it writes."""
        hits = tested = 0
        random = np.random.default_rng(1)
        for i, tile in enumerate(self._tiles):
            write = writes[tile]
            height, width = int(write[HEIGHT]), int(min(write[WIDTH], write[ROOM]))
            if height < 1 or width < 1:
                continue
            rows = random.integers(0, height, PROBED_WEIGHTS)
            cols = random.integers(0, width, PROBED_WEIGHTS)
            target = write[BASE] + rows * write[ROW_STEP] + cols * write[COL_STEP]
            source = rows * write[CONTENT_WIDTH] + cols
            size = int(np.prod(self._trial.shapes[i, :2]))
            inside = (target >= 0) & (target < len(flat)) & (source < size)
            value = contents[self._trial.begins[i] + source[inside]]
            hits += int(np.count_nonzero(flat[target[inside]] == value))
            tested += PROBED_WEIGHTS
        return hits, max(tested, 1)


@dataclass(frozen=True, eq=False)
class Canvas:
    """All tiles that a pipeline makes, to be written by any rule.

    Attributes:
        evidence: the output and the truth.
        tiles: int64[n], the tiles that are known.
        contents: u8[any], their weights, padding included.
        begins, sizes: int64[n], where each begins, and how many weights it has.
    """

    evidence: Evidence
    tiles: Numbers
    contents: Bytes
    begins: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, evidence: Evidence, pipeline: Pipeline) -> Canvas:
        """The tiles that a pipeline makes."""
        tiles = np.flatnonzero(evidence.sound)
        trial = Trial(evidence, tiles.tolist())
        sizes = trial.shapes[:, 0] * trial.shapes[:, 1]
        return cls(evidence, tiles, trial.contents(pipeline), trial.begins, sizes)

    def written(self, rule: Rule, right: Numbers) -> Bytes:
        """u8[rows, cols]: the matrix that the rule leaves."""
        evidence = self.evidence
        matrix = np.zeros(evidence.true.size, dtype=np.uint8)
        written = np.zeros(evidence.true.size, dtype=np.uint8)
        if rule.edges_alone:
            self._over_the_others(rule, right, matrix, written)
        else:
            scatter(
                self.contents, self.begins, self.sizes, rule.writes[self.tiles], matrix, written
            )
        rest = written == 0
        if rest.any():
            values = np.bincount(evidence.found.reshape(-1).view(np.uint8)[rest], minlength=256)
            matrix[rest] = int(values.argmax())
        return matrix.reshape(evidence.true.shape)

    def _over_the_others(self, rule: Rule, right: Numbers, matrix: Bytes, written: Bytes) -> None:
        """Tiles that the rule writes as they should be first, and then the others over them."""
        tensor = self.evidence.tensor
        other = (rule.writes != right).any(axis=1)[self.tiles]
        for chosen, writes in ((~other, right), (other, rule.writes)):
            arguments = (
                self.contents, self.begins[chosen], self.sizes[chosen],
                np.ascontiguousarray(writes[self.tiles[chosen]]), matrix, written,
            )  # fmt: skip
            if writes is right:
                scatter(*arguments)
            else:
                grid = (tensor.cols, tensor.tile_rows, tensor.tile_cols, tensor.grid_cols)
                scatter_over(*arguments, grid)

    def tally(self, matrix: Bytes, skipped: NDArray[np.bool_]) -> Numbers:
        """int64[tiles, 3]: how far a matrix is what was found."""
        evidence, tensor = self.evidence, self.evidence.tensor
        counts = grid_tally(
            matrix, evidence.found.view(np.uint8), evidence.true.view(np.uint8), skipped,
            (tensor.tile_rows, tensor.tile_cols),
        )  # fmt: skip
        row, col = tensor.tiles["row"].astype(np.int64), tensor.tiles["col"].astype(np.int64)
        inside = (row < counts.shape[0]) & (col < counts.shape[1]) & evidence.sound
        by_tile = np.zeros((len(tensor.tiles), 3), dtype=np.int64)
        by_tile[inside] = counts[row[inside], col[inside]]
        return by_tile
