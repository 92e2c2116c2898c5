"""The Weights panel: the picture, its controls and legend, and the tie to the document's selection.

The picture asks for the tiles in sight and takes in those that have come a few milliseconds at a
time, so that neither a large layer nor one of many small tiles holds up the window.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from app import theme
from app.canvas.canvas import CellCanvas
from app.canvas.colour_bar import ColourBar, Scale
from app.canvas.controls import Line, Options, button, named, strip
from app.document import Document
from app.models.downsample import Statistic
from app.models.weight_mosaic import WeightMosaic
from app.models.weight_pages import BIAS, State
from app.selection import Selection
from app.view import View
from app.views.weights.colouring import ColouringControls
from app.views.weights.matrix_canvas import MatrixCanvas
from app.views.weights.palette import code_colours

WISHED = 1024
"""Tiles that the document is asked for at once, the nearest to the middle of the view first."""

SLICE_SECONDS = 0.006
"""How long tiles are taken in before the window gets its turn: less than half a frame."""


class WeightsView(View):
    """The weights of the selected tensor."""

    TITLE = "Weights"
    QUESTION = "Which weights come out, and where do they look wrong?"
    HELP = (
        "The decoded matrix; tiles are decoded as they come into sight, those that fail are hatched "
        "and say why. Zoom in to read the numbers; a click selects a weight and, in the other panels, "
        "its symbol, step and bytes."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MatrixCanvas()
        self.canvas.setAccessibleName("Weights")
        self.canvas.describe = self._describe
        self._bar = ColourBar()
        self._line = Line()
        self._arrived: deque[int] = deque()
        self._seeking = _timer(self, self._seek)
        self._taking = _timer(self, self._take_in)
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
                    named("&Blocks", self._statistic.box),
                    self._tile_lines,
                ]
            )
        )
        column.addWidget(canvas, 1)
        column.addWidget(self._bar)
        column.addWidget(self._line)
        self.setFocusProxy(canvas)

    def _connect(self) -> None:
        self.canvas.hovered.connect(self._on_hover)
        self.canvas.picked.connect(self._on_pick)
        self.canvas.stepped.connect(self._on_step)
        self.canvas.frame_changed.connect(self._seek_soon)
        self.colouring.changed.connect(self._recolour)
        self._statistic.box.currentIndexChanged.connect(self._on_statistic)
        self._tile_lines.toggled.connect(self._on_tile_lines)

    # The document

    def set_document(self, document: Document | None) -> None:
        """Shows the weights of another document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
            self.listen(document.tiles_decoded, self._on_decoded)
        self._show_tensor()

    def _show_tensor(self) -> None:
        """Starts a picture of the selected tensor, or says why there is none."""
        self._arrived.clear()
        document = self.document
        tensor = None if document is None else document.tensor
        if document is not None:
            self.set_empty_text(_why_empty(document))
        if document is None or tensor is None or tensor.refusal:
            self.canvas.set_mosaic(None)
            return
        statistic = self._statistic.value
        self.canvas.set_mosaic(WeightMosaic(tensor, document.tile, statistic))
        self._recolour()
        self._on_selection(document.selection)
        self._say_selected()
        self._seek_soon()

    def _on_selection(self, selection: Selection) -> None:
        """Outlines what is selected and scrolls it into sight; selects nothing itself."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or document.tensor is None:
            return
        if mosaic is None or mosaic.tensor is not document.tensor:
            if not document.tensor.refusal:
                self._show_tensor()
            return
        tensor, tile = document.tensor, selection.tile
        if tile is None or tile >= len(tensor.tiles):
            self.canvas.set_marks(None, None)
            self._say_selected()
            return
        weight = None if selection.symbol is None else tensor.weight_of(tile, selection.symbol)
        self.canvas.set_marks(tile, weight)
        place = tensor.rectangle(tile)
        if weight is not None:
            self.canvas.reveal(*weight)
        elif place.size:
            self.canvas.reveal(*place)
        self._say_selected()

    # Tiles

    def _seek_soon(self) -> None:
        self._seeking.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Tiles are asked for only while they can be seen."""
        super().showEvent(event)
        self._seek_soon()

    def _seek(self) -> None:
        """Asks for the tiles that are in sight and not known, and shows what that leaves to say."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None or self.canvas.frame.empty or not self.isVisible():
            return
        self.canvas.follow_frame()
        wanted = mosaic.wanted(self.canvas.region(), WISHED)
        known = [tile for tile in wanted if document.tile(tile) is not None]
        self._queue(known)
        document.want_tiles(wanted)
        self._recolour()
        self._tell(len(wanted) - len(known))

    def _on_decoded(self, tiles: tuple[int, ...]) -> None:
        self._queue(tiles)

    def _queue(self, tiles: tuple[int, ...] | list[int]) -> None:
        if tiles and self.canvas.mosaic is not None:
            self._arrived.extend(tiles)
            self._taking.start()

    def _take_in(self) -> None:
        """Takes in tiles that have come, for a few milliseconds, and goes on after the next events."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None:
            return
        until = time.perf_counter() + SLICE_SECONDS
        while self._arrived and time.perf_counter() < until:
            tile = self._arrived.popleft()
            decoded = document.tile(tile)
            if decoded is not None:
                mosaic.add(tile, decoded)
        self.canvas.viewport().update()
        (self._taking if self._arrived else self._seeking).start()

    def _tell(self, coming: int) -> None:
        """Says in the picture's corner what is missing from it."""
        canvas, mosaic = self.canvas, self.canvas.mosaic
        if mosaic is None:
            return
        failed = mosaic.failed_in(canvas.region())
        parts = []
        if len(failed):
            first = int(failed[0])
            count = "1 tile" if len(failed) == 1 else f"{len(failed):,} tiles"
            parts.append(f"{count} in sight failed; tile {first:,}: {mosaic.failures[first]}")
        if coming:
            more = "or more " if coming >= WISHED else ""
            parts.append(f"{coming:,} {more}tiles to be decoded")
        canvas.set_note(" · ".join(parts))
        self._scale.setText(_scale_text(canvas))

    # Colours

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self._recolour()

    def _recolour(self) -> None:
        """Takes up colour map and range, and shows them in the legend."""
        counts = self._counts_in_sight()
        chosen = self.colouring.colouring(counts)
        low, high = chosen.shown.low, chosen.shown.high
        self.canvas.set_colours(code_colours(chosen.colours, chosen.shown, theme.current()))
        seen = np.flatnonzero(counts) - BIAS
        below = bool(len(seen)) and bool(seen[0] < low)
        above = bool(len(seen)) and bool(seen[-1] > high)
        self._bar.show_scale(self._title(), Scale(chosen.colours, low, high, _whole, below, above))

    def _title(self) -> str:
        """What a pixel of the picture shows."""
        stride = self.canvas.frame.stride
        if stride == 1:
            return "Weight"
        return f"{self._statistic.value.of_block} of {stride:,}×{stride:,} weights"

    def _counts_in_sight(self) -> NDArray[np.int64]:
        mosaic, frame = self.canvas.mosaic, self.canvas.frame
        if mosaic is None or frame.empty:
            return np.zeros(256, dtype=np.int64)
        self.canvas.follow_frame()
        return mosaic.counts(self.canvas.region())

    def _on_statistic(self) -> None:
        if self.canvas.mosaic is not None:
            self.canvas.mosaic.set_statistic(self._statistic.value)
            self.canvas.viewport().update()
            self._seek_soon()

    def _on_tile_lines(self, on: bool) -> None:
        self.canvas.tile_lines = on
        self.canvas.viewport().update()

    # Pointing and selecting

    def _on_hover(self, cell: tuple[int, int] | None) -> None:
        if cell is None:
            self._say_selected()
        else:
            self._line.say(self._describe(*cell))

    def _say_selected(self) -> None:
        """Says what is selected, as long as nothing is pointed at."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None or document.selection.tile is None:
            self._line.say("Point at a weight to see its value, tile and symbol.")
            return
        tile, symbol = document.selection.tile, document.selection.symbol
        weight = None if symbol is None else mosaic.tensor.weight_of(tile, symbol)
        if weight is not None:
            self._line.say(self._describe(*weight))
        elif symbol is not None:
            self._line.say(f"Symbol {symbol:,} of tile {tile:,} is padding, and no weight")
        else:
            self._line.say(_tile_sentence(mosaic, tile))

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
        """One weight in one line: where it stands, its value, its tile and its symbol."""
        document, mosaic = self.document, self.canvas.mosaic
        if document is None or mosaic is None:
            return ""
        tensor = mosaic.tensor
        tile = tensor.tile_at(row, col)
        where = f"Row {row:,}, column {col:,}"
        if tile is None:
            return f"{where} · no tile of the file covers this place"
        weight = mosaic.weight(row, col)
        value = "not decoded yet" if weight is None else f"weight {weight}".replace("-", "−")
        symbol = tensor.symbol_at(tile, row, col)
        value_coded = mosaic.symbol(tile, symbol)
        coded = "" if value_coded is None else f" ({value_coded})"
        parts = [where, value, f"symbol {symbol:,}{coded} of tile {tile:,}"]
        if mosaic.state(tile) is State.BROKEN:
            parts.append(f"failed: {mosaic.failures[tile]}")
        return " · ".join(parts)


def _why_empty(document: Document) -> str:
    tensor = document.tensor
    if tensor is None:
        return "The file was cut before its first matrix, so there are no weights to show."
    if tensor.refusal:
        return f"None of the weights can be decoded: {tensor.refusal}."
    return ""


def _tile_sentence(mosaic: WeightMosaic, tile: int) -> str:
    place = mosaic.tensor.rectangle(tile)
    if not place.size:
        return f"Tile {tile:,} lies outside the matrix"
    failure = f" · failed: {mosaic.failures[tile]}" if tile in mosaic.failures else ""
    return (
        f"Tile {tile:,} · rows {place.row:,} to {place.row + place.rows - 1:,}, columns "
        f"{place.col:,} to {place.col + place.cols - 1:,}{failure}"
    )


def _whole(value: float) -> str:
    return f"{round(value):,}".replace("-", "−")


def _scale_text(canvas: CellCanvas) -> str:
    frame = canvas.frame
    if frame.stride > 1:
        return f"1 px = {frame.stride:,}×{frame.stride:,}"
    return "1:1" if frame.magnify == 1 else f"{frame.magnify} px each"


def _timer(parent: WeightsView, effect: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(0)
    timer.timeout.connect(effect)
    return timer
