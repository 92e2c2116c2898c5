"""How long an edit takes to be seen: from the edit to the new comparison with the file as opened, in a window.

    python benchmarks/edits.py > benchmarks/edits.txt

Data: int8 normal(0, 10), 2048×2048, in every layout, tiles of 256×256, and batched in tiles of 16×16. In an offscreen
window with the first layout, one bit after another is flipped in streams all over the file, each once nothing runs any
more. Measured: until the comparison is known, until the error map has been painted, all of it, in the panel Comparison,
and until every panel has been given the edited file. The floor is decoding the layer once.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from app.document import Document
from app.main_window import MainWindow
from app.models.comparison_pages import Page
from app.models.weight_pages import Region
from app.settings import Settings
from app.views.comparison import ComparisonView
from app.views.comparison.plate import Picture
from app.window import make_application
from codec.decoders.availability import choose
from codec.decoders.platform import processor_name
from codec.encoder import EncodeSettings, encode
from codec.formats import open_file
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.threads import cores
from codec.warmup import warm

SIDE = 2048
EDITS = 20
QUIET_ROUNDS = 10
SEED = 5


@dataclass(frozen=True)
class Times:
    """Of one edit, in ms from the edit on.

    Attributes:
        known: until the comparison is there.
        painted: until the error map has been painted, without a gap.
        shown: until all panels have been given the edited file.
    """

    known: float
    painted: float
    shown: float


class Painted:
    """Notes when the error map of a comparison has been painted for the first time, without a gap.

    Attributes:
        at: when; None where that has not happened since `forget`.
    """

    def __init__(self, view: ComparisonView) -> None:
        self.at: float | None = None
        self._plate = view.plate
        self._seen = view.plate.comparison
        self._complete = False
        (canvas,) = (each for each in view.pictures.in_use if each.picture is Picture.ERROR)
        paint, pages = canvas.paint_cells, view.plate.pages

        def painting(painter: QPainter) -> None:
            paint(painter)
            if self._complete and self._plate.comparison is not self._seen and self.at is None:
                self.at = time.perf_counter()

        def paging(region: Region, stride: int, seconds: float) -> tuple[list[Page], bool]:
            found, self._complete = pages(region, stride, seconds)
            return found, self._complete

        canvas.paint_cells = painting  # type: ignore[method-assign]
        view.plate.pages = paging  # type: ignore[method-assign]

    def forget(self) -> None:
        """Waits for the next comparison."""
        self.at, self._seen = None, self._plate.comparison


def legacy(weights: NDArray[np.int8], layout: str, tile: int) -> bytes:
    """The layer in a legacy layout."""
    return b"".join(encode(weights, EncodeSettings(layout, tile)).pieces())


def files(folder: Path) -> dict[str, Path]:
    """The layer in every layout."""
    normal = np.random.default_rng(SEED).normal(0, 10, (SIDE, SIDE))
    weights = np.clip(np.rint(normal), -128, 127).astype(np.int8)
    made = {
        "batched, tiles of 256": legacy(weights, "batched", 256),
        "batched, tiles of 16": legacy(weights, "batched", 16),
        "wcdc, tiles of 256": legacy(weights, "wcdc", 256),
        "native, tiles of 256": encode_native(
            [Layer.of_matrix("layer", weights)], NativeSettings(tile_rows=256, tile_cols=256)
        )[0],
    }
    paths = {}
    for number, (name, data) in enumerate(made.items()):
        paths[name] = folder / f"{number}.layer"
        paths[name].write_bytes(data)
    return paths


def settle(application: QApplication, window: MainWindow) -> None:
    """Lets the window work until nothing is left to do."""
    quiet = 0
    while quiet < QUIET_ROUNDS:
        application.processEvents()
        time.sleep(0.003)
        quiet = 0 if window.jobs.busy or not window.complete else quiet + 1


def edited(
    application: QApplication, window: MainWindow, map_: Painted, offset: int, bit: int
) -> Times:
    """Flips a bit, and waits until that is seen."""
    document = window.workspace.current
    assert document is not None
    known: list[float] = []

    def on_reloaded(_old: Document, new: Document) -> None:
        if new.comparing.comparison is not None:
            known.append(time.perf_counter())
        else:
            new.comparing.comparison_changed.connect(lambda: known.append(time.perf_counter()))

    window.workspace.reloaded.connect(on_reloaded)
    map_.forget()
    begin = time.perf_counter()
    document.editing.add(document.editing.bit_edit(offset, bit))
    while not known or window.workspace.current is document:
        application.processEvents()
        time.sleep(0.0002)
    shown = time.perf_counter()
    while map_.at is None:
        application.processEvents()
    window.workspace.reloaded.disconnect(on_reloaded)
    return Times(*(1000 * (at - begin) for at in (known[0], map_.at, shown)))


def measure(
    application: QApplication, window: MainWindow, map_: Painted, path: Path
) -> list[Times]:
    """Edits a file all over."""
    window.workspace.open([path])
    settle(application, window)
    document = window.workspace.current
    assert document is not None
    tiles = document.container.tensors[0].tiles
    random = np.random.default_rng(SEED)
    found = []
    for tile in random.choice(len(tiles), EDITS + 1, replace=False):
        place = int(tiles["offset"][tile]) + int(random.integers(tiles["size"][tile]))
        found.append(edited(application, window, map_, place, int(random.integers(8))))
        settle(application, window)
    window.workspace.close_all()
    return found[1:]  # the first also reads the file as it was opened


def decoding_ms(path: Path) -> float:
    """Median time to decode the layer once."""
    container, decoder, times = open_file(path), choose(), []
    for _ in range(EDITS):
        begin = time.perf_counter()
        decoder.decode(container, container.tensors[0])
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def line(name: str, values: list[float]) -> str:
    """Median and largest of some times."""
    return f"  {name:32}{statistics.median(values):8.1f} ms   at most {max(values):8.1f} ms"


def main() -> None:
    """Measures all layouts and prints what came out."""
    application = make_application()
    warm()
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {processor_name()}, {cores()} cores")
    print(f"load at the start: {os.getloadavg()[0]:.1f}; {EDITS} edits each\n")
    with tempfile.TemporaryDirectory() as folder:
        paths = files(Path(folder))
        window = MainWindow(Settings(Path(folder) / "settings.ini"))
        window.resize(1600, 1000)
        window.show()
        settle(application, window)
        window.panels.go("Comparison")
        view = window.panels.view("Comparison")
        assert isinstance(view, ComparisonView)
        map_ = Painted(view)
        for name, path in paths.items():
            times = measure(application, window, map_, path)
            print(f"{SIDE}×{SIDE}, {name}")
            print(line("the comparison is known", [each.known for each in times]))
            print(line("the error map is painted", [each.painted for each in times]))
            print(line("every panel shows the edit", [each.shown for each in times]))
            print(f"  {'floor: decoding the layer once':32}{decoding_ms(path):8.1f} ms\n")
        window.close()


if __name__ == "__main__":
    main()
