"""Decoders that give something else each time."""

from __future__ import annotations

import numpy as np
import pytest

from codec.container import Tensor
from codec.diagnosis.finding import Fault
from tests.codec.diagnosis.cases import output
from tests.codec.diagnosis.faulty_decoder import Matrix, side
from tests.codec.diagnosis.judging import Findings, assert_sound, findings_between
from tests.codec.diagnosis.slips import NONE, Slips
from tests.codec.diagnosis.subjects import SUBJECTS, Subject


def raced(subject: Subject, weights: Matrix, tiles: list[int], share: float = 0.5) -> Matrix:
    """The weights with some of those of some tiles replaced by chance."""
    rng = np.random.default_rng(11)
    weights = weights.copy()
    for tile in tiles:
        place = subject.tensor.rectangle(tile)
        rows, cols = (
            slice(place.row, place.row + place.rows),
            slice(place.col, place.col + place.cols),
        )
        hit = rng.random((place.rows, place.cols)) < share
        other = rng.integers(-128, 128, hit.shape).astype(np.int8)
        weights[rows, cols] = np.where(hit, other, weights[rows, cols])
    return weights


def varying(tensor: Tensor, tiles: list[int]) -> np.ndarray:
    marks = np.zeros(len(tensor.tiles), dtype=bool)
    marks[tiles] = True
    return marks


def findings_of(subject: Subject, weights: Matrix, tiles: list[int]) -> Findings:
    right = side(output(subject, NONE), "right")
    varied = side(weights, varying=varying(subject.tensor, tiles))
    return findings_between(subject.container, right, varied)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_tiles_that_vary_are_named(subject: Subject) -> None:
    last = len(subject.tensor.tiles) - 1
    tiles = sorted({min(1, last), last})
    findings = findings_of(subject, raced(subject, output(subject, NONE), tiles), tiles)
    assert_sound(subject, findings)
    assert findings[0].faults == (Fault.NONDETERMINISTIC,)
    assert findings[0].tiles.tolist() == tiles


@pytest.mark.parametrize("subject", SUBJECTS[:3], ids=lambda subject: subject.name)
def test_all_tiles_vary(subject: Subject) -> None:
    tiles = list(range(len(subject.tensor.tiles)))
    findings = findings_of(subject, raced(subject, output(subject, NONE), tiles, 0.9), tiles)
    assert findings[0].faults == (Fault.NONDETERMINISTIC,)


@pytest.mark.parametrize("subject", SUBJECTS[:5], ids=lambda subject: subject.name)
def test_what_is_wrong_in_every_run_is_named_besides(subject: Subject) -> None:
    """Reversed everywhere, and in one tile rubbish that changes from run to run."""
    weights = raced(subject, output(subject, Slips(order="reversed")), [1])
    findings = findings_of(subject, weights, [1])
    assert_sound(subject, findings)
    named = {fault for finding in findings for fault in finding.faults}
    assert Fault.NONDETERMINISTIC in named
    assert named <= {Fault.NONDETERMINISTIC, Fault.SYMBOLS_REVERSED}


@pytest.mark.parametrize("subject", SUBJECTS[:3], ids=lambda subject: subject.name)
def test_runs_that_agree_vary_nowhere(subject: Subject) -> None:
    findings = findings_of(subject, output(subject, Slips(order="reversed")), [])
    assert findings[0].faults == (Fault.SYMBOLS_REVERSED,)


@pytest.mark.parametrize("subject", SUBJECTS[:3], ids=lambda subject: subject.name)
def test_a_right_output_that_varied_is_called_nothing_else(subject: Subject) -> None:
    """This run was right, another was not: to say that it varies is true, all else is not."""
    findings = findings_of(subject, output(subject, NONE), [0])
    assert {fault for finding in findings for fault in finding.faults} <= {Fault.NONDETERMINISTIC}
