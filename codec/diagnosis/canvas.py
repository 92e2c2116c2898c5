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
from codec.diagnosis.pipeline import RIGHT, Layout, Pipeline
from codec.diagnosis.scattering import (
    BASE,
    COL_STEP,
    CONTENT_WIDTH,
    HEIGHT,
    ROOM,
    ROW_STEP,
    WIDTH,
    fill_rest,
    scatter,
    scatter_over,
)
from codec.diagnosis.scoring import LEAST_SAVED, MISTAKE_BITS
from codec.diagnosis.tallies import grid_tally
from codec.diagnosis.trial import Trial
from codec.fast.compile import sealed

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

PROBED_TILES, PROBED_WEIGHTS = 8, 256
"""Tiles, and weights of each, that rules are tried on."""

NOTABLE = 0.05
"""Share of what was found that a rule must explain beyond what the right one does."""

RIVAL = 0.5
"""Share of what the best rule gains from which on another is tried on the whole matrix."""

SUPPORTED = 0.25
"""Share of a rule's weights that must be found in their places for the whole matrix to be made."""

COUNTED = 1 << 22
"""Weights that are counted to tell which values are rare."""


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
        self._contents = {p: self._trial.contents(p) for p in pipelines if p.layout is Layout.AS_IS}
        counts = np.bincount(evidence.found.reshape(-1)[:COUNTED].view(np.uint8), minlength=256)
        self._surprise = -np.log2((counts + 1) / (counts.sum() + 256))
        shape = (len(self._tiles), PROBED_WEIGHTS)
        self._down, self._across = np.random.default_rng(1).random((2, *shape))

    def ranked(self, rules: list[Rule], right: Numbers) -> list[tuple[Rule, Pipeline]]:
        """The rules that explain more than the right rule does, each with its best pipeline, best first."""
        plain, most = self._bits(right), self._surprise[self._drawn(right)[1]].sum()
        least = max(LEAST_SAVED, NOTABLE * float(most))
        found = []
        for number, rule in enumerate(rules):
            gains = {
                pipeline: bits - plain[pipeline] - MISTAKE_BITS * len(pipeline.mistakes)
                for pipeline, bits in self._bits(rule.writes).items()
            }
            best = max(gains, key=lambda pipeline: gains[pipeline])
            if gains[best] > least:
                found.append((gains[best], -number, rule, best))
        found.sort(key=lambda entry: entry[:2], reverse=True)
        return [(rule, p) for gain, _, rule, p in found if gain > RIVAL * found[0][0]]

    def supports(self, rule: Rule) -> bool:
        """Whether right weights are found where a rule puts them, as far as it writes any: not whether they tell."""
        places, values = self._drawn(rule.writes)
        hits: NDArray[np.bool_] = self._contents[RIGHT][places] == values
        return not hits.size or float(hits.mean()) >= SUPPORTED

    def _bits(self, writes: Numbers) -> dict[Pipeline, float]:
        """Surprise in the weights of each pipeline that are found where a rule puts them: rare values tell most."""
        places, values = self._drawn(writes)
        surprise = self._surprise[values]
        return {
            pipeline: float(surprise[contents[places] == values].sum())
            for pipeline, contents in self._contents.items()
        }

    def _drawn(self, writes: Numbers) -> tuple[Numbers, Bytes]:
        """Places in the contents, and what was found where a rule puts these."""
        write = writes[self._tiles]
        height, width = write[:, HEIGHT], np.minimum(write[:, WIDTH], write[:, ROOM])
        used = (height > 0) & (width > 0)
        rows = (self._down * height[:, np.newaxis]).astype(np.int64)
        cols = (self._across * width[:, np.newaxis]).astype(np.int64)

        def column(number: int) -> Numbers:
            return write[:, number, np.newaxis]

        target = column(BASE) + rows * column(ROW_STEP) + cols * column(COL_STEP)
        source = rows * column(CONTENT_WIDTH) + cols
        sizes = self._trial.shapes[:, 0] * self._trial.shapes[:, 1]
        flat = self._evidence.found.reshape(-1).view(np.uint8)
        inside = (target >= 0) & (target < len(flat)) & (source < sizes[:, np.newaxis])
        inside &= used[:, np.newaxis]
        return (self._trial.begins[:, np.newaxis] + source)[inside], flat[target[inside]]


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
        sizes: Numbers = trial.shapes[:, 0] * trial.shapes[:, 1]
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
        fill_rest(matrix, written, sealed(evidence.found.reshape(-1).view(np.uint8)))
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
        """int64[tiles, 4]: how far a matrix is what was found."""
        evidence, tensor = self.evidence, self.evidence.tensor
        counts = grid_tally(
            matrix, evidence.found.view(np.uint8), evidence.true.view(np.uint8), skipped,
            (tensor.tile_rows, tensor.tile_cols),
        )  # fmt: skip
        row, col = tensor.tiles["row"].astype(np.int64), tensor.tiles["col"].astype(np.int64)
        inside = (row < counts.shape[0]) & (col < counts.shape[1]) & evidence.sound
        by_tile = np.zeros((len(tensor.tiles), 4), dtype=np.int64)
        by_tile[inside] = counts[row[inside], col[inside]]
        return by_tile
