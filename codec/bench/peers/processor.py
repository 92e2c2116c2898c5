"""A peer that runs on the processor, as it is measured: matrix in memory to what it stores in memory, and back."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Protocol

import numpy as np

from codec.bench.contender import Timing
from codec.bench.data import Matrix, digest
from codec.bench.plan import Action
from codec.errors import InputError, RanscopeError


class Coder(Protocol):
    """What a peer has to bring.

    Attributes:
        name: of the peer.
        threads: that it uses.
    """

    name: str
    threads: int

    def encode(self, weights: Matrix) -> Any:
        """What it stores for the weights, (rows, cols) int8, C-contiguous: all that decoding takes but the shape."""

    def decode(self, stored: Any, shape: tuple[int, int]) -> Matrix:
        """The weights again, in memory of their own."""

    def size(self, stored: Any) -> int:
        """Bytes of what it stores, its model included."""

    def parts(self, stored: Any) -> int:
        """How many parts it codes by themselves."""


class ProcessorPeer:
    """A `Contender`: see there.

    A peer checks itself with its own decoder, for nobody else knows its format: the weights have to come back.
    """

    device = "cpu"

    def __init__(self, coder: Coder) -> None:
        self.threads = coder.threads
        self.stored_bytes = self.tiles = 0
        self._coder = coder
        self._weights: Matrix = np.zeros((0, 0), dtype=np.int8)
        self._stored: Any = None
        self._output: dict[Action, Any] = {}

    def prepare(self, weights: Matrix) -> None:
        """As `Contender.prepare`."""
        self._weights = np.ascontiguousarray(weights)
        self._stored = self._encoded()
        self.stored_bytes = self._coder.size(self._stored)
        self.tiles = self._coder.parts(self._stored)

    def clear(self) -> None:
        """As `Contender.clear`: what was decoded is inverted before it is given up, for its memory may come back."""
        for output in self._output.values():
            if isinstance(output, np.ndarray) and output.flags.writeable:
                np.invert(output, out=output)
        self._output.clear()

    def run(self, action: Action) -> Timing:
        """As `Contender.run`."""
        encode, decode, shape = self._coder.encode, self._coder.decode, self._shape
        weights, stored = self._weights, self._stored
        begin = perf_counter()
        output = encode(weights) if action is Action.ENCODE else decode(stored, shape)
        seconds = perf_counter() - begin
        self._output[action] = output
        return Timing(seconds)

    def wrong(self, action: Action) -> int:
        """As `Contender.wrong`; all of them where there is no output, or one of another shape."""
        return wrong_weights(self._given_back(action), self._weights)

    def digest(self, action: Action) -> str:
        """As `Contender.digest`; "" where there is no output."""
        found = self._given_back(action)
        return "" if found is None else digest(found)

    def moved_bytes(self, action: Action) -> int:
        """As `Contender.moved_bytes`: what is stored and the weights, either way."""
        return self._weights.size + self.stored_bytes

    def close(self) -> None:
        """As `Contender.close`."""
        self._stored, self._weights = None, np.zeros((0, 0), dtype=np.int8)
        self.clear()

    @property
    def _shape(self) -> tuple[int, int]:
        return self._weights.shape[0], self._weights.shape[1]

    def _encoded(self) -> Any:
        """What is stored, or why it cannot be, whatever the library raises."""
        try:
            return self._coder.encode(self._weights)
        except RanscopeError:
            raise
        except Exception as error:
            raise InputError(
                f"{self._coder.name} cannot encode these weights: {type(error).__name__}: {error}"
            ) from error

    def _given_back(self, action: Action) -> Matrix | None:
        """The weights that the last output of an action stands for; None where they cannot be had."""
        output = self._output.get(action)
        if output is None or action is Action.DECODE:
            return output
        try:
            return self._coder.decode(output, self._shape)
        except Exception:  # whatever a library raises on what it has written itself: all is wrong
            return None


def wrong_weights(found: Matrix | None, expected: Matrix) -> int:
    """How many weights differ: all of them where there are none to compare."""
    if found is None or found.shape != expected.shape or found.dtype != np.int8:
        return int(expected.size)
    return int(np.count_nonzero(found != expected))
