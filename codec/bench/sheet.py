"""What is known so far of one candidate at one action, while it is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from codec.bench.contender import Contender, LayerTiming, Timing
from codec.bench.plan import Action
from codec.bench.result import DataFacts, LayerMeasurement, Measurement, Outcome
from codec.bench.running import Run

STABLE = 0.05
"""Two runs that differ by less than this share are alike: warming up is over."""


@dataclass(eq=False)
class Sheet:
    """The notes of one candidate at one action.

    Attributes:
        data: that it is measured on.
        candidate: its name.
        action: what is timed.
        contender: that does it; None where it could not be made.
        outcome: how far it came; None while it is measured.
        reason: why not further.
        told: runs that somebody was told of before.
    """

    data: DataFacts
    candidate: str
    action: Action
    contender: Contender | None = None
    outcome: Outcome | None = None
    reason: str = ""
    told: int = -1
    load: float | None = None
    card_load: float | None = None
    wrong: int = 0
    digest: str = ""
    peak_bytes: int | None = None
    warm_up: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)
    processor_seconds: list[float] = field(default_factory=list)
    megahertz: list[float] = field(default_factory=list)
    layers: list[tuple[LayerTiming, ...]] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """All there were, warm-up included."""
        return len(self.warm_up) + len(self.seconds)

    @property
    def stable(self) -> bool:
        """Whether the last two runs of the warm-up were alike."""
        if len(self.warm_up) < 2:
            return False
        last, before = self.warm_up[-1], self.warm_up[-2]
        return abs(last - before) <= STABLE * min(last, before)

    def add(self, run: Run, number: int, megahertz: float | None) -> None:
        """Notes a run of a round."""
        self.seconds.append(run.timing.seconds)
        self.rounds.append(number)
        self.processor_seconds.append(run.processor_seconds)
        self._add_stages(run.timing)
        if run.timing.layers:
            self.layers.append(run.timing.layers)
        if megahertz is not None:
            self.megahertz.append(megahertz)

    def _add_stages(self, timing: Timing) -> None:
        """Every stage has a number for every run, 0 where a run does not tell of it."""
        runs = len(self.seconds)
        for name in timing.stages:
            self.stages.setdefault(name, [0.0] * (runs - 1))
        for name, found in self.stages.items():
            found.append(timing.stages.get(name, 0.0))

    def end(self, outcome: Outcome, reason: str = "") -> None:
        """No more is measured."""
        self.outcome, self.reason = outcome, reason

    def measurement(self) -> Measurement:
        """All of it; one that is not finished is `CANCELLED`."""
        outcome, reason = self.outcome, self.reason
        if outcome is None:
            outcome, reason = Outcome.CANCELLED, f"ended after {len(self.seconds):,} runs"
        rows, cols = self.data.rows, self.data.cols
        return Measurement(
            self.data.name,
            self.candidate,
            self.action,
            outcome,
            reason,
            tuple(self.seconds),
            tuple(self.rounds),
            {name: tuple(found) for name, found in self.stages.items()},
            tuple(self.warm_up),
            rows * cols,
            **self._of_contender(),
            peak_bytes=self.peak_bytes,
            wrong=self.wrong,
            digest=self.digest,
            expected=self.data.digest,
            processor_seconds=tuple(self.processor_seconds),
            megahertz=tuple(self.megahertz),
            load=self.load,
            card_load=self.card_load,
            layers=tuple(_of_layer(runs) for runs in zip(*self.layers, strict=True)),
        )

    def _of_contender(self) -> dict[str, Any]:
        """What its contender tells of itself; nothing where there is none, or it never was prepared."""
        if self.contender is None or not self.runs:
            return {}
        return {
            "stored_bytes": int(self.contender.stored_bytes),
            "tiles": int(self.contender.tiles),
            "threads": int(self.contender.threads),
            "device": str(self.contender.device),
            "moved_bytes": int(self.contender.moved_bytes(self.action)),
        }


def _of_layer(runs: tuple[LayerTiming, ...]) -> LayerMeasurement:
    """What all runs took for one layer."""
    first, names = runs[0], {name for run in runs for name in run.stages}
    return LayerMeasurement(
        first.name,
        first.weights,
        first.stored_bytes,
        first.tiles,
        tuple(run.seconds for run in runs),
        {name: tuple(run.stages.get(name, 0.0) for run in runs) for name in sorted(names)},
    )
