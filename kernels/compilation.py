"""Turns the CUDA sources of this folder into kernels that can be launched.

A source is compiled by NVRTC at run time, for the very card that it will run on, and cupy keeps the result
on disk. cupy finds it again by the text of the source alone and does not look into what that includes, so
`source` puts every included header in its place: a changed header is a changed source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

KERNELS: dict[str, tuple[str, ...]] = {
    "decode.cu": ("decode_symbols", "decode_sums"),
    "trace.cu": ("trace_steps",),
    "prediction.cu": ("undo_prediction",),
    "lanes_decode.cu": (
        "decode_32_lanes",
        "decode_32_lanes_hashed",
        "decode_64_lanes",
        "decode_64_lanes_hashed",
    ),
    "lanes_encode.cu": ("encode_32_lanes", "encode_64_lanes", "place_streams"),
    "lanes_top.cu": ("undo_top",),
    "lanes_trace.cu": ("trace_32_lanes", "trace_64_lanes"),
    "delay.cu": ("delay",),
}
"""The sources, and the kernels in each."""

OPTIONS = ("--std=c++17",)
"""What every source is compiled with; NVRTC and nvcc both take it."""

ARCHITECTURES = (75, 80, 90, 120)
"""Compute capabilities that the sources are tested to compile for: Turing, Ampere, Hopper, Blackwell."""

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"[^\n]*$', re.MULTILINE)


class CompilationError(Exception):
    """A source does not compile here; the message is the compiler's log."""


@cache
def source(name: str) -> str:
    """The text of a source with every header that it includes in its place, each once.

    `#line` directives keep the names and the line numbers that the compiler complains about true.
    """
    return inlined(name, lambda name: (FOLDER / name).read_text(encoding="utf-8"))


def inlined(name: str, text_of: Callable[[str], str | None]) -> str:
    """As `source`, for a source from anywhere.

    Args:
        name: of the source.
        text_of: the text of the source, or of a header, by its name; None where it is for the compiler to find.
    """
    seen: set[str] = set()

    def with_headers(name: str, text: str) -> str:
        text = text.replace("#pragma once\n", "\n")

        def header(found: re.Match[str]) -> str:
            included = found.group(1)
            if included in seen:
                return ""
            inside = text_of(included)
            if inside is None:
                return found.group()
            seen.add(included)
            line = text.count("\n", 0, found.end()) + 2
            return f'#line 1 "{included}"\n{with_headers(included, inside)}#line {line} "{name}"'

        return _INCLUDE.sub(header, text)

    return f'#line 1 "{name}"\n{with_headers(name, text_of(name) or "")}'


def options(defines: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """Compiler options that give macros of a source other values than its own.

    Args:
        defines: by name, such as ``{"THREADS": 128}``.
    """
    return OPTIONS + tuple(f"-D{name}={value}" for name, value in (defines or {}).items())


def load(name: str, defines: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The kernels of a source, compiled for the current card, by name.

    Raises:
        CompilationError: it does not compile.
        ImportError: cupy is not installed.
    """
    # Only here, so that everything else works where there is no cupy.
    import cupy
    from cupy.cuda.compiler import CompileException

    module = cupy.RawModule(code=source(name), options=options(defines))
    try:
        return {kernel: module.get_function(kernel) for kernel in KERNELS[name]}
    except CompileException as error:
        raise CompilationError(f"{name}: {error.get_message().strip()}") from None


def compiled(text: str, kernels: Sequence[str]) -> dict[str, Any]:
    """Those of the named kernels that a source from anywhere has, compiled for the current card, by name.

    Raises:
        CompilationError: it does not compile.
        ImportError: cupy is not installed.
    """
    import cupy
    from cupy.cuda.compiler import CompileException

    module, found = cupy.RawModule(code=text, options=OPTIONS), {}
    try:
        module.compile()
        for kernel in kernels:
            try:
                found[kernel] = module.get_function(kernel)
            except cupy.cuda.driver.CUDADriverError as error:
                if "NOT_FOUND" not in str(error):
                    raise
    except CompileException as error:
        raise CompilationError(error.get_message().strip()) from None
    return found
