"""nvCOMP as it is measured: from weights on the card to chunks on the card and back, by the card's own clock.

Nothing is transferred in it, and what the host takes to ask for it does not count. Its ratio counts the chunks and
their sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from codec.bench.contender import Timing
from codec.bench.data import Matrix, digest
from codec.bench.gpu.events import timed
from codec.bench.gpu.filling import fetched, fill, rarest
from codec.bench.peers.nvcomp.batch import Batch, Packed
from codec.bench.peers.nvcomp.formats import Format, Values
from codec.bench.peers.processor import wrong_weights
from codec.bench.plan import Action
from codec.decoders.cuda.card import Card, reported
from codec.errors import DecodeError

Timer = Callable[[Card, Callable[[], object]], float]
"""Takes the time of what is queued: `codec.bench.gpu.events.timed`."""


class CardPeer:
    """A `Contender`: see there. Decoding takes what `prepare` made; encoding has chunks of its own."""

    threads = 0

    def __init__(
        self, library: Any, card: Card, layout: Format, values: Values, timer: Timer = timed
    ) -> None:
        """Uses nothing of the card yet.

        Args:
            library: nvCOMP.
            card: the card.
            layout: which of its formats.
            values: all options of it.
            timer: how time is taken.
        """
        self.device = card.name
        self.stored_bytes = self.tiles = 0
        self._library, self._card, self._layout = library, card, layout
        self._values, self._timer = values, timer
        self._weights: Matrix = np.zeros((0, 0), dtype=np.int8)
        self._on_card: tuple[Batch, Packed, Packed, Any] | None = None
        self._failure = ""

    def prepare(self, weights: Matrix) -> None:
        """As `Contender.prepare`.

        Raises:
            DecodeError: nvCOMP refuses them, or the card fails or is out of memory.
        """
        self.close()
        cupy, flat = self._card.cupy, np.ascontiguousarray(weights).reshape(-1).view(np.uint8)
        with reported(self._card):
            batch = Batch(self._library, cupy, cupy.asarray(flat), self._layout, self._values)
            stored = batch.packed()
            output = cupy.zeros(len(flat), dtype=np.uint8)
            for work in (
                partial(batch.compress, stored),
                partial(batch.decompress, stored, output),
            ):
                work()
                if failure := batch.failure():
                    raise DecodeError(failure)
            self._on_card = batch, stored, batch.packed(), output
            self.stored_bytes, self.tiles = stored.stored_bytes(), batch.chunks
        self._weights, self._rarest = weights, rarest(weights)

    def clear(self) -> None:
        """As `Contender.clear`."""
        if self._on_card is not None:
            _, _, encoded, output = self._on_card
            with reported(self._card):
                encoded.clear()
                fill(output, self._rarest)

    def run(self, action: Action) -> Timing:
        """As `Contender.run`.

        Raises:
            DecodeError: the card fails.
        """
        batch, stored, encoded, output = self._prepared
        work = partial(batch.decompress, stored, output)
        if action is Action.ENCODE:
            work = partial(batch.compress, encoded)
        with reported(self._card):
            seconds = self._timer(self._card, work)
            self._failure = batch.failure()
        return Timing(seconds, {"kernel": seconds})

    def wrong(self, action: Action) -> int:
        """As `Contender.wrong`: nvCOMP decompresses what it has compressed; all where it says that it has failed."""
        if self._failure:
            return int(self._weights.size)
        return wrong_weights(self._given_back(action), self._weights)

    def digest(self, action: Action) -> str:
        """As `Contender.digest`."""
        return "" if self._failure else digest(self._given_back(action))

    def moved_bytes(self, action: Action) -> int:
        """As `Contender.moved_bytes`: one is read and the other written, in the card's memory."""
        return int(self._weights.size) + self.stored_bytes

    def close(self) -> None:
        """As `Contender.close`: the card's memory goes back to cupy's pool."""
        self._on_card, self._failure = None, ""

    @property
    def _prepared(self) -> tuple[Batch, Packed, Packed, Any]:
        if self._on_card is None:
            raise DecodeError("it was given no weights, or gave them back")
        return self._on_card

    def _given_back(self, action: Action) -> Matrix:
        """The weights that the last output of an action stands for."""
        batch, _, encoded, output = self._prepared
        rows, cols = self._weights.shape
        with reported(self._card):
            if action is Action.ENCODE:
                fill(output, self._rarest)
                batch.decompress(encoded, output)
            return fetched(self._card, output, rows, cols)
