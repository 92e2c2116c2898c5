"""Which side is at fault, and what a side that tells more than its weights adds."""

from __future__ import annotations

import re

import numpy as np
import pytest

from codec.diagnosis.finding import Fault
from tests.codec.diagnosis.cases import output
from tests.codec.diagnosis.faulty_decoder import side
from tests.codec.diagnosis.judging import diagnosis_of, findings_between, named
from tests.codec.diagnosis.slips import NONE, Slips
from tests.codec.diagnosis.subjects import SUBJECTS, Subject
from tests.codec.diagnosis.wrong_streams import table_of

BY_NAME = {subject.name: subject for subject in SUBJECTS}
REVERSED = Slips(order="reversed")
UNWRITTEN = Slips(skipped="rows")
SOME = SUBJECTS[::3]


@pytest.mark.parametrize("subject", SOME, ids=lambda subject: subject.name)
def test_the_left_side_may_be_the_one_at_fault(subject: Subject) -> None:
    left, right = side(output(subject, REVERSED)), side(output(subject, NONE))
    findings = findings_between(subject.container, left, right)
    assert named(findings) == {Fault.SYMBOLS_REVERSED}
    assert {finding.side for finding in findings} == {0}


@pytest.mark.parametrize("subject", SUBJECTS[:5], ids=lambda subject: subject.name)
def test_both_sides_may_be_at_fault(subject: Subject) -> None:
    left, right = side(output(subject, REVERSED)), side(output(subject, UNWRITTEN))
    findings = findings_between(subject.container, left, right)
    faults = {number: [f.faults for f in findings if f.side == number] for number in (0, 1)}
    assert faults[0][0] == (Fault.SYMBOLS_REVERSED,)
    assert faults[1][0] == (Fault.UNWRITTEN,)


@pytest.mark.parametrize("subject", SOME, ids=lambda subject: subject.name)
def test_two_outputs_that_are_wrong_alike_do_not_differ(subject: Subject) -> None:
    wrong = side(output(subject, REVERSED))
    assert findings_between(subject.container, wrong, wrong) == ()


@pytest.mark.parametrize("subject", SOME, ids=lambda subject: subject.name)
def test_a_side_that_tells_where_it_wrote_is_believed(subject: Subject) -> None:
    """What it left out holds rubbish, which the weights alone would not explain."""
    slips = Slips(skipped="a tile", memory="rubbish")
    marked = np.ones(subject.matrix.shape, dtype=bool)
    place = subject.tensor.rectangle(len(subject.tensor.tiles) // 2)
    marked[place.row : place.row + place.rows, place.col : place.col + place.cols] = False
    told = side(output(subject, slips), written=marked)
    findings = findings_between(subject.container, side(output(subject, NONE)), told)
    assert Fault.UNWRITTEN in findings[0].faults


@pytest.mark.parametrize("subject", SOME, ids=lambda subject: subject.name)
def test_a_side_that_tells_its_table_is_believed(subject: Subject) -> None:
    """A table from nowhere, which could not be guessed."""
    slips = Slips(table="even")
    told = side(output(subject, slips), table=table_of(subject.container, subject.tensor, slips))
    findings = findings_between(subject.container, side(output(subject, NONE)), told)
    assert findings
    assert named(findings) == {Fault.FREQUENCY_TABLE}


STEPS = {
    "batched-narrow-square": Slips(skip_at=200, only_tile=4),
    "batched-uniform-wide-edges": Slips(skip_at=333, only_tile=3),
    "wcdc-uniform-square": Slips(skip_at=500, only_tile=3),
    "native-single-narrow-left": Slips(skip_at=411, skip=2, only_tile=2),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_symbol_is_named_from_which_on_a_decoder_was_lost(name: str) -> None:
    """Its number, or one of the next few: the first symbols behind it may be right by chance."""
    subject, slips = BY_NAME[name], STEPS[name]
    finding = diagnosis_of(subject, slips)[0]
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", finding.detail)]
    assert finding.faults == (Fault.DESYNC,)
    assert any(slips.skip_at - 2 <= number <= slips.skip_at + 8 for number in numbers), (
        finding.detail
    )
    assert finding.tiles.tolist() == [slips.only_tile]


@pytest.mark.parametrize("subject", SOME, ids=lambda subject: subject.name)
def test_the_one_missing_tile_is_named(subject: Subject) -> None:
    findings = diagnosis_of(subject, Slips(skipped="a tile", memory="0xCD", copied=True))
    assert findings[0].tiles.tolist() == [len(subject.tensor.tiles) // 2]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_a_diagnosis_is_the_same_each_time(subject: Subject) -> None:
    first, second = (diagnosis_of(subject, REVERSED) for _ in range(2))
    assert [(f.faults, f.explains, f.detail) for f in first] == [
        (f.faults, f.explains, f.detail) for f in second
    ]
