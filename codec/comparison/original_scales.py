"""The scales that turn a layer's own floats into the weights that a file holds: in the file, or beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.edits.overlay import file_below
from codec.errors import InputError, RanscopeError
from codec.inputs import npz
from codec.quantisation import SCALES_SUFFIX
from codec.scales import read_scales
from codec.source import FileSource


@dataclass(frozen=True, eq=False)
class Scales:
    """Scales of a tensor.

    Attributes:
        values: float32[1, 1] or float32[rows, 1], each above 0.
        told: where they are from, to end a sentence with.
    """

    values: NDArray[np.float32]
    told: str


def scales_of(container: Container, tensor: Tensor) -> Scales | None:
    """The scales of a tensor; None where it was not quantised, or no scales can be had."""
    name = container.source.name
    try:
        if tensor.origin is not None:
            return Scales(read_scales(container, tensor), f"the scales in {name}")
        file = file_below(container.source)
        if file is not None:
            beside = file.path.with_name(f"{file.name}{SCALES_SUFFIX}")
            return Scales(_stored(FileSource(beside), tensor), f"the scales in {beside.name}")
    except RanscopeError:
        return None
    return None


def _stored(source: FileSource, tensor: Tensor) -> NDArray[np.float32]:
    """The scales of a file as `quantisation.scales_npz` makes it.

    Raises:
        FormatError, InputError: it is no such file, or one of another tensor.
        SourceError: there is none, or it cannot be read.
    """
    found = next((array for array in npz.arrays(source) if array.name == "scales"), None)
    if found is None or found.dtype != "float32" or found.shape not in ((1, 1), (tensor.rows, 1)):
        raise InputError(f"{source.name} holds no scales of {tensor.name}")
    values: NDArray[np.float32] = found.read()
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(values) & (values > 0)
    if not sound.all():
        raise InputError(f"{source.name} holds a scale that is not a number above 0")
    return values
