"""The original's normalisation, repeated: it must give exactly the tables in the original's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec import decoders, original
from codec.container import Tensor
from codec.formats import open_file
from codec.frequency import histogram
from tests.codec.files import DATA, DECODABLE
from tests.codec.strategies import counts

BROKEN = DATA / "legacy" / "brokentable_1024x1024_t256.batched"


def symbols_of(path: Path) -> tuple[Tensor, NDArray[np.uint8]]:
    """All symbols of a file's streams, in coding order."""
    container = open_file(path)
    (tensor,) = container.tensors
    tiles = range(len(tensor.tiles))
    streams = decoders.make("reference").decode_streams(container, tensor, tiles)
    return tensor, np.concatenate([stream.symbols for stream in streams])


@pytest.mark.parametrize("path", DECODABLE, ids=lambda path: path.name)
def test_the_tables_of_the_original_are_reproduced(path: Path) -> None:
    tensor, symbols = symbols_of(path)
    made = original.normalise(histogram(symbols[: original.SAMPLE_SYMBOLS]))
    np.testing.assert_array_equal(made, tensor.table.frequencies)


def all_zero(samples: int) -> NDArray[np.int64]:
    """Counts of a layer of zeros: every symbol is 128."""
    found = np.zeros(256, dtype=np.int64)
    found[128] = samples
    return found


def test_a_mebi_of_zeros_wraps() -> None:
    """The product wraps to a share of 1; the excess then goes to the first symbol, which has no count."""
    found = all_zero(1 << 20)
    assert original.wraps(found)
    made = original.normalise(found)
    assert (int(made[128]), int(made[0])) == (1, original.CLAMP)
    assert set(np.delete(made, [0]).tolist()) == {1}
    assert made.sum() == 4096


def test_one_sample_less_does_not_wrap() -> None:
    found = all_zero((1 << 20) - 1)
    assert not original.wraps(found)
    assert original.normalise(found)[128] == original.CLAMP


def alike(frequent: int) -> NDArray[np.int64]:
    """So many symbols as frequent as one another; all others occur once, and round up to 1."""
    found = np.ones(256, dtype=np.int64)
    found[:frequent] = 40_000
    return found


def test_the_excess_is_taken_from_one_symbol() -> None:
    """Ten symbols of 409 and 246 of 1 make 4336: 240 too many, all taken from the first."""
    made = original.normalise(alike(10))
    assert made.tolist() == [409 - 240, *[409] * 9, *[1] * 246]


def test_below_zero_the_correction_is_clamped() -> None:
    """Forty symbols of 102 and 216 of 1 make 4296: 200 too many, and only 102 to take them from."""
    made = original.normalise(alike(40))
    assert made.tolist() == [original.CLAMP, *[102] * 39, *[1] * 216]


def test_the_broken_table_was_clamped() -> None:
    tensor = open_file(BROKEN).tensors[0]
    assert tensor.table.sum == 7938
    assert original.CLAMP in tensor.table.frequencies.tolist()


@given(found=counts(1 << 19))
def test_a_sum_other_than_4096_always_holds_the_clamp(found: NDArray[np.int64]) -> None:
    made = original.normalise(found)
    assert made.min() >= 1
    assert made.max() <= original.CLAMP
    assert made.sum() == 4096 or original.CLAMP in made.tolist()


@given(count=st.integers(0, 1 << 40))
def test_wrapping_is_told_from_the_counts(count: int) -> None:
    assert original.wraps(all_zero(count)) == (count >= 1 << 20)
