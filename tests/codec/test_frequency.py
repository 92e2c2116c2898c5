"""Tables: is `normalise` really the optimum, and is every faulty table called so?"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.frequency import (
    UNOWNED,
    FrequencyTable,
    cross_entropy,
    entropy,
    histogram,
    normalise,
    prefix_sums,
)
from tests.codec.files import DECODABLE, expected_weights
from tests.codec.strategies import counts, tables

Counts = NDArray[np.int64]


def alphabet(*present: int) -> Counts:
    """Counts of the symbols 0, 1, …; the rest of the 256 do not occur."""
    found = np.zeros(256, dtype=np.int64)
    found[: len(present)] = present
    return found


def cost(found: Counts, frequencies: Counts, scale_bits: int) -> float:
    """Bits of all data, summed without loss."""
    used = np.flatnonzero(found)
    return math.fsum(
        int(found[i]) * (scale_bits - math.log2(int(frequencies[i]))) for i in used.tolist()
    )


def least_cost(found: Counts, scale_bits: int) -> float:
    """The optimum, by trying every table."""
    used, total = np.flatnonzero(found), 1 << scale_bits
    best = math.inf
    for cuts in itertools.combinations(range(1, total), len(used) - 1):
        frequencies = np.zeros(256, dtype=np.int64)
        frequencies[used] = np.diff([0, *cuts, total])
        best = min(best, cost(found, frequencies, scale_bits))
    return best


@given(
    present=st.lists(
        st.one_of(st.integers(0, 20), st.integers(0, 1 << 40)), min_size=1, max_size=4
    ).filter(any),
    scale_bits=st.integers(2, 5),
)
def test_normalise_is_optimal_against_every_table(present: list[int], scale_bits: int) -> None:
    found = alphabet(*present)
    frequencies = normalise(found, scale_bits)
    assert frequencies.sum() == 1 << scale_bits
    assert cost(found, frequencies, scale_bits) == pytest.approx(
        least_cost(found, scale_bits), rel=1e-12, abs=1e-9
    )


@given(present=st.lists(st.integers(1, 1 << 40), min_size=5, max_size=8))
@settings(max_examples=30)
def test_normalise_is_optimal_where_symbols_nearly_fill_the_slots(present: list[int]) -> None:
    found = alphabet(*present)
    best = least_cost(found, 3)
    assert cost(found, normalise(found, 3), 3) == pytest.approx(best, rel=1e-12)


def gain_of_best_move(found: Counts, frequencies: Counts) -> float:
    """Bits that the best move of one slot saves; the cost is convex, so 0 means the optimum."""
    used = np.flatnonzero(found)
    weights, slots = found[used].astype(np.float64), frequencies[used].astype(np.float64)
    gains = weights * np.log2((slots + 1) / slots)
    with np.errstate(divide="ignore"):
        losses = weights * np.log2(slots / (slots - 1))
    moves = gains[:, np.newaxis] - losses[np.newaxis, :]
    np.fill_diagonal(moves, -np.inf)
    return float(moves.max() / found.sum())


@pytest.mark.parametrize("most", [3, 1 << 20, 1 << 40])
def test_no_move_of_a_slot_improves_a_table(most: int) -> None:
    @given(found=counts(most))
    @settings(max_examples=60)
    def holds(found: Counts) -> None:
        frequencies = normalise(found)
        assert frequencies.sum() == 4096
        np.testing.assert_array_equal(frequencies > 0, found > 0)
        assert gain_of_best_move(found, frequencies) < 1e-12

    holds()


@pytest.mark.parametrize("count", [1, 4096, 1 << 20, (1 << 20) + 1, 1 << 32, 1 << 40, 1 << 52])
@pytest.mark.parametrize("symbol", [0, 128, 255])
def test_a_single_symbol_gets_every_slot(symbol: int, count: int) -> None:
    """Where the original multiplied 2^20 by 4096 in 32 bits and got 0."""
    found = np.zeros(256, dtype=np.int64)
    found[symbol] = count
    expected = np.zeros(256, dtype=np.int64)
    expected[symbol] = 4096
    np.testing.assert_array_equal(normalise(found), expected)


@pytest.mark.parametrize("often", [1 << 20, 1 << 40])
def test_one_rare_symbol_beside_a_frequent_one(often: int) -> None:
    frequencies = normalise(alphabet(often, 1))
    assert frequencies[:2].tolist() == [4095, 1]


def test_every_symbol_as_often() -> None:
    assert set(normalise(np.full(256, 1 << 40)).tolist()) == {16}


def test_as_many_symbols_as_slots() -> None:
    found = np.arange(1, 257)
    assert set(normalise(found, 8).tolist()) == {1}
    with pytest.raises(ValueError, match="256 symbols cannot share 128 slots"):
        normalise(found, 7)


def test_no_symbol_at_all_is_refused() -> None:
    """Rather than divided by; with all floating point faults raised, none may occur."""
    with np.errstate(all="raise"):
        with pytest.raises(ValueError, match="0 symbols cannot share"):
            normalise(np.zeros(256, dtype=np.int64))
        normalise(alphabet(1))
        normalise(alphabet(1, 1 << 40))


@pytest.mark.parametrize("path", DECODABLE, ids=lambda path: path.name)
def test_a_table_costs_little_above_the_entropy_of_real_data(path) -> None:
    found = histogram(expected_weights(path).view(np.uint8))
    table = FrequencyTable.of_frequencies(normalise(found))
    assert 0 <= cross_entropy(found, table) - entropy(found) < 0.02


@given(found=counts(1 << 40), table=tables())
def test_no_table_beats_the_entropy(found: Counts, table: FrequencyTable) -> None:
    assert cross_entropy(found, table) >= entropy(found) * (1 - 1e-12)
    best = FrequencyTable.of_frequencies(normalise(found))
    assert entropy(found) * (1 - 1e-12) <= cross_entropy(found, best) < math.inf
    assert cross_entropy(found, best) <= cross_entropy(found, table) * (1 + 1e-12)


def test_entropy_in_known_cases() -> None:
    assert entropy(alphabet(7)) == 0
    assert entropy(alphabet(3, 3)) == 1
    assert entropy(np.full(256, 5)) == 8
    assert entropy(alphabet(0)) == 0


def test_a_symbol_without_a_slot_costs_without_end() -> None:
    table = FrequencyTable.of_frequencies(alphabet(4096))
    assert cross_entropy(alphabet(0, 1), table) == math.inf
    assert cross_entropy(alphabet(9), table) == 0
    assert cross_entropy(alphabet(0), table) == 0
    assert table.bits[0] == 0


def test_histogram_counts_any_shape() -> None:
    symbols = np.array([[0, 255, 255], [7, 0, 255]], dtype=np.uint8)
    found = histogram(symbols)
    assert (found.dtype, found.shape) == (np.dtype(np.int64), (256,))
    assert {i: int(n) for i, n in enumerate(found) if n} == {0: 2, 7: 1, 255: 3}
    assert histogram(np.zeros(0, dtype=np.uint8)).sum() == 0


def test_prefix_sums_are_those_before() -> None:
    assert prefix_sums(np.array([3, 0, 5, 1])).tolist() == [0, 3, 3, 8]
    assert prefix_sums(np.zeros(0, dtype=np.int64)).tolist() == []
    wide = prefix_sums(np.full(256, 1 << 40, dtype=np.int64))
    assert wide[-1] == 255 << 40


@given(table=tables())
def test_a_sound_table_has_no_fault_and_all_its_slots(table: FrequencyTable) -> None:
    assert table.fault == ""
    assert table.sum == table.total == len(table.slots) == 4096
    np.testing.assert_array_equal(histogram(table.slots.astype(np.uint8)), table.frequencies)
    for symbol in np.flatnonzero(table.frequencies):
        start = int(table.starts[symbol])
        owned = table.slots[start : start + int(table.frequencies[symbol])]
        assert set(owned.tolist()) == {symbol}


@st.composite
def stored_tables(draw: st.DrawFn) -> FrequencyTable:
    """What two u16 a symbol can say, for a few symbols of few slots; sound now and then."""
    entries = draw(
        st.dictionaries(
            st.integers(0, 255), st.tuples(st.integers(0, 20), st.integers(0, 9)), max_size=6
        )
    )
    starts, frequencies = np.zeros(256, dtype=np.int64), np.zeros(256, dtype=np.int64)
    for symbol, (start, frequency) in entries.items():
        starts[symbol], frequencies[symbol] = start, frequency
    return FrequencyTable(frequencies, starts, scale_bits=4)


def owners(table: FrequencyTable) -> list[list[int]]:
    """Who claims each slot there is, and, last, who claims one that there is not."""
    claims: list[list[int]] = [[] for _ in range(table.total + 1)]
    for symbol in np.flatnonzero(table.frequencies).tolist():
        start = int(table.starts[symbol])
        for slot in range(start, start + int(table.frequencies[symbol])):
            claims[min(slot, table.total)].append(symbol)
    return claims


@given(table=stored_tables())
@settings(max_examples=400)
def test_a_table_is_faulty_where_slots_are_claimed_twice_or_do_not_exist(
    table: FrequencyTable,
) -> None:
    claims = owners(table)
    sound = not claims[-1] and all(len(symbols) <= 1 for symbols in claims)
    assert (table.fault == "") == sound
    if sound:
        expected = [symbols[0] if symbols else UNOWNED for symbols in claims[:-1]]
        assert table.slots.tolist() == expected
    else:
        with pytest.raises(ValueError, match="slot"):
            _ = table.slots


def of(starts: dict[int, int], frequencies: dict[int, int]) -> FrequencyTable:
    columns = np.zeros((2, 256), dtype=np.int64)
    for row, values in enumerate((starts, frequencies)):
        columns[row, list(values)] = list(values.values())
    return FrequencyTable(columns[1], columns[0])


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (of({}, {0: 4096}), ""),
        (of({}, {}), ""),
        (of({9: 65535}, {}), ""),
        (of({1: 96}, {0: 4000}), ""),
        (of({}, {0: 4097}), "the frequencies sum to 4,097 where there are 4,096 slots"),
        (of({1: 4096}, {0: 4096, 1: 1}), "the frequencies sum to 4,097"),
        (of({5: 4095}, {5: 2}), "symbol 5 owns slots past the last, 4,095"),
        (of({5: 65535}, {5: 1}), "symbol 5 owns slots past the last"),
        (of({3: 10, 8: 12}, {3: 3, 8: 4}), "symbols 3 and 8 both own slot 12"),
        (of({3: 12, 8: 10}, {3: 3, 8: 4}), "symbols 8 and 3 both own slot 12"),
        (of({3: 7, 8: 7}, {3: 1, 8: 1}), "both own slot 7"),
        (of({}, dict.fromkeys(range(256), 65535)), "the frequencies sum to 16,776,960"),
    ],
    ids=[
        "one symbol",
        "none",
        "start of an absent symbol",
        "slots left over",
        "one frequency above the total",
        "sum above the total",
        "beyond the last slot",
        "far beyond",
        "overlap",
        "overlap, out of order",
        "same slot",
        "all at the maximum",
    ],
)
def test_faults_are_named(table: FrequencyTable, says: str) -> None:
    assert table.fault.startswith(says) if says.startswith("the") else says in table.fault
    assert bool(table.fault) == bool(says)
