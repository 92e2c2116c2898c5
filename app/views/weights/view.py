"""The Weights panel: the picture, its controls and legend, and the tie to the document's selection."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from app import theme
from app.canvas.colour_bar import ColourBar, Scale
from app.canvas.controls import Options, button, named, strip
from app.document import Document
from app.exporting.table import Table
from app.models.bookmark_places import told
from app.models.downsample import Statistic
from app.models.stepped import stepped
from app.models.weight_mosaic import WeightMosaic
from app.models.weight_pages import BIAS
from app.selection import Selection
from app.sentence import Sentence
from app.tables.weights import weight_tables
from app.view import View
from app.views.weights import sentences
from app.views.weights.colouring import ColouringControls
from app.views.weights.intake import TileIntake
from app.views.weights.matrix_canvas import MatrixCanvas
from app.views.weights.palette import code_colours
from codec.container import Tensor


class WeightsView(View):
    """The weights of the selected tensor."""

    TITLE = "Weights"
    QUESTION = "Which weights come out, and where do they look wrong?"
    HELP = (
        "The decoded matrix; tiles are decoded as they come into sight, those that fail are hatched "
        "and say why; what the debugger has not come to is veiled. Zoom in to read the numbers; a click "
        "selects a weight and, in the other panels, its symbol, step and bytes."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MatrixCanvas()
        self.canvas.setAccessibleName("Weights")
        self.canvas.describe = self._describe
        self._bar = ColourBar()
        self._line = Sentence("The weight that is pointed at, or else selected")
        self._tensor: Tensor | None = None
        self._pointed: tuple[int, int] | None = None
        self.intake = TileIntake(self.canvas)
        self._make_controls()
        self._arrange()
        self._connect()

    # Putting it together

    def _make_controls(self) -> None:
        self.colouring = ColouringControls(self)
        self._statistic = Options(
            [(str(each).capitalize(), each, each.meaning) for each in Statistic],
            "What stands for a block of weights when a pixel shows more than one",
        )
        self._tile_lines = QCheckBox("Tile &lines")
        self._tile_lines.setChecked(True)
        self._tile_lines.setToolTip("Draw the borders of the tiles where they are large enough")
        self._scale = QLabel()
        self._scale.setToolTip("Scale of the picture, in pixels of the screen")

    def _arrange(self) -> None:
        canvas = self.canvas
        buttons = (
            ("Fit", "Show the whole matrix (0)", canvas.fit),
            ("1:1", "Give every weight one pixel (1)", canvas.show_one_to_one),
            ("−", "Zoom out (−)", lambda: canvas.zoom(inward=False)),
            ("+", "Zoom in (+)", lambda: canvas.zoom(inward=True)),
        )
        zoom = [button(text, tooltip) for text, tooltip, _ in buttons]
        for widget, (_, _, effect) in zip(zoom, buttons, strict=True):
            widget.clicked.connect(effect)
        column = QVBoxLayout(self)
        gap = self.fontMetrics().height() // 4
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        column.addWidget(
            strip(
                [
                    *zoom,
                    self._scale,
                    *self.colouring.parts,
                    named("Bloc&ks", self._statistic.box),
                    self._tile_lines,
                ]
            )
        )
        column.addWidget(canvas, 1)
        column.addWidget(self._bar)
        column.addWidget(self._line)
        self.begin_at(canvas)

    def _connect(self) -> None:
        self.canvas.hovered.connect(self._on_hover)
        self.canvas.picked.connect(self._on_pick)
        self.canvas.stepped.connect(self._on_step)
        self.intake.sought.connect(self._on_sought)
        self.colouring.changed.connect(self._recolour)
        self._statistic.box.currentIndexChanged.connect(self._on_statistic)
        self._tile_lines.toggled.connect(self._on_tile_lines)

    def tables(self) -> Sequence[Table]:
        """The weights of the selected tile, and of all tiles."""
        return weight_tables(self.document)

    # The document

    def set_document(self, document: Document | None) -> None:
        """Shows the weights of another document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
            self.listen(document.tiles_decoded, self.intake.add)
            self.listen(document.decoder_changed, self._show_tensor)
            self.listen(document.debugging.moved, self._show_stepped)
            self.listen(document.work.bookmarks_changed, self._show_bookmarks)
        self._show_tensor()
        self._show_stepped()

    def _show_tensor(self) -> None:
        """Starts a picture of the selected tensor, or says why there is none."""
        document = self.document
        self._tensor = tensor = None if document is None else document.tensor
        if document is not None:
            self.set_empty_text(sentences.why_empty(tensor))
        if document is None or tensor is None or tensor.refusal:
            self.canvas.set_mosaic(None)
        else:
            self.canvas.set_mosaic(WeightMosaic(tensor, document.tile, self._statistic.value))
        self.intake.set_document(document)
        self._recolour()
        self._show_bookmarks()
        self._show_selection()

    def _show_bookmarks(self) -> None:
        """Marks the weights that are bookmarked, or whose steps are."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is not None and mosaic is not None:
            marks = document.bookmarked.in_tiles(mosaic.tensor.index)
            self.canvas.mark_bookmarked(marks.weights[0])
            self._say()

    def _on_selection(self, selection: Selection) -> None:
        """Shows what is selected; selects nothing itself."""
        if self.document is not None and self.document.tensor is not self._tensor:
            self._show_tensor()
        else:
            self._show_selection()

    def _show_stepped(self) -> None:
        """Shows how far the debugger has got."""
        self.canvas.set_stepped(stepped(self.document))

    def _show_selection(self) -> None:
        """Outlines what is selected and scrolls it into sight."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None:
            return
        tensor, selection = mosaic.tensor, document.selection
        tile = selection.tile
        if tile is None or tile >= len(tensor.tiles):
            self.canvas.set_marks(None, None)
        else:
            symbol, place = selection.symbol, tensor.rectangle(tile)
            weight = None if symbol is None else tensor.weight_of(tile, symbol)
            self.canvas.set_marks(tile, weight)
            if weight is not None:
                self.canvas.reveal(*weight)
            elif place.size:
                self.canvas.reveal(*place)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        """Tiles are asked for only while they can be seen."""
        super().showEvent(event)
        self.intake.seek_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden needs no more tiles."""
        super().hideEvent(event)
        self.intake.seek_soon()

    def _on_sought(self) -> None:
        """Shows what is in sight now, and says what is missing from it."""
        canvas, mosaic = self.canvas, self.canvas.mosaic
        if mosaic is not None:
            failed = [int(tile) for tile in mosaic.failed_in(canvas.region())]
            canvas.set_note(sentences.note(failed, mosaic.failures, self.intake.coming))
            self._scale.setText(sentences.scale_words(canvas.frame))
            self._recolour()
            self._say()

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._recolour()

    def _recolour(self) -> None:
        """Takes up colour map and range, and shows them in the legend."""
        mosaic = self.canvas.mosaic
        if mosaic is None:
            return
        counts = self._counts_in_sight(mosaic)
        chosen = self.colouring.colouring(counts)
        low, high = chosen.shown.low, chosen.shown.high
        self.canvas.set_colours(code_colours(chosen.colours, chosen.shown, theme.current()))
        seen = np.flatnonzero(counts) - BIAS
        below = bool(len(seen)) and bool(seen[0] < low)
        above = bool(len(seen)) and bool(seen[-1] > high)
        scale = Scale(chosen.colours, low, high, sentences.number, below, above)
        self._bar.show_scale(sentences.block_words(mosaic, self.canvas.frame.stride), scale)

    def _counts_in_sight(self, mosaic: WeightMosaic) -> NDArray[np.int64]:
        if self.canvas.frame.empty:
            return np.zeros(256, dtype=np.int64)
        self.canvas.follow_frame()
        seconds = 0.0 if self.intake.coming else math.inf
        return mosaic.counts(self.canvas.region(), seconds)

    def _on_statistic(self) -> None:
        if self.canvas.mosaic is not None:
            self.canvas.mosaic.set_statistic(self._statistic.value)
            self.canvas.viewport().update()
            self.intake.seek_soon()

    def _on_tile_lines(self, on: bool) -> None:
        self.canvas.tile_lines = on
        self.canvas.viewport().update()

    # Pointing and selecting

    def _on_hover(self, cell: tuple[int, int] | None) -> None:
        self._pointed = cell
        self._say()

    def _say(self) -> None:
        """Says what is pointed at, or else what is selected."""
        document, mosaic, cell = self.document, self.canvas.mosaic, self._pointed
        if document is None or mosaic is None:
            return
        tile, symbol = document.selection.tile, document.selection.symbol
        if cell is not None and max(cell[0] - mosaic.tensor.rows, cell[1] - mosaic.tensor.cols) < 0:
            self._line.setText(self._describe(*cell))
        elif tile is None or tile >= len(mosaic.tensor.tiles):
            self._line.setText("Point at a weight to see its value, tile and symbol.")
        elif symbol is None:
            self._line.setText(sentences.tile_sentence(mosaic, tile))
        else:
            about = sentences.symbol_sentence(mosaic, document.container.source, tile, symbol)
            row, col = mosaic.tensor.weight_of(tile, symbol) or (-1, -1)
            lines = self._bookmarks_of(range(row, row + 1), range(col, col + 1))
            self._line.setText(" · ".join([about, *lines]))

    def _on_pick(self, row: int, col: int) -> None:
        if self.document is not None:
            self.document.select_weight(row, col)

    def _on_step(self, down: int, across: int) -> None:
        """Moves the selected weight; the first press selects one in sight."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None:
            return
        tensor, selection = mosaic.tensor, document.selection
        if selection.tile is None:
            region = self.canvas.region()
            document.select_weight(region.row, region.col)
            return
        weight = tensor.weight_of(selection.tile, selection.symbol or 0)
        if weight is None:
            return
        if selection.symbol is None:
            down = across = 0
        row = min(max(weight[0] + down, 0), tensor.rows - 1)
        col = min(max(weight[1] + across, 0), tensor.cols - 1)
        document.select_weight(row, col)

    def _describe(self, row: int, col: int) -> str:
        """What the pointer is at: the weight, and what its pixel shows where it shows a block."""
        mosaic, stride, document = self.canvas.mosaic, self.canvas.frame.stride, self.document
        if mosaic is None or document is None:
            return ""
        weight = sentences.weight_sentence(mosaic, document.container.source, row, col)
        block = sentences.block_sentence(mosaic, stride, row, col) if stride > 1 else ""
        under = self.canvas.ribbons.covering(self.canvas.frame, row, col)
        return " · ".join(filter(None, [weight, block, *self._bookmarks_of(*under)]))

    def _bookmarks_of(self, rows: range, cols: range) -> list[str]:
        """A line on each bookmark of some weights."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None:
            return []
        marked = document.bookmarked
        numbers = marked.at_weights(mosaic.tensor.index, rows, cols).tolist()
        return told(marked.bookmarks, numbers, document.container)
