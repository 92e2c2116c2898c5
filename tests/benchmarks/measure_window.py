"""What the window takes on a file, offscreen: first paint, memory, scrolling, hovering, the trace of a click.

    python tests/benchmarks/measure_window.py FILE

Times are wall clock. The first paint is measured from the start of the process to the end of the first paint that
shows the file's spans in the hex view; the trace from selecting a tile to its painted curve.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.main_window import MainWindow
from app.settings import Settings
from app.views.bytes.canvas import HexCanvas
from app.window import make_application

PATIENCE = 60.0
"""Seconds after which a wait is given up."""


def process_start() -> float:
    """When this process began, on the clock of `time.clock_gettime(CLOCK_BOOTTIME)`, in seconds."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return ticks / os.sysconf("SC_CLK_TCK")


def since_start() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) - process_start()


def wait_until(holds: Callable[[], object]) -> None:
    begin = time.perf_counter()
    while not holds():
        if time.perf_counter() - begin > PATIENCE:
            raise SystemExit("gave up waiting")
        application.processEvents()


def times(work: Callable[[], object], count: int = 60) -> str:
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        work()
        application.processEvents()
        taken.append((time.perf_counter() - begin) * 1e3)
    worst = sorted(taken)[int(0.95 * count)]
    return f"median {statistics.median(taken):.1f} ms, 95th percentile {worst:.1f} ms"


def resident() -> str:
    now = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return f"{now / 1e6:.0f} MB resident, {peak / 1e6:.0f} MB at most"


def traces(window: MainWindow) -> Iterator[float]:
    document = window.workspace.current
    for tile in range(1, min(16, len(document.tensor.tiles))):
        begin = time.perf_counter()
        document.select_tile(tile)
        wait_until(lambda: document.trace)
        application.processEvents()
        yield (time.perf_counter() - begin) * 1e3


def main(path: str, folder: str) -> None:
    window = MainWindow(Settings(Path(folder) / "settings.ini"))
    window.resize(1600, 1000)
    window.show()
    window.workspace.failed.connect(lambda sentence: sys.exit(sentence))
    window.workspace.open([path])
    wait_until(lambda: window.workspace.current)
    application.processEvents()
    window.grab()
    print(f"first paint with the file: {since_start():.2f} s after the process began; {resident()}")
    wait_until(lambda: window.complete)
    print(f"all panels there: {since_start():.2f} s; {resident()}")
    document = window.workspace.current
    from app.views.tiles.tile_map import TileMap  # it draws with pyqtgraph, loaded by now

    window.panels.go("States")
    list(traces(window))
    print(f"trace of a tile, click to curve: median {statistics.median(traces(window)):.0f} ms")
    canvas = window.panels.view("Bytes").findChild(HexCanvas)
    bar = canvas.verticalScrollBar()
    steps = iter(range(0, bar.maximum(), max(bar.maximum() // 61, 1)))
    print(
        f"hex view, jumping: {times(lambda: (bar.setValue(next(steps)), canvas.viewport().repaint()))}"
    )
    window.panels.go("Tiles")
    tile_map = window.panels.view("Tiles").findChild(TileMap)
    assert isinstance(tile_map, TileMap)
    columns = iter(range(60))

    def hover() -> None:
        x = 10 + next(columns) * (tile_map.width() - 20) // 60
        QTest.mouseMove(tile_map, QPoint(x, tile_map.height() // 2))

    print(f"tile map, hovering: {times(hover)}")
    window.panels.go("Weights")
    document.select_weight(document.tensor.rows // 2, document.tensor.cols // 2)
    application.processEvents()
    print(f"after the weights came into sight: {resident()}")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.jobs.cancel_everything()
    window.close()


if __name__ == "__main__":
    application = make_application()
    with TemporaryDirectory(prefix="ranscope-") as scratch:
        main(sys.argv[1], scratch)
