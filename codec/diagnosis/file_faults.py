"""Findings against the file itself: the decoder is right, and what it was given is not what was encoded.

The judge fails on tiles of the file, or on all of it. Where the other side of the comparison holds the weights that
were encoded, encoding them again shows what the file should be, and so where it is damaged. Nothing is said of a
tile that the judge decodes: its bytes are a sound stream, of whatever weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.comparison.comparison import Comparison
from codec.container import Coding, Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import DecodedTensor, Tick, no_tick
from codec.decoders.streams import Status
from codec.diagnosis.evidence import low_bytes
from codec.diagnosis.file_tables import (
    UsedTable,
    as_original,
    coded_with,
    differences,
    table_problems,
    unusable,
)
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.stream_damage import FAILED, Damage, damage_of, sentence
from codec.diagnosis.wording import percent, ranges
from codec.errors import DecodeError
from codec.problems import CATALOGUE

Numbers = NDArray[np.int64]
Matrix = NDArray[np.int8]

MOST_TESTED = 64
"""Failing tiles that are encoded again: the first ones, the last ones and some between."""

TOLD = 3
"""Damaged tiles that are described one by one."""

TABLE_TILES = 2
"""Failing tiles that a table must explain, byte for byte."""


def file_findings(
    container: Container,
    comparison: Comparison,
    tick: Tick = no_tick,
    truth: DecodedTensor | None = None,
) -> list[Finding]:
    """What is wrong with the file, as far as a comparison shows it; none where the judge decodes all of it.

    Args:
        container: the file.
        comparison: two outputs of one of its tensors.
        tick: told (tiles encoded again, tiles in all).
        truth: what the judge makes of the tensor, where that is known already.

    Raises:
        Cancelled: `tick` says so.
    """
    tensor = comparison.tensor
    if comparison.equal:
        return []
    if tensor.refusal:
        return _refused(container, comparison)
    try:
        truth = choose().decode(container, tensor, tick) if truth is None else truth
    except DecodeError:
        return []
    return _Failures(container, comparison, truth, tick).findings()


def _refused(container: Container, comparison: Comparison) -> list[Finding]:
    """A tensor of which nothing can be decoded, where its table is the reason."""
    tensor = comparison.tensor
    problem = unusable(container, tensor)
    if problem is None:
        return []
    said = f"The decoder is not at fault: the file's table cannot be decoded with. {_capital(problem.message)}."
    cause = problem.cause or CATALOGUE[problem.code].likely_cause
    sides = (comparison.right, comparison.left)
    shaped = [low_bytes(side.weights) for side in sides if side.weights.any()]
    if any(as_original(tensor, weights) for weights in shaped):
        proof = (
            f" {_capital(cause)}: repeating that on the other side's weights gives exactly this table. No decoder can "
            "recover the weights; encode them again."
        )
    else:
        used = _used_table(container, tensor, shaped)
        proof = f" {_capital(cause)}." if used is None else f" {_told(tensor, used)}"
    tiles = np.arange(len(tensor.tiles), dtype=np.int64)
    return [Finding((Fault.FILE_TABLE,), 1.0, 1.0, said + proof, tiles, _file_side(comparison))]


def _used_table(container: Container, tensor: Tensor, shaped: list[Matrix]) -> UsedTable | None:
    """The table that the streams were coded with, if one side has their weights."""
    tiles = _smallest(tensor, np.arange(len(tensor.tiles)))
    found = (coded_with(container, tensor, weights, tiles) for weights in shaped)
    return next((used for used in found if used is not None), None)


def _smallest(tensor: Tensor, tiles: Numbers) -> list[int]:
    """Some of the tiles coded by rANS, those with the shortest streams that still prove something."""
    coded = [int(t) for t in tiles if tensor.coding(int(t)) is Coding.RANS]
    coded = [t for t in coded if tensor.tiles["readable"][t]]
    return sorted(coded, key=lambda t: int(tensor.tiles["size"][t]))[-TABLE_TILES:]


def _told(tensor: Tensor, used: UsedTable) -> str:
    """Which table was used, and where the file's differs."""
    return (
        f"Its streams were coded with another table than the one that stands in it: with {used.says} the other "
        f"side's weights give them byte for byte. In the file {differences(tensor.table, used.table)}. Put that "
        "table into the file, or encode the weights again."
    )


def _file_side(comparison: Comparison) -> int:
    """The side that shows the file's fault: the one that a decoder gave, of two such the left one."""
    return int(comparison.left.reads is None and comparison.right.reads is not None)


class _Failures:
    """The tiles of a tensor on which the judge fails."""

    def __init__(
        self, container: Container, comparison: Comparison, truth: DecodedTensor, tick: Tick
    ) -> None:
        self._container, self._comparison = container, comparison
        self._tensor, self._truth, self._tick = comparison.tensor, truth, tick
        status = truth.reads["status"]
        differs = comparison.tile_differing > 0
        self._bad: Numbers = np.flatnonzero((status != Status.OK) & differs)
        self._failed: Numbers = np.flatnonzero(np.isin(status, list(FAILED)))

    def findings(self) -> list[Finding]:
        """What the failures come from."""
        if not len(self._bad) or not len(self._failed):
            return []
        for side in (1, 0):
            output = (self._comparison.left, self._comparison.right)[side]
            weights = low_bytes(output.weights)
            if np.array_equal(weights, self._truth.weights):
                continue
            found = self._proved(weights, 1 - side)
            if found:
                return found
        return self._unproved()

    def _proved(self, weights: Matrix, side: int) -> list[Finding]:
        """What encoding a side's weights again proves; none where it proves nothing."""
        damages = []
        tested = self._tested()
        for number, tile in enumerate(tested):
            self._tick(number, len(tested))
            damage = damage_of(self._container, self._tensor, weights, tile)
            if damage is not None:
                damages.append(damage)
        if damages:
            return [self._damaged(damages, len(tested), side)]
        tiles = _smallest(self._tensor, self._failed)
        used = coded_with(self._container, self._tensor, weights, tiles)
        if used is None:
            return []
        said = f"The decoder is not at fault: the file's table does not fit its data. {_told(self._tensor, used)}"
        return [Finding((Fault.FILE_TABLE,), self._share(self._bad), 1.0, said, self._bad, side)]

    def _tested(self) -> list[int]:
        """Failing tiles that are encoded again."""
        count = min(len(self._failed), MOST_TESTED)
        places = np.unique(np.linspace(0, len(self._failed) - 1, count).astype(np.int64))
        chosen: list[int] = self._failed[places].tolist()
        return chosen

    def _damaged(self, damages: list[Damage], tested: int, side: int) -> Finding:
        """Streams that are damaged, and where."""
        proved = {damage.tile for damage in damages}
        untested = set(self._failed.tolist()) - set(self._tested())
        behind = set(self._bad.tolist()) - set(self._failed.tolist())
        tiles = np.array(
            sorted((proved | untested | behind) & set(self._bad.tolist())), dtype=np.int64
        )
        told = " ".join(sentence(damage, self._tensor) for damage in damages[:TOLD])
        more = len(damages) - TOLD
        others = (
            f" {more:,} more {'streams are' if more > 1 else 'stream is'} damaged."
            if more > 0
            else ""
        )
        wake = np.array(sorted(behind), dtype=np.int64)
        after = f" Predicted from these and so wrong, too: tile {ranges(wake)}." if behind else ""
        said = (
            "The decoder is not at fault: encoding the other side's weights again gives the file's streams but for "
            f"what is damaged. {told}{others}{after} Find what damaged the file, or encode the weights again."
        )
        symbols = len(damages) / tested
        return Finding((Fault.FILE_CORRUPT,), self._share(tiles), symbols, said, tiles, side)

    def _share(self, tiles: Numbers) -> float:
        """The share of the weights that differ that lies in some tiles."""
        inside = int(self._comparison.tile_differing[tiles].sum())
        return inside / max(self._comparison.differing, 1)

    def _unproved(self) -> list[Finding]:
        """What can be said without the weights that were encoded: that the judge fails, and where."""
        reads, tensor = self._truth.reads, self._tensor
        problems = table_problems(self._container, tensor)
        coded = [t for t in range(len(tensor.tiles)) if tensor.coding(t) is Coding.RANS]
        failed = set(self._failed.tolist())
        share, side = self._share(self._bad), _file_side(self._comparison)
        if problems and failed >= set(coded):
            said = f"The decoder is not at fault: {problems[0].message}, and no stream decodes to its end."
            return [Finding((Fault.FILE_TABLE,), share, 0.0, said, self._bad, side)]
        first = int(self._failed[0])
        status = Status(int(reads["status"][first]))
        steps, count = int(reads["decoded"][first]), tensor.symbol_count(first)
        ended = f" after {steps:,} of {count:,} symbols" if steps < count else ""
        said = (
            f"{_tiles(self._failed)} of the file cannot be decoded, so there is nothing that is right there; "
            f"{percent(share)} of the differences lie in them. Tile {first:,}{ended}: {status.word}. Compare with the "
            "weights that were encoded to learn which bytes are damaged."
        )
        return [Finding((Fault.FILE_CORRUPT,), share, 0.0, said, self._bad, side)]


def _tiles(tiles: Numbers) -> str:
    """'Tile 3', 'Tiles 3 and 5'."""
    return f"Tile{'s' if len(tiles) > 1 else ''} {ranges(tiles)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
