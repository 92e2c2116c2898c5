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
from codec.diagnosis.explaining import Explaining
from codec.diagnosis.file_faults import file_findings
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.lost_streams import lost_streams
from codec.diagnosis.scoring import CLAIM
from codec.diagnosis.verdict import findings_of, type_findings
from codec.diagnosis.wording import ranges
from codec.errors import DecodeError

LEAST_RETYPED = 0.25
"""Share of the weights that is wrong at least where all of them have the wrong type."""

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
        return (*file_findings(container, comparison, tick), *varying)
    found, unexplained = list[Finding](), dict[int, Evidence]()
    for number, output in enumerate((comparison.left, comparison.right)):
        evidence = Evidence(container, comparison.tensor, output, truth, decoder)
        if output.varying is not None and output.varying.any():
            # What comes out differently each time is no mistake that could be played again.
            evidence = evidence.only(np.flatnonzero(~output.varying))
        own = _of_side(evidence, number, tick)
        if not own and len(evidence.wrong):
            unexplained[number] = evidence
        found += own
    file = file_findings(container, comparison, tick, truth)
    if not found and not file and not varying:
        found = [
            one for side, evidence in unexplained.items() for one in lost_streams(evidence, side)
        ]
    # A run that differs from the next is its own explanation, unless a mistake explains just this one.
    return (*found, *file, *varying)


def _of_side(evidence: Evidence, side: int, tick: Tick) -> list[Finding]:
    """What explains one side."""
    done = 0

    def check() -> None:
        nonlocal done
        done = min(done + 1, STEPS // 2 - 1)
        tick(done + side * (STEPS // 2), STEPS)

    wide = bool(evidence.output.weights.size) and outside_int8(evidence.output.weights)
    if not len(evidence.wrong) and not wide:
        return []
    named = next((dump for dump in dumps(evidence) if dump.same_bytes), None) if wide else None
    explaining = Explaining(evidence, check)
    simple = explaining.simply() if len(evidence.wrong) else None
    if simple is not None and not simple.free:
        return findings_of(simple, side, named)
    typed = type_findings(evidence, _differing(evidence), side)
    if typed:
        return typed
    explanation = explaining.deeply()
    if explanation is not None:
        return findings_of(explanation, side, named)
    wrong = int(evidence.differing.sum())
    if wrong < LEAST_RETYPED * evidence.true.size or not evidence.telling(evidence.wrong).any():
        return []
    for dump in (kind for kind in dumps(evidence) if not kind.same_bytes):
        other = Explaining(evidence.with_found(dump.found), check)
        found = other.simply() or other.deeply(everything=False)
        # Held against what was really wrong: two mistakes that undo each other would explain all that they make.
        if found is not None and not found.free and found.left <= (1 - CLAIM) * wrong:
            return findings_of(found, side, dump)
    return []


def _differing(evidence: Evidence) -> int:
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
        f"{output.title} does not give the same twice: tiles {ranges(tiles)} came out differently when it was run "
        "again. Look for memory that is read before it is written, and for threads that read what others write."
    )
    return Finding((Fault.NONDETERMINISTIC,), share, share, detail, tiles, side)
