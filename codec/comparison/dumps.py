"""Weights in a file as a side of a comparison: what somebody's decoder wrote, or what the layer was made of.

A dump states at most its shape and its type, so what does not fit the tensor is refused with what was expected and
what would help; it is never cut or padded into place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codec.comparison.dump_values import Values, integers
from codec.comparison.named import chosen
from codec.comparison.output import Output, SideKind
from codec.comparison.raw_dump import count_hint, raw_array
from codec.container import Container, Tensor
from codec.errors import FormatError, InputError
from codec.inputs import arrays_of, npy, npz
from codec.inputs.arrays import InputArray
from codec.source import FileSource, Source

STATED = (".npy", ".npz", ".safetensors")
"""What the names of files end in that state what they hold; any other may be raw bytes."""


@dataclass(frozen=True)
class Reading:
    """How a dump is read.

    Attributes:
        tensor: name of the array in it; "" for the one of the tensor's name, or the only one.
        dtype: of raw bytes; "" for int8, or what their number says. What states its type is read as it states.
        reshape: whether an array of as many weights and another shape is read row by row.
    """

    tensor: str = ""
    dtype: str = ""
    reshape: bool = False


def dumped(path: str, how: Reading, container: Container, tensor: Tensor) -> Output:
    """What a dump holds of a tensor.

    Args:
        path: of the dump.
        how: how to read it.
        container: the file that it is held against.
        tensor: one of its tensors.

    Raises:
        InputError: it does not hold the tensor's weights.
        SourceError: it cannot be read.
    """
    source = FileSource(path)
    try:
        arrays = _arrays(source, how.dtype, tensor)
        names = [array.name for array in arrays]
        array = chosen(arrays, names, how.tensor, tensor.name, source.name)
        shaping = _shaping(array, tensor, how.reshape)
        found = integers(array, container, tensor)
    except FormatError as error:
        raise InputError(error.sentence()) from None
    return _output(Path(path).name, found, tensor, shaping)


def is_raw(source: Source) -> bool:
    """Whether a dump may be nothing but bytes: by its name, or because it does not begin as its name says."""
    head = source.read(0, min(source.size, 9))
    begins = head.startswith((npy.MAGIC, *npz.MAGICS)) or head[8:] == b"{"
    return Path(source.name).suffix.lower() not in STATED or not begins


def names_of_size(path: str, dtype: str, tensor: Tensor) -> list[str]:
    """The names of the arrays in a dump that have as many values as a tensor has weights.

    Raises:
        FormatError, InputError, SourceError: it cannot be read.
    """
    arrays = _arrays(FileSource(path), dtype, tensor)
    return [array.name for array in arrays if math.prod(array.shape) == tensor.weights]


def _output(title: str, found: Values, tensor: Tensor, shaping: str) -> Output:
    weights = found.weights.reshape(tensor.rows, tensor.cols)
    notices = tuple(filter(None, (shaping, *found.notices)))
    return Output(title, SideKind.DUMP, weights, notices=notices)


def _arrays(source: Source, dtype: str, tensor: Tensor) -> Sequence[InputArray]:
    """The arrays of a dump: those that it states, or the one that its bytes are."""
    if not dtype or not is_raw(source):
        try:
            return arrays_of(source)
        except FormatError:
            # Nine raw weights may look like the beginning of a .safetensors file, but hardly like all of its header.
            if Path(source.name).suffix.lower() in STATED:
                raise
    return [raw_array(source, dtype, tensor)]


def _shaping(array: InputArray, tensor: Tensor, reshape: bool) -> str:
    """What is to be told of an array whose shape is not quite the tensor's; "" where it is.

    Raises:
        InputError: it does not fit.
    """
    shape = array.shape
    expected = (tensor.rows, tensor.cols)
    original = None if tensor.origin is None else tensor.origin.shape
    subject = f"{array.name} in {array.file}"
    if math.prod(shape) != tensor.weights:
        raise InputError(
            f"{subject} has {_worded(shape)} value{'s' * bool(shape)}, where {tensor.name} has {_worded(expected)}"
            f"{count_hint(math.prod(shape), tensor)}"
        )
    if shape in (expected, original):
        return ""
    if len(shape) == 1 or tuple(n for n in shape if n != 1) == tuple(n for n in expected if n != 1):
        return f"{subject} has the shape {_worded(shape)}, and is read row by row as {_worded(expected)}"
    if not reshape:
        turned = "; rows and columns may have changed places" * (shape == expected[::-1])
        raise InputError(
            f"{subject} has the shape {_worded(shape)}, where {tensor.name} has {_worded(expected)}: these are as many "
            f"weights{turned}, so it fits if it is reshaped, row by row"
        )
    return f"{subject} has the shape {_worded(shape)}, and is reshaped to {_worded(expected)}, row by row"


def _worded(shape: tuple[int, ...]) -> str:
    return "×".join(f"{n:,}" for n in shape) or "1"
