"""The problems of a file as a table that can be sorted and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from app import theme
from app.marks import severity_icon
from codec.problems import Problem, Severity

Index = QModelIndex | QPersistentModelIndex
ROOT_INDEX = QModelIndex()

SORT_ROLE = Qt.ItemDataRole.UserRole
"""What a column is sorted by: a number where it shows one, severities by how bad they are."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SEVERITIES = list(Severity)


class Column(IntEnum):
    """What a column shows of a problem."""

    SEVERITY = 0
    CODE = 1
    OFFSET = 2
    SIZE = 3
    TILE = 4
    MESSAGE = 5
    EXPECTED = 6
    FOUND = 7
    CAUSE = 8


_NUMBERS = (Column.OFFSET, Column.SIZE, Column.TILE)

_HEADINGS = {
    Column.SEVERITY: (
        "Severity",
        "Error: weights are lost or a rule is broken. Warning: wasteful.",
    ),
    Column.CODE: ("Code", "The stable name of the problem, as --json and scripts have it."),
    Column.OFFSET: ("Offset", "First byte at fault, counted from the start of the file."),
    Column.SIZE: ("Size", "Bytes at fault; 0 where bytes are missing."),
    Column.TILE: ("Tile", "The tile that it is about, in coding order."),
    Column.MESSAGE: ("Message", "What is wrong."),
    Column.EXPECTED: ("Expected", "What a sound file holds there."),
    Column.FOUND: ("Found", "What this file holds there."),
    Column.CAUSE: ("Likely cause", "The mistake of a codec that usually produces this."),
}


class ProblemTableModel(QAbstractTableModel):
    """One row a problem, in the order in which they were found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return self._problems

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Shows other problems."""
        self.beginResetModel()
        self._problems = tuple(problems)
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT_INDEX) -> int:
        """One row a problem."""
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: Index = ROOT_INDEX) -> int:
        """Always the same."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns, explained in tooltips."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, explanation = _HEADINGS[Column(section)]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return explanation
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(Column(section))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip, picture, colour and sorting key of a cell."""
        if not index.isValid():
            return None
        problem, column = self._problems[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text_of(problem, column)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{problem.title}\n{problem.message}"
            case Qt.ItemDataRole.DecorationRole if column is Column.SEVERITY:
                return severity_icon(problem.severity)
            case Qt.ItemDataRole.ForegroundRole if column is Column.SEVERITY:
                return theme.current().severities[problem.severity]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case _ if role == SORT_ROLE:
                return _sorting_key(problem, column)
        return None


class ProblemFilter(QSortFilterProxyModel):
    """The problems of one severity, or of all, that hold a text."""

    def __init__(self, source: ProblemTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = source
        self._severity: Severity | None = None
        self._words: list[str] = []
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)
        self.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def show_only(self, severity: Severity | None, text: str) -> None:
        """Lets through what has this severity (any, where None) and all words of `text`."""
        self._severity, self._words = severity, text.lower().split()
        self.invalidate()

    def problem_at(self, index: Index) -> Problem | None:
        """The problem of a row."""
        row = self.mapToSource(index).row()
        return self._table.problems[row] if row >= 0 else None

    def row_of(self, offset: int, size: int, tile: int | None) -> int | None:
        """The first row shown whose problem is about exactly this place; None where none is."""
        for row in range(self.rowCount()):
            problem = self.problem_at(self.index(row, 0))
            if problem and (problem.offset, problem.size, problem.tile) == (offset, size, tile):
                return row
        return None

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether a problem is let through."""
        problem = self._table.problems[source_row]
        if self._severity not in (None, problem.severity):
            return False
        text = " ".join(text_of(problem, column) for column in Column).lower()
        return all(word in text for word in self._words)


def text_of(problem: Problem, column: Column) -> str:
    """What a column shows of a problem."""
    match column:
        case Column.SEVERITY:
            return str(problem.severity)
        case Column.CODE:
            return problem.code
        case Column.OFFSET:
            return f"{problem.offset:,}"
        case Column.SIZE:
            return f"{problem.size:,}"
        case Column.TILE:
            return "" if problem.tile is None else f"{problem.tile:,}"
        case Column.MESSAGE:
            return problem.message
        case Column.EXPECTED:
            return problem.expected
        case Column.FOUND:
            return problem.found
        case Column.CAUSE:
            return problem.likely_cause


def counts(problems: Sequence[Problem]) -> str:
    """How many there are of each severity, as in "2 errors, 1 warning"; "" where there is none."""
    found = Counter(problem.severity for problem in problems)
    return ", ".join(
        f"{found[severity]:,} {severity}{'' if found[severity] == 1 else 's'}"
        for severity in Severity
        if found[severity]
    )


def _sorting_key(problem: Problem, column: Column) -> int | float | str:
    match column:
        case Column.SEVERITY:
            return _SEVERITIES.index(problem.severity)
        case Column.OFFSET:
            return float(
                problem.offset
            )  # a Python int above 2^31 does not survive the way through Qt
        case Column.SIZE:
            return float(problem.size)
        case Column.TILE:
            return -1 if problem.tile is None else problem.tile
        case _:
            return text_of(problem, column)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    return _RIGHT if column in _NUMBERS else _LEFT
