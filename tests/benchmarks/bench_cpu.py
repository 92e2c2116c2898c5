"""What the CPU coder takes, beside the reference, in one run.

    make bench

Data: int8 normal(0, 10), 2048×2048, tiles of 256: 4 MiB of weights. One thread each. Encoding is from weights in
memory to the finished bytes, residuals and histogram included; decoding from the file's bytes in memory to
the matrix. Every output is checked before its time counts. The reference runs on a 256×2048 strip, its time is
scaled by 8.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from codec.container import Container
from codec.decoders.cpu import CpuDecoder
from codec.decoders.reference import ReferenceDecoder
from codec.encoder import Encoded, EncodeSettings, encode
from codec.fast_encoder import FastCoder
from codec.formats import batched, parse
from codec.source import BytesSource

SETTINGS = EncodeSettings("batched", 256)


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(10).normal(0, 10, (2048, 2048)).round().astype(np.int8)


@pytest.fixture(scope="module")
def container(weights) -> Container:
    return parse(BytesSource(b"".join(encode(weights, SETTINGS).pieces())))


def once(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def report(name: str, megabytes: float, fast: float, slow: float) -> None:
    print(
        f"\n{name}: {megabytes / fast:,.0f} MB/s of weights; the reference {megabytes / slow:.2f} MB/s; "
        f"{slow / fast:,.0f} times as fast"
    )


def encode_on_one_core(weights) -> bytes:
    table, streams = FastCoder(threads=1).batched(weights, SETTINGS.tile, lambda done, total: None)
    head = batched.head(weights.shape, SETTINGS.tile, table, streams.sizes)
    return head + streams.data.tobytes()


def test_decode_on_one_core(benchmark, weights, container):
    tensor, decoder = container.tensors[0], CpuDecoder(threads=1)
    decoded = decoder.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, weights)
    benchmark.pedantic(decoder.decode, (container, tensor), rounds=25, warmup_rounds=3)
    strip = parse(BytesSource(b"".join(encode(weights[:256], SETTINGS).pieces())))
    slow = statistics.median(
        once(lambda: ReferenceDecoder().decode(strip, strip.tensors[0])) * 8 for _ in range(3)
    )
    report("decode", weights.size / 1e6, benchmark.stats["median"], slow)


def test_encode_on_one_core(benchmark, weights, container):
    assert encode_on_one_core(weights) == container.source.read(0, container.source.size)
    benchmark.pedantic(encode_on_one_core, (weights,), rounds=25, warmup_rounds=3)

    def reference() -> Encoded:
        return encode(weights[:256], SETTINGS, encoder="reference")

    slow = statistics.median(once(reference) * 8 for _ in range(3))
    report("encode", weights.size / 1e6, benchmark.stats["median"], slow)


def test_ratio(weights, container):
    size = container.source.size
    print(
        f"\nratio: {weights.size / size:.4f} against int8, {2 * weights.size / size:.4f} against FP16; "
        f"{size * 8 / weights.size:.3f} bits a weight"
    )
