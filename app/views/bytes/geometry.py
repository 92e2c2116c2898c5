"""Where everything stands in a hex view, from the size of its characters alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF

WIDTHS = (32, 16, 8, 4)
"""Bytes a row that can be chosen, or that are chosen by the room there is."""

GROUP = 8
"""Bytes between two of the wider gaps that help the eye."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """The places of a page of rows: offset, the bytes in hex, the bytes as characters.

    Attributes:
        char: width of a character, in pixels.
        line: height of a row, in pixels.
        digits: hex digits of an offset.
        columns: bytes a row.
    """

    char: float
    line: float
    digits: int
    columns: int

    def hex_x(self, column: int) -> float:
        """Left edge of a byte in hex: two digits with half a character on both sides."""
        return (self.digits + 1.5 + 3 * column + column // GROUP) * self.char

    def text_x(self, column: int) -> float:
        """Left edge of a byte as a character."""
        return self.hex_x(self.columns - 1) + (4 + column) * self.char

    @property
    def width(self) -> float:
        """Of a whole row."""
        return self.text_x(self.columns) + 0.5 * self.char

    def hex_box(self, row: int, first: int, last: int) -> QRectF:
        """The bytes from column `first` to `last` of a row of the page, in hex."""
        left = self.hex_x(first)
        return QRectF(left, self.y(row), self.hex_x(last) + 3 * self.char - left, self.line)

    def text_box(self, row: int, first: int, last: int) -> QRectF:
        """The same bytes as characters."""
        left = self.text_x(first)
        return QRectF(left, self.y(row), (last - first + 1) * self.char, self.line)

    def boxes(self, row: int, first: int, last: int) -> tuple[QRectF, QRectF]:
        """The same bytes both ways."""
        return self.hex_box(row, first, last), self.text_box(row, first, last)

    def y(self, row: int) -> float:
        """Upper edge of a row of the page; above the first stand the column's numbers."""
        return (row + 1) * self.line

    def row_at(self, y: float) -> int:
        """The row of the page at a height; -1 for the line above the first."""
        return int(y // self.line) - 1

    def column_at(self, x: float) -> int | None:
        """The byte of a row nearest to `x` where that is among bytes; None left and right of them."""
        if self.text_x(0) <= x < self.text_x(self.columns):
            return int((x - self.text_x(0)) // self.char)
        if not self.hex_x(0) <= x < self.hex_x(self.columns - 1) + 3 * self.char:
            return None
        within = [column for column in range(self.columns) if self.hex_x(column) <= x]
        return within[-1]

    def pieces(
        self, begin: int, end: int, first_row: int, rows: int
    ) -> Iterator[tuple[int, int, int]]:
        """Cuts the bytes [begin, end) into rows: (row of the page, first column, last column).

        Args:
            begin, end: offsets.
            first_row: the row of the file at the top of the page.
            rows: rows of the page; what lies outside is left out.
        """
        begin = max(begin, first_row * self.columns)
        end = min(end, (first_row + rows) * self.columns)
        while begin < end:
            row, column = divmod(begin, self.columns)
            upto = min(end, (row + 1) * self.columns)
            yield row - first_row, column, column + upto - begin - 1
            begin = upto


def columns_that_fit(width: float, char: float, digits: int) -> int:
    """The most bytes a row that `width` has room for; the fewest there are where it has none."""
    fitting = (n for n in WIDTHS if Geometry(char, 1, digits, n).width <= width)
    return next(fitting, WIDTHS[-1])


def offset_digits(size: int) -> int:
    """Hex digits of the offsets of a file of `size` bytes: an even number, at least eight."""
    digits = len(f"{max(size - 1, 0):x}")
    return max(8, digits + digits % 2)
