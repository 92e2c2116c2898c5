"""`ranscope sweep`: inputs of every kind, rows for every combination, and what is refused before anything runs."""

from __future__ import annotations

import csv
import io
import json

import pytest

from codec.rerun.figures import KEYS
from tests.app.calling import call, refusal
from tests.codec.files import DATA

LAYER = DATA / "legacy" / "gaussian10_300x200_t64.batched"
BROKEN = DATA / "legacy" / "brokentable_1024x1024_t256.batched"
NORMAL = "generated:normal-10:128x128"


def test_every_combination_is_a_row_of_json():
    called = call(
        "sweep", NORMAL, "--tile", "16,64,32x128", "--predictor", "none,left,auto", "--json"
    )
    assert (called.status, called.err) == (0, "")
    assert called.json["weight_entropy"] == pytest.approx(5.37, abs=0.05)
    rows = called.json["rows"]
    assert len(rows) == 3 * 3 * 3 - 2  # batched: auto is left, which comes once
    assert {tuple(row) for row in rows} == {KEYS}
    refused = [row for row in rows if row["outcome"] == "refused"]
    exact = [row for row in rows if row["outcome"] == "exact"]
    assert len(refused) + len(exact) == len(rows)
    assert all(row["says"] and row["ratio"] is None for row in refused)
    assert all(row["wrong"] == 0 and row["ratio"] > 0 for row in exact)
    assert {row["layout"] for row in exact} == {"batched", "wcdc", "native"}


@pytest.mark.parametrize("file", [LAYER, LAYER.with_suffix(".npy")])
def test_a_file_of_any_kind_gives_the_same_rows(file):
    called = call("sweep", file, "--format", "batched,native", "--tile", 64, "--json")
    assert called.status == 0
    sizes = [row["file_size"] for row in called.json["rows"]]
    again = call("sweep", LAYER, "--format", "batched,native", "--tile", 64, "--json").json["rows"]
    assert [row["file_size"] for row in again] == sizes


def test_text_has_a_line_a_row_and_says_what_is_smallest():
    called = call(
        "sweep", NORMAL, "--format", "native", "--scale-bits", "8,12", "--lanes", "1,64,9999"
    )
    assert (called.status, called.err) == (0, "")
    lines = called.out.splitlines()
    assert lines[0].startswith("generated: normal-10")
    assert [line.split()[3:5] for line in lines[2:6]] == [
        ["8", "1"], ["8", "64"], ["12", "1"], ["12", "64"],
    ]  # fmt: skip
    assert all(line.endswith("exact") for line in lines[2:6])
    assert "refused, 2 combinations: the number of lanes, 9,999, is not between" in called.out
    assert "6 combinations; the order-0 entropy" in called.out
    assert "smallest of those that come back: layout native" in lines[-1]


def test_the_originals_broken_table_is_told_and_the_sweep_goes_on():
    called = call(
        "sweep", "generated:normal-10:1024x1024", "--format", "batched",
        "--normalisation", "original,ours", "--sample", "1048576",
    )  # fmt: skip
    assert called.status == 1
    assert "the frequencies sum to" in called.out
    assert called.out.count("exact") == 1
    assert called.err == "ranscope: 1 file did not give the weights back\n"


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_the_table_is_written(tmp_path, suffix):
    output = tmp_path / f"table{suffix}"
    assert call("sweep", NORMAL, "--format", "wcdc", "-o", output).status == 0
    text = output.read_text()
    rows = list(csv.DictReader(io.StringIO(text))) if suffix == ".csv" else json.loads(text)["rows"]
    (row,) = rows
    assert (row["layout"], row["outcome"]) == ("wcdc", "exact")
    assert sorted(path.name for path in tmp_path.iterdir()) == [output.name]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((NORMAL, "--tile", "sixteen"), "--tile: 'sixteen' is no shape of a tile"),
        ((NORMAL, "--tile", ""), "--tile names nothing to try"),
        ((NORMAL, "--lanes", "1,,2"), "--lanes: '' is no whole number"),
        ((NORMAL, "--sample", "some"), "write all, or a number"),
        ((NORMAL, "--normalisation", "best"), "there are ours, original"),
        ((NORMAL, "-o", "table.txt"), "table.txt names neither"),
        ((NORMAL, "-o", "nowhere/table.csv"), "there is no folder nowhere"),
        ((NORMAL, "--tensor", "x"), "--tensor is not for generated weights"),
        ((LAYER, "--quantize", "row"), "--quantize is not for a compressed file"),
        ((LAYER, "--tensor", "x"), "holds no tensor called 'x'"),
        (("generated:fog",), "no weights are called 'fog'"),
        (("nowhere.npy",), "nowhere.npy"),
        ((NORMAL, "--tile", ",".join(map(str, range(1, 2000)))), "combinations"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_runs(arguments, says):
    assert says in refusal("sweep", *arguments)


def test_weights_that_do_not_decode_are_the_contents_fault():
    assert "the frequencies sum to 7,938" in refusal("sweep", BROKEN, status=1)


def test_where_all_is_refused_nothing_could_be_used():
    called = call("sweep", NORMAL, "--format", "batched", "--lanes", "32")
    assert called.status == 2
    assert "refused, 1 combination: the batched layout has one lane" in called.out


def test_a_layout_that_does_not_exist_is_a_refused_row():
    called = call("sweep", NORMAL, "--format", "zip,native", "--json")
    assert [row["outcome"] for row in called.json["rows"]] == ["refused", "exact"]
