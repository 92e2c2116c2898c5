"""Numbers as text in blocks: digit for digit what Python writes, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from codec.decimal_text import decimals, fixed, rows_of_text

WHOLE = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")


def texts(characters) -> list[str]:
    return rows_of_text([characters], [b""], b"\n").decode("ascii").splitlines()


@pytest.mark.parametrize("dtype", WHOLE)
def test_the_ends_of_every_type_are_written_in_full(dtype):
    ends = np.iinfo(dtype)
    values = np.array([0, 1, 9, 10, 99, 100, ends.min, ends.min + 1, ends.max], dtype=dtype)
    assert texts(decimals(values)) == [str(value) for value in values.tolist()]


@given(st.sampled_from(WHOLE).flatmap(lambda dtype: arrays(dtype, st.integers(1, 30))))
def test_any_numbers_are_what_python_writes(values):
    assert texts(decimals(values)) == [str(value) for value in values.tolist()]


def test_columns_stand_between_what_is_asked_for():
    columns = [decimals(np.array([7, -12], dtype=np.int8)), fixed([b"yes", b""])]
    assert rows_of_text(columns, [b"<", b"|"], b">\n") == b"<7|yes>\n<-12|>\n"


def test_no_rows_are_no_text():
    nothing = decimals(np.array([], dtype=np.uint32))
    assert rows_of_text([nothing, fixed([])], [b"a", b"b"], b"\n") == b""


def test_a_column_that_is_not_contiguous_is_read_right():
    values = np.arange(20, dtype=np.int64)[::-3]
    assert texts(decimals(values)) == [str(value) for value in values.tolist()]
