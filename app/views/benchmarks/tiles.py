"""How long each tile of the selected tensor takes, against its entropy: a click selects the tile."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.benchmarking import Benchmarking
from app.canvas.controls import Options, button, named, strip
from app.canvas.fields import say_in, sentence
from app.models.bench_tiles import NOT_TIMED, tile_lines, tiles_say
from app.requests import UsedDecoder
from app.views.benchmarks.plots import Shown
from app.views.benchmarks.points import PointPlot

DECODERS = {"cpu": False, "cupy": True}
"""Ours that can be timed by the tile, and whether each runs in the child."""


class TilesPanel(QWidget):
    """Tile time against tile entropy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._benchmarking: Benchmarking | None = None
        self.plot = PointPlot(
            "Tile time against tile entropy", "Each point is a tile, and clicking one selects it."
        )
        self.shown = Shown(self.plot)
        self._decoder = Options(
            [(name, name, "") for name in DECODERS], "The decoder that is timed"
        )
        self.time = button("Time tiles", "Time every tile of the selected tensor by itself")
        self.stop = button("Stop", "End the timing of tiles")
        self._says = sentence("What the times say")
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(strip([named("with", self._decoder.box), self.time, self.stop]))
        column.addWidget(self._says)
        column.addWidget(self.shown, 1)
        self._says.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.plot.picked.connect(self._on_picked)

    def use(self, benchmarking: Benchmarking) -> None:
        """Works with this from now on."""
        self._benchmarking = benchmarking
        benchmarking.tiles.changed.connect(self._take)
        self.time.clicked.connect(self._on_time)
        self.stop.clicked.connect(benchmarking.tiles.stop)
        self._take()

    def recolour(self) -> None:
        """Takes up the theme's colours."""
        self.plot.recolour()
        self._take()

    def _on_time(self) -> None:
        if self._benchmarking is not None:
            name = self._decoder.value
            self._benchmarking.tiles.time(UsedDecoder(name, DECODERS[name]))

    def _take(self) -> None:
        benchmarking = self._benchmarking
        if benchmarking is None:
            return
        busy, times = benchmarking.tiles.busy, benchmarking.tiles.times
        self.time.setEnabled(not busy)
        self.stop.setEnabled(busy)
        if times is None:
            self.shown.say("The tiles are being timed." if busy else NOT_TIMED)
            say_in(self._says, "")
            return
        lines = tile_lines(times)
        self.plot.show_lines(lines, ("Entropy, bits a symbol", "µs a tile"))
        self.shown.say("" if lines else "No tile came out right, so none has a time.")
        say_in(self._says, tiles_say(times), wrong=bool(times.wrong.any()))

    def _on_picked(self, tile: object) -> None:
        self.plot.pick(tile)
        if self._benchmarking is not None and isinstance(tile, int):
            self._benchmarking.tiles.select(tile)
