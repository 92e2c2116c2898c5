"""The job that measures: a run of a plan, or of the rest of one, and what it tells while it goes on.

A run measures in a process of its own, which `Benching` starts; the worker only waits for it. What comes in is put into
a `Feed`, from which the window takes it when it has time. Nothing here imports Qt.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from app.bench_interrupted import Interrupted
from app.bench_tasks import Engine
from app.benching import Benching, Standing
from app.work import Progress, Request
from codec.bench.history import History
from codec.bench.plan import Plan
from codec.bench.result import RunResult
from codec.bench.result_file import ResultKeeper
from codec.errors import Cancelled


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
        interrupted: where it is noted that this goes on; None where that is of no use.
        feed: takes what comes in.
        engine: what measures.
    """

    plan: Plan
    before: RunResult | None = None
    path: Path | None = None
    folder: Path | None = None
    interrupted: Interrupted | None = None
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
            keeper = History(self.folder).keeper(result, self.feed.warn)
        else:
            return []
        self.feed.put_path(keeper.path)
        if self.interrupted is not None:
            self.interrupted.began(keeper.path)
        return [keeper]

    def _finish(self, keepers: list[ResultKeeper], benching: Benching) -> None:
        for warning in benching.warnings:
            self.feed.warn(warning)
        for keeper in keepers:
            place = keeper.finish(benching.result)
            if place != keeper.path:
                self.feed.put_path(place)
                self.feed.warn(f"{keeper.trouble}; the results are in {place} instead")
        if self.interrupted is not None:
            self.interrupted.ended()
