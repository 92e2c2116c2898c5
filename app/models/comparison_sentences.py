"""What the Comparison panel says about a comparison, in words and numbers with places that lead there."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from app.models.explanation import Link, Part, ToTile, ToWeight
from codec.comparison.comparison import Comparison, Difference
from codec.comparison.output import Output
from codec.comparison.stand_in import stands_in
from codec.container import Tensor
from codec.diagnosis.finding import Finding

MOST_TILES = 12
"""Tiles that are named one by one."""

LEFT_OR_RIGHT = ("left", "right")

NOT_CHOSEN = "Choose what stands on both sides, at the top, to compare them."


def number(value: int) -> str:
    """A whole number with a real minus sign."""
    return f"{value:,}".replace("-", "−")


def signed(value: int) -> str:
    """The same with its sign, whichever it is."""
    return f"+{value:,}" if value > 0 else number(value)


def percent(share: float) -> str:
    """A share; never 0 % or 100 % where it is neither."""
    text = f"{100 * share:.3g}"
    if share > 0 and float(text) < 0.001:
        return "< 0.001 %"
    if share < 1 and float(text) >= 100:
        return "> 99.9 %"
    return f"{text} %"


def count(many: int, one: str, more: str = "") -> str:
    """How many there are of something."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


def why_empty(tensor: Tensor | None) -> str:
    """Why there is nothing to compare; "" where there may be."""
    if tensor is None:
        return "No matrix was found in the file, so there is nothing to compare."
    return ""


def figures(comparison: Comparison) -> list[Part]:
    """The whole comparison in one line."""
    for output in (comparison.left, comparison.right):
        if stands_in(output):
            return [f"{output.title} decodes nothing of this file, so no weight can be compared."]
    total = count(comparison.total, "weight")
    if comparison.equal:
        return [f"Equal: none of {total} differs."]
    parts: list[Part] = [
        f"{number(comparison.differing)} of {total} differ ({percent(comparison.share)})"
        f" · largest error {number(comparison.max_abs_error)}"
        f" · mean absolute error {comparison.sum_abs_error / comparison.total:.4g}"
        f" · in {number(comparison.tiles_differing)} of {count(len(comparison.tile_differing), 'tile')}"
    ]
    if comparison.uncovered:
        parts.append(f" · {number(comparison.uncovered)} where no tile of the file lies")
    if comparison.first is not None:
        parts += [" · first in coding order: ", place_link(comparison.first)]
    return parts


def place_link(difference: Difference) -> Link:
    """Where a weight stands; leads there."""
    where = f"row {number(difference.row)}, column {number(difference.col)}"
    if difference.tile >= 0:
        where = (
            f"tile {number(difference.tile)}, symbol {number(difference.symbol_index)} ({where})"
        )
    return Link(where, ToWeight(difference.row, difference.col))


def weight_sentence(comparison: Comparison, difference: Difference) -> str:
    """One weight in one line: where it stands, both values and how far they are apart."""
    sides = (comparison.left, difference.left), (comparison.right, difference.right)
    values = [f"{output.title} {number(value)}" for output, value in sides]
    error = difference.right - difference.left
    apart = f"error {signed(error)}" if error else "equal"
    tile = "no tile of the file covers this place"
    if difference.tile >= 0:
        tile = f"symbol {number(difference.symbol_index)} of tile {number(difference.tile)}"
    place = f"Row {number(difference.row)}, column {number(difference.col)}"
    return " · ".join([place, *values, apart, tile])


def tile_sentence(comparison: Comparison, tile: int) -> str:
    """One tile in one line: how much of it differs, and from where on."""
    differing = int(comparison.tile_differing[tile])
    size = comparison.tensor.rectangle(tile).size
    if not differing:
        return f"Tile {number(tile)}: none of {count(size, 'weight')} differs"
    first = int(comparison.tile_first[tile])
    return (
        f"Tile {number(tile)}: {number(differing)} of {count(size, 'weight')} differ "
        f"({percent(differing / size) if size else ''}), the first at symbol {number(first)}"
    )


def tile_shares(comparison: Comparison) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """float64[tiles]: the share of each tile's weights that differ; nan where it has none."""
    tensor = comparison.tensor
    rows, cols = (
        np.clip(length - tensor.tiles[axis].astype(np.int64) * side, 0, side)
        for length, axis, side in (
            (tensor.rows, "row", tensor.tile_rows),
            (tensor.cols, "col", tensor.tile_cols),
        )
    )
    sizes = (rows * cols).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sizes > 0, comparison.tile_differing / sizes, np.nan)


def tile_links(tiles: Iterable[int], total: int) -> list[Part]:
    """The first of some tiles, each leading there, and how many more there are."""
    parts: list[Part] = []
    for place, tile in enumerate(tiles):
        if place == MOST_TILES:
            break
        parts += [", " if place else "", Link(number(tile), ToTile(tile))]
    if total > MOST_TILES:
        parts.append(f" and {number(total - MOST_TILES)} more")
    return parts


def varying(output: Output, side: int) -> list[Part]:
    """Whether a side came out the same whenever it was run; nothing after one run."""
    if output.varying is None:
        return []
    tiles = np.flatnonzero(output.varying)
    who = f"{LEFT_OR_RIGHT[side].capitalize()}, {output.title}: "
    if not len(tiles):
        runs = f"all {output.determinism.runs:,} runs" if output.determinism else "every run"
        return [f"{who}{runs} gave the same weights."]
    of_all = f"{number(len(tiles))} of {count(len(output.varying), 'tile')}"
    return [
        f"{who}{of_all} came out differently when it was run again: ",
        *tile_links(map(int, tiles), len(tiles)),
        ".",
    ]


def notices(comparison: Comparison) -> list[list[Part]]:
    """What a person should know of both sides beside the weights, a line each."""
    lines: list[list[Part]] = []
    for side, output in enumerate((comparison.left, comparison.right)):
        who = f"{LEFT_OR_RIGHT[side].capitalize()}, {output.title}: "
        known = output.determinism.sentence if output.determinism is not None else None
        lines += [[who + notice] for notice in output.notices if notice != known]
        failed = output.failed
        if len(failed):
            told = f"{who}failed in {count(len(failed), 'tile')}, hatched in the picture: "
            lines.append([told, *tile_links(map(int, failed), len(failed)), "."])
        lines += filter(None, [varying(output, side)])
    return lines


def finding_heading(finding: Finding) -> str:
    """The mistakes that hold together."""
    return " + ".join(finding.faults)


def finding_side(comparison: Comparison, finding: Finding) -> str:
    """Which side a finding is about, and how much it explains."""
    output = (comparison.left, comparison.right)[finding.side]
    shares = [f"explains {percent(finding.explains)} of the weights that differ"]
    if not finding.explains:
        shares = ["tells where it begins, and predicts none of the wrong weights"]
    elif finding.explains_symbols != finding.explains:
        shares.append(f"{percent(finding.explains_symbols)} of the symbols that were tested")
    return f"{LEFT_OR_RIGHT[finding.side]}, {output.title} · {' · '.join(shares)}"


def verdict(comparison: Comparison, findings: tuple[Finding, ...] | None, note: str = "") -> str:
    """What there is to say before the findings, or instead of them.

    Args:
        comparison: what differs.
        findings: what explains it; None while that is being sought.
        note: why it could not be sought; "" where it was, or is.
    """
    if note:
        return f"What explains it could not be sought: {note}"
    if findings:
        return ""
    if comparison.equal:
        return "Equal: there is nothing to explain."
    if findings is None:
        return "What explains it is being sought…"
    return (
        "No known mistake explains it. The first difference in coding order is the place to look: what "
        "comes before it was decoded alike."
    )


def block_sentence(comparison: Comparison, row: int, col: int, stride: int) -> str:
    """What a pixel shows that stands for a block of weights."""
    if stride == 1:
        return ""
    rows, cols = slice(row, row + stride), slice(col, col + stride)
    errors = comparison.errors(rows, cols)
    differing = int(np.count_nonzero(comparison.differs(rows, cols)))
    what = f"this pixel stands for {count(errors.size, 'weight')}"
    if not differing:
        return f"{what}, all equal"
    farthest = int(errors.flat[np.abs(errors.astype(np.int64)).argmax()])
    if differing == 1:
        return f"{what}, of which one differs, by {signed(farthest)}"
    return f"{what}, of which {number(differing)} differ, by up to {signed(farthest)}"


def farthest_in(comparison: Comparison, row: int, col: int, stride: int) -> tuple[int, int]:
    """Row and column of the weight that is farthest off in a block; the first where all are equal."""
    rows, cols = slice(row, row + stride), slice(col, col + stride)
    errors = comparison.errors(rows, cols)
    down, across = np.unravel_index(np.abs(errors.astype(np.int64)).argmax(), errors.shape)
    return row + int(down), col + int(across)
