"""How a run's results are written as JSON, and read again: version 1 of the form.

Records are written field by field, as `codec.typed_json` does it. A field that is new and has a default needs no new
version; whatever else is added or means something else raises `codec.bench.result.VERSION`, and a version that is not
ours is never guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from codec.bench.result import VERSION, Measurement, RunResult
from codec.json_fields import DamagedJson, parsed
from codec.typed_json import form_of, record_of

FORMAT = "ranscope benchmark"

LONGEST_ID = 100
"""Characters of a run's name: it becomes a file's."""


class NewerResult(DamagedJson):
    """Results that a newer version wrote."""


def written(result: RunResult, pieces: Sequence[bytes] | None = None) -> bytes:
    """Results as JSON, all of it ASCII, one measurement a line.

    Args:
        result: what is written.
        pieces: `measurement_bytes` of each of its measurements, where they are known already.
    """
    if pieces is None:
        pieces = [measurement_bytes(each) for each in result.measurements]
    form = form_of(result)
    del form["measurements"]
    head = json.dumps({"format": FORMAT, "version": VERSION, **form}, indent=1, allow_nan=False)
    lines = b",\n  ".join(pieces)
    begin = head.removesuffix("\n}").encode("ascii")
    return b"".join((begin, b',\n "measurements": [\n  ', lines, b"\n ]\n}\n"))


def measurement_bytes(each: Measurement) -> bytes:
    """One measurement as JSON, on one line."""
    return json.dumps(form_of(each), allow_nan=False).encode("ascii")


def read(data: bytes) -> RunResult:
    """The results that `written` wrote.

    Raises:
        NewerResult: a newer version wrote them.
        DamagedJson: they are none, or any field is not what it should be; the message says which.
    """
    whole = parsed(data)
    if not whole.has("format") or whole.text("format") != FORMAT:
        raise DamagedJson(f"it does not call itself a {FORMAT}")
    version = whole.number("version")
    if version > VERSION:
        raise NewerResult(
            f"a newer version of Ranscope wrote it (form {version:,}, ours is {VERSION})"
        )
    if version != VERSION:
        raise DamagedJson(f"there is no form {version:,} of it")
    result = record_of(RunResult, whole.values)
    _require_sound(result)
    return result


def _require_sound(result: RunResult) -> None:
    """Raises DamagedJson where what has the right types still makes no sense."""
    name = result.id
    if not 0 < len(name) <= LONGEST_ID or not all(
        c.isascii() and (c.isalnum() or c in "-_") for c in name
    ):
        raise DamagedJson("id should be letters, digits and hyphens")
    data = {each.name for each in result.plan.data}
    candidates = {each.name for each in result.plan.candidates}
    if len(data) != len(result.plan.data) or len(candidates) != len(result.plan.candidates):
        raise DamagedJson("plan has two data or two candidates of one name")
    if not candidates or (result.plan.baseline or next(iter(candidates))) not in candidates:
        raise DamagedJson("plan has no baseline")
    for number, each in enumerate(result.measurements):
        if reason := _unsound(each, data, candidates):
            raise DamagedJson(f"measurements[{number}] {reason}")


def _unsound(each: Measurement, data: set[str], candidates: set[str]) -> str:
    """What is wrong with a measurement; "" where nothing is."""
    if each.data not in data or each.candidate not in candidates:
        return "is of nothing that its plan has"
    of_layers = [part for a in each.layers for part in (a.seconds, *a.stages.values())]
    parts = each.rounds, *each.stages.values(), *of_layers
    if any(len(part) != len(each.seconds) for part in parts):
        return "has not as many rounds or stages as it has times"
    counts = each.weights, each.stored_bytes, each.tiles, each.threads, each.moved_bytes, each.wrong
    if min(*counts, *each.seconds, *each.warm_up) < 0:
        return "has a negative number"
    return ""
