"""The native layout on a card beside nvCOMP's ANS, in one run, every output checked.

    python benchmarks/gpu_native.py OUT.txt [FILE.rsc …]

Data: 256 MiB of int8 as a matrix of 16384 × 16384, in the default settings (tiles of 256 × 256, 64 lanes, 12 bits),
encoded here by the CPU encoder. `decode` is the kernel between two CUDA events, from the file's bytes on the card
to weights on the card; nothing is transferred in it, and what the host takes to launch it does not count. All
that is compared takes turns, run by run, so that the card's clock, which sinks under load, is the same for all.
Medians. nvCOMP's ratio counts its chunks and 4 bytes a chunk; ours the whole file. `bound` is how fast the
memory alone would let it be: what a copy on the card moves in a second over the bytes that are read and written
for a weight. Of the files named all tensors are decoded at the same time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

import gpu_decode
from nvcomp import Ans, Settings, library

from codec.container import Container, Predictor, Tensor
from codec.decoders.cuda import CudaDecoder
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.lane_coder import CudaLaneCoder
from codec.decoders.cuda.lane_launch import LaneLauncher
from codec.decoders.cuda.lane_plan import lane_matrix_trips
from codec.errors import DecodeError
from codec.fast_lane_coder import FastLaneCoder
from codec.formats import open_file
from codec.frequency import FrequencyTable, normalise_shared
from codec.native_encoder import write_native
from codec.native_layer import Layer, NativeSettings
from codec.native_plan import tile_rectangles
from codec.threads import cores

SIDE = 1 << 14
RUNS = 21
PEERS = (
    Settings(1 << 16, 2),
    Settings(1 << 18, 2),
    Settings(1 << 18, 2, 0, True),
    Settings(1 << 19, 2, 16, True),
    Settings(1 << 20, 2),
)
LONG_DELAY = 20_000_000
"""Clock cycles, for work of many launches."""

LEAST_RATIO = 1.46
"""Of nvCOMP's settings on normal(0, 10), the fastest with at least this ratio is the peer."""

Work = Callable[[], None]

say: Callable[[str], None] = print


def main() -> None:
    """Prints everything; into the file named first too."""
    global say
    output = Path(sys.argv[1])
    output.write_text("", encoding="utf-8")

    def tell(line: str) -> None:
        print(line, flush=True)
        with output.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    say = gpu_decode.say = tell
    import cupy

    card = Card(cupy)
    gpu_decode.introduce(card)
    copied = gpu_decode.copy_speed(card)
    for name, weights in matrices():
        compare(card, copied, name, weights)
    settings_compared(card)
    layer(card)
    for path in sys.argv[2:]:
        whole_file(card, Path(path))


def matrices() -> list[tuple[str, Callable[[], NDArray[np.int8]]]]:
    """The data, by name, made when asked for."""

    def normal(sigma: float) -> Callable[[], NDArray[np.int8]]:
        def make() -> NDArray[np.int8]:
            values = np.random.default_rng(10).standard_normal((SIDE, SIDE), dtype=np.float32)
            found: NDArray[np.int8] = np.clip(np.rint(values * sigma), -127, 127).astype(np.int8)
            return found

        return make

    def uniform() -> NDArray[np.int8]:
        return np.random.default_rng(11).integers(-128, 128, (SIDE, SIDE), dtype=np.int8)

    named = [(f"normal(0, {sigma})", normal(sigma)) for sigma in (10, 3, 36)]
    return [*named, ("uniform", uniform)]


def interleaved(
    card: Card, works: dict[str, Work], cycles: int = gpu_decode.DELAY
) -> dict[str, float]:
    """Median seconds of each, all of them taking turns.

    Each is queued behind a delay of so many clock cycles, so that asking for it does not count.
    """
    cuda = card.cupy.cuda
    delay = card.cupy.RawModule(code=gpu_decode.DELAY_KERNEL).get_function("delay")
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(RUNS + 2):
        for name, work in works.items():
            begin, end = cuda.Event(), cuda.Event()
            delay((1,), (1,), (np.int64(cycles),))
            begin.record()
            work()
            end.record()
            end.synchronize()
            if number >= 2:
                seconds[name].append(cuda.get_elapsed_time(begin, end) / 1e3)
    return {name: statistics.median(found) for name, found in seconds.items()}


class OnCard:
    """A tensor on the card, ready to be decoded again and again."""

    def __init__(self, card: Card, container: Container, tensor: Tensor) -> None:
        self._launcher = LaneLauncher(card, container, tensor)
        (trip,) = lane_matrix_trips(tensor, 1 << 40)
        self.there, _, _ = self._launcher.load(trip)

    def decode(self) -> None:
        """Queues the kernel."""
        self._launcher.run_kernels(self.there, hashed=False)

    def decode_hashed(self) -> None:
        """Queues the kernel that makes the checksums too."""
        self._launcher.run_kernels(self.there, hashed=True)

    def wrong(self, expected: Any, work: Work) -> int:
        """Weights that `work` decodes wrongly into memory that held something else before."""
        self.there.output.data.memset(0xA5, self.there.output.nbytes)
        work()
        return int((self.there.output != expected).sum())


def written(weights: NDArray[np.int8], folder: str, **settings: Any) -> tuple[Container, float]:
    """The weights as a native file, and how long that took."""
    path = Path(folder) / "layer.rsc"
    begin = time.perf_counter()
    write_native(path, [Layer.of_matrix("layer", weights)], NativeSettings(**settings))
    return open_file(path), time.perf_counter() - begin


def compare(card: Card, copied: float, name: str, make: Callable[[], NDArray[np.int8]]) -> None:
    """Ours and nvCOMP's on one matrix."""
    cupy, weights = card.cupy, make()
    on_card = cupy.asarray(weights.view(np.uint8)).reshape(-1)
    with tempfile.TemporaryDirectory() as folder:
        container, seconds = written(weights, folder)
        ours = OnCard(card, container, container.tensors[0])
        size = container.source.size
    wrong = ours.wrong(on_card, ours.decode) + ours.wrong(on_card, ours.decode_hashed)
    say("")
    say(
        f"{name}: ratio {weights.size / size:.4f}, {8 * size / weights.size:.3f} bits a weight, {size:,} bytes; "
        f"encoded in {seconds:.1f} s; {wrong} weights wrong"
    )
    works: dict[str, Work] = {"ours": ours.decode, "ours, with checksums": ours.decode_hashed}
    peers = peers_of(card, on_card)
    output = cupy.zeros(len(on_card), dtype=np.uint8)
    for settings, peer in peers.items():
        works[settings] = partial(peer.decompress, output)
    seconds_of = interleaved(card, works)
    for work, found in seconds_of.items():
        compressed = peers[work].compressed if work in peers else size
        bound = copied / (1 + compressed / weights.size)
        rate = weights.size / found / 1e9
        checked = "" if work not in peers else f"; {differing(peers[work], output, on_card)} wrong"
        say(
            f"  {work:48s} ratio {weights.size / compressed:.4f}, decode {found * 1e3:7.4f} ms, {rate:7,.0f} GB/s, "
            f"{rate / bound:4.0%} of the bound{checked}"
        )
    verdict(weights.size, seconds_of, peers)
    del peers, works, ours
    if name == "normal(0, 10)":
        encoding(card, weights)


def encoding(card: Card, weights: NDArray[np.int8]) -> None:
    """From weights to streams, both in the host's memory, by the card and by all cores."""
    tiles = tile_rectangles((SIDE, SIDE), 256, 256)
    predictors, settings = np.zeros(len(tiles), dtype=np.uint8), NativeSettings()
    counts = FastLaneCoder().histograms(weights, tiles, Predictor.NONE).sum(axis=0)
    table = FrequencyTable.of_frequencies(normalise_shared(counts))
    made = []
    for coder in (CudaLaneCoder(card), FastLaneCoder()):
        seconds = []
        for _ in range(4):
            begin = time.perf_counter()
            streams = coder.encode(
                weights, tiles, predictors, table, settings.coder, settings.interleaving
            )
            seconds.append(time.perf_counter() - begin)
        made.append((streams.data, statistics.median(seconds[1:])))
    same = "the same bytes" if np.array_equal(made[0][0], made[1][0]) else "OTHER BYTES"
    rates = [weights.size / seconds / 1e9 for _, seconds in made]
    say(
        f"  coding, the table known, transfers included: {rates[0]:.2f} GB/s on the card, {rates[1]:.2f} GB/s on "
        f"{cores()} cores; {same}"
    )


def peers_of(card: Card, data: Any, settings: Sequence[Settings] = PEERS) -> dict[str, Ans]:
    """The library in every setting that takes the data, by name; none where it is not installed."""
    functions = library()
    if functions is None:
        say("  nvCOMP is not installed")
        return {}
    found = {}
    for chosen in settings:
        try:
            found[f"nvCOMP {chosen.words}"] = Ans(functions, card.cupy, data, chosen)
        except DecodeError as error:
            say(f"  nvCOMP {chosen.words}: {error}")
    return found


def differing(peer: Ans, output: Any, expected: Any) -> int:
    """Bytes that a peer decompresses wrongly."""
    output.data.memset(0xA5, output.nbytes)
    peer.decompress(output)
    return int((output != expected).sum())


def verdict(size: int, seconds: dict[str, float], peers: dict[str, Ans]) -> None:
    """Ours beside the fastest peer of a good ratio."""
    good = [name for name in peers if size / peers[name].compressed >= LEAST_RATIO]
    best = min(good or peers, key=seconds.__getitem__, default=None)
    if best is not None:
        say(f"  ours is {seconds[best] / seconds['ours']:.3f} times as fast as {best}")


def settings_compared(card: Card) -> None:
    """Lanes and tiles on normal(0, 10)."""
    weights = matrices()[0][1]()
    on_card = card.cupy.asarray(weights.view(np.uint8)).reshape(-1)
    works, ratios = {}, {}
    for lanes in (32, 64):
        for tile in ((256, 256), (128, 256), (512, 256)):
            with tempfile.TemporaryDirectory() as folder:
                container, _ = written(
                    weights, folder, lanes=lanes, tile_rows=tile[0], tile_cols=tile[1]
                )
                ours = OnCard(card, container, container.tensors[0])
            assert not ours.wrong(on_card, ours.decode)
            name = f"{lanes} lanes, tiles of {tile[0]} × {tile[1]}"
            works[name], ratios[name] = ours.decode, weights.size / container.source.size
    say("")
    say("settings, normal(0, 10):")
    for name, found in interleaved(card, works).items():
        rate = weights.size / found / 1e9
        say(
            f"  {name:32s} ratio {ratios[name]:.4f}, decode {found * 1e3:7.4f} ms, {rate:6,.0f} GB/s"
        )


def layer(card: Card) -> None:
    """A layer from its file to weights in the memory of the host."""
    weights = np.random.default_rng(10).normal(0, 10, (4096, 14336)).round().astype(np.int8)
    with tempfile.TemporaryDirectory() as folder:
        container, _ = written(weights, folder)
        tensor = container.tensors[0]
        say("")
        say(
            f"native, 4096×14336, {len(tensor.tiles)} tiles, {container.source.size:,} bytes, from the file to "
            "weights in a new array of the host's memory:"
        )
        gpu_decode.end_to_end(card, container, tensor, None, weights)


def whole_file(card: Card, path: Path) -> None:
    """All tensors of a file at the same time, each in a queue of its own, beside nvCOMP on the same weights."""
    cupy, container = card.cupy, open_file(path)
    decoded = [CudaDecoder(card=card).decode(container, tensor) for tensor in container.tensors]
    ready = [OnCard(card, container, tensor) for tensor in container.tensors]
    streams = [cupy.cuda.Stream(non_blocking=True) for _ in ready]
    weights, size = sum(tensor.weights for tensor in container.tensors), container.source.size

    def ours() -> None:
        begin = cupy.cuda.get_current_stream().record()
        for stream, tensor in zip(streams, ready, strict=True):
            with stream:
                stream.wait_event(begin)
                tensor.decode()
            cupy.cuda.get_current_stream().wait_event(stream.record())

    say("")
    failed = sum(len(tensor.failed) for tensor in decoded)
    say(
        f"{path.name}: {len(ready)} tensors, {weights:,} weights, {8 * size / weights:.3f} bits a weight; "
        f"{failed} tiles fail their checksum"
    )
    chunk = PEERS[0].chunk
    flat = np.concatenate([tensor.weights.reshape(-1) for tensor in decoded]).view(np.uint8)
    flat = flat[: len(flat) // chunk * chunk]
    on_card, output = cupy.asarray(flat), cupy.zeros(len(flat), dtype=np.uint8)
    peers = peers_of(card, on_card, PEERS[:1])
    works: dict[str, Work] = {"ours": ours}
    works |= {name: partial(peer.decompress, output) for name, peer in peers.items()}
    for name, found in interleaved(card, works, LONG_DELAY).items():
        total = len(flat) if name in peers else weights
        ratio = total / (peers[name].compressed if name in peers else size)
        rate = total / found / 1e9
        say(f"  {name:48s} ratio {ratio:.4f}, decode {found * 1e3:7.4f} ms, {rate:5.0f} GB/s")


if __name__ == "__main__":
    main()
