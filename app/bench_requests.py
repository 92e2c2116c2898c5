"""The short jobs of benchmarks: the figures of what was measured, which coders can run, plans in files, tile times.

Nothing here imports Qt.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from app.bench_asking import AskCoders
from app.requests import FileRequest
from app.tile_timing import TimeTiles
from app.work import ChildRequest, Progress, Request
from codec.bench.merging import key_of, keys_of
from codec.bench.plan import Plan
from codec.bench.plan_file import read_plan
from codec.bench.result import RunResult
from codec.bench.rows import Row, rows
from codec.bench.turns import baseline_of


@dataclass(frozen=True, eq=False)
class Figures:
    """The rows of a result against a baseline.

    Attributes:
        took: seconds of a core that working them out has cost.
    """

    result: RunResult
    baseline: str
    rows: tuple[Row, ...]
    took: float = 0.0


@dataclass(frozen=True, eq=False)
class FiguresRequest(Request):
    """Works out the rows of a result; the result is `Figures`. What has not changed since `last` is not made anew."""

    measured: RunResult
    baseline: str
    last: Figures | None = None
    kind: ClassVar[str] = "bench figures"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Figures of “{self.measured.plan.name}”"

    def run(self, progress: Progress) -> Figures:
        """Works them out."""
        begun = time.thread_time()
        found = refreshed(self.measured, self.baseline, self.last)
        return Figures(self.measured, self.baseline, found, time.thread_time() - begun)


def refreshed(result: RunResult, baseline: str, last: Figures | None) -> tuple[Row, ...]:
    """As `rows`; rows of `last` stay where neither they nor what they are held against has changed."""
    if last is None or last.baseline != baseline or last.result.machine != result.machine:
        return rows(result, baseline)
    now = {key_of(each): each for each in result.measurements}
    before = {key_of(each): each for each in last.result.measurements}
    moved = {key for key, each in now.items() if each is not before.get(key)}
    wanted = {key for key in now if key in moved or (key[0], baseline, key[2]) in moved}
    needed = wanted | {(data, baseline, action) for data, _, action in wanted}
    part = replace(result, measurements=tuple(now[key] for key in needed if key in now))
    known = {key_of(row.measured): row for row in last.rows}
    fresh = {key_of(row.measured): row for row in rows(part, baseline)}
    known.update((key, fresh[key]) for key in wanted)
    return tuple(known[key] for key in keys_of(result.plan) if key in now)


def baseline_in(plan: Plan, baseline: str | None) -> str:
    """The baseline that is asked for, where the plan has such a candidate; else that of the plan."""
    names = {candidate.name for candidate in plan.candidates}
    return baseline if baseline in names else baseline_of(plan)


@dataclass(frozen=True, eq=False)
class CodersRequest(ChildRequest):
    """Finds out which coders can run here; the result is why not, by coder, "" where one can.

    A card's driver, and packages of others, may do anything when they are loaded.
    """

    task: AskCoders
    kind: ClassVar[str] = "bench coders"
    title: ClassVar[str] = "Looking which coders can run here"


@dataclass(frozen=True, eq=False)
class PlanRequest(Request):
    """Reads a plan's file; the result is a `Plan`."""

    path: str
    kind: ClassVar[str] = "bench plan"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Reading {Path(self.path).name}"

    def run(self, progress: Progress) -> Plan:
        """Reads it."""
        return read_plan(self.path)


@dataclass(frozen=True, eq=False)
class TileTimesRequest(FileRequest):
    """Times every tile of a tensor; the result is `TileTimes`."""

    task: TimeTiles
    kind: ClassVar[str] = "tile times"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        name = self.container.tensors[self.task.tensor].name
        return f"Timing the tiles of {name} with {self.task.decoder}"
