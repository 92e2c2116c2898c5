"""The plain shapes of what a program may leave unwritten: lines, tiles, and the ends of tiles or of the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.evidence import Evidence
from codec.diagnosis.matrix_counts import both, line_counts
from codec.diagnosis.tallies import tile_tails
from codec.diagnosis.wording import listed, number_word, ranges

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

LEAST_WEIGHTS = 6
"""Weights that a part must have to count."""

MOST_ENDS = 3
"""Tiles whose ends are parts by themselves."""

MOST_RUNS = 2
"""Runs of rows or columns that follow no rule and are still taken for one part."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a plain shape.

    Attributes:
        mask: gives bool[rows, cols], where; made only when it is asked for, since most parts are never chosen.
        count: tells how many weights of a bool[rows, cols] are in it.
        where, advice: as in `Unwritten`.
        covers: wrong weights in it.
    """

    mask: Callable[[], Mask]
    count: Callable[[Mask], int]
    where: str
    advice: str
    covers: int


@dataclass(frozen=True, eq=False)
class Holding:
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

    def lines(self, chosen: Mask, axis: int, where: str, advice: str) -> Part:
        """The part made of whole lines."""

        def mask() -> Mask:
            return np.broadcast_to(chosen[:, np.newaxis] if axis == 0 else chosen, self.holds.shape)

        covers = int(self.bad(axis)[chosen].sum())
        return Part(mask, lambda left: both(mask(), left), where, advice, covers)

    def span(self, begin: int, end: int, where: str, advice: str) -> Part:
        """The part between two flat positions."""

        def mask() -> Mask:
            flat = np.zeros(self.holds.size, dtype=np.bool_)
            flat[begin:end] = True
            return flat.reshape(self.holds.shape)

        def count(left: Mask) -> int:
            return int(np.count_nonzero(left.reshape(-1)[begin:end]))

        return Part(mask, count, where, advice, count(self.wrong))


def parts_of(evidence: Evidence, holding: Holding) -> Iterator[Part]:
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


def _lines(evidence: Evidence, holding: Holding, axis: int) -> Iterator[Part]:
    """Whole rows (axis 0) or columns (axis 1)."""
    whole = holding.whole(axis)
    bad: Mask = whole & (holding.bad(axis) > 0)
    if not bad.any():
        return
    name, advice = _NAMES[axis], _BOUND.format(what=_NAMES[axis])
    where, chosen = _line_words(evidence, whole, bad, axis)
    if not where:
        return
    if where.startswith(f"{name}s from") and where.endswith(")"):
        advice = (
            f"The {name} seems to be compared with the number of {_NAMES[1 - axis]}s before a weight is "
            f"written; compare it with the number of {name}s."
        )
    yield holding.lines(chosen, axis, where, advice)


def _line_words(evidence: Evidence, whole: Mask, bad: Mask, axis: int) -> tuple[str, Mask]:
    """The plainest words for lines of which all that are `bad` and none but `whole` ones are meant; "" for none."""
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
    if np.count_nonzero(np.diff(numbers) > 1) >= MOST_RUNS:
        return "", bad
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


def _ends(holding: Holding) -> Iterator[Part]:
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


def _tiles(evidence: Evidence, holding: Holding) -> Iterator[Part]:
    """Whole tiles, and ends of tiles."""
    tensor = evidence.tensor
    places = np.array([tensor.rectangle(t) for t in range(len(tensor.tiles))], dtype=np.int64)
    places = places.reshape(-1, 4)
    begins, first_wrong = tile_tails(holding.holds, holding.wrong, places)
    sizes = places[:, 2] * places[:, 3]

    def part(tiles: Numbers, cuts: Numbers, where: str, advice: str) -> Part:
        def count(left: Mask) -> int:
            insides = ((_inside(left, places[t]), cuts[t]) for t in tiles.tolist())
            return sum(int(np.count_nonzero(inside.reshape(-1)[cut:])) for inside, cut in insides)

        covers = count(holding.wrong)
        return Part(
            lambda: _tile_mask(holding.holds, places, tiles, cuts), count, where, advice, covers
        )

    whole = np.flatnonzero((begins == 0) & (first_wrong < sizes))
    if len(whole):
        yield part(whole, np.zeros_like(sizes), _tile_words(whole, len(sizes)),
                   "Check which tiles are decoded and whether each one's place is computed.")  # fmt: skip
    ends = np.flatnonzero((begins > 0) & (first_wrong < sizes) & (sizes - begins >= LEAST_WEIGHTS))
    advice = "Check how many symbols the loop over a tile decodes or writes."
    shared = _shared_ends(evidence, places, begins, first_wrong)
    if shared is not None:
        yield part(*shared, advice)
    for tile in ends[np.argsort(begins[ends] - sizes[ends], kind="stable")][:MOST_ENDS]:
        begin = int(first_wrong[tile])
        where = f"the end of tile {tile:,}, from weight {begin:,} on{_as_row(begin, places[tile])}"
        yield part(np.array([tile]), first_wrong, where, advice)


def _shared_ends(
    evidence: Evidence, places: Numbers, begins: Numbers, first_wrong: Numbers
) -> tuple[Numbers, Numbers, str] | None:
    """The ends of tiles, from the same weight on in all of one shape: the tiles, where each is cut, and in words.

    Args:
        evidence: the output and the truth.
        places: int64[tiles, 4], the tiles' rectangles.
        begins, first_wrong: int64[tiles], as `tile_tails` gives them.
    """
    sizes = places[:, 2] * places[:, 3]
    cuts, words = sizes.copy(), list[str]()
    for shape in np.unique(places[:, 2:], axis=0)[::-1]:
        alike = np.flatnonzero((places[:, 2:] == shape).all(axis=1) & evidence.considered)
        size = int(shape.prod())
        long = alike[(size - begins[alike] >= LEAST_WEIGHTS) & (first_wrong[alike] < size)]
        # All of one shape may share a short end, which by chance one alone might have.
        for members in (alike, long):
            cut = int(first_wrong[members].min(initial=size))
            if cut < size and begins[members].max() <= cut:
                cuts[members] = cut
                words.append(f"{cut:,} of {size:,}{_as_row(cut, places[members[0]])}")
                break
    chosen = np.flatnonzero((cuts < sizes) & (first_wrong < sizes))
    if not cuts[chosen].any():
        return None
    where = f"the end of {_tile_words(chosen, len(sizes))}, from weight {listed(words)} on"
    return chosen, cuts, where


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


def _tile_lines(evidence: Evidence, holding: Holding, axis: int) -> Iterator[Part]:
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
