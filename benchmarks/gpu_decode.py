"""What the CUDA decoder takes for a layer: kernel alone, and from the file to weights in memory.

    python benchmarks/gpu_decode.py [OUT.txt]

Data: int8 normal(0, 10), tiles of 256, encoded here. Every output is checked, weight for weight, before its
time counts. `kernel` is the decode kernel alone between two CUDA events, queued behind other work so that
launching it does not count; the median of many runs. `in L2` finds the streams in the card's L2 cache, as it
does right after they were copied there; `not in L2` had the cache overwritten before each run. `end to end`
is the wall clock of `decode`: reading the file, one copy to the card, kernels, copying back into a new array,
and the log of every tile; and its split by CUDA events. Of the per-tile layout, `kernel` is both kernels:
decoding, and undoing the prediction in one launch for each anti-diagonal of the tile grid.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from codec import checkpoints
from codec.checkpoints import Checkpoints
from codec.container import Container, Tensor
from codec.decoders.cuda import CudaDecoder, Timing, launch, plan
from codec.decoders.cuda.card import DECODE_THREADS, Card
from codec.decoders.cuda.records import packed_table
from codec.encoder import EncodeSettings, encode
from codec.formats import open_file

LAYERS = (("batched", (2048, 2048)), ("batched", (4096, 14336)), ("wcdc", (2048, 2048)))
TILE = 256
RUNS = 51
SPREADS = (1, 2, 4, 8, 16, 32)
DELAY = 400_000
"""Clock cycles that the card is kept busy while the work that is timed is queued behind."""

DELAY_KERNEL = """
extern "C" __global__ void delay(long long cycles) {
    long long begin = clock64();
    while (clock64() - begin < cycles) {}
}
"""

say: Callable[[str], None] = print


def main() -> None:
    """Prints everything; into a file too where one is named."""
    global say
    lines: list[str] = []

    def tell(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    say = tell
    import cupy

    card = Card(cupy, decode_threads=int(os.environ.get("THREADS", DECODE_THREADS)))
    introduce(card)
    say(f"blocks    of {card.decode_threads} threads")
    with tempfile.TemporaryDirectory() as folder:
        for layout, shape in LAYERS:
            measure(card, layout, shape, Path(folder) / f"layer.{layout}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")


def introduce(card: Card) -> None:
    """Where and when."""
    runtime = card.cupy.cuda.runtime
    say(f"date      {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC")
    say(f"card      {card.name}, {card.processors} multiprocessors")
    say(f"CUDA      driver {runtime.driverGetVersion()}, runtime {runtime.runtimeGetVersion()}")
    say(
        f"software  cupy {card.cupy.__version__}, NumPy {np.__version__}, Python {platform.python_version()}"
    )
    say(f"copying   {copy_speed(card):,.0f} GB/s on the card, bytes read and written together")


def copy_speed(card: Card) -> float:
    """GB/s of a large copy on the card: what any kernel there could reach."""
    source = card.cupy.zeros(1 << 30, dtype=np.uint8)
    target = card.cupy.zeros(1 << 30, dtype=np.uint8)
    seconds = timed(
        card, lambda: target.data.copy_from_device_async(source.data, 1 << 30), lambda: None
    )
    return 2 * (1 << 30) / seconds / 1e9


def timed(
    card: Card, work: Callable[[], Any], before: Callable[[], Any], runs: int = RUNS
) -> float:
    """Median seconds of `work` between two events; `before` is queued first, and not counted."""
    cuda = card.cupy.cuda
    times: list[float] = []
    for number in range(runs + 3):
        before()
        begin, end = cuda.Event(), cuda.Event()
        begin.record()
        work()
        end.record()
        end.synchronize()
        if number >= 3:
            times.append(cuda.get_elapsed_time(begin, end) / 1e3)
    return statistics.median(times)


def measure(card: Card, layout: str, shape: tuple[int, int], path: Path) -> None:
    """One layer, with and without checkpoints."""
    weights = np.random.default_rng(10).normal(0, 10, shape).round().astype(np.int8)
    path.write_bytes(b"".join(encode(weights, EncodeSettings(layout, TILE)).pieces()))
    container = open_file(path)
    tensor = container.tensors[0]
    size = container.source.size
    say("")
    say(
        f"{layout}, {shape[0]}×{shape[1]}, tiles of {TILE}: {len(tensor.tiles)} tiles, {size:,} bytes, "
        f"ratio {weights.size / size:.4f}, {8 * size / weights.size:.3f} bits a weight"
    )
    begin = time.perf_counter()
    found = checkpoints.find(container, tensor)
    seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    found = checkpoints.find(container, tensor)
    again = time.perf_counter() - begin
    say(
        f"checkpoints every {found.interval} symbols: {found.size:,} bytes, {found.size / size:.3%} of the file; "
        f"found in {again * 1e3:.1f} ms ({seconds * 1e3:.0f} ms the first time, compiling)"
    )
    for name, given in (("without checkpoints", None), ("with checkpoints", found)):
        say(f"{name}:")
        if tensor.padded:
            kernel_alone(card, container, tensor, given, weights)
        end_to_end(card, container, tensor, given, weights)


def kernel_alone(
    card: Card,
    container: Container,
    tensor: Tensor,
    found: Checkpoints | None,
    weights: NDArray[np.int8],
) -> None:
    """The decode kernel between two events, for every spread of the segments over threads."""
    launcher = launch.Launcher(card, container, tensor, packed_table(tensor.table), found)
    (trip,) = plan.matrix_trips(tensor, 1 << 40, launcher.checkpoints_per_tile)
    done = launcher.decode(trip, sums=True)
    sweep = card.cupy.empty(1 << 28, dtype=np.uint8)
    delay = card.cupy.RawModule(code=DELAY_KERNEL).get_function("delay")

    def run() -> None:
        launcher.run_kernels(done, sums=True)

    def overwrite_cache() -> None:
        sweep.data.memset_async(0, sweep.nbytes)
        keep_busy()

    def keep_busy() -> None:
        delay((1,), (1,), (np.int64(DELAY),))

    usual = launch.spread_of
    segments = len(done.started) * (launcher.checkpoints_per_tile + 1)
    chosen = usual(segments, card.processors)
    for spread in SPREADS:
        launch.spread_of = lambda *_, spread=spread: spread
        done.output.data.memset(0xA5, done.output.nbytes)
        warm, cold = timed(card, run, keep_busy), timed(card, run, overwrite_cache)
        wrong = np.count_nonzero(done.output.get().view(np.int8).reshape(weights.shape) != weights)
        mark = " <- chosen" if spread == chosen else ""
        say(
            f"  kernel, one thread of {spread:2}: {warm * 1e3:8.4f} ms in L2 ({weights.size / warm / 1e9:7.1f} GB/s), "
            f"{cold * 1e3:8.4f} ms not in L2; {wrong} weights wrong{mark}"
        )
    launch.spread_of = usual


def end_to_end(
    card: Card,
    container: Container,
    tensor: Tensor,
    found: Checkpoints | None,
    weights: NDArray[np.int8],
) -> None:
    """From the file to weights in the host's memory."""
    decoder, walls, timings = CudaDecoder(found, card=card), [], []
    for number in range(14):
        begin = time.perf_counter()
        decoded = decoder.decode(container, tensor)
        wall = time.perf_counter() - begin
        wrong = np.count_nonzero(decoded.weights != weights)
        assert not wrong
        assert not len(decoded.failed)
        assert decoder.timing is not None
        if number == 0:
            say(f"  end to end, first run: {wall * 1e3:.2f} ms, {split(decoder.timing)}")
        elif number > 2:
            walls.append(wall)
            timings.append(decoder.timing)
    wall = statistics.median(walls)
    timing = timings[walls.index(sorted(walls)[len(walls) // 2])]
    say(f"  end to end, median:    {wall * 1e3:.2f} ms, {split(timing)}; 0 weights wrong")


def split(timing: Timing) -> str:
    """The parts of a run in ms."""
    parts = (
        f"{name} {getattr(timing, part) * 1e3:.3f}"
        for name, part in (
            ("read", "read"),
            ("transfer", "transfer"),
            ("kernel", "kernel"),
            ("copy back", "copy_back"),
        )
    )
    return ", ".join(parts)


if __name__ == "__main__":
    main()
