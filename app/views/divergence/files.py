"""The view of two compressed files as files: what in them differs, and where encoding parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QTabWidget, QVBoxLayout, QWidget

from app.canvas.controls import button
from app.comparing import Comparing
from app.document import Document
from app.exporting.table import Table
from app.models.divergence_file_table import ListingTable
from app.models.divergence_files import (
    Listing,
    bytes_listing,
    encode_listing,
    encode_sentence,
    fields_listing,
    summary,
    tiles_listing,
)
from app.models.divergence_tables import FrequencyPairTable
from app.models.step_table import next_row
from app.tables.files import file_tables
from app.view import View
from app.views.divergence.controls import lines_of
from app.views.divergence.difference_list import DifferenceList
from app.views.divergence.sentences import sentence_label
from app.views.divergence.tables import FrozenRows, PairTable
from codec.comparison.encode_steps import EncodeDivergence
from codec.comparison.files import FileComparison
from codec.comparison.output import SideKind
from codec.frequency import FrequencyTable

NO_FILE = (
    "Put another compressed file, or an encoder, on one side in Comparison to compare two files."
)
COMING = "The two files are being compared."


class FilesView(View):
    """Two compressed files of one tensor, held against each other."""

    TITLE = "Files"
    QUESTION = (
        "In which fields, tables, tiles and bytes do two files differ, and where did encoding part?"
    )
    HELP = (
        "Compares two compressed files as files: fields, frequency tables, tiles and byte ranges that differ, "
        "and for the selected tile, or the first that differs, the encode step at which the encoders parted. A click "
        "selects what a row is about in the open file; Enter goes to its bytes."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: FileComparison | None = None
        self._encode: EncodeDivergence | None = None
        self._said = sentence_label("How the files differ as a whole")
        self._encode_said = sentence_label(
            "The first step at which the encoders of both files part"
        )
        self._encode_model = ListingTable(self)
        self.encode = FrozenRows(self._encode_model, "The encode step of both files")
        self._go = button("Encode step", "Select the weight and the bytes of the encode step")
        self._go.clicked.connect(self._select_step)
        self._encode_part = QWidget()
        self._only = QCheckBox("&Only what differs")
        self._only.setChecked(True)
        self._only.setToolTip("List only the fields, symbols and tiles that differ")
        self._only.toggled.connect(self._fill)
        self._previous = button("◀ Differs", "Go to the previous row that differs")
        self._next = button("Differs ▶", "Go to the next row that differs")
        self.lists = {name: DifferenceList(name) for name in ("Fields", "Tiles", "Bytes")}
        self.symbols = FrequencyPairTable(self)
        self.symbol_table = PairTable(self.symbols, "Frequency tables of both files")
        self.tabs = QTabWidget()
        self._lay_out()
        self._connect()

    # Made once

    def _lay_out(self) -> None:
        self.symbol_table.verticalHeader().hide()
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setDocumentMode(True)
        for name in ("Fields", "Table", "Tiles", "Bytes"):
            self.tabs.addTab(self.lists.get(name, self.symbol_table), name)
        above = QVBoxLayout(self._encode_part)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(4)
        for part in (self._encode_said, self.encode):
            above.addWidget(part)
        self._encode_part.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self._said)
        column.addWidget(self._encode_part)
        column.addWidget(lines_of(self._only, self._previous, self._next, self._go))
        column.addWidget(self.tabs, 1)
        self.begin_at(self.tabs)

    def _connect(self) -> None:
        for step in (self._go, self._previous, self._next):
            step.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for each in self.lists.values():
            each.chosen.connect(lambda row, each=each: self._select(each.listing, row))
            each.entered_row.connect(lambda row, each=each: self._go_to_bytes(each.listing, row))
        self._previous.clicked.connect(lambda: self._run(forward=False))
        self._next.clicked.connect(lambda: self._run(forward=True))

    def tables(self) -> Sequence[Table]:
        """What differs between the files."""
        return file_tables(self._files, self._encode)

    # What is shown

    def set_document(self, document: Document | None) -> None:
        """Shows how the file of a document differs from the one it is compared with."""
        super().set_document(document)
        self._files = None
        if document is not None:
            self.listen(document.comparing.comparison_changed, self._update)
            self.listen(document.comparing.sides_changed, self._update)
            self.listen(document.comparing.encode_steps.changed, self._show_encode)
            self.listen(document.selection_changed, self._show_encode)
        self._update()

    def _update(self) -> None:
        """Takes up another comparison of files."""
        comparing = None if self.document is None else self.document.comparing
        files = None if comparing is None else comparing.files
        if files is not self._files:
            self._files = files
            self._fill()
        if comparing is None:
            return
        self.set_empty_text("" if files is not None else _why_none(comparing))

    def _fill(self) -> None:
        """Lists what there is."""
        files, only = self._files, self._only.isChecked()
        if files is None:
            return
        self._said.setText(summary(files))
        self.lists["Fields"].show_listing(fields_listing(files, only))
        self.lists["Tiles"].show_listing(tiles_listing(files, only))
        self.lists["Bytes"].show_listing(bytes_listing(files))
        left, right = (_slots(table) for table in files.tables)
        self.symbols.set_tables(left, right)
        self.symbols.set_only_differing(only)
        self.symbol_table.fit_columns(["65,536"] * self.symbols.columnCount())
        self._name_tabs(files)
        self._show_encode()

    def _show_encode(self) -> None:
        """Shows where encoding parts in the selected tile; in the first one, where that tells nothing."""
        document, files = self.document, self._files
        if document is None or files is None:
            return
        tile, steps = document.selection.tile, document.comparing.encode_steps
        if tile is not None and self.isVisible():
            steps.want(tile)
        known = steps.of(tile) if tile is not None else None
        encode = known or files.encode
        if encode is self._encode:
            return
        self._encode = encode
        shown = replace(files, encode=self._encode)
        self._encode_said.setText(encode_sentence(shown))
        for part in (self._encode_part, self._go):
            part.setVisible(self._encode is not None)
        self._encode_model.show(encode_listing(shown))
        self.encode.resizeColumnsToContents()
        self.encode.fit_height()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for the step of the tile that was selected while the view was hidden."""
        super().showEvent(event)
        self._show_encode()

    def _name_tabs(self, files: FileComparison) -> None:
        """Says on each tab how much differs there."""
        counts = (
            len(files.fields_differing),
            len(files.symbols_differing),
            len(files.tiles_differing),
            len(files.bytes.differing),
        )
        for tab, (name, count) in enumerate(
            zip(("Fields", "Table", "Tiles", "Bytes"), counts, strict=True)
        ):
            self.tabs.setTabText(tab, f"{name} ({count:,})" if count else name)
            self.tabs.setTabToolTip(tab, f"{name} that differ: {count:,}")

    # Selecting

    def _select(self, listing: Listing, row: int) -> None:
        """Selects what a row is about in the open file."""
        if self.document is None:
            return
        tile, place = listing.tile(row), listing.place(row)
        if tile is not None:
            self.document.select_tile(tile)
        elif place is not None:
            self.document.select_bytes(place[0], max(place[1], 1))

    def _go_to_bytes(self, listing: Listing, row: int) -> None:
        self._select(listing, row)
        self.panel_wanted.emit("Bytes")

    def _select_step(self) -> None:
        """Selects the weight that was coded where the encoders part."""
        encode = self._encode if self._files is not None else None
        if self.document is not None and encode is not None and encode.left is not None:
            self.document.select_symbol(encode.tiles[0], encode.left.symbol_index)

    def _run(self, forward: bool) -> None:
        """Goes to the next row of the list in sight that differs, or the one before."""
        shown = self.tabs.currentWidget()
        if isinstance(shown, DifferenceList):
            shown.run(forward)
        elif isinstance(shown, PairTable):
            row = shown.currentIndex().row()
            found = next_row(self.symbols.differing_rows(), row, forward)
            if found is not None:
                shown.show_row(found)

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        for table in (*self.lists.values(), self.symbol_table, self.encode):
            table.viewport().update()


def _why_none(comparing: Comparing) -> str:
    """Why there is no comparison of files, or that it is coming."""
    sides = [side for side in (comparing.left, comparing.right) if side is not None]
    if not any(side.kind in (SideKind.FILE, SideKind.OPENED) for side in sides):
        return NO_FILE
    return comparing.files_note or comparing.note or COMING


def _slots(table: FrequencyTable) -> NDArray[np.int64]:
    """int64[2, 256]: the frequency and the first slot of each symbol."""
    return np.stack([table.frequencies, table.starts]).astype(np.int64)
