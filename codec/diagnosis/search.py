"""The search for the hypothesis that tells an output in the fewest bits.

Each step tries one kind of mistake, alone and together with the others that are likely beside it, on a few weights of a
few tiles; the best are tried on whole tiles, and the winner is confirmed on all. The search ends with the first
step that leaves next to nothing to be explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Prediction
from codec.diagnosis.canvas import Canvas, Probe
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault
from codec.diagnosis.hypothesis import Hypothesis, Rule
from codec.diagnosis.implied import implied_symbols
from codec.diagnosis.pipeline import (
    HANDED_ON,
    RIGHT,
    Direction,
    Order,
    Pipeline,
    Start,
    alternatives,
    likely,
    pipelines,
)
from codec.diagnosis.placement import matched
from codec.diagnosis.scoring import LEAST_SAVED, MISTAKE_BITS, Score, weight_bits
from codec.diagnosis.streams import sources
from codec.diagnosis.streams.reading import Reader
from codec.diagnosis.tallies import CONTRADICTED
from codec.diagnosis.trial import NOTHING_SKIPPED, Trial
from codec.diagnosis.writing import (
    bounds_exchanged,
    placed,
    right_writes,
    rules,
    seen_stride,
    stride_rule,
)

SCREENED_TILES = 5
"""Tiles on a part of which every hypothesis is tried."""

SCREENED_WEIGHTS = 2048
"""Weights of each that are looked at then."""

SHORTLIST = 8
"""Hypotheses that are tried on whole tiles."""

MOST_WRITTEN = 5
"""Rules of writing for which the whole matrix is made."""

MOST_ASKED = 3
"""Tiles in which mistakes of the front end are sought."""

_BESIDE_STREAMS = (
    Pipeline(order=Order.REVERSED),
    Pipeline(start=Start.ZERO),
    Pipeline(bias=0),
    Pipeline(direction=Direction.NOT_UNDONE),
)
"""Mistakes inside tiles beside which one in the front end is sought."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A hypothesis and what it is worth on the sampled tiles.

    Attributes:
        hypothesis: it.
        score: on the sampled tiles.
        whole: int64[tiles, 4], its tally on all tiles where that is known already.
    """

    hypothesis: Hypothesis
    score: Score
    whole: NDArray[np.int64] | None = None

    def order(self) -> float:
        """What candidates are sorted by: of those that cost about the same, one that explains all comes first."""
        return self.score.cost - (MISTAKE_BITS / 2 if self.score.good else 0)


class Search:
    """One output on trial.

    Args:
        evidence: the output and the truth.
        skipped: bool[rows, cols], weights that are explained already; bool[0, 0] for none.
        check: called now and then; raises to stop the work.
    """

    def __init__(
        self,
        evidence: Evidence,
        skipped: Mask = NOTHING_SKIPPED,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.evidence, self.skipped, self._check = evidence, skipped, check
        self._bits = weight_bits(evidence)
        self._stages = alternatives(evidence.tensor)
        self._found_inside: dict[int, list[Candidate]] = {}
        tiles = evidence.sampled
        chosen = np.unique(np.linspace(0, len(tiles) - 1, SCREENED_TILES).round().astype(int))
        self._few = [tiles[i] for i in chosen] if tiles else []

    def best(self, *, deep: bool = True) -> list[Candidate]:
        """The best hypotheses, best first; those that tell the output equally well among them.

        Args:
            deep: whether to look beyond mistakes inside tiles.
        """
        found: list[Candidate] = []
        for step in self._steps(deep):
            self._check()
            found = sorted([*found, *step], key=Candidate.order)
            if found and found[0].score.good:
                break
        return [candidate for candidate in found if candidate.score.worth > LEAST_SAVED]

    def simple(self) -> list[Candidate]:
        """The best hypotheses of no more than one mistake inside tiles, best first."""
        found = sorted(self._inside(1), key=Candidate.order)
        return [candidate for candidate in found if candidate.score.good]

    def _steps(self, deep: bool) -> Iterator[list[Candidate]]:
        yield self._inside(1)
        yield self._inside(2)
        if deep:
            yield self._misplaced()
            yield self._written()
            yield self._from_streams()
            yield self._inside(3)

    def _inside(self, mistakes: int) -> list[Candidate]:
        """Mistakes inside tiles, so many of them."""
        if mistakes not in self._found_inside:
            stages = likely(self._stages) if mistakes > 2 else self._stages
            tried = [Hypothesis(p) for p in pipelines(stages, mistakes)]
            self._found_inside[mistakes] = self._tried(tried)
        return self._found_inside[mistakes]

    def handed_on(self) -> list[Candidate]:
        """No mistake at all but in tiles that others are predicted from, where the layout has such tiles."""
        if self.evidence.tensor.prediction is not Prediction.DIFFERENCED:
            return []
        return self._tried([Hypothesis(HANDED_ON)])

    def _misplaced(self) -> list[Candidate]:
        """Tiles that stand in other places, found by their weights."""
        mapping = matched(self.evidence)
        if mapping is None:
            return []
        found = self._tried([Hypothesis(mapping=mapping)])
        if mapping.fault is Fault.TILE_PLACEMENT:
            # On the whole matrix, which also tells what becomes of a place that is larger than what stands in it.
            found += self._on_canvas([(placed(self.evidence.tensor, mapping), RIGHT)])
        return found

    def _from_streams(self) -> list[Candidate]:
        """Mistakes in the front end, with at most one of the likeliest beside them inside the tiles."""
        found: list[Candidate] = []
        tensor = self.evidence.tensor
        reader = Reader(self.evidence.container, tensor)
        asked = [tile for tile in self._few if tensor.coding(tile) is Coding.RANS][:MOST_ASKED]
        for pipeline in (RIGHT, *_BESIDE_STREAMS):
            for tile in asked if pipeline == RIGHT else asked[:1]:
                self._check()
                implied, valid = implied_symbols(self.evidence, tile, pipeline, self.skipped)
                for source in sources(self.evidence, tile, implied, valid, reader):
                    if source.exact:
                        found += self._tried([Hypothesis(pipeline, source)])
            if any(candidate.score.good for candidate in found):
                break
        return found

    def _written(self) -> list[Candidate]:
        """Tiles that are written by a wrong rule, with at most one mistake inside them."""
        tensor = self.evidence.tensor
        every = list(rules(tensor))
        if not every:
            return []
        right = right_writes(tensor)
        probe = Probe(self.evidence, [RIGHT, *self._handing_on, *pipelines(self._stages, 1)])
        ranked = probe.ranked([rule for rule in every if not rule.edges_alone], right)
        chosen = ranked[:MOST_WRITTEN]
        if self._at_edges:
            pipes = (RIGHT, *self._handing_on)
            chosen += [(rule, p) for rule in every if rule.edges_alone for p in pipes]
        stride = seen_stride(self.evidence.found, self.evidence.true)
        if stride is not None:
            chosen.append((stride_rule(tensor, stride), RIGHT))
        if self._beyond_bounds:
            bounds = list(bounds_exchanged(tensor))
            chosen += [(rule, RIGHT) for rule in bounds if probe.supports(rule)]
        return self._on_canvas(chosen)

    @property
    def _handing_on(self) -> tuple[Pipeline, ...]:
        """What makes right tiles of wrong neighbours, where the layout has such."""
        differenced = self.evidence.tensor.prediction is Prediction.DIFFERENCED
        return (HANDED_ON,) if differenced else ()

    @property
    def _beyond_bounds(self) -> bool:
        """Whether most rows from the number of columns on are wrong, or columns from the number of rows on."""
        least = min(self.evidence.true.shape)
        true, found = self.evidence.true, self.evidence.found
        rest = np.s_[least:] if true.shape[0] > least else np.s_[:, least:]
        return bool(true[rest].size) and bool((true[rest] != found[rest]).mean() > 0.5)

    @property
    def _at_edges(self) -> bool:
        """Whether most tiles that are wrong lie at an edge, from where weights may run over into the others."""
        tensor, wrong = self.evidence.tensor, self.evidence.wrong_outside(self.skipped)
        tiles = tensor.tiles[wrong]
        edge = (tiles["row"] == tensor.grid_rows - 1) | (tiles["col"] == tensor.grid_cols - 1)
        return bool(len(wrong)) and bool((edge | (tiles["col"] == 0)).all())

    def _on_canvas(self, chosen: list[tuple[Rule, Pipeline]]) -> list[Candidate]:
        """Rules tried on the whole matrix."""
        right = right_writes(self.evidence.tensor)
        found, canvases = [], dict[Pipeline, Canvas]()
        sampled = list(self.evidence.sampled)
        for rule, pipeline in chosen:
            self._check()
            if pipeline not in canvases:
                canvases[pipeline] = Canvas.of(self.evidence, pipeline)
            canvas = canvases[pipeline]
            tally = canvas.tally(canvas.written(rule, right), self.skipped)
            hypothesis = Hypothesis(pipeline, rule=rule)
            free = np.zeros(len(sampled), dtype=np.int64)
            score = Score(tally[sampled], free, hypothesis.mistakes, self.bits(sampled))
            found.append(Candidate(hypothesis, score, tally))
        return found

    def _tried(
        self, hypotheses: Sequence[Hypothesis], shortlist: int = SHORTLIST
    ) -> list[Candidate]:
        """The best of some hypotheses with the same front end and mapping, on all sampled tiles."""
        if not hypotheses or not self._few:
            return []
        first = hypotheses[0]
        few = self.trial(first, self._few, SCREENED_WEIGHTS)
        screened = sorted(
            ((self.scored(few, h).cost, i) for i, h in enumerate(hypotheses)), key=lambda pair: pair
        )
        chosen = [hypotheses[i] for _, i in screened[:shortlist]]
        whole = self.trial(first, self.evidence.sampled)
        right = self.trial(first, self.evidence.equal_sampled)
        return [
            Candidate(h, replace(self.scored(whole, h), local=self._contradicted(right, h)))
            for h in chosen
        ]

    def _contradicted(self, right: Trial, hypothesis: Hypothesis) -> bool:
        """Whether a hypothesis would make tiles wrong that are right."""
        if not right.tiles or hypothesis.pipeline.start.free:
            return False
        return bool(right.tally(hypothesis.pipeline)[:, CONTRADICTED].any())

    def trial(self, hypothesis: Hypothesis, tiles: Sequence[int], window: int = 0) -> Trial:
        """Tiles on which hypotheses of one front end and mapping are tried."""
        source = hypothesis.source
        symbols = None if source is None else source.symbols
        claims = None if source is None else source.claims
        origins = list(tiles)
        if hypothesis.mapping is not None:
            kept = [t for t in tiles if hypothesis.mapping.sources[t] >= 0]
            tiles, origins = kept, [int(hypothesis.mapping.sources[t]) for t in kept]
        return Trial(self.evidence, tiles, origins, symbols, window, self.skipped, claims)

    def scored(self, trial: Trial, hypothesis: Hypothesis) -> Score:
        """What a hypothesis is worth on a trial's tiles."""
        pipeline: Pipeline = hypothesis.pipeline
        return Score(
            trial.tally(pipeline),
            trial.free_values(pipeline),
            hypothesis.mistakes,
            self.bits(trial.tiles),
        )

    def bits(self, tiles: Sequence[int]) -> NDArray[np.float64]:
        """float64[tiles]: bits of a wrong weight of each tile; 0 where the tile tells nothing."""
        return self.evidence.telling(tiles).astype(np.float64) * np.float64(self._bits)
