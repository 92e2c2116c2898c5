"""Results of benchmarks as `--json` prints them: as they are kept, and the figures that are made of them."""

from __future__ import annotations

from typing import Any

from codec.bench.change import Change, Comparison
from codec.bench.result import RunResult
from codec.bench.rows import figures, finite, rows
from codec.bench.turns import baseline_of
from codec.typed_json import form_of


def as_json(
    result: RunResult, comparison: Comparison | None, baseline: str | None
) -> dict[str, Any]:
    """Everything, with the keys of docs/command-line.md."""
    form: dict[str, Any] = form_of(result)
    form["baseline"] = baseline or baseline_of(result.plan)
    form["rows"] = [figures(row) for row in rows(result, baseline)]
    form["change"] = None if comparison is None else _comparison(comparison)
    return form


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "before": comparison.before,
        "warnings": list(comparison.warnings),
        "missing": [[data, name, action.value] for data, name, action in comparison.missing],
        "rows": [_change(each) for each in comparison.changes],
    }


def _change(each: Change) -> dict[str, Any]:
    data, candidate, action = each.key
    interval = None if each.speed is None else each.speed.interval
    return {
        "data": data,
        "candidate": candidate,
        "action": action.value,
        "speed": None if each.speed is None else finite(each.speed.times),
        "speed_low": None if interval is None else finite(interval.low),
        "speed_high": None if interval is None else finite(interval.high),
        "refusal": each.refusal or None,
        "stored_bytes_before": each.stored_before,
        "stored_bytes": each.stored_after,
    }
