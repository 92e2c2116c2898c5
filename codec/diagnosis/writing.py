"""Right tiles written wrongly: with another stride, cut by another bound, or at another tile's corner.

A rule tells the address of every weight of every tile. Rules are tried on some weights of some tiles; the matrix that
the best ones would leave is then made in full, and held against what was found. Where a rule writes nothing, the value
that stands there most is taken for what the memory held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor
from codec.diagnosis.finding import Fault
from codec.diagnosis.hypothesis import Mapping, Rule
from codec.diagnosis.placement import grid_rules
from codec.diagnosis.scattering import UNBOUNDED

Numbers = NDArray[np.int64]

SIGHTED = 16
"""Weights of a row by which it is looked for."""


@dataclass(frozen=True, eq=False)
class Geometry:
    """Where the tiles of a tensor should stand, one row of each array a tile.

    Attributes:
        row, col: of their first weights.
        height, width: rows and columns in the matrix.
        coded_height, coded_width: rows and columns that are coded.
        cols: columns of the matrix; rows: its rows.
        tile_rows, tile_cols: of a whole tile.
        across: tiles across.
    """

    row: Numbers
    col: Numbers
    height: Numbers
    width: Numbers
    coded_height: Numbers
    coded_width: Numbers
    rows: int
    cols: int
    tile_rows: int
    tile_cols: int
    across: int

    @classmethod
    def of(cls, tensor: Tensor) -> Geometry:
        """The geometry of a tensor."""
        row = tensor.tiles["row"].astype(np.int64) * tensor.tile_rows
        col = tensor.tiles["col"].astype(np.int64) * tensor.tile_cols
        height = np.clip(tensor.rows - row, 0, tensor.tile_rows)
        width = np.clip(tensor.cols - col, 0, tensor.tile_cols)
        whole = np.full_like(row, tensor.tile_rows), np.full_like(row, tensor.tile_cols)
        coded = whole if tensor.padded else (height, width)
        return cls(
            row, col, height, width, *coded, tensor.rows, tensor.cols, tensor.tile_rows,
            tensor.tile_cols, tensor.grid_cols,
        )  # fmt: skip

    @property
    def edge(self) -> NDArray[np.bool_]:
        """bool[tiles]: those that are cut by the matrix's edge."""
        return (self.height < self.tile_rows) | (self.width < self.tile_cols)

    def writes(
        self,
        base: Numbers,
        row_step: Numbers | int,
        col_step: int = 1,
        height: Numbers | None = None,
        width: Numbers | None = None,
        content_width: Numbers | None = None,
        room: Numbers | np.int64 = UNBOUNDED,
    ) -> Numbers:
        """int64[tiles, 8]: see `scattering`; what is not given is as it should be."""
        found = np.empty((len(self.row), 8), dtype=np.int64)
        columns = (
            base, row_step, col_step,
            self.height if height is None else height,
            self.width if width is None else width,
            self.coded_width if content_width is None else content_width,
            room, self.row // self.tile_rows * self.across + self.col // self.tile_cols,
        )  # fmt: skip
        for i, column in enumerate(columns):
            found[:, i] = column
        return found


def rules(tensor: Tensor) -> Iterator[Rule]:
    """All rules, simplest first."""
    geometry = Geometry.of(tensor)
    if not len(geometry.row):
        return
    yield from _strides(geometry)
    yield from _tile_strides(geometry)
    yield from _exchanged(geometry)
    for mapping in grid_rules(tensor):
        yield _placed(geometry, mapping)
    if geometry.edge.any():
        yield from _cuts(geometry)


def _strides(at: Geometry) -> Iterator[Rule]:
    """Rows of the matrix that are another number of weights apart."""
    padded = -(-at.cols // at.tile_cols) * at.tile_cols
    named = {
        padded: "the width padded to whole tiles",
        at.tile_cols: "the width of a tile",
        at.rows: "the number of rows",
        **{-(-at.cols // n) * n: f"the width rounded up to a multiple of {n}" for n in (4, 8, 16, 32, 64, 128, 256)},
        at.cols + 1: "one more than the width",
        at.cols - 1: "one less than the width",
    }  # fmt: skip
    for stride, name in named.items():
        if stride == at.cols or stride < 1:
            continue
        detail = (
            f"Rows of the matrix were written {stride:,} weights apart, {name}; they are {at.cols:,} apart, the "
            "matrix's number of columns."
        )
        yield Rule(Fault.ROW_STRIDE, detail, at.writes(at.row * stride + at.col, stride))
        if stride == padded and not (at.coded_width == at.width).all():
            whole = at.writes(
                at.row * stride + at.col, stride, height=at.coded_height, width=at.coded_width
            )
            yield Rule(Fault.ROW_STRIDE, f"{detail} The padding was written too.", whole)
        corner = at.writes(at.row * stride + at.col, at.cols)
        yield Rule(Fault.ROW_STRIDE, (
            f"The corner of each tile was computed with a row stride of {stride:,}, {name}; it is {at.cols:,}, the "
            "matrix's number of columns."), corner)  # fmt: skip
        inside = at.writes(at.row * at.cols + at.col, stride)
        yield Rule(Fault.ROW_STRIDE, (
            f"Within a tile rows were written {stride:,} weights apart, {name}; they are {at.cols:,} apart, the "
            "matrix's number of columns."), inside)  # fmt: skip


def _tile_strides(at: Geometry) -> Iterator[Rule]:
    """Tiles that are written row behind row, without the matrix's stride."""
    advice = f"A row of a tile is {at.cols:,} weights behind the one above, the matrix's number of columns."
    tile = np.arange(len(at.row), dtype=np.int64)
    area = at.tile_rows * at.tile_cols
    own = at.height * at.width
    starts = {
        "from its corner in the matrix on": at.row * at.cols + at.col,
        f"from weight {area:,} times its number on": tile * area,
        "behind the tile before": np.cumsum(own) - own,
    }
    for where, base in starts.items():
        detail = f"The rows of each tile stand one behind the other without a gap, {where}: {{}} {advice}"
        text = detail.format("the row stride is the tile's own width.")
        yield Rule(Fault.ROW_STRIDE, text, at.writes(base, at.width))
        if not (at.coded_width == at.width).all() or not (at.coded_height == at.height).all():
            whole = at.writes(base, at.coded_width, height=at.coded_height, width=at.coded_width)
            yield Rule(Fault.ROW_STRIDE, detail.format("padding included."), whole)
        if not (at.width == at.tile_cols).all():
            text = detail.format(f"the row stride is {at.tile_cols:,}, the width of a whole tile.")
            yield Rule(Fault.ROW_STRIDE, text, at.writes(base, at.tile_cols))


def _exchanged(at: Geometry) -> Iterator[Rule]:
    """Row and column taken for one another."""
    base = at.row * at.cols + at.col
    if max(at.tile_rows, at.tile_cols) > 1:
        detail = "Each tile is transposed in its place: row and column in the tile are exchanged."
        yield Rule(Fault.TILE_PLACEMENT, detail, at.writes(base, 1, at.cols))
        if at.edge.any():
            height = np.minimum(at.coded_height, at.cols - at.col)
            width = np.minimum(at.coded_width, at.rows - at.row)
            cut = at.writes(base, 1, at.cols, height=height, width=width)
            beyond = "What then sticks out of the matrix is not written."
            yield Rule(Fault.TILE_PLACEMENT, f"{detail} {beyond}", cut)
    if min(at.rows, at.cols) > 1:
        yield Rule(Fault.TILE_PLACEMENT, (
            "The whole matrix is transposed: weights stand column by column, as in an array in Fortran order."),
            at.writes(at.col * at.rows + at.row, 1, at.rows))  # fmt: skip


def _placed(at: Geometry, mapping: Mapping) -> Rule:
    """A rule that puts whole tiles into other places."""
    height, width = np.zeros_like(at.row), np.zeros_like(at.row)
    base = np.zeros_like(at.row)
    for place, source in enumerate(mapping.sources.tolist()):
        if source >= 0:
            base[source] = at.row[place] * at.cols + at.col[place]
            height[source] = min(at.height[place], at.coded_height[source])
            width[source] = min(at.width[place], at.coded_width[source])
    return Rule(mapping.fault, mapping.detail, at.writes(base, at.cols, height=height, width=width))


_Limit = tuple[str, Callable[[Geometry], Numbers]]

_HEIGHTS: tuple[_Limit, ...] = (
    ("", lambda at: at.height),
    ("rows by the columns that are left", lambda at: np.minimum(at.coded_height, at.cols - at.col)),
    ("rows not at all", lambda at: at.coded_height),
)

_WIDTHS: tuple[_Limit, ...] = (
    ("", lambda at: at.width),
    ("columns by the rows that are left", lambda at: np.minimum(at.coded_width, at.rows - at.row)),
    ("columns not at all", lambda at: at.coded_width),
)


def right_writes(tensor: Tensor) -> Numbers:
    """int64[tiles, 8]: how tiles should be written."""
    at = Geometry.of(tensor)
    return at.writes(at.row * at.cols + at.col, at.cols)


def placed(tensor: Tensor, mapping: Mapping) -> Rule:
    """A mapping of whole tiles, each to one place, as a rule of writing."""
    return _placed(Geometry.of(tensor), mapping)


def stride_rule(tensor: Tensor, stride: int) -> Rule:
    """Rows of the matrix that are so many weights apart."""
    at = Geometry.of(tensor)
    detail = (
        f"Rows of the matrix were written {stride:,} weights apart; they are {at.cols:,} apart, the matrix's "
        "number of columns."
    )
    return Rule(Fault.ROW_STRIDE, detail, at.writes(at.row * stride + at.col, stride))


def seen_stride(found: NDArray[np.int8], true: NDArray[np.int8]) -> int | None:
    """How far from the first row the second one was found, where that is not where it belongs."""
    rows, cols = true.shape
    if rows < 2 or cols < SIGHTED or (found[1, :SIGHTED] == true[1, :SIGHTED]).all():
        return None
    place = found.reshape(-1)[: 4 * cols].tobytes().find(true[1, :SIGHTED].tobytes())
    return place if place > 0 else None


def bounds_exchanged(tensor: Tensor) -> Iterator[Rule]:
    """Row held against the number of columns and column against that of rows, before a weight is written."""
    at = Geometry.of(tensor)
    if at.rows == at.cols or not len(at.row):
        return
    height = np.clip(at.cols - at.row, 0, at.coded_height)
    width = np.clip(at.rows - at.col, 0, at.coded_width)
    detail = (
        "The bounds are exchanged: a weight's row is held against the number of columns, and its column against the "
        "number of rows, before it is written."
    )
    base = at.row * at.cols + at.col
    for room, beyond in (
        (UNBOUNDED, " What sticks out runs on into the next row."),
        (at.cols - at.col, ""),
    ):
        writes = at.writes(base, at.cols, height=height, width=width, room=room)
        yield Rule(Fault.EDGE_CLIP, detail + beyond, writes)


def _cuts(at: Geometry) -> Iterator[Rule]:
    """Edge tiles cut by the wrong bound, or laid out with the wrong width."""
    base = at.row * at.cols + at.col
    advice = (
        "An edge tile has min(T, rows - row0) rows and min(T, cols - col0) columns in the matrix."
    )
    for tall, height in _HEIGHTS:
        for wide, width in _WIDTHS:
            if not (tall or wide):
                continue
            how = " and ".join(part for part in (tall, wide) if part)
            for room, beyond in (
                (at.cols - at.col, ""),
                (UNBOUNDED, "; what sticks out runs on into the next row"),
            ):
                if beyond and not (width(at) > at.width).any():
                    continue
                detail = f"Edge tiles are cut wrongly: {how}{beyond}. {advice}"
                writes = at.writes(base, at.cols, height=height(at), width=width(at), room=room)
                yield Rule(Fault.EDGE_CLIP, detail, writes, edges_alone=True)
    whole, own = np.full_like(at.row, at.tile_cols), at.width
    for content, name in ((whole, "the width of a whole tile"), (own, "its width in the matrix")):
        if (content != at.coded_width).any():
            detail = f"The rows of an edge tile are taken {name} apart; its stream codes another width. {advice}"
            yield Rule(
                Fault.EDGE_CLIP, detail, at.writes(base, at.cols, content_width=content), True
            )
