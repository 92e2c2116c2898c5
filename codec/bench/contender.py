"""What a candidate is while it is measured: prepared once, then run again and again, its output checked each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codec.bench.plan import Action


@dataclass(frozen=True)
class Timing:
    """One run.

    Attributes:
        seconds: from the input in memory to the output in memory (on a card: as `stages` says).
        stages: seconds of its parts, where there are such: `read`, `to_device`, `kernel`, `from_device`; measured by
            the card's own events where it has them.
        layers: the same of each layer in turn, where a run goes through several.
    """

    seconds: float
    stages: dict[str, float] = field(default_factory=dict)
    layers: tuple[LayerTiming, ...] = ()


@dataclass(frozen=True)
class LayerTiming:
    """What one run took for one layer.

    Attributes:
        name: of the layer.
        weights, stored_bytes, tiles: of it.
        seconds, stages: as for a whole run.
    """

    name: str
    weights: int
    stored_bytes: int
    tiles: int
    seconds: float
    stages: dict[str, float] = field(default_factory=dict)


class Contender(Protocol):
    """One candidate over one matrix of weights, in the process that measures it.

    Attributes:
        stored_bytes: of what it encodes the weights into, its tables and indices included.
        tiles: parts that it codes by themselves.
        threads: of the processor that it uses; 0 where the work is a card's.
        device: `cpu`, or the card's name.
    """

    stored_bytes: int
    tiles: int
    threads: int
    device: str

    def prepare(self, weights: NDArray[np.int8]) -> None:
        """Takes the weights, (rows, cols) int8, and encodes them once, untimed.

        Raises:
            RanscopeError: it cannot code them, for a reason that a person can be told.
        """

    def clear(self) -> None:
        """Overwrites the last output, untimed: a run that writes nothing must not pass."""

    def run(self, action: Action) -> Timing:
        """Does it once."""

    def wrong(self, action: Action) -> int:
        """How many weights the last output of the action gives back wrong, untimed.

        What was encoded is decoded for that by a coder that is known to be right.
        """

    def digest(self, action: Action) -> str:
        """xxh3-64 of the weights that the last output gives back, in 16 hex digits."""

    def moved_bytes(self, action: Action) -> int:
        """Bytes that one run has to read and write at least: the floor of any implementation."""

    def close(self) -> None:
        """Gives back what it holds."""
