"""Rows of a file of any size on a scroll bar whose numbers end at 2^31 - 1."""

from __future__ import annotations

from dataclasses import dataclass

MOST = (1 << 31) - 1
"""The largest value of a Qt scroll bar."""


@dataclass(frozen=True, slots=True)
class RowScale:
    """Translates between the first row that is shown and the value of a scroll bar.

    Attributes:
        rows: rows of the file.
        page: rows that are wholly in sight.
    """

    rows: int
    page: int

    @property
    def last_first(self) -> int:
        """The first row that is shown at the very end."""
        return max(self.rows - self.page, 0)

    @property
    def per_value(self) -> int:
        """Rows that one step of the scroll bar stands for."""
        return self.last_first // MOST + 1

    @property
    def maximum(self) -> int:
        """The scroll bar's largest value."""
        return -(-self.last_first // self.per_value)

    def row(self, value: int) -> int:
        """The first row for a value of the scroll bar."""
        return self.clamp(value * self.per_value)

    def value(self, row: int) -> int:
        """The scroll bar's value for a first row; at the end its largest, so that it shows the end."""
        return self.maximum if row >= self.last_first else row // self.per_value

    def clamp(self, row: int) -> int:
        """The nearest row that can be the first."""
        return min(max(row, 0), self.last_first)

    def revealing(self, row: int, first: int, stepping: bool) -> int:
        """The first row of a page that shows `row`, coming from the page at `first`.

        Args:
            row: the row to show.
            first: the first row now; it stays where `row` is in sight.
            stepping: whether `row` was reached step by step; then the page moves as little as need be,
                else so that what is around the row is seen, too.
        """
        if first <= row < first + self.page:
            return first
        if not stepping:
            return self.clamp(row - self.page // 3)
        return self.clamp(row if row < first else row - self.page + 1)
