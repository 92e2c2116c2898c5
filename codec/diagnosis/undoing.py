"""From symbols to the weights that a mistaken decoder makes of them, compiled.

One kernel undoes the prediction of any layout by rules that may be wrong in every way that `pipeline` names. Values
are wide integers, so sums may be wrapped as they should be, clipped one by one, or clipped once at the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.bands import in_bands
from codec.fast.compile import kernel, part, sealed

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

ORDER, BIAS, INNER, DIRECTION, START, ARITHMETIC = range(6)
"""Columns of rules, int64[tiles, 6]."""

AS_CODED, REVERSED, BY_COLUMNS = range(3)
"""ORDER: which symbol belongs to a place: its own, the one as far from the end, the one column by column."""

NOT_UNDONE, FLAT, BY_ROWS = range(3)
"""INNER: the difference of the residuals (wcdc): left in, undone along the tile, or anew in each row."""

NONE, LEFT, TOP = range(3)
"""DIRECTION: which neighbour is added."""

CONTINUED, GIVEN, ABOVE, LAST_VISIBLE, FIRST_ROW = range(5)
"""START: what is added to a row's first value (LEFT): the last value of the row above, a given one, the first of the
row above, the last one of the row above that is not padding, or, for row r, value r - 1 of the first row as far
as that goes and then a given one. The first row's is always given. TOP's first row takes given values, or, where
it is CONTINUED, the one to the left."""

WRAPPED, CLIPPED, CLIPPED_LAST = range(3)
"""ARITHMETIC: modulo 256, each sum clipped to the int8 range, or sums kept wide and clipped at the end."""

LOWEST, HIGHEST = np.int64(-128), np.int64(127)


def undo(
    symbols: Bytes, begins: Numbers, shapes: Numbers, rules: Numbers, starts: Numbers, rows: Numbers
) -> Bytes:
    """u8[symbols]: the weights of tiles as unsigned bytes, tile after tile.

    Args:
        symbols: u8[any], of all tiles, one behind the other.
        begins: int64[tiles], where each tile's symbols begin.
        shapes: int64[tiles, 3], rows and columns that are coded, and columns that are not padding.
        rules: int64[tiles, 6], by the columns above.
        starts: int64[tiles, any], what is given: at least as many as rows and columns where something is,
            else at least one.
        rows: int64[tiles], rows wanted; what lies below them is left at 0.
    """
    out = np.zeros(len(symbols), dtype=np.uint8)
    data, first, size = sealed(symbols), sealed(begins), sealed(shapes)
    rule, given, wanted = sealed(rules), sealed(starts), sealed(rows)

    def undone(band: slice) -> None:
        tiles = first[band], size[band], rule[band], given[band], wanted[band]
        _undo(data, *tiles, out)

    in_bands(undone, len(begins), len(symbols))
    return out


@kernel
def _undo(
    symbols: Bytes,
    begins: Numbers,
    shapes: Numbers,
    rules: Numbers,
    starts: Numbers,
    wanted: Numbers,
    out: Bytes,
) -> None:
    """Each tile's symbols lie in `symbols`, as `undo` says, so that every index is inside."""
    widest = 1
    for tile in range(len(begins)):
        widest = max(widest, shapes[tile, 1])
    lines = np.zeros((2, widest), dtype=np.int64)
    for tile in range(len(begins)):
        rule, given = rules[tile], starts[tile]
        end = begins[tile] + shapes[tile, 0] * shapes[tile, 1]
        coded, made = symbols[begins[tile] : end], out[begins[tile] : end]
        rows = min(shapes[tile, 0], wanted[tile])
        if rule[ARITHMETIC] == WRAPPED:
            _undo_wrapped(coded, shapes[tile], rule, given, rows, made)
        else:
            _undo_clipped(coded, shapes[tile], rule, given, rows, lines, made)


@part
def _undo_wrapped(
    symbols: Bytes, shape: Numbers, rule: Numbers, given: Numbers, wanted: int, out: Bytes
) -> None:
    """One tile modulo 256, in bytes throughout: many times faster than wide sums, and what nearly all are."""
    rows, cols, visible = shape
    bias, residual = np.uint8(rule[BIAS] & 255), np.uint8(0)
    step = rows if rule[ORDER] == BY_COLUMNS else -1 if rule[ORDER] == REVERSED else 1
    for row in range(wanted):
        source = _source(rule[ORDER], row, 0, rows, cols)
        line = out[row * cols : (row + 1) * cols]
        if rule[INNER] == BY_ROWS:
            residual = np.uint8(0)
        residual = _residuals(
            symbols, source, step, bias, rule[INNER] != NOT_UNDONE, residual, line
        )
        if rule[DIRECTION] == TOP and row > 0:
            line += out[(row - 1) * cols : row * cols]
        elif rule[DIRECTION] == TOP and rule[START] == GIVEN:
            for col in range(cols):
                line[col] += np.uint8(given[col] & 255)
        elif rule[DIRECTION] == LEFT or (rule[DIRECTION] == TOP and rule[START] == CONTINUED):
            before = _wrapped_start(row, cols, visible, rule, given, out)
            for col in range(cols):
                before = np.uint8(before + line[col])
                line[col] = before


@part
def _residuals(
    symbols: Bytes,
    source: int,
    step: int,
    bias: np.uint8,
    summed: bool,
    residual: np.uint8,
    line: Bytes,
) -> np.uint8:
    """A row's symbols less the bias, summed up where they are differences; returns the last sum."""
    if not summed:
        for col in range(len(line)):
            line[col] = symbols[source + col * step] - bias
        return residual
    for col in range(len(line)):
        residual = np.uint8(residual + np.uint8(symbols[source + col * step] - bias))
        line[col] = residual
    return residual


@part
def _wrapped_start(
    row: int, cols: int, visible: int, rule: Numbers, given: Numbers, out: Bytes
) -> np.uint8:
    """As `_row_start`, from the weights of the tile as far as they are made."""
    if rule[DIRECTION] != LEFT:
        return np.uint8(0)
    start, above = rule[START], (row - 1) * cols
    if row > 0 and start == CONTINUED:
        return np.uint8(out[above + cols - 1])
    if row > 0 and start == ABOVE:
        return np.uint8(out[above])
    if row > 0 and start == LAST_VISIBLE:
        return np.uint8(out[above + visible - 1])
    if 0 < row <= cols and start == FIRST_ROW:
        return np.uint8(out[row - 1])
    return np.uint8(given[row] & 255)


@part
def _undo_clipped(
    symbols: Bytes,
    shape: Numbers,
    rule: Numbers,
    given: Numbers,
    wanted: int,
    lines: Numbers,
    out: Bytes,
) -> None:
    """One tile with wide sums that are clipped; `lines`: room for two rows."""
    rows, cols = shape[0], shape[1]
    above, first = lines[0], lines[1]
    above[:], first[:] = 0, 0
    residual = np.int64(0)
    for row in range(wanted):
        if rule[INNER] == BY_ROWS:
            residual = np.int64(0)
        before = _row_start(row, cols, shape[2], rule, given, above, first)
        for col in range(cols):
            source = _source(rule[ORDER], row, col, rows, cols)
            value = np.int64(symbols[source]) - rule[BIAS]
            if rule[INNER] != NOT_UNDONE:
                residual = _folded(residual + value, rule[ARITHMETIC])
                value = residual
            if rule[DIRECTION] == TOP:
                before = _upper(row, col, rule[START], given, above, before)
            value = _folded(value + before, rule[ARITHMETIC])
            if rule[DIRECTION] != NONE:
                before = value
            above[col] = value
            out[row * cols + col] = np.uint8(_narrow(value, rule[ARITHMETIC]) & 255)
        if row == 0:
            first[:cols] = above[:cols]


@part
def _source(order: int, row: int, col: int, rows: int, cols: int) -> int:
    """The symbol that is taken for a place."""
    if order == REVERSED:
        return rows * cols - 1 - (row * cols + col)
    return col * rows + row if order == BY_COLUMNS else row * cols + col


@part
def _row_start(
    row: int, cols: int, visible: int, rule: Numbers, given: Numbers, above: Numbers, first: Numbers
) -> np.int64:
    """What LEFT adds to the first value of a row; `above` still holds the row before."""
    if rule[DIRECTION] != LEFT:
        return np.int64(0)
    if row == 0:
        return np.int64(given[0])
    start = rule[START]
    if start == CONTINUED:
        return np.int64(above[cols - 1])
    if start == ABOVE:
        return np.int64(above[0])
    if start == LAST_VISIBLE:
        return np.int64(above[visible - 1])
    if start == FIRST_ROW and row <= cols:
        return np.int64(first[row - 1])
    return np.int64(given[row])


@part
def _upper(
    row: int, col: int, start: int, given: Numbers, above: Numbers, before: np.int64
) -> np.int64:
    """What TOP adds to a value."""
    if row > 0:
        return np.int64(above[col])
    if start == GIVEN:
        return np.int64(given[col])
    return before if start == CONTINUED else np.int64(0)


@part
def _folded(value: np.int64, arithmetic: int) -> np.int64:
    """A sum as a decoder keeps it that clips."""
    return min(max(value, LOWEST), HIGHEST) if arithmetic == CLIPPED else value


@part
def _narrow(value: np.int64, arithmetic: int) -> np.int64:
    """A value as it is written."""
    return min(max(value, LOWEST), HIGHEST) if arithmetic == CLIPPED_LAST else value
