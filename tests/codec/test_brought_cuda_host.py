"""CUDA source that was brought, where there is no card: the template runs as C++, a thread a block, behind the host's
side that a card gets, too."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.decoders.brought import KernelDecoder
from codec.decoders.brought.decoder import BroughtDecoder
from codec.decoders.cpu import CpuDecoder
from codec.decoders.cuda import brought
from codec.decoders.cuda.brought import KernelCode, compiler_sentence, read_source
from codec.errors import BroughtError, DecodeError, DeviceError
from codec.trace import STEP_COLUMNS
from kernels import compilation
from tests.codec.brought_files import (
    BATCHED,
    NATIVE,
    PER_TILE,
    expected,
    opened,
    template,
    written,
)
from tests.codec.emulated_card import EmulatedCard

SHIM = """
#define __CUDACC__
#define __global__
#define __device__
#define __shared__ static
struct Index { unsigned x; };
static Index threadIdx{0}, blockIdx{0}, blockDim{1};
static void __syncthreads() {}
"""
HOST = """
extern "C" void on_host_decode(unsigned blocks, const ranscope_layer *layer, int8_t *weights) {
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++) ranscope_decode(*layer, weights);
}
extern "C" void on_host_trace(const ranscope_layer *layer, uint32_t tile, ranscope_step *steps, uint64_t capacity,
                              uint64_t *count) {
    ranscope_trace(*layer, tile, steps, capacity, count);
}
"""


@pytest.fixture(scope="module")
def on_host(tmp_path_factory) -> ctypes.CDLL:
    """The template as a library of the host."""
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("there is no C++ compiler called c++")
    folder = tmp_path_factory.mktemp("on_host")
    (folder / "ranscope.h").write_text(template("ranscope.h"))
    source, target = folder / "decoder.cpp", folder / "decoder.so"
    source.write_text(SHIM + template("decoder.cu") + HOST)
    command = [compiler, "-std=c++17", "-O2", "-Wall", "-shared", "-fPIC", "-o", target, source]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(target))


def address(struct: Any) -> ctypes.c_void_p:
    (kept,) = (np.atleast_1d(struct),)
    return ctypes.c_void_p(kept.ctypes.data)


def kernels(library: ctypes.CDLL) -> dict[str, Any]:
    """What a launch finds; the memory of this card is the host's."""

    def decode(grid: Any, block: Any, arguments: Any, shared_mem: int) -> None:
        assert (block, shared_mem) == ((128,), 0)
        struct = np.atleast_1d(arguments[0])
        library.on_host_decode(grid[0], address(struct), ctypes.c_void_p(int(arguments[1])))

    def trace(grid: Any, block: Any, arguments: Any, shared_mem: int) -> None:
        assert (grid, block) == ((1,), (128,))
        struct = np.atleast_1d(arguments[0])
        tile, capacity = ctypes.c_uint32(arguments[1]), ctypes.c_uint64(arguments[3])
        steps, count = (ctypes.c_void_p(int(arguments[i])) for i in (2, 4))
        library.on_host_trace(address(struct), tile, steps, capacity, count)

    return {"ranscope_decode": decode, "ranscope_trace": trace}


def decoder_of(found: dict[str, Any], path: Path, monkeypatch: Any) -> BroughtDecoder:
    monkeypatch.setattr(compilation, "compiled", lambda text, names: found)
    monkeypatch.setattr(brought, "open_card", EmulatedCard)
    monkeypatch.setattr(KernelCode, "platform", lambda self: None)
    return KernelDecoder(path)


@pytest.fixture
def decoder(on_host, tmp_path, monkeypatch) -> BroughtDecoder:
    path = written(tmp_path, template("decoder.cu"), "mine.cu")
    return decoder_of(kernels(on_host), path, monkeypatch)


@pytest.mark.parametrize("path", [BATCHED, NATIVE], ids=lambda path: path.suffix)
def test_the_template_decodes_bit_exactly(decoder, path):
    container, tensor = opened(path)
    decoded = decoder.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected(container, tensor))
    assert (decoder.notice, decoder.written.all(), len(decoded.failed)) == ("", True, 0)
    assert decoder.timing.kernel > 0
    assert decoder.timing.transfer > 0
    trace, ours = decoder.trace(container, tensor, 2), CpuDecoder().trace(container, tensor, 2)
    for column in STEP_COLUMNS:
        np.testing.assert_array_equal(trace[column], ours[column])


def test_every_predictor_of_the_native_layout_is_undone(decoder):
    from tests.codec.files import parsed
    from tests.codec.native_files import mixed, native_bytes

    for predictor in ("none", "left", "top", "auto"):
        data = native_bytes(mixed(), "cpu", tile_rows=50, tile_cols=44, predictor=predictor)
        container = parsed(data)
        for tensor in container.tensors:
            decoded = decoder.decode(container, tensor)
            np.testing.assert_array_equal(decoded.weights, expected(container, tensor))


def test_the_per_tile_layout_is_left_alone(decoder):
    decoder.decode(*opened(PER_TILE))
    assert not decoder.written.any()
    assert "196,608 weights of 196,608 were never written" in decoder.notice


def test_strays_on_the_card_are_told(tmp_path, monkeypatch):
    def decode(grid, block, arguments, shared_mem):
        start = int(arguments[1])
        ctypes.memset(start - 4, 7, 4 + 60_000 + 100)

    path = written(tmp_path, template("decoder.cu"), "mine.cu")
    decoder = decoder_of({"ranscope_decode": decode}, path, monkeypatch)
    decoder.decode(*opened())
    assert "4 bytes before the first" in decoder.notice
    assert "100 bytes behind the last" in decoder.notice
    with pytest.raises(
        DecodeError, match=r"mine\.cu records no steps: add a kernel ranscope_trace"
    ):
        decoder.trace(*opened(), 0)


def test_what_the_card_does_not_allow_names_the_source(tmp_path, monkeypatch):
    card = EmulatedCard()

    def decode(grid, block, arguments, shared_mem):
        raise card.cupy.cuda.runtime.CUDARuntimeError("an illegal memory access was encountered")

    path = written(tmp_path, template("decoder.cu"), "mine.cu")
    decoder = decoder_of({"ranscope_decode": decode}, path, monkeypatch)
    monkeypatch.setattr(brought, "open_card", lambda: card)
    with pytest.raises(DeviceError, match=r"mine\.cu: the card failed: an illegal memory access"):
        decoder.decode(*opened())


def test_a_source_without_the_kernel_says_how_it_is_declared(tmp_path, monkeypatch):
    path = written(tmp_path, "__global__ void f() {}\n", "mine.cu")
    decoder = decoder_of({}, path, monkeypatch)
    assert decoder.unavailable().startswith(
        'mine.cu has no kernel ranscope_decode: it must be declared as extern "C"'
    )


def test_a_source_is_compiled_anew_when_it_or_its_header_is_saved(tmp_path, monkeypatch):
    texts = []

    def compiled(text, names):
        texts.append(text)
        return {"ranscope_decode": lambda grid, block, arguments, shared_mem: None}

    written(tmp_path, "const int VALUE = 1;\n", "own.cuh")
    path = written(tmp_path, '#include "own.cuh"\n#include "ranscope.h"\n', "mine.cu")
    decoder = decoder_of({}, path, monkeypatch)
    monkeypatch.setattr(compilation, "compiled", compiled)
    for _ in range(2):
        decoder.decode(*opened())
    assert len(texts) == 1
    written(tmp_path, "const int VALUE = 2;\n", "own.cuh")
    decoder.decode(*opened())
    assert "VALUE = 1" in texts[0]
    assert "VALUE = 2" in texts[1]
    assert "ranscope_layer" in texts[1]


def test_without_a_card_it_says_why(tmp_path):
    path = written(tmp_path, template("decoder.cu"), "mine.cu")
    try:
        import cupy  # noqa: F401
    except ImportError:
        assert KernelDecoder(path).unavailable().startswith("mine.cu needs a card, and cupy is not")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "#define RANSCOPE_BLOCK_SIZE 2000",
            "RANSCOPE_BLOCK_SIZE as 2000; it must be a plain number from 1 to 1,024",
        ),
        ("#define RANSCOPE_BLOCK_SIZE (4*32)", "RANSCOPE_BLOCK_SIZE as"),
        ("#  define RANSCOPE_SHARED_BYTES 9999999", "RANSCOPE_SHARED_BYTES as 9999999"),
    ],
)
def test_a_launch_that_no_card_can_do_is_refused(tmp_path, text, sentence):
    with pytest.raises(BroughtError) as refused:
        read_source(written(tmp_path, f"{text}\n", "mine.cu"))
    assert sentence in refused.value.sentence()


def test_the_launch_is_read_from_the_source(tmp_path):
    text = " # define RANSCOPE_BLOCK_SIZE 64 // threads\n#define RANSCOPE_SHARED_BYTES 4096\n"
    source = read_source(written(tmp_path, text, "mine.cu"))
    assert (source.block_size, source.shared_bytes) == (64, 4096)
    source = read_source(written(tmp_path, "", "mine.cu"))
    assert (source.block_size, source.shared_bytes) == (32, 0)
    with pytest.raises(BroughtError, match="cannot be opened"):
        read_source(tmp_path / "none.cu")


def test_the_first_error_of_a_log_becomes_the_sentence():
    log = (
        "mine.cu(3): warning #177-D: variable is unused\n\n"
        'mine.cu(12): error: identifier "foo" is undefined\n    foo = 1;\n    ^\n\n'
        'own.cuh(2): error #20: expected a ";"\n2 errors detected in the compilation of "x".\n'
    )
    assert compiler_sentence("mine.cu", log) == (
        'mine.cu, line 12: identifier "foo" is undefined (1 more error follows)'
    )
    assert (
        compiler_sentence("mine.cu", "nvrtc is\n  lost")
        == "mine.cu does not compile: nvrtc is lost"
    )
