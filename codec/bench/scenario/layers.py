"""The layers of a model: the matrices of a file whose names fit a pattern, quantised with a scale each."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from codec.bench.result import LayerFacts
from codec.decoders.base import Tick, no_tick
from codec.errors import InputError
from codec.formats import is_compressed, parse
from codec.inputs import arrays_of
from codec.inputs.layers import layer_of, layer_refusal
from codec.quantisation import Granularity
from codec.rerun.sources import of_tensor
from codec.source import Source

MOST_LAYERS = 10_000
"""Of a model: more are no layers."""

Matrix = NDArray[np.int8]
Layers = list[tuple[LayerFacts, Matrix]]


def layers_of(source: Source, pattern: str, tick: Tick = no_tick) -> Layers:
    """The layers of a file, in its order, as int8.

    Args:
        source: a file of arrays, or a compressed one, which is decoded.
        pattern: that the names of the layers fit, as `*` or `encoder.*.weight`.
        tick: told (layers done, of how many).

    Raises:
        InputError: none fits, or one cannot be quantised.
        SourceError, FormatError, DecodeError: the file cannot be read, or not be decoded.
        Cancelled: `tick` says so.
    """
    if is_compressed(source):
        return _decoded(source, pattern, tick)
    wanted = [
        array
        for array in arrays_of(source)
        if array.is_matrix and not layer_refusal(array) and fnmatchcase(array.name, pattern)
    ]
    _require_some(source, pattern, wanted)
    found: Layers = []
    for number, array in enumerate(wanted):
        tick(number, len(wanted))
        matrix = layer_of(array, Granularity.TENSOR).weights().matrix
        found.append((LayerFacts(array.name, *matrix.shape), np.ascontiguousarray(matrix)))
    return found


def _decoded(source: Source, pattern: str, tick: Tick) -> Layers:
    container = parse(source)
    wanted = [tensor for tensor in container.tensors if fnmatchcase(tensor.name, pattern)]
    _require_some(source, pattern, wanted)
    found: Layers = []
    for number, tensor in enumerate(wanted):
        tick(number, len(wanted))
        facts = LayerFacts(tensor.name, tensor.rows, tensor.cols)
        found.append((facts, of_tensor(container, tensor).matrix))
    return found


def _require_some(source: Source, pattern: str, wanted: Sequence[object]) -> None:
    name = PurePath(source.name).name
    if not wanted:
        raise InputError(f"{name} holds no matrix whose name fits {pattern!r}")
    if len(wanted) > MOST_LAYERS:
        raise InputError(f"{name} holds {len(wanted):,} matrices that fit {pattern!r}: too many")


def joined(layers: Layers) -> Matrix:
    """int8[1, n]: the weights of all layers, one behind the other."""
    return np.concatenate([matrix.reshape(-1) for _, matrix in layers]).reshape(1, -1)


def parted(weights: Matrix, layers: Sequence[LayerFacts]) -> list[Matrix]:
    """The layers of which `joined` has made one row, each int8[rows, cols]; they share its memory."""
    flat, found, begin = weights.reshape(-1), [], 0
    for layer in layers:
        size = layer.rows * layer.cols
        found.append(flat[begin : begin + size].reshape(layer.rows, layer.cols))
        begin += size
    return found
