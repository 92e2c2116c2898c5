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

    def revealing(self, row: int, first: int) -> int:
        """The first row that shows `row`, coming from `first`: near it by as little as need be, else
        with what is around the row."""
        if first <= row < first + self.page:
            return first
        if first - self.page <= row < first:
            return self.clamp(row)
        if first + self.page <= row < first + 2 * self.page:
            return self.clamp(row - self.page + 1)
        return self.clamp(row - self.page // 3)
