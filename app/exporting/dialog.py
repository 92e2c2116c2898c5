"""Asks which table of which panel is to be exported, and in which format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.exporting.formats import Format
from app.exporting.table import Table

SIZE = 70, 24
"""First size of the dialog, in characters and lines."""


class Offer(NamedTuple):
    """A table of a panel.

    Attributes:
        panel: title of the panel.
        table: what it offers.
    """

    panel: str
    table: Table


class TableChooser(QDialog):
    """The tables of all panels; the first one is chosen at first."""

    def __init__(self, offers: Sequence[Offer], parent: QWidget | None = None) -> None:
        """Lists tables.

        Args:
            offers: at least one; those of the panel that has the keyboard first.
            parent: over which the dialog is shown.
        """
        super().__init__(parent)
        self.setWindowTitle("Export a table")
        self._offers = offers
        self._list = QTreeWidget()
        self._format = QComboBox()
        self._columns = QLabel()
        self._columns.setWordWrap(True)
        self._columns.setToolTip("The columns of the chosen table")
        self._fill()
        self._arrange()
        first = self._list.topLevelItem(0)
        if first is not None:
            self._list.setCurrentItem(first)

    @property
    def chosen(self) -> Offer:
        """The table to be exported."""
        item = self._list.currentItem()
        return self._offers[0 if item is None else self._list.indexOfTopLevelItem(item)]

    @property
    def format(self) -> Format:
        """The format that it shall have."""
        return Format(self._format.currentData())

    def _fill(self) -> None:
        self._list.setHeaderLabels(["Panel", "Table", "Rows", "Columns"])
        self._list.setRootIsDecorated(False)
        self._list.setAllColumnsShowFocus(True)
        self._list.setAccessibleName("Tables that can be exported")
        for panel, table in self._offers:
            texts = [
                panel,
                table.name,
                "–" if table.rows is None else f"{table.rows:,}",
                str(len(table.columns)),
            ]
            item = QTreeWidgetItem(texts)
            for number in (2, 3):
                item.setTextAlignment(number, Qt.AlignmentFlag.AlignRight)
            self._list.addTopLevelItem(item)
        for column in range(4):
            self._list.resizeColumnToContents(column)
        for each in Format:
            self._format.addItem(f"{each.name}: {each.says}", each.value)
        self._format.setToolTip("What sort of file it becomes")

    def _arrange(self) -> None:
        label = QLabel("&Format")
        label.setBuddy(self._format)
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self._format, 1)
        buttons = QDialogButtonBox()
        save = buttons.addButton("&Save as…", QDialogButtonBox.ButtonRole.AcceptRole)
        save.setToolTip("Choose a file and write the table into it")
        save.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._list, 1)
        column.addWidget(self._columns)
        column.addLayout(line)
        column.addWidget(buttons)
        self._list.currentItemChanged.connect(self._describe)
        self._list.itemActivated.connect(self.accept)
        letter, height = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        self.resize(round(1.2 * SIZE[0] * letter), SIZE[1] * height)

    def _describe(self) -> None:
        names = ", ".join(self.chosen.table.columns)
        self._columns.setText(f"Columns: {names}")
