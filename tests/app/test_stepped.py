"""What is done at the debugger's cursor: symbols by runs and rectangles, bytes by what the walk says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.stepped import others, rectangles, runs_before
from codec.interleaving import Interleaving

SHAPES = st.builds(Interleaving, st.integers(1, 9), st.integers(1, 9))


def marked(runs, count):
    found = np.zeros(count, dtype=np.bool_)
    for begin, end in runs:
        assert 0 <= begin < end <= count
        assert not found[begin:end].any()
        found[begin:end] = True
    return found


@settings(deadline=None, derandomize=True)
@given(SHAPES, st.integers(0, 300), st.data())
def test_runs_are_the_symbols_of_the_first_steps(interleaving, count, data):
    boundary = data.draw(st.integers(0, count))
    expected = np.zeros(count, dtype=np.bool_)
    expected[interleaving.order(count)[:boundary]] = True
    runs = runs_before(interleaving, count, boundary)
    np.testing.assert_array_equal(marked(runs, count), expected)
    np.testing.assert_array_equal(marked(others(runs, count), count), ~expected)
    assert all(one[1] < other[0] for one, other in pairwise(runs))


@settings(deadline=None, derandomize=True)
@given(SHAPES, st.integers(1, 300), st.integers(1, 20), st.data())
def test_rectangles_cover_the_runs(interleaving, count, cols, data):
    runs = runs_before(interleaving, count, data.draw(st.integers(0, count)))
    found = np.zeros((-(-count // cols), cols), dtype=np.int64)
    boxes = rectangles(runs, cols)
    for row, col, rows, width in boxes:
        found[row : row + rows, col : col + width] += 1
    np.testing.assert_array_equal(found.reshape(-1)[:count] == 1, marked(runs, count))
    assert found.sum() == sum(end - begin for begin, end in runs)
    assert len(boxes) <= 3 * len(runs)
