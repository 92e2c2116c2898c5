"""Writes a table as CSV, JSON or NPZ, part by part: it need never be in memory whole."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.exporting.npz_columns import npz_writer
from app.exporting.table import ROWS_AT_ONCE, Part, Table, Values
from codec.atomic_file import Piece, write_file, write_seekable
from codec.decimal_text import Characters, decimals, fixed, rows_of_text
from codec.errors import InputError

Tick = Callable[[int, int], None]
"""Told how many rows of how many are written; may raise Cancelled."""


class Format(Enum):
    """A kind of file that a table can be written to; the value is the ending of its name."""

    CSV = ".csv"
    JSON = ".json"
    NPZ = ".npz"

    @property
    def says(self) -> str:
        """What it is, for a file dialog."""
        return _SAYS[self]


_SAYS = {
    Format.CSV: "Comma-separated values",
    Format.JSON: "JSON, an object a row",
    Format.NPZ: "NumPy archive, an array a column",
}


def format_of(path: str | os.PathLike[str]) -> Format:
    """The format that a name's ending asks for.

    Raises:
        InputError: it asks for none.
    """
    ending = PurePath(path).suffix.lower()
    try:
        return Format(ending)
    except ValueError:
        endings = ", ".join(each.value for each in Format)
        raise InputError(f"{PurePath(path).name} does not end in one of {endings}") from None


def write_table(table: Table, path: str | os.PathLike[str], tick: Tick) -> None:
    """Writes a table in the format that the name of the file asks for, whole or not at all.

    Raises:
        InputError: the ending is none that is known, or the file cannot be written.
        RanscopeError: the table's values cannot be had.
        Cancelled: `tick` said so.
    """
    match format_of(path):
        case Format.CSV:
            write_file(path, csv_pieces(table, tick))
        case Format.JSON:
            write_file(path, json_pieces(table, tick))
        case Format.NPZ:
            write_seekable(path, npz_writer(table, tick))


def csv_pieces(table: Table, tick: Tick) -> Iterator[Piece]:
    """The rows as CSV (RFC 4180, lines ending in a line feed) with a header, in UTF-8.

    What is missing is an empty cell; numbers are written in full, switches as true and false.
    """
    yield _csv_lines([table.columns])
    before = [b"", *[b","] * (len(table.columns) - 1)]
    for part in _counted(table, tick):
        if arrays := _arrays(part):
            yield rows_of_text([_characters(each, b"", b"inf") for each in arrays], before, b"\n")
        else:
            yield _csv_lines(zip(*map(_csv_cells, part), strict=True))


def json_pieces(table: Table, tick: Tick) -> Iterator[Piece]:
    """`{"table": name, "columns": [...], "rows": [{column: value}, ...]}`, a row a line, in UTF-8.

    What is missing is null, and so is a number that JSON cannot hold.
    """
    head = _json({"table": table.name, "columns": table.columns})
    yield f'{head[:-1]}, "rows": ['.encode()
    names = [_json(name) for name in table.columns]
    row = "{" + ", ".join(f"{name.replace('%', '%%')}: %s" for name in names) + "}"
    before = [f", {name}: ".encode() for name in names]
    before[0] = b",\n{" + before[0][2:]
    first = len(",")  # which no row stands before
    for part in _counted(table, tick):
        if arrays := _arrays(part):
            columns = [_characters(each, b"null", b"null") for each in arrays]
            yield rows_of_text(columns, before, b"}")[first:]
        else:
            lines = (row % texts for texts in zip(*map(_json_texts, part), strict=True))
            yield "".join(f",\n{line}" for line in lines)[first:].encode()
        first = 0
    yield b"\n]}\n"


def _counted(table: Table, tick: Tick) -> Iterator[Part]:
    """The parts that have rows, in pieces that do not take long."""
    done = 0
    tick(0, table.rows or 1)
    for part in table.parts():
        rows = len(part[0]) if part else 0
        for begin in range(0, rows, ROWS_AT_ONCE):
            yield tuple(values[begin : begin + ROWS_AT_ONCE] for values in part)
            done += min(ROWS_AT_ONCE, rows - begin)
            tick(done, max(table.rows or 0, done, 1))


# A table may have a hundred million cells: whole columns are turned into text, by what they are.


def _arrays(part: Part) -> list[NDArray[Any]]:
    """The columns, where all of them are numbers and switches that can be turned into text at once; else none."""
    arrays = [each for each in part if isinstance(each, np.ndarray) and each.dtype.kind in "iubf"]
    return arrays if len(arrays) == len(part) else []


def _characters(values: NDArray[Any], nan: bytes, infinite: bytes) -> Characters:
    """The cells of a column, with what stands for numbers that are none, and for those without a bound."""
    if values.dtype.kind == "b":
        return _SWITCHES[values.astype(np.intp)]
    if values.dtype.kind == "f":
        return fixed([_float(value, nan, infinite) for value in values.tolist()])
    return decimals(values)


def _float(value: float, nan: bytes, infinite: bytes) -> bytes:
    if math.isfinite(value):
        return repr(value).encode("ascii")
    if math.isnan(value):
        return nan
    return b"-" + infinite if value < 0 and infinite == b"inf" else infinite


_SWITCHES = fixed([b"false", b"true"])


def _csv_cells(values: Values) -> list[Any]:
    """The cells of a column: what is missing is None, which becomes an empty cell."""
    plain = _plain(values)
    whole_numbers = isinstance(values, np.ndarray) and values.dtype.kind in "iu"
    return plain if whole_numbers else [_csv_cell(value) for value in plain]


def _csv_cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return None if isinstance(value, float) and math.isnan(value) else value


def _csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue().encode()


def _json_texts(values: Values) -> list[str]:
    """The cells of a column as JSON."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        return list(map(str, values.tolist()))
    return [_json_text(value) for value in _plain(values)]


def _json_text(value: object) -> str:
    return "null" if isinstance(value, float) and not math.isfinite(value) else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(values: Values) -> list[Any]:
    """The values of a column as Python's own."""
    return values.tolist() if isinstance(values, np.ndarray) else list(values)
