"""Encoders that were brought: Python code that makes a compressed file of weights.

What it makes is parsed like any other file, so that it can be held against another field by field.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.brought.layer import layer_of
from codec.decoders.brought.naming import existing_file
from codec.decoders.brought.python_code import explained, load_module
from codec.errors import BroughtError, FormatError
from codec.formats import parse
from codec.source import BytesSource


def encoded_by(
    name: str, container: Container, tensor: Tensor, weights: NDArray[np.int8]
) -> Container:
    """What an encoder makes of a tensor's weights, parsed.

    Args:
        name: path of a Python file with a function `encode(weights, layer) -> bytes`.
        container: the file that the tensor is of.
        tensor: whose settings the encoder gets, as a `Layer`.
        weights: int8[rows, cols], to be encoded.

    Raises:
        InputError: there is no such file.
        BroughtError: the code fails, or what it makes is no compressed file.
    """
    path = existing_file(name)
    encode = getattr(load_module(path), "encode", None)
    if not callable(encode):
        raise BroughtError(f"{path.name} defines no function encode(weights, layer)")
    layer, given = layer_of(container, tensor), weights.copy()
    with explained(path.name):
        made = encode(given, layer)
    data = _bytes_of(made, path)
    try:
        return parse(BytesSource(data, f"what {path.name} made"))
    except FormatError as error:
        raise BroughtError(
            f"{path.name} made {len(data):,} bytes, but {error.sentence()}"
        ) from None


def _bytes_of(made: object, path: Path) -> bytes:
    """What an encoder returned, as bytes.

    Raises:
        BroughtError: it is no run of bytes.
    """
    if isinstance(made, bytes | bytearray | memoryview):
        return bytes(made)
    if isinstance(made, np.ndarray) and made.dtype == np.uint8:
        return made.tobytes()
    raise BroughtError(
        f"{path.name}: encode returned a {type(made).__name__} where the bytes of a file were expected"
    )
