"""What is wrong with a file, as data: one `Problem` per fault, each with its place and its cause.

The codes are stable: scripts match on them, and the window explains them. `CATALOGUE` states for each
code how bad it is and which mistake of a codec usually produces it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    """Some weights cannot be recovered, or the file breaks its layout's rules."""
    WARNING = "warning"
    """All weights can be recovered, but something is wasteful or suspicious."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known about a problem's code before any file is read."""

    severity: Severity
    title: str
    likely_cause: str


_E, _W = Severity.ERROR, Severity.WARNING

CATALOGUE: dict[str, Kind] = {
    "truncated-header": Kind(
        _E, "Header cut short", "the file was cut while it was written or copied"
    ),
    "truncated-table": Kind(
        _E, "Table cut short", "the file was cut while it was written or copied"
    ),
    "truncated-index": Kind(
        _E,
        "Index cut short",
        "the file was cut, or the tile count in the header is damaged",
    ),
    "version": Kind(_E, "Unknown version", "the file comes from another revision of the codec"),
    "signature": Kind(
        _E,
        "Signature damaged",
        "the file was transferred as text, which changes line ends",
    ),
    "reader-version": Kind(
        _E, "Needs a newer reader", "the file was written by a later version of this program"
    ),
    "feature": Kind(
        _E, "Needs an unknown feature", "the file was written by a later version of this program"
    ),
    "checksum": Kind(
        _E, "Checksum differs", "bytes were damaged or edited after the file was written"
    ),
    "parameter": Kind(
        _E,
        "Parameter out of range",
        "the record is damaged, or its writer broke the layout's limits",
    ),
    "source-shape": Kind(
        _E,
        "Shape does not fit the matrix",
        "the record is damaged, or a product of axes wrapped",
    ),
    "name": Kind(_E, "Bad tensor name", "the names or the record are damaged"),
    "scales": Kind(
        _E, "Bad scales", "the record is damaged, or a division by 0 came into the scales"
    ),
    "tile-size": Kind(_E, "Impossible tile size", "the header is damaged, or was never filled in"),
    "empty-shape": Kind(_E, "No weights", "the header is damaged, or an empty layer was encoded"),
    "grid-shape": Kind(
        _E,
        "Tile grid does not fit the shape",
        "the encoder divided rows or columns by the tile size without rounding up",
    ),
    "tile-count": Kind(
        _E,
        "Tile count does not fit the grid",
        "the count was written before the edge tiles were added, or a product wrapped",
    ),
    "file-size": Kind(
        _E,
        "File size differs from the header",
        "the file was cut or appended to, or the size was summed before the last tile was written",
    ),
    "section-offset": Kind(
        _E,
        "Section at an impossible offset",
        "an offset was computed with another struct size than the one that was written",
    ),
    "section-overlap": Kind(
        _E,
        "Sections overlap",
        "an offset was computed with another struct size than the one that was written",
    ),
    "predictor": Kind(_E, "Unknown predictor", "the file comes from another revision of the codec"),
    "implausible-size": Kind(
        _E,
        "More weights than the bytes can justify",
        "rows, columns or tile size in the header are damaged",
    ),
    "table-sum": Kind(
        _E,
        "Frequencies do not sum to the total",
        "rounding every rare symbol up to 1 overshot the total, and the excess was taken from the most "
        "frequent symbol below zero: it wrapped and was clamped",
    ),
    "table-range": Kind(
        _E,
        "A symbol owns all slots",
        "a table was made of data with a single symbol; its frequency overflows a field of scale_bits bits",
    ),
    "table-start": Kind(
        _E,
        "Start is not the sum of the frequencies before it",
        "the starts were summed before the frequencies were corrected, or inclusively",
    ),
    "tile-position": Kind(
        _E,
        "Tile at the wrong place of the grid",
        "tile row and column were exchanged, or the index was not written row by row",
    ),
    "tile-bounds": Kind(
        _E,
        "Stream reaches outside the file",
        "the file was cut, or offsets were counted from another base",
    ),
    "tile-coding": Kind(
        _E,
        "Tile record contradicts itself",
        "the index is damaged, or the file comes from another revision of the codec",
    ),
    "tile-checksum": Kind(
        _E,
        "Checksum of a tile's weights differs",
        "the stream is damaged, or the decoder puts weights at the wrong places",
    ),
    "end-pad": Kind(
        _E,
        "No room to read past the last stream",
        "the writer left out the pad, or the size of the streams is damaged",
    ),
    "reserved-bytes": Kind(
        _E,
        "Bytes that must be zero are not",
        "bytes were damaged, or a struct was written without being cleared first",
    ),
    "tile-overlap": Kind(
        _E,
        "Streams overlap",
        "an offset was advanced by the wrong size, or two tiles were written to one place",
    ),
    "tile-order": Kind(
        _W,
        "Streams are not in index order",
        "tiles were written by several threads without sorting the index",
    ),
    "stream-size": Kind(
        _E,
        "Stream too short for its own count and state",
        "the size in the index leaves out the count or the final state",
    ),
    "symbol-count": Kind(
        _E,
        "Symbol count differs from the tile's weights",
        "the count of another tile was written, edge padding was forgotten, or the offset is wrong",
    ),
    "initial-state": Kind(
        _E,
        "Stored state outside the coder's interval",
        "the state was read from the wrong end of the stream or in the wrong byte order, or the size "
        "in the index is off",
    ),
    "stream-underrun": Kind(
        _E,
        "Stream runs out of bytes",
        "a byte was lost, the table differs from the encoder's, or renormalisation has another bound",
    ),
    "unowned-slot": Kind(
        _E,
        "State points at a slot that no symbol owns",
        "the frequencies sum to less than the total, or the stream is damaged",
    ),
    "final-state": Kind(
        _E,
        "Last state is not the lower bound",
        "the stream is damaged, or was coded with another table",
    ),
    "bytes-left": Kind(
        _E,
        "Stream has bytes left over",
        "the stream is damaged, or its size in the index is too large",
    ),
    "zero-frequency": Kind(
        _E,
        "A symbol that occurs has frequency zero",
        "the table was built from a sample of the data that lacks this symbol",
    ),
    "padding": Kind(_W, "Padding is not zero", "a struct was written without being cleared first"),
    "tile-padding": Kind(
        _W,
        "Edge tile is not padded with zero",
        "the encoder read past the matrix, or left its tile buffer uncleared",
    ),
    "unclaimed-bytes": Kind(
        _W,
        "Bytes that nothing claims",
        "alignment, a deleted tile, or a size in the index that is too small",
    ),
    "trailing-bytes": Kind(
        _W,
        "Bytes after the last stream",
        "the file was appended to, or an older, longer file was overwritten in place",
    ),
    "table-misfit": Kind(
        _W,
        "Table does not fit the data",
        "the table was built from other data, or its normalisation went wrong",
    ),
    "table-wrapped": Kind(
        _W,
        "Table is wrong for this data",
        "counts × 4096 wrapped in 32 bits when the table was normalised",
    ),
    "table-mode-starved": Kind(
        _W,
        "The excess was taken from one symbol",
        "rounding every rare symbol up to 1 overshot the total, and the whole excess was taken from "
        "the most frequent symbol",
    ),
    "not-compressed": Kind(
        _W,
        "Stream larger than the raw weights",
        "the data is incompressible and the layout has no raw tiles",
    ),
    "unreadable": Kind(
        _E, "Bytes cannot be read", "the file shrank or the disk failed while it was open"
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file.

    Attributes:
        code: key of `CATALOGUE`.
        offset: first byte of the place at fault.
        size: its bytes; 0 where bytes are missing.
        message: one plain sentence.
        expected: what a sound file holds there, in words.
        found: what this one holds.
        cause: the likely cause where more is known than the code alone tells; else "".
        tensor: index of the tensor it belongs to, or None.
        tile: index of the tile in coding order, or None.
    """

    code: str
    offset: int
    size: int
    message: str
    expected: str = ""
    found: str = ""
    cause: str = ""
    tensor: int | None = None
    tile: int | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is, by its code."""
        return CATALOGUE[self.code].severity

    @property
    def title(self) -> str:
        """The fault in a few words."""
        return CATALOGUE[self.code].title

    @property
    def likely_cause(self) -> str:
        """The mistake of a codec that usually produces it."""
        return self.cause or CATALOGUE[self.code].likely_cause


def worst(problems: Iterable[Problem]) -> Severity | None:
    """The worst severity among `problems`, or None where there are none."""
    found = {problem.severity for problem in problems}
    return next((severity for severity in Severity if severity in found), None)
