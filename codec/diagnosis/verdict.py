"""What an explanation says: findings, in words for a programmer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.dump_types import Dump, dumps, read_as_bytes
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.explanation import Confirmed, Explanation
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.pipeline import Start
from codec.diagnosis.scoring import CLAIM
from codec.diagnosis.wording import percent, tiles_word

Numbers = NDArray[np.int64]


def findings_of(explanation: Explanation, side: int, dump: Dump | None = None) -> list[Finding]:
    """What is told of an explanation: itself, and those that predict the same."""
    evidence = explanation.evidence
    faults = _ordered(explanation)
    if dump is not None:
        faults = (*faults, Fault.DTYPE)
    share = min(explanation.predicted, 1.0)
    wrong = sum(int(part.unexplained.sum()) for part in explanation.parts)
    tiles = _tiles(explanation)
    weights = sum(evidence.tensor.rectangle(int(tile)).size for tile in tiles)
    symbols = 1 - wrong / weights if weights else share
    first = Finding(faults, share, symbols, _detail(explanation, dump), tiles, side)
    found = [first]
    one = sum(bool(part.hypothesis.mistakes) for part in explanation.parts) == 1
    if one and explanation.missing is None and dump is None:
        for rival in explanation.parts[-1].rivals:
            detail = f"Predicts the same here: {rival.sentences(evidence.tensor)}"
            found.append(Finding(rival.faults, share, symbols, detail, tiles, side))
    return found


def _tiles(explanation: Explanation) -> Numbers:
    """The tiles in which something holds."""
    evidence = explanation.evidence
    holds = np.zeros(len(evidence.tensor.tiles), dtype=np.bool_)
    for part in explanation.parts:
        holds |= part.holds
    if explanation.missing is not None:
        missing = explanation.missing.mask & evidence.wrong_weights
        for tile in evidence.wrong.tolist():
            place = evidence.tensor.rectangle(tile)
            inside = missing[place.row : place.row + place.rows, place.col : place.col + place.cols]
            holds[tile] |= bool(inside.any())
    return np.flatnonzero(holds)


def _ordered(explanation: Explanation) -> tuple[Fault, ...]:
    """All faults, the weightier first: those of which much more depends on than on the others."""
    weights: dict[Fault, int] = {}
    for part in explanation.parts:
        for fault in part.hypothesis.faults:
            weights[fault] = weights.get(fault, 0) + int(part.explained.sum())
    if explanation.missing is not None:
        weights[Fault.UNWRITTEN] = explanation.unwritten
    heaviest = max(weights.values(), default=0)
    order = list(Fault)
    return tuple(
        sorted(weights, key=lambda fault: (2 * weights[fault] < heaviest, order.index(fault)))
    )


def _detail(explanation: Explanation, dump: Dump | None) -> str:
    """What holds where, in sentences."""
    tensor = explanation.evidence.tensor
    wrong = len(explanation.evidence.wrong)
    said = []
    for part in explanation.parts:
        said.append(part.hypothesis.sentences(tensor))
        if not part.hypothesis.mistakes:
            handed = tiles_word(np.flatnonzero(part.holds), len(tensor.tiles))
            said.append(
                f"What is wrong {handed} follows from the tiles that these are predicted from."
            )
            continue
        where = tiles_word(np.flatnonzero(part.holds), len(tensor.tiles))
        said.append(_share_words(part, explanation, where))
    if explanation.missing is not None:
        said.append(explanation.missing.sentence)
    if dump is not None:
        said.append(dump.detail)
    left = explanation.total - explanation.explained
    if left:
        open_tiles = wrong - len(_tiles(explanation))
        more = f", in {open_tiles:,} more tiles" if open_tiles else ""
        said.append(f"Not explained: {left:,} of {explanation.total:,} wrong weights{more}.")
    return " ".join(part for part in said if part)


def _share_words(part: Confirmed, explanation: Explanation, where: str) -> str:
    """How much a hypothesis predicts, and where."""
    holds = np.flatnonzero(part.holds)
    wrong = int(explanation.evidence.differing[holds].sum())
    if explanation.missing is not None:
        inside = explanation.evidence.only(holds).wrong_weights & ~explanation.missing.mask
        wrong = int(inside.sum())
    share = int(part.explained.sum()) / wrong if wrong else 1.0
    if part.hypothesis.pipeline.start is Start.UNKNOWN:
        return (
            f"Inside rows {percent(share)} of the differences are explained {where}: each row follows exactly from the "
            "weight found at its start."
        )
    return f"This predicts {percent(share)} of the wrong weights {where}."


def type_findings(evidence: Evidence, differing: int, side: int) -> list[Finding]:
    """Findings where the output is right but for its type."""
    tiles = np.flatnonzero(evidence.considered)
    for dump in dumps(evidence):
        wrong = int(evidence.with_found(dump.found).differing.sum())
        if wrong <= (1 - CLAIM) * differing:
            share = 1 - wrong / max(differing, 1)
            return [Finding((Fault.DTYPE,), share, share, dump.detail, tiles, side)]
    bytes_read = read_as_bytes(evidence)
    if bytes_read is not None:
        predicted, detail = bytes_read
        wrong = int(((predicted != evidence.found) & evidence.wrong_weights).sum())
        if wrong <= (1 - CLAIM) * differing:
            share = 1 - wrong / max(differing, 1)
            return [Finding((Fault.DTYPE,), share, share, detail, tiles, side)]
    return []
