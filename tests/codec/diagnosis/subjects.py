"""The files that are decoded wrongly: three layouts, several kinds of data, several shapes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from codec.container import Container, Tensor
from codec.encoder import EncodeSettings, encode
from codec.formats import batched
from tests.codec.files import DATA, Weights, noise, parsed, wcdc_file
from tests.codec.native_files import native_bytes, smooth

SAMPLE = DATA.parent.parent / "assets" / "samples" / "minilm_query_pertensor_384x384_t128.batched"

EVERYTHING = os.environ.get("RANSCOPE_FAULTS") == "all"
"""Whether each mistake is tried on every file that it can be made with, which takes many minutes."""
FILES = 3
"""Files that it is tried on else."""
QUERY = SAMPLE.with_suffix(".npy")


@dataclass(frozen=True)
class Subject:
    """One file of the tests.

    Attributes:
        name: in the ids of tests.
        make: gives its bytes.
        weights: gives what its first tensor holds.
    """

    name: str
    weights: Callable[[], Weights]
    make: Callable[[Weights], bytes]

    @cached_property
    def matrix(self) -> Weights:
        return self.weights()

    @cached_property
    def data(self) -> bytes:
        return self.make(self.matrix)

    @cached_property
    def container(self) -> Container:
        return parsed(self.data, self.name)

    @property
    def tensor(self) -> Tensor:
        return self.container.tensors[0]

    @property
    def layout(self) -> str:
        return self.name.partition("-")[0]


def uniform(rows: int, cols: int) -> Weights:
    return np.random.default_rng(5).integers(-128, 127, (rows, cols), dtype=np.int8)


@cache
def _loaded(path: Path) -> Weights:
    weights: Weights = np.load(path)
    return weights


def real(rows: int, cols: int, path: Path = QUERY) -> Weights:
    """A part of a matrix of a language model."""
    return np.ascontiguousarray(_loaded(path)[:rows, :cols])


def batched_bytes(tile: int) -> Callable[[Weights], bytes]:
    settings = EncodeSettings(format=batched.NAME, tile=tile)
    return lambda weights: b"".join(encode(weights, settings).pieces())


def wcdc_bytes(tile: int, predictors: Callable[[int], int]) -> Callable[[Weights], bytes]:
    def make(weights: Weights) -> bytes:
        rows, cols = weights.shape
        count = -(-rows // tile) * -(-cols // tile)
        return wcdc_file(weights, tile, [predictors(i) for i in range(count)])

    return make


def native(tile_rows: int, tile_cols: int, **settings: Any) -> Callable[[Weights], bytes]:
    """A file of two tensors, so that one can be decoded with the other's table."""

    def make(weights: Weights) -> bytes:
        layers = {"layer": weights, "other": noise(40, 40, 8, sigma=25)}
        return native_bytes(layers, "cpu", tile_rows=tile_rows, tile_cols=tile_cols, **settings)

    return make


def alternately(tile: int) -> int:
    """The number of LEFT, or of TOP."""
    return tile % 2


SUBJECTS: tuple[Subject, ...] = (
    Subject("batched-narrow-square", lambda: noise(96, 96), batched_bytes(32)),
    Subject("batched-narrow-tall", lambda: noise(112, 72, 2), batched_bytes(16)),
    Subject("batched-medium-tall-edges", lambda: noise(150, 70, 3, sigma=40), batched_bytes(32)),
    Subject("batched-uniform-wide-edges", lambda: uniform(70, 150), batched_bytes(32)),
    Subject("batched-real-wide", lambda: real(128, 192), batched_bytes(64)),
    Subject("batched-one-tile", lambda: noise(40, 24, 4), batched_bytes(48)),
    Subject("wcdc-narrow-edges", lambda: noise(100, 84, 5), wcdc_bytes(32, alternately)),
    Subject("wcdc-uniform-square", lambda: uniform(64, 64), wcdc_bytes(32, alternately)),
    Subject("wcdc-real-left", lambda: real(96, 144), wcdc_bytes(48, lambda tile: 0)),
    Subject(
        "wcdc-real-one-tile",
        lambda: real(80, 80, DATA / "legacy" / "minilm_key_pertensor_256x256_t256.npy"),
        wcdc_bytes(80, lambda tile: 1),
    ),
    Subject(
        "native-single-narrow-left",
        lambda: noise(96, 80, 6),
        native(32, 32, lanes=1, run=1, predictor="left"),
    ),
    Subject(
        "native-single-medium-none-edges",
        lambda: noise(100, 70, 7, sigma=30),
        native(32, 24, lanes=1, run=1, predictor="none", word_bits=8, lower_bound_bits=23),
    ),
    Subject(
        "native-lanes-real-left",
        lambda: real(96, 160),
        native(48, 64, lanes=8, run=4, predictor="left"),
    ),
    Subject(
        "native-lanes-smooth-top-edges",
        lambda: smooth(110, 90, axis=0),
        native(32, 32, lanes=4, run=8, predictor="top"),
    ),
    Subject(
        "native-rows-narrow-left",
        lambda: noise(24, 200, 9),
        native(1, 200, lanes=1, run=1, predictor="left"),
    ),
)


def some(subjects: Sequence[Subject], turn: int) -> list[Subject]:
    """Three of the files, of different layouts if there are, other ones at each turn."""
    count = len(subjects)
    chosen = {(turn + part * count // FILES) % count for part in range(FILES)}
    return [subjects[number] for number in sorted(chosen)]
