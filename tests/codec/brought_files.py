"""Decoders as somebody might bring them, for tests: written, and compiled where there is a compiler."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from codec.container import Container, Tensor
from codec.decoders.cpu import CpuDecoder
from codec.formats import open_file

TEMPLATES = files("assets") / "templates"
ROOT = Path(__file__).parent.parent.parent
LEGACY = ROOT / "tests" / "data" / "legacy"
SAMPLES = ROOT / "assets" / "samples"
BATCHED = LEGACY / "gaussian10_300x200_t64.batched"
PER_TILE = LEGACY / "gaussian10_512x384_t256.wcdc"
NATIVE = SAMPLES / "minilm_query_key_t128.rsc"
ALL_LAYOUTS = (BATCHED, PER_TILE, NATIVE)


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    """A file with this text, each time another one to whoever looks at its inode."""
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def compiled(folder: Path, text: str, name: str = "mine.so", *more: str) -> Path:
    """A shared library of C source that includes ranscope.h; skips the test where there is no compiler.

    Args:
        folder: where it goes.
        text: its source.
        name: of the library.
        more: options of the compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler called cc")
    (folder / "ranscope.h").write_text(template("ranscope.h"), encoding="utf-8")
    source, target = folder / f"{Path(name).stem}.c", folder / name
    source.write_text(text, encoding="utf-8")
    options = ("-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
    command = [compiler, *options, "-o", target, source, *more]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return target


def c_decoder(body: str) -> str:
    """C source of a decoder with this body; `layer` and `weights` are what it gets."""
    return (
        '#include <stdio.h>\n#include <stdlib.h>\n#include "ranscope.h"\n'
        f"int ranscope_decode(const ranscope_layer *layer, int8_t *weights) {{\n{body}\nreturn 0;\n}}\n"
    )


def opened(path: Path = BATCHED) -> tuple[Container, Tensor]:
    container = open_file(path)
    return container, container.tensors[0]


def expected(container: Container, tensor: Tensor) -> np.ndarray:
    return CpuDecoder().decode(container, tensor).weights
