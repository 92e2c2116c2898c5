"""Where the weights come from that are encoded anew: an opened tensor, a file of arrays, or made up here.

Whatever they are from, what belongs to them (scales, the type and the shape that they had) goes with them, so that
a file made of them says no less than the one before.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import Tick, no_tick
from codec.errors import DecodeError, InputError
from codec.inputs import open_input
from codec.inputs.arrays import InputArray
from codec.inputs.layers import layer_of, layer_refusal
from codec.known_data import known, normal
from codec.native_layer import NO_SCALES, Layer, Weights
from codec.quantisation import Granularity, Quantised, scales_npz
from codec.scales import read_scales

GENERATED = "generated:"
"""Begins the name of weights that are made here: `generated:KIND:ROWSxCOLS[:SEED]`."""

KINDS = ("zeros", "ramp", "uniform", "normal", "smooth", "real")
"""Kinds of weights that can be made; `normal` is `normal-10` and any σ may follow it, `real` is a bundled layer."""

MOST_GENERATED = 1 << 26
"""Weights that are made at most."""

REAL = "minilm_query_pertensor_384x384_t128.npy"
"""The bundled layer: the query weights of all-MiniLM-L6-v2, layer 0, one scale a tensor."""

USUAL_SIDE = 1024
"""Rows and columns of generated weights unless told otherwise."""


@dataclass(frozen=True, eq=False)
class SourceWeights:
    """Weights to encode, and what is known of them.

    Attributes:
        name: of the tensor.
        says: where they are from, for a person.
        matrix: int8[rows, cols], C-contiguous.
        scales: float32[0], [1] or [rows].
        quantisation: which weights share a scale: `none`, `tensor` or `row`.
        dtype: what they were before.
        shape: what it was before; its last axis is the columns.
    """

    name: str
    says: str
    matrix: NDArray[np.int8]
    scales: NDArray[np.float32] = field(default_factory=lambda: NO_SCALES)
    quantisation: str = "none"
    dtype: str = "int8"
    shape: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of the matrix."""
        return int(self.matrix.shape[0])

    @property
    def cols(self) -> int:
        """Columns of the matrix."""
        return int(self.matrix.shape[1])

    @property
    def layer(self) -> Layer:
        """They as a layer of a native file.

        Raises:
            InputError: a native file has no room for such a layer.
        """
        shape = self.shape or self.matrix.shape
        weights = Weights(self.matrix, self.scales)
        return Layer(self.name, shape, self.dtype, self.quantisation, lambda: weights)

    def scales_file(self) -> bytes | None:
        """The scales as a .npz file to stand beside a file of a legacy layout; None without scales."""
        if not len(self.scales):
            return None
        granularity = Granularity(self.quantisation)
        quantised = Quantised(self.matrix, self.scales.reshape(-1, 1), granularity)
        return scales_npz(quantised, self.name, self.dtype)


def of_tensor(container: Container, tensor: Tensor, tick: Tick = no_tick) -> SourceWeights:
    """The weights of a tensor of a compressed file, decoded.

    Raises:
        DecodeError: a tile of it cannot be decoded, so they are not known.
        SourceError: the file cannot be read.
        Cancelled: `tick` says so.
    """
    decoded = choose(None).decode(container, tensor, tick)
    if failed := len(decoded.failed):
        raise DecodeError(
            f"{failed:,} of {len(tensor.tiles):,} tiles of {tensor.name} do not decode, so its weights "
            "are not known and cannot be encoded again"
        )
    says = f"{tensor.name} of {container.source.name}"
    origin = tensor.origin
    if origin is None:
        return SourceWeights(tensor.name, says, decoded.weights)
    scales = NO_SCALES
    if origin.quantisation != "none":
        scales = read_scales(container, tensor).reshape(-1).astype(np.float32)
    return SourceWeights(
        tensor.name, says, decoded.weights, scales, origin.quantisation, origin.dtype, origin.shape
    )


def of_file(
    path: str | os.PathLike[str], name: str | None = None, granularity: str = Granularity.TENSOR
) -> SourceWeights:
    """An array of a .npy, .npz or .safetensors file; floats are quantised as `ranscope encode` does it.

    Of an array of more axes than two the last is the columns, and all others are the rows.

    Args:
        path: of the file.
        name: which of its arrays; None where it has one that can be encoded.
        granularity: which weights share a scale: `tensor` or `row`.

    Raises:
        SourceError, FormatError: it cannot be read.
        InputError: there is no such array, or it cannot be encoded.
    """
    array = _chosen(open_input(path), name, str(path))
    layer = layer_of(array, Granularity(granularity))
    matrix, scales = layer.weights()
    says = f"{array.name} of {array.file}"
    return SourceWeights(
        array.name, says, matrix, scales, layer.quantisation, layer.source_dtype, layer.source_shape
    )


def encodable(path: str | os.PathLike[str]) -> dict[str, tuple[int, int]]:
    """The arrays of a file that `of_file` takes: rows and columns of each, by its name.

    Raises:
        SourceError, FormatError: it cannot be read.
    """
    able = [array for array in open_input(path) if not layer_refusal(array)]
    return {array.name: (math.prod(array.shape[:-1]), array.shape[-1]) for array in able}


def _chosen(arrays: Sequence[InputArray], name: str | None, file: str) -> InputArray:
    if not arrays:
        raise InputError(f"{file} holds no array")
    able = [array for array in arrays if not layer_refusal(array)]
    wanted = able if name is None else [array for array in arrays if array.name == name]
    if len(wanted) == 1:
        return wanted[0]
    names = ", ".join(array.name for array in (able or arrays)[:8])
    if name is not None:
        raise InputError(f"{file} holds no tensor called {name!r}; it holds {names}")
    if not able:
        raise InputError(layer_refusal(arrays[0]))
    raise InputError(f"{file} holds {len(able):,} tensors, {names}: name one of them")


def generated(
    kind: str, rows: int, cols: int, seed: int = 0, most: int = MOST_GENERATED
) -> SourceWeights:
    """Weights made here: always the same ones for the same arguments.

    Args:
        kind: one of `KINDS`, or `normal-SIGMA`.
        rows, cols: shape of the matrix; the real layer has its own, whatever is asked for.
        seed: of what is random.
        most: weights that are made at most.

    Raises:
        InputError: there is no such kind, or the shape cannot be.
    """
    if kind == "real":
        return _real()
    require_kind(kind)
    if refusal := shape_refusal(rows, cols, most):
        raise InputError(refusal)
    if _is_normal(kind):
        matrix = normal(_sigma(kind))(rows, cols, np.random.default_rng(seed))
    else:
        matrix = known(kind).matrix(rows, cols, seed)
    return SourceWeights(kind, f"generated: {kind}, {rows:,} × {cols:,}, seed {seed:,}", matrix)


def require_kind(kind: str) -> None:
    """Raises InputError where no generated weights are called so."""
    if _is_normal(kind):
        _sigma(kind)
    elif kind not in KINDS:
        raise InputError(f"no weights are called {kind!r}; there are {', '.join(KINDS)}")


def _is_normal(kind: str) -> bool:
    return kind == "normal" or kind.startswith("normal-")


def shape_refusal(rows: int, cols: int, most: int = MOST_GENERATED) -> str:
    """Why no weights of this shape can be made, as one sentence; "" where they can."""
    if min(rows, cols) >= 1 and rows * cols <= most:
        return ""
    return (
        f"{rows:,} × {cols:,} weights cannot be made: a side has 1 or more, and there may be "
        f"{most:,} in all"
    )


def _sigma(kind: str) -> float:
    text = kind.partition("-")[2] or "10"
    try:
        sigma = float(text)
    except ValueError:
        sigma = -1.0
    if not 0 <= sigma <= 1e6:
        raise InputError(f"{text!r} is no standard deviation: write normal-10, or normal-2.5")
    return sigma


def _real() -> SourceWeights:
    data = (files("assets") / "samples" / REAL).read_bytes()
    matrix = np.load(io.BytesIO(data), allow_pickle=False)
    return SourceWeights("real", "bundled layer of all-MiniLM-L6-v2", np.ascontiguousarray(matrix))


class Generated(NamedTuple):
    """What a name such as `generated:normal-10:1024x1024:7` asks for."""

    kind: str
    rows: int
    cols: int
    seed: int


def named(text: str, most: int = MOST_GENERATED) -> SourceWeights:
    """The weights of a name such as `generated:normal-10:1024x1024:7`; shape and seed may be left out.

    Raises:
        InputError: it is no such name, or `generated` takes it not.
    """
    return generated(*parts_of(text), most)


def parts_of(text: str) -> Generated:
    """What a name of generated weights asks for; nothing is made.

    Raises:
        InputError: it is no such name.
    """
    parts = text.removeprefix(GENERATED).split(":")
    if not text.startswith(GENERATED) or not parts[0] or len(parts) > 3:
        raise InputError(
            f"{text!r} is no generated input: write {GENERATED}KIND, {GENERATED}KIND:ROWSxCOLS or "
            f"{GENERATED}KIND:ROWSxCOLS:SEED"
        )
    if parts[0] == "real" and len(parts) > 1:
        raise InputError(f"{GENERATED}real has a shape of its own: write {GENERATED}real")
    rows, cols = _shape(parts[1]) if len(parts) > 1 else (USUAL_SIDE, USUAL_SIDE)
    seed = parts[2] if len(parts) > 2 else "0"
    if not seed.isdecimal():
        raise InputError(f"{seed!r} is no seed: a seed is a whole number from 0 on")
    return Generated(parts[0], rows, cols, int(seed))


def _shape(text: str) -> tuple[int, int]:
    rows, _, cols = text.replace("×", "x").partition("x")
    if not (rows.isdecimal() and cols.isdecimal() and len(rows) + len(cols) < 24):
        raise InputError(f"{text!r} is no shape: write ROWSxCOLS, as in 1024x4096")
    return int(rows), int(cols)
