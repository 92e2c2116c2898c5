"""How long the window is held while the debugger goes through a long stream, with all panels open that follow it.

    QT_QPA_PLATFORM=offscreen python benchmarks/following.py > benchmarks/following.txt

Data: 4096×4096 int8 normal(0, 10) as one tile of 16 M symbols, batched and native. The cursor jumps to random steps,
then goes on symbol by symbol; Bytes, Weights, States, Frequencies and Selection are shown, 760×560 pixels each.

`cursor` is the wall-clock time until the cursor stands, `states` that until the states around it are known. `held` is
the most that the window's thread computed in one turn of its event loop, painting included: processor time, so that
other work on the machine does not count. The floor is painting these panels once: what is in sight has changed.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.document import Document
from app.jobs import Jobs
from app.view import View
from app.views.bytes import BytesView
from app.views.frequencies import FrequenciesView
from app.views.selection import SelectionView
from app.views.states import StatesView
from app.views.weights import WeightsView
from codec.decoders.platform import processor_name
from codec.encoder import EncodeSettings, encode
from codec.formats import open_file
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.stepping.units import Unit
from codec.threads import cores

SIDE = 4096
ROUNDS = 20
PANELS: tuple[type[View], ...] = (
    BytesView, WeightsView, StatesView, FrequenciesView, SelectionView,
)  # fmt: skip


@dataclass(frozen=True)
class Turns:
    """What some turns of the event loop took: altogether, and the longest of them, in ms."""

    wall: float
    held: float


def turn_until(done: Callable[[], bool], seconds: float = 60.0) -> Turns:
    """Turns the event loop until something holds.

    Raises:
        TimeoutError: it never does.
    """
    begin, held = time.perf_counter(), 0.0
    while not done():
        before = time.thread_time()
        QApplication.processEvents()
        held = max(held, time.thread_time() - before)
        if time.perf_counter() - begin > seconds:
            raise TimeoutError
        time.sleep(0.0005)
    return Turns((time.perf_counter() - begin) * 1e3, held * 1e3)


def settle(jobs: Jobs) -> Turns:
    """Turns it until nothing is going on for a while."""
    quiet = [time.perf_counter()]

    def at_rest() -> bool:
        if jobs.busy:
            quiet[0] = time.perf_counter()
        return time.perf_counter() - quiet[0] > 0.1

    return turn_until(at_rest)


def row(name: str, values: list[float]) -> str:
    """Median and largest of some times."""
    return f"  {name:<34}{statistics.median(values):>8.1f}{max(values):>8.1f}"


def jumps(document: Document, jobs: Jobs) -> list[str]:
    """Goes to random steps; the lines to print."""
    debugging, random = document.debugging, np.random.default_rng(7)
    cursor, states, held = [], [], []
    for step in random.integers(0, SIDE * SIDE, ROUNDS).tolist():
        debugging.jump(step)
        stands = turn_until(lambda step=step: debugging.step == step)  # type: ignore[misc]
        drawn = turn_until(lambda: document.trace is not None and _around(document))
        rest = settle(jobs)
        cursor.append(stands.wall)
        states.append(stands.wall + drawn.wall)
        held.append(max(stands.held, drawn.held, rest.held))
    return [row("jump: cursor", cursor), row("jump: states", states), row("jump: held", held)]


def _around(document: Document) -> bool:
    symbol, trace = document.selection.symbol, document.trace
    return symbol is None or (trace is not None and trace.row_of_symbol(symbol) is not None)


def steps(document: Document, jobs: Jobs) -> list[str]:
    """Goes on symbol by symbol; the lines to print."""
    debugging, cursor, held = document.debugging, [], []
    for _ in range(ROUNDS):
        before, begin = debugging.step, time.perf_counter()
        at_once = time.thread_time()
        debugging.step_by(Unit.SYMBOL, forward=True)
        taken = (time.thread_time() - at_once) * 1e3
        turn_until(lambda before=before: debugging.step != before)  # type: ignore[misc]
        cursor.append((time.perf_counter() - begin) * 1e3)
        held.append(max(taken, settle(jobs).held))
    return [row("step: cursor", cursor), row("step: held", held)]


def measured(path: Path) -> list[str]:
    """All lines of one file."""
    jobs = Jobs()
    document = Document(path, open_file(str(path)), jobs)
    views = [panel() for panel in PANELS]
    for view in views:
        view.resize(760, 560)
        view.show()
        view.set_document(document)
    document.select_tile(0)
    settle(jobs)
    document.debugging.start()
    laid = settle(jobs)
    painted = []
    for _ in range(ROUNDS):
        before = time.thread_time()
        for view in views:
            view.grab()
        painted.append((time.thread_time() - before) * 1e3)
    lines = [row("floor: painting once", painted), row("opening: held", [laid.held])]
    lines += jumps(document, jobs) + steps(document, jobs)
    for view in views:
        view.set_document(None)
    document.close()
    jobs.shutdown()
    return lines


def main() -> None:
    """Measures both layouts and prints a table."""
    application = QApplication.instance() or QApplication([])
    weights = np.random.default_rng(1).normal(0, 10, (SIDE, SIDE))
    matrix = np.clip(np.rint(weights), -128, 127).astype(np.int8)
    native = NativeSettings(tile_rows=SIDE, tile_cols=SIDE)
    files = {
        "batched": b"".join(encode(matrix, EncodeSettings(tile=SIDE)).pieces()),
        "native": encode_native([Layer.of_matrix("a", matrix)], native)[0],
    }
    print(
        f"{dt.date.today()}, {processor_name()}, {cores()} cores; one tile of {SIDE}×{SIDE}, "
        f"{ROUNDS} times each, ms"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder) / name
            path.write_bytes(data)
            print(f"\n{name:<36}{'median':>8}{'most':>8}")
            print("\n".join(measured(path)), flush=True)
    application.processEvents()


if __name__ == "__main__":
    main()
