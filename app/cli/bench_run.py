"""How `ranscope bench` runs a plan: whatever comes in is kept at once, and Ctrl-C ends it with what there is."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.bench_history import earlier
from app.cli.bench_plan import chosen_plan, resumed_plan
from app.cli.console import Progress, complain
from app.cli.outputs import require_free
from codec.bench.history import History
from codec.bench.result import RunResult
from codec.bench.result_file import ResultKeeper
from codec.errors import InputError

if TYPE_CHECKING:
    from app.benching import Standing


def measured(
    arguments: argparse.Namespace, history: History | None, cancelled: threading.Event
) -> tuple[RunResult, bool]:
    """Runs the plan, or what is left of it, and keeps the results as they come in.

    Returns:
        The results, and whether they are where they were to be kept.
    """
    from app.benching import Benching

    before = None if arguments.resume is None else earlier(arguments.resume, history)
    plan = chosen_plan(arguments) if before is None else resumed_plan(before, arguments)
    require_free(arguments.export, [each.source for each in plan.data])
    keepers = _keepers(arguments)

    def keep(result: RunResult) -> None:
        for keeper in keepers:
            keeper.keep(result)

    with Progress("starting") as tick, _interruptible(cancelled):
        benching = Benching(
            plan, before=before, cancelled=cancelled, changed=keep, told=lambda s: _tell(tick, s)
        )
        if history is not None:
            kept_there = history.keeper(before or benching.result, complain)
            keepers += [kept_there] if not _is_kept(keepers, kept_there.path) else []
        try:
            benching.run()
        finally:  # nothing that was measured is lost, whatever has happened
            kept = _kept(keepers, benching.result)
    for warning in benching.warnings:
        complain(warning)
    if cancelled.is_set() and keepers:
        complain(f"interrupted; `ranscope bench --resume {keepers[0].path}` goes on")
    return benching.result, kept


def _keepers(arguments: argparse.Namespace) -> list[ResultKeeper]:
    """What keeps the results in the file that was asked for; a run of the history is kept there alone."""
    place = arguments.save or arguments.resume
    is_file = arguments.save is not None or (place is not None and Path(place).is_file())
    return [ResultKeeper(Path(place), complain)] if is_file else []


def _is_kept(keepers: Sequence[ResultKeeper], path: Path) -> bool:
    """Whether one of them keeps its run at this path."""
    return path.resolve() in [keeper.path.resolve() for keeper in keepers]


def _kept(keepers: Sequence[ResultKeeper], result: RunResult) -> bool:
    """Writes the results a last time; whether they are where they were to be. What is amiss is told."""
    found = True
    for keeper in keepers:
        try:
            place = keeper.finish(result)
        except InputError as error:
            complain(f"{keeper.trouble}, and not elsewhere either: {error.sentence()}")
            found = False
            continue
        if place != keeper.path:
            complain(f"{keeper.trouble}; the results are in {place} instead")
            found = False
    return found


@contextmanager
def _interruptible(cancelled: threading.Event) -> Iterator[None]:
    """Ctrl-C ends the measuring and keeps what there is; a second one ends the command at once."""

    def stop(*_signal: object) -> None:
        if cancelled.is_set():
            raise KeyboardInterrupt
        cancelled.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(tick: Progress, standing: Standing) -> None:
    left = (
        "" if standing.seconds_left is None else f", about {_duration(standing.seconds_left)} left"
    )
    tick.label = f"{standing.says}{left}"
    tick(round(1000 * standing.share), 1000)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
