"""`ranscope encode`: what goes in comes out again, scales and all, and refusals are in plain words."""

from __future__ import annotations

import json
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from app.cli.encode_plan import file_stem
from codec import decoders
from codec.formats import FORMATS, open_file
from tests.app.calling import call, refusal
from tests.codec.files import noise, only_tensor

MODEL: dict[str, Any] = {
    "layer.0.weight": noise(20, 30).astype(np.float32) / 100,
    "layer.0.bias": np.ones(20, dtype=np.float32),
    "layer.1.weight": noise(7, 9, seed=2),
    "conv": np.ones((2, 3, 4), dtype=np.float32),
}


@pytest.fixture
def matrix(tmp_path):
    np.save(tmp_path / "in.npy", noise(40, 50))
    return tmp_path / "in.npy"


@pytest.fixture(params=["npz", "safetensors"])
def model(request, tmp_path):
    path = tmp_path / f"model.{request.param}"
    if request.param == "npz":
        np.savez(path, **MODEL)
    else:
        safetensors.numpy.save_file(MODEL, path)
    return path


def decoded(path) -> np.ndarray:
    container = open_file(path)
    assert container.problems == ()
    weights: np.ndarray = decoders.make("cpu").decode(container, only_tensor(container)).weights
    return weights


def names_in(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("tile", [1, 16, 1000])
def test_int8_comes_back_as_it_was(matrix, tmp_path, layout, tile):
    output = tmp_path / "out"
    called = call("encode", matrix, "-o", output, "--format", layout, "--tile", tile)
    assert (called.status, called.err) == (0, "")
    assert open_file(output).format == layout
    np.testing.assert_array_equal(decoded(output), noise(40, 50))
    assert names_in(tmp_path) == {"in.npy", "out"}


@pytest.mark.parametrize(
    ("name", "options", "layout"),
    [
        ("a.wcdc", [], "wcdc"),
        ("a.batched", [], "batched"),
        ("a.bin", [], "batched"),
        ("a.wcdc", ["--format", "batched"], "batched"),
    ],
)
def test_the_outputs_name_tells_the_layout_unless_it_is_named(
    matrix, tmp_path, name, options, layout
):
    assert call("encode", matrix, "-o", tmp_path / name, *options).status == 0
    assert open_file(tmp_path / name).format == layout


def test_json_tells_what_was_written(matrix, tmp_path):
    output, log = tmp_path / "out.wcdc", tmp_path / "log.json"
    called = call("encode", matrix, "-o", output, "--tile", 16, "--log", log, "--json")
    assert called.err == ""
    (written,) = called.json["outputs"]
    info = call("info", output, "--json").json
    assert written["file_size"] == info["file_size"] == output.stat().st_size
    for key in ("rows", "cols", "tiles", "ratio", "ratio_fp16", "bits_per_weight", "frequency_sum"):
        assert written[key] == info["tensors"][0][key]
    assert (written["source"], written["tensor"], written["source_dtype"]) == (
        "in.npy",
        "in",
        "int8",
    )
    assert (written["quantisation"], written["scales"], written["log"]) == (None, None, str(log))
    rows = json.loads(log.read_text())
    assert sum(written["predictors"].values()) == len(rows) == 12
    assert {row["predictor"] for row in rows} == {n for n, k in written["predictors"].items() if k}
    assert called.json["left_out"] == []


@pytest.mark.parametrize("predictor", ["left", "top"])
def test_a_predictor_can_be_chosen(matrix, tmp_path, predictor):
    output = tmp_path / "out.wcdc"
    called = call("encode", matrix, "-o", output, "--predictor", predictor, "--tile", 16, "--json")
    assert called.json["outputs"][0]["predictors"][predictor] == 12
    np.testing.assert_array_equal(decoded(output), noise(40, 50))


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
@pytest.mark.parametrize("granularity", ["tensor", "row"])
def test_floats_come_back_within_half_a_scale(tmp_path, dtype, granularity):
    floats = (noise(30, 20) / 57).astype(dtype)
    np.save(tmp_path / "f.npy", floats)
    output = tmp_path / "f.batched"
    called = call("encode", tmp_path / "f.npy", "-o", output, "--quantize", granularity)
    assert (called.status, called.err) == (0, "")
    kept = np.load(tmp_path / "f.batched.scales.npz", allow_pickle=False)
    assert kept["scales"].shape == (30 if granularity == "row" else 1, 1)
    assert str(kept["source_dtype"]) == np.dtype(dtype).name
    error = np.abs(decoded(output) * kept["scales"].astype(np.float64) - floats.astype(np.float64))
    assert (error <= kept["scales"] * 0.50001).all()


def test_a_quantisation_that_was_not_asked_for_is_told(tmp_path):
    np.save(tmp_path / "f.npy", np.ones((2, 2)))
    called = call("encode", tmp_path / "f.npy", "-o", tmp_path / "f.batched", "--json")
    assert called.status == 0
    assert "f: quantised to int8 with one scale per tensor" in called.err
    assert called.json["outputs"][0]["quantisation"] == "tensor"


def test_scales_left_from_an_earlier_encoding_are_told(matrix, tmp_path):
    (tmp_path / "out.scales.npz").write_bytes(b"old")
    called = call("encode", matrix, "-o", tmp_path / "out")
    assert called.status == 0
    assert "left from an earlier encoding" in called.err


def test_several_tensors_need_a_choice(model, tmp_path):
    sentence = refusal("encode", model, "-o", tmp_path / "out.batched")
    assert "holds one tensor, but the input has 4" in sentence
    assert "--tensor" in sentence
    assert all(name in sentence for name in MODEL)
    called = call("encode", model, "-o", tmp_path / "out.batched", "--tensor", "layer.1.weight")
    assert called.status == 0
    np.testing.assert_array_equal(decoded(tmp_path / "out.batched"), MODEL["layer.1.weight"])
    sentence = refusal("encode", model, "-o", tmp_path / "out.batched", "--tensor", "layer.9")
    assert "no input holds a tensor called 'layer.9'" in sentence


def test_a_folder_takes_every_matrix_and_says_what_was_left_out(model, tmp_path):
    folder = tmp_path / "new" / "folder"
    called = call("encode", model, "-o", f"{folder}/", "--tile", 16, "--json")
    assert called.status == 0
    assert "2 arrays left out as no matrix" in called.err
    assert {entry["tensor"] for entry in called.json["left_out"]} == {"layer.0.bias", "conv"}
    assert names_in(folder) == {
        "layer.0.weight.batched",
        "layer.0.weight.batched.scales.npz",
        "layer.1.weight.batched",
    }
    np.testing.assert_array_equal(
        decoded(folder / "layer.1.weight.batched"), MODEL["layer.1.weight"]
    )


def test_a_folder_takes_several_inputs(matrix, tmp_path):
    np.save(tmp_path / "other.npy", noise(3, 4))
    (tmp_path / "folder").mkdir()
    arguments = ["encode", matrix, tmp_path / "other.npy"]
    called = call(*arguments, "-o", tmp_path / "folder", "--format", "wcdc")
    assert called.status == 0
    assert names_in(tmp_path / "folder") == {"in.wcdc", "other.wcdc"}
    assert len(called.out.splitlines()) == 2
    assert "the input has 2 (in, other)" in refusal(*arguments, "-o", tmp_path / "one.wcdc")
    assert "--log takes one tensor" in refusal(
        *arguments, "-o", tmp_path / "folder", "--log", "a.csv"
    )


def test_what_was_asked_for_by_name_is_not_left_out(model, tmp_path):
    sentence = refusal(
        "encode", model, "-o", f"{tmp_path}/f/", "--tensor", "conv", "--tensor", "layer.1.weight"
    )
    assert "conv in" in sentence
    assert "3 dimensions" in sentence
    assert not (tmp_path / "f").exists()


def test_names_of_tensors_cannot_lead_out_of_the_folder(tmp_path):
    arrays: dict[str, Any] = {name: noise(2, 2) for name in ("../../evil", "/abs", "..")}
    np.savez(tmp_path / "evil.npz", **arrays)
    folder = tmp_path / "a" / "b"
    assert call("encode", tmp_path / "evil.npz", "-o", f"{folder}/").status == 0
    assert names_in(folder) == {"_.._evil.batched", "_abs.batched", "tensor.batched"}
    assert names_in(tmp_path) == {"evil.npz", "a"}


def test_two_tensors_of_one_name_are_refused_before_anything_is_written(tmp_path):
    arrays: dict[str, Any] = {"a/b": noise(2, 2), "a_b": noise(2, 2)}
    np.savez(tmp_path / "m.npz", **arrays)
    assert "are one file" in refusal("encode", tmp_path / "m.npz", "-o", f"{tmp_path}/f/")
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize(
    ("name", "stem"), [("a.b-c", "a.b-c"), ("", "tensor"), ("...", "tensor"), ("a b\n", "a_b_")]
)
def test_a_tensors_name_becomes_a_files(name, stem):
    assert file_stem(name) == stem


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros(5, dtype=np.int8), "has 1 dimensions"),
        (np.zeros((2, 2, 2), dtype=np.int8), "has 3 dimensions"),
        (np.zeros((0, 5), dtype=np.int8), "holds no weights"),
        (np.zeros((2, 2), dtype=np.int16), "holds int16, but only int8"),
        (np.array([[1.0, np.nan], [np.inf, 0]]), "in in in.npy: 2 weights are NaN or infinite"),
        (np.array([[1e300]]), "a scale that float32 cannot hold"),
    ],
)
def test_weights_that_cannot_be_encoded_are_refused(tmp_path, array, says):
    np.save(tmp_path / "in.npy", array)
    assert says in refusal(
        "encode", tmp_path / "in.npy", "-o", tmp_path / "o.batched", "--quantize", "row"
    )
    assert names_in(tmp_path) == {"in.npy"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--tile", "0"], "tile size of 0 is not between 1 and 65,535"),
        (["--tile", "65536"], "tile size of 65,536 is not"),
        (["--tile", "-1"], "no whole number"),
        (["--tile", "x"], "no whole number"),
        (["--format", "zip"], "invalid choice: 'zip'"),
        (["--predictor", "magic"], "invalid choice: 'magic'"),
        (["--predictor", "top"], "batched layout knows only the predictor left"),
        (["--quantize", "block"], "invalid choice: 'block'"),
        (["--log", "log.txt"], "log.txt names neither"),
        (["--unknown"], "unrecognized arguments: --unknown"),
    ],
)
def test_settings_that_make_no_sense_are_refused(matrix, tmp_path, options, says):
    assert says in refusal("encode", matrix, "-o", tmp_path / "o.batched", *options)
    assert names_in(tmp_path) == {"in.npy"}


def test_nothing_is_written_onto_an_input(matrix, tmp_path):
    before = matrix.read_bytes()
    assert "is the input itself" in refusal("encode", matrix, "-o", matrix)
    np.savez(tmp_path / "a.scales.npz", w=np.ones((2, 2)))
    sentence = refusal("encode", tmp_path / "a.scales.npz", "-o", tmp_path / "a")
    assert "a.scales.npz is the input itself" in sentence
    log = tmp_path / "log.csv"
    assert "are one file" in refusal("encode", matrix, "-o", log, "--log", log)
    assert matrix.read_bytes() == before


def test_an_output_that_cannot_be_written_is_told(matrix, tmp_path):
    assert "cannot be written" in refusal("encode", matrix, "-o", tmp_path / "none" / "o.batched")
    assert "cannot be made: " in refusal("encode", matrix, "-o", f"{matrix}/")
    assert "-o names no file" in refusal("encode", matrix, "-o", "")
