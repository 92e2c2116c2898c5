"""The known data is what its name says, the same each time, and of the shapes that break codecs."""

from __future__ import annotations

import numpy as np
import pytest

from codec.frequency import entropy, histogram
from codec.known_data import KNOWN, ODD_SHAPES, cases, known
from codec.prediction import difference


def values(name: str, rows: int = 64, cols: int = 256) -> np.ndarray:
    return known(name).matrix(rows, cols)


def bits(name: str) -> float:
    """Order-0 entropy of the weights."""
    return entropy(histogram(values(name).view(np.uint8)))


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.name)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (13, 7)])
def test_every_kind_has_every_shape_and_is_the_same_each_time(kind, shape):
    matrix = kind.matrix(*shape, seed=5)
    assert (matrix.dtype, matrix.shape) == (np.int8, shape)
    np.testing.assert_array_equal(kind.matrix(*shape, seed=5), matrix)
    assert kind.meaning.endswith(".")


def test_names_are_unique():
    assert len({kind.name for kind in KNOWN}) == len(KNOWN)


def test_another_seed_gives_other_data():
    assert (known("uniform").matrix(8, 8, 1) != known("uniform").matrix(8, 8, 2)).any()


def test_the_kinds_are_what_they_are_called():
    assert set(values("zeros").flat) == {0}
    assert set(values("one symbol").flat) == {-128}
    assert set(values("two symbols").flat) == {-128, 127}
    assert set(difference(values("ramp").view(np.uint8))[1:].tolist()) == {129}
    assert len(set(values("uniform", 256, 256).flat)) == 256
    assert bits("uniform") > 7.9
    assert abs(bits("normal σ 10") - 5.369) < 0.02  # of the continuous one: log2(10 √(2πe))
    assert {-127, 127} <= set(values("normal σ 60").flat)
    assert np.abs(np.diff(values("smooth").astype(np.int64), axis=1)).max() <= 2


def test_the_cases_hold_every_kind_and_every_odd_shape():
    found = list(cases())
    assert {case.name for case in found} == {kind.name for kind in KNOWN}
    shapes = {(*case.matrix.shape, case.tile) for case in found}
    assert set(ODD_SHAPES) <= shapes
    assert {(1, 1), (1, 1000), (1000, 1)} <= {shape[:2] for shape in shapes}
