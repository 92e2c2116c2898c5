"""How the tests ask for a diagnosis, and what must hold of any finding, right or wrong."""

from __future__ import annotations

import numpy as np

from codec.comparison.comparison import Comparison, compare
from codec.comparison.output import Output
from codec.container import Container
from codec.diagnosis import diagnose
from codec.diagnosis.finding import Fault, Finding
from tests.codec.diagnosis.cases import output
from tests.codec.diagnosis.faulty_decoder import Matrix, side
from tests.codec.diagnosis.slips import NONE, Slips
from tests.codec.diagnosis.subjects import Subject

Findings = tuple[Finding, ...]


def diagnosis_of(subject: Subject, slips: Slips) -> Findings:
    """What is found in the output of the faulty decoder."""
    return findings_on(subject, output(subject, slips))


def findings_on(subject: Subject, weights: Matrix) -> Findings:
    """What is found in an output, held against the right one."""
    return findings_between(subject.container, side(output(subject, NONE), "right"), side(weights))


def findings_between(container: Container, left: Output, right: Output) -> Findings:
    return diagnose(container, compared(container, left, right))


def compared(container: Container, left: Output, right: Output) -> Comparison:
    return compare(container.tensors[0], left, right)


def named(findings: Findings) -> frozenset[Fault]:
    """The faults of the finding that stands first."""
    return frozenset(findings[0].faults)


def cause_unknown(finding: Finding) -> bool:
    """Whether it says where streams are lost, and not why."""
    return finding.faults == (Fault.DESYNC,) and finding.explains == 0


def assert_sound(subject: Subject, findings: Findings, side: int = 1) -> None:
    """What holds of every finding."""
    for finding in findings:
        assert finding.faults
        assert len(set(finding.faults)) == len(finding.faults)
        # That a stream is lost, nobody knows why, is all that is said: it predicts nothing.
        assert 0 < finding.explains <= 1 or cause_unknown(finding)
        assert 0 <= finding.explains_symbols <= 1
        assert finding.detail.strip().endswith(".")
        assert finding.side == side
        tiles = np.asarray(finding.tiles)
        assert np.all(np.diff(tiles) > 0)
        assert np.isin(tiles, np.arange(len(subject.tensor.tiles))).all()
