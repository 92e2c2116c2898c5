"""All kernels compile for all architectures that we name, without a card, and agree with the host on
every struct."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.bench.gpu.events import MOST_CYCLES
from codec.container import NATIVE_PREDICTORS, Coding, Predictor
from codec.decoders.cuda import lane_coder, lane_launch, lane_records, records
from codec.decoders.cuda.card import DECODE_THREADS, MOST_WARPS, UNDO_THREADS
from codec.decoders.streams import Status
from kernels import compilation
from tests.kernels import nvrtc

ROOT = Path(__file__).parent.parent.parent
STRUCTS = [
    ("decode.cu", "Tile", records.TILE),
    ("decode.cu", "Outcome", records.OUTCOME),
    ("decode.cu", "Launch", records.LAUNCH),
    ("prediction.cu", "Place", records.PLACE),
    ("prediction.cu", "Undo", records.UNDO),
    ("trace.cu", "Row", records.ROW),
    ("trace.cu", "Walk", records.WALK),
    ("lanes_decode.cu", "LaneTile", lane_records.LANE_TILE),
    ("lanes_decode.cu", "LaneOutcome", lane_records.LANE_OUTCOME),
    ("lanes_decode.cu", "LaneLaunch", lane_records.LANE_LAUNCH),
    ("lanes_encode.cu", "Coding", lane_records.CODING),
    ("lanes_encode.cu", "EncodeLaunch", lane_records.ENCODE_LAUNCH),
    ("lanes_top.cu", "TopLaunch", lane_records.TOP_LAUNCH),
    ("lanes_trace.cu", "Row", records.ROW),
    ("lanes_trace.cu", "LaneTrace", lane_records.LANE_TRACE),
]
CONSTANTS = [
    ("decode.cu", "GROUP", records.GROUP),
    ("decode.cu", "READ_AHEAD", records.READ_AHEAD),
    ("decode.cu", "UNFINISHED", records.UNFINISHED),
    ("decode.cu", "THREADS", DECODE_THREADS),
    ("prediction.cu", "THREADS", UNDO_THREADS),
    ("prediction.cu", "LEFT", records.LEFT),
    ("prediction.cu", "TOP", records.TOP),
    ("trace.cu", "OK", Status.OK),
    ("trace.cu", "UNDERRUN", Status.UNDERRUN),
    ("trace.cu", "UNOWNED_SLOT", Status.UNOWNED_SLOT),
    ("lanes_decode.cu", "MOST_THREADS", MOST_WARPS * lane_records.WARP),
    ("lanes_decode.cu", "TABLE_BYTES", lane_launch.TABLE_BYTES),
    ("lanes_decode.cu", "RING + MIRROR", lane_launch.RING_BYTES),
    ("lanes_encode.cu", "THREADS", lane_coder.THREADS),
    ("lanes_top.cu", "THREADS", UNDO_THREADS),
    ("lanes_top.cu", "TOP", NATIVE_PREDICTORS.index(Predictor.TOP)),
    ("lanes_top.cu", "LEFT", NATIVE_PREDICTORS.index(Predictor.LEFT)),
    ("lanes_top.cu", "NOTHING", NATIVE_PREDICTORS.index(Predictor.NONE)),
    ("lanes_top.cu", "NOTHING", lane_records.UNKNOWN_PREDICTOR),
    ("lanes_top.cu", "RANS", Coding.RANS),
    ("lanes_top.cu", "RAW", Coding.RAW),
    ("lanes_top.cu", "CONSTANT", Coding.CONSTANT),
    ("lanes_top.cu", "WARP", lane_records.WARP),
    ("lanes_top.cu", "RUN", lane_records.RUN),
    ("lanes_top.cu", "LANES_OK", Status.OK),
    ("lanes_top.cu", "LANES_UNDERRUN", Status.UNDERRUN),
    ("lanes_top.cu", "LANES_UNOWNED_SLOT", Status.UNOWNED_SLOT),
    ("lanes_top.cu", "LANES_STATE_OUT_OF_RANGE", Status.STATE_OUT_OF_RANGE),
    ("delay.cu", "MOST_CYCLES", MOST_CYCLES),
]
LATE_VARIANTS: list[tuple[str, dict[str, int]]] = [
    ("lanes_decode.cu", {"TABLE_BITS": 12, "NARROW": 1}),
    ("lanes_decode.cu", {"TABLE_BITS": 8, "NARROW": 0}),
    ("lanes_decode.cu", {"TABLE_BITS": 8, "NARROW": 1}),
    ("lanes_encode.cu", {"TABLE_BITS": 8}),
    ("lanes_trace.cu", {"TABLE_BITS": 8}),
]
"""What a card compiles beside each source as it stands: for the smallest tables, and for narrow ones."""
LEAST_SHARED_MEMORY = 48 * 1024
"""Bytes that a block can have on every card."""

MOST_SPILLED = {"lanes_decode.cu": 64, "lanes_top.cu": 16}
"""Bytes of registers that a kernel may put aside, outside of its inner loop: blocks of so many threads leave it
few. The others none."""

MOST_STACK = {"lanes_decode.cu": 512, "lanes_top.cu": 64}
"""Bytes of a thread's own memory: the step-by-step walk of a damaged tile is called with its state there."""


def is_declared() -> bool:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["optional-dependencies"]["test"]
    return any(requirement.startswith("nvidia-cuda-nvrtc") for requirement in wanted)


@pytest.fixture(scope="module")
def compiler() -> nvrtc.Nvrtc:
    path = nvrtc.find()
    if path is None:
        assert not is_declared(), "pyproject.toml names NVRTC's wheel, and it is not installed"
        pytest.skip("NVRTC is not installed: pip install nvidia-cuda-nvrtc-cu12")
    return nvrtc.Nvrtc(path)


def options(architecture: int, **defines: int) -> tuple[str, ...]:
    return (*compilation.options(defines), f"--gpu-architecture=sm_{architecture}")


def assert_compiles(
    compiler: nvrtc.Nvrtc, name: str, architecture: int, defines: dict[str, int]
) -> None:
    """All kernels are there, the compiler has nothing to say, and they keep to registers and shared memory."""
    wanted = (*options(architecture, **defines), "--ptxas-options=--verbose")
    code, log = compiler.compile(compilation.source(name), wanted)
    assert [line for line in log.splitlines() if not line.startswith("ptxas ")] == []
    assert "warning" not in log
    assert code.startswith(b"\x7fELF")
    assert all(kernel.encode() in code for kernel in compilation.KERNELS[name])
    assert log.count("Compiling entry function") == len(compilation.KERNELS[name])
    limits = {"stack frame": MOST_STACK, "spill stores": MOST_SPILLED, "spill loads": MOST_SPILLED}
    for what, most in limits.items():
        sizes = [int(size) for size in re.findall(rf"(\d+) bytes {what}", log)]
        assert len(sizes) >= len(compilation.KERNELS[name])
        assert max(sizes) <= most.get(name, 0), what
    shared = [int(size) for size in re.findall(r"(\d+) bytes smem", log)]
    assert all(size <= LEAST_SHARED_MEMORY for size in shared)


@pytest.mark.parametrize("architecture", compilation.ARCHITECTURES)
@pytest.mark.parametrize("name", compilation.KERNELS)
def test_every_source_compiles_without_a_word(compiler, name, architecture):
    assert_compiles(compiler, name, architecture, {})


@pytest.mark.parametrize(("name", "defines"), LATE_VARIANTS, ids=str)
def test_what_is_compiled_for_a_table_compiles(compiler, name, defines):
    assert_compiles(compiler, name, 90, defines)


@pytest.mark.parametrize("threads", [32, 128, 256])
def test_the_block_size_can_be_chosen(compiler, threads):
    code, log = compiler.compile(compilation.source("decode.cu"), options(90, THREADS=threads))
    assert (code[:4], log) == (b"\x7fELF", "")


def test_every_source_is_listed_with_its_kernels():
    assert set(compilation.KERNELS) == {path.name for path in compilation.FOLDER.glob("*.cu")}
    declared = re.compile(
        r'^extern "C" __global__ void [^;{]*?(\w+)\(\s*const|^DECODER\((\w+),', re.MULTILINE
    )
    for name, kernels in compilation.KERNELS.items():
        found = declared.findall(compilation.source(name))
        assert tuple(plain or by_macro for plain, by_macro in found) == kernels


def members(text: str, struct: str) -> list[str]:
    """The names of a struct's members, in their order."""
    found = re.search(rf"^struct {struct} {{\n(.*?)^}};", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return re.findall(r"(\w+)(?:\[\d+\])?;", re.sub("//.*", "", found.group(1)))


def assert_agreed(compiler: nvrtc.Nvrtc, name: str, *asserts: str, **defines: int) -> None:
    """The compiler's front end finds these to hold at the end of a source; no machine code is made."""
    virtual = (*compilation.options(defines), "--gpu-architecture=compute_90")
    compiler.compile("\n".join([compilation.source(name), *asserts]), virtual)


def struct_asserts(struct: str, dtype: np.dtype[Any]) -> list[str]:
    """Size of a struct, and of every member; order and C's alignment make the offsets."""
    return [
        f'static_assert(sizeof({struct}) == {dtype.itemsize}, "{struct}");',
        *(
            f'static_assert(sizeof({struct}::{field}) == {dtype[field].itemsize}, "{field}");'
            for field in dtype.names or ()
        ),
    ]


@pytest.mark.parametrize(("name", "struct", "dtype"), STRUCTS, ids=[s[1] for s in STRUCTS])
def test_members_of_a_struct_stand_as_the_host_has_them(name, struct, dtype):
    assert members(compilation.source(name), struct) == list(dtype.names)
    assert np.dtype([(field, dtype[field]) for field in dtype.names], align=True) == dtype


@pytest.mark.parametrize("name", compilation.KERNELS)
def test_host_and_kernels_agree_on_sizes_and_constants(compiler, name):
    asserts = [
        line for source, struct, dtype in STRUCTS if source == name
        for line in struct_asserts(struct, dtype)
    ]  # fmt: skip
    asserts += [
        f'static_assert({constant} == {int(value)}, "{constant}");'
        for source, constant, value in CONSTANTS
        if source == name
    ]
    assert asserts
    assert_agreed(compiler, name, *asserts)


@pytest.mark.parametrize(("narrow", "value", "bias"), [(0, 12, 20), (1, 16, 24)])
def test_slots_are_packed_as_the_hosts_tests_unpack_them(compiler, narrow, value, bias):
    asserts = (
        f'static_assert(VALUE_SHIFT == {value} && SLOT_BIAS_SHIFT == {bias}, "shifts");',
        f'static_assert(SLOT_FREQUENCY_MASK == {(1 << value) - 1}, "mask");',
        'static_assert(SLOTS == 256, "TABLE_BITS");',
    )
    assert_agreed(compiler, "lanes_trace.cu", *asserts, NARROW=narrow, TABLE_BITS=8)


def test_tables_beyond_the_packing_do_not_compile(compiler):
    with pytest.raises(nvrtc.NotCompiled, match="12 bits of an entry"):
        assert_agreed(compiler, "lanes_trace.cu", TABLE_BITS=13)


def test_what_differs_is_found(compiler):
    for wrong in ("static_assert(sizeof(Tile) == 39);", *struct_asserts("Tile", records.PLACE)[:1]):
        with pytest.raises(nvrtc.NotCompiled, match="static assertion failed"):
            assert_agreed(compiler, "decode.cu", wrong)
    with pytest.raises(AssertionError):
        test_members_of_a_struct_stand_as_the_host_has_them("decode.cu", "Tile", records.PLACE)


@pytest.mark.parametrize("file", ["decode.cu", "rans.cuh"])
def test_errors_name_the_file_and_the_line(compiler, file):
    text = (compilation.FOLDER / file).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("const u32"))
    number = text.splitlines().index(line) + 1
    broken = compilation.source("decode.cu").replace(line, f"oops {line}")
    with pytest.raises(nvrtc.NotCompiled, match=rf"{re.escape(file)}\({number}\): error"):
        compiler.compile(broken, options(90))


def test_headers_stand_in_the_source(monkeypatch, tmp_path):
    """cupy caches by the text of the source alone: a changed header must change it."""
    (tmp_path / "a.cu").write_text('int first;\n#include "h.cuh"\n#include "h.cuh"\nint last;\n')
    (tmp_path / "h.cuh").write_text("#pragma once\nint inside;\n")
    monkeypatch.setattr(compilation, "FOLDER", tmp_path)
    text = compilation.source.__wrapped__("a.cu")
    assert text.count("int inside;") == 1
    assert text.index("first") < text.index("inside") < text.index("last")
    (tmp_path / "h.cuh").write_text("#pragma once\nint changed;\n")
    assert compilation.source.__wrapped__("a.cu") != text
    assert "#include" not in text


def test_defines_become_options():
    assert compilation.options({"THREADS": 128}) == ("--std=c++17", "-DTHREADS=128")
    assert compilation.options() == ("--std=c++17",)
