"""Writes a table as a NumPy archive. Rows come part by part, but an archive holds whole columns.

So the numbers of each column are gathered in a file of its own before they become one array of the archive;
text is gathered in memory, since the width of its array is only known at the end.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.exporting.table import Table, Values

AT_ONCE = 1 << 22
"""Bytes copied at a time, so that cancelling does not take long."""

EXACT = 1 << 53
"""Up to here, float64 holds every whole number."""

LEVEL = 4
"""How hard it is compressed: a trace takes 2% more than at zlib's usual 6, in 40% of the time."""


def npz_writer(table: Table, tick: Callable[[int, int], None]) -> Callable[[BinaryIO], None]:
    """What writes the archive into an empty file: one array a column, named as the column is.

    Whole numbers some of which are missing become float64 with NaN; text, and what is mixed, becomes text.
    """

    def fill(target: BinaryIO) -> None:
        with ExitStack() as files:
            columns = [
                _Column(files.enter_context(tempfile.TemporaryFile())) for _ in table.columns
            ]
            rows = _gather(table, columns, tick)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
                for name, column in zip(table.columns, columns, strict=True):
                    tick(rows, max(rows, 1))
                    _write_member(archive, name, column, lambda: tick(rows, max(rows, 1)))

    return fill


@dataclass
class _Column:
    """The values of a column so far.

    Attributes:
        file: the bytes of those that came as arrays.
        dtype: of those.
        count: how many those are.
        others: those that came as sequences.
    """

    file: IO[bytes]
    dtype: np.dtype[Any] | None = None
    count: int = 0
    others: list[object] = field(default_factory=list)

    def add(self, values: Values) -> None:
        """Takes some more."""
        if not isinstance(values, np.ndarray):
            self.others += values
            return
        self.dtype = self.dtype or values.dtype
        self.file.write(np.ascontiguousarray(values, dtype=self.dtype).tobytes())
        self.count += len(values)


def _gather(table: Table, columns: Sequence[_Column], tick: Callable[[int, int], None]) -> int:
    """Takes in all rows; returns how many there are."""
    rows = 0
    for part in table.parts():
        for column, values in zip(columns, part, strict=True):
            column.add(values)
        rows += len(part[0]) if part else 0
        tick(rows, max(table.rows or 0, rows, 1))
    return rows


def _write_member(
    archive: zipfile.ZipFile, name: str, column: _Column, tick: Callable[[], None]
) -> None:
    # By its name, the member gets no date: the same table gives the same file.
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        if column.dtype is None:
            np.lib.format.write_array(member, array_of(column.others), allow_pickle=False)
            return
        member.write(_header(column.dtype, column.count))
        column.file.seek(0)
        while piece := column.file.read(AT_ONCE):
            tick()
            member.write(piece)


def _header(dtype: np.dtype[Any], count: int) -> bytes:
    """What stands before the values in the file of an array."""
    described = {
        "descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (count,),
    }  # fmt: skip
    target = io.BytesIO()
    np.lib.format.write_array_header_1_0(target, described)
    return target.getvalue()


def array_of(values: Sequence[object]) -> NDArray[Any]:
    """The values of a column as an array that needs no pickling and changes none of them."""
    kinds = {type(value) for value in values}
    largest = max((abs(value) for value in values if type(value) is int), default=0)
    if kinds == {bool}:
        return np.array(values, dtype=np.bool_)
    if kinds == {int} and largest <= np.iinfo(np.int64).max:
        return np.array(values, dtype=np.int64)
    if kinds & {int, float} and kinds <= {int, float, type(None)} and largest <= EXACT:
        return np.array([np.nan if each is None else each for each in values], dtype=np.float64)
    return np.array(["" if each is None else str(each) for each in values], dtype=np.str_)
