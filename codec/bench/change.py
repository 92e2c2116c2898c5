"""What became faster or slower from one run of a plan to another, and what forbids to say so.

Runs of different days did not take turns: the machine may have been hotter or busier. So a change is told with its
interval, beside everything that was different; and where the weights or the settings were others, it is not told.
"""

from __future__ import annotations

from dataclasses import dataclass

from codec.bench.merging import Key, key_of
from codec.bench.result import Machine, Measurement, Outcome, RunResult
from codec.bench.statistics import Speed, change
from codec.typed_json import form_of


@dataclass(frozen=True)
class Change:
    """One candidate, data and action in two runs.

    Attributes:
        key: which.
        speed: how many times as fast it is after as before; None where that cannot be told.
        refusal: why not; "" where it can.
        stored_before, stored_after: bytes that it stored.
    """

    key: Key
    speed: Speed | None
    refusal: str = ""
    stored_before: int = 0
    stored_after: int = 0


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        before, after: their names.
        changes: of all that the later one has measured.
        missing: what the earlier one has measured and the later one has not.
        warnings: what was different and may be the reason, in sentences.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    missing: tuple[Key, ...]
    warnings: tuple[str, ...]


def compare(before: RunResult, after: RunResult) -> Comparison:
    """How a run differs from an earlier one; what has the same names in both is the same thing, or refused."""
    old = {key_of(each): each for each in before.measurements}
    new = {key_of(each): each for each in after.measurements}
    return Comparison(
        before.id,
        after.id,
        tuple(_change(key, old.get(key), each, before, after) for key, each in new.items()),
        tuple(key for key in old if key not in new),
        _warnings(before.machine, after.machine),
    )


def _change(
    key: Key, old: Measurement | None, new: Measurement, before: RunResult, after: RunResult
) -> Change:
    if old is None:
        return Change(key, None, "the earlier run has nothing of it", 0, new.stored_bytes)
    refusal = (
        _other_weights(key[0], before, after)
        or _other_settings(key[1], before, after)
        or _no_time("earlier", old)
        or _no_time("later", new)
    )
    found = None if refusal else change(old.seconds, new.seconds)
    return Change(key, found, refusal, old.stored_bytes, new.stored_bytes)


def _other_weights(name: str, before: RunResult, after: RunResult) -> str:
    digests = [
        next((each.digest for each in run.data if each.name == name), None)
        for run in (before, after)
    ]
    if None in digests:
        return "what its weights were is not known of both runs"
    return "" if digests[0] == digests[1] else "its weights were others in the earlier run"


def _other_settings(name: str, before: RunResult, after: RunResult) -> str:
    """Why two candidates of one name are not the same one; what is timed of them does not matter."""
    then, now = (
        next(form_of(each) for each in run.plan.candidates if each.name == name)
        for run in (before, after)
    )
    others = [part for part in ("coder", "recipe", "options") if then[part] != now[part]]
    return f"its {' and '.join(others)} was another in the earlier run" if others else ""


def _no_time(which: str, each: Measurement) -> str:
    if each.outcome is Outcome.MEASURED and each.seconds:
        return ""
    return f"the {which} run has no time of it: {each.outcome.value}"


def _warnings(before: Machine, after: Machine) -> tuple[str, ...]:
    found = [
        f"another {says}: {was or 'none'} before, {now or 'none'} now"
        for says, was, now in (
            ("processor", before.processor, after.processor),
            ("number of cores", str(before.cores), str(after.cores)),
            ("card or driver", before.card, after.card),
            ("system", before.system, after.system),
        )
        if was != now
    ]
    names = sorted(before.versions.keys() | after.versions.keys())
    versions = [(name, before.versions.get(name), after.versions.get(name)) for name in names]
    others = [
        f"{name} {was or 'not installed'} before, {now or 'not installed'} now"
        for name, was, now in versions
        if was != now
    ]
    if others:
        found.append(f"other versions: {', '.join(others)}")
    return tuple(found)
