"""The weights of a plan: made, read from a file of arrays, or decoded from a compressed one; and what they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xxhash
from numpy.typing import NDArray

from codec.bench.memory import memory_bytes
from codec.bench.packaged import path_of
from codec.bench.plan import Data
from codec.bench.result import DataFacts
from codec.bench.scenario.layers import joined, layers_of
from codec.container import Container, Tensor
from codec.decoders.base import Tick, no_tick
from codec.errors import InputError
from codec.formats import is_compressed, parse
from codec.frequency import entropy, histogram
from codec.rerun.sources import (
    GENERATED,
    MOST_GENERATED,
    SourceWeights,
    named,
    of_file,
    of_tensor,
)
from codec.source import FileSource, Source

DIGEST_PIECE = 1 << 24
"""Bytes of a file that are read at a time."""

Matrix = NDArray[np.int8]


def load(data: Data, tick: Tick = no_tick) -> tuple[Matrix, DataFacts]:
    """The weights of one data of a plan, int8[rows, cols] and C-contiguous, and what is known of them.

    Raises:
        InputError, SourceError, FormatError, DecodeError: they cannot be had.
        Cancelled: `tick` says so.
    """
    if data.layers is not None:
        return _model(data, data.layers, tick)
    weights, file_digest = _weights(data, tick)
    matrix = np.ascontiguousarray(weights.matrix)
    if not matrix.size:
        raise InputError(f"{data.source} holds no weights")
    matrix.flags.writeable = False
    return matrix, facts(data.name, matrix, file_digest)


def facts(name: str, matrix: Matrix, file_digest: str = "") -> DataFacts:
    """What is known of a matrix, by its name in the plan."""
    bits = entropy(histogram(matrix.view(np.uint8)))
    rows, cols = matrix.shape
    return DataFacts(name, rows, cols, digest(matrix), float(bits), file_digest)


def digest(weights: Matrix) -> str:
    """xxh3-64 of weights in row-major order, in 16 hex digits."""
    return xxhash.xxh3_64_hexdigest(np.ascontiguousarray(weights).reshape(-1).view(np.uint8).data)


def _model(data: Data, pattern: str, tick: Tick) -> tuple[Matrix, DataFacts]:
    """The weights of all layers of a model as one row, and what they are."""
    source = FileSource(path_of(data.source))
    layers = layers_of(source, pattern, tick)
    matrix = joined(layers)
    matrix.flags.writeable = False
    found = facts(data.name, matrix, _file_digest(source))
    return matrix, replace(found, layers=tuple(layer for layer, _ in layers))


def _weights(data: Data, tick: Tick) -> tuple[SourceWeights, str]:
    if data.source.startswith(GENERATED):
        # Unlike in the window, what is asked for is up to the plan: so much as fits, whose check is the plan's.
        return named(data.source, max(MOST_GENERATED, memory_bytes() or 0)), ""
    path = path_of(data.source)
    source = FileSource(path)
    if not is_compressed(source):
        return of_file(path, data.tensor), _file_digest(source)
    container = parse(source)
    return of_tensor(container, _chosen(container, data), tick), _file_digest(source)


def _chosen(container: Container, data: Data) -> Tensor:
    names = [tensor.name for tensor in container.tensors]
    if data.tensor is None and len(names) == 1:
        return container.tensors[0]
    if data.tensor in names:
        return container.tensors[names.index(data.tensor)]
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    if data.tensor is None:
        raise InputError(f"{data.source} holds {len(names):,} tensors, {shown}: name one of them")
    raise InputError(f"{data.source} holds no tensor called {data.tensor!r}; it holds {shown}")


def _file_digest(source: Source) -> str:
    found = xxhash.xxh3_64()
    for begin in range(0, source.size, DIGEST_PIECE):
        found.update(source.read(begin, min(DIGEST_PIECE, source.size - begin)))
    return found.hexdigest()
