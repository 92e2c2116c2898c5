"""The field tree: every named byte range of the file with its decoded value, and what is wrong where."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.edit_menu import add_field_edit
from app.exporting.table import Table
from app.models.span_columns import Column
from app.models.span_marks import Path, enclosing, stream_path
from app.models.span_search import SpanMatchesModel
from app.models.span_tree import SpanModel, SpanTreeModel
from app.selection import Selection
from app.tables.fields import field_tables
from app.view import View
from codec.spans import Span

WIDTHS = {Column.NAME: 32, Column.VALUE: 18, Column.OFFSET: 12, Column.SIZE: 10}
"""First widths of the columns, in digits."""


class StructureView(View):
    """The tree of fields, with a filter above it."""

    TITLE = "Structure"
    QUESTION = "What does every byte range of this file mean, and where is it broken?"
    HELP = (
        "Shows the file as a tree of fields with value, offset, size and meaning; what a problem is "
        "about is marked, and so is everything around it. Choosing a field selects its bytes, and the "
        "filter finds fields by name, value or number, as in “tile 12”; from the context menu a field can be "
        "given another value."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: SpanTreeModel | None = None
        self._matches: SpanMatchesModel | None = None
        self._columns: QByteArray | None = None
        self._following = False
        self._filter = _filter_line()
        self._filter.textChanged.connect(self._apply_filter)
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._told.hide()
        self._tree = _tree()
        self._tree.doubleClicked.connect(self._go_to_bytes)
        self._tree.customContextMenuRequested.connect(self._show_menu)
        self._add_actions()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for part in (self._filter, self._told, self._tree):
            layout.addWidget(part)
        self.begin_at(self._tree)

    def set_document(self, document: Document | None) -> None:
        """Shows the fields of another document."""
        super().set_document(document)
        self._model = None
        if document is not None:
            self._model = SpanTreeModel(document.container.root, self)
            self._model.set_problems(document.problems)
            self.listen(document.selection_changed, self._show_selection)
            self.listen(document.checked, self._show_problems)
        self._apply_filter(self._filter.text())

    def theme_changed(self) -> None:
        """Paints the pictures in the new colours."""
        self._tree.viewport().update()

    def focus_filter(self) -> bool:
        """Moves the keyboard into the filter."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()
        return True

    def tables(self) -> Sequence[Table]:
        """All fields of the file."""
        return field_tables(self.document)

    # Showing

    def _show(self, model: SpanModel | None) -> None:
        """Has the tree show another model, and the selection in it; widths of columns stay."""
        before: QAbstractItemModel | None = self._tree.model()
        selected: QItemSelectionModel | None = self._tree.selectionModel()
        if before is not None:
            self._columns = self._tree.header().saveState()
        self._tree.setModel(model)
        if before is not None and before is not self._model:
            before.deleteLater()
        if selected is not None:
            selected.deleteLater()
        if model is None or self.document is None:
            return
        self._set_widths()
        self._tree.selectionModel().currentChanged.connect(self._on_current)
        self._tree.expand(model.index(0, 0))
        self._show_selection(self.document.selection)

    def _set_widths(self) -> None:
        if self._columns is not None:
            self._tree.header().restoreState(self._columns)
            return
        for column, digits in WIDTHS.items():
            self._tree.setColumnWidth(column, digits * self.fontMetrics().horizontalAdvance("0"))

    def _show_problems(self) -> None:
        if self.document is None:
            return
        for model in (self._model, self._matches):
            if model is not None:
                model.set_problems(self.document.problems)

    def _show_selection(self, selection: Selection) -> None:
        """Goes to the innermost field that holds the selected bytes."""
        model = self._tree.model()
        if self.document is None or not isinstance(model, SpanModel):
            return
        current = model.span_at(self._tree.currentIndex())
        if current is not None and _is_selected(current, selection):
            return
        path = _path_of(self.document.container.root, selection)
        index = QModelIndex() if path is None else model.index_of(path)
        self._following = True
        self._tree.setCurrentIndex(index)
        self._tree.scrollTo(index)
        self._following = False

    # Filtering

    def _apply_filter(self, text: str) -> None:
        self._stop_search()
        if self._model is None or self.document is None:
            self._show(None)
            return
        if not text.strip():
            self._show(self._model)
            return
        self._matches = SpanMatchesModel(self.document.container.root, text, self)
        self._matches.set_problems(self.document.problems)
        self._matches.told.connect(self._tell_search)
        self._told.setText("")
        self._told.show()
        self._show(self._matches)

    def _tell_search(self, sentence: str) -> None:
        """Shows how far the search is, and what it has found since the last time."""
        self._told.setText(sentence)
        self._tree.expandAll()

    def _tell(self, sentence: str) -> None:
        """Says why a field cannot be edited."""
        self._told.setText(sentence)
        self._told.show()

    def _stop_search(self) -> None:
        self._told.hide()
        if self._matches is not None:
            self._matches.stop()
            self._matches = None

    # Choosing

    def _on_current(self, index: QModelIndex) -> None:
        span = self._span(index)
        if span is not None and self.document is not None and not self._following:
            self.document.select_span(span)

    def _span(self, index: QModelIndex) -> Span | None:
        model = self._tree.model()
        return model.span_at(index) if isinstance(model, SpanModel) else None

    def _go_to_bytes(self) -> None:
        span = self._span(self._tree.currentIndex())
        if span is not None and self.document is not None:
            self.document.select_span(span)
            self.panel_wanted.emit("Bytes")

    # The context menu

    def _add_actions(self) -> None:
        for text, tooltip, column in (
            ("Copy &value", "Copy what the field holds, as it is shown", Column.VALUE),
            ("Copy &offset", "Copy the offset of the field's first byte", Column.OFFSET),
            ("Copy &name", "Copy what the field is called", Column.NAME),
        ):
            action = QAction(text, self._tree)
            action.setToolTip(tooltip)
            action.triggered.connect(lambda _=False, column=column: self._copy(column))
            self._tree.addAction(action)
        action = QAction("&Go to its bytes", self._tree)
        action.setToolTip("Show the field in the hex view")
        action.setShortcut(QKeySequence(Qt.Key.Key_Return))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(self._go_to_bytes)
        self._tree.addAction(action)

    def _copy(self, column: Column) -> None:
        span = self._span(self._tree.currentIndex())
        if span is not None:
            text = {Column.VALUE: span.value, Column.OFFSET: str(span.offset)}
            QGuiApplication.clipboard().setText(text.get(column, span.name))

    def _show_menu(self, place: QPoint) -> None:
        span = self._span(self._tree.indexAt(place))
        if span is None or self.document is None:
            return
        menu = QMenu(self._tree)
        menu.setToolTipsVisible(True)
        menu.addActions(self._tree.actions())
        menu.addSeparator()
        add_field_edit(menu, self.document, span, self, self._tell)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._tree.viewport().mapToGlobal(place))


def _filter_line() -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText("Filter: a name, a value, or “tile 12”")
    line.setToolTip(
        "Show only fields whose name or value holds all of these words; a number finds the tile or "
        "symbol of that number first"
    )
    line.setClearButtonEnabled(True)
    line.setMaxLength(200)
    return line


class _NameDelegate(QStyledItemDelegate):
    """Shortens names with dots in their middle: those of a model's tensors begin alike."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """As the base class does, but for where the text is cut."""
        super().initStyleOption(option, index)
        if "." in option.text:
            option.textElideMode = Qt.TextElideMode.ElideMiddle


def _tree() -> QTreeView:
    tree = QTreeView()
    tree.setUniformRowHeights(True)
    tree.setItemDelegateForColumn(0, _NameDelegate(tree))
    tree.setAlternatingRowColors(True)
    tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    tree.setExpandsOnDoubleClick(False)
    tree.setAccessibleName("Fields of the file")
    tree.header().setStretchLastSection(True)
    return tree


def _is_selected(span: Span, selection: Selection) -> bool:
    """Whether a span is exactly what is selected, so that nothing inside it need be looked for."""
    same = (span.offset, span.size) == selection.span and span.tile in (None, selection.tile)
    return same and span.tensor in (None, selection.tensor)


def _path_of(root: Span, selection: Selection) -> Path | None:
    """The path to the innermost field of what is selected; None where nothing is."""
    if selection.span is not None:
        return enclosing(root, *selection.span, selection.tile, selection.tensor)
    return None if selection.tile is None else stream_path(root, selection.tile, selection.tensor)
