"""What is wrong with the file: a table to sort and filter, and each problem written out below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTableView,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.exporting.table import Table
from app.flow_layout import FlowLayout
from app.models.problem_sentences import checked, details
from app.models.problem_table import (
    Column,
    ProblemFilter,
    ProblemTableModel,
    counts,
    is_about,
)
from app.row_table import dress_rows
from app.selection import Selection
from app.shortcuts.keymap import KeyTip
from app.tables.problems import problem_tables
from app.view import View
from codec.problems import Severity

CHOICES: tuple[tuple[str, Severity | None], ...] = (
    ("All severities", None),
    ("Errors", Severity.ERROR),
    ("Warnings", Severity.WARNING),
    ("Raised by edits", None),
)

BY_EDITS = len(CHOICES) - 1
"""The choice that lets through only what edits raise."""

WIDTHS = {
    Column.SEVERITY: 17,
    Column.CODE: 19,
    Column.OFFSET: 14,
    Column.SIZE: 12,
    Column.TENSOR: 20,
    Column.TILE: 8,
    Column.MESSAGE: 60,
    Column.EXPECTED: 26,
    Column.FOUND: 26,
}
"""First widths of the columns, in digits."""


class ProblemsView(View):
    """The table of problems and the details of the chosen one."""

    TITLE = "Problems"
    QUESTION = "What is wrong with this file, where exactly, and which mistake usually causes it?"
    HELP = (
        "Lists everything that breaks the layout's rules or is wasteful, with what was expected and "
        "found. Choosing a problem selects its bytes and its tile, and writes its likely cause out "
        "below the table."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ProblemTableModel(self)
        self._shown = ProblemFilter(self._model, self)
        self._following = False
        self._counts = QLabel()
        self._counts.setToolTip("How many problems there are of each severity")
        self._counts.setMinimumWidth(1)
        self._severity = _severity_box()
        self._severity.currentIndexChanged.connect(self._apply_filter)
        self._text = _filter_line()
        self._text.textChanged.connect(self._apply_filter)
        self._check = QPushButton("Check every stream")
        KeyTip(self._check, "Decode every stream of the file and check all of it", "jobs.check")
        self._check.clicked.connect(self._run_check)
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._said.setMargin(4)
        self._said.setToolTip("What was checked")
        self._table = _table(self._shown)
        self._table.selectionModel().currentChanged.connect(self._on_current)
        self._table.clicked.connect(self._on_current)
        self._details = QTextBrowser()
        self._details.setToolTip("The chosen problem: what is wrong, where, and the likely cause")
        self._details.setAccessibleName("Details of the chosen problem")
        self._arrange()
        self._size_columns()
        self.begin_at(self._table)

    def set_document(self, document: Document | None) -> None:
        """Shows the problems of another document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.checked, self._show_problems)
            self.listen(document.raised.changed, self._show_problems)
            self.listen(document.selection_changed, self._show_selection)
        self._show_problems()

    def theme_changed(self) -> None:
        """Writes the details and paints the pictures in the new colours."""
        self._table.viewport().update()
        self._show_details()

    def focus_filter(self) -> bool:
        """Moves the keyboard into the filter."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._text.selectAll()
        return True

    def tables(self) -> Sequence[Table]:
        """All problems."""
        return problem_tables(self.document)

    # Putting it together

    def _arrange(self) -> None:
        controls = FlowLayout()
        controls.setContentsMargins(2, 2, 2, 0)
        controls.setSpacing(4)
        for part in (self._counts, self._severity, self._text, self._check):
            controls.addWidget(part)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(self._table)
        self._parts.addWidget(self._details)
        self._parts.setStretchFactor(0, 3)
        self._parts.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(controls)
        column.addWidget(self._said)
        column.addWidget(self._parts, 1)

    def _size_columns(self) -> None:
        digit = self.fontMetrics().horizontalAdvance("0")
        for column, digits in WIDTHS.items():
            self._table.setColumnWidth(column, digits * digit)

    # Showing

    def _show_problems(self) -> None:
        document = self.document
        self._following = True
        names = [tensor.name for tensor in document.container.tensors] if document else []
        raised = document.raised if document else ()
        self._model.set_problems(document.problems if document else (), names, raised)
        self._table.setColumnHidden(Column.TENSOR, len(names) < 2)
        self._following = False
        self._counts.setText(self._counted())
        self._check.setVisible(document is not None and not document.fully_checked)
        self._say()
        if document is not None:
            self._show_selection(document.selection)
        self._show_details()

    def _counted(self) -> str:
        """How many problems there are, and how many of them edits raise."""
        problems = self._model.problems
        raised = sum(map(self._model.is_raised, problems))
        by_edits = f"; {raised:,} raised by edits" if raised else ""
        return f"{counts(problems) or 'No problems'}{by_edits}"

    def _say(self) -> None:
        """Says what was checked, or why the table is empty though there are problems."""
        document, there_are = self.document, bool(self._model.problems)
        if there_are and not self._shown.rowCount():
            sentence = "No problem matches the filter."
        else:
            sentence = "" if document is None else checked(document)
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))
        self._said.setSizePolicy(
            QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Preferred if there_are else QSizePolicy.Policy.Expanding,
        )
        left, centre = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignCenter
        self._said.setAlignment(left if there_are else centre)
        for part in (self._counts, self._severity, self._text, self._parts):
            part.setVisible(there_are)

    def _show_selection(self, selection: Selection) -> None:
        """Marks the problem that is about exactly what is selected, or none."""
        current = self._shown.problem_at(self._table.currentIndex())
        if current is not None and is_about(current, selection):
            return
        row = None if selection.span is None else self._shown.row_of(selection)
        self._following = True
        if row is None:
            self._table.clearSelection()
        else:
            self._table.selectRow(row)
        self._following = False

    def _show_details(self) -> None:
        problem = self._shown.problem_at(self._table.currentIndex())
        if problem is None:
            self._details.setPlainText("Choose a problem to read what is behind it.")
        else:
            named = self.document is not None and len(self.document.container.tensors) > 1
            tensor = self._model.text(problem, Column.TENSOR) if named else ""
            self._details.setHtml(details(problem, tensor, raised=self._model.is_raised(problem)))

    # Choosing

    def _apply_filter(self) -> None:
        choice = self._severity.currentIndex()
        self._following = True
        self._shown.show_only(CHOICES[choice][1], self._text.text(), raised=choice == BY_EDITS)
        self._following = False
        self._say()
        self._show_details()

    def _on_current(self, index: QModelIndex) -> None:
        problem = self._shown.problem_at(index)
        self._show_details()
        if problem is not None and self.document is not None and not self._following:
            self.document.select_problem(problem)

    def _run_check(self) -> None:
        if self.document is not None:
            self.document.check()


def _severity_box() -> QComboBox:
    box = QComboBox()
    box.addItems([text for text, _ in CHOICES])
    box.setToolTip("Show only problems of this severity, or those that the edits raise")
    box.setAccessibleName("Severity, or whether edits raise them")
    return box


def _filter_line() -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText("Filter: words")
    line.setToolTip("Show only problems that hold all of these words in any column")
    line.setClearButtonEnabled(True)
    return line


def _table(model: ProblemFilter) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setSortingEnabled(True)
    table.sortByColumn(Column.SEVERITY, Qt.SortOrder.AscendingOrder)
    dress_rows(table, "Problems")
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    return table
