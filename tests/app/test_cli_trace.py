"""`ranscope trace`: the one schema, in every form, and the steps that were asked for."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.conditions import Condition
from codec.formats import batched
from codec.stepping.checkpoint_walk import CheckpointWalk
from codec.stepping.walk import WINDOW, Walk
from codec.trace import STEP_COLUMNS, Trace
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


def cut(layer: Path) -> None:
    """Makes the index give the decoder of tile 0 ten bytes: two of renormalisation, and the sound state."""
    data = layer.read_bytes()
    offset, size = stream_place(data, 0)
    entry = batched.INDEX_OFFSET
    data = with_bytes(data, entry + 4, (10).to_bytes(4, "little"))
    data = with_bytes(data, offset + 6, data[offset + size - 4 : offset + size])
    layer.write_bytes(data)


def test_a_stream_that_breaks_off_gives_its_steps_and_status_1(tmp_path, layer):
    cut(layer)
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
        (["--tile", "0", "--until", "symbol = 3"], "(at character 8 of the condition)"),
        (["--tile", "0", "--until", ""], "there is no condition here"),
        (["--tile", "0", "--until", "stat > 3"], "did you mean state?"),
        (["--tile", "0", "--context", "3"], "--context goes with --until"),
        (["--tile", "0", "--until", "true", "--context", "-3"], "context"),
        (["--tile", "0", "--until", "true", "--context", "x"], "'x' is no whole number"),
        (["--tile", "0", "--until", "true", "--steps", "256:"], "there is no step 256"),
        (["--tile", "0", "--until", "true", "--decoder", "magic"], "no decoder called 'magic'"),
        (["--tile", "0", "--encode", "--decoder", "magic"], "magic is neither of them"),
        (["--tile", "0", "--encode", "--steps", "256:"], "there is no step 256"),
        (["--tile", "12", "--encode"], "there is no tile 12"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(layer, arguments, says):
    assert says in refusal("trace", layer, *arguments)


def test_a_table_that_cannot_be_used_is_the_contents_fault():
    (path,) = (path for path in LEGACY if path.stem.startswith("brokentable"))
    assert "sum to 7,938" in refusal("trace", path, "--tile", 0, status=1)


# --until


def rows_of(file: object, *arguments: object) -> list[dict[str, int]]:
    """The steps of a whole trace, as JSON has them."""
    steps: list[dict[str, int]] = call("trace", file, "--tile", 3, *arguments, "--json").json[
        "steps"
    ]
    return steps


@pytest.mark.parametrize("decoder", AVAILABLE)
def test_until_ends_at_the_first_step_at_which_it_holds(layer, decoder):
    steps = rows_of(layer)
    expected = next(
        row["step"] for row in steps if row["bytes_read"] and row["state_before"] > 1 << 29
    )
    condition = "renormalised and state_before > 2**29"
    called = call("trace", layer, "--tile", 3, "--until", condition, "--decoder", decoder, "--json")
    assert (called.status, called.err) == (0, "")
    content = called.json
    assert content["until"] == {"expression": condition, "step": expected}
    assert (content["direction"], content["decoder"]) == ("decode", decoder)
    assert content["stopped"] is None
    assert content["steps"] == steps[: expected + 1]
    assert content["streams"] == call("trace", layer, "--tile", 3, "--json").json["streams"]


@pytest.mark.parametrize("form", ["csv", "npz", "stdout"])
def test_until_in_every_form(layer, tmp_path, form):
    expected = [row["step"] for row in rows_of(layer)][:43]
    output = tmp_path / f"t.{form}"
    where = [] if form == "stdout" else ["-o", output]
    called = call("trace", layer, "--tile", 3, "--until", "step == 42", *where)
    assert (called.status, called.err) == (0, "")
    if form == "npz":
        assert np.load(output)["step"].tolist() == expected
    else:
        rows = as_csv(called.out if form == "stdout" else output.read_text())
        assert [int(row["step"]) for row in rows] == expected
    if form != "stdout":
        assert called.out == f"{output}: 43 steps of tile 3 of layer, by cpu\n"


def test_until_looks_in_the_steps_asked_for(layer):
    first, second = [row["step"] for row in rows_of(layer) if row["bytes_read"]][1:3]

    def found(steps: str) -> tuple[int, int | None, list[int]]:
        called = call(
            "trace", layer, "--tile", 3, "--until", "renormalised", "--steps", steps, "--json"
        )
        content = called.json
        shown = [row["step"] for row in content["steps"]]
        return called.status, content["until"]["step"], shown

    begin = first + 1
    assert found(f"{first}:") == (0, first, [first])
    assert found(f"{begin}:") == (0, second, list(range(begin, second + 1)))
    assert found(f"{begin}:{second + 1}") == (0, second, list(range(begin, second + 1)))
    assert second > begin
    assert found(f"{begin}:{second}") == (1, None, list(range(begin, second)))


def test_what_never_holds_is_said_and_has_status_1(layer):
    called = call("trace", layer, "--tile", 3, "--until", "freq == 0", "--json")
    assert called.status == 1
    assert called.err == "ranscope: tile 3: 'freq == 0' holds at none of 256 steps\n"
    assert called.json["until"] == {"expression": "freq == 0", "step": None}
    assert called.json["steps"] == rows_of(layer)
    called = call("trace", layer, "--tile", 3, "--until", "freq == 0", "--steps", "9:10")
    assert called.err == "ranscope: tile 3: 'freq == 0' holds at none of 1 step\n"


def test_without_until_there_is_none_in_json(layer):
    content = call("trace", layer, "--tile", 3, "--json").json
    assert (content["until"], content["direction"]) == (None, "decode")


@pytest.mark.parametrize(
    ("context", "steps", "expected"),
    [
        (0, ":", range(100, 101)),
        (3, ":", range(97, 101)),
        (999, ":", range(101)),
        (3, "99:", range(99, 101)),
    ],
)
def test_context_leaves_out_all_but_the_last_steps(layer, context, steps, expected):
    called = call(
        "trace",
        layer,
        "--tile",
        3,
        "--until",
        "step == 100",
        "--context",
        context,
        "--steps",
        steps,
    )
    assert (called.status, called.err) == (0, "")
    assert [int(row["step"]) for row in as_csv(called.out)] == list(expected)


def test_context_of_what_never_holds_is_the_end(layer):
    called = call("trace", layer, "--tile", 3, "--until", "false", "--context", "2")
    assert called.status == 1
    assert [int(row["step"]) for row in as_csv(called.out)] == [253, 254, 255]


def test_with_context_no_more_than_a_window_is_in_memory(layer, monkeypatch):
    layer.write_bytes(batched_file(noise(600, 600), 600))
    looked_at: list[int] = []
    holds, trace = Condition.holds, CheckpointWalk.trace

    def noted(self: Condition, walk: Walk, window: Trace) -> Any:
        looked_at.append(len(window))
        return holds(self, walk, window)

    def asked(self: CheckpointWalk, first: int, last: int) -> Trace:
        assert min(last, self.steps) - first <= WINDOW
        return trace(self, first, last)

    monkeypatch.setattr(Condition, "holds", noted)
    monkeypatch.setattr(CheckpointWalk, "trace", asked)
    called = call("trace", layer, "--tile", 0, "--until", "step == 359_999", "--context", 5)
    assert (called.status, len(as_csv(called.out))) == (0, 6)
    assert sum(looked_at) >= 360_000
    assert max(looked_at) <= WINDOW


def test_until_and_a_stream_that_breaks_off(layer):
    """The index gives the stream ten bytes: what comes before the end is found, what does not is said twice."""
    cut(layer)
    whole = call("trace", layer, "--tile", 0, "--json").json
    last = whole["steps"][-1]["step"]
    called = call("trace", layer, "--tile", 0, "--until", f"step == {last}", "--json")
    assert (called.status, called.err, called.json["stopped"]) == (0, "", None)
    called = call("trace", layer, "--tile", 0, "--until", f"step == {last + 1}", "--json")
    assert called.status == 1
    never, stopped = called.err.splitlines()
    assert f"holds at none of {last + 1} steps" in never
    assert "runs out of bytes" in stopped
    assert called.json["stopped"] == whole["stopped"]
    called = call("trace", layer, "--tile", 0, "--until", "true", "--steps", "200:", "--json")
    assert (called.status, called.json["steps"]) == (1, [])
    assert "holds at none of 0 steps" in called.err


def test_until_names_what_follows_from_the_file(layer):
    weights = noise(40, 50)
    called = call("trace", layer, "--tile", 3, "--until", "weight == -11 and row > 2", "--json")
    step = called.json["until"]["step"]
    row, col = divmod(step, 16)
    assert weights[row, 48 + col] == -11
    before = [divmod(symbol, 16) for symbol in range(48, step)]
    assert all(weights[r, 48 + c] != -11 for r, c in before if 48 + c < 50)


# --encode


@pytest.mark.parametrize("encoder", ["cpu", "reference"])
def test_encode_is_the_mirror_image_of_decode(layer, encoder):
    decoded = rows_of(layer)
    called = call("trace", layer, "--tile", 3, "--encode", "--decoder", encoder, "--json")
    assert (called.status, called.err) == (0, "")
    content = called.json
    assert (content["direction"], content["decoder"]) == ("encode", encoder)
    assert [row["step"] for row in content["steps"]] == list(range(256))
    for row, mirrored in zip(content["steps"], decoded[::-1], strict=True):
        assert row["state_before"] == mirrored["state_after"]
        assert row["state_after"] == mirrored["state_before"]
        for name in ("symbol_index", "symbol", "slot", "freq", "start", "lane", "bytes_read"):
            assert row[name] == mirrored[name]
    (stream,) = content["streams"]
    assert stream["initial_state"] == 1 << 23


def test_encode_is_cut_sought_and_written_as_decode_is(layer, tmp_path):
    steps = rows_of(layer, "--encode")
    output = tmp_path / "t.npz"
    called = call("trace", layer, "--tile", 3, "--encode", "--steps", "9:12", "-o", output)
    assert (called.status, called.err) == (0, "")
    assert np.load(output)["step"].tolist() == [9, 10, 11]
    assert np.load(output)["state_after"].tolist() == [row["state_after"] for row in steps[9:12]]
    assert called.out == f"{output}: 3 steps of tile 3 of layer, by cpu\n"
    content = call(
        "trace", layer, "--tile", 3, "--encode", "--until", "renormalised", "--json"
    ).json
    expected = next(row["step"] for row in steps if row["bytes_read"])
    assert content["until"]["step"] == expected
    assert content["steps"] == steps[: expected + 1]


def test_what_cannot_be_decoded_cannot_be_encoded_again(layer):
    cut(layer)
    says = refusal("trace", layer, "--tile", 0, "--encode", status=1)
    assert "runs out of bytes at step" in says


def test_until_has_a_decoder_of_the_users_in_the_child(tmp_path, layer):
    source = Path(__file__).parent.parent.parent / "assets" / "templates" / "decoder.py"
    mine = tmp_path / "mine.py"
    mine.write_text(source.read_text("utf-8"), encoding="utf-8")
    expected = call("trace", layer, "--tile", 3, "--until", "step == 42", "--json").json
    called = call("trace", layer, "--tile", 3, "--until", "step == 42", "--json", "--decoder", mine)
    assert (called.status, called.err) == (0, "")
    assert called.json["steps"] == expected["steps"]
    assert called.json["until"] == expected["until"]


# of a capture


@pytest.fixture
def recorded(layer, tmp_path):
    path = tmp_path / "run.rscap"
    assert call("capture", layer, "-o", path, "--trace", "3").status == 0
    return path


def test_until_in_a_capture(layer, recorded):
    for more in ([], ["--steps", "20:"], ["--context", "3"], ["--steps", "20:30"]):
        arguments = ["--tile", 3, "--until", "renormalised and step > 40", *more, "--json"]
        expected, called = call("trace", layer, *arguments), call("trace", recorded, *arguments)
        assert (called.status, called.err) == (expected.status, expected.err)
        assert called.json == expected.json


def test_a_capture_has_no_more_than_its_trace(recorded):
    says = refusal("trace", recorded, "--tile", 3, "--until", "weight == 3")
    assert "a condition can name tile, stream, step, lane" in says
    says = refusal("trace", recorded, "--tile", 3, "--encode")
    assert "is a capture, which holds no steps of an encoder" in says
