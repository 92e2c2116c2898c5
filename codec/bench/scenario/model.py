"""A candidate over all layers of a model: each is encoded once, then one run brings all in turn, as a token does."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from codec import decoders
from codec.bench.contender import LayerTiming, Timing
from codec.bench.data import Matrix, digest
from codec.bench.plan import Action, Candidate
from codec.bench.result import LayerFacts
from codec.bench.scenario.layers import parted
from codec.bench.scenario.on_disk import on_disk
from codec.bench.scenario.ways import HostWays, Way, Ways
from codec.decoders.brought import is_brought
from codec.decoders.cpu import CpuDecoder
from codec.errors import DecodeError, InputError
from codec.formats import parse
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource

CARD = "cupy"


def make(candidate: Candidate, layers: Sequence[LayerFacts]) -> ModelContender:
    """A candidate over a model.

    Raises:
        InputError: it is no decoder, an option is not for it, or it cannot run here.
    """
    if candidate.recipe is None or not _is_decoder(candidate.coder):
        raise InputError(f"{candidate.coder} brings no layers: a model takes decoders of files")
    if candidate.coder != CARD:
        ways: Ways = HostWays(candidate.coder, candidate.options)
    else:
        from codec.bench.gpu.bringing import CardWays

        ways = CardWays(candidate.recipe, candidate.options)
    return ModelContender(candidate.recipe, layers, ways)


def _is_decoder(coder: str) -> bool:
    return coder in decoders.DECODERS or is_brought(coder)


class ModelContender:
    """Every layer in a file of its own, and a way to bring it. See `Contender`."""

    def __init__(self, recipe: Recipe, layers: Sequence[LayerFacts], ways: Ways) -> None:
        """Encodes nothing yet.

        Args:
            recipe: of all layers.
            layers: what they are.
            ways: how they are brought.
        """
        self.threads, self.device = ways.threads, ways.device
        self.stored_bytes = self.tiles = 0
        self._recipe, self._layers, self._ways = recipe, tuple(layers), ways
        self._weights: Matrix = np.zeros((1, 0), dtype=np.int8)
        self._matrices: list[Matrix] = []
        self._opened: list[Way] = []
        self._encoded: list[bytes] = []
        self._files: list[bytes] = []

    def prepare(self, weights: Matrix) -> None:
        """As `Contender.prepare`; the files go to the disk.

        Raises:
            InputError: the recipe is not for these layers, or the decoder not for their files.
            DecodeError: a file does not give its layer back, or they cannot be written.
        """
        self.close()
        self._weights, self._matrices = weights, parted(weights, self._layers)
        self._encode()
        self._files = list(self._encoded)
        self._require_right()
        names = [facts.name for facts in self._layers]
        self._opened = [self._ways.open(file) for file in on_disk(self._files, names)]
        self.stored_bytes = sum(way.stored_bytes for way in self._opened)
        self.tiles = sum(way.tiles for way in self._opened)

    def clear(self) -> None:
        """As `Contender.clear`."""
        self._encoded = []
        for way in self._opened:
            way.clear()

    def run(self, action: Action) -> Timing:
        """As `Contender.run`: all layers in turn; a run's time is that of its layers together."""
        with self._ways.kept():
            timings = self._encode() if action is Action.ENCODE else self._bring()
        parts = zip(self._layers, self._opened, timings, strict=True)
        layers = tuple(self._of_layer(*part) for part in parts)
        names = dict.fromkeys(name for each in layers for name in each.stages)
        stages = {name: sum(each.stages.get(name, 0.0) for each in layers) for name in names}
        return Timing(sum(each.seconds for each in layers), stages, layers)

    def wrong(self, action: Action) -> int:
        """As `Contender.wrong`."""
        if action is Action.ENCODE and self._encoded == self._files:  # which were found right
            return 0
        return self._differing(self._outputs(action))

    def digest(self, action: Action) -> str:
        """As `Contender.digest`: of the layers one behind the other; "" where one is missing."""
        found = self._outputs(action)
        there = [each.reshape(-1) for each in found if each is not None]
        return digest(np.concatenate(there)) if len(there) == len(found) else ""

    def moved_bytes(self, action: Action) -> int:
        """As `Contender.moved_bytes`."""
        return int(self._weights.size) + self.stored_bytes

    def close(self) -> None:
        """As `Contender.close`: the files go too."""
        self._opened, self._encoded, self._files, self._matrices = [], [], [], []

    def _encode(self) -> list[Timing]:
        """Encodes every layer, from weights in memory to the finished bytes of its file."""
        timings, files = [], []
        for facts, matrix in zip(self._layers, self._matrices, strict=True):
            weights = SourceWeights(facts.name, "a layer", matrix)
            begin = perf_counter()
            files.append(encode_again(weights, self._recipe, encoder=self._ways.encoder))
            timings.append(Timing(perf_counter() - begin))
        self._encoded = files
        return timings

    def _bring(self) -> list[Timing]:
        return [way.bring() for way in self._opened]

    def _require_right(self) -> None:
        """Raises DecodeError where the files do not give the weights back."""
        if wrong := self._differing([_known_right(file) for file in self._files]):
            raise DecodeError(f"{wrong:,} weights do not survive being encoded by this recipe")

    def _differing(self, outputs: Sequence[Matrix | None]) -> int:
        """Weights of all layers that outputs give back wrong."""
        return sum(_wrong(*pair) for pair in zip(outputs, self._matrices, strict=True))

    def _outputs(self, action: Action) -> list[Matrix | None]:
        """The weights of each layer that the last run of an action gives back."""
        if action is Action.DECODE:
            return [way.weights() for way in self._opened]
        encoded = self._encoded or [b""] * len(self._layers)
        return [_known_right(file) if file else None for file in encoded]

    @staticmethod
    def _of_layer(facts: LayerFacts, way: Way, timing: Timing) -> LayerTiming:
        size = facts.rows * facts.cols
        return LayerTiming(
            facts.name, size, way.stored_bytes, way.tiles, timing.seconds, timing.stages
        )


def _known_right(file: bytes) -> Matrix | None:
    """What our own CPU decoder makes of a file; None where a tile fails."""
    container = parse(BytesSource(file, "an encoded layer"))
    found = CpuDecoder().decode(container, container.tensors[0])
    return None if len(found.failed) else found.weights


def _wrong(found: Matrix | None, expected: Matrix) -> int:
    """Weights of a layer that came out wrong; all of them where it is missing."""
    if found is None or found.shape != expected.shape:
        return int(expected.size)
    return int(np.count_nonzero(found != expected))
