"""Data whose behaviour is known beforehand, to test codecs with: each kind has broken one somewhere.

Everything is seeded, so that a failure can be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int8]


@dataclass(frozen=True)
class KnownData:
    """A kind of data.

    Attributes:
        name: what tests and reports call it.
        meaning: what it is good for, in one sentence.
        make: makes a matrix of it from (rows, cols) and a source of randomness.
    """

    name: str
    meaning: str
    make: Callable[[int, int, np.random.Generator], Matrix]

    def matrix(self, rows: int, cols: int, seed: int = 0) -> Matrix:
        """int8[rows, cols] of it."""
        return self.make(rows, cols, np.random.default_rng(seed))


def _constant(value: int) -> Callable[[int, int, np.random.Generator], Matrix]:
    return lambda rows, cols, _: np.full((rows, cols), value, dtype=np.int8)


def _ramp(rows: int, cols: int, _: np.random.Generator) -> Matrix:
    flat = np.arange(rows * cols, dtype=np.int64) % 256 - 128
    return flat.astype(np.int8).reshape(rows, cols)


def _uniform(rows: int, cols: int, random: np.random.Generator) -> Matrix:
    return random.integers(-128, 128, (rows, cols), dtype=np.int8)


def normal(sigma: float) -> Callable[[int, int, np.random.Generator], Matrix]:
    """What makes a matrix of rounded normal weights of a standard deviation, clipped to -127…127."""

    def make(rows: int, cols: int, random: np.random.Generator) -> Matrix:
        weights = np.rint(random.normal(0, sigma, (rows, cols)))
        return np.clip(weights, -127, 127).astype(np.int8)

    return make


def _two_symbols(rows: int, cols: int, random: np.random.Generator) -> Matrix:
    rare = random.random((rows, cols)) < 0.001
    return np.where(rare, 127, -128).astype(np.int8)


def _alternating(rows: int, cols: int, _: np.random.Generator) -> Matrix:
    flat = np.arange(rows * cols, dtype=np.int64) % 2 * 255 - 128
    return flat.astype(np.int8).reshape(rows, cols)


def _smooth(rows: int, cols: int, random: np.random.Generator) -> Matrix:
    steps = random.integers(-2, 3, (rows, cols), dtype=np.int64)
    return np.clip(np.cumsum(steps, axis=1), -128, 127).astype(np.int8)


KNOWN: tuple[KnownData, ...] = (
    KnownData("zeros", "All 0: one symbol owns the whole table.", _constant(0)),
    KnownData("one symbol", "All -128: the first symbol differs from all others.", _constant(-128)),
    KnownData(
        "two symbols", "-128, and once in a thousand 127: the least frequency.", _two_symbols
    ),
    KnownData("alternating", "-128 and 127 in turn: differences wrap modulo 256.", _alternating),
    KnownData("ramp", "(i mod 256) - 128: LEFT leaves nothing of it.", _ramp),
    KnownData("smooth", "A random walk along each row: LEFT really predicts it.", _smooth),
    KnownData("uniform", "Every byte as likely: it cannot be compressed.", _uniform),
    KnownData("normal σ 1", "Rounded normal, σ 1: few symbols.", normal(1)),
    KnownData("normal σ 10", "Rounded normal, σ 10: like weights.", normal(10)),
    KnownData(
        "normal σ 60", "Rounded normal, σ 60, clipped: the alphabet's ends in use.", normal(60)
    ),
)
"""The kinds, the simplest first."""


def known(name: str) -> KnownData:
    """The kind called `name`.

    Raises:
        KeyError: there is none of that name.
    """
    return {kind.name: kind for kind in KNOWN}[name]


@dataclass(frozen=True, eq=False)
class Case:
    """A matrix to encode and the tile size to do it with.

    Attributes:
        name: the kind of data that it is made of.
        matrix: int8[rows, cols].
        tile: T.
    """

    name: str
    matrix: Matrix
    tile: int


USUAL_SHAPE = (128, 192, 64)
"""Rows, columns and tile size at which every kind is tried: several whole tiles."""

ODD_SHAPES = (
    (1, 1, 16),
    (1, 1000, 64),
    (1000, 1, 64),
    (2, 3, 1),
    (17, 31, 256),
    (127, 251, 32),
    (251, 127, 13),
    (64, 65, 64),
)
"""Rows, columns and tile size: single weights, rows and columns, primes, tiles that the edge cuts."""


def cases(seed: int = 0) -> Iterator[Case]:
    """Every kind at the usual shape, then normal data at every odd shape."""
    rows, cols, tile = USUAL_SHAPE
    for kind in KNOWN:
        yield Case(kind.name, kind.matrix(rows, cols, seed), tile)
    for rows, cols, tile in ODD_SHAPES:
        yield Case("normal σ 10", known("normal σ 10").matrix(rows, cols, seed), tile)
