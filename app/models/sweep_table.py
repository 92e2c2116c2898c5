"""The rows of a sweep as a table that sorts by any column, and grows while the sweep runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app import theme
from app.models.sorting_table import Column, SortingTable
from app.models.sweep_columns import COLUMNS, Figures, SweepColumn, Texts, setting_texts
from codec.problems import Severity
from codec.rerun.choices import Row
from codec.rerun.figures import figures
from codec.rerun.measured import Measured, Outcome


@dataclass(frozen=True)
class Swept:
    """One combination.

    Attributes:
        number: its place among all, in the order in which they came.
        row: what was measured.
        known: the same as figures.
        texts: its settings as they are read.
    """

    number: int
    row: Row
    known: Figures
    texts: Texts


class SweepTable(SortingTable):
    """One row a combination."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            [_sorting(column) for column in COLUMNS],
            lambda each: each.number,
            parent,
            tip_of=lambda each: each.known["says"],
        )

    @property
    def measured(self) -> list[Row]:
        """What was measured of all rows, in the order in which they came."""
        return [each.row for each in self.rows]

    @property
    def known(self) -> list[Figures]:
        """The figures of all rows, in the order in which they came."""
        return [each.known for each in self.rows]

    @property
    def texts(self) -> list[Texts]:
        """The settings of all rows, in the order in which they came."""
        return [each.texts for each in self.rows]

    def add_measured(self, rows: Sequence[Row]) -> None:
        """Adds rows below those that are shown; `sort` puts them into their places."""
        known = [figures(row) for row in rows]
        each = zip(rows, known, setting_texts(known), strict=True)
        self.add([Swept(number, *one) for number, one in enumerate(each, self.rowCount())])

    def measured_at(self, line: int) -> Row | None:
        """What was measured of the row that a line shows; None where there is none."""
        found: Swept | None = self.row_at(line)
        return None if found is None else found.row

    def number_at(self, line: int) -> int | None:
        """The number of the row that a line shows; None where there is none."""
        found: Swept | None = self.row_at(line)
        return None if found is None else found.number

    def smallest(self) -> int | None:
        """The number of the row with the smallest file that gives the weights back; None without one."""
        sizes = [
            (each.row.file_size, not each.row.recipe.table_rule.usual, each.number)
            for each in self.rows
            if isinstance(each.row, Measured) and each.row.outcome is Outcome.EXACT
        ]
        return min(sizes)[2] if sizes else None

    def ink(self, row: Swept, column: int) -> QColor | None:
        """What is chosen has the usual colour, unless it was refused."""
        outcome = row.known["outcome"]
        if outcome == Outcome.EXACT:
            return None
        colours = theme.current()
        if outcome == Outcome.REFUSED:
            return colours.dim
        return None if COLUMNS[column].setting else colours.severities[Severity.ERROR]


def _sorting(column: SweepColumn) -> Column:
    """A column of figures as one of the table's."""

    def order(each: Swept) -> Any:
        unknown, value = column.order(each.known)
        return None if unknown else value

    def text(each: Swept) -> str:
        return column.text(each.known)

    return Column(column.title, column.meaning, text, order, column.words, column.unit)
