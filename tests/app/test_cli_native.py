"""The command line on native files: a whole model goes into one, and comes out again, scales and all."""

from __future__ import annotations

import csv
import json
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from codec.decoders.availability import unavailable
from codec.formats import open_file
from codec.native_layer import NativeSettings
from tests.app.calling import call, refusal
from tests.codec.files import noise, with_bytes
from tests.codec.native_files import mixed, native_bytes

MODEL: dict[str, Any] = {
    "layer.0.weight": (noise(70, 90) / 57).astype(np.float32),
    "layer.0.bias": (noise(1, 70, 2)[0] / 9).astype(np.float16),
    "layer.1.weight": noise(33, 65, 3),
    "conv": (noise(8, 12, 4).reshape(8, 3, 4) / 7).astype(ml_dtypes.bfloat16),
}
NO_WEIGHTS: dict[str, Any] = {"ids": np.arange(10), "one": np.array(3, dtype=np.float32)}


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.safetensors"
    safetensors.numpy.save_file({**MODEL, **NO_WEIGHTS}, path)
    return path


@pytest.fixture
def file(model, tmp_path):
    """The model as a native file, with one scale a row."""
    path = tmp_path / "model.rsc"
    call("encode", model, "-o", path, "--quantize", "row", "--tile", "32x48")
    return path


def test_a_model_becomes_one_file(model, tmp_path):
    np.save(tmp_path / "extra.npy", noise(5, 5))
    output = tmp_path / "out.rsc"
    called = call("encode", model, tmp_path / "extra.npy", "-o", output, "--quantize", "row")
    assert called.status == 0
    assert called.err == "ranscope: 2 arrays left out, which cannot be weights: ids, one\n"
    container = open_file(output)
    assert container.problems == ()
    tensors = {tensor.name: tensor for tensor in container.tensors}
    assert set(tensors) == {*MODEL, "extra"}
    for name, array in MODEL.items():
        origin = tensors[name].origin
        assert origin is not None
        assert (origin.dtype, origin.shape) == (array.dtype.name, array.shape)
    assert called.out.splitlines()[-1].startswith(f"{output}: 5 tensors, ")


@pytest.mark.parametrize("granularity", ["tensor", "row"])
def test_floats_come_back_within_half_a_scale(model, tmp_path, granularity):
    output, back = tmp_path / "model.rsc", tmp_path / "back.npy"
    call("encode", model, "-o", output, "--quantize", granularity)
    for name, array in MODEL.items():
        called = call("decode", output, "--tensor", name, "--dequantize", "-o", back)
        if array.dtype == np.int8:
            assert called.status == 2
            assert "was not quantised" in called.err
            continue
        assert (called.status, called.err) == (0, "")
        found, exact = np.load(back), array.astype(np.float64)
        assert (found.dtype, found.shape) == (np.float32, array.shape)
        axis = -1 if granularity == "row" else None
        most = np.abs(exact).max(axis=axis, keepdims=True) / 127
        assert (np.abs(found - exact) <= most * 0.50001 + 1e-6).all()


def test_weights_come_back_by_name(file, tmp_path):
    back, log = tmp_path / "back.npy", tmp_path / "log.json"
    called = call("decode", file, "--tensor", "layer.1.weight", "-o", back, "--log", log, "--json")
    assert called.status == 0
    assert called.json["tiles"] == 4
    np.testing.assert_array_equal(np.load(back), MODEL["layer.1.weight"])
    assert {row["status"] for row in json.loads(log.read_text())} == {"ok"}
    assert "choose one with --tensor" in refusal("decode", file, "-o", back)


def test_info_tells_of_all_tensors(file):
    called = call("info", file, "--json", "--tiles")
    assert called.status == 0
    info = called.json
    assert info["format"] == "native"
    by_name = {tensor["name"]: tensor for tensor in info["tensors"]}
    assert set(by_name) == set(MODEL)
    weight = by_name["layer.0.weight"]
    assert (weight["tile_rows"], weight["tile_cols"], weight["tiles"]) == (32, 48, 6)
    assert (weight["lanes"], weight["run"], weight["frequency_sum"]) == (
        NativeSettings.lanes, NativeSettings.run, 4096,
    )  # fmt: skip
    assert sum(weight["codings"].values()) == weight["tiles"]
    assert weight["source"]["dtype"] == "float32"
    assert weight["source"]["quantisation"] == "row"
    assert weight["source"]["scales_size"] == 4 * 70
    total = sum(tensor["tensor_bytes"] for tensor in info["tensors"])
    assert 0 < info["file_size"] - total < 1000
    assert len(info["tile_index"]) == sum(tensor["tiles"] for tensor in info["tensors"])
    text = call("info", file).out
    for part in (
        "tensor layer.0.bias",
        "70 float16, one scale a row",
        f"{NativeSettings.lanes} lanes of {NativeSettings.run}",
        "raw",
    ):
        assert part in text


def test_json_tells_what_was_written(model, tmp_path):
    output, log = tmp_path / "out.rsc", tmp_path / "log.csv"
    called = call("encode", model, "-o", output, "--log", log, "--json", "--predictor", "auto")
    written = called.json["outputs"]
    info = call("info", output, "--json").json
    for told, known in zip(written, info["tensors"], strict=True):
        assert told["tensor"] == known["name"]
        assert told["output"] == str(output)
        for key in (
            "rows", "cols", "tiles", "tile_rows", "codings", "predictors", "tensor_bytes",
            "ratio", "ratio_fp16", "bits_per_weight", "frequency_sum",
        ):  # fmt: skip
            assert told[key] == known[key]
    assert [entry["tensor"] for entry in called.json["left_out"]] == ["ids", "one"]
    rows = list(csv.DictReader(log.read_text().splitlines()))
    assert [row["tensor"] for row in rows] == ["0", "1", "2", "3"]
    assert {row["coding"] for row in rows} <= {"rans", "raw", "constant"}


@pytest.mark.parametrize(
    ("name", "options", "layout"),
    [
        ("a.rsc", [], "native"),
        ("a.bin", ["--format", "native"], "native"),
        ("a.bin", [], "batched"),
    ],
)
def test_the_name_tells_the_layout(tmp_path, name, options, layout):
    np.save(tmp_path / "in.npy", noise(4, 5))
    assert call("encode", tmp_path / "in.npy", "-o", tmp_path / name, *options).status == 0
    assert open_file(tmp_path / name).format == layout


def test_all_options_reach_the_file(tmp_path):
    np.save(tmp_path / "in.npy", noise(40, 50))
    output = tmp_path / "out.rsc"
    shape = ["--lanes", 4, "--run", 2, "--tile", "16x32", "--predictor", "up"]
    options = [*shape, "--scale-bits", 14, "--word-bits", 8]
    assert call("encode", tmp_path / "in.npy", "-o", output, *options).status == 0
    (tensor,) = call("info", output, "--json").json["tensors"]
    assert [tensor[key] for key in ("lanes", "run", "scale_bits", "word_bits", "lower_bound")] == [
        4, 2, 14, 8, 1 << 23,
    ]  # fmt: skip
    assert (tensor["tile_rows"], tensor["tile_cols"]) == (16, 32)
    assert tensor["predictors"]["top"] == tensor["codings"]["rans"]
    called = call("verify", output)
    assert (called.status, called.out) == (0, f"{output}: ok\n")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["-o", "a.rsc", "--lanes", "0"], "the number of lanes, 0, is not between 1 and 1,024"),
        (["-o", "a.rsc", "--scale-bits", "7"], "is not between 8 and 15"),
        (["-o", "a.rsc", "--word-bits", "12"], "8 or 16 bits"),
        (["-o", "a.rsc", "--tile", "0x5"], "is not between 1 and 65,535"),
        (["-o", "a.rsc", "--tile", "5x"], "a.rsc"),
        (["-o", "a.rsc", "--tensor", "ids"], "holds int64, but only int8"),
        (["-o", "a.rsc", "--tensor", "one"], "has the shape none"),
        (["-o", "a/", "--format", "native"], "-o must name a file"),
        (["-o", "a.wcdc", "--run", "4"], "--run is for the native layout"),
        (["-o", "a.wcdc", "--tile", "4x8"], "for the native layout"),
    ],
)
def test_what_cannot_be_is_refused(model, tmp_path, monkeypatch, options, says):
    monkeypatch.chdir(tmp_path)
    if says == "a.rsc":
        assert call("encode", model, *options, "--tensor", "conv", "--quantize", "row").status == 0
    else:
        assert says in refusal("encode", model, *options, "--quantize", "row")


def test_two_tensors_of_one_name_are_refused(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        np.save(tmp_path / folder / "w.npy", noise(2, 2))
    inputs = [tmp_path / "a" / "w.npy", tmp_path / "b" / "w.npy"]
    assert "two tensors are called 'w'" in refusal("encode", *inputs, "-o", tmp_path / "o.rsc")
    assert not (tmp_path / "o.rsc").exists()


def test_weights_that_have_no_scale_are_refused(tmp_path):
    np.save(tmp_path / "in.npy", np.array([[1.0, np.nan]]))
    arguments = ("encode", tmp_path / "in.npy", "-o", tmp_path / "o.rsc", "--quantize", "row")
    assert "in in in.npy: 1 weight is NaN or infinite" in refusal(*arguments)
    assert not (tmp_path / "o.rsc").exists()


def test_verify_finds_what_only_decoding_shows(tmp_path):
    path = tmp_path / "bad.rsc"
    data = native_bytes(mixed(), "cpu", tile_rows=64, tile_cols=128)
    path.write_bytes(data)
    tensor = open_file(path).tensors[0]
    raw = int(tensor.tiles["offset"][1])
    path.write_bytes(with_bytes(data, raw + 9, bytes([data[raw + 9] ^ 4])))
    called = call("verify", path, "--json")
    assert called.status == 1
    (problem,) = called.json["files"][0]["problems"]
    assert (problem["code"], problem["tensor"], problem["tile"]) == ("tile-checksum", 0, 1)
    assert called.json["files"][0]["tensors"][0]["tiles_failed"] == 1


def test_trace_tells_lanes(model, tmp_path):
    file = tmp_path / "32.rsc"
    call("encode", model, "-o", file, "--lanes", 32, "--run", 16, "--tensor", "layer.0.weight")
    arguments = ("trace", file, "--tile", 0, "--steps", "0:40")
    rows = list(csv.DictReader(call(*arguments).out.splitlines()))
    assert [int(row["lane"]) for row in rows] == [*range(32), *range(8)]
    assert [int(row["symbol_index"]) for row in rows[:3]] == [0, 16, 32]


def test_an_unknown_feature_is_refused_clearly(tmp_path):
    path = tmp_path / "later.rsc"
    data = native_bytes({"w": noise(3, 3)})
    path.write_bytes(with_bytes(data, 16, b"\1"))
    assert "features that this reader does not know" in refusal(
        "decode", path, "-o", tmp_path / "o.npy", status=1
    )
    assert call("info", path).status == 1


def test_a_legacy_file_has_no_scales_to_multiply_with(tmp_path):
    np.save(tmp_path / "in.npy", noise(4, 5))
    call("encode", tmp_path / "in.npy", "-o", tmp_path / "a.wcdc")
    arguments = ("decode", tmp_path / "a.wcdc", "--dequantize", "-o", tmp_path / "o.npy")
    assert "has no scales" in refusal(*arguments)


def test_any_encoder_makes_the_same_bytes(tmp_path):
    np.save(tmp_path / "w.npy", noise(40, 50))
    outputs = [tmp_path / f"{name}.rsc" for name in ("cpu", "reference")]
    for output in outputs:
        call("encode", tmp_path / "w.npy", "-o", output, "--encoder", output.stem)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_an_encoder_that_is_not_there_or_not_for_the_layout_is_refused(tmp_path):
    np.save(tmp_path / "w.npy", noise(4, 5))
    given = ("encode", tmp_path / "w.npy", "--encoder", "cupy", "-o")
    if unavailable("cupy"):
        assert "the encoder cupy is not available" in refusal(*given, tmp_path / "w.rsc")
    assert "--encoder is for the native layout" in refusal(*given, tmp_path / "w.batched")
    assert not (tmp_path / "w.rsc").exists()


def test_a_problem_names_its_tensor(file):
    tensor = open_file(file).tensors[1]
    data = file.read_bytes()
    file.write_bytes(with_bytes(data, int(tensor.tiles["offset"][0]), b"\0\1\2\3\4"))
    assert f": {tensor.name}: the stream of tile 0 " in call("verify", file).out
    assert f": {tensor.name}: " in call("verify", file, "--verbose").out.splitlines()[1]
