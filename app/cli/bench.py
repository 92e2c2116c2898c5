"""`ranscope bench`: encoders and decoders measured beside each other, every output checked, results kept."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.bench_form import as_json
from app.cli.bench_plan import QUICK_ROUNDS, chosen_plan, resumed_plan
from app.cli.bench_table import print_comparison, print_result
from app.cli.console import Progress, complain, say, say_json
from app.cli.options import add_json, whole_number
from app.cli.outputs import require_free, require_place
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.bench.change import Comparison, compare
from codec.bench.history import History
from codec.bench.plan_file import bundled, bundled_plan
from codec.bench.result import Outcome, RunResult
from codec.bench.result_file import ResultKeeper, load
from codec.bench.result_form import written
from codec.errors import InputError

if TYPE_CHECKING:
    from app.benching import Standing

AT_FAULT = frozenset({Outcome.WRONG, Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY})
"""Outcomes for which a candidate is to blame."""

SUFFIXES = (".csv", ".json", ".html")
"""What can be exported, by what its name ends in."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "name", metavar="PLAN", nargs="?", help="a plan that comes along; --list tells"
    )
    parser.add_argument(
        "--plan", metavar="FILE.toml", help="a plan of your own: docs/benchmarks.md"
    )
    parser.add_argument(
        "--list", action="store_true", help="list the plans, and the runs of --history"
    )
    group = parser.add_argument_group("what of it is run, and how long")
    group.add_argument(
        "--data", metavar="NAME", action="append", help="only this data; may be repeated"
    )
    group.add_argument(
        "--candidates", metavar="LIST", action="append",
        help="only these candidates, split by commas, and the baseline; may be repeated",
    )  # fmt: skip
    group.add_argument("--baseline", metavar="NAME", help="the candidate to tell speeds against")
    group.add_argument("--rounds", metavar="N", type=whole_number, help="runs of each candidate")
    group.add_argument(
        "--quick", action="store_true",
        help=f"{QUICK_ROUNDS} rounds after a short warm-up: to see that all works, not how fast it is",
    )  # fmt: skip
    group = parser.add_argument_group("results")
    group.add_argument(
        "--save", metavar="FILE.json", help="keep the results there while they come in"
    )
    group.add_argument(
        "--resume", metavar="FILE.json", help="measure what these results lack, and keep it"
    )
    group.add_argument("--show", metavar="FILE.json", help="run nothing; show these results")
    group.add_argument(
        "--against", metavar="RUN", help="tell what changed since: a file, or a run of --history"
    )
    group.add_argument("--history", metavar="DIR", help="keep the results in this folder, too")
    group.add_argument(
        "--import", metavar="FILE.json", dest="taken", help="take results into --history"
    )
    group.add_argument(
        "--export", metavar="OUT.csv|.json|.html", action="append", default=[],
        help="also write the figures, the results, or a page; may be repeated",
    )  # fmt: skip
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    history = None if arguments.history is None else History(Path(arguments.history))
    if arguments.list:
        return _list(history, as_json=arguments.json)
    if arguments.taken is not None:
        return _take_in(history, arguments)
    _require_outputs(arguments)
    before = None if arguments.against is None else _earlier(arguments.against, history)
    cancelled = threading.Event()
    shown = None if arguments.show is None else load(arguments.show)
    result = shown or _measured(arguments, history, cancelled)
    comparison = None if before is None else compare(before, result)
    for path in arguments.export:
        write_file(path, [_exported(path, result, arguments.baseline, comparison)])
    _print(result, comparison, arguments)
    return ExitStatus.INTERRUPTED if cancelled.is_set() else _status(result)


def _list(history: History | None, *, as_json: bool) -> ExitStatus:
    """Lists plans, and the runs of a history."""
    plans = [bundled_plan(name) for name in bundled()]
    entries = () if history is None else history.entries()
    runs = [entry.result for entry in entries if entry.result is not None]
    if as_json:
        say_json(
            {
                "plans": [{"name": plan.name, "title": plan.title} for plan in plans],
                "runs": [{"id": r.id, "started": r.started, "plan": r.plan.name,
                          "complete": r.complete} for r in runs],
            }
        )  # fmt: skip
    else:
        width = max((len(plan.name) for plan in plans), default=0)
        for plan in plans:
            say(f"{plan.name.ljust(width)}  {plan.title}")
        for result in runs:
            whole = "" if result.complete else ", not complete"
            say(
                f"{result.id}  {result.plan.title}, {len(result.measurements):,} measurements{whole}"
            )
    for entry in entries:
        if entry.sentence:
            complain(entry.sentence)
    return ExitStatus.OK


def _take_in(history: History | None, arguments: argparse.Namespace) -> ExitStatus:
    if history is None:
        raise InputError("--import takes results into a history: name its folder with --history")
    taken = history.take_in(arguments.taken)
    if arguments.json:
        say_json({"id": taken.id, "history": str(history.folder)})
    else:
        say(f"{taken.id} is in {history.folder}")
    return ExitStatus.OK


def _require_outputs(arguments: argparse.Namespace) -> None:
    """Checks all that is going to be written before hours are spent on what would go there."""
    for path in arguments.export:
        if Path(path).suffix.lower() not in SUFFIXES:
            raise InputError(
                f"--export writes {', '.join(SUFFIXES)}, by what the name ends in: {path}"
            )
        require_place(path)
    if arguments.save is not None:
        require_place(arguments.save)
        if arguments.show is not None:
            raise InputError("--show runs nothing that --save could keep")
    read = [arguments.plan, arguments.show, arguments.against, arguments.resume]
    if arguments.save is not None and arguments.save == arguments.resume:
        read.remove(arguments.resume)
    outputs = [*arguments.export, arguments.save]
    require_free([path for path in outputs if path], [path for path in read if path])


def _earlier(name: str, history: History | None) -> RunResult:
    """The run to compare with."""
    if history is not None and not Path(name).is_file():
        return history.find(name)
    return load(name)


def _measured(
    arguments: argparse.Namespace, history: History | None, cancelled: threading.Event
) -> RunResult:
    """Runs the plan, or what is left of it, and keeps the results as they come in."""
    from app.benching import Benching

    before = None if arguments.resume is None else load(arguments.resume)
    plan = chosen_plan(arguments) if before is None else resumed_plan(before, arguments)
    require_free(arguments.export, [each.source for each in plan.data])
    places = [arguments.save or arguments.resume]
    keepers = [ResultKeeper(Path(place), complain) for place in places if place is not None]

    def keep(result: RunResult) -> None:
        for keeper in keepers:
            keeper.keep(result)

    with Progress("starting") as tick, _interruptible(cancelled):
        benching = Benching(
            plan, before=before, cancelled=cancelled, changed=keep, told=lambda s: _tell(tick, s)
        )
        if history is not None and before is None:
            keepers.append(history.keeper(benching.result))
        result = benching.run()
    for warning in benching.warnings:
        complain(warning)
    for keeper in keepers:
        place = keeper.finish(result)
        if place != keeper.path:
            complain(f"{keeper.trouble}; the results are in {place} instead")
    if cancelled.is_set() and keepers:
        complain(f"interrupted; `ranscope bench --resume {keepers[0].path}` goes on")
    return result


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


def _exported(
    path: str, result: RunResult, baseline: str | None, comparison: Comparison | None
) -> bytes:
    """What a file of results holds, by what its name ends in."""
    match Path(path).suffix.lower():
        case ".csv":
            from codec.bench.export_csv import csv_bytes

            return csv_bytes(result, baseline)
        case ".html":
            from app.report.bench_page import page

            return page(result, baseline, comparison).encode("utf-8")
        case _:
            return written(result)


def _print(result: RunResult, comparison: Comparison | None, arguments: argparse.Namespace) -> None:
    if arguments.json:
        say_json(as_json(result, comparison, arguments.baseline))
        return
    print_result(result, arguments.baseline)
    if comparison is not None:
        print_comparison(comparison)


def _status(result: RunResult) -> ExitStatus:
    outcomes = {each.outcome for each in result.measurements}
    if outcomes & AT_FAULT:
        return ExitStatus.CONTENT
    return ExitStatus.OK if Outcome.MEASURED in outcomes else ExitStatus.UNUSABLE
