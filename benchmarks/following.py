"""How long the window takes to answer the debugger in a long stream, with all panels open that follow it.

    QT_QPA_PLATFORM=offscreen python benchmarks/following.py > benchmarks/following.txt

Data: 4096×4096 int8 normal(0, 10) as one tile of 16 M symbols, batched and native. The whole window, 1600×1000, with
the panels as they stand for stepping: Debugger, Bytes, Weights and States are seen. The cursor jumps to random steps,
then goes on and back by a symbol, and on by renormalisations and rows.

`debugger` is the wall-clock time from the command until the Debugger shows the step: its arithmetic, the steps around
it and the timeline are painted for the last time. `all` is that until the last of the four panels is painted, when
nothing is computed any more and the window's thread has done its last turn of more than a millisecond. `computed` is
the processor time that this thread spent meanwhile, and `held` the most that it spent in one turn of its event loop:
other work on the machine, whose load is printed, makes them longer by less than it does wall-clock times.

The floor comes first: `painting` is painting all that is seen in the four panels once, as if everything in them had
changed; `looking` is what a worker takes to walk to a step and lay out what the panels show of it. Wanted: 50 ms.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.debug_stretch import stretch_around
from app.document import Document
from app.main_window import MainWindow
from app.models.trace_figures import figures_of
from app.settings import Settings
from app.trace_window import steps_around
from app.views.debugger.arithmetic import ArithmeticCard
from app.views.debugger.tables import DebugTable
from app.views.debugger.timeline import Timeline
from app.window import make_application
from codec.decoders.platform import processor_name
from codec.encoder import EncodeSettings, encode
from codec.formats import open_file
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.stepping.opening import open_walk
from codec.stepping.units import Unit
from codec.threads import cores

SIDE = 4096
ROUNDS = 40
SEEN = "Debugger", "Bytes", "Weights", "States"
QUIET = 0.1
"""Seconds without a turn of any length after which a command is answered."""


@dataclass(frozen=True)
class Answer:
    """What a command took, in ms."""

    debugger: float
    all: float
    computed: float
    held: float


class Painted(QObject):
    """Notes that something of the Debugger is painted.

    Attributes:
        lately: whether it was since that was last asked for.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._lately = False
        view = window.panels.view("Debugger")
        assert view is not None
        scrolled = (*view.findChildren(ArithmeticCard), *view.findChildren(DebugTable))
        shown = (*view.findChildren(Timeline), *(each.viewport() for each in scrolled))
        for widget in shown:
            widget.installEventFilter(self)

    @property
    def lately(self) -> bool:
        """Whether anything was painted since this was last asked."""
        lately, self._lately = self._lately, False
        return lately

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Looks on."""
        self._lately |= event.type() == QEvent.Type.Paint
        return False


def turn(application: QApplication) -> float:
    """Turns the event loop once; the processor time that it took, in ms."""
    before = time.thread_time()
    application.processEvents()
    time.sleep(0.0003)
    return (time.thread_time() - before) * 1e3


def ask(
    application: QApplication,
    window: MainWindow,
    command: Callable[[], object],
    painted: Painted | None = None,
) -> Answer:
    """Gives a command, and turns the event loop until everything that follows from it is painted."""
    begin, before = time.perf_counter(), time.thread_time()
    debugger = begin
    command()
    held = computed = (time.thread_time() - before) * 1e3
    last = time.perf_counter()
    while time.perf_counter() - last < QUIET:
        took = turn(application)
        if painted is not None and painted.lately:
            debugger = time.perf_counter()
        if took > 1:
            computed, held = computed + took, max(held, took)
        if took > 1 or window.jobs.busy:
            last = time.perf_counter()
    return Answer((debugger - begin) * 1e3, (last - begin) * 1e3, computed, held)


def wait_for(application: QApplication, done: Callable[[], bool]) -> None:
    """Turns the event loop until something holds, and is at rest."""
    while not done():
        turn(application)


def spread(values: Iterable[float]) -> str:
    """Median, and 99th of a hundred."""
    found = list(values)
    return f"{statistics.median(found):8.1f}{statistics.quantiles(found, n=100)[-1]:8.1f}"


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time of this thread."""
    before = time.thread_time()
    work()
    return (time.thread_time() - before) * 1e3


def look(path: Path) -> list[float]:
    """What a worker takes to answer jumps to random steps."""
    container = open_file(str(path))
    tensor = container.tensors[0]
    walk = open_walk(container, tensor, 0)

    def lay_out(step: int) -> None:
        stretch_around(walk, step)
        steps = steps_around(tensor, 0, tensor.interleaving.symbol_of(step, walk.steps))
        figures_of(walk.trace(steps.start, steps.stop), tensor, 0)

    places = np.random.default_rng(7).integers(0, walk.steps, ROUNDS).tolist()
    return [milliseconds(partial(lay_out, place)) for place in places]


def commands(document: Document) -> dict[str, list[Callable[[], object]]]:
    """What is asked of the debugger, by its name."""
    debugging = document.debugging
    places = np.random.default_rng(7).integers(0, debugging.steps, ROUNDS).tolist()
    by = debugging.step_by
    return {
        "jump": [partial(debugging.jump, place) for place in places],
        "step": [partial(by, Unit.SYMBOL, True)] * ROUNDS,
        "back": [partial(by, Unit.SYMBOL, False)] * ROUNDS,
        "renormalisation": [partial(by, Unit.RENORMALISATION, True)] * ROUNDS,
        "row": [partial(by, Unit.ROW, True)] * ROUNDS,
    }


def measure(application: QApplication, window: MainWindow, path: Path) -> None:
    """Prints all lines of one file."""
    window.workspace.open([path])
    wait_for(application, lambda: window.workspace.current is not None)
    document = window.workspace.current
    assert document is not None
    action = window.findChild(QAction, "view.debug_layout")
    assert isinstance(action, QAction)
    action.trigger()
    document.select_tile(0)
    ask(application, window, document.debugging.start)
    wait_for(application, lambda: document.debugging.standing is not None)
    ask(application, window, lambda: None)
    views = [view for title in SEEN if (view := window.panels.view(title)) is not None]
    paintings = [milliseconds(lambda: [view.grab() for view in views]) for _ in range(ROUNDS)]
    print(f"  {'floor: painting':18}{'':32}{spread(paintings)}")
    print(f"  {'floor: looking':18}{'':32}{spread(look(path))}", flush=True)
    painted = Painted(window)
    for name, asked in commands(document).items():
        found = [ask(application, window, command, painted) for command in asked]
        columns = zip(*map(astuple, found), strict=True)
        print(f"  {name:18}{''.join(map(spread, columns))}", flush=True)
    window.workspace.close(document)


def main() -> None:
    """Measures both layouts and prints a table."""
    weights = np.random.default_rng(1).normal(0, 10, (SIDE, SIDE))
    matrix = np.clip(np.rint(weights), -128, 127).astype(np.int8)
    native = NativeSettings(tile_rows=SIDE, tile_cols=SIDE)
    files = {
        "batched": b"".join(encode(matrix, EncodeSettings(tile=SIDE)).pieces()),
        "native": encode_native([Layer.of_matrix("a", matrix)], native)[0],
    }
    application = make_application()
    print(
        f"{dt.date.today()}, {processor_name()}, {cores()} cores; one tile of {SIDE}×{SIDE}, {ROUNDS} times each; ms: "
        "median and 99th of a hundred"
    )
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Settings(Path(folder) / "settings.ini"))
        window.resize(1600, 1000)
        window.show()
        wait_for(application, lambda: window.complete)
        for name, data in files.items():
            path = Path(folder) / name
            path.write_bytes(data)
            load = f"load {os.getloadavg()[0]:.1f}"
            print(
                f"\n{name + ', ' + load:20}{'debugger':>16}{'all':>16}{'computed':>16}{'held':>16}"
            )
            measure(application, window, path)
        window.close()


if __name__ == "__main__":
    main()
