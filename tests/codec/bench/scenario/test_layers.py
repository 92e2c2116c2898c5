"""A model as data: which of a file's arrays are its layers, in a plan and in memory."""

from __future__ import annotations

import numpy as np
import pytest

from codec.bench.data import digest, load
from codec.bench.packaged import path_of
from codec.bench.plan import Data
from codec.bench.plan_error import PlanError
from codec.bench.plan_file import bundled_plan, plan_of
from codec.bench.scenario.layers import joined, layers_of, parted
from codec.errors import InputError
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.source import BytesSource, FileSource
from tests.codec.bench.scenario.models import ALL, LAYERS, WEIGHTS, model_file, safetensors

PLAN = """
[[data]]
source = {source}
{more}
[[candidate]]
coder = "cpu"
recipe = {{ layout = "native" }}
"""


@pytest.fixture
def path(tmp_path):
    return model_file(tmp_path)


def test_the_matrices_that_fit_are_the_layers_in_their_order(path):
    told: list[tuple[int, int]] = []
    found = layers_of(FileSource(path), "layer.*", lambda *progress: told.append(progress))
    assert [facts for facts, _ in found] == list(LAYERS)
    for facts, matrix in found:
        np.testing.assert_array_equal(matrix, WEIGHTS[facts.name])
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_floats_are_quantised_with_a_scale_for_each_layer():
    floats = {"a": np.array([[0.5, -1.0]], dtype=np.float32), "b": np.array([[50.0]], np.float32)}
    found = layers_of(BytesSource(safetensors(floats)), "*")
    assert [matrix.tolist() for _, matrix in found] == [[[64, -127]], [[127]]]


def test_a_compressed_model_is_decoded():
    layers = [Layer.of_matrix(name, matrix) for name, matrix in WEIGHTS.items()]
    file = encode_native(layers, NativeSettings(tile_rows=32, tile_cols=32))[0]
    found = layers_of(BytesSource(file), "layer.0.*")
    assert [facts for facts, _ in found] == list(LAYERS[:2])
    np.testing.assert_array_equal(found[1][1], WEIGHTS["layer.0.b"])


@pytest.mark.parametrize("pattern", ["decoder.*", "layer.0.bias", "layer.0.ids", ""])
def test_no_layer_is_told(path, pattern):
    with pytest.raises(InputError, match=r"model\.safetensors holds no matrix whose name fits"):
        layers_of(FileSource(path), pattern)


def test_a_row_of_all_layers_can_be_parted_again(path):
    row = joined(layers_of(FileSource(path), "layer.*"))
    np.testing.assert_array_equal(row, ALL)
    for facts, matrix in zip(LAYERS, parted(row, LAYERS), strict=True):
        np.testing.assert_array_equal(matrix, WEIGHTS[facts.name])
        assert np.shares_memory(matrix, row)


def test_data_with_layers_says_what_they_are(path):
    weights, facts = load(Data("model", str(path), None, "layer.*"))
    assert (facts.rows, facts.cols, facts.layers) == (1, ALL.size, LAYERS)
    assert facts.digest == digest(ALL) == digest(weights)
    assert facts.file_digest
    assert not weights.flags.writeable


def test_a_plan_names_the_layers(tmp_path):
    plan = plan_of(PLAN.format(source='"m.safetensors"', more='layers = "a.*"'), "p", tmp_path)
    source = str(tmp_path / "m.safetensors")
    assert plan.data == (Data("m.safetensors", source, None, "a.*"),)


@pytest.mark.parametrize(
    ("source", "more"),
    [('"m.npz"', 'layers = "a"\ntensor = "b"'), ('"generated:zeros"', 'layers = "a"')],
)
def test_layers_of_a_single_tensor_are_refused_with_their_line(source, more):
    with pytest.raises(PlanError, match="p, line 4: layers are those of a model"):
        plan_of(PLAN.format(source=source, more=more), "p")


def test_the_plan_of_the_scenario_is_one():
    plan = bundled_plan("scenario")
    assert plan.data[0].layers == "encoder.*"
    by_tile = [each.name for each in plan.candidates if each.options.get("per_tile")]
    assert by_tile == ["GPU, native, tile by tile", "GPU, batched, tile by tile"]


def test_a_file_of_an_installed_package_is_found_without_importing_it(tmp_path, monkeypatch):
    folder = tmp_path / "a_model" / "weights"
    folder.mkdir(parents=True)
    (tmp_path / "a_model" / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "m.bin").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert path_of("package:a_model/weights/m.bin") == str(folder / "m.bin")
    with pytest.raises(InputError, match=r"the package a_model holds no file weights/n\.bin"):
        path_of("package:a_model/weights/n.bin")


def test_a_package_that_is_missing_says_how_to_get_it():
    with pytest.raises(InputError, match="not installed: pip install --no-deps no-such-model"):
        path_of("package:no_such_model/m.bin")
    assert path_of("folder/m.bin") == "folder/m.bin"


@pytest.mark.parametrize("name", ["", "a", "a/", "../a/b", "a/../../b", "a.b/c", "1a/b"])
def test_nonsense_for_a_package_is_refused(name):
    with pytest.raises(InputError, match="names no package's file"):
        path_of(f"package:{name}")
