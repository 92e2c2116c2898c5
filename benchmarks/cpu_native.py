"""The native layout on one core, beside zstd -1 and constriction's ANS, in one run.

    python benchmarks/cpu_native.py > benchmarks/cpu_native.txt

Data: int8 normal(0, 10), 4096×4096, 16 MiB, coded with the writer's defaults, which are the settings of the GPU
figures. Encoding is from weights in memory to the finished bytes: histogram, table, coding and all checksums.
Decoding is from these bytes in memory to the matrix, parsing included. The rounds of all are interleaved,
every output is checked, and the process stays on one core; times are its CPU time, since another process on that
core is no business of ours. Peers: `pip install zstandard constriction`.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from codec.container import Predictor
from codec.decoders.cpu import CpuDecoder
from codec.fast.vectors import AVX2
from codec.fast_lane_coder import FastLaneCoder
from codec.formats import parse
from codec.frequency import FrequencyTable, entropy, histogram, normalise
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.native_plan import tile_rectangles
from codec.source import BytesSource

SIDE = 4096
ROUNDS = 25
SETTINGS = NativeSettings()
PEERS = ("zstandard", "constriction")

Matrix = NDArray[np.int8]


@dataclass
class Contender:
    """One coder, and what it took.

    Attributes:
        name: what it is.
        encode: weights to what it stores.
        decode: back to weights.
        size: bytes of what it stores.
        stored: these bytes, in the last round.
        encoding, decoding: seconds of each round.
    """

    name: str
    encode: Callable[[Matrix], Any]
    decode: Callable[[Any], Matrix]
    size: Callable[[Any], int] = len
    stored: int = 0
    encoding: list[float] = field(default_factory=list)
    decoding: list[float] = field(default_factory=list)

    def round(self, weights: Matrix) -> None:
        """Encodes, decodes and checks once."""
        begin = time.process_time()
        coded = self.encode(weights)
        middle = time.process_time()
        decoded = self.decode(coded)
        end = time.process_time()
        if not np.array_equal(decoded, weights):
            raise SystemExit(f"{self.name}: the weights differ")
        self.stored = self.size(coded)
        self.encoding.append(middle - begin)
        self.decoding.append(end - middle)

    def line(self, weights: Matrix) -> str:
        """Ratio, and MB/s: medians, and the best in brackets."""
        speeds = [
            f"{rate(weights, statistics.median(t)):7,.0f} ({rate(weights, min(t)):5,.0f})"
            for t in (self.encoding, self.decoding)
        ]
        return f"{self.name:42} {weights.size / self.stored:6.4f}  {'  '.join(speeds)}"


def rate(weights: Matrix, seconds: float) -> float:
    """MB of weights a second."""
    return weights.size / 1e6 / seconds


def native(name: str, *, verify: bool) -> Contender:
    """Our file, whole; with `verify` every tile's checksum is checked."""

    def encode(weights: Matrix) -> bytes:
        return encode_native([Layer.of_matrix("weights", weights)], SETTINGS)[0]

    def decode(data: bytes) -> Matrix:
        container, decoder = parse(BytesSource(data)), CpuDecoder(threads=1)
        decoder.verify_checksums = verify
        decoded = decoder.decode(container, container.tensors[0])
        if len(decoded.failed):
            raise SystemExit(f"{name}: {len(decoded.failed)} tiles failed")
        return decoded.weights

    return Contender(name, encode, decode)


def streams_alone(name: str) -> Contender:
    """Our streams without file and checksums; the decoder gets the file made beforehand."""
    coder, whole = FastLaneCoder(threads=1), native(name, verify=False)
    files: dict[int, bytes] = {}

    def encode(weights: Matrix) -> int:
        shape = (weights.shape[0], weights.shape[1])
        tiles = tile_rectangles(shape, SETTINGS.tile_rows, SETTINGS.tile_cols)
        counts = coder.histograms(weights, tiles, Predictor.NONE).sum(axis=0)
        table = FrequencyTable.of_frequencies(normalise(counts, SETTINGS.scale_bits))
        none = np.zeros(len(tiles), dtype=np.uint8)
        coder.encode(weights, tiles, none, table, SETTINGS.coder, SETTINGS.interleaving)
        return id(weights)

    def decode(key: int) -> Matrix:
        return whole.decode(files[key])

    def prepared(weights: Matrix) -> int:
        if id(weights) not in files:
            files[id(weights)] = whole.encode(weights)
        return encode(weights)

    return Contender(name, prepared, decode, lambda key: len(files[key]))


def zstd() -> Contender:
    """Level 1, one frame."""
    zstandard: Any = importlib.import_module("zstandard")

    def encode(weights: Matrix) -> bytes:
        coded: bytes = zstandard.ZstdCompressor(level=1).compress(weights.data)
        return coded

    def decode(data: bytes) -> Matrix:
        plain: bytes = zstandard.ZstdDecompressor().decompress(data)
        return np.frombuffer(plain, dtype=np.int8).reshape(SIDE, SIDE)

    return Contender("zstd -1 (one frame)", encode, decode)


def ans() -> Contender:
    """The ANS coder of constriction, one categorical model for all symbols, which both sides know."""
    constriction: Any = importlib.import_module("constriction")
    stack = constriction.stream.stack
    models: list[Any] = []

    def encode(weights: Matrix) -> NDArray[np.uint32]:
        symbols = (weights.view(np.uint8) + np.uint8(128)).reshape(-1)
        share = np.bincount(symbols, minlength=256) / symbols.size
        models[:] = [constriction.stream.model.Categorical(share.astype(np.float32), perfect=False)]
        coder = stack.AnsCoder()
        coder.encode_reverse(symbols.astype(np.int32), models[0])
        words: NDArray[np.uint32] = coder.get_compressed()
        return words

    def decode(words: NDArray[np.uint32]) -> Matrix:
        symbols: NDArray[np.int32] = stack.AnsCoder(words).decode(models[0], SIDE * SIDE)
        return (symbols - 128).astype(np.int8).reshape(SIDE, SIDE)

    return Contender(
        "constriction AnsCoder (model not counted)", encode, decode, lambda w: w.nbytes
    )


def processor_name() -> str:
    """What the system calls its processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def release(package: str) -> str:
    """A package and its version, or that it is not there."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def contenders() -> list[Contender]:
    """Ours, and the peers that are installed."""
    found = [
        native("ours: whole file, checksums checked", verify=True),
        streams_alone("ours: no checksum made or checked"),
    ]
    for package, make in zip(PEERS, (zstd, ans), strict=True):
        if not release(package).startswith("no "):
            found.append(make())
    return found


def main() -> None:
    """Measures and prints."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rng = np.random.default_rng(10)
    weights = rng.normal(0, 10, (SIDE, SIDE)).round().clip(-128, 127).astype(np.int8)
    running = contenders()
    for _ in range(ROUNDS + 2):
        for contender in running:
            contender.round(weights)
    for contender in running:  # the first two rounds were to warm up
        del contender.encoding[:2], contender.decoding[:2]
    bound = 8 / entropy(histogram(weights.view(np.uint8)))
    libraries = ("numba", "llvmlite", "numpy", "xxhash", *PEERS)
    print(f"date       {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC")
    print(f"processor  {processor_name()}, one core; AVX2 {'used' if AVX2 else 'not used'}")
    print(f"software   Python {platform.python_version()}, {', '.join(map(release, libraries))}")
    print(f"data       int8 normal(0, 10), {SIDE}×{SIDE}; order-0 bound of the ratio {bound:.4f}")
    print(f"settings   {SETTINGS}")
    print(f"rounds     {ROUNDS}, interleaved; MB of weights a second of CPU time: median (best)\n")
    print(f"{'':42} {'ratio':>6}  {'encode':>15}  {'decode':>15}")
    for contender in running:
        print(contender.line(weights))


if __name__ == "__main__":
    main()
