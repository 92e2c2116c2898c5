"""Timing every tile of a tensor by itself, as a task that runs here or in the child. Nothing here imports Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.tasks import FileTask, brought_name
from codec.bench.tile_times import TileTimes, tile_times
from codec.container import Container
from codec.decoders.availability import DEFAULT, FALLBACK, choose
from codec.decoders.base import Tick
from codec.errors import InputError

MOST_JUDGED = 1 << 22
"""Weights up to which the judge, in plain Python, is waited for."""


@dataclass(frozen=True, eq=False)
class TimeTiles(FileTask):
    """Times all tiles of a tensor with a decoder; the result is `TileTimes`."""

    decoder: str = DEFAULT

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return brought_name(self.decoder)

    def run_on(self, container: Container, tick: Tick) -> TileTimes:
        """Times them. The judge is another decoder than the one that is timed."""
        tensor = container.tensors[self.tensor]
        judge = FALLBACK if self.decoder == DEFAULT else DEFAULT
        if judge == FALLBACK and tensor.rows * tensor.cols > MOST_JUDGED:
            raise InputError(
                f"{tensor.name} has {tensor.rows * tensor.cols:,} weights, and the judge takes too long for more than "
                f"{MOST_JUDGED:,}"
            )
        return tile_times(container, tensor, choose(self.decoder), choose(judge), tick=tick)
