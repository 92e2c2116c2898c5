"""Which plan a call of `ranscope bench` means, and how much of it: refused before anything runs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from app.cli.console import listed
from codec.bench.plan import Plan
from codec.bench.plan_file import bundled, bundled_plan, read_plan
from codec.bench.result import RunResult
from codec.bench.turns import baseline_of
from codec.errors import InputError

QUICK_ROUNDS, QUICK_WARM_UP_S = 5, 0.5
"""What `--quick` makes of a plan."""


def chosen_plan(arguments: argparse.Namespace) -> Plan:
    """The plan that is named, as far as it is wanted."""
    if (arguments.name is None) == (arguments.plan is None):
        names = ", ".join(bundled())
        raise InputError(f"name one plan: of {names}, or a file with --plan; --list describes them")
    plan = bundled_plan(arguments.name) if arguments.plan is None else read_plan(arguments.plan)
    base = arguments.baseline or baseline_of(plan)
    _choose([each.name for each in plan.candidates], [base], "candidate")
    data = _choose([each.name for each in plan.data], arguments.data, "data")
    wanted = _choose(
        [each.name for each in plan.candidates], _split(plan, arguments.candidates), "candidate"
    )
    stopping = plan.stopping
    if arguments.quick:
        stopping = replace(stopping, rounds=QUICK_ROUNDS, warm_up_s=QUICK_WARM_UP_S, seconds=0.0)
    if arguments.rounds is not None:
        if arguments.rounds < 1:
            raise InputError("--rounds is 1 or more")
        most = max(stopping.most_rounds, arguments.rounds)
        stopping = replace(stopping, rounds=arguments.rounds, most_rounds=most)
    return replace(
        plan,
        data=tuple(each for each in plan.data if each.name in data),
        candidates=tuple(c for c in plan.candidates if c.name in wanted or c.name == base),
        baseline=base,
        stopping=stopping,
    )


def _split(plan: Plan, lists: Sequence[str] | None) -> list[str] | None:
    """Names out of lists split by commas, which names of a grid hold themselves."""
    if lists is None:
        return None
    names = {each.name for each in plan.candidates}
    return [
        part.strip() for text in lists for part in ([text] if text in names else text.split(","))
    ]


def _choose(there: Sequence[str], wanted: Sequence[str] | None, noun: str) -> set[str]:
    """The names that are wanted, all of them where none is said; raises InputError for one that is not there."""
    for name in wanted or ():
        if name not in there:
            raise InputError(
                f"the plan has no {noun} called {name!r}; it has {listed(list(there))}"
            )
    return set(there if wanted is None else wanted)


def resumed_plan(before: RunResult, arguments: argparse.Namespace) -> Plan:
    """The plan of an earlier run, which is not to be changed."""
    options = ("name", "plan", "data", "candidates", "baseline", "rounds", "show")
    given = [name for name in options if getattr(arguments, name) is not None]
    if given or arguments.quick:
        raise InputError("--resume goes on with the plan that was begun, as it was begun")
    return before.plan
