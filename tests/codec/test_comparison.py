"""Comparing two outputs, held against a judge that looks at every weight in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

from codec.comparison import comparison as comparison_module
from codec.comparison import counting
from codec.comparison.comparison import Comparison, Difference, compare
from codec.comparison.output import Output, SideKind
from codec.container import Tensor
from codec.errors import Cancelled, InputError
from codec.warmup import warm
from tests.codec.files import batched_file, noise, only_tensor, parsed, wcdc_file
from tests.codec.native_files import native_bytes

INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">i2", ">u8")


def output(weights: NDArray[Any], title: str = "a side") -> Output:
    return Output(title, SideKind.DUMP, weights)


def tensor_of(layout: str, rows: int, cols: int, tile: int) -> Tensor:
    """A tensor of a file of this layout."""
    weights = noise(rows, cols)
    if layout == "native":
        data = native_bytes({"a": weights}, tile_rows=tile, tile_cols=2 * tile, lanes=2, run=2)
    else:
        data = batched_file(weights, tile) if layout == "batched" else wcdc_file(weights, tile)
    return only_tensor(parsed(data))


@dataclass
class Judged:
    """All differences of two outputs, found one by one."""

    tensor: Tensor
    left: list[list[int]]
    right: list[list[int]]

    def matrix_order(self) -> list[Difference]:
        return list(self._matrix_order())

    def _matrix_order(self) -> Iterator[Difference]:
        for row in range(self.tensor.rows):
            for col in range(self.tensor.cols):
                if self.left[row][col] != self.right[row][col]:
                    tile = self.tensor.tile_at(row, col)
                    symbol = -1 if tile is None else self.tensor.symbol_at(tile, row, col)
                    yield self.difference(-1 if tile is None else tile, symbol, row, col)

    def coding_order(self) -> list[Difference]:
        return list(self._coding_order())

    def _coding_order(self) -> Iterator[Difference]:
        for tile in range(len(self.tensor.tiles)):
            for symbol in range(self.tensor.symbol_count(tile)):
                place = self.tensor.weight_of(tile, symbol)
                if place and self.left[place[0]][place[1]] != self.right[place[0]][place[1]]:
                    yield self.difference(tile, symbol, *place)

    def difference(self, tile: int, symbol: int, row: int, col: int) -> Difference:
        return Difference(tile, symbol, row, col, self.left[row][col], self.right[row][col])


@st.composite
def tensors(draw: DrawFn) -> Tensor:
    """Of all layouts; some with an index that was cut, or that names a place twice, or one outside."""
    layout = draw(st.sampled_from(["batched", "wcdc", "native"]))
    tensor = tensor_of(
        layout, draw(st.integers(1, 14)), draw(st.integers(1, 14)), draw(st.integers(1, 8))
    )
    tiles = tensor.tiles.copy()
    for _ in range(draw(st.integers(0, 2))):
        tile, other = (draw(st.integers(0, len(tiles) - 1)) for _ in range(2))
        tiles[["row", "col"]][tile] = tiles[["row", "col"]][other]
    if draw(st.booleans()):
        tiles["col"][draw(st.integers(0, len(tiles) - 1))] = 99
    if draw(st.booleans()):
        tiles = tiles[: draw(st.integers(0, len(tiles)))]
    return replace(tensor, tiles=tiles)


def some_values(draw: DrawFn, dtype: str) -> list[int]:
    bounds = np.iinfo(dtype)
    near = st.integers(max(bounds.min, -4), min(bounds.max, 4))
    limits = st.sampled_from([int(bounds.min), int(bounds.max)])
    anywhere = st.integers(int(bounds.min), int(bounds.max))
    return draw(st.lists(st.one_of(near, near, limits, anywhere), min_size=1, max_size=4))


@st.composite
def sides(draw: DrawFn, tensor: Tensor) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two matrices: mostly equal, or with nothing in common, of any two types."""
    kinds = draw(st.sampled_from([("int8", "int8"), ("int8", "any"), ("any", "any")]))
    dtypes = [draw(st.sampled_from(INTEGERS)) if kind == "any" else kind for kind in kinds]
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    shape = (tensor.rows, tensor.cols)
    pair = []
    for dtype in dtypes:
        values = np.array(some_values(draw, dtype), dtype=dtype)
        pair.append(values[rng.integers(0, len(values), shape)])
    left, right = pair
    if draw(st.booleans()):
        share = draw(st.sampled_from([0.0, 0.02, 0.3]))
        keep = rng.random(shape) >= share
        low, high = np.iinfo(dtypes[0]), np.iinfo(dtypes[1])
        common = rng.integers(max(low.min, high.min, -128), min(low.max, high.max, 127), shape)
        left, right = (np.where(keep, common.astype(s.dtype), s) for s in (left, right))
    if draw(st.booleans()):
        right = np.asfortranarray(right)
    return left, right


@given(st.data())
def test_all_that_is_counted_is_what_a_plain_look_finds(data: st.DataObject) -> None:
    tensor = data.draw(tensors())
    left, right = data.draw(sides(tensor))
    found = compare(tensor, output(left), output(right))
    judged = Judged(tensor, left.tolist(), right.tolist())
    there, coded = judged.matrix_order(), judged.coding_order()
    errors = [d.right - d.left for d in there]
    cut = [max(-255, min(255, error)) for error in errors]
    cut += [0] * (tensor.weights - len(there))

    assert (found.differing, found.equal) == (len(there), not there)
    assert found.total == tensor.weights
    assert found.share == len(there) / tensor.weights
    assert found.max_abs_error == max(map(abs, errors), default=0)
    assert found.sum_abs_error == sum(map(abs, errors))
    assert found.histogram.tolist() == [cut.count(error) for error in range(-255, 256)]
    by_tile = [[d.symbol_index for d in coded if d.tile == t] for t in range(len(tensor.tiles))]
    assert found.tile_differing.tolist() == [len(symbols) for symbols in by_tile]
    assert found.tile_first.tolist() == [min(symbols, default=-1) for symbols in by_tile]
    assert found.tiles_differing == sum(bool(symbols) for symbols in by_tile)
    assert found.uncovered == sum(d.tile < 0 for d in there)
    assert found.row_differing.tolist() == [
        sum(d.row == row for d in there) for row in range(tensor.rows)
    ]
    assert found.first == next(iter(coded + there), None)


@given(st.data())
def test_errors_of_any_part_are_the_difference_cut_to_32_bits(data: st.DataObject) -> None:
    tensor = data.draw(tensors())
    left, right = data.draw(sides(tensor))
    found = compare(tensor, output(left), output(right))
    rows = slice(data.draw(st.integers(0, tensor.rows)), None)
    cols = slice(0, data.draw(st.integers(0, tensor.cols)))
    exact = right[rows, cols].astype(object) - left[rows, cols].astype(object)
    wanted = np.clip(exact, -(1 << 31), (1 << 31) - 1).astype(np.int32) if exact.size else exact
    errors = found.errors(rows, cols)
    assert errors.dtype == np.int32
    assert errors.tolist() == wanted.tolist()
    assert found.differs(rows, cols).tolist() == (exact != 0).tolist()


@given(st.data())
def test_next_and_previous_walk_through_all_differences(data: st.DataObject) -> None:
    tensor = data.draw(tensors())
    left, right = data.draw(sides(tensor))
    found = compare(tensor, output(left), output(right))
    judged = Judged(tensor, left.tolist(), right.tolist())
    there, coded = judged.matrix_order(), judged.coding_order()
    last = tensor.rows - 1
    forward = walked(found.next_in_matrix, (0, -1), lambda d: (d.row, d.col), forward=True)
    back = walked(found.next_in_matrix, (last, 99), lambda d: (d.row, d.col), forward=False)
    assert (forward, back) == (there, there[::-1])
    tiles = len(tensor.tiles)
    place = lambda d: (d.tile, d.symbol_index)  # noqa: E731
    forward = walked(found.next_in_coding_order, (0, -1), place, forward=True)
    back = walked(found.next_in_coding_order, (tiles, 0), place, forward=False)
    assert (forward, back) == (coded, coded[::-1])


def walked(step: Any, begin: Any, place: Any, *, forward: bool) -> list[Difference]:
    found: list[Difference] = []
    at = step(*begin, forward=forward)
    while at is not None and len(found) < 1000:
        found.append(at)
        at = step(*place(at), forward=forward)
    return found


@given(st.data())
def test_next_is_the_nearest_from_anywhere(data: st.DataObject) -> None:
    """From places and symbols that do not differ, padding included, and in runs of few weights."""
    tensor = data.draw(tensors())
    left, right = data.draw(sides(tensor))
    found = compare(tensor, output(left), output(right))
    judged = Judged(tensor, left.tolist(), right.tolist())
    row, col = data.draw(st.integers(0, tensor.rows - 1)), data.draw(st.integers(-1, tensor.cols))
    tile = data.draw(st.integers(-1, len(tensor.tiles)))
    symbol = data.draw(st.integers(-1, 80))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison_module, "WEIGHTS_AT_ONCE", data.draw(st.integers(1, 9)))
        matrix = [found.next_in_matrix(row, col, forward=way) for way in (True, False)]
        coding = [found.next_in_coding_order(tile, symbol, forward=way) for way in (True, False)]
    places = judged.matrix_order()
    assert matrix == [
        next((d for d in places if (d.row, d.col) > (row, col)), None),
        next((d for d in places[::-1] if (d.row, d.col) < (row, col)), None),
    ]
    symbols = judged.coding_order()
    assert coding == [
        next((d for d in symbols if (d.tile, d.symbol_index) > (tile, symbol)), None),
        next((d for d in symbols[::-1] if (d.tile, d.symbol_index) < (tile, symbol)), None),
    ]


@given(st.data())
def test_any_place_can_be_looked_at(data: st.DataObject) -> None:
    tensor = data.draw(tensors())
    left, right = data.draw(sides(tensor))
    found = compare(tensor, output(left), output(right))
    row, col = (data.draw(st.integers(0, n - 1)) for n in (tensor.rows, tensor.cols))
    tile = tensor.tile_at(row, col)
    there = found.difference_at(row, col)
    assert there[2:] == (row, col, int(left[row, col]), int(right[row, col]))
    assert there.tile == (-1 if tile is None else tile)
    if tile is not None:
        assert tensor.weight_of(there.tile, there.symbol_index) == (row, col)


def test_batches_of_rows_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    tensor = tensor_of("batched", 37, 21, 8)
    left, right = noise(37, 21, 2, sigma=0.4), noise(37, 21, 3, sigma=0.4)
    whole = compare(tensor, output(left), output(right))
    for each in (1, 50, 200):
        monkeypatch.setattr(counting, "BYTES_AT_ONCE", each)
        monkeypatch.setattr(counting, "WIDE_AT_ONCE", each)
        for dtype in (np.int8, np.int32):
            parts = compare(tensor, output(left), output(right.astype(dtype)))
            assert counted(parts) == counted(whole)


def test_warming_compiles_all_that_is_used_later() -> None:
    warm()
    kernels: list[Any] = [counting._count_narrow, counting._count_wide]
    before = [len(kernel.signatures) for kernel in kernels]
    tensor = tensor_of("batched", 37, 21, 8)
    for left in INTEGERS:
        for right in INTEGERS:
            compare(tensor, output(np.ones((37, 21), left)), output(np.zeros((37, 21), right)))
    fixed = noise(37, 21)
    fixed.flags.writeable = False
    compare(tensor, output(fixed), output(np.asfortranarray(fixed)))
    assert [len(kernel.signatures) for kernel in kernels] == before == [1, 1]


def counted(found: Comparison) -> list[Any]:
    arrays = (found.histogram, found.tile_differing, found.tile_first, found.row_differing)
    numbers = (found.differing, found.max_abs_error, found.sum_abs_error, found.uncovered)
    return [*numbers, found.first, *(array.tolist() for array in arrays)]


def test_the_widest_errors_are_exact() -> None:
    """-2^63 beside 2^64 - 1: the difference takes 66 bits."""
    tensor = tensor_of("batched", 4, 5, 4)
    left = np.full((4, 5), -(1 << 63), dtype=np.int64)
    right = np.full((4, 5), (1 << 64) - 1, dtype=np.uint64)
    found = compare(tensor, output(left), output(right))
    error = (1 << 64) - 1 + (1 << 63)
    assert (found.max_abs_error, found.sum_abs_error) == (error, 20 * error)
    back = compare(tensor, output(right), output(left))
    assert (back.max_abs_error, int(back.histogram[0])) == (error, 20)
    alike = compare(tensor, output(np.full((4, 5), -1)), output(right))
    assert alike.differing == 20


def test_another_shape_is_refused() -> None:
    tensor = tensor_of("batched", 4, 5, 4)
    with pytest.raises(InputError, match=r"holds 5×4 weights, and .* has 4×5"):
        compare(tensor, output(noise(4, 5)), output(noise(5, 4)))


def test_floats_are_refused() -> None:
    tensor = tensor_of("batched", 4, 5, 4)
    with pytest.raises(InputError, match="dump holds float32"):
        compare(tensor, output(noise(4, 5)), output(noise(4, 5).astype(np.float32), "dump"))


def test_progress_is_told_and_can_stop_it() -> None:
    tensor = tensor_of("batched", 9, 5, 4)
    told: list[tuple[int, int]] = []
    compare(
        tensor,
        output(noise(9, 5)),
        output(noise(9, 5)),
        lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (9, 9)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        compare(tensor, output(noise(9, 5)), output(noise(9, 5)), stop)
