"""The problems of a file as a table that can be sorted and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from app import theme
from app.marks import severity_icon
from app.models.headed_table import FLUSH_LEFT, FLUSH_RIGHT, NO_PARENT, HeadedTable, Heading, Index
from app.selection import Selection
from codec.problems import Problem, Severity

SORT_ROLE = Qt.ItemDataRole.UserRole
"""What a column is sorted by: a number where it shows one, severities by how bad they are."""

_SEVERITIES = list(Severity)


RAISED = "The edits raise it: the file as opened does not have it."
"""What is said of a problem."""


class Column(IntEnum):
    """What a column shows of a problem."""

    SEVERITY = 0
    CODE = 1
    OFFSET = 2
    SIZE = 3
    TENSOR = 4
    TILE = 5
    MESSAGE = 6
    EXPECTED = 7
    FOUND = 8
    CAUSE = 9


_NUMBERS = (Column.OFFSET, Column.SIZE, Column.TILE)

_HEADINGS = (
    Heading(
        "Severity",
        "Error: weights are lost or a rule is broken. Warning: wasteful. By edit: the file as opened has no such.",
    ),
    Heading("Code", "The stable name of the problem, as --json and scripts have it."),
    Heading("Offset", "First byte at fault, counted from the start of the file."),
    Heading("Size", "Bytes at fault; 0 where bytes are missing."),
    Heading("Tensor", "The tensor that it is about."),
    Heading("Tile", "The tile that it is about, in coding order."),
    Heading("Message", "What is wrong."),
    Heading("Expected", "What a sound file holds there."),
    Heading("Found", "What this file holds there."),
    Heading("Likely cause", "The mistake of a codec that usually produces this."),
)
"""In the order of the columns."""


class ProblemTableModel(HeadedTable):
    """One row a problem, in the order in which they were found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_HEADINGS, parent)
        self._problems: tuple[Problem, ...] = ()
        self._names: tuple[str, ...] = ()
        self._raised: Container[object] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return self._problems

    def set_problems(
        self,
        problems: Sequence[Problem],
        names: Sequence[str] = (),
        raised: Container[object] = (),
    ) -> None:
        """Shows other problems, names the tensors that they are about, and marks those that edits raise."""
        self.beginResetModel()
        self._problems, self._names, self._raised = tuple(problems), tuple(names), raised
        self.endResetModel()

    def is_raised(self, problem: Problem) -> bool:
        """Whether edits raise a problem."""
        return problem in self._raised

    def text(self, problem: Problem, column: Column) -> str:
        """What a column shows of a problem."""
        if column is Column.TENSOR and problem.tensor is not None and len(self._names) > 1:
            return tensor_name(problem.tensor, self._names)
        if column is Column.SEVERITY and self.is_raised(problem):
            return f"{problem.severity}, by edit"
        return text_of(problem, column)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row a problem."""
        return 0 if parent.isValid() else len(self._problems)

    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return FLUSH_RIGHT if column in _NUMBERS else FLUSH_LEFT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip, picture, colour and sorting key of a cell."""
        if not index.isValid():
            return None
        problem, column = self._problems[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(problem, column)
            case Qt.ItemDataRole.ToolTipRole:
                raised = f"\n{RAISED}" if self.is_raised(problem) else ""
                return f"{problem.title}\n{problem.message}{raised}"
            case Qt.ItemDataRole.DecorationRole if column is Column.SEVERITY:
                return severity_icon(problem.severity)
            case Qt.ItemDataRole.ForegroundRole if column is Column.SEVERITY:
                return theme.current().severities[problem.severity]
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == SORT_ROLE:
                return _sorting_key(problem, column)
        return None


class ProblemFilter(QSortFilterProxyModel):
    """The problems of one severity, or of all, or those that edits raise, that hold a text."""

    def __init__(self, source: ProblemTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = source
        self._severity: Severity | None = None
        self._raised = False
        self._words: list[str] = []
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)
        self.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def show_only(self, severity: Severity | None, text: str, *, raised: bool = False) -> None:
        """Lets through what has this severity (any, where None) and all words of `text`.

        Args:
            severity, text: as said.
            raised: whether only what edits raise is let through.
        """
        self._severity, self._words, self._raised = severity, text.lower().split(), raised
        self.invalidate()

    def problem_at(self, index: Index) -> Problem | None:
        """The problem of a row."""
        row = self.mapToSource(index).row()
        return self._table.problems[row] if row >= 0 else None

    def row_of(self, selection: Selection) -> int | None:
        """The first row shown whose problem is about exactly what is selected; None where none is."""
        for row in range(self.rowCount()):
            problem = self.problem_at(self.index(row, 0))
            if problem and is_about(problem, selection):
                return row
        return None

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether a problem is let through."""
        problem = self._table.problems[source_row]
        if self._severity not in (None, problem.severity):
            return False
        if self._raised and not self._table.is_raised(problem):
            return False
        text = " ".join(self._table.text(problem, column) for column in Column).lower()
        return all(word in text for word in self._words)


def text_of(problem: Problem, column: Column) -> str:
    """What a column shows of a problem; of its tensor nothing, which only the file can name."""
    number = _number_of(problem, column)
    if column in _NUMBERS:
        return "" if number is None else f"{number:,}"
    return _TEXTS[column](problem)


_TEXTS: dict[Column, Callable[[Problem], str]] = {
    Column.SEVERITY: lambda problem: str(problem.severity),
    Column.CODE: lambda problem: problem.code,
    Column.TENSOR: lambda _problem: "",
    Column.MESSAGE: lambda problem: problem.message,
    Column.EXPECTED: lambda problem: problem.expected,
    Column.FOUND: lambda problem: problem.found,
    Column.CAUSE: lambda problem: problem.likely_cause,
}


def _number_of(problem: Problem, column: Column) -> int | None:
    """The number that a column shows of a problem, or is sorted by; None without one."""
    match column:
        case Column.SEVERITY:
            return _SEVERITIES.index(problem.severity)
        case Column.OFFSET:
            return problem.offset
        case Column.SIZE:
            return problem.size
        case Column.TENSOR:
            return problem.tensor
        case Column.TILE:
            return problem.tile
        case _:
            return None


def tensor_name(tensor: int, names: Sequence[str]) -> str:
    """What a tensor is called; its number where it has no name."""
    return names[tensor] if tensor < len(names) and names[tensor] else f"tensor {tensor:,}"


def is_about(problem: Problem, selection: Selection) -> bool:
    """Whether a problem is about exactly what is selected."""
    place = (problem.offset, problem.size) == selection.span and problem.tile == selection.tile
    return place and problem.tensor in (None, selection.tensor)


def counts(problems: Sequence[Problem]) -> str:
    """How many there are of each severity, as in "2 errors, 1 warning"; "" where there is none."""
    found = Counter(problem.severity for problem in problems)
    return ", ".join(
        f"{found[severity]:,} {severity}{'' if found[severity] == 1 else 's'}"
        for severity in Severity
        if found[severity]
    )


def _sorting_key(problem: Problem, column: Column) -> float | str:
    if column not in (*_NUMBERS, Column.SEVERITY, Column.TENSOR):
        return text_of(problem, column)
    number = _number_of(problem, column)
    # A Python int above 2^31 does not survive the way through Qt.
    return -1.0 if number is None else float(number)
