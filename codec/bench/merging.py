"""Measurements of one plan that were taken one after the other, put together without pairing what was not interleaved.

A run may be cut into several: a candidate crashes and the rest goes on in a new process, the app is closed and the plan
resumed, a plan has more candidates than fit into memory at once. Each such *sitting* has rounds of its own, numbered on
from those before. So what compares two candidates round by round finds only rounds in which both took turns.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from codec.bench.plan import Action, Plan
from codec.bench.result import LayerMeasurement, Measurement, Outcome, RunResult

Key = tuple[str, str, Action]
"""Data, candidate and action of a measurement."""

UNFINISHED = frozenset({Outcome.CANCELLED, Outcome.UNAVAILABLE})
"""Outcomes with which a resumed plan tries again."""

GIVEN_UP = frozenset(
    {Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.REFUSED, Outcome.WRONG}
)
"""Outcomes that stand, whatever was measured before or after."""

_PER_RUN = "seconds", "rounds", "processor_seconds", "megahertz"


def key_of(each: Measurement) -> Key:
    """What it is the measurement of."""
    return each.data, each.candidate, each.action


def keys_of(plan: Plan) -> tuple[Key, ...]:
    """All that a plan wants measured, in its order."""
    return tuple(
        (data.name, candidate.name, action)
        for data in plan.data
        for candidate in plan.candidates
        for action in candidate.actions
    )


def remaining(plan: Plan, known: Collection[Measurement]) -> tuple[Key, ...]:
    """What of a plan is still to be measured."""
    done = {key_of(each) for each in known if each.outcome not in UNFINISHED}
    return tuple(key for key in keys_of(plan) if key not in done)


def gone_on_with(result: RunResult) -> RunResult:
    """A result as a run goes on from it: there may be memory now for what found none, of the processor or of a card."""
    found = (
        replace(each, outcome=Outcome.CANCELLED) if each.outcome is Outcome.OUT_OF_MEMORY else each
        for each in result.measurements
    )
    return replace(result, measurements=tuple(found), complete=False)


def next_round(known: Collection[Measurement], data: str) -> int:
    """The number of the first round of a new sitting."""
    return 1 + max(
        (max(each.rounds, default=-1) for each in known if each.data == data), default=-1
    )


def moved_on(each: Measurement, first_round: int) -> Measurement:
    """A measurement whose rounds were counted from 0, with its sitting's first round."""
    return replace(each, rounds=tuple(first_round + number for number in each.rounds))


def joined(before: Measurement, after: Measurement) -> Measurement:
    """What two sittings found of one candidate and action, as one measurement.

    Runs are put together where both were of the same thing; else the later alone counts.
    """
    if not before.seconds or not _same(before, after):
        return after
    if not after.seconds:
        if (
            after.outcome is Outcome.UNAVAILABLE
        ):  # a card that has gone: its times were right all the same
            then = f"{len(before.seconds):,} runs, then: {after.reason}"
            return before if before.outcome is Outcome.MEASURED else replace(before, reason=then)
        return replace(before, outcome=_outcome(before, after), reason=_reason(before, after))
    parts = {name: getattr(before, name) + getattr(after, name) for name in _PER_RUN}
    return replace(
        after,
        outcome=_outcome(before, after),
        reason=_reason(before, after),
        stages={name: before.stages[name] + after.stages[name] for name in after.stages},
        warm_up=before.warm_up,
        peak_bytes=_most(before.peak_bytes, after.peak_bytes),
        wrong=max(before.wrong, after.wrong),
        digest=before.digest if before.wrong else after.digest,
        layers=_joined_layers(before.layers, after.layers),
        **parts,
    )


def _most(one: int | None, other: int | None) -> int | None:
    """The larger of two numbers, as far as they are known."""
    return max((number for number in (one, other) if number is not None), default=None)


def _joined_layers(
    before: tuple[LayerMeasurement, ...], after: tuple[LayerMeasurement, ...]
) -> tuple[LayerMeasurement, ...]:
    """Of two measurements of the same layers, each with the runs of both."""
    return tuple(
        replace(
            late,
            seconds=early.seconds + late.seconds,
            stages={name: early.stages[name] + late.stages[name] for name in late.stages},
        )
        for early, late in zip(before, after, strict=True)
    )


def with_measurement(result: RunResult, added: Measurement) -> RunResult:
    """A result in which one measurement is new, or takes the place of what there was of its kind."""
    key = key_of(added)
    others = tuple(each for each in result.measurements if key_of(each) != key)
    return replace(result, measurements=(*others, added))


def _same(before: Measurement, after: Measurement) -> bool:
    """Whether two measurements are of the same thing, as far as both know."""
    if not after.seconds:
        return True
    names = "weights", "stored_bytes", "tiles", "device", "expected"
    alike = all(getattr(before, name) == getattr(after, name) for name in names)
    layers = [[(each.name, each.stages.keys()) for each in one.layers] for one in (before, after)]
    return alike and before.stages.keys() == after.stages.keys() and layers[0] == layers[1]


def _outcome(before: Measurement, after: Measurement) -> Outcome:
    for each in (after, before):
        if each.outcome in GIVEN_UP:
            return each.outcome
    both = {before.outcome, after.outcome}
    return Outcome.MEASURED if Outcome.MEASURED in both else after.outcome


def _reason(before: Measurement, after: Measurement) -> str:
    outcome = _outcome(before, after)
    return next((each.reason for each in (after, before) if each.outcome is outcome), "")
