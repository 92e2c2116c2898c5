"""The Tiles panel: map, legend, table, and the tie to the document's selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.canvas.colour_bar import ColourBar, Scale
from app.canvas.colours import ColourMap, lookup, packed, steps_of
from app.canvas.controls import Line, button, strip
from app.document import Document
from app.exporting.table import Table
from app.models.bookmark_places import told
from app.models.tile_grid import TileGrid
from app.models.tile_measures import Column, Measure, TileFacts
from app.selection import Selection
from app.shortcuts.keymap import KeyTip
from app.tables.tiles import tile_tables
from app.theme import blend
from app.view import View
from app.views.tiles import sentences
from app.views.tiles.scale_controls import CLASSES, WORDS, ScaleControls
from app.views.tiles.tile_list import TileList
from app.views.tiles.tile_map import TileMap
from codec.problems import Severity

SIDE_BY_SIDE = 1.7
"""From this ratio of width to height on, the table stands beside the map, not beneath it."""


class TilesView(View):
    """The tiles of the selected tensor."""

    TITLE = "Tiles"
    QUESTION = "Where do the bytes go, and which tile is worst?"
    HELP = (
        "The tile grid coloured by a measure, problems and bookmarks marked in the corners of a cell, and all tiles "
        "in a table that sorts by any column. A click or the arrow keys select a tile; measures of "
        "what the streams hold come with the full check."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts: TileFacts | None = None
        self.grid: TileGrid | None = None
        self.map = TileMap()
        self.map.setAccessibleName("Tile map")
        self.map.describe = self._describe
        self.map.text = self._cell_text
        self.list = TileList()
        self.scale = ScaleControls(self)
        self._bar = ColourBar()
        self._line = Line()
        self._notice = QLabel()
        self._notice.setWordWrap(True)
        self._check = QPushButton("Run full check")
        KeyTip(self._check, "Decode every stream of the file and check all of it", "jobs.check")
        self._mark = QCheckBox("Mar&k problems")
        self._mark.setChecked(True)
        self._mark.setToolTip("Mark tiles with a warning or an error in the corner of their cell")
        self._picture = QWidget()
        self._notice_row = QWidget()
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._arrange()
        self._connect()

    # Putting it together

    def _arrange(self) -> None:
        gap = self.fontMetrics().height() // 4
        line = QHBoxLayout(self._notice_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._notice, 1)
        line.addWidget(self._check)
        picture = QVBoxLayout(self._picture)
        picture.setContentsMargins(0, 0, 0, 0)
        picture.setSpacing(gap)
        for part in (self.map, self._bar, self._line):
            picture.addWidget(part, 1 if part is self.map else 0)
        self._splitter.addWidget(self._picture)
        self._splitter.addWidget(self.list)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        column.addWidget(strip([*self.scale.parts, self._mark, *self._zoom_buttons()]))
        column.addWidget(self._notice_row)
        column.addWidget(self._splitter, 1)
        self.begin_at(self.map)

    def _zoom_buttons(self) -> list[QWidget]:
        fit = button("Fit", "Show the whole grid (0)")
        smaller, larger = button("−", "Zoom out (−)"), button("+", "Zoom in (+)")
        fit.clicked.connect(self.map.fit)
        smaller.clicked.connect(lambda: self.map.zoom(inward=False))
        larger.clicked.connect(lambda: self.map.zoom(inward=True))
        return [fit, smaller, larger]

    def _connect(self) -> None:
        self.map.picked.connect(self._on_pick)
        self.map.hovered.connect(self._on_hover)
        self.map.stepped.connect(self._on_step)
        self.list.picked.connect(self._select)
        self.scale.changed.connect(self._recolour)
        self._mark.toggled.connect(self.map.set_marks_problems)
        self._check.clicked.connect(self._on_check)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the table where there is more room for it."""
        super().resizeEvent(event)
        wide = event.size().width() > SIDE_BY_SIDE * event.size().height()
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != wanted:
            self._splitter.setOrientation(wanted)

    def focus_filter(self) -> bool:
        """Moves the keyboard to the filter of the table."""
        self.list.problems_only.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def tables(self) -> Sequence[Table]:
        """All tiles of the tensor."""
        return tile_tables(self.facts)

    # The document

    def set_document(self, document: Document | None) -> None:
        """Shows the tiles of another document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
            self.listen(document.checked, self._show_tensor)
            self.listen(document.work.bookmarks_changed, self._show_bookmarks)
        self._show_tensor()

    def _show_tensor(self) -> None:
        """Shows all that is known of the tiles of the selected tensor, or says why there are none."""
        document = self.document
        tensor = None if document is None else document.tensor
        if document is None or tensor is None:
            self.facts = self.grid = None
        else:
            if self.grid is None or self.facts is None or self.facts.tensor is not tensor:
                self.grid = TileGrid(tensor)
            self.facts = TileFacts(tensor, document.report, document.problems)
        if document is not None:
            self.set_empty_text(sentences.why_empty(self.facts))
        drawable = self.grid is not None and self.grid.drawable
        self._picture.setVisible(drawable)
        self.map.show_grid(self.grid if drawable else None)
        self.list.set_facts(self.facts)
        self._recolour()
        self._show_bookmarks()
        self._show_selection()

    def _show_bookmarks(self) -> None:
        """Marks the tiles that are bookmarked, or in which something is."""
        document, facts = self.document, self.facts
        if document is not None and facts is not None:
            self.map.mark_bookmarked(document.bookmarked.tiles(facts.tensor.index))
            self._say_selected()

    def _on_selection(self, selection: Selection) -> None:
        """Shows which tile is selected; selects nothing itself."""
        tensor = None if self.facts is None else self.facts.tensor
        if self.document is not None and self.document.tensor is not tensor:
            self._show_tensor()
        else:
            self._show_selection()

    def _show_selection(self) -> None:
        tile = self._selected()
        self.map.select(tile)
        self.list.select(tile)
        self._say_selected()

    def _say_selected(self) -> None:
        tile = self._selected()
        if tile is not None and self.facts is not None:
            self._line.say(self._sentence(self.facts, tile))
        else:
            self._line.say("Point at a tile to see all that is known of it.")

    def _selected(self) -> int | None:
        """The selected tile, if it is one of those shown."""
        if self.document is None or self.facts is None:
            return None
        tile = self.document.selection.tile
        return tile if tile is not None and tile < self.facts.count else None

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
        elif measure in CLASSES:
            self._colour_by_name(facts, measure)
        else:
            self._colour_by_number(facts, measure, facts.column(measure))
        self._say_notice(facts, measure)

    def _colour_by_number(self, facts: TileFacts, measure: Measure, values: Column) -> None:
        self.scale.offer(values)
        shown, raised = self.scale.shown(values), theme.current().raised
        if shown is None:
            self.map.colour(np.full(facts.count, packed([raised])[0]), facts.severity)
            self._bar.show_classes(measure.heading, [("not known yet", raised)])
            return
        known = ~np.isnan(values)
        colours = lookup(ColourMap.SEQUENTIAL, theme.current().dark)
        cells = np.where(known, colours[steps_of(values, shown.low, shown.high)], packed([raised]))
        self.map.colour(cells, facts.severity)
        below = bool((values[known] < shown.low).any())
        above = bool((values[known] > shown.high).any())
        scale = Scale(colours, shown.low, shown.high, measure.number, below, above)
        self._bar.show_scale(measure.heading, scale)

    def _colour_by_problem(self, facts: TileFacts) -> None:
        used = theme.current()
        inks = [used.good, used.severities[Severity.WARNING], used.severities[Severity.ERROR]]
        self.map.colour(packed(inks)[facts.severity], np.zeros_like(facts.severity))
        names = ["none", str(Severity.WARNING), str(Severity.ERROR)]
        self._bar.show_classes(WORDS[Measure.PROBLEMS], list(zip(names, inks, strict=True)))

    def _colour_by_name(self, facts: TileFacts, measure: Measure) -> None:
        """Colours tiles by what their coding or predictor is called; faint where there is none."""
        names = sentences.class_names(facts, measure)
        used, values = theme.current(), facts.column(measure)
        # What most tiles are stands back, so that the others are seen.
        inks = [blend(used.series[0], used.background, 0.35), *used.series[1:]][: len(names)]
        known = (values >= 0) & (values < len(names))
        cells = np.full(facts.count, packed([used.raised])[0])
        cells[known] = packed(inks)[values[known].astype(np.int64)]
        self.map.colour(cells, facts.severity)
        self._bar.show_classes(measure.heading, list(zip(names, inks, strict=True)))

    def _say_notice(self, facts: TileFacts, measure: Measure) -> None:
        """Says what the map cannot show, and offers the check where that would help."""
        parts = [] if self.grid is None else [sentences.grid_sentence(self.grid, facts.count)]
        lacking = not facts.checked and (measure.needs_check or measure is Measure.PROBLEMS)
        if lacking:
            name = WORDS.get(measure, measure.title)
            parts.append(f"{name} is known once every stream has been decoded.")
        self._notice.setText(" ".join(part for part in parts if part))
        self._check.setVisible(lacking)
        self._notice_row.setVisible(bool(self._notice.text()))

    # Pointing and selecting

    def _select(self, tile: int) -> None:
        if self.document is not None:
            self.document.select_tile(tile)

    def _on_pick(self, row: int, col: int) -> None:
        """Selects the tile at a place; a further click there goes to the next that claims it."""
        claims = [] if self.grid is None else self.grid.at(row, col)
        if claims:
            selected = self._selected()
            place = claims.index(selected) + 1 if selected in claims else 0
            self._select(claims[place % len(claims)])

    def _on_step(self, down: int, across: int) -> None:
        """Selects the next tile in a direction; the first press selects the first tile."""
        if self.grid is None or not len(self.grid.claims):
            return
        selected = self._selected()
        first = int(self.grid.claims[0])
        tile = first if selected is None else self.grid.step(selected, down, across)
        if tile is not None:
            self._select(tile)

    def _on_hover(self, place: tuple[int, int] | None) -> None:
        selected = self._selected()
        if place is not None:
            self._line.say(self._describe(*place))
        elif selected is not None and self.facts is not None:
            self._line.say(self._sentence(self.facts, selected))

    def _on_check(self) -> None:
        if self.document is not None:
            self.document.check()

    def _describe(self, row: int, col: int) -> str:
        facts, grid = self.facts, self.grid
        if facts is None or grid is None:
            return ""
        rows, cols = self.map.ribbons.covering(self.map.frame, row, col)
        tiles = [tile for down in rows for across in cols for tile in grid.at(down, across)]
        about = sentences.place_sentence(facts, grid, row, col)
        return " · ".join([about, *self._bookmarks_of(tiles)])

    def _sentence(self, facts: TileFacts, tile: int) -> str:
        """All that is known of a tile."""
        return " · ".join([facts.sentence(tile), *self._bookmarks_of([tile])])

    def _bookmarks_of(self, tiles: Iterable[int]) -> list[str]:
        """A line on each bookmark of some tiles, and of what is in them."""
        document, facts = self.document, self.facts
        if document is None or facts is None:
            return []
        marked, tensor = document.bookmarked, facts.tensor.index
        numbers = sorted({number for tile in tiles for number in marked.of_tile(tensor, tile)})
        return told(marked.bookmarks, numbers, document.container)

    def _cell_text(self, tile: int) -> str:
        """What is written into the cell of a tile, beside its number."""
        measure = self.scale.measure
        if self.facts is None or measure is Measure.PROBLEMS:
            return ""
        return self.facts.text(measure, tile)
