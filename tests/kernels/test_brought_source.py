"""The template of a CUDA decoder, and the header that it shares with C, compile for every card, and agree with the
host."""

from __future__ import annotations

from pathlib import Path

import pytest

from codec.decoders.brought.layer import LAYER, READ, STEP, TILE
from codec.decoders.cuda.brought import compiler_sentence, read_source
from codec.decoders.streams import Status
from kernels import compilation
from tests.kernels import nvrtc
from tests.kernels.test_compile import LEAST_SHARED_MEMORY, compiler, options, struct_asserts

__all__ = ["compiler"]

TEMPLATE = Path(__file__).parent.parent.parent / "assets" / "templates" / "decoder.cu"


@pytest.mark.parametrize("architecture", compilation.ARCHITECTURES)
def test_the_template_compiles_without_a_word(compiler, architecture):
    wanted = (*options(architecture), "--ptxas-options=--verbose")
    code, log = compiler.compile(read_source(TEMPLATE).text, wanted)
    assert [line for line in log.splitlines() if not line.startswith("ptxas ")] == []
    assert log.count("Compiling entry function") == 2
    assert b"ranscope_decode" in code
    assert b"ranscope_trace" in code
    assert "0 bytes spill stores" in log
    shared = [int(part.split()[-1]) for part in log.split(" bytes smem")[:-1]]
    assert all(size <= LEAST_SHARED_MEMORY for size in shared)


def test_the_header_and_the_host_agree(compiler):
    structs = {"tile": TILE, "layer": LAYER, "read": READ, "step": STEP}
    asserts = [
        line
        for name, dtype in structs.items()
        for line in struct_asserts(f"ranscope_{name}", dtype)
    ]
    asserts += [
        f'static_assert(RANSCOPE_{status.name} == {int(status)}, "{status.name}");'
        for status in Status
    ]
    text = "\n".join([read_source(TEMPLATE).text, *asserts])
    compiler.compile(text, (*compilation.OPTIONS, "--gpu-architecture=compute_90"))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("uint64_t taken = 0;", "uint64_t taken = nothing;", 'identifier "nothing" is undefined'),
        ("uint64_t taken = 0;", "uint64_t taken = 0", 'expected a ";"'),
    ],
)
def test_errors_name_the_file_and_the_line_as_saved(compiler, tmp_path, before, after, message):
    text = TEMPLATE.read_text(encoding="utf-8").replace(before, after)
    path = tmp_path / "mine.cu"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(nvrtc.NotCompiled) as failed:
        compiler.compile(read_source(path).text, options(90))
    sentence = compiler_sentence("mine.cu", str(failed.value))
    line = text.splitlines().index(f"    {after}") + 1
    # A missing semicolon is noticed where the next statement begins.
    assert sentence.startswith(
        f"mine.cu, line {line + (message.startswith('expected'))}: {message}"
    )
