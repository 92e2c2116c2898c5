"""The quantiser keeps its promise, half a scale at most, from subnormal weights to the largest."""

from __future__ import annotations

import io

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec import quantisation
from codec.errors import InputError
from codec.quantisation import Granularity, quantise, scales_npz

TYPES = st.sampled_from([np.float16, np.float32, np.float64])
SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12))


def matrices(dtype):
    width = min(np.dtype(dtype).itemsize * 8, 32)  # what a float32 scale can serve
    finite = st.floats(allow_nan=False, allow_infinity=False, width=width)
    return npst.arrays(dtype, SHAPES, elements=finite)


@given(TYPES.flatmap(matrices), st.sampled_from(Granularity))
def test_no_weight_is_off_by_more_than_half_a_scale(matrix, granularity):
    quantised = quantise(matrix, granularity)
    assert quantised.weights.dtype == np.int8
    assert quantised.scales.dtype == np.float32
    assert quantised.weights.min() >= -127
    rows = len(matrix) if granularity is Granularity.ROW else 1
    assert quantised.scales.shape == (rows, 1)
    scales = quantised.scales.astype(np.float64)
    error = np.abs(quantised.weights * scales - matrix.astype(np.float64))
    assert (error <= scales * 0.50001).all()


@given(TYPES.flatmap(matrices))
def test_the_largest_weight_becomes_127_unless_the_scale_is_the_least_there_is(matrix):
    quantised = quantise(matrix)
    largest = np.abs(quantised.weights.astype(np.int64)).max()
    if not matrix.any():
        assert largest == 0
    elif quantised.scales[0, 0] > np.finfo(np.float32).tiny:
        assert largest == 127


def test_halves_go_to_even():
    matrix = np.array([[0.5, 1.5, 2.5, -0.5, -1.5, 127.0]])
    assert quantise(matrix).weights.tolist() == [[0, 2, 2, 0, -2, 127]]


def test_a_scale_per_row_is_of_that_row_alone():
    matrix = np.array([[1.0, -2.0], [0.0, 0.0], [254.0, 127.0]], dtype=np.float32)
    quantised = quantise(matrix, Granularity.ROW)
    assert quantised.weights.tolist() == [[64, -127], [0, 0], [127, 64]]
    np.testing.assert_allclose(quantised.scales[:, 0], [2 / 127, 1, 2], rtol=1e-7)


def test_zeros_have_the_scale_1():
    quantised = quantise(np.zeros((2, 3), dtype=np.float16))
    assert quantised.scales.tolist() == [[1.0]]
    assert not quantised.weights.any()


@pytest.mark.parametrize("granularity", Granularity)
def test_blocks_of_rows_change_nothing(monkeypatch, granularity):
    matrix = np.random.default_rng(3).normal(size=(50, 7))
    whole = quantise(matrix, granularity)
    monkeypatch.setattr(quantisation, "BLOCK_WEIGHTS", 16)
    blocks = quantise(matrix, granularity)
    np.testing.assert_array_equal(blocks.weights, whole.weights)
    np.testing.assert_array_equal(blocks.scales, whole.scales)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_nan_and_infinity_are_counted_and_the_first_is_named(monkeypatch, dtype):
    monkeypatch.setattr(quantisation, "BLOCK_WEIGHTS", 4)
    matrix = np.ones((5, 4), dtype=dtype)
    matrix[2, 3], matrix[3, 0], matrix[4, 1] = -np.inf, np.nan, np.inf
    with pytest.raises(InputError, match=r"3 weights are NaN .*-inf, stands in row 2, column 3"):
        quantise(matrix)


def test_a_weight_too_large_for_a_float32_scale_is_refused():
    with pytest.raises(InputError, match="a scale that float32 cannot hold"):
        quantise(np.array([[1e300]]))


def test_the_largest_float16_does_not_overflow():
    matrix = np.array([[65504.0, -65504.0, 1.0]], dtype=np.float16)
    assert quantise(matrix).weights.tolist() == [[127, -127, 0]]


@pytest.mark.parametrize(
    ("granularity", "axes"), [(Granularity.TENSOR, []), (Granularity.ROW, [0])]
)
def test_scales_are_kept_so_that_they_multiply_the_weights(granularity, axes):
    matrix = np.array([[1.0, -2.0], [100.0, 3.0]], dtype=np.float32)
    quantised = quantise(matrix, granularity)
    kept = np.load(io.BytesIO(scales_npz(quantised, "a.weight", "bfloat16")), allow_pickle=False)
    assert set(kept.files) == {"scales", "axis", "quantisation", "source_name", "source_dtype"}
    assert kept["axis"].tolist() == axes
    assert str(kept["quantisation"]) == granularity
    assert (str(kept["source_name"]), str(kept["source_dtype"])) == ("a.weight", "bfloat16")
    restored = quantised.weights * kept["scales"]
    assert np.abs(restored - matrix).max() <= kept["scales"].max() / 2 * 1.00001
