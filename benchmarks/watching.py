"""The same candidate while the window watches it measured, and in the moment after, when the window stands still.

`measuring.py` prints what this finds. The real window measures one candidate in its own process, as it always does,
with the panel of benchmarks in sight. Again and again the window's process is stopped by a signal, and the measuring
goes on without it: its process, candidate, memory and files are the same. What lies just before the stop is compared
with what lies just after: a shared machine changes its speed within a tenth of a second. The candidate is a decoder
that was brought: our own, which also notes when each run began and what it took.

What comes in while the window stands still waits for it, so what it does when it goes on again is more than usual and
belongs to neither side; no more does a run in which it is stopped. When it is stopped is drawn, or it might always be
between two of its timers.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.rerun.recipe import usual

PAIRS = 2800
"""Stops."""
STRETCH_S = 0.05
"""Before a stop, and after it."""
GOES_ON_S = 0.1, 0.2
"""Between two stops, at least and at most."""
LEAST_RUNS = 5
"""Of a stretch; where there are fewer, as where the next data are prepared, its pair is left out."""
SEED = 20261123
"""Of when it is stopped."""
STARTED_WITHIN_S = 120.0
ENDED_WITHIN_S = 30.0
LOOK_S = 0.2
SETTLED_S = 2.0
"""After the first runs: a panel that comes into sight has more to do at first."""

PARTS, ROUNDS = 300, 2000
"""One measurement after the other, more than are waited for: a single one with as many runs would be no usual one."""
SIDE = 512
SOURCE = f"generated:normal-10:{SIDE}x{SIDE}:10"

NOTES, ENOUGH = "runs", "enough"
"""Files: what each run took, as pairs of float64, and one that ends the window by being there."""

CANDIDATE = '''"""Decodes as we do on one thread, and notes when each run began, and the seconds that it took."""

import struct
import time
from pathlib import Path

from codec.decoders.cpu import CpuDecoder
from codec.formats import parse
from codec.source import BytesSource

decoder = CpuDecoder(1)
notes = Path(__file__).with_name("runs").open("ab", buffering=0)


def decode(layer):
    file = bytes(layer.file)
    begin = time.perf_counter()
    container = parse(BytesSource(file, "the file"))
    weights = decoder.decode(container, container.tensors[0]).weights
    notes.write(struct.pack("dd", begin, time.perf_counter() - begin))
    return weights
'''


class Watched(NamedTuple):
    """What was found.

    Attributes:
        pairs: of each stop the runs just before it, which were watched, and just after; in seconds.
        dropped: stops that were left out.
        share: of a core that the window's process used while it went on.
    """

    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]]
    dropped: int
    share: float


def measure_watched(pairs: int = PAIRS) -> Watched:
    """Has the window measure, and stops it again and again."""
    with tempfile.TemporaryDirectory() as name, _window(Path(name)) as process:
        _wait_for_runs(Path(name), process)
        used = _core_seconds(process.pid)
        stops, gone_on = _stop_and_go(process, pairs)
        used = _core_seconds(process.pid) - used
        noted = np.fromfile(Path(name) / NOTES, dtype=np.float64)
    runs = noted[: len(noted) // 2 * 2].reshape(-1, 2)
    found = [(_within(runs, at - STRETCH_S, at), _within(runs, at, at + STRETCH_S)) for at in stops]
    kept = [pair for pair in found if min(map(len, pair)) >= LEAST_RUNS]
    return Watched(kept, len(found) - len(kept), used / gone_on)


@contextmanager
def _window(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The window in a process of its own, which is let go on and asked to end in any case."""
    (folder / "candidate.py").write_text(CANDIDATE)
    given = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    process = subprocess.Popen([sys.executable, __file__, str(folder)], env=given)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        (folder / ENOUGH).touch()
        try:
            process.wait(ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_runs(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Until as many are noted as make a stretch, and the window has settled down."""
    until, notes = time.monotonic() + STARTED_WITHIN_S, folder / NOTES
    while not notes.exists() or notes.stat().st_size < 16 * LEAST_RUNS:
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit("the window does not measure")
        time.sleep(LOOK_S)
    time.sleep(SETTLED_S)


def _stop_and_go(process: subprocess.Popen[bytes], pairs: int) -> tuple[list[float], float]:
    """Stops the window again and again; returns when, by the clock of all processes, and how long it went on."""
    stops, times = [], np.random.default_rng(SEED).uniform(*GOES_ON_S, pairs).tolist()
    for goes_on in times:
        process.send_signal(signal.SIGCONT)
        time.sleep(goes_on)
        process.send_signal(signal.SIGSTOP)
        stops.append(time.perf_counter())
        time.sleep(STRETCH_S)
        if process.poll() is not None:
            raise SystemExit("the window has ended amid the measuring")
    return stops, sum(times)


def _within(runs: NDArray[np.float64], begin: float, end: float) -> NDArray[np.float64]:
    """Seconds of the runs that lie wholly in a stretch; `runs` is float64[n, 2] of begin and seconds."""
    begins, seconds = runs[:, 0], runs[:, 1]
    return seconds[(begins >= begin) & (begins + seconds <= end)]


def _core_seconds(pid: int) -> float:
    """That the threads of a process were on a core until now (proc(5), /proc/PID/stat: utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# The window's side


def _plan(folder: Path) -> Plan:
    """One candidate, over the same weights again and again."""
    candidate = Candidate(
        "ours, brought", str(folder / "candidate.py"), usual("native"), {"threads": 1}, (Action.DECODE,)
    )  # fmt: skip
    data = tuple(Data(f"part {number}", SOURCE) for number in range(1, PARTS + 1))
    return Plan("watched", "", data, (candidate,), None, Stopping(0.5, ROUNDS, 0.0, ROUNDS))


def _show_and_measure(folder: Path) -> None:
    """The whole window with the panel of benchmarks in front of it, as its command arranges it, until it is enough."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QAction

    from app.main_window import MainWindow
    from app.models.bench_form import BenchForm
    from app.settings import Settings
    from app.window import make_application

    application = make_application()
    window = MainWindow(Settings(folder / "settings.ini"))
    window.resize(1600, 1000)
    measuring, plan = window.bench.benchmarking, _plan(folder)

    def begin() -> None:
        arrange = window.findChild(QAction, "view.bench_layout")
        assert isinstance(arrange, QAction)
        arrange.trigger()
        measuring.choice.plans[plan.name] = plan
        measuring.choice.ask(BenchForm(plan=plan.name))
        measuring.run()

    def look() -> None:
        if (folder / ENOUGH).exists():
            measuring.stop()
            if not measuring.running:
                window.close()
                application.quit()

    window.completed.connect(begin)
    looking = QTimer(window)
    looking.timeout.connect(look)
    looking.start(round(1e3 * LOOK_S))
    window.show()
    application.exec()


if __name__ == "__main__":
    _show_and_measure(Path(sys.argv[1]))
