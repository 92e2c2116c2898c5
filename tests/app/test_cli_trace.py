"""`ranscope trace`: the one schema, in every form, and the steps that were asked for."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from codec.formats import batched
from codec.trace import STEP_COLUMNS
from tests.app.calling import AVAILABLE, call, refusal
from tests.codec.files import LEGACY, batched_file, noise, stream_place, with_bytes


@pytest.fixture
def layer(tmp_path):
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(noise(40, 50), 16))
    return path


def as_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_goes_to_stdout(layer):
    called = call("trace", layer, "--tile", 3)
    assert (called.status, called.err) == (0, "")
    rows = as_csv(called.out)
    assert list(rows[0]) == list(STEP_COLUMNS)
    assert [int(row["step"]) for row in rows] == list(range(256))
    assert {row["tile"] for row in rows} == {"3"}
    assert rows[-1]["state_after"] == str(1 << 23)


@pytest.mark.parametrize("decoder", AVAILABLE)
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("0:256", range(256)),
        ("9:12", range(9, 12)),
        (":2", range(2)),
        ("250:", range(250, 256)),
        (":", range(256)),
        ("255:999", range(255, 256)),
    ],
)
def test_steps_are_a_half_open_range(layer, tmp_path, decoder, steps, expected):
    output = tmp_path / "trace.npz"
    called = call("trace", layer, "--tile", 0, "--steps", steps, "-o", output, "--decoder", decoder)
    assert (called.status, called.err) == (0, "")
    assert np.load(output)["step"].tolist() == list(expected)


def test_npz_holds_the_promised_columns_and_the_streams_frame(layer, tmp_path):
    output = tmp_path / "trace.npz"
    assert call("trace", layer, "--tile", 2, "-o", output).status == 0
    trace = np.load(output, allow_pickle=False)
    assert {name: trace[name].dtype.str for name in STEP_COLUMNS} == {
        name: np.dtype(kind).str for name, kind in STEP_COLUMNS.items()
    }
    offset, size = stream_place(layer.read_bytes(), 2)
    assert (trace["stream_offset"].tolist(), trace["stream_size"].tolist()) == ([offset], [size])
    assert trace["stream_frequencies"].sum() == 4096


def test_json_csv_and_npz_hold_the_same(layer, tmp_path):
    call("trace", layer, "--tile", 1, "-o", tmp_path / "t.npz")
    call("trace", layer, "--tile", 1, "-o", tmp_path / "t.csv")
    content = call("trace", layer, "--tile", 1, "--json").json
    trace = np.load(tmp_path / "t.npz")
    rows = as_csv((tmp_path / "t.csv").read_text())
    for name in STEP_COLUMNS:
        assert [step[name] for step in content["steps"]] == trace[name].tolist()
        assert [int(row[name]) for row in rows] == trace[name].tolist()
    assert (content["tile"], content["symbols"], content["stopped"]) == (1, 256, None)
    assert content["streams"][0]["offset"] == stream_place(layer.read_bytes(), 1)[0]


def test_a_stream_that_breaks_off_gives_its_steps_and_status_1(tmp_path, layer):
    """The index is made to give the decoder ten bytes: two of renormalisation, and the sound state."""
    data = layer.read_bytes()
    offset, size = stream_place(data, 0)
    entry = batched.INDEX_OFFSET
    data = with_bytes(data, entry + 4, (10).to_bytes(4, "little"))
    data = with_bytes(data, offset + 6, data[offset + size - 4 : offset + size])
    layer.write_bytes(data)
    called = call("trace", layer, "--tile", 0, "-o", tmp_path / "t.csv")
    assert called.status == 1
    rows = as_csv((tmp_path / "t.csv").read_text())
    assert 0 < len(rows) < 256
    assert f"runs out of bytes at step {len(rows):,}" in called.err
    assert call("trace", layer, "--tile", 0, "--json").json["stopped"] in called.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tile", "12"], "there is no tile 12: layer has 12 tiles"),
        (["--tile", "-1"], "there is no tile -1"),
        (["--tile", "x"], "invalid int value"),
        ([], "required: --tile"),
        (["--tile", "0", "--steps", "256:"], "there is no step 256: tile 0 has 256"),
        (["--tile", "0", "--steps", "5:5"], "is empty"),
        (["--tile", "0", "--steps", "9:3"], "is empty"),
        (["--tile", "0", "--steps", "5"], "takes a range A:B"),
        (["--tile", "0", "--steps", "-5:9"], "steps"),
        (["--tile", "0", "--steps", "1:2:3"], "takes a range A:B"),
        (["--tile", "0", "-o", "trace.txt"], "trace.txt names neither"),
        (["--tile", "0", "--decoder", "magic"], "no decoder called 'magic'"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(layer, arguments, says):
    assert says in refusal("trace", layer, *arguments)


def test_a_table_that_cannot_be_used_is_the_contents_fault():
    (path,) = (path for path in LEGACY if path.stem.startswith("brokentable"))
    assert "sum to 7,938" in refusal("trace", path, "--tile", 0, status=1)
