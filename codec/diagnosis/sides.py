"""Whose fault it is: each side is held against what the file decodes to, and diagnosed where it differs.

What the file itself does wrong is found elsewhere, in `file_faults`; tiles that do not decode are its business alone.
"""

from __future__ import annotations

import numpy as np

from codec.comparison.comparison import Comparison
from codec.comparison.output import Output
from codec.container import Container
from codec.decoders.availability import choose
from codec.decoders.base import Tick
from codec.diagnosis.dump_types import dumps, outside_int8
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.scoring import CLAIM
from codec.diagnosis.verdict import explain, findings_of, type_findings
from codec.diagnosis.wording import ranges
from codec.errors import DecodeError

HALF = 0.5
"""Share of the wrong weights that may be explained where another type of the weights is still thought of."""

STEPS = 100
"""What progress is told in: nobody knows how many hypotheses it takes."""


def diagnosed(container: Container, comparison: Comparison, tick: Tick) -> tuple[Finding, ...]:
    """As `codec.diagnosis.diagnose`."""
    varying = _varying(comparison)
    if comparison.equal:
        return tuple(varying)
    tick(0, STEPS)
    decoder = choose()
    try:
        truth = decoder.decode(container, comparison.tensor)
    except DecodeError:
        return (*_file_findings(container, comparison, tick), *varying)
    found = list[Finding]()
    for number, output in enumerate((comparison.left, comparison.right)):
        evidence = Evidence(container, comparison.tensor, output, truth, decoder)
        found += _of_side(evidence, comparison, number, tick)
    file = _file_findings(container, comparison, tick)
    # A run that differs from the next is its own explanation, unless a mistake explains just this one.
    return (*found, *file, *varying)


def _file_findings(container: Container, comparison: Comparison, tick: Tick) -> list[Finding]:
    try:
        from codec.diagnosis.file_faults import file_findings
    except ImportError:
        return []
    return file_findings(container, comparison, tick)


def _of_side(evidence: Evidence, comparison: Comparison, side: int, tick: Tick) -> list[Finding]:
    """What explains one side."""
    done = 0

    def check() -> None:
        nonlocal done
        done = min(done + 1, STEPS // 2 - 1)
        tick(done + side * (STEPS // 2), STEPS)

    output = evidence.output
    wide = bool(output.weights.size) and outside_int8(output.weights)
    if not len(evidence.wrong) and not wide:
        return []
    found = type_findings(evidence, _differing(evidence, comparison), side) if wide else []
    if found:
        return found
    explanation = explain(evidence, check)
    kinds = list(dumps(evidence))
    named = next((dump for dump in kinds if dump.same_bytes), None) if wide else None
    if explanation is not None and explanation.share >= CLAIM:
        return findings_of(explanation, side, named)
    if not wide:
        found = type_findings(evidence, _differing(evidence, comparison), side)
    if explanation is None or explanation.share < HALF:
        for dump in (kind for kind in kinds if not kind.same_bytes):
            if found:
                return found
            other = explain(evidence.with_found(dump.found), check)
            if other is not None and other.share >= CLAIM and not other.free:
                found = findings_of(other, side, dump)
    if found or explanation is None:
        return found
    return findings_of(explanation, side, named)


def _differing(evidence: Evidence, comparison: Comparison) -> int:
    """Weights of the side that are not the true ones, whatever their type."""
    wide = evidence.output.weights
    if wide.dtype == np.int8:
        return int(evidence.differing.sum())
    return int((wide != evidence.true).sum())


def _varying(comparison: Comparison) -> list[Finding]:
    """A side that came out differently when it was run again."""
    return [
        _varies(comparison, output, side)
        for side, output in enumerate((comparison.left, comparison.right))
        if output.varying is not None and output.varying.any()
    ]


def _varies(comparison: Comparison, output: Output, side: int) -> Finding:
    tiles = np.flatnonzero(output.varying) if output.varying is not None else np.zeros(0, np.int64)
    inside = int(comparison.tile_differing[tiles].sum())
    share = inside / comparison.differing if comparison.differing else 1.0
    detail = (
        f"{output.title} does not give the same twice: tiles {ranges(tiles)} came out differently when it was run again. "
        "Look for memory that is read before it is written, and for threads that read what others write."
    )
    return Finding((Fault.NONDETERMINISTIC,), share, share, detail, tiles, side)
