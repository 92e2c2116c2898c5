"""The dialog in which the keys of commands are changed: found, pressed, checked for clashes, reset."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.commands import Command
from app.row_table import dress_rows
from app.shortcuts import keymap
from app.shortcuts.key_field import KeyField
from app.shortcuts.keys import native, why_not
from app.shortcuts.table import Column, KeyFilter, KeyTable

SIZE = 78, 30
"""First size of the dialog, in characters and lines."""

WIDTHS = {Column.TITLE: 34, Column.KEYS: 18, Column.DEFAULT: 18}
"""First widths of the columns, in characters."""


class ShortcutEditor(QDialog):
    """A list of all commands; keys pressed below it are given to the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self._model = KeyTable(self)
        self._shown = KeyFilter(self._model, self)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter: words of a command, a menu, or keys")
        self._filter.setToolTip("List only commands that hold all of these words in any column")
        self._filter.setClearButtonEnabled(True)
        self._table = _table(self._shown)
        self._field = KeyField()
        self._field.setToolTip("Press the keys that shall call the chosen command")
        self._assign = _button("&Assign", "Have these keys call the chosen command")
        self._remove = _button("&Remove", "Have no keys call the chosen command")
        self._reset = _button("Reset &it", "Give the chosen command its first keys back")
        self._reset_all = _button("Reset a&ll…", "Give every command its first keys back")
        self._says = QLabel()
        self._says.setWordWrap(True)
        self._says.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._says.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._arrange()
        self._connect()
        self._table.selectRow(0)

    def _arrange(self) -> None:
        line = QHBoxLayout()
        label = QLabel("New &keys")
        label.setBuddy(self._field)
        line.addWidget(label)
        line.addWidget(self._field, 1)
        for button in (self._assign, self._remove, self._reset, self._reset_all):
            line.addWidget(button)
        close = QDialogButtonBox()
        # Enter in the table goes to the field for keys; no button may take it for itself.
        close.addButton(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._filter)
        column.addWidget(self._table, 1)
        column.addLayout(line)
        column.addWidget(self._says)
        column.addWidget(close)
        letter, height = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        self.resize(round(1.4 * SIZE[0] * letter), SIZE[1] * height)
        for number, width in WIDTHS.items():
            self._table.setColumnWidth(number, round(1.2 * width * letter))

    def _connect(self) -> None:
        self._filter.textChanged.connect(self._on_filter)
        self._table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self._table.activated.connect(self._to_field)
        self._field.taken.connect(self._on_keys)
        self._assign.clicked.connect(self._on_assign)
        self._remove.clicked.connect(lambda: self._change(""))
        self._reset.clicked.connect(self._on_reset)
        self._reset_all.clicked.connect(self._on_reset_all)

    def showEvent(self, event: QShowEvent) -> None:
        """Begins at the filter."""
        super().showEvent(event)
        self._filter.setFocus()

    # The chosen command

    def choose(self, name: str) -> None:
        """Chooses a command, as the user does by its row."""
        for row in range(self._shown.rowCount()):
            if self._command_in(row).name == name:
                self._table.selectRow(row)

    def _command_in(self, row: int) -> Command:
        return self._model.command(self._shown.mapToSource(self._shown.index(row, 0)).row())

    def _chosen(self) -> Command | None:
        index = self._table.currentIndex()
        return self._command_in(index.row()) if index.isValid() else None

    def _on_filter(self, text: str) -> None:
        self._shown.set_words(text)
        if not self._table.currentIndex().isValid():
            self._table.selectRow(0)
        self._show_chosen()

    def _to_field(self, _index: QModelIndex) -> None:
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_chosen(self) -> None:
        """Shows the keys of the chosen command, and what can be done with them."""
        command = self._chosen()
        keys = "" if command is None else keymap.keys_of(command.name)
        self._field.show_keys(keys)
        self._field.setEnabled(command is not None)
        self._assign.setEnabled(False)
        self._remove.setEnabled(bool(keys))
        self._reset.setEnabled(command is not None and keymap.is_changed(command.name))
        self._reset_all.setEnabled(bool(keymap.changes()))
        self._says.setText("" if command is None else command.tooltip)

    # Changing

    def _on_keys(self, keys: str) -> None:
        """Says whether the keys that were pressed can be given, and who loses them."""
        command = self._chosen()
        if command is None:
            return
        reason, other = why_not(keys), keymap.command_of(keys)
        self._assign.setEnabled(not reason and other is not command)
        if reason:
            self._says.setText(reason)
        elif other is command:
            self._says.setText(f"{native(keys)} calls “{command.plain_title}” already.")
        elif other is not None:
            self._says.setText(
                f"{native(keys)} calls “{other.plain_title}” ({other.menu_path}) now; "
                "assigning it takes it away there."
            )
        else:
            self._says.setText(f"{native(keys)} is free.")
        if self._assign.isEnabled():
            self._assign.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_assign(self) -> None:
        self._change(self._field.keys)

    def _change(self, keys: str) -> None:
        command = self._chosen()
        if command is not None:
            keymap.change(command.name, keys)
            self._after_change()

    def _on_reset(self) -> None:
        command = self._chosen()
        if command is None:
            return
        loser = keymap.command_of(command.shortcut)
        keymap.reset(command.name)
        self._after_change()
        if loser is not None and loser is not command:
            self._says.setText(f"“{loser.plain_title}” has no keys now.")

    def _on_reset_all(self) -> None:
        if self._may_reset_all():
            keymap.reset_all()
            self._after_change()

    def _may_reset_all(self) -> bool:
        """Asks first: keys chosen one by one would be gone with one press, and nothing brings them back."""
        changed = len(keymap.changes())
        own = "1 command has" if changed == 1 else f"{changed:,} commands have"
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Reset all shortcuts")
        box.setText(f"{own} other keys than at first.")
        box.setInformativeText("Every command gets its first keys back. This cannot be undone.")
        reset = box.addButton("Reset all", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        chosen = box.clickedButton() is reset
        box.deleteLater()
        return chosen

    def _after_change(self) -> None:
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_chosen()


def _button(text: str, tooltip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tooltip)
    button.setAutoDefault(False)
    return button


def _table(model: KeyFilter) -> QTableView:
    table = QTableView()
    table.setModel(model)
    dress_rows(table, "Commands and their keys")
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.horizontalHeader().setHighlightSections(False)
    return table
