"""What `ranscope bench` has of earlier runs: lists them, finds one, and takes in those of other machines."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.console import complain, say, say_json
from app.cli.status import ExitStatus
from codec.bench.history import History
from codec.bench.plan_file import bundled, bundled_plan
from codec.bench.result import RunResult
from codec.bench.result_file import load
from codec.errors import InputError


def list_plans(history: History | None, *, as_json: bool) -> ExitStatus:
    """Lists the plans that come along, and the runs of a history."""
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


def take_in(history: History | None, arguments: argparse.Namespace) -> ExitStatus:
    """Takes results from elsewhere into a history."""
    if history is None:
        raise InputError("--import takes results into a history: name its folder with --history")
    taken = history.take_in(arguments.taken)
    if arguments.json:
        say_json({"id": taken.id, "history": str(history.folder)})
    else:
        say(f"{taken.id} is in {history.folder}")
    return ExitStatus.OK


def earlier(name: str, history: History | None) -> RunResult:
    """A run that was kept: in a file, or in a history under its name."""
    if history is not None and not Path(name).is_file():
        return history.find(name)
    return load(name)
