"""`ranscope bench`: encoders and decoders measured beside each other, every output checked, results kept."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from app.cli.bench_form import as_json
from app.cli.bench_history import earlier, list_plans, take_in
from app.cli.bench_plan import QUICK_ROUNDS
from app.cli.bench_run import measured
from app.cli.bench_table import print_comparison, print_result
from app.cli.console import complain, say_json
from app.cli.options import add_json, whole_number
from app.cli.outputs import require_free, require_place
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.bench.change import Comparison, compare
from codec.bench.history import History
from codec.bench.result import Outcome, RunResult
from codec.bench.result_form import written
from codec.errors import InputError

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
    _add_results(parser)
    add_json(parser)


def _add_results(parser: argparse.ArgumentParser) -> None:
    """Those about what becomes of the results."""
    group = parser.add_argument_group("results")
    group.add_argument(
        "--save", metavar="FILE.json", help="keep the results there while they come in"
    )
    group.add_argument(
        "--resume", metavar="RUN", help="measure what a run lacks: a file's, or one's of --history"
    )
    group.add_argument(
        "--show", metavar="RUN", help="run nothing; show a file, or a run of --history"
    )
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


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    history = None if arguments.history is None else History(Path(arguments.history))
    if arguments.list:
        return list_plans(history, as_json=arguments.json)
    if arguments.taken is not None:
        return take_in(history, arguments)
    _require_outputs(arguments)
    before = None if arguments.against is None else earlier(arguments.against, history)
    cancelled, kept = threading.Event(), True
    if arguments.show is not None:
        result = earlier(arguments.show, history)
    else:
        result, kept = measured(arguments, history, cancelled)
    comparison = None if before is None else compare(before, result)
    _print(result, comparison, arguments)
    kept &= _export(result, comparison, arguments)
    if cancelled.is_set():
        return ExitStatus.INTERRUPTED
    return _status(result) if kept else ExitStatus.UNUSABLE


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


def _export(
    result: RunResult, comparison: Comparison | None, arguments: argparse.Namespace
) -> bool:
    """Writes all that is to be exported; whether that was possible. What is amiss is told."""
    found = True
    for path in arguments.export:
        try:
            write_file(path, [_exported(path, result, arguments.baseline, comparison)])
        except InputError as error:
            complain(error.sentence())
            found = False
    return found


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
