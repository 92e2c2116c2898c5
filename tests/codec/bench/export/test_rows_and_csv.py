"""Figures of a run: those of its measurements and no others, the same in every form."""

from __future__ import annotations

import csv
import io
import json

import pytest

from codec.bench.export_csv import csv_bytes
from codec.bench.result import LayerMeasurement, Outcome
from codec.bench.rows import figures, rows
from tests.codec.bench.results.made import PLAN, RESULT, lost, measurement, with_


def by_key(result, baseline=None):
    return {
        (r.measured.data, r.measured.candidate, r.measured.action.value): r
        for r in rows(result, baseline)
    }


def test_figures_are_those_of_the_runs():
    row = by_key(RESULT)["small", "ours", "decode"]
    assert row.times.median == 0.25
    assert row.rate == 4096 / 0.25
    assert row.tile_ms == 1000 * 0.25 / 2
    assert row.ratio == 4096 / 3000
    assert row.roof is not None
    assert row.speed.times == pytest.approx(1.0 / 0.25)
    assert by_key(RESULT, "ours")["small", "zstd", "decode"].speed.times == pytest.approx(0.25)


def test_parts_of_a_run_are_told():
    assert by_key(RESULT)["small", "decode only", "decode"].stages == {"read": 0.1, "kernel": 0.1}


@pytest.mark.parametrize(
    "outcome", sorted(set(Outcome) - {Outcome.MEASURED, Outcome.CANCELLED}, key=str)
)
def test_only_what_is_right_has_a_time(outcome):
    row = by_key(with_(measurement(outcome=outcome)))["small", "ours", "decode"]
    assert (row.times, row.rate, row.speed, row.tile_ms, row.roof) == (None,) * 5
    shown = figures(row)
    assert all(shown[name] is None for name in ("median_s", "speed", "bytes_per_s", "ms_per_tile"))


def test_rows_stand_in_the_order_of_the_plan():
    found = [(r.measured.data, r.measured.candidate) for r in rows(RESULT)]
    order = [(d.name, c.name) for d in PLAN.data for c in PLAN.candidates]
    assert found == sorted(found, key=order.index)


def test_figures_are_json():
    json.dumps([figures(row) for row in rows(RESULT)], allow_nan=False)
    json.dumps([figures(r) for r in rows(with_(measurement(seconds=(0.0,) * 8)))], allow_nan=False)


def test_csv_has_a_line_a_measurement_and_no_cell_is_a_formula():
    result = with_(*RESULT.measurements[1:], lost("ours", Outcome.CRASHED, '=cmd|"x"\n,', "file"))
    found = list(csv.DictReader(io.StringIO(csv_bytes(result).decode())))
    assert len(found) == len(rows(result))
    assert found[0]["run"] == RESULT.id
    assert float(found[0]["median_s"]) == 0.25
    crashed = next(row for row in found if row["outcome"] == "crashed")
    assert crashed["median_s"] == ""
    assert csv_bytes(with_()).count(b"\n") == 1


PARTS = ("read_s", "to_device_s", "kernel_s", "decode_s", "from_device_s")


def test_csv_has_the_parts_of_a_run():
    found = list(csv.DictReader(io.StringIO(csv_bytes(RESULT).decode())))
    parts = {row["candidate"]: [row[part] for part in PARTS] for row in found if row["runs"] != "0"}
    assert parts["decode only"] == ["0.1", "", "0.1", "", ""]
    assert parts["zstd"] == [""] * 5


def test_csv_has_a_line_a_layer_behind_its_model():
    def of_model(candidate, seconds, stages):
        layers = tuple(
            LayerMeasurement(name, 1024, size, 1, tuple(s / 4 for s in seconds),
                             {part: tuple(s / 8 for s in seconds) for part in stages})
            for name, size in (("a.weight", 512), ("b.weight", 256))
        )  # fmt: skip
        parts = {part: tuple(s / 2 for s in seconds) for part in stages}
        return measurement(candidate=candidate, seconds=seconds, stages=parts, layers=layers)

    result = with_(
        of_model("ours", (2.0, 2.0), ("read", "decode")), of_model("zstd", (4.0, 4.0), ())
    )
    found = list(csv.DictReader(io.StringIO(csv_bytes(result).decode())))
    assert [(row["candidate"], row["layer"]) for row in found] == [
        (name, layer) for name in ("ours", "zstd") for layer in ("", "a.weight", "b.weight")
    ]
    whole, first, second = found[:3]
    assert [whole[part] for part in PARTS] == ["1.0", "", "", "1.0", ""]
    assert [first[part] for part in PARTS] == ["0.25", "", "", "0.25", ""]
    assert (first["ratio"], second["ratio"]) == ("2.0", "4.0")
    assert (first["median_s"], first["speed"], first["speed_paired"]) == ("0.5", "2.0", "true")
    assert (first["peak_bytes"], first["digest"]) == ("", "")


def test_a_cell_that_a_spreadsheet_would_run_is_text():
    result = with_(lost("ours", Outcome.CRASHED, "=1+1"))
    (row,) = csv.DictReader(io.StringIO(csv_bytes(result).decode()))
    assert row["reason"] == "'=1+1"
