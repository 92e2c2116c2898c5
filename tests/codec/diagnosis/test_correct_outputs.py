"""A correct output is never accused, whatever the file holds and however the output is handed over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codec.comparison.output import Output, SideKind
from codec.container import Container
from codec.decoders.availability import choose
from codec.errors import DecodeError
from tests.codec.diagnosis.cases import output
from tests.codec.diagnosis.faulty_decoder import side
from tests.codec.diagnosis.judging import findings_between
from tests.codec.diagnosis.slips import NONE
from tests.codec.diagnosis.subjects import SUBJECTS, Subject
from tests.codec.files import DECODABLE, batched_file, parsed, wcdc_file
from tests.codec.native_files import mixed, native_bytes
from tests.codec.strategies import EXAMPLES, Example, damaged, matrices

FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
TILES = st.integers(1, 9)


def assert_not_accused(container: Container, weights: np.ndarray) -> None:
    decoded = choose().decode(container, container.tensors[0])
    left = side(decoded.weights, "cpu", reads=decoded.reads)
    assert findings_between(container, left, side(weights)) == ()


@FEW
@given(matrices(), TILES)
def test_of_any_batched_file(weights: np.ndarray, tile: int) -> None:
    assert_not_accused(parsed(batched_file(weights, tile)), weights)


@FEW
@given(matrices(), TILES)
def test_of_any_wcdc_file(weights: np.ndarray, tile: int) -> None:
    assert_not_accused(parsed(wcdc_file(weights, tile)), weights)


@FEW
@given(matrices(), TILES, TILES, st.integers(1, 4), st.sampled_from(["none", "left", "top"]))
def test_of_any_native_file(
    weights: np.ndarray, tile_rows: int, tile_cols: int, lanes: int, predictor: str
) -> None:
    data = native_bytes(
        {"w": weights},
        tile_rows=tile_rows,
        tile_cols=tile_cols,
        lanes=lanes,
        run=3,
        predictor=predictor,
    )
    assert_not_accused(parsed(data), weights)


@FEW
@given(damaged(), st.integers(0, 3))
def test_a_damaged_file_raises_nothing_and_accuses_no_agreeing_decoder(
    data: bytes, seed: int
) -> None:
    container = parsed(data)
    for tensor in container.tensors[:1]:
        if tensor.weights > 1 << 20:
            return
        try:
            weights = choose().decode(container, tensor).weights
        except DecodeError:
            weights = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
        assert findings_between(container, side(weights, "cpu"), side(weights)) == ()
        other = np.random.default_rng(seed).integers(-128, 128, weights.shape).astype(np.int8)
        for finding in findings_between(container, side(weights, "cpu"), side(other)):
            assert 0 <= finding.explains <= 1


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_of_small_files(example: Example) -> None:
    assert_not_accused(parsed(example.data), example.weights)


@pytest.mark.parametrize("path", DECODABLE[:6], ids=lambda path: path.stem)
def test_of_legacy_files(path) -> None:
    assert_not_accused(parsed(path.read_bytes()), np.load(path.with_suffix(".npy")))


def test_of_constant_and_raw_tiles() -> None:
    layers = mixed()
    data = native_bytes(layers, "cpu", tile_rows=32, tile_cols=32, predictor="auto")
    assert_not_accused(parsed(data), next(iter(layers.values())))


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, ">i2"])
@pytest.mark.parametrize("subject", SUBJECTS[::5], ids=lambda subject: subject.name)
def test_of_any_type_that_holds_the_same_numbers(subject: Subject, dtype) -> None:
    right = output(subject, NONE)
    assert findings_between(subject.container, side(right), side(right.astype(dtype))) == ()


@pytest.mark.parametrize("kind", list(SideKind))
def test_of_any_kind_of_side(kind: SideKind) -> None:
    right = output(SUBJECTS[0], NONE)
    found = findings_between(
        SUBJECTS[0].container, Output("a", kind, right), Output("b", kind, right)
    )
    assert found == ()


def test_of_a_file_of_zeros() -> None:
    weights = np.zeros((70, 50), dtype=np.int8)
    assert_not_accused(parsed(batched_file(weights, 32)), weights)
