"""The scalar coder: it undoes itself, keeps its state in the interval, and accounts for every byte."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import rans
from codec.frequency import FrequencyTable, cross_entropy, histogram
from codec.rans import LEGACY, Coder, Step, Underrun, UnownedSlot
from tests.codec.strategies import coded

L = 1 << 23
Coded = tuple[list[int], FrequencyTable]


def table_of(frequencies: dict[int, int], scale_bits: int = 12) -> FrequencyTable:
    found = np.zeros(256, dtype=np.int64)
    found[list(frequencies)] = list(frequencies.values())
    return FrequencyTable.of_frequencies(found, scale_bits)


def decoded(
    words: Sequence[int], state: int, count: int, table: FrequencyTable, coder: Coder = LEGACY
) -> list[Step]:
    return list(rans.steps(words, state, count, table, coder))


def test_the_constants_are_those_of_the_format() -> None:
    assert (LEGACY.lower_bound, LEGACY.upper_bound) == (L, 1 << 31)
    assert (LEGACY.word_bits, LEGACY.scale_bits) == (8, 12)
    assert LEGACY.renormalise_from(1) == 1 << 19
    assert LEGACY.renormalise_from(4096) == LEGACY.upper_bound


@given(example=coded())
@settings(max_examples=300)
def test_decoding_undoes_encoding_and_ends_strictly(example: Coded) -> None:
    symbols, table = example
    words, state = rans.encode(symbols, table)
    found = decoded(words, state, len(symbols), table)
    assert [step.symbol for step in found] == symbols
    assert (found[-1].state_after if found else state) == L
    assert sum(step.words for step in found) == len(words)
    assert all(0 <= word < 256 for word in words)


@given(example=coded())
def test_states_stay_in_the_interval_and_steps_join(example: Coded) -> None:
    symbols, table = example
    words, state = rans.encode(symbols, table)
    found = decoded(words, state, len(symbols), table)
    for step in found:
        assert L <= step.state_before < L << 8
        assert L <= step.state_after < L << 8
        assert step.slot == step.state_before % 4096
        assert step.start <= step.slot < step.start + step.freq
        assert (step.freq, step.start) == (
            table.frequencies[step.symbol],
            table.starts[step.symbol],
        )
        assert step.words <= 2
    for before, after in pairwise(found):
        assert before.state_after == after.state_before
        assert before.unread - before.words == after.unread
    if found:
        assert (found[0].state_before, found[0].unread) == (state, len(words))


@given(example=coded())
def test_every_step_is_the_formula(example: Coded) -> None:
    symbols, table = example
    words, state = rans.encode(symbols, table)
    for step in decoded(words, state, len(symbols), table):
        expected = step.freq * (step.state_before >> 12) + step.slot - step.start
        for taken in range(step.words):
            assert expected < L, "no word is taken before it is needed"
            expected = expected << 8 | words[step.unread - 1 - taken]
        assert expected == step.state_after


@given(example=coded())
def test_decoding_in_parts_is_decoding(example: Coded) -> None:
    """A stream is a stack: its tail alone decodes from the state and the bytes reached there."""
    symbols, table = example
    words, state = rans.encode(symbols, table)
    found = decoded(words, state, len(symbols), table)
    if not found:
        return
    middle = found[len(found) // 2]
    rest = decoded(words[: middle.unread], middle.state_before, len(found) // 2, table)
    half = len(found) // 2
    assert rest == [step._replace(symbol_index=i) for i, step in enumerate(found[half : 2 * half])]


@pytest.mark.parametrize(
    ("frequencies", "symbols", "words"),
    [
        ({7: 4096}, [7] * 5000, 0),
        ({7: 4096}, [], 0),
        ({0: 4095, 255: 1}, [0] * 300 + [255] + [0] * 300, None),
        ({0: 4095, 255: 1}, [255] * 50, 75),
        (dict.fromkeys(range(256), 16), list(range(256)), 256),
        ({3: 1, 4: 1, 9: 4094}, [3, 4, 3, 4, 9], None),
    ],
    ids=["frequency 4096", "nothing", "frequency 4095", "frequency 1", "uniform", "zeros between"],
)
def test_tables_at_the_limits(
    frequencies: dict[int, int], symbols: list[int], words: int | None
) -> None:
    """A frequency of 4096 codes in no bits at all, and must not overflow anything."""
    table = table_of(frequencies)
    stream, state = rans.encode(symbols, table)
    assert [step.symbol for step in decoded(stream, state, len(symbols), table)] == symbols
    if words is not None:
        assert len(stream) == words
    if frequencies == {7: 4096}:
        assert state == L


def test_no_symbol_leaves_the_first_state() -> None:
    assert rans.encode([], table_of({1: 4096})) == ([], L)


@given(example=coded(longest=2000))
@settings(max_examples=50)
def test_the_size_is_the_cross_entropy(example: Coded) -> None:
    """Rounding loses or gains at most one part in 2^11 of the state at each symbol."""
    symbols, table = example
    words, state = rans.encode(symbols, table)
    bits = len(words) * 8 + np.log2(state) - 23
    ideal = cross_entropy(histogram(np.array(symbols, dtype=np.uint8)), table) * len(symbols)
    assert bits == pytest.approx(ideal, rel=0, abs=1e-3 * len(symbols) + 1e-6)


def test_a_symbol_without_a_frequency_is_refused() -> None:
    with pytest.raises(ValueError, match="symbol 9 has frequency 0"):
        rans.encode([1, 9], table_of({1: 4096}))


def test_a_table_with_a_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="sum to 8,192"):
        decoded([], L, 1, table_of({1: 4096, 2: 4096}))


@given(example=coded(), missing=st.integers(1, 5))
def test_missing_words_are_an_underrun_at_the_step_that_wants_them(
    example: Coded, missing: int
) -> None:
    """The decoder takes words from the end, so words lost at the beginning are missed last."""
    symbols, table = example
    words, state = rans.encode(symbols, table)
    kept = words[min(missing, len(words)) :]
    if len(kept) == len(words):
        return
    sound = decoded(words, state, len(symbols), table)
    first = next(i for i, s in enumerate(sound) if s.unread - s.words < len(words) - len(kept))
    found: list[Step] = []
    with pytest.raises(Underrun) as stuck:
        found.extend(rans.steps(kept, state, len(symbols), table))
    assert stuck.value.step == first
    assert stuck.value.state == sound[first].state_before
    assert stuck.value.unread == sound[first].unread - (len(words) - len(kept))


@given(state=st.integers(L, (L << 8) - 1))
def test_a_slot_without_an_owner_is_told(state: int) -> None:
    table = table_of({0: 2000, 1: 1000})
    if state % 4096 < 3000:
        (step,) = decoded([0, 0], state, 1, table)
        assert step.symbol == int(state % 4096 >= 2000)
        return
    with pytest.raises(UnownedSlot) as stuck:
        decoded([0, 0], state, 1, table)
    assert (stuck.value.step, stuck.value.state, stuck.value.unread) == (0, state, 2)


@given(words=st.lists(st.integers(0, 255), max_size=60), state=st.integers(L, (L << 8) - 1))
def test_any_bytes_decode_to_something_and_stop(words: list[int], state: int) -> None:
    """No stream of damaged bytes leaves the interval or takes a byte twice."""
    table = table_of({0: 4000, 1: 90, 2: 6})
    found: list[Step] = []
    try:
        for step in rans.steps(words, state, 500, table):
            found.append(step)
            assert L <= step.state_after < L << 8
            assert 0 <= step.words <= step.unread
    except Underrun as stuck:
        assert len(found) == stuck.step
    assert sum(step.words for step in found) <= len(words)


@pytest.mark.parametrize(
    "coder",
    [Coder(1 << 23, 8, 12), Coder(1 << 16, 16, 12), Coder(1 << 31, 32, 14), Coder(1 << 15, 8, 8)],
    ids=str,
)
def test_other_coders_round_trip_too(coder: Coder) -> None:
    total = 1 << coder.scale_bits
    table = table_of({0: 1, 1: total // 2, 200: total - total // 2 - 1}, coder.scale_bits)
    symbols = [0, 1, 1, 200, 0, 200, 200, 1] * 50
    words, state = rans.encode(symbols, table, coder)
    found = decoded(words, state, len(symbols), table, coder)
    assert [step.symbol for step in found] == symbols
    assert found[-1].state_after == coder.lower_bound
    assert all(coder.lower_bound <= s.state_after < coder.upper_bound for s in found)
