"""The view of what both sides read of every tile, and of the frequency tables that they decoded with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHeaderView,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.canvas.controls import button
from app.document import Document
from app.exporting.table import Table
from app.models.divergence_marks import listed
from app.models.divergence_read_table import TileReadTable
from app.models.divergence_reads import COLUMNS, Column, TileReads
from app.models.divergence_tables import FrequencyPairTable
from app.selection import Selection
from app.tables.reads import read_tables
from app.view import View
from app.views.divergence.controls import lines_of
from app.views.divergence.sentences import sentence_label
from app.views.divergence.tables import PairTable
from codec.comparison.comparison import Comparison

NOTHING_COMPARED = (
    "Choose two sides to compare, in Comparison, to see what each read of every tile."
)
NOBODY_TOLD = (
    "Neither side tells what it read of the tiles: a dump or the original weights hold weights alone. "
    "A decoder, a capture or another compressed file tells."
)


class TileReadsView(View):
    """The tiles as both sides read them."""

    TITLE = "Tile reads"
    QUESTION = "Did both decoders read the same offset, size, state and table for every tile?"
    HELP = (
        "Lists for every tile what each side took for its offset, size, symbol count, first and last state, "
        "with ≠ and both values where they differ, and below it the two frequency tables where those do. "
        "Sort by any column, list only what differs; a click selects the tile."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reads: TileReads | None = None
        self._comparison: Comparison | None = None
        self.model = TileReadTable(self)
        self.table = PairTable(self.model, "Tiles as both sides read them")
        self.symbols = FrequencyPairTable(self)
        self.symbol_table = PairTable(self.symbols, "Frequency tables of both sides")
        self._tiles_only = QCheckBox("&Only tiles that differ")
        self._tiles_only.setToolTip("List only the tiles in which the sides differ in some column")
        self._symbols_only = QCheckBox("Only &symbols that differ")
        self._symbols_only.setToolTip("List only the symbols whose frequency or first slot differs")
        self._previous = button("◀ Differs", "Select the previous tile of the list that differs")
        self._next = button("Differs ▶", "Select the next tile of the list that differs")
        self._said = sentence_label("In how many tiles the sides differ, and in what")
        self._tables_said = sentence_label("Whether both sides used the same frequency table")
        self._tables_part = QWidget()
        self._make_table()
        self._lay_out()
        self._connect()

    # Made once

    def _make_table(self) -> None:
        table, heads = self.table, self.table.horizontalHeader()
        table.verticalHeader().hide()
        self.symbol_table.verticalHeader().hide()
        self.symbol_table.setAlternatingRowColors(True)
        table.setAlternatingRowColors(True)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def _lay_out(self) -> None:
        below = QVBoxLayout(self._tables_part)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        for part in (self._tables_said, lines_of(self._symbols_only), self.symbol_table):
            below.addWidget(part, 1 if part is self.symbol_table else 0)
        self._tables_part.hide()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self._tables_part)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self._said)
        column.addWidget(lines_of(self._tiles_only, self._previous, self._next))
        column.addWidget(split, 1)
        self.begin_at(self.table)

    def _connect(self) -> None:
        self.table.chosen.connect(self._on_row)
        self._tiles_only.toggled.connect(self._filter_tiles)
        self._symbols_only.toggled.connect(self.symbols.set_only_differing)
        self._previous.clicked.connect(lambda: self._run(forward=False))
        self._next.clicked.connect(lambda: self._run(forward=True))
        for step in (self._previous, self._next):
            step.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def tables(self) -> Sequence[Table]:
        """What both sides read."""
        return read_tables(self._comparison)

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows what both sides of a document's comparison read."""
        super().set_document(document)
        self._comparison = None
        if document is not None:
            self.listen(document.comparing.comparison_changed, self._update)
            self.listen(document.selection_changed, self._show_selection)
        self._update()

    def _update(self) -> None:
        """Takes up another comparison."""
        comparing = None if self.document is None else self.document.comparing
        comparison = None if comparing is None else comparing.comparison
        if comparison is None or comparison is not self._comparison:
            self._take(comparison)
        if comparing is None:
            return
        if comparison is None:
            self.set_empty_text(comparing.note or _waiting(comparing.running))
        else:
            told = self._reads is not None and any(self._reads.told)
            self.set_empty_text("" if told else NOBODY_TOLD)

    def _take(self, comparison: Comparison | None) -> None:
        self._comparison = comparison
        self._reads = None if comparison is None else TileReads(comparison)
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_reads(self._reads)
        self.table.fit_columns(self.model.widest_texts())
        if comparison is None or self._reads is None:
            return
        self.table.setColumnHidden(COLUMNS.index(Column.VARIES), not self._reads.run_again)
        self._said.setText(_sentence(comparison, self._reads))
        for step in (self._previous, self._next, self._tiles_only):
            step.setEnabled(len(self._reads.differing) > 0 or self._tiles_only.isChecked())
        self._take_tables(comparison)
        if self.document is not None:
            self._show_selection(self.document.selection)

    def _take_tables(self, comparison: Comparison) -> None:
        """Shows both frequency tables where they differ; else says that they do not."""
        left, right = comparison.left.table, comparison.right.table
        self.symbols.set_tables(left, right)
        apart = len(self.symbols.differing)
        self._tables_part.setVisible(apart > 0)
        if left is None or right is None:
            return
        if apart:
            sums = " and ".join(f"{total:,}" for total in self.symbols.totals())
            self._tables_said.setText(
                f"The frequency tables differ in {apart:,} of {left.shape[1]} symbols; they sum to {sums}."
            )
            self.symbol_table.fit_columns(["65,536"] * self.symbols.columnCount())

    def _show_selection(self, selection: Selection) -> None:
        """Goes to the row of the selected tile."""
        row = None if selection.tile is None else self.model.row_of(selection.tile)
        self.table.show_row(row)

    def _filter_tiles(self, only: bool) -> None:
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_only_differing(only)
        if self.document is not None:
            self._show_selection(self.document.selection)

    # Selecting

    def _on_row(self, row: int) -> None:
        if self.document is not None:
            self.document.select_tile(self.model.tile_of(row))

    def _run(self, forward: bool) -> None:
        """Selects the next tile of the list that differs, or the one before."""
        if self.document is None:
            return
        tile = self.document.selection.tile
        row = self.model.next_differing(-1 if tile is None else tile, forward)
        if row is not None:
            self.document.select_tile(self.model.tile_of(row))

    def focus_filter(self) -> bool:
        """Moves the keyboard to the filter."""
        self._tiles_only.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        for table in (self.table, self.symbol_table):
            table.viewport().update()


def _waiting(running: bool) -> str:
    return "Both sides are being read and compared." if running else NOTHING_COMPARED


def _sentence(comparison: Comparison, reads: TileReads) -> str:
    """In how many tiles the sides differ, and in what; or who has not told."""
    silent = [
        output.title
        for output, told in zip((comparison.left, comparison.right), reads.told, strict=True)
        if not told
    ]
    if silent:
        return (
            f"{listed(silent)} does not tell what it read, so only the other side is shown; weights differ in "
            f"{comparison.tiles_differing:,} of {reads.count:,} tiles."
        )
    parts = [f"{column.title.lower()} in {count:,}" for column, count in reads.counts().items()]
    table = _tables_sentence(comparison)
    if not parts:
        return f"Both sides read the same of all {reads.count:,} tiles.{table}"
    count = len(reads.differing)
    verb = "differs" if count == 1 else "differ"
    return f"Of {reads.count:,} tiles, {count:,} {verb}: {listed(parts)}.{table}"


def _tables_sentence(comparison: Comparison) -> str:
    left, right = comparison.left.table, comparison.right.table
    if left is None or right is None:
        return ""
    same = left.shape == right.shape and bool((left == right).all())
    return f" Their frequency tables {'are the same' if same else 'differ'}."
