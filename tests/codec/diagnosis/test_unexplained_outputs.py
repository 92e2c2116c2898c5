"""Outputs that no known mistake gives: nothing is said of them, or something that is true."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from codec.diagnosis.finding import Fault
from tests.codec.diagnosis.cases import output
from tests.codec.diagnosis.faulty_decoder import Matrix
from tests.codec.diagnosis.judging import diagnosis_of, findings_on, named
from tests.codec.diagnosis.slips import NONE, Slips
from tests.codec.diagnosis.subjects import EVERYTHING, SUBJECTS, Subject, some
from tests.codec.files import noise
from tests.codec.native_files import smooth

Rubbish = Callable[[Matrix], Matrix]
MOST = SUBJECTS if EVERYTHING else SUBJECTS[::3]


def right(subject: Subject) -> Matrix:
    return output(subject, NONE)


def uniform_rubbish(weights: Matrix) -> Matrix:
    return np.random.default_rng(3).integers(-128, 128, weights.shape).astype(np.int8)


def narrow_rubbish(weights: Matrix) -> Matrix:
    """Drawn with about the spread of the weights, so that many are right by chance."""
    rows, cols = weights.shape
    return noise(rows, cols, seed=77, sigma=max(float(np.std(weights)), 1))


def shuffled(weights: Matrix) -> Matrix:
    """The same weights in any order: every histogram agrees."""
    mixed = weights.reshape(-1).copy()
    np.random.default_rng(4).shuffle(mixed)
    return mixed.reshape(weights.shape)


def smooth_rubbish(weights: Matrix) -> Matrix:
    rows, cols = weights.shape
    return smooth(rows, cols, seed=78)


def one_percent_noise(weights: Matrix) -> Matrix:
    rng = np.random.default_rng(5)
    hit = rng.random(weights.shape) < 0.01
    return np.where(hit, rng.integers(-128, 128, weights.shape), weights).astype(np.int8)


def rounding(weights: Matrix) -> Matrix:
    """Every tenth weight is off by one, as of another quantiser."""
    rng = np.random.default_rng(6)
    off = rng.integers(-1, 2, weights.shape) * (rng.random(weights.shape) < 0.1)
    return (weights + off).astype(np.int8)


def one_weight(weights: Matrix) -> Matrix:
    changed = weights.copy()
    changed[weights.shape[0] // 3, weights.shape[1] // 2] ^= 0x55
    return changed


def one_more(weights: Matrix) -> Matrix:
    return weights + np.int8(1)


def negated(weights: Matrix) -> Matrix:
    return -weights


def doubled(weights: Matrix) -> Matrix:
    return weights * np.int8(2)


def moved_by_one_column(weights: Matrix) -> Matrix:
    return np.roll(weights, 1, axis=1)


def moved_by_one_row(weights: Matrix) -> Matrix:
    return np.roll(weights, 1, axis=0)


def upside_down(weights: Matrix) -> Matrix:
    return np.ascontiguousarray(weights[::-1])


def mirrored(weights: Matrix) -> Matrix:
    return np.ascontiguousarray(weights[:, ::-1])


def low_bit_lost(weights: Matrix) -> Matrix:
    return weights & np.int8(-2)


def bits_reversed(weights: Matrix) -> Matrix:
    bits = np.unpackbits(weights.view(np.uint8).reshape(-1, 1), axis=1)[:, ::-1]
    return np.packbits(bits, axis=1).reshape(weights.shape).view(np.int8)


UNEXPLAINED: tuple[Rubbish, ...] = (
    uniform_rubbish,
    narrow_rubbish,
    shuffled,
    smooth_rubbish,
    one_percent_noise,
    rounding,
    one_weight,
    negated,
    doubled,
    moved_by_one_column,
    moved_by_one_row,
    upside_down,
    mirrored,
    low_bit_lost,
    bits_reversed,
)


TURNED = {Fault.TILE_PLACEMENT, Fault.SYMBOLS_REVERSED}
"""A matrix of whole tiles that is turned round is tiles turned round in places turned round."""
TRUE_ALL_THE_SAME: dict[Rubbish, set[Fault]] = {
    upside_down: TURNED,
    mirrored: TURNED,
}


def true_of(rubbish: Rubbish, subject: Subject) -> set[Fault]:
    """What may be said of an output though nobody made that mistake: it gives the very same."""
    if rubbish is moved_by_one_row and subject.tensor.tile_rows == 1:
        return {Fault.TILE_PLACEMENT, Fault.STREAM_OFFSET}
    return TRUE_ALL_THE_SAME.get(rubbish, set())


@pytest.mark.parametrize(
    ("subject", "rubbish"),
    [
        pytest.param(subject, rubbish, id=f"{rubbish.__name__}-{subject.name}")
        for turn, rubbish in enumerate(UNEXPLAINED)
        for subject in (SUBJECTS if EVERYTHING else some(SUBJECTS, turn))
    ],
)
def test_nothing_is_said_of(subject: Subject, rubbish: Rubbish) -> None:
    findings = findings_on(subject, rubbish(right(subject)))
    assert {fault for finding in findings for fault in finding.faults} <= true_of(rubbish, subject)


@pytest.mark.parametrize("share", [0.01, 0.5])
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_weights_off_here_and_there_are_not_explained(subject: Subject, share: float) -> None:
    """Not by two mistakes that undo each other, nor by one that holds in just these places."""
    hit = np.random.default_rng(2).random(right(subject).shape) < share
    findings = findings_on(subject, right(subject) + hit.astype(np.int8))
    assert findings == ()


@pytest.mark.parametrize("value", [5, 127, -128])
@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_one_value_throughout_is_unwritten_or_nothing(subject: Subject, value: int) -> None:
    findings = findings_on(subject, np.full_like(right(subject), value))
    assert not findings or named(findings) == {Fault.UNWRITTEN}


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_zeros_are_unwritten_or_nothing(subject: Subject) -> None:
    findings = findings_on(subject, np.zeros_like(right(subject)))
    assert not findings or named(findings) == {Fault.UNWRITTEN}


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_one_weight_of_zero_is_unwritten_or_nothing(subject: Subject) -> None:
    weights = right(subject).copy()
    at = np.unravel_index(np.argmax(np.abs(weights.astype(np.int16))), weights.shape)
    weights[at] = 0
    findings = findings_on(subject, weights)
    assert not findings or named(findings) == {Fault.UNWRITTEN}


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_another_tensors_weights_are_not_explained(subject: Subject) -> None:
    other = next(s for s in SUBJECTS if s.name != subject.name and fits(s, subject))
    rows, cols = right(subject).shape
    cut = np.ascontiguousarray(np.resize(right(other), (rows, cols)))
    assert findings_on(subject, cut) == ()


def fits(other: Subject, subject: Subject) -> bool:
    return other.matrix.size >= subject.matrix.size // 2


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_all_weights_one_too_large_started_from_1_or_are_not_explained(subject: Subject) -> None:
    """Where weights are predicted, it is a 1 before the first of each tile; else a bias of 127, or a table read
    one off."""
    findings = findings_on(subject, one_more(right(subject)))
    unpredicted = "none" in subject.name
    allowed = {Fault.BIAS, Fault.FREQUENCY_TABLE} if unpredicted else {Fault.ROW_START_PREDICTOR}
    assert {fault for finding in findings for fault in finding.faults} <= allowed


STRANGE = {
    "pairs-of-symbols-swapped": Slips(order="swapped in pairs"),
    "sign-and-magnitude": Slips(dump="magnitude"),
}


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
@pytest.mark.parametrize("slips", STRANGE.values(), ids=STRANGE.keys())
def test_a_mistake_that_is_not_known_is_not_taken_for_one_that_is(
    subject: Subject, slips: Slips
) -> None:
    assert diagnosis_of(subject, slips) == ()


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_tiles_upside_down_are_misplaced_or_not_explained(subject: Subject) -> None:
    findings = diagnosis_of(subject, Slips(tile="upside down", copied=True))
    assert {fault for finding in findings for fault in finding.faults} <= TURNED


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_rows_filled_in_backwards_are_turned_round_or_not_explained(subject: Subject) -> None:
    """The symbols of each row in reverse: not a known mistake, but it may be put together from two."""
    findings = diagnosis_of(subject, Slips(order="rows reversed"))
    assert {fault for finding in findings for fault in finding.faults} <= TURNED


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_a_mistake_under_noise_is_named_or_not(subject: Subject) -> None:
    findings = findings_on(subject, one_percent_noise(output(subject, Slips(order="reversed"))))
    assert not findings or named(findings) == {Fault.SYMBOLS_REVERSED}


@pytest.mark.parametrize("subject", MOST, ids=lambda subject: subject.name)
def test_a_transposed_matrix_is_misplaced_or_nothing(subject: Subject) -> None:
    turned = np.ascontiguousarray(np.resize(right(subject).T, right(subject).shape))
    findings = findings_on(subject, turned)
    assert not findings or named(findings) in ({Fault.TILE_PLACEMENT}, {Fault.ROW_STRIDE})
