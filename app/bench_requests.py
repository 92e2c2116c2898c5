"""The long jobs of benchmarks: a run of a plan, the figures of what it has measured, its history, and its files.

A run measures in a process of its own, which `Benching` starts; the worker only waits for it. What comes in is put into
a `Feed`, from which the window takes it when it has time. Nothing here imports Qt.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from app.bench_asking import WhichRun
from app.bench_tasks import Engine
from app.benching import Benching, Standing
from app.requests import FileRequest
from app.tile_timing import TimeTiles
from app.work import Progress, Request
from codec.atomic_file import write_file
from codec.bench.change import Comparison, compare
from codec.bench.history import Entry, History
from codec.bench.merging import key_of, keys_of
from codec.bench.plan import Candidate, Data, Plan
from codec.bench.plan_file import read_plan
from codec.bench.plan_writing import write_plan
from codec.bench.result import RunResult
from codec.bench.result_file import ResultKeeper
from codec.bench.rows import Row, rows
from codec.bench.turns import baseline_of
from codec.errors import Cancelled, InputError


@dataclass(frozen=True)
class Known:
    """What is known of a run that may still go on.

    Attributes:
        result: as far as it came; None before anything was measured.
        standing: how far it is.
        warnings: what a person should know of it as a whole, in sentences.
        path: of the file that keeps it; None while there is none.
    """

    result: RunResult | None = None
    standing: Standing | None = None
    warnings: tuple[str, ...] = ()
    path: Path | None = None


class Feed:
    """What a run tells: a worker puts it in, and the window takes the latest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = Known()

    @property
    def known(self) -> Known:
        """The latest."""
        with self._lock:
            return self._known

    def put_result(self, result: RunResult) -> None:
        """Another result."""
        with self._lock:
            self._known = replace(self._known, result=result)

    def put_standing(self, standing: Standing) -> None:
        """Another standing."""
        with self._lock:
            self._known = replace(self._known, standing=standing)

    def put_path(self, path: Path) -> None:
        """Where the results are."""
        with self._lock:
            self._known = replace(self._known, path=path)

    def warn(self, says: str) -> None:
        """One more warning."""
        with self._lock:
            self._known = replace(self._known, warnings=(*self._known.warnings, says))


@dataclass(frozen=True, eq=False)
class BenchRequest(Request):
    """Runs a plan, or the rest of one; the result is a `RunResult`, which stands in the feed also where it is stopped.

    Attributes:
        plan: what is measured.
        before: an earlier run of it, which is gone on with.
        path: of the file that keeps that one.
        folder: of the history; None where nothing is kept.
        feed: takes what comes in.
        engine: what measures.
    """

    plan: Plan
    before: RunResult | None = None
    path: Path | None = None
    folder: Path | None = None
    feed: Feed = field(default_factory=Feed)
    engine: Engine = field(default_factory=Engine)
    kind: ClassVar[str] = "bench"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Benchmark “{self.plan.name}”"

    def run(self, progress: Progress) -> RunResult:
        """Measures; what is measured is kept in a file while it comes in."""
        feed = self.feed
        keepers: list[ResultKeeper] = []

        def changed(result: RunResult) -> None:
            feed.put_result(result)
            for keeper in keepers:
                keeper.keep(result)

        def told(standing: Standing) -> None:
            feed.put_standing(standing)
            with suppress(
                Cancelled
            ):  # which `Benching` sees for itself, and hands over what there is
                progress(round(1000 * standing.share), 1000)

        benching = Benching(
            self.plan, before=self.before, cancelled=progress.cancelled, changed=changed, told=told,
            engine=self.engine,
        )  # fmt: skip
        keepers += self._keepers(benching.result)
        try:
            return benching.run()
        finally:
            self._finish(keepers, benching)

    def _keepers(self, result: RunResult) -> list[ResultKeeper]:
        """What keeps the results; nothing where they are not to be kept."""
        if self.path is not None:
            keeper = ResultKeeper(self.path, self.feed.warn)
        elif self.folder is not None:
            keeper = History(self.folder).keeper(result)
            keeper = ResultKeeper(keeper.path, self.feed.warn)
        else:
            return []
        self.feed.put_path(keeper.path)
        return [keeper]

    def _finish(self, keepers: list[ResultKeeper], benching: Benching) -> None:
        for warning in benching.warnings:
            self.feed.warn(warning)
        for keeper in keepers:
            place = keeper.finish(benching.result)
            if place != keeper.path:
                self.feed.put_path(place)
                self.feed.warn(f"{keeper.trouble}; the results are in {place} instead")


@dataclass(frozen=True, eq=False)
class Figures:
    """The rows of a result against a baseline."""

    result: RunResult
    baseline: str
    rows: tuple[Row, ...]


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
        return Figures(
            self.measured, self.baseline, refreshed(self.measured, self.baseline, self.last)
        )


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


@dataclass(frozen=True, eq=False)
class AskCoders(Request):
    """Finds out in the child which coders can run here; the result is why not, by coder, "" where one can."""

    candidates: tuple[Candidate, ...]
    kind: ClassVar[str] = "bench coders"

    @property
    def isolated(self) -> bool:
        """A card's driver, and packages of others, may do anything when they are loaded."""
        return True

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return "Looking which coders can run here"

    def run(self, progress: Progress) -> object:
        """Asks each of them, where there is no child to do it."""
        return self.for_child().run(progress)

    def for_child(self) -> WhichRun:
        """The same for the child."""
        return WhichRun(self.candidates)


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
class HistoryRequest(Request):
    """Lists the history, after results were taken in or forgotten; the result is its entries.

    Attributes:
        folder: of the history.
        taken: a file of results to take in first.
        forgotten: a run to delete first.
    """

    folder: Path
    taken: str | None = None
    forgotten: RunResult | None = None
    kind: ClassVar[str] = "bench history"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return "Taking in results" if self.taken else "Reading the history of benchmarks"

    def run(self, progress: Progress) -> tuple[Entry, ...]:
        """Does all of it."""
        history = History(self.folder)
        if self.taken is not None:
            history.take_in(self.taken)
        if self.forgotten is not None:
            history.forget(self.forgotten)
        return history.entries()


@dataclass(frozen=True, eq=False)
class CompareRunsRequest(Request):
    """Compares two runs; the result is a `Comparison`."""

    before: RunResult
    after: RunResult
    kind: ClassVar[str] = "bench change"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Comparing with {self.before.id}"

    def run(self, progress: Progress) -> Comparison:
        """Compares them."""
        return compare(self.before, self.after)


@dataclass(frozen=True, eq=False)
class ExportRunRequest(Request):
    """Writes a run as CSV, JSON or a page, by what the name ends in, or a plan; the result is the path."""

    path: str
    run_of: RunResult
    baseline: str | None = None
    comparison: Comparison | None = None
    kind: ClassVar[str] = "bench export"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing {Path(self.path).name}"

    def run(self, progress: Progress) -> Path:
        """Writes it whole, or not at all."""
        path = Path(self.path)
        if path.suffix.lower() == ".toml":
            write_plan(path, self.run_of.plan)
        else:
            write_file(path, [self._content(path.suffix.lower())])
        return path

    def _content(self, suffix: str) -> bytes:
        if suffix == ".csv":
            from codec.bench.export_csv import csv_bytes

            return csv_bytes(self.run_of, self.baseline)
        if suffix == ".html":
            from app.report.bench_page import page

            return page(self.run_of, self.baseline, self.comparison).encode("utf-8")
        from codec.bench.result_form import written

        return written(self.run_of)


@dataclass(frozen=True, eq=False)
class CaseRequest(Request):
    """Writes the file that a candidate was given to decode, so that it can be opened; the result is its path.

    Attributes:
        data: whose weights they are.
        candidate: by whose recipe they are encoded, as when it was measured.
        folder: that the file goes to.
    """

    data: Data
    candidate: Candidate
    folder: Path
    kind: ClassVar[str] = "bench case"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing what {self.candidate.name} was to decode"

    def run(self, progress: Progress) -> Path:
        """Loads the weights, and encodes them.

        Raises:
            InputError: it has a format of its own, or the data is a model, whose layers are files by themselves.
        """
        from codec.bench.data import load  # with numba, which takes most of a second to load
        from codec.rerun.encoding import suffix_of, write_again
        from codec.rerun.sources import SourceWeights

        recipe = self.candidate.recipe
        if recipe is None:
            raise InputError(
                f"{self.candidate.coder} has a format of its own, which cannot be opened"
            )
        if self.data.layers is not None:
            raise InputError(
                f"{self.data.name} is a model of many files: measure one of its layers"
            )
        matrix, facts = load(self.data, progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{facts.digest}-{recipe.layout}-{recipe.tile_rows}x{recipe.tile_cols}"
        weights = SourceWeights("weights", self.data.name, matrix)
        path = self.folder / f"{name}{suffix_of(recipe.layout)}"
        return write_again(path, weights, recipe, progress)[0]


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


def wanted_of(plan: Plan, baseline: str | None) -> str:
    """The baseline that is asked for, where the plan has such a candidate; else that of the plan."""
    names = {candidate.name for candidate in plan.candidates}
    return baseline if baseline in names else baseline_of(plan)
