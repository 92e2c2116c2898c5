"""From int8 back to what the weights were: weights times scales, where the file has them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from codec.atomic_file import Piece
from codec.container import Container, Tensor
from codec.errors import DecodeError, InputError
from codec.formats.native import SCALE

ROWS_BYTES = 1 << 24
"""About as many bytes are made at a time."""


def read_scales(container: Container, tensor: Tensor) -> NDArray[np.float32]:
    """float32[1, 1] or float32[rows, 1]: what the weights of a tensor are to be multiplied with.

    Raises:
        InputError: its file has no scales for it.
        DecodeError: they are damaged.
        SourceError: they cannot be read.
    """
    if tensor.origin is None:
        raise InputError(
            f"a {container.format} file has no scales: they stand beside it, in a file that ends in .scales.npz"
        )
    if tensor.origin.quantisation == "none":
        raise InputError(f"{tensor.name} was not quantised, so it has no scales")
    if tensor.refusal:
        raise DecodeError(f"{tensor.name} cannot be decoded: {tensor.refusal}")
    offset, size = tensor.origin.scales
    scales: NDArray[np.float32] = container.source.array(offset, SCALE.dtype, size // SCALE.size)[
        "scale"
    ]
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(scales) & (scales > 0)
    if not sound.all():
        raise DecodeError(f"{tensor.name} has a scale that is not a number above 0", offset)
    return scales.reshape(-1, 1)


def dequantised_npy(
    weights: NDArray[np.int8], scales: NDArray[np.float32], shape: tuple[int, ...]
) -> Iterator[Piece]:
    """The .npy file, piece by piece, of `weights * scales` as float32 of a shape.

    Args:
        weights: int8[rows, cols].
        scales: as `read_scales` gives them.
        shape: of as many weights.
    """
    header = io.BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, described)
    yield header.getvalue()
    each = max(1, ROWS_BYTES // (4 * max(weights.shape[1], 1)))
    for begin in range(0, len(weights), each):
        part = scales if len(scales) == 1 else scales[begin : begin + each]
        yield (weights[begin : begin + each] * part).astype("<f4", copy=False).tobytes()
