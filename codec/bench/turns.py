"""Who takes turns with whom: candidates that are left, in groups that fit into memory, each with the baseline.

A time is compared with the baseline's only if both took turns; so wherever something is still to be measured, the
baseline is measured again beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codec.bench.merging import GIVEN_UP, Key, key_of
from codec.bench.plan import Action, Candidate, Plan
from codec.bench.result import DataFacts, Outcome, RunResult

MOST_AT_ONCE = 32
"""Candidates that take turns in one sitting: each keeps what it has encoded in memory."""

BYTES_PER_WEIGHT = 4
"""What a candidate holds at most, roughly, for each weight: its encoding, its output, and what it works with."""

SETTLED = GIVEN_UP | {Outcome.MEASURED}
"""Outcomes with which no more is to be done in a run."""

Group = tuple[Candidate, ...]
"""Candidates, each with the actions that are to be run."""


def baseline_of(plan: Plan) -> str:
    """The candidate that speeds are told against."""
    return plan.baseline or plan.candidates[0].name


def bytes_of_one(facts: DataFacts) -> int:
    """Memory that a candidate needs for some data, roughly; at least 1."""
    return max(facts.rows * facts.cols * BYTES_PER_WEIGHT, 1)


def batches(plan: Plan, result: RunResult, keys: Sequence[Key], room: int) -> list[Group]:
    """The groups in which something is to be measured.

    Args:
        plan: whose candidates they are.
        result: what is known already.
        keys: what is left to do, of one data.
        room: candidates that fit into memory at once.
    """
    data, base_name = keys[0][0], baseline_of(plan)
    wanted: dict[str, list[Action]] = {}
    for _, name, action in keys:
        wanted.setdefault(name, []).append(action)
    base = [_left(c, data, result, GIVEN_UP) for c in plan.candidates if c.name == base_name]
    base = [each for each in base if each.actions]
    others = [
        replace(each, actions=tuple(wanted[each.name]))
        for each in plan.candidates
        if each.name in wanted and each.name != base_name
    ]
    most = min(max(room - len(base), 1), MOST_AT_ONCE - 1)
    parts = [others[begin : begin + most] for begin in range(0, len(others), most)]
    groups = [(*base, *part) for part in parts or [[]]]
    return [group for group in groups if group]


def still_wanted(plan: Plan, result: RunResult, data: str, group: Sequence[Candidate]) -> Group:
    """What is to be run of a group after a sitting that was broken off; nothing where all is settled.

    What was measured until then is measured already; but whatever is still to come needs the baseline to take turns
    with.
    """
    base = baseline_of(plan)
    if not any(_left(each, data, result, SETTLED).actions for each in group):
        return ()
    found = [_left(c, data, result, GIVEN_UP if c.name == base else SETTLED) for c in group]
    return tuple(each for each in found if each.actions)


def _left(
    candidate: Candidate, data: str, result: RunResult, settled: frozenset[Outcome]
) -> Candidate:
    """A candidate with those of its actions that have no such outcome."""
    known = {key_of(each): each.outcome for each in result.measurements}
    actions = (
        action
        for action in candidate.actions
        if known.get((data, candidate.name, action)) not in settled
    )
    return replace(candidate, actions=tuple(actions))
