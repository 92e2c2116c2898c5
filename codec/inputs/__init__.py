"""Weights to encode: .npy, .npz, .safetensors and .gguf files, read without trusting what they say.

A file's content tells which kind it is. Nothing is ever unpickled, no shape is believed before it is
held against the file's size, and all bytes come through `Source`, so that a file that shrinks
meanwhile gives an error and no crash.
"""

from __future__ import annotations

import os

from codec.errors import FormatError
from codec.inputs import gguf, npy, npz, safetensors
from codec.inputs.arrays import InputArray
from codec.source import FileSource, Source


def open_input(path: str | os.PathLike[str]) -> tuple[InputArray, ...]:
    """The arrays in the file at `path`, in its order; none of them is read yet.

    Raises:
        SourceError: the file cannot be read.
        FormatError: it is of no known kind, or its header is damaged.
    """
    return arrays_of(FileSource(path))


def arrays_of(source: Source) -> tuple[InputArray, ...]:
    """As `open_input`, for bytes from anywhere."""
    head = source.read(0, min(source.size, 9))
    if head.startswith(npy.MAGIC):
        return npy.arrays(source)
    if head.startswith(npz.MAGICS):
        return npz.arrays(source)
    if head.startswith(gguf.MAGIC):
        return gguf.arrays(source)
    if head[8:9] == b"{":
        return safetensors.arrays(source)
    what = f"begins with the bytes {head[:4].hex(' ')}" if head else "is empty"
    raise FormatError(
        f"{source.name} {what}, so it is no .npy, .npz, .safetensors or .gguf file", 0
    )
