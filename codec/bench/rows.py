"""One row a measurement with the figures that tables, files and pages show: all of them show the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from codec.bench.bandwidth import share_of_roof
from codec.bench.merging import keys_of
from codec.bench.remarks import Remark, remarks
from codec.bench.result import LayerMeasurement, Measurement, Outcome, RunResult
from codec.bench.statistics import (
    Speed,
    Summary,
    rate,
    ratio,
    speed,
    summary,
    tile_milliseconds,
)
from codec.bench.turns import baseline_of

WITH_TIME = frozenset({Outcome.MEASURED, Outcome.CANCELLED})
"""Outcomes whose times were those of right outputs: nothing else has a time that is shown."""


@dataclass(frozen=True)
class Row:
    """What is shown of a measurement.

    Attributes:
        measured: what it is of.
        times: what its runs say; None where none counts.
        speed: against the baseline; None where one of the two has no time.
        rate: bytes of weights a second.
        tile_ms: milliseconds a tile.
        ratio: how many times smaller what is stored is than the weights.
        roof: share of the measured memory bandwidth.
        stages: seconds of the parts, each the median of the runs.
        remarks: what is to be kept in mind.
    """

    measured: Measurement
    times: Summary | None
    speed: Speed | None
    rate: float | None
    tile_ms: float | None
    ratio: float | None
    roof: float | None
    stages: Mapping[str, float]
    remarks: tuple[Remark, ...]


def rows(result: RunResult, baseline: str | None = None) -> tuple[Row, ...]:
    """A row for each measurement, in the order of the plan.

    Args:
        result: what was measured.
        baseline: the candidate that speeds are told against; None for that of the plan.
    """
    base = baseline or baseline_of(result.plan)
    known = {(each.data, each.candidate, each.action): each for each in result.measurements}
    found = []
    for data, candidate, action in keys_of(result.plan):
        if (each := known.get((data, candidate, action))) is not None:
            found.append(_row(each, known.get((data, base, action)), result))
    return tuple(found)


def layer_rows(
    row: Row, result: RunResult, baseline: str | None = None
) -> tuple[tuple[str, Row], ...]:
    """The layers that each run of a row went through, as rows of their own behind their names; nothing without.

    Their memory, their least traffic and the hashes of their outputs are not known one by one.
    """
    each = row.measured
    if row.times is None:
        return ()
    wanted = each.data, baseline or baseline_of(result.plan), each.action
    bases = (m for m in result.measurements if (m.data, m.candidate, m.action) == wanted)
    base = next(bases, None)
    of_base = {layer.name: layer for layer in (base.layers if base else ())}
    found = []
    for layer in each.layers:
        beside = of_base.get(layer.name)
        against = None if base is None or beside is None else _of_layer(base, beside)
        found.append((layer.name, _row(_of_layer(each, layer), against, result)))
    return tuple(found)


def _of_layer(each: Measurement, layer: LayerMeasurement) -> Measurement:
    """A layer as a measurement of its own. What is known of the whole alone is left out, the warm-up with it."""
    return replace(
        each,
        seconds=layer.seconds,
        stages=layer.stages,
        weights=layer.weights,
        stored_bytes=layer.stored_bytes,
        tiles=layer.tiles,
        warm_up=(),
        peak_bytes=None,
        moved_bytes=0,
        digest="",
        expected="",
        processor_seconds=(),
        load=None,
        card_load=None,
        layers=(),
    )


def _row(each: Measurement, base: Measurement | None, result: RunResult) -> Row:
    times = summary(each.seconds) if each.outcome in WITH_TIME else None
    shown = times is not None
    return Row(
        measured=each,
        times=times,
        speed=None if base is None else speed(each, base),
        rate=rate(each) if shown else None,
        tile_ms=tile_milliseconds(each) if shown else None,
        ratio=ratio(each),
        roof=share_of_roof(each, result.machine) if shown else None,
        stages=_stages(each) if shown else {},
        remarks=remarks(each, result.machine) if shown else (),
    )


def _stages(each: Measurement) -> dict[str, float]:
    found = {name: summary(seconds) for name, seconds in each.stages.items()}
    return {name: times.median for name, times in found.items() if times is not None}


def figures(row: Row) -> dict[str, Any]:
    """A row as plain values by stable names, for CSV and JSON; times in seconds, None where there is none."""
    each, times, speed_ = row.measured, row.times, row.speed
    interval = None if times is None else times.interval
    around = None if speed_ is None else speed_.interval
    return {
        "data": each.data,
        "candidate": each.candidate,
        "action": each.action.value,
        "outcome": each.outcome.value,
        "reason": each.reason,
        "runs": 0 if times is None else times.runs,
        "median_s": None if times is None else times.median,
        "median_low_s": None if interval is None else interval.low,
        "median_high_s": None if interval is None else interval.high,
        "least_s": None if times is None else times.least,
        "most_s": None if times is None else times.most,
        "spread": None if times is None else times.spread,
        "bytes_per_s": row.rate,
        "ms_per_tile": row.tile_ms,
        "weights": each.weights,
        "stored_bytes": each.stored_bytes,
        "ratio": row.ratio,
        "tiles": each.tiles,
        "speed": None if speed_ is None else finite(speed_.times),
        "speed_low": None if around is None else finite(around.low),
        "speed_high": None if around is None else finite(around.high),
        "speed_paired": None if speed_ is None else speed_.paired,
        "roof": row.roof,
        "threads": each.threads,
        "device": each.device,
        "peak_bytes": each.peak_bytes,
        "moved_bytes": each.moved_bytes,
        **{f"{name}_s": row.stages.get(name) for name in STAGES},
        "wrong": each.wrong,
        "digest": each.digest,
        "remarks": "; ".join(remark.says for remark in row.remarks),
    }


STAGES = "read", "to_device", "kernel", "decode", "from_device"
"""The parts of a run as `Timing` names them: `kernel` is a card's, `decode` the processor's."""


def finite(number: float) -> float | None:
    """A number that JSON can hold; None for what is beyond all bounds."""
    return number if abs(number) < float("inf") else None
