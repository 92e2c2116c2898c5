"""What two compressed files differ in, as lists for one table: fields, tiles, bytes, and the first encode step.

A list knows how many rows it has and gives the text of a cell when it is asked, so that 65,536 tiles cost no more than
one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.models.divergence_marks import UNKNOWN, listed
from app.models.divergence_pairs import SIDE_NAMES
from codec.comparison.encode_steps import EncodeStep
from codec.comparison.file_fields import FieldPair, FieldValue
from codec.comparison.file_tiles import ASPECTS
from codec.comparison.files import FileComparison

Place = tuple[int, int]
"""(offset, size) in the left file."""


def _nowhere(_row: int) -> None:
    return None


@dataclass(frozen=True, eq=False)
class Listing:
    """Rows of a table.

    Attributes:
        columns: title and meaning of each column.
        count: rows.
        text: of a cell, by row and column.
        differs: whether a cell is marked.
        apart: int64, the rows that differ, ascending.
        numbers: columns that are aligned as numbers.
        place: the bytes of the left file that a row is about; None where it is about none.
        tile: the tile of the left file that a row is about; None where it is about none.
        heads: of the rows; none where they have no heads.
    """

    columns: tuple[tuple[str, str], ...]
    count: int
    text: Callable[[int, int], str]
    differs: Callable[[int, int], bool]
    apart: NDArray[np.int64]
    numbers: tuple[int, ...] = ()
    place: Callable[[int], Place | None] = _nowhere
    tile: Callable[[int], int | None] = _nowhere
    heads: tuple[str, ...] = field(default=())


_NO_ROWS = np.zeros(0, dtype=np.int64)

NOTHING = Listing((), 0, lambda _row, _column: "", lambda _row, _column: False, _NO_ROWS)
"""Nothing to list."""


def fields_listing(files: FileComparison, only_differing: bool) -> Listing:
    """The fields of both files, all of them or those that differ."""
    pairs = files.fields_differing if only_differing else files.fields

    def text(row: int, column: int) -> str:
        pair = pairs[row]
        return (pair.path, _value(pair.left), _value(pair.right))[column]

    return Listing(
        (
            ("Field", "What it is called, with what it lies in."),
            ("Left", "What the left file holds there."),
            ("Right", "What the right file holds there."),
        ),
        len(pairs),
        text,
        lambda row, column: column > 0 and not pairs[row].equal,
        np.flatnonzero([not pair.equal for pair in pairs]),
        place=lambda row: _place(pairs[row]),
    )


def _value(value: FieldValue | None) -> str:
    return UNKNOWN if value is None else value.text


def _place(pair: FieldPair) -> Place | None:
    value = pair.left
    return None if value is None or value.offset is None else (value.offset, value.size)


ASPECT_NAMES = {
    "readable": "one cannot be read",
    "offset": "offset",
    "size": "size",
    "predictor": "predictor",
    "coding": "coding",
    "constant": "constant",
    "checksum": "checksum",
    "symbol_count": "symbol count",
    "state": "last state",
    "words": "words",
}
"""What a person calls the aspects of a tile."""


def tiles_listing(files: FileComparison, only_differing: bool) -> Listing:
    """The tiles of both files, all of them or those that were coded differently."""
    tiles = files.tiles
    every = np.arange(len(tiles), dtype=np.int64)
    rows: NDArray[np.int64] = files.tiles_differing if only_differing else every
    apart = np.zeros(len(tiles), dtype=np.bool_)
    apart[files.tiles_differing] = True

    def text(row: int, column: int) -> str:
        pair = tiles[rows[row]]
        if column == len(SIDE_NAMES):
            return _aspects(pair)
        number = int(pair[SIDE_NAMES[column]])
        return UNKNOWN if number < 0 else f"{number:,}"

    def tile(row: int) -> int | None:
        number = int(tiles["left"][rows[row]])
        return None if number < 0 else number

    return Listing(
        (
            ("Tile left", "Number of the tile in the left file."),
            ("Tile right", "Number of the tile at the same place in the right file."),
            ("Differs in", "What the index or the stream of the tile holds differently."),
        ),
        len(rows),
        text,
        lambda row, column: column == len(SIDE_NAMES) and bool(apart[rows[row]]),
        np.flatnonzero(apart[rows]),
        numbers=(0, 1),
        tile=tile,
    )


def _aspects(pair: np.void) -> str:
    for name in SIDE_NAMES:
        if int(pair[name]) < 0:
            return f"the {name} file has no such tile"
    return listed([ASPECT_NAMES.get(aspect, aspect) for aspect in ASPECTS if pair[aspect]])


def bytes_listing(files: FileComparison) -> Listing:
    """The parts of both files whose bytes differ, from the first byte that does to the last."""
    rows, regions, names = files.bytes.differing, files.bytes.regions, files.bytes.names

    def numbers(row: int) -> tuple[int, int, int, int]:
        region = regions[rows[row]]
        head, tail = int(region["same_head"]), int(region["same_tail"])
        left, right = int(region["left"]) + head, int(region["right"]) + head
        sizes = (int(region[f"{side}_size"]) - head - tail for side in SIDE_NAMES)
        return left, next(sizes), right, next(sizes)

    return Listing(
        (
            ("Part", "The part of the file that the bytes lie in."),
            ("Offset left", "The first byte that differs, in the left file."),
            ("Bytes left", "From the first byte that differs to the last."),
            ("Offset right", "The first byte that differs, in the right file."),
            ("Bytes right", "From the first byte that differs to the last."),
        ),
        len(rows),
        lambda row, column: f"{numbers(row)[column - 1]:,}" if column else names[rows[row]],
        lambda row, column: column in (2, 4) and numbers(row)[1] != numbers(row)[3],
        np.arange(len(rows), dtype=np.int64),
        numbers=(1, 2, 3, 4),
        place=lambda row: numbers(row)[:2],
    )


STEP_FIELDS: dict[str, tuple[str, str]] = {
    "symbol_index": ("symbol at", "The symbol's place in the tile, row by row."),
    "row": ("row", "Row of its weight in the matrix."),
    "col": ("col", "Column of its weight in the matrix."),
    "symbol": ("symbol", "What was coded."),
    "freq": ("freq", "Slots that the symbol owns."),
    "start": ("start", "The symbol's first slot."),
    "state_before": ("state before", "The encoder's state before the symbol."),
    "state_after": ("state after", "The encoder's state with the symbol coded."),
    "moved": ("bytes moved out", "What renormalisation moved out before the symbol was coded."),
    "offset": ("offset", "Where those bytes stand in the file, or the next would."),
}
"""Fields of an encode step: what each is called and what it means."""


def encode_listing(files: FileComparison) -> Listing:
    """The first encode step at which the files part, the left file's above the right one's."""
    encode = files.encode
    if encode is None:
        return NOTHING
    steps, names = (encode.left, encode.right), tuple(STEP_FIELDS)
    return Listing(
        tuple(STEP_FIELDS.values()),
        len(steps),
        lambda row, column: _step_text(steps[row], names[column]),
        lambda _row, column: names[column] in encode.differing,
        _NO_ROWS,
        numbers=tuple(range(len(names))),
        heads=SIDE_NAMES,
    )


def _step_text(step: EncodeStep | None, name: str) -> str:
    value = None if step is None else getattr(step, name)
    if isinstance(value, bytes):
        return value.hex(" ") or "none"
    return UNKNOWN if value is None else f"{value:,}"


def encode_sentence(files: FileComparison) -> str:
    """Where the encoders of both files part, and what that says; "" where it is not known."""
    encode = files.encode
    if encode is None:
        return ""
    whose = "decoder" if encode.backwards else "encoder"
    return f"Tile {encode.tiles[0]:,}, step {encode.step:,} of the {whose}: {encode.reason}"


def summary(files: FileComparison) -> str:
    """How the files differ as a whole, in one sentence."""
    names = f"{files.left.name} and {files.right.name}"
    if files.equal:
        return f"{names} say the same of {files.left.tensor}, byte for byte."
    counts = {
        "field": len(files.fields_differing),
        "symbol of the table": len(files.symbols_differing),
        "tile": len(files.tiles_differing),
        "part": len(files.bytes.differing),
    }
    found = [_counted(count, name) for name, count in counts.items() if count]
    notes = dict.fromkeys(note for note in (files.tiles_note, files.streams_note) if note)
    told = (
        f"{names} differ in {listed(found)}." if found else f"{names} differ in where streams lie."
    )
    further = (f"Not compared further: {note}." for note in notes)
    return " ".join([told, *_sizes(files), *further])


def _sizes(files: FileComparison) -> list[str]:
    """What the tensor takes in each of them, where that is not the same; else nothing."""
    sides = files.left, files.right
    before, after = (side.tensor_bytes for side in sides)
    if before == after or not all(side.weights for side in sides):
        return []
    bits = " and ".join(f"{8 * side.tensor_bytes / side.weights:.4f}" for side in sides)
    share = f"{100 * abs(after - before) / max(before, 1):.2f}%"
    return [
        f"{files.left.tensor} takes {before:,} and {after:,} bytes, {bits} bits a weight: "
        f"{share} {'less' if after < before else 'more'} on the right."
    ]


def _counted(count: int, name: str) -> str:
    noun, _, rest = name.partition(" ")
    return f"{count:,} {noun}{'' if count == 1 else 's'}{f' {rest}' if rest else ''}"
