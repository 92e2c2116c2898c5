"""One mistake at a time, in every file that it can be made with: named, or honestly not.

Where a mistake changes nothing in a file, its output is right, and nothing may be found.
"""

from __future__ import annotations

import pytest

from codec.diagnosis.finding import Fault
from tests.codec.diagnosis.cases import (
    CASES,
    COPIED_CASES,
    DUMP_CASES,
    PLACEMENT_CASES,
    PREDICTION_CASES,
    STREAM_CASES,
    UNWRITTEN_CASES,
    Case,
    accepted,
    can_be_made,
    digest,
    files_of,
    harmless,
    on_files,
    output,
    refusal,
)
from tests.codec.diagnosis.judging import Findings, assert_sound, diagnosis_of, named
from tests.codec.diagnosis.subjects import SUBJECTS, Subject

ELSEWHERE = {Fault.NONDETERMINISTIC, Fault.FILE_TABLE, Fault.FILE_CORRUPT}
"""Faults that no single output shows; `test_file_faults` and `test_varying_outputs` have them."""


GROUPS = (PREDICTION_CASES, PLACEMENT_CASES, UNWRITTEN_CASES, STREAM_CASES, DUMP_CASES)


def check(subject: Subject, case: Case) -> None:
    findings = diagnosis_of(subject, case.slips)
    if harmless(subject, case.slips):
        assert findings == ()
        return
    assert_sound(subject, findings)
    if not findings:
        assert refusal(subject, case), f"{case.name} was not found: {wanted(subject, case)}"
        return
    assert named(findings) in accepted(subject, case), shown(findings)


def wanted(subject: Subject, case: Case) -> str:
    return " or ".join(" with ".join(sorted(answer)) for answer in accepted(subject, case))


def shown(findings: Findings) -> str:
    return "\n".join(f"{[*f.faults]} {f.explains:.3f} {f.detail}" for f in findings)


@pytest.mark.parametrize(("subject", "case"), on_files(PREDICTION_CASES))
def test_a_mistake_of_order_or_prediction_is_named(subject: Subject, case: Case) -> None:
    check(subject, case)


@pytest.mark.parametrize(("subject", "case"), on_files(PLACEMENT_CASES))
def test_a_mistake_of_placement_is_named(subject: Subject, case: Case) -> None:
    check(subject, case)


@pytest.mark.parametrize(("subject", "case"), on_files(UNWRITTEN_CASES))
def test_unwritten_weights_are_named(subject: Subject, case: Case) -> None:
    check(subject, case)


@pytest.mark.parametrize(("subject", "case"), on_files(COPIED_CASES))
def test_tiles_copied_to_wrong_places_are_named(subject: Subject, case: Case) -> None:
    check(subject, case)


@pytest.mark.parametrize(("subject", "case"), on_files(STREAM_CASES))
def test_a_mistake_in_the_stream_is_named(subject: Subject, case: Case) -> None:
    check(subject, case)


@pytest.mark.parametrize(("subject", "case"), on_files(DUMP_CASES))
def test_a_wrong_dump_is_named(subject: Subject, case: Case) -> None:
    check(subject, case)


@pytest.mark.parametrize("cases", GROUPS, ids=lambda cases: cases[0].name)
def test_each_mistake_shows_on_the_files_that_it_is_tried_on(cases: tuple[Case, ...]) -> None:
    """Else a case would pass for having nothing to find."""
    for turn, case in enumerate(cases):
        telling = [s.name for s in files_of(case, turn) if not harmless(s, case.slips)]
        assert len(telling) >= SHOWS_ON_FEW.get(case.name, 3), (case.name, telling)


SHOWS_ON_FEW = {
    "bias-added": 0,  # 128 added or taken away is the same modulo 256
    "states-of-lanes-reversed": 2,  # of one lane there is nothing to reverse
}


def test_every_fault_of_one_output_is_injected() -> None:
    injected = {fault for case in CASES for answer in case.answers for fault in answer}
    assert injected == set(Fault) - ELSEWHERE


def test_there_are_many_mistakes() -> None:
    assert len({case.slips for case in CASES}) >= 60


def test_outputs_are_as_wrong_as_they_seem() -> None:
    """Hardly any two mistakes give the same output: the switches are not all one."""
    subject = SUBJECTS[0]
    possible = [case for case in CASES if can_be_made(case, subject)]
    telling = [case for case in possible if not harmless(subject, case.slips)]
    assert len({digest(output(subject, case.slips)) for case in telling}) > len(telling) * 0.9
