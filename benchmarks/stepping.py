"""How quick the debugger of streams is: one stream of 16 M symbols, in every layout, decoded and encoded.

    python benchmarks/stepping.py > benchmarks/stepping.txt

Data: int8 normal(0, 10), one tile of 4096×4096. *Laying* is the one pass that lays the checkpoints, which opening a
walk takes. A *step* and a step *back* ask for the moment and the step beside the last ones asked for; a *jump* for
those at random. All three are answered from the nearest checkpoint, so they take the same time: median and 99th of
a hundred, wall-clock. A *scan* looks through the whole stream for what is not there; M steps a second, best of a few.
A quiet machine is wanted: the load at the start, and the rates for a second of CPU time, of all threads, tell whether
it was one.

The floors: steps of one lane wait for one another, so laying cannot be faster than the decoder decodes that stream
(printed beside it); and a scan that keeps all columns of a step writes 41 bytes for each. Wanted: 50 ms for
an answer, 20 M steps a second for a scan.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from codec.conditions.condition import parse as condition
from codec.container import Container
from codec.decoders.cpu import CpuDecoder
from codec.decoders.platform import processor_name
from codec.encoder import EncodeSettings, encode
from codec.formats import LEGACY_FORMATS, parse
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.source import BytesSource
from codec.stepping.opening import open_walk
from codec.stepping.units import Unit, next_stop
from codec.stepping.walk import Direction, Walk
from codec.threads import cores
from codec.warmup import warm

SIDE = 4096
ROUNDS = 3
ANSWERS = 300

CONDITIONS = (
    "symbol == 128 and freq == 1",
    "state_after < 2**16 and bytes_read >= 2",
    "(state >> 5) % 7 == 9 or byte0 == 256",
)
"""None of them ever holds, so that all steps are looked at."""

Matrix = NDArray[np.int8]


def files(weights: Matrix) -> dict[str, Container]:
    """The weights as one tile, in every layout."""
    made = {
        name: b"".join(encode(weights, EncodeSettings(format=name, tile=SIDE)).pieces())
        for name in LEGACY_FORMATS
    }
    settings = NativeSettings(tile_rows=SIDE, tile_cols=SIDE)
    made["native"] = encode_native([Layer.of_matrix("weights", weights)], settings)[0]
    return {name: parse(BytesSource(data)) for name, data in made.items()}


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def spread(times: list[float]) -> str:
    """Median and 99th of a hundred, in milliseconds."""
    last = statistics.quantiles(times, n=100)[-1]
    return f"{1e3 * statistics.median(times):6.2f} {1e3 * last:6.2f}"


def ask(walk: Walk, step: int) -> None:
    """What a debugger asks for at a step."""
    walk.moment(step)
    walk.trace(step, step + 1)


def answers(walk: Walk) -> dict[str, list[float]]:
    """Seconds of each answer, by its kind."""
    jumps = np.random.default_rng(1).integers(1, walk.steps, ANSWERS).tolist()
    found: dict[str, list[float]] = {"step": [], "back": [], "jump": [], "window": [], "row": []}
    for step in jumps:
        found["jump"].append(seconds(partial(ask, walk, step)))
        found["step"].append(seconds(partial(ask, walk, step + 1)))
        found["back"].append(seconds(partial(ask, walk, step)))
        found["window"].append(seconds(partial(walk.trace, step - 500, step + 500)))
        found["row"].append(seconds(partial(next_stop, walk, step, Unit.ROW)))
    return found


def scans(walk: Walk) -> str:
    """M steps a second, and in brackets a second of CPU time, for each condition ahead and for the last one back."""
    tests = [condition(text) for text in CONDITIONS]
    tries = [partial(walk.find, test, 0) for test in tests]
    tries.append(partial(walk.find, tests[-1], walk.steps, forward=False))
    return " ".join(_rates(walk.steps, scan) for scan in tries)


def _rates(steps: int, scan: Callable[[], object]) -> str:
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        times.append((seconds(scan), time.process_time() - begun))
    wall, processor = (steps / min(kind) / 1e6 for kind in zip(*times, strict=True))
    return f"{wall:4.0f} ({processor:3.0f})"


def report(name: str, container: Container, direction: Direction) -> None:
    """Measures and prints one walk."""
    tensor = container.tensors[0]
    opened = partial(open_walk, container, tensor, 0, direction=direction)
    laying = min(seconds(opened) for _ in range(ROUNDS))
    decoded = partial(CpuDecoder(threads=1).decode_streams, container, tensor, [0])
    floor = min(seconds(decoded) for _ in range(ROUNDS))
    walk = opened()
    kinds = "  ".join(spread(times) for times in answers(walk).values())
    print(f"{name:8} {direction:7} {floor:6.2f} {laying:6.2f}  {kinds}  {scans(walk)}")


def main() -> None:
    """Measures and prints."""
    warm()
    weights = np.random.default_rng(10).normal(0, 10, (SIDE, SIDE)).round().clip(-128, 127)
    containers = files(weights.astype(np.int8))
    print(
        f"{dt.date.today()}, {processor_name()}, {cores()} cores, load {os.getloadavg()[0]:.1f}; "
        f"one stream of {SIDE}×{SIDE} symbols"
    )
    print(
        "seconds to decode it and to lay checkpoints; ms (median, 99th of a hundred) to step, to step back, to"
    )
    print(
        "jump, for a window of 1,000 steps, to find the next row; scans in M steps/s (and of CPU time):"
    )
    for number, text in enumerate(CONDITIONS, start=1):
        print(f"  {number}: {text}")
    print("  back: the last of them, from the end to the start\n")
    kinds = "  ".join(f"{kind:>13}" for kind in ("step", "back", "jump", "window", "row"))
    print(f"{'':16} {'decode':>6} {'lay':>6}  {kinds}  {'1':>10} {'2':>10} {'3':>10} {'back':>10}")
    for name, container in containers.items():
        for direction in Direction:
            report(name, container, direction)


if __name__ == "__main__":
    main()
