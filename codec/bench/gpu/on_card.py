"""The kernels alone: from the file's bytes on the card to the weights on the card, as decoders there are compared.

Nothing is transferred, and what the host takes to launch does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from codec.bench.contender import Timing
from codec.bench.data import Matrix, digest
from codec.bench.gpu.events import timed
from codec.bench.gpu.filling import fetched, fill, rarest
from codec.bench.options import Options, require_known, switch
from codec.bench.plan import Action
from codec.container import Container, Framing, Prediction, Tensor
from codec.decoders.cuda.card import Card, NoCard, open_card, reported
from codec.decoders.cuda.lane_launch import LaneLauncher
from codec.decoders.cuda.lane_plan import lane_matrix_trips
from codec.decoders.cuda.lane_records import unknown_to_kernels
from codec.decoders.cuda.launch import Launcher
from codec.decoders.cuda.plan import matrix_trips
from codec.decoders.cuda.records import packed_table
from codec.errors import InputError
from codec.formats import parse
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource

OPTIONS = ("on_card", "checksums")


class OnCardContender:
    """The decode kernels. See `Contender`."""

    stored_bytes = 0
    tiles = 0
    threads = 0
    device = ""

    def __init__(self, recipe: Recipe, options: Options, card: Card | None = None) -> None:
        """Opens no card yet.

        Args:
            recipe: of the file.
            options: `checksums`: whether the kernels make the checksums of the weights too, where a file has some.
            card: the card; by default the current one.

        Raises:
            InputError: an option means nothing here.
        """
        require_known(options, OPTIONS, "cupy on the card")
        self._checksums = switch(options, "checksums", False)
        self._recipe, self._given = recipe, card
        self._weights: Matrix = np.zeros((0, 0), dtype=np.int8)
        self._output: Any = None
        self._decode: Callable[[], object] = lambda: None

    def prepare(self, weights: Matrix) -> None:
        """As `Contender.prepare`: the file is copied to the card once.

        Raises:
            InputError: there is no card, the kernels know no such file, or it does not fit.
            DecodeError: the card fails.
        """
        file = encode_again(SourceWeights("weights", "weights", weights), self._recipe)
        container = parse(BytesSource(file, "the encoded file"))
        (tensor,) = container.tensors
        self._card = card_or_refusal(self._given)
        self._weights, self.device = weights, self._card.name
        self.stored_bytes, self.tiles = len(file), len(tensor.tiles)
        with reported(self._card):
            if tensor.framing is Framing.LEADING_STATES:
                self._load_lanes(container, tensor)
            else:
                self._load_legacy(container, tensor)
        self._value = rarest(weights)

    def clear(self) -> None:
        """As `Contender.clear`."""
        if self._output is not None:
            with reported(self._card):
                fill(self._output, self._value)

    def run(self, action: Action) -> Timing:
        """As `Contender.run`.

        Raises:
            InputError: it is to encode.
        """
        if action is Action.ENCODE:
            raise InputError("on the card there is decoding alone: the host takes part in encoding")
        with reported(self._card):
            seconds = timed(self._card, self._decode)
        return Timing(seconds, {"kernel": seconds})

    def wrong(self, action: Action) -> int:
        """As `Contender.wrong`."""
        return int(np.count_nonzero(self._fetched() != self._weights))

    def digest(self, action: Action) -> str:
        """As `Contender.digest`."""
        return digest(self._fetched())

    def moved_bytes(self, action: Action) -> int:
        """As `Contender.moved_bytes`: the file is read and the weights are written, in the card's memory."""
        return self._weights.size + self.stored_bytes

    def close(self) -> None:
        """As `Contender.close`: the card's memory goes back to cupy's pool."""
        self._output, self._decode = None, lambda: None

    def _fetched(self) -> Matrix:
        rows, cols = self._weights.shape
        with reported(self._card):
            return fetched(self._card, self._output, rows, cols)

    def _load_lanes(self, container: Container, tensor: Tensor) -> None:
        if reason := unknown_to_kernels(tensor):
            raise InputError(reason)
        launcher = LaneLauncher(self._card, container, tensor)
        (trip,) = _only(list(lane_matrix_trips(tensor, self._card.free_bytes())))
        there, _, _ = launcher.load(trip)
        hashed = self._checksums and tensor.checksums
        self._output = there.output
        self._decode = lambda: launcher.run_kernels(there, hashed=hashed)

    def _load_legacy(self, container: Container, tensor: Tensor) -> None:
        if self._checksums:
            raise InputError(f"a {container.format} file has no checksums")
        if tensor.prediction is Prediction.DIFFERENCED:
            raise InputError(
                "tiles that are predicted from one another take a launch for each diagonal"
            )
        launcher = Launcher(self._card, container, tensor, packed_table(tensor.table))
        (trip,) = _only(list(matrix_trips(tensor, self._card.free_bytes())))
        done = launcher.decode(trip, sums=True)
        self._output = done.output
        self._decode = lambda: launcher.run_kernels(done, sums=True)


def card_or_refusal(given: Card | None) -> Card:
    """The card; raises InputError where none can be used."""
    try:
        return given or open_card()
    except NoCard as reason:
        raise InputError(str(reason)) from None


def _only(trips: list[Any]) -> list[Any]:
    """The single trip; raises InputError where a tensor takes several."""
    if len(trips) != 1:
        raise InputError("it does not fit into the card's memory at once")
    return trips
