"""All kernels compile for all architectures that we name, without a card, and agree with the host on
every struct."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from codec.decoders.cuda import records
from codec.decoders.cuda.card import DECODE_THREADS, UNDO_THREADS
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
]
LEAST_SHARED_MEMORY = 48 * 1024
"""Bytes that a block can have on every card."""


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


@pytest.mark.parametrize("architecture", compilation.ARCHITECTURES)
@pytest.mark.parametrize("name", compilation.KERNELS)
def test_every_source_compiles_without_a_word(compiler, name, architecture):
    code, log = compiler.compile(compilation.source(name), options(architecture))
    assert log == ""
    assert code.startswith(b"\x7fELF")
    assert all(kernel.encode() in code for kernel in compilation.KERNELS[name])


@pytest.mark.parametrize("threads", [32, 128, 256])
def test_the_block_size_can_be_chosen(compiler, threads):
    code, log = compiler.compile(compilation.source("decode.cu"), options(90, THREADS=threads))
    assert (code[:4], log) == (b"\x7fELF", "")


@pytest.mark.parametrize("name", compilation.KERNELS)
def test_kernels_keep_to_registers_and_to_every_cards_shared_memory(compiler, name):
    verbose = (*options(75), "--ptxas-options=--verbose")
    _, log = compiler.compile(compilation.source(name), verbose)
    assert len(re.findall(r"Compiling entry function", log)) == len(compilation.KERNELS[name])
    assert set(re.findall(r"(\d+) bytes (?:stack frame|spill stores|spill loads)", log)) == {"0"}
    shared = [int(size) for size in re.findall(r"(\d+) bytes smem", log)]
    assert all(size <= LEAST_SHARED_MEMORY for size in shared)


def test_every_source_is_listed_with_its_kernels():
    assert set(compilation.KERNELS) == {path.name for path in compilation.FOLDER.glob("*.cu")}
    for name, kernels in compilation.KERNELS.items():
        found = re.findall(
            r'extern "C" __global__ void [^;{]*?(\w+)\(\s*const', compilation.source(name)
        )
        assert tuple(found) == kernels


def members(text: str, struct: str) -> list[str]:
    """The names of a struct's members, in their order."""
    found = re.search(rf"^struct {struct} {{\n(.*?)^}};", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return re.findall(r"(\w+)(?:\[\d+\])?;", re.sub("//.*", "", found.group(1)))


@pytest.mark.parametrize(("name", "struct", "dtype"), STRUCTS, ids=[s[1] for s in STRUCTS])
def test_host_and_kernel_agree_on_a_struct(compiler, name, struct, dtype):
    """Order, sizes and C's alignment make the offsets."""
    text = compilation.source(name)
    assert members(text, struct) == list(dtype.names)
    fields = [(field, dtype[field]) for field in dtype.names]
    assert np.dtype(fields, align=True) == dtype
    asserts = [f'static_assert(sizeof({struct}) == {dtype.itemsize}, "");']
    asserts += [
        f'static_assert(sizeof({struct}::{field}) == {kind.itemsize}, "{field}");'
        for field, kind in fields
    ]
    compiler.compile("\n".join([text, *asserts]), options(90))


@pytest.mark.parametrize(("name", "constant", "value"), CONSTANTS, ids=[c[1] for c in CONSTANTS])
def test_host_and_kernel_agree_on_a_constant(compiler, name, constant, value):
    check = f'\nstatic_assert({constant} == {int(value)}, "{constant}");\n'
    compiler.compile(compilation.source(name) + check, options(90))


def test_what_differs_is_found(compiler):
    with pytest.raises(nvrtc.NotCompiled):
        test_host_and_kernel_agree_on_a_constant(compiler, "decode.cu", "sizeof(Tile)", 39)
    with pytest.raises(AssertionError):
        test_host_and_kernel_agree_on_a_struct(compiler, "decode.cu", "Tile", records.PLACE)


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
