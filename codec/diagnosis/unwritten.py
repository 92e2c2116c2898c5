"""Weights that were never written: parts of the matrix with a plain shape that hold one and the same value.

What stands there is what the memory held before, as a rule 0. A part counts where the truth is something else in so
many weights that chance is out of the question, and it has a shape that a mistake in a program has: rows or columns
from one on, every other one, whole tiles, or the ends of tiles or of the matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.matrix_counts import both, values_count
from codec.diagnosis.unwritten_parts import LEAST_WEIGHTS, Holding, Part, parts_of
from codec.diagnosis.wording import listed

Mask = NDArray[np.bool_]

LEAST_BITS = 40.0
"""Surprise from which on a part that holds one value is taken for unwritten: far beyond all parts of a matrix."""

MOST_PARTS = 3


@dataclass(frozen=True, eq=False)
class Unwritten:
    """Parts of a matrix that were never written.

    Attributes:
        mask: bool[rows, cols], where.
        where: the same in words.
        fill: what stands there; None where that is not one value.
        advice: what to look for.
        parts: of how many parts it is made.
    """

    mask: Mask
    where: str
    fill: int | None
    advice: str
    parts: int = 1

    @property
    def sentence(self) -> str:
        """For a programmer."""
        holds = "" if self.fill is None else f"; the memory holds {self.fill} there"
        return f"Never written: {self.where}{holds}. {self.advice}"


def unwritten(evidence: Evidence) -> Unwritten | None:
    """What was never written; None where nothing is known to be."""
    wrong: Mask = evidence.wrong_weights
    if not wrong.any():
        return None
    if evidence.output.written is not None:
        return _known(evidence, ~evidence.output.written, wrong)
    best: tuple[float, Unwritten] | None = None
    often = values_count(evidence.true.view(np.uint8))
    holds = np.empty(evidence.found.shape, dtype=np.bool_)
    for fill in _fills(evidence, wrong):
        bits = _bits(int(often[fill & 255]), evidence.true.size)
        found = _parts(evidence, np.equal(evidence.found, fill, out=holds), wrong, bits)
        if found and (best is None or found[0].covers * bits > best[0]):
            best = found[0].covers * bits, _joined(found, fill)
    return None if best is None else best[1]


def _known(evidence: Evidence, missing: Mask, wrong: Mask) -> Unwritten | None:
    """What the side itself says it did not write, where that makes a difference."""
    if not both(missing, wrong):
        return None
    values = np.unique(evidence.found[missing])
    fill = int(values[0]) if len(values) == 1 else None
    parts = _parts(evidence, missing, wrong & missing, math.inf)
    covered = np.zeros_like(missing)
    for part in parts:
        covered |= part.mask()
    if parts and not (missing & wrong & ~covered).any():
        return Unwritten(missing, _joined(parts, fill).where, fill, parts[0].advice)
    where = f"{int(missing.sum()):,} weights, which the decoder itself reports as not written"
    return Unwritten(missing, where, fill, "Check what decides whether a weight is written.")


def _fills(evidence: Evidence, wrong: Mask) -> list[int]:
    """Values that unwritten memory may hold here: 0, and what wrong weights hold most."""
    counts = np.zeros(256, dtype=np.int64)
    for tile in evidence.sampled:
        place = evidence.tensor.rectangle(tile)
        inside = wrong[place.row : place.row + place.rows, place.col : place.col + place.cols]
        counts += np.bincount(evidence.found_tile(tile)[inside], minlength=256)
    common = np.argsort(counts, kind="stable")[::-1][:3].astype(np.uint8).view(np.int8)
    # The ends of the range are what sums are clipped to, and what a decoder gives that is lost in a table.
    common = common[np.abs(common.astype(np.int64) * 2 + 1) != 255]
    often = [int(value) for value in common if counts[value] >= LEAST_WEIGHTS]
    return sorted(often, key=lambda value: value != 0)


def _bits(count: int, size: int) -> float:
    """How surprising it is that a weight holds a value that is right in `count` of `size` weights: bits."""
    return -math.log2(min((count + 1) / (size + 2), 0.5))


def _joined(parts: list[Part], fill: int | None) -> Unwritten:
    mask = parts[0].mask().copy()
    for part in parts[1:]:
        mask |= part.mask()
    where = listed([part.where for part in parts])
    return Unwritten(mask, where, fill, parts[0].advice, len(parts))


def _parts(evidence: Evidence, holds: Mask, wrong: Mask, bits: float) -> list[Part]:
    """The parts that explain most, largest first, none of which the others explain."""
    candidates = list(parts_of(evidence, Holding(holds, wrong)))
    chosen: list[Part] = []
    left = wrong
    while candidates and len(chosen) < MOST_PARTS:
        best = _next(candidates, left, counted=not chosen)
        if best.covers < LEAST_WEIGHTS or best.covers * bits < LEAST_BITS:
            break
        chosen.append(best)
        left = left & ~best.mask()
    return chosen


def _next(candidates: list[Part], left: Mask, *, counted: bool) -> Part:
    """Takes out the candidate that covers most of what is left.

    What candidates cover only becomes less as others are chosen, so that only those are counted again that might
    be best.

    Args:
        candidates: to choose from, at least one.
        left: bool[rows, cols], wrong weights that none of those chosen before covers.
        counted: whether that is what the candidates' numbers are of.
    """
    known = set(candidates if counted else ())
    while True:
        place = max(range(len(candidates)), key=lambda i: candidates[i].covers)
        best = candidates[place]
        if best in known or not best.covers:
            return candidates.pop(place)
        candidates[place] = replace(best, covers=best.count(left))
        known.add(candidates[place])
