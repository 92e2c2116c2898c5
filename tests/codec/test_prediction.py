"""The vectorised prediction against the scalar rules, both ways, and what a tile must know first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec import prediction, scalar_prediction
from codec.container import PREDICTORS, Container, Predictor, Rectangle, Tensor
from codec.decoders.base import DecodedTile, Decoder
from codec.prediction import edge_positions, needs, needs_all
from tests.codec.files import (
    Weights,
    batched_file,
    noise,
    only_tensor,
    parsed,
    places,
    unsigned,
    wcdc_file,
)
from tests.codec.strategies import matrices


def bytes_of(values: list[int]) -> NDArray[np.uint8]:
    return np.array(values, dtype=np.uint8)


@given(weights=matrices(), tile=st.integers(1, 30))
def test_flat_left_is_the_scalar_rule(weights: Weights, tile: int) -> None:
    for place in places(weights.shape, tile):
        expected = scalar_prediction.flat_left_symbols(unsigned(weights), place, (tile, tile))
        padded = prediction.padded_tile(weights, place, (tile, tile))
        symbols = prediction.difference(padded)
        assert symbols.tolist() == expected
        values = prediction.undo_difference(symbols)
        assert values.tolist() == scalar_prediction.undo_flat_left(expected)
        np.testing.assert_array_equal(values, padded.reshape(-1))


def test_a_row_is_not_restarted() -> None:
    weights = np.array([[1, 2], [5, 7]], dtype=np.int8)
    padded = prediction.padded_tile(weights, Rectangle(0, 0, 2, 2), (2, 2))
    assert prediction.difference(padded).tolist() == [129, 129, 131, 130]


def test_padding_is_zero() -> None:
    weights = noise(5, 5)
    padded = prediction.padded_tile(weights, Rectangle(4, 3, 1, 2), (3, 3))
    np.testing.assert_array_equal(padded[:1, :2], weights[4:, 3:].view(np.uint8))
    assert not padded[1:].any()
    assert not padded[:, 2:].any()


@given(weights=matrices(), tile=st.integers(1, 30), predictor=st.sampled_from(PREDICTORS))
def test_differenced_is_the_scalar_rule(weights: Weights, tile: int, predictor: Predictor) -> None:
    for place in places(weights.shape, tile):
        expected = scalar_prediction.differenced_symbols(unsigned(weights), place, predictor)
        residual = prediction.residuals(weights, place, predictor)
        assert prediction.difference(residual).tolist() == expected


@given(weights=matrices(), tile=st.integers(1, 30), predictor=st.sampled_from(PREDICTORS))
def test_differenced_is_undone_by_both(weights: Weights, tile: int, predictor: Predictor) -> None:
    matrix, cols = unsigned(weights), weights.shape[1]
    flat = weights.reshape(-1).view(np.uint8)
    for place in places(weights.shape, tile):
        there = (slice(place.row, place.row + place.rows), slice(place.col, place.col + place.cols))
        expected = weights[there].view(np.uint8)
        symbols = scalar_prediction.differenced_symbols(matrix, place, predictor)
        scalar = scalar_prediction.undo_differenced(
            symbols, place, predictor, cols, lambda row, col: matrix[row][col]
        )
        assert scalar == expected.reshape(-1).tolist()
        residual = prediction.undo_difference(bytes_of(symbols)).reshape(expected.shape)
        before = residual.copy()
        found = prediction.undo_residuals(residual, place, predictor, cols, lambda at: flat[at])
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(residual, before)


NARROW = (9, 11, 5)
"""Rows, columns and tile size whose last tiles are one column wide and five rows high: LEFT's first
column runs through the tile's own first row and on into the next row of the matrix."""


def test_the_first_column_of_left_runs_on_into_the_next_row() -> None:
    rows, cols, tile = NARROW
    place = places((rows, cols), tile)[2]
    assert place == (0, 10, 5, 1)
    at = edge_positions(place, Predictor.LEFT, cols)
    assert at is not None
    assert [divmod(position, cols) for position in at.tolist()] == [
        (0, 9),
        (0, 10),
        (1, 0),
        (1, 1),
        (1, 2),
    ]


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_at_the_edge_of_the_matrix_zero_predicts(predictor: Predictor) -> None:
    assert edge_positions(Rectangle(0, 0, 3, 4), predictor, 9) is None
    other = Rectangle(0, 4, 3, 4) if predictor is Predictor.TOP else Rectangle(3, 0, 3, 4)
    assert edge_positions(other, predictor, 9) is None


def test_the_row_above_predicts_top() -> None:
    at = edge_positions(Rectangle(4, 2, 3, 3), Predictor.TOP, 10)
    assert at is not None
    assert at.tolist() == [32, 33, 34]


def test_positions_of_a_huge_matrix_do_not_wrap() -> None:
    at = edge_positions(Rectangle(1 << 31, 1 << 31, 2, 1), Predictor.LEFT, 1 << 31)
    assert at is not None
    assert at.tolist() == [(1 << 62) + (1 << 31) - 1, (1 << 62) + (1 << 31)]


def wcdc(rows: int, cols: int, tile: int, predictors: list[int]) -> tuple[Container, Weights]:
    weights = noise(rows, cols, seed=rows * 1000 + cols, sigma=60)
    return parsed(wcdc_file(weights, tile, predictors)), weights


SHAPES = [
    (9, 11, 5),
    (13, 7, 3),
    (1, 20, 4),
    (20, 1, 4),
    (7, 9, 4),
    (5, 5, 8),
    (12, 13, 6),
    (6, 6, 1),
]


@st.composite
def tiled_files(draw: st.DrawFn) -> tuple[Container, Weights]:
    """Per-tile files of odd shapes, LEFT and TOP mixed at random."""
    rows, cols, tile = draw(st.sampled_from(SHAPES))
    tiles = len(places((rows, cols), tile))
    chosen = draw(st.lists(st.integers(0, 1), min_size=tiles, max_size=tiles))
    return wcdc(rows, cols, tile, chosen)


def tiles_read(tensor: Tensor, tile: int) -> set[int]:
    """The other tiles whose weights the scalar rules ask for while they undo a tile."""
    asked: set[int | None] = set()
    predictor = tensor.predictor(tile)
    assert predictor is not None

    def outside(row: int, col: int) -> int:
        asked.add(tensor.tile_at(row, col))
        return 0

    symbols = [0] * tensor.symbol_count(tile)
    place = tensor.rectangle(tile)
    scalar_prediction.undo_differenced(symbols, place, predictor, tensor.cols, outside)
    return {found for found in asked if found is not None}


@given(example=tiled_files())
@settings(max_examples=40)
def test_needs_are_exactly_the_tiles_that_are_read(example: tuple[Container, Weights]) -> None:
    tensor = only_tensor(example[0])
    for tile in range(len(tensor.tiles)):
        assert set(needs(tensor, tile)) == tiles_read(tensor, tile)
        assert all(other < tile for other in needs(tensor, tile))


def test_a_narrow_tile_needs_the_first_tile_of_its_row() -> None:
    rows, cols, tile = NARROW
    tensor = only_tensor(wcdc(rows, cols, tile, [0] * 6)[0])
    assert [needs(tensor, t) for t in range(6)] == [[], [0], [0, 1], [], [3], [3, 4]]
    tensor = only_tensor(wcdc(rows, cols, tile, [1] * 6)[0])
    assert [needs(tensor, t) for t in range(6)] == [[], [], [], [0], [1], [2]]


def test_padded_tiles_need_nothing() -> None:
    tensor = only_tensor(parsed(batched_file(noise(9, 11), 5)))
    assert [needs(tensor, t) for t in range(6)] == [[]] * 6


@given(example=tiled_files(), known=st.sets(st.integers(0, 40)))
@settings(max_examples=40)
def test_needs_all_is_closed_and_in_order(
    example: tuple[Container, Weights], known: set[int]
) -> None:
    tensor = only_tensor(example[0])
    for tile in range(len(tensor.tiles)):
        wanted = needs_all(tensor, tile, known.__contains__)
        assert wanted == sorted(set(wanted))
        assert tile in wanted
        assert known.isdisjoint(set(wanted) - {tile})
        for i, other in enumerate(wanted):
            assert set(needs(tensor, other)) <= {*wanted[:i], *known}


@given(example=tiled_files())
@settings(max_examples=25)
def test_each_tile_can_be_decoded_alone(
    example: tuple[Container, Weights], decoder: Decoder
) -> None:
    container, weights = example
    tensor = only_tensor(container)
    for tile in range(len(tensor.tiles)):
        found = decoder.decode_tiles(container, tensor, [tile], {})
        assert_right(tensor, found, weights)
        assert set(found) == set(needs_all(tensor, tile, lambda _: False))


@given(example=tiled_files(), order=st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_tiles_build_on_those_that_are_known(
    example: tuple[Container, Weights], order, decoder: Decoder
) -> None:
    container, weights = example
    tensor = only_tensor(container)
    tiles = list(range(len(tensor.tiles)))
    order.shuffle(tiles)
    known: dict[int, DecodedTile] = {}
    for tile in tiles:
        found = decoder.decode_tiles(container, tensor, [tile], known)
        assert (set(found) & set(known)) <= {tile}, "what is known is not decoded again"
        known.update(found)
    assert set(known) == set(tiles)
    assert_right(tensor, known, weights)


def assert_right(tensor: Tensor, found: Mapping[int, DecodedTile], weights: Weights) -> None:
    for tile, decoded in found.items():
        place = tensor.rectangle(tile)
        expected = weights[place.row :, place.col :][: place.rows, : place.cols]
        np.testing.assert_array_equal(decoded.weights, expected)
