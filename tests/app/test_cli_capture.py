"""`ranscope capture`, and `info`, `decode` and `trace` on what it wrote."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codec.capture import open_capture
from codec.decoders.cpu import CpuDecoder
from codec.decoders.timing import Timing
from codec.trace import Trace
from tests.app.calling import AVAILABLE, call, refusal
from tests.codec.captures import json_of, small_capture, small_file, with_json
from tests.codec.files import LEGACY, batched_file, noise, stream_place, with_bytes
from tests.codec.test_capture import Unsteady, Untraceable, mutated

SECTION = re.search(
    r"^## capture\n(.*?)(?=^## )",
    (Path(__file__).parent.parent.parent / "docs" / "command-line.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(noise(40, 50), 16))
    return path


@pytest.fixture
def run(layer: Path, tmp_path: Path) -> Path:
    """A capture with traces of four tiles."""
    path = tmp_path / "run.rscap"
    assert call("capture", layer, "-o", path, "--trace", "1,3:6", "--repeat", 2).status == 0
    return path


@pytest.mark.parametrize("decoder", AVAILABLE)
def test_a_capture_is_opened_where_its_file_is_not(layer, tmp_path, decoder):
    expected = {}
    for name, arguments in OUTPUTS.items():
        called = call(arguments[0], layer, *arguments[1:], "-o", tmp_path / f"a{name}")
        assert called.status == 0
        expected[name] = (tmp_path / f"a{name}").read_bytes()
    output = tmp_path / "run.rscap"
    called = call("capture", layer, "-o", output, "--decoder", decoder, "--trace", "2", "--json")
    assert (called.status, called.err) == (0, "")
    layer.unlink()
    for name, arguments in OUTPUTS.items():
        called = call(arguments[0], output, *arguments[1:], "-o", tmp_path / f"b{name}")
        assert (called.status, called.err) == (0, ""), name
        assert f"by {decoder}" in called.out
        assert (tmp_path / f"b{name}").read_bytes() == expected[name]


OUTPUTS = {
    ".npy": ("decode",),
    ".csv": ("trace", "--tile", 2),
    ".part.csv": ("trace", "--tile", 2, "--steps", "7:99"),
    ".npz": ("trace", "--tile", 2),
}


def test_the_output_is_told_in_a_line_and_in_json(layer, tmp_path):
    output = tmp_path / "run.rscap"
    called = call("capture", layer, "-o", output, "--trace", "0:2", "--repeat", 3)
    assert called.status == 0
    assert called.out.startswith(f"{output}: layer.batched by cpu on ")
    assert "1 tensor, 12 tiles, 2 traces; " in called.out
    assert "ms, median of 3 runs" in called.out
    told = call("capture", layer, "-o", output, "--trace", "0:2", "--json").json
    found = call("info", output, "--json").json
    assert told.pop("output") == str(output)
    assert (found.pop("kind"), found.pop("capture_size")) == ("capture", output.stat().st_size)
    assert told == found
    assert told["command"] == [
        "ranscope", "capture", str(layer), "-o", str(output), "--trace", "0:2", "--json",
    ]  # fmt: skip
    (tensor,) = told["tensors"]
    assert [trace["tile"] for trace in tensor["traces"]] == [0, 1]
    assert tensor["traces"][0] == {
        "tile": 0, "symbols": 256, "steps": 256, "stopped": None, "refusal": None,
    }  # fmt: skip
    assert (tensor["tiles"], tensor["tiles_failed"], tensor["tiles_varying"]) == (12, [], [])


def test_info_describes_a_capture(run):
    called = call("info", run)
    assert (called.status, called.err) == (0, "")
    for text in (
        "run.rscap: a capture of cpu",
        "layer.batched, batched layout",
        "40 × 50 int8",
        "12 of 16 × 16",
        "4 tiles: 1, 3, 4, 5",
        open_capture(run).metadata.file.blake2b,
        "numba",
    ):
        assert text in called.out
    assert call("info", run, "--tensor", "layer", "--json").json["tensors"][0]["rows"] == 40
    assert "holds no tensor called 'x'" in refusal("info", run, "--tensor", "x")
    assert "describe compressed files" in refusal("info", run, "--fields")


def test_decode_and_trace_tell_the_same_keys_for_a_capture(layer, run, tmp_path):
    for command in (["decode", "-o", tmp_path / "w.npy"], ["trace", "--tile", 4]):
        of_file = call(command[0], layer, *command[1:], "--json").json
        of_capture = call(command[0], run, *command[1:], "--json").json
        assert of_file.keys() == of_capture.keys()
        assert {**of_file, "timing": 0} == {**of_capture, "timing": 0}


def test_every_key_of_a_capture_is_described(run):
    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert SECTION
    content = call("info", run, "--json").json
    told = keys(content) - {"kind", "capture_size"}
    assert {key for key in told if f"`{key}`" not in SECTION[1]} == set()


# ---- what is amiss


def test_failed_tiles_are_told_and_the_capture_is_written(layer, tmp_path):
    data = layer.read_bytes()
    offset, size = stream_place(data, 5)
    layer.write_bytes(with_bytes(data, offset + size - 4, bytes(4)))
    output = tmp_path / "run.rscap"
    called = call("capture", layer, "-o", output, "--trace", "4:7", "--json")
    assert called.status == 1
    assert called.err == "ranscope: layer: 1 of 12 tiles failed: 5\n"
    traces = called.json["tensors"][0]["traces"]
    assert "stored state out of range" in traces[1]["refusal"]
    assert [trace["steps"] for trace in traces] == [256, 0, 256]
    assert call("info", output).status == 1
    decoded = call("decode", output, "-o", tmp_path / "w.npy")
    assert decoded.status == 1
    assert "5 (stored state out of range)" in decoded.err
    np.testing.assert_array_equal(np.load(tmp_path / "w.npy")[16:32, 16:32], 0)
    assert "no trace of tile 5: tile 5: stored" in refusal("trace", output, "--tile", 5)


def test_a_trace_that_stopped_stops_in_the_capture_too(layer, tmp_path):
    data = layer.read_bytes()
    offset, size = stream_place(data, 0)
    layer.write_bytes(with_bytes(data, offset + 4, b"\xff" * (size - 8)))
    output = tmp_path / "run.rscap"
    assert call("capture", layer, "-o", output, "--trace", "0").status == 1
    expected, found = (call("trace", path, "--tile", 0) for path in (layer, output))
    assert found == expected
    expected, found = (
        call("trace", path, "--tile", 0, "--steps", ":9") for path in (layer, output)
    )
    assert found == expected


def test_a_tile_without_steps_is_a_remark(layer, tmp_path, monkeypatch):
    monkeypatch.setattr("app.cli.capture.chosen", lambda arguments: Untraceable())
    called = call("capture", layer, "-o", tmp_path / "run.rscap", "--trace", "2")
    assert called.status == 0
    assert called.err == (
        "ranscope: layer: no trace of tile 2: tile 2 has no steps: it is stored raw\n"
    )


def test_tiles_that_vary_are_the_contents_fault(layer, tmp_path, monkeypatch):
    monkeypatch.setattr("app.cli.capture.chosen", lambda arguments: Unsteady())
    output = tmp_path / "run.rscap"
    called = call("capture", layer, "-o", output, "--repeat", 3)
    assert called.status == 1
    assert "layer: 2 of 12 tiles were not the same in all runs: 1, 3" in called.err
    assert "2 tiles: 1, 3" in call("info", output).out


class Split(CpuDecoder):
    """A decoder that says where its time went, and what it has to say."""

    timing = Timing(0.001, 0.002, 0.003, 0.004)
    checkpoint_interval = 64
    notice = "something to know"

    def trace(self, *arguments: Any, **more: Any) -> Trace:
        trace = super().trace(*arguments, **more)
        self.notice = Split.notice
        return trace


@pytest.mark.parametrize("command", ["capture", "decode"])
def test_times_say_their_parts_and_whether_checkpoints_were_used(
    command, layer, tmp_path, monkeypatch
):
    monkeypatch.setattr(f"app.cli.{command}.chosen", lambda arguments: Split())
    called = call(command, layer, "-o", tmp_path / "out")
    assert called.err == "ranscope: something to know\n"
    assert "(read 1.000 ms, transfer 2.000 ms, kernel 3.000 ms, copy back 4.000 ms)" in called.out
    assert ", from checkpoints every 64 symbols" in called.out
    if command == "capture":
        assert "copy back" in call("info", tmp_path / "out").out


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("traced", ["trace", "--tile", 0]),
        ("traced", ["trace", "--tile", 0, "--until", "step == 3"]),
        ("verify", ["verify"]),
    ],
)
def test_what_a_decoder_has_to_say_is_told(module, arguments, layer, monkeypatch):
    monkeypatch.setattr(f"app.cli.{module}.chosen", lambda arguments: Split())
    called = call(*arguments, layer)
    assert called.err == "ranscope: something to know\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--trace", "12"], "there is no tile 12: there are 12"),
        (["--trace", "3,40:50"], "there is no tile 40"),
        (["--trace", "5:5"], "--trace 5:5 is empty"),
        (["--trace", ""], "not ''"),
        (["--trace", "1,,2"], "not '1,,2'"),
        (["--trace", "a"], "not 'a'"),
        (["--trace=-1"], "not '-1'"),
        (["--trace", "1:2:3"], "not '1:2:3'"),
        (["--repeat", "0"], "--repeat takes a number from 1 on"),
        (["--repeat", "x"], "no whole number"),
        (["--tensor", "x"], "holds no tensor called 'x'; it holds layer"),
        (["--decoder", "magic"], "no decoder called 'magic'"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(layer, tmp_path, arguments, says):
    assert says in refusal("capture", layer, "-o", tmp_path / "o", *arguments)
    assert [path.name for path in tmp_path.iterdir()] == [layer.name]


@pytest.mark.parametrize(
    ("tiles", "expected"),
    [("2", [2]), ("2,2,1", [1, 2]), ("10:", [10, 11]), (":2,1:3", [0, 1, 2]), ("11:99", [11])],
)
def test_tiles_are_numbers_and_half_open_ranges(layer, tmp_path, tiles, expected):
    content = call("capture", layer, "-o", tmp_path / "o", "--trace", tiles, "--json").json
    assert [trace["tile"] for trace in content["tensors"][0]["traces"]] == expected


def test_a_capture_is_not_written_onto_its_file(layer):
    before = layer.read_bytes()
    assert "is the input itself" in refusal("capture", layer, "-o", layer)
    assert layer.read_bytes() == before


def test_a_file_of_which_nothing_can_be_decoded_leaves_no_capture(tmp_path):
    (path,) = (path for path in LEGACY if path.stem.startswith("brokentable"))
    assert "sum to 7,938" in refusal("capture", path, "-o", tmp_path / "o", status=1)
    assert list(tmp_path.iterdir()) == []


def test_a_capture_is_asked_for_what_it_holds(run, tmp_path):
    assert "has no trace of tile 0; there are traces of 1, 3, 4, 5" in refusal(
        "trace", run, "--tile", 0
    )
    assert "there is no tile 12: layer has 12 tiles" in refusal("trace", run, "--tile", 12)
    assert "there is no step 256" in refusal("trace", run, "--tile", 1, "--steps", "256:")
    said = refusal("decode", run, "-o", tmp_path / "w.npy", "--decoder", "reference")
    assert "holds what the decoder cpu computed" in said
    assert call("decode", run, "-o", tmp_path / "w.npy", "--decoder", "cpu").status == 0
    assert "is the input itself" in refusal("decode", run, "-o", run)
    assert "no compressed layer" in refusal("capture", run, "-o", tmp_path / "x")
    said = refusal("verify", run)
    assert "is no compressed layer but a capture" in said
    assert f"`ranscope info {run.name}`" in said
    run.write_bytes(run.read_bytes()[:-30])
    assert "a zip archive, and no sound capture" in refusal("verify", run)


def test_an_archive_that_is_no_capture_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", w=np.zeros(3))
    for arguments in (["info"], ["decode", "-o", tmp_path / "w.npy"], ["trace", "--tile", 0]):
        said = refusal(arguments[0], tmp_path / "a.npz", *arguments[1:])
        assert "is a zip archive but no capture" in said


SMALL = small_capture()


@given(st.data())
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_a_capture_says_no_command_falls_over(tmp_path, data):
    path = tmp_path / "run.rscap"
    path.write_bytes(with_json(SMALL, mutated(data.draw, json_of(SMALL))))
    for arguments in (
        ["info"],
        ["info", "--json"],
        ["decode", "-o", tmp_path / "w.npy", "--log", tmp_path / "l.csv"],
        ["trace", "--tile", 1, "--steps", "3:9"],
        ["trace", "--tile", 4, "--json", "--steps", ":2"],
    ):
        called = call(arguments[0], path, *arguments[1:])
        assert called.status in (0, 1, 2)
        assert "fault in Ranscope" not in called.err
        if "--json" in arguments and called.status == 0:
            assert called.json


def test_a_capture_goes_to_a_pipe_too(tmp_path):
    layer, fifo = tmp_path / "layer.batched", tmp_path / "fifo"
    layer.write_bytes(small_file())
    os.mkfifo(fifo)
    with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
        status = call("capture", layer, "-o", fifo).status
        if status:
            reader.kill()  # or it waits for a writer for ever
        taken, _ = reader.communicate()
    assert status == 0
    (tmp_path / "run.rscap").write_bytes(taken)
    assert call("info", tmp_path / "run.rscap").status == 0


def test_progress_leaves_no_line_behind(layer, tmp_path, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("app.cli.console.SECONDS_BETWEEN_REPORTS", 0.0)
    from app.__main__ import main

    with contextlib.redirect_stderr(terminal), contextlib.redirect_stdout(io.StringIO()):
        arguments = ["capture", layer, "-o", tmp_path / "o", "--trace", "0:3", "--repeat", "2"]
        assert main([str(argument) for argument in arguments]) == 0
    shown = terminal.getvalue()
    for label in ("decoding layer, run 2 of 2", "tracing layer", "hashing layer.batched"):
        assert label in shown
    assert shown.endswith("\r\033[K")


def test_metadata_are_json_for_anybody(run):
    with np.load(run, allow_pickle=False) as archive:
        content = json.loads(archive["capture.json"])
    assert content["kind"] == "ranscope capture"
