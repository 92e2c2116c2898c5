"""Contenders that do as they are told: right or wrong, slow, failing at a certain run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from codec.bench import contenders
from codec.bench.contender import Timing
from codec.bench.data import digest
from codec.bench.plan import Action, Candidate
from codec.bench.result import Measurement


@dataclass
class Fake:
    """What one does in its n-th run is what `script` says: seconds that it tells, or an error that it raises."""

    script: Callable[[int], float | Exception] = lambda _: 0.001
    writes: Callable[[int], bool] = lambda _: True
    spoils: Callable[[int], int] = lambda _: 0
    refuses: Exception | None = None
    log: list[str] = field(default_factory=list)
    name: str = ""
    stored_bytes: int = 100
    tiles: int = 4
    threads: int = 1
    device: str = "cpu"
    runs: int = 0

    def prepare(self, weights: np.ndarray) -> None:
        self.log.append(f"{self.name} prepare")
        if self.refuses is not None:
            raise self.refuses
        self.weights = weights
        self.output = weights.copy()

    def clear(self) -> None:
        np.invert(self.weights, out=self.output)

    def run(self, action: Action) -> Timing:
        self.log.append(f"{self.name} {action.value}")
        number, self.runs = self.runs, self.runs + 1
        found = self.script(number)
        if isinstance(found, Exception):
            raise found
        if self.writes(number):
            self.output[:] = self.weights
        spoiled = self.spoils(number)
        self.output.reshape(-1)[:spoiled] += np.int8(1)
        return Timing(found, {"kernel": found / 2})

    def wrong(self, action: Action) -> int:
        return int(np.count_nonzero(self.output != self.weights))

    def digest(self, action: Action) -> str:
        return digest(self.output)

    def moved_bytes(self, action: Action) -> int:
        return 1000

    def close(self) -> None:
        self.log.append(f"{self.name} close")


@dataclass
class Heard:
    """A teller that keeps what it hears."""

    turns: list[Any] = field(default_factory=list)
    told: list[Measurement] = field(default_factory=list)

    def turn(self, candidate: str, action: Action | None) -> None:
        self.turns.append((candidate, action))

    def checking(self, candidate: str, action: Action) -> None:
        self.turns.append((candidate, action, "checking"))

    def idle(self) -> None:
        self.turns.append(None)

    def measured(self, measurement: Measurement) -> None:
        self.told.append(measurement)

    @property
    def last(self) -> dict[tuple[str, Action], Measurement]:
        return {(each.candidate, each.action): each for each in self.told}


def install(
    monkeypatch: Any, fakes: dict[str, Fake], missing: dict[str, str] | None = None
) -> None:
    """Has candidates be made into these, by their names."""
    for name, fake in fakes.items():
        fake.name = name
    reasons = missing or {}
    monkeypatch.setattr(contenders, "make", lambda each, _=(): fakes[each.name])
    monkeypatch.setattr(contenders, "unavailable", lambda each: reasons.get(each.name, ""))


def candidate(name: str, *actions: Action) -> Candidate:
    return Candidate(name, "fake", actions=actions or (Action.DECODE,))
