"""The tables of the divergence: one that shows rows without choosing them, and one frozen above another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget


class PairTable(QTableView):
    """A table that shows a row without telling, and tells when the user goes to one."""

    chosen = Signal(int)
    """Carries the row that the user went to."""

    def __init__(
        self, model: QAbstractTableModel, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(self.font()).height() + 4)
        rows.setFont(self.font())
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setFont(QApplication.font())
        for head in (rows, self.horizontalHeader()):
            head.setHighlightSections(False)
        self.setCornerButtonEnabled(False)
        self.selectionModel().currentRowChanged.connect(self._on_current_row)

    def fit_columns(self, texts: Sequence[str]) -> None:
        """Makes each column as wide as its title and a text: Qt would measure the rows in sight only."""
        metrics = QFontMetrics(self.font())
        bold = self.font()
        bold.setBold(True)
        heads = QFontMetrics(self.horizontalHeader().font())
        margin = metrics.horizontalAdvance("00")
        for column, text in enumerate(texts):
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
            width = max(QFontMetrics(bold).horizontalAdvance(text), heads.horizontalAdvance(title))
            self.setColumnWidth(column, width + margin)
        self.updateGeometries()  # or the scroll bar still has the range of what was shown before

    def show_row(self, row: int | None, centred: bool = False) -> None:
        """Makes a row the current one, in sight, without telling; None leaves none."""
        chosen = self.selectionModel()
        with QSignalBlocker(chosen):
            if row is None:
                self.clearSelection()
                chosen.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.Clear)
            else:
                self._go(self.model().index(row, self._column()), centred)
        self.viewport().update()

    def _go(self, index: QModelIndex, centred: bool) -> None:
        """Makes a cell's row the selected one, unless it is."""
        chosen, flags = self.selectionModel(), QItemSelectionModel.SelectionFlag
        if index != self.currentIndex() or not chosen.hasSelection():
            chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scroll_to(index.row(), centred)

    def scroll_to(self, row: int, centred: bool) -> None:
        """Scrolls a row into sight, or into the middle; sideways nothing moves."""
        hint = QAbstractItemView.ScrollHint
        across = self.horizontalScrollBar().value()
        index = self.model().index(row, self._column())
        self.scrollTo(index, hint.PositionAtCenter if centred else hint.EnsureVisible)
        self.horizontalScrollBar().setValue(across)

    def selected_text(self) -> str:
        """The selected rows, their heads and the cells of the columns in sight, tabs between them."""
        model = self.model()
        shown = [c for c in range(model.columnCount()) if not self.isColumnHidden(c)]
        rows = sorted(index.row() for index in self.selectionModel().selectedRows(shown[0]))
        return "\n".join(
            "\t".join(
                [
                    str(model.headerData(row, Qt.Orientation.Vertical)),
                    *(str(model.index(row, column).data()) for column in shown),
                ]
            )
            for row in rows
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Takes the keyboard without going anywhere: Qt would go to the first row, as if it were chosen."""
        with QSignalBlocker(self.selectionModel()):
            super().focusInEvent(event)

    def _column(self) -> int:
        """A column in sight: in one that is hidden, Qt neither selects nor scrolls."""
        current = self.currentIndex().column()
        hidden = current < 0 or self.isColumnHidden(current)
        return max(self.columnAt(0), 0) if hidden else current

    def _on_current_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())


class FrozenRows(PairTable):
    """The two rows of one step, with the header of the table below, which they scroll sideways with."""

    def __init__(
        self, model: QAbstractTableModel, name: str, below: QTableView | None = None
    ) -> None:
        super().__init__(model, name)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if below else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        if below is not None:
            mine, its = self.horizontalScrollBar(), below.horizontalScrollBar()
            mine.valueChanged.connect(its.setValue)
            its.valueChanged.connect(mine.setValue)
            self.horizontalHeader().sectionResized.connect(
                lambda column, _old, width: below.setColumnWidth(column, width)
            )

    def fit_height(self) -> None:
        """Takes just the room that header and rows need."""
        rows = self.verticalHeader().defaultSectionSize() * max(self.model().rowCount(), 1)
        scrolls = self.horizontalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        bar = self.horizontalScrollBar().sizeHint().height() if scrolls else 0
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + rows + bar + 2 * self.frameWidth())
