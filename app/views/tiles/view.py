"""The Tiles panel's parts: the map, its legend, what is pointed at, and the table of all tiles."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.canvas.colour_bar import ColourBar, Scale
from app.canvas.colours import ColourMap, lookup, packed, steps_of
from app.canvas.controls import Line, button, strip
from app.document import Document
from app.models.tile_grid import TileGrid
from app.models.tile_measures import Column, Measure, TileFacts
from app.models.tile_table import COLUMNS, TileTable
from app.selection import Selection
from app.view import View
from app.views.tiles.scale_controls import WORDS, ScaleControls
from app.views.tiles.tile_map import TileMap
from codec.problems import Severity

SIDE_BY_SIDE = 1.7
"""From this ratio of width to height on, the table stands beside the map, not beneath it."""


class TilesView(View):
    """The tiles of the selected tensor."""

    TITLE = "Tiles"
    QUESTION = "Where do the bytes go, and which tile is worst?"
    HELP = (
        "The tile grid coloured by a measure, problems marked in the corner of a cell, and all tiles "
        "in a table that sorts by any column. A click or the arrow keys select a tile; measures of what "
        "the streams hold come with the full check."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts: TileFacts | None = None
        self.grid: TileGrid | None = None
        self.map = TileMap()
        self.map.setAccessibleName("Tile map")
        self.map.describe = self._describe
        self.map.text = self._cell_text
        self.scale = ScaleControls(self)
        self.model = TileTable(self)
        self.table = QTableView()
        self._bar = ColourBar()
        self._line = Line()
        self._notice = QLabel()
        self._check = QPushButton("Run full check")
        self._problems_only = QCheckBox("&Only tiles with problems")
        self._mark = QCheckBox("Mar&k problems")
        self._upper = QWidget()
        self._notice_row = QWidget()
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._make_table()
        self._arrange()
        self._connect()

    # Putting it together

    def _make_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setAccessibleName("Table of tiles")
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(round(1.4 * self.fontMetrics().height()))
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)

    def _arrange(self) -> None:
        gap = self.fontMetrics().height() // 4
        self._mark.setChecked(True)
        self._mark.setToolTip("Mark tiles with a warning or an error in the corner of their cell")
        self._problems_only.setToolTip("List only the tiles that a problem is known of")
        self._check.setToolTip("Decode every stream of the file and check all of it (F7)")
        self._notice.setWordWrap(True)
        line = QHBoxLayout(self._notice_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._notice, 1)
        line.addWidget(self._check)
        fit = button("Fit", "Show the whole grid (0)")
        smaller, larger = button("−", "Zoom out (−)"), button("+", "Zoom in (+)")
        fit.clicked.connect(self.map.fit)
        smaller.clicked.connect(lambda: self.map.zoom(inward=False))
        larger.clicked.connect(lambda: self.map.zoom(inward=True))
        lower = QWidget()
        picture, listing = QVBoxLayout(self._upper), QVBoxLayout(lower)
        for part in (self.map, self._bar, self._line):
            picture.addWidget(part, 1 if part is self.map else 0)
        listing.addWidget(self._problems_only)
        listing.addWidget(self.table, 1)
        for column in (picture, listing):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(gap)
        self._splitter.addWidget(self._upper)
        self._splitter.addWidget(lower)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        column.addWidget(strip([*self.scale.parts, self._mark, fit, smaller, larger]))
        column.addWidget(self._notice_row)
        column.addWidget(self._splitter, 1)
        self.setFocusProxy(self.map)

    def _connect(self) -> None:
        self.map.picked.connect(self._on_pick)
        self.map.hovered.connect(self._on_hover)
        self.map.stepped.connect(self._on_step)
        self.scale.changed.connect(self._recolour)
        self._mark.toggled.connect(self._on_mark)
        self._problems_only.toggled.connect(self._on_filter)
        self._check.clicked.connect(self._on_check)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the table where there is more room for it."""
        super().resizeEvent(event)
        wide = event.size().width() > SIDE_BY_SIDE * event.size().height()
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != wanted:
            self._splitter.setOrientation(wanted)

    def focus_filter(self) -> bool:
        """Moves the keyboard to the filter of the table."""
        self._problems_only.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    # The document

    def set_document(self, document: Document | None) -> None:
        """Shows the tiles of another document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
            self.listen(document.checked, self._show_tensor)
        self._show_tensor()

    def _show_tensor(self) -> None:
        """Shows all that is known of the tiles of the selected tensor, or says why there are none."""
        document = self.document
        tensor = None if document is None else document.tensor
        if document is None or tensor is None:
            self.facts = self.grid = None
        else:
            if self.facts is None or self.facts.tensor is not tensor or self.grid is None:
                self.grid = TileGrid(tensor)
            self.facts = TileFacts(tensor, document.report, document.problems)
        if document is not None:
            self.set_empty_text(_why_empty(self.facts))
        drawable = self.grid is not None and self.grid.drawable
        self._upper.setVisible(drawable)
        self.map.show_grid(self.grid if drawable else None)
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_facts(self.facts)
        self._size_columns()
        self._recolour()
        if document is not None:
            self._on_selection(document.selection)

    def _size_columns(self) -> None:
        """Makes columns as wide as their titles and their largest numbers."""
        facts, metrics = self.facts, self.table.fontMetrics()
        if facts is None or not facts.count:
            return
        for number, measure in enumerate(COLUMNS):
            values = np.where(np.isfinite(facts.column(measure)), facts.column(measure), -1)
            texts = [f"{measure.title}  ▾", facts.text(measure, int(np.argmax(values)))]
            width = max(metrics.horizontalAdvance(f"  {text}  ") for text in texts)
            self.table.setColumnWidth(number, width)

    def _on_selection(self, selection: Selection) -> None:
        """Shows which tile is selected; selects nothing itself."""
        document = self.document
        if document is None or self.facts is None:
            return
        if document.tensor is not self.facts.tensor:
            self._show_tensor()
            return
        tile = selection.tile
        if tile is not None and tile >= self.facts.count:
            tile = None
        self.map.select(tile)
        self._select_row(tile)
        if tile is not None:
            self._line.say(self.facts.sentence(tile))

    def _select_row(self, tile: int | None) -> None:
        row = None if tile is None else self.model.row_of(tile)
        if row is None:
            self.table.clearSelection()
        elif (
            self.table.currentIndex().row() != row or not self.table.selectionModel().hasSelection()
        ):
            index = self.model.index(row, max(self.table.currentIndex().column(), 0))
            with QSignalBlocker(self.table.selectionModel()):
                self.table.setCurrentIndex(index)
            self.table.selectRow(row)
            self.table.scrollTo(index)

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._recolour()

    def _recolour(self) -> None:
        """Colours the map by the chosen measure, and shows the colours in the legend."""
        facts, measure = self.facts, self.scale.measure
        if facts is None:
            return
        if measure is Measure.PROBLEMS:
            self._colour_by_problem(facts)
        else:
            self._colour_by_number(facts.column(measure), measure)
        self._say_notice()

    def _colour_by_number(self, values: Column, measure: Measure) -> None:
        self.scale.offer(values)
        shown, known = self.scale.shown(values), ~np.isnan(values)
        colours = lookup(ColourMap.SEQUENTIAL, theme.current().dark)
        raised = packed([theme.current().raised])[0]
        if shown is None:
            self.map.colour(np.full(len(values), raised), self._severity())
            self._bar.show_classes(measure.heading, [("not known yet", theme.current().raised)])
            return
        cells = colours[steps_of(values, shown.low, shown.high)]
        self.map.colour(np.where(known, cells, raised), self._severity())
        below, above = values[known] < shown.low, values[known] > shown.high
        scale = Scale(
            colours, shown.low, shown.high, measure.number, bool(below.any()), bool(above.any())
        )
        self._bar.show_scale(measure.heading, scale)

    def _colour_by_problem(self, facts: TileFacts) -> None:
        used = theme.current()
        severities = used.severities
        inks = [used.good, severities[Severity.WARNING], severities[Severity.ERROR]]
        cells = packed(inks)[facts.severity]
        self.map.colour(cells, np.zeros_like(facts.severity))
        sound = "none" if facts.checked else "none known before the full check"
        names = [sound, str(Severity.WARNING), str(Severity.ERROR)]
        self._bar.show_classes(WORDS[Measure.PROBLEMS], list(zip(names, inks, strict=True)))

    def _severity(self) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return np.zeros(0, dtype=np.uint8) if self.facts is None else self.facts.severity

    def _say_notice(self) -> None:
        """Says what the map cannot show, and offers the check where that would help."""
        facts, grid, measure = self.facts, self.grid, self.scale.measure
        if facts is None or grid is None:
            return
        lacking = not facts.checked and (measure.needs_check or measure is Measure.PROBLEMS)
        sentences = [_grid_sentence(grid, facts.count)]
        if lacking:
            name = WORDS.get(measure, measure.title)
            sentences.append(f"{name} is known once every stream has been decoded.")
        self._notice.setText(" ".join(sentence for sentence in sentences if sentence))
        self._check.setVisible(lacking)
        self._notice_row.setVisible(bool(self._notice.text()))

    # Pointing and selecting

    def _on_pick(self, row: int, col: int) -> None:
        """Selects the tile at a place; a further click there goes to the next that claims it."""
        if self.document is None or self.grid is None:
            return
        tiles = self.grid.at(row, col)
        if tiles:
            selected = self.document.selection.tile
            place = tiles.index(selected) + 1 if selected in tiles else 0
            self.document.select_tile(tiles[place % len(tiles)])

    def _on_step(self, down: int, across: int) -> None:
        if self.document is None or self.grid is None or not len(self.grid.claims):
            return
        selected = self.document.selection.tile
        if selected is None:
            self.document.select_tile(int(self.grid.claims[0]))
            return
        tile = self.grid.step(selected, down, across)
        if tile is not None:
            self.document.select_tile(tile)

    def _on_row(self, index: QModelIndex) -> None:
        if self.document is not None and index.isValid():
            tile = self.model.tile_of(index.row())
            if tile != self.document.selection.tile:
                self.document.select_tile(tile)

    def _on_hover(self, place: tuple[int, int] | None) -> None:
        selected = None if self.document is None else self.document.selection.tile
        if place is not None:
            self._line.say(self._describe(*place))
        elif selected is not None and self.facts is not None and selected < self.facts.count:
            self._line.say(self.facts.sentence(selected))

    def _on_mark(self, on: bool) -> None:
        self.map.marks_problems = on
        self.map.viewport().update()

    def _on_filter(self, on: bool) -> None:
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_only_problems(on)
        if self.document is not None:
            self._select_row(self.document.selection.tile)

    def _on_check(self) -> None:
        if self.document is not None:
            self.document.check()

    def _describe(self, row: int, col: int) -> str:
        """One place of the grid in one line: its tile with all measures, and others that claim it."""
        if self.facts is None or self.grid is None:
            return ""
        tiles = self.grid.at(row, col)
        if not tiles:
            return (
                f"Row {row:,}, column {col:,} of the grid: no tile of the index claims this place"
            )
        others = ", ".join(f"{tile:,}" for tile in tiles[1:6])
        more = f" and {len(tiles) - 6:,} more" if len(tiles) > 6 else ""
        also = f" · also claimed by tile {others}{more}" if others else ""
        return self.facts.sentence(tiles[0]) + also

    def _cell_text(self, tile: int) -> str:
        measure = self.scale.measure
        if self.facts is None or measure is Measure.PROBLEMS:
            return ""
        return self.facts.text(measure, tile)


def _why_empty(facts: TileFacts | None) -> str:
    if facts is None:
        return "The file was cut before its first matrix, so there are no tiles to show."
    return "" if facts.count else "The file was cut before its tile index, so no tile is known."


def _grid_sentence(grid: TileGrid, count: int) -> str:
    """What is wrong with the places of the tiles; "" where each has one of its own."""
    if not grid.drawable:
        return (
            f"The header claims a grid of {grid.rows:,} × {grid.cols:,} tiles, which is not drawn; the "
            f"table lists the {count:,} tiles that the index holds."
        )
    found = [
        (len(grid.outside), "outside the grid"),
        (grid.repeated, "at a place that another has"),
    ]
    parts = [f"{_tiles(number)} {where}" for number, where in found if number]
    if grid.missing:
        parts.append(f"{grid.missing:,} places of the grid without a tile")
    return f"{'; '.join(parts)}." if parts else ""


def _tiles(number: int) -> str:
    return "1 tile" if number == 1 else f"{number:,} tiles"
