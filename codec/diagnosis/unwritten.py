"""Weights that were never written: parts of the matrix with a plain shape that hold one and the same value.

What stands there is what the memory held before, as a rule 0. A part counts where the truth is something else in so
many weights that chance is out of the question, and it has a shape that a mistake in a program has: rows or columns
from one on, every other one, whole tiles, or the ends of tiles or of the matrix.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.matrix_counts import both, line_counts, values_count
from codec.diagnosis.tallies import tile_tails
from codec.diagnosis.wording import listed, number_word, ranges

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

LEAST_BITS = 40.0
"""Surprise from which on a part that holds one value is taken for unwritten: far beyond all parts of a matrix."""

LEAST_WEIGHTS = 6

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


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of a plain shape.

    Attributes:
        mask: gives bool[rows, cols], where; made only when it is asked for, since most parts are never chosen.
        where, advice: as in `Unwritten`.
        covers: wrong weights in it.
    """

    mask: Callable[[], Mask]
    where: str
    advice: str
    covers: int


@dataclass(frozen=True, eq=False)
class _Holding:
    """Where a matrix holds one value, and where it is wrong, counted line by line in one pass.

    Attributes:
        holds, wrong: bool[rows, cols].
    """

    holds: Mask
    wrong: Mask

    @cached_property
    def _counts(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        return line_counts(self.holds, self.wrong)

    @property
    def everywhere(self) -> bool:
        """Whether all of the matrix holds the value."""
        return bool(self.whole(0).all())

    def whole(self, axis: int) -> Mask:
        """bool[rows] (axis 0) or bool[columns]: lines that hold the value throughout."""
        whole: Mask = self._counts[2 * axis] == self.holds.shape[1 - axis]
        return whole

    def bad(self, axis: int) -> Numbers:
        """int64[rows] or int64[columns]: wrong weights of each line."""
        return self._counts[2 * axis + 1]

    def lines(self, chosen: Mask, axis: int, where: str, advice: str) -> _Part:
        """The part made of whole lines."""

        def mask() -> Mask:
            return np.broadcast_to(chosen[:, np.newaxis] if axis == 0 else chosen, self.holds.shape)

        return _Part(mask, where, advice, int(self.bad(axis)[chosen].sum()))

    def span(self, begin: int, end: int, where: str, advice: str) -> _Part:
        """The part between two flat positions."""

        def mask() -> Mask:
            flat = np.zeros(self.holds.size, dtype=np.bool_)
            flat[begin:end] = True
            return flat.reshape(self.holds.shape)

        covers = int(np.count_nonzero(self.wrong.reshape(-1)[begin:end]))
        return _Part(mask, where, advice, covers)


def unwritten(evidence: Evidence) -> Unwritten | None:
    """What was never written; None where nothing is known to be."""
    wrong: Mask = evidence.wrong_weights
    if not wrong.any():
        return None
    if evidence.output.written is not None:
        return _known(evidence, ~evidence.output.written, wrong)
    best: tuple[float, Unwritten] | None = None
    often = values_count(evidence.true.view(np.uint8))
    for fill in _fills(evidence, wrong):
        bits = _bits(int(often[fill & 255]), evidence.true.size)
        found = _parts(evidence, evidence.found == fill, wrong, bits)
        if found and (best is None or found[0].covers * bits > best[0]):
            best = found[0].covers * bits, _joined(found, fill)
    return None if best is None else best[1]


def _known(evidence: Evidence, missing: Mask, wrong: Mask) -> Unwritten | None:
    """What the side itself says it did not write, where that makes a difference."""
    if not (missing & wrong).any():
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


def _joined(parts: list[_Part], fill: int | None) -> Unwritten:
    mask = parts[0].mask().copy()
    for part in parts[1:]:
        mask |= part.mask()
    where = listed([part.where for part in parts])
    return Unwritten(mask, where, fill, parts[0].advice, len(parts))


def _parts(evidence: Evidence, holds: Mask, wrong: Mask, bits: float) -> list[_Part]:
    """The parts that explain most, largest first, none of which the others explain."""
    candidates = list(_candidates(evidence, _Holding(holds, wrong)))
    chosen: list[_Part] = []
    left = wrong
    while candidates and len(chosen) < MOST_PARTS:
        best = _next(candidates, left)
        if best.covers < LEAST_WEIGHTS or best.covers * bits < LEAST_BITS:
            break
        chosen.append(best)
        left = left & ~best.mask()
    return chosen


def _next(candidates: list[_Part], left: Mask) -> _Part:
    """Takes out the candidate that covers most of what is left.

    What candidates cover only becomes less as others are chosen, so that only those are counted again that might
    be best.
    """
    counted: set[int] = set()
    while True:
        place = max(range(len(candidates)), key=lambda i: candidates[i].covers)
        best = candidates[place]
        if place in counted or not best.covers:
            return candidates.pop(place)
        counted.add(place)
        candidates[place] = replace(best, covers=both(best.mask(), left))


def _candidates(evidence: Evidence, holding: _Holding) -> Iterator[_Part]:
    """Every part of a plain shape that holds the value throughout, simplest shapes first."""
    if holding.everywhere:
        yield holding.span(0, holding.holds.size, "the whole matrix", _WHOLE)
        return
    of_tiles = [*_tile_lines(evidence, holding, 0), *_tile_lines(evidence, holding, 1)]
    yield from (part for part in of_tiles if " on of " in part.where)
    yield from _lines(evidence, holding, 0)
    yield from _lines(evidence, holding, 1)
    yield from _ends(holding)
    yield from _tiles(evidence, holding)
    yield from (part for part in of_tiles if " on of " not in part.where)


_WHOLE = "Check that the pointer that is read back is the one that was written to, and that the kernel ran."
_BOUND = "Check the bound that the {what} is compared with before a weight is written."
_NAMES = ("row", "column")


def _lines(evidence: Evidence, holding: _Holding, axis: int) -> Iterator[_Part]:
    """Whole rows (axis 0) or columns (axis 1)."""
    whole = holding.whole(axis)
    bad: Mask = whole & (holding.bad(axis) > 0)
    if not bad.any():
        return
    name, advice = _NAMES[axis], _BOUND.format(what=_NAMES[axis])
    where, chosen = _line_words(evidence, whole, bad, axis)
    if where.startswith(f"{name}s from") and where.endswith(")"):
        advice = (
            f"The {name} seems to be compared with the number of {_NAMES[1 - axis]}s before a weight is "
            f"written; compare it with the number of {name}s."
        )
    yield holding.lines(chosen, axis, where, advice)


def _line_words(evidence: Evidence, whole: Mask, bad: Mask, axis: int) -> tuple[str, Mask]:
    """The plainest words for lines of which all that are `bad` and none but `whole` ones are meant."""
    name, count = _NAMES[axis], len(whole)
    numbers, index = np.flatnonzero(bad), np.arange(count)
    first, last = int(numbers[0]), int(numbers[-1])
    least = int(np.flatnonzero(~whole)[-1]) + 1 if not whole.all() else 0
    if least <= first:
        begin, why = _plain_begin(evidence, least, first, axis)
        return f"{name}s from number {begin:,} on{why}", index >= begin
    most = int(np.flatnonzero(~whole)[0])
    if last < most:
        return f"{name}s before number {last + 1:,}", index <= last
    step = int(np.gcd.reduce(np.diff(numbers))) if len(numbers) > 2 else 1
    regular = index % max(step, 1) == first % max(step, 1)
    if step > 1 and whole[regular].all():
        return f"every {number_word(step)} {name}, from number {first % step} on", regular
    between = (index >= first) & (index <= last)
    if whole[between].all():
        return f"{name}s {first:,} to {last:,}", between
    return f"{name}s {ranges(numbers)}", bad


def _plain_begin(evidence: Evidence, least: int, most: int, axis: int) -> tuple[int, str]:
    """Where unwritten lines most likely begin, between two numbers, and what that number is."""
    tensor = evidence.tensor
    other = (tensor.cols, tensor.rows)[axis]
    if least <= other <= most:
        return other, f" (the number of {_NAMES[1 - axis]}s)"
    tile = (tensor.tile_rows, tensor.tile_cols)[axis]
    for step in (tile, 128, 64, 32, 16, 8):
        begin = -(-least // step) * step
        if begin <= most:
            return begin, ""
    return most, ""


def _ends(holding: _Holding) -> Iterator[_Part]:
    """The end, or the beginning, of the matrix as one sequence."""
    holds, cols = holding.holds, holding.holds.shape[1]
    others = np.flatnonzero(~holding.whole(0))
    after = int(others[-1]) * cols + int(np.flatnonzero(~holds[others[-1]])[-1]) + 1
    before = int(others[0]) * cols + int(holds[others[0]].argmin())
    bad = holding.wrong.reshape(-1)
    advice = "Check how many weights are copied, and whether as bytes or as elements."
    if bad[after:].any():
        begin = after + int(bad[after:].argmax())
        row, col = divmod(begin, cols)
        where = (
            f"the end of the matrix, from row {row:,}, column {col:,} on (flat position {begin:,})"
        )
        yield holding.span(begin, len(bad), where, advice)
    if bad[:before].any():
        end = before - int(bad[:before][::-1].argmax())
        where = f"the beginning of the matrix, before flat position {end:,}"
        yield holding.span(0, end, where, advice)


def _tiles(evidence: Evidence, holding: _Holding) -> Iterator[_Part]:
    """Whole tiles, and ends of tiles."""
    tensor = evidence.tensor
    places = np.array([tensor.rectangle(t) for t in range(len(tensor.tiles))], dtype=np.int64)
    places = places.reshape(-1, 4)
    begins, first_wrong = tile_tails(holding.holds, holding.wrong, places)
    sizes = places[:, 2] * places[:, 3]

    def part(tiles: Numbers, cuts: Numbers, where: str, advice: str) -> _Part:
        covers = sum(
            int(np.count_nonzero(_inside(holding.wrong, places[t]).reshape(-1)[cuts[t] :]))
            for t in tiles.tolist()
        )
        return _Part(lambda: _tile_mask(holding.holds, places, tiles, cuts), where, advice, covers)

    whole = np.flatnonzero((begins == 0) & (first_wrong < sizes))
    if len(whole):
        yield part(whole, np.zeros_like(sizes), _tile_words(whole, len(sizes)),
                   "Check which tiles are decoded and whether each one's place is computed.")  # fmt: skip
    ends = np.flatnonzero((begins > 0) & (first_wrong < sizes) & (sizes - begins >= LEAST_WEIGHTS))
    if not len(ends):
        return
    full = ends[sizes[ends] == sizes.max()]
    advice = "Check how many symbols the loop over a tile decodes or writes."
    if len(full) and begins[full].max() <= first_wrong[full].min():
        begin = int(first_wrong[full].min())
        where = f"the end of {_tile_words(full, len(sizes))}, from symbol {begin:,} on{_as_row(begin, places[full[0]])}"
        yield part(full, np.full(len(sizes), begin), where, advice)
    for tile in ends[np.argsort(begins[ends] - sizes[ends], kind="stable")][:MOST_PARTS]:
        begin = int(first_wrong[tile])
        where = f"the end of tile {tile:,}, from symbol {begin:,} on{_as_row(begin, places[tile])}"
        yield part(np.array([tile]), first_wrong, where, advice)


def _inside(matrix: Mask, place: Numbers) -> Mask:
    row, col, rows, cols = place
    return matrix[row : row + rows, col : col + cols]


def _as_row(symbol: int, place: NDArray[np.int64]) -> str:
    row, rest = divmod(symbol, int(place[3]))
    return "" if rest else f" (row {row:,} of the tile)"


def _tile_words(tiles: NDArray[np.int64], count: int) -> str:
    if len(tiles) == count:
        return "every tile"
    return f"tile{'s' if len(tiles) > 1 else ''} {ranges(tiles)}"


def _tile_mask(holds: Mask, places: Numbers, tiles: Numbers, begins: Numbers) -> Mask:
    """bool[rows, cols] of tiles, each from one of its symbols on."""
    mask = np.zeros_like(holds)
    for tile in tiles.tolist():
        rows, cols = places[tile, 2:]
        part = np.arange(rows * cols) >= begins[tile]
        _inside(mask, places[tile])[:] = part.reshape(rows, cols)
    return mask


def _tile_lines(evidence: Evidence, holding: _Holding, axis: int) -> Iterator[_Part]:
    """The same rows (axis 0) or columns (axis 1) of every tile."""
    tensor = evidence.tensor
    size, name = (tensor.tile_rows, tensor.tile_cols)[axis], _NAMES[axis]
    whole, bad = holding.whole(axis), holding.bad(axis) > 0
    if size >= len(whole) or size < 2:
        return
    local = np.arange(len(whole)) % size
    always: Mask = np.bincount(local[~whole], minlength=size) == 0
    meant: Mask = (np.bincount(local[bad], minlength=size) > 0) & always
    if not meant.any() or always.all():
        return
    numbers = np.flatnonzero(meant)
    on = int(numbers[0])
    suffix = always[on:].all()
    where = f"{name}s from number {on:,} on" if suffix else f"{name}s {ranges(numbers)}"
    advice = f"Check the bound of the loop over a tile's {name}s, and the number of threads."
    yield holding.lines(meant[local], axis, f"{where} of every tile", advice)
