"""CUDA source that was brought, on a card: compiled, launched, guarded; and in the child, what it does to the card."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.child import Child, Limits
from app.child.order import Order, OverLimit
from app.child_tasks import OnFile, stamp_of
from app.tasks import DecodeWhole
from codec import decoders
from codec.decoders.cpu import CpuDecoder
from codec.decoders.cuda.card import Card
from codec.errors import BroughtError, RanscopeError
from codec.trace import STEP_COLUMNS
from tests.codec.brought_files import BATCHED, NATIVE, PER_TILE, expected, opened, template, written
from tests.codec.files import parsed
from tests.codec.native_files import mixed, native_bytes

pytestmark = pytest.mark.gpu

KERNEL = (
    '#include "ranscope.h"\n'
    'extern "C" __global__ void ranscope_decode(ranscope_layer layer, int8_t *weights) {{\n    {}\n}}\n'
)


@pytest.fixture
def mine(card: Card, tmp_path: Path):
    def make(text: str):
        return decoders.make(str(written(tmp_path, text, "mine.cu")))

    return make


@pytest.mark.parametrize("path", [BATCHED, NATIVE], ids=lambda path: path.suffix)
def test_the_template_decodes_bit_exactly(mine, path):
    decoder, (container, tensor) = mine(template("decoder.cu")), opened(path)
    assert decoder.unavailable() == ""
    decoded = decoder.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected(container, tensor))
    assert (decoder.notice, decoder.written.all(), len(decoded.failed)) == ("", True, 0)
    assert decoder.timing.kernel > 0
    trace, ours = decoder.trace(container, tensor, 2), CpuDecoder().trace(container, tensor, 2)
    for column in STEP_COLUMNS:
        np.testing.assert_array_equal(trace[column], ours[column])


@pytest.mark.parametrize("predictor", ["none", "left", "top", "auto"])
def test_every_predictor_of_the_native_layout(mine, predictor):
    data = native_bytes(mixed(), "cpu", tile_rows=50, tile_cols=44, predictor=predictor)
    decoder, container = mine(template("decoder.cu")), parsed(data)
    for tensor in container.tensors:
        decoded = decoder.decode(container, tensor)
        np.testing.assert_array_equal(decoded.weights, expected(container, tensor))


def test_what_is_never_written_is_known(mine):
    decoder = mine(template("decoder.cu"))
    decoder.decode(*opened(PER_TILE))
    assert not decoder.written.any()


def test_strays_are_told(mine):
    decoder = mine(
        KERNEL.format(
            "if (threadIdx.x < 5) weights[-1 - (int)threadIdx.x] = 1; weights[60000] = 1;"
        )
    )
    decoder.decode(*opened())
    assert "5 bytes before the first, as far as 5 bytes" in decoder.notice
    assert "1 byte behind the last, as far as 1 byte" in decoder.notice


def test_a_launch_is_a_block_a_tile_of_the_size_defined(mine):
    body = (
        "extern __shared__ int8_t memory[]; memory[4095 - threadIdx.x] = (int8_t)blockDim.x; __syncthreads();"
        " weights[blockIdx.x * 64 + threadIdx.x] = memory[4095 - threadIdx.x];"
    )
    decoder = mine(
        "#define RANSCOPE_BLOCK_SIZE 64\n#define RANSCOPE_SHARED_BYTES 65536\n"
        + KERNEL.format(body)
    )
    decoded = decoder.decode(*opened())
    assert set(decoded.weights.reshape(-1)[: 20 * 64].tolist()) == {64}
    assert np.count_nonzero(decoder.written) == 20 * 64


def test_an_error_names_the_line_and_keeps_the_log(mine):
    with pytest.raises(BroughtError) as failed:
        mine(KERNEL.format("weights[0] = nothing;")).decode(*opened())
    assert failed.value.sentence() == 'mine.cu, line 3: identifier "nothing" is undefined'
    assert "mine.cu(3): error" in failed.value.detail


def test_a_source_without_the_kernel_says_so(mine):
    assert "has no kernel ranscope_decode" in mine("__global__ void other() {}\n").unavailable()


def test_a_saved_source_is_compiled_anew(mine):
    first = mine(KERNEL.format("weights[0] = 1;")).decode(*opened())
    second = mine(KERNEL.format("weights[0] = 2;")).decode(*opened())
    assert (first.weights[0, 0], second.weights[0, 0]) == (1, 2)


def in_the_child(child: Child, path: Path, seconds: float = 60.0) -> Any:
    task = OnFile(stamp_of(opened()[0].source), DecodeWhole(0, str(path)))
    order = Order(
        task, "Decoding", threading.Event(), lambda: 0.0, lambda done, total: None, Limits(seconds)
    )
    return child.run(order)


def test_what_poisons_the_card_costs_the_child_alone(card, tmp_path):
    child, name = Child(), "mine.cu"
    good = template("decoder.cu")
    try:
        illegal = written(tmp_path, KERNEL.format("*(volatile int *)16 = 1;"), name)
        with pytest.raises(RanscopeError, match=r"mine\.cu: the card failed: .*illegal"):
            in_the_child(child, illegal)
        assert in_the_child(child, written(tmp_path, good, name)).run.weights == 60_000
        endless = written(tmp_path, KERNEL.format("while (weights) __threadfence();"), name)
        with pytest.raises(OverLimit, match="did not end within"):
            in_the_child(child, endless, 15.0)
        assert in_the_child(child, written(tmp_path, good, name)).run.weights == 60_000
    finally:
        child.end()
