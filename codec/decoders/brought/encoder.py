"""Encoders that were brought: Python code that makes a compressed file of weights.

What it makes is parsed like any other file, so that it can be held against another field by field.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.brought.layer import Layer, layer_of
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
    file = existing_file(name).name
    data = load_encoder(name)(weights.copy(), layer_of(container, tensor))
    try:
        return parse(BytesSource(data, f"what {file} made"))
    except FormatError as error:
        raise BroughtError(f"{file} made {len(data):,} bytes, but {error.sentence()}") from None


def load_encoder(name: str) -> Callable[[NDArray[np.int8], Layer], bytes]:
    """The function `encode` of a Python file: of int8[rows, cols] and a `Layer` it makes the bytes of a file.

    It raises BroughtError where the code fails, or makes anything else.

    Raises:
        InputError: there is no such file.
        BroughtError: it cannot be loaded, or defines no such function.
    """
    path = existing_file(name)
    encode = getattr(load_module(path), "encode", None)
    if not callable(encode):
        raise BroughtError(f"{path.name} defines no function encode(weights, layer)")

    def made(weights: NDArray[np.int8], layer: Layer) -> bytes:
        with explained(path.name):
            found = encode(weights, layer)
        return _bytes_of(found, path)

    return made


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
