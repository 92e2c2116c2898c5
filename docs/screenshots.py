"""Renders the pictures in docs/screenshots anew, without a screen: `make screenshots`.

Each picture is the real window on a real file, so that a look at them shows what a change did to every
view.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtWidgets import QAbstractButton

from app.main_window import MainWindow
from app.panel_layouts import BENCHMARKING, COMPARING, DEBUGGING
from app.side_requests import RIGHT
from app.theme import Choice
from app.window import save_screenshot
from app.workspace import sample_path
from codec.bench.history import Entry
from codec.bench.result_file import load
from codec.native_encoder import write_native
from codec.native_layer import Layer, NativeSettings

HERE = Path(__file__).parent
LEGACY = HERE.parent / "tests" / "data" / "legacy"
SMALL_LAYER = "minilm_query_pertensor_384x384_t128.batched"
SIZE = 1600, 1000


def nothing(_window: MainWindow) -> None:
    """Leaves the window as it opens."""


def weight(row: int, col: int, *panels: str) -> Callable[[MainWindow], None]:
    """Selects a weight, and turns to some panels."""

    def prepare(window: MainWindow) -> None:
        document = window.workspace.current
        assert document is not None
        document.select_weight(row, col)
        for panel in panels:
            window.panels.go(panel)

    return prepare


def first_problem(window: MainWindow) -> None:
    """Selects the first problem of the file."""
    document = window.workspace.current
    assert document is not None
    document.select_problem(document.problems[0])
    window.panels.go("Problems")


@dataclass(frozen=True)
class Picture:
    """One picture: its name, the file that is opened, what is done, and the colours."""

    name: str
    file: Path | None
    prepare: Callable[[MainWindow], object] = nothing
    choice: Choice = Choice.LIGHT


def native_file(folder: Path) -> Path:
    """A native file of real weights and of some that predict well, in tiles that are wider than high."""
    names = (
        "minilm_query_perrow_384x384_t128",
        "minilm_key_pertensor_256x256_t256",
        "smooth_512x512_t256",
    )
    layers = [
        Layer.of_matrix(name.rsplit("_", 2)[0], np.load(LEGACY / f"{name}.npy")) for name in names
    ]
    target = folder / "layers.rsc"
    write_native(target, layers, NativeSettings(tile_rows=96, tile_cols=128, predictor="auto"))
    return target


def lanes(window: MainWindow) -> None:
    """Shows the states of all lanes from close by."""
    weight(130, 140, "Weights", "States")(window)
    states, document = window.panels.view("States"), window.workspace.current
    assert states is not None
    assert document is not None
    near = next(b for b in states.findChildren(QAbstractButton) if b.text() == "Near")
    document.trace_changed.connect(near.click)


def predicted(window: MainWindow) -> None:
    """Turns to the tensor whose tiles have predictors."""
    document = window.workspace.current
    assert document is not None
    document.select_tensor(2)
    document.select_weight(300, 77)
    window.panels.go("Bytes")
    window.panels.go("Tiles")


def unwritten_rows(window: MainWindow) -> None:
    """Compares with what a real decoder made of the file: rows from a certain number on are missing."""
    window.compare.put_named(RIGHT, str(LEGACY / "gaussian10_300x200_t64.gpu-later.npy"))


def stepping(window: MainWindow) -> None:
    """Stands in the middle of a stream, with all panels round the debugger."""
    document = window.workspace.current
    assert document is not None
    debugging = document.debugging
    window.panels.arrange(DEBUGGING)

    def on() -> None:
        if debugging.step == 0:
            debugging.jump(5000)

    debugging.moved.connect(on)
    debugging.start()


def flipped(window: MainWindow) -> None:
    """Flips a bit in the stream of the fifth tile, which puts the damage beside the file as opened."""
    document = window.workspace.current
    assert document is not None
    assert document.tensor is not None
    window.panels.go("Edits")
    window.panels.go("Comparison")
    document.editing.add(
        document.editing.bit_edit(int(document.tensor.tiles["offset"][4]) + 900, 3)
    )


def swept(window: MainWindow) -> None:
    """What the settings that the form offers first would give."""
    window.panels.arrange(COMPARING)
    window.panels.go("Encode again")
    view = window.panels.view("Encode again")
    assert view is not None
    next(b for b in view.findChildren(QAbstractButton) if b.text() == "Tr&y all").click()


def measured(window: MainWindow) -> None:
    """What a benchmark on a card has found, taken over from another machine."""
    path = HERE.parent / "benchmarks" / "results" / "gpu.json"
    window.panels.arrange(BENCHMARKING)
    window.bench.benchmarking.show(Entry(path, load(path)))
    window.panels.go("Benchmarks")


def pictures(native: Path) -> tuple[Picture, ...]:
    """All pictures; `native` is a native file of several tensors."""
    table = LEGACY / "gaussian10_512x256_t256.batched"
    return (
        Picture("welcome", None),
        Picture("overview", sample_path()),
        Picture("overview-dark", sample_path(), weight(130, 140), Choice.DARK),
        Picture("weights-and-states", sample_path(), weight(130, 140, "Weights", "States")),
        Picture("ill-fitting-table", table, first_problem, Choice.DARK),
        Picture("broken-table", LEGACY / "brokentable_1024x1024_t256.batched", first_problem),
        Picture(
            "per-tile-layout",
            LEGACY / "gaussian10_512x384_t256.wcdc",
            weight(300, 256, "Weights", "States"),
        ),
        Picture("native-lanes", native, lanes),
        Picture("native-tiles-dark", native, predicted, Choice.DARK),
        Picture(
            "comparison-dark",
            LEGACY / "gaussian10_300x200_t64.batched",
            unwritten_rows,
            Choice.DARK,
        ),
        Picture("debugger", sample_path(), stepping),
        Picture("debugger-dark", sample_path(SMALL_LAYER), stepping, Choice.DARK),
        Picture("edits", sample_path(SMALL_LAYER), flipped),
        Picture("sweep", sample_path(), swept),
        Picture("benchmarks", sample_path(), measured),
        Picture("benchmarks-dark", sample_path(), measured, Choice.DARK),
        Picture("help", sample_path(), lambda window: window.panels.go("Help"), Choice.DARK),
    )


def main() -> int:
    """Renders the pictures named as arguments, or all."""
    folder = HERE / "screenshots"
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="ranscope-") as made:
        for picture in pictures(native_file(Path(made))):
            if len(sys.argv) > 1 and picture.name not in sys.argv[1:]:
                continue
            files = [str(picture.file)] if picture.file else []
            target = str(folder / f"{picture.name}.png")
            save_screenshot(files, target, SIZE, picture.choice, picture.prepare)
            print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
