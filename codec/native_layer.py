"""What goes into a native file: the layers, and how they are to be coded.

A layer is described before its weights are read, since a file's first bytes tell where all of its parts lie; so a model
that is larger than the memory can be written layer after layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, Predictor
from codec.errors import InputError
from codec.formats.native import (
    LANES,
    LONGEST_NAME,
    LONGEST_SIDE,
    MAX_DIMENSIONS,
    QUANTISATIONS,
    RUN,
    SCALE_BITS,
    SOURCE_DTYPES,
    TILE_SIDE,
    WORD_BITS,
    lower_bounds,
)
from codec.interleaving import Interleaving
from codec.rans import Coder
from codec.table_rule import USUAL, TableRule

AUTO = "auto"
UP = "up"

PREDICTOR_CHOICES: tuple[str, ...] = (*map(str, NATIVE_PREDICTORS), UP, AUTO)
"""Names that `NativeSettings.predictor` takes: `up` is another word for top, `auto` picks per tile."""


@dataclass(frozen=True)
class NativeSettings:
    """How to encode; every layer of a file alike.

    Attributes:
        tile_rows, tile_cols: shape of a whole tile.
        predictor: one of `PREDICTOR_CHOICES`.
        lanes: rANS states that share a stream.
        run: weights side by side that a lane codes.
        scale_bits: log2 of the slots of the table.
        word_bits: bits of a renormalisation word.
        lower_bound_bits: log2 of the least state between two symbols.
        table_rule: how each layer's table is made; the usual rule makes the one that costs least.

    Raises:
        InputError: a setting is outside its range, or two do not go together.
    """

    tile_rows: int = 256
    tile_cols: int = 256
    predictor: str = str(Predictor.NONE)
    lanes: int = 64
    run: int = 16
    scale_bits: int = 12
    word_bits: int = 16
    lower_bound_bits: int = 16
    table_rule: TableRule = USUAL

    def __post_init__(self) -> None:
        if self.predictor not in PREDICTOR_CHOICES:
            known = ", ".join(PREDICTOR_CHOICES)
            raise InputError(f"there is no predictor called {self.predictor!r}; there are {known}")
        if self.word_bits not in WORD_BITS:
            raise InputError(f"a word has 8 or 16 bits, not {self.word_bits}")
        _require("a tile's number of rows", self.tile_rows, TILE_SIDE)
        _require("a tile's number of columns", self.tile_cols, TILE_SIDE)
        _require("the number of lanes", self.lanes, LANES)
        _require("the run of a lane", self.run, RUN)
        _require("the number of scale bits", self.scale_bits, SCALE_BITS)
        bounds = lower_bounds(self.scale_bits, self.word_bits)
        _require("the number of lower-bound bits", self.lower_bound_bits, bounds)
        self.table_rule.require_slots(self.scale_bits)

    @property
    def coder(self) -> Coder:
        """The constants of the rANS coder."""
        return Coder(1 << self.lower_bound_bits, self.word_bits, self.scale_bits)

    @property
    def interleaving(self) -> Interleaving:
        """Which lane codes which symbol."""
        return Interleaving(self.lanes, self.run)

    @property
    def candidates(self) -> tuple[int, ...]:
        """Numbers of the predictors to choose from, in `NATIVE_PREDICTORS`."""
        if self.predictor == AUTO:
            return tuple(range(len(NATIVE_PREDICTORS)))
        name = Predictor.TOP if self.predictor == UP else Predictor(self.predictor)
        return (NATIVE_PREDICTORS.index(name),)


def _require(what: str, value: int, bounds: tuple[int, int]) -> None:
    least, most = bounds
    if not least <= value <= most:
        raise InputError(f"{what}, {value:,}, is not between {least:,} and {most:,}")


class Weights(NamedTuple):
    """A layer's weights, int8[rows, cols], and their scales, float32[any]: none, one, or one a row."""

    matrix: NDArray[np.int8]
    scales: NDArray[np.float32]


NO_SCALES: NDArray[np.float32] = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Layer:
    """One tensor to write.

    Attributes:
        name: what it is called in the file.
        source_shape: its shape; its matrix has the last axis as columns and all others as rows.
        source_dtype: what it was: one of `SOURCE_DTYPES`.
        quantisation: which weights share a scale: one of `QUANTISATIONS`.
        read: gives its weights, of just that shape; called once.

    Raises:
        InputError: a native file has no room for such a layer.
    """

    name: str
    source_shape: tuple[int, ...]
    source_dtype: str
    quantisation: str
    read: Callable[[], Weights]

    def __post_init__(self) -> None:
        size = len(self.name.encode("utf-8", "surrogatepass"))
        if not 0 < size <= LONGEST_NAME or not _encodes(self.name):
            raise InputError(
                f"a tensor's name is text of 1 to {LONGEST_NAME:,} bytes, which {self.name[:40]!r} is not"
            )
        if not 0 < len(self.source_shape) <= MAX_DIMENSIONS or 0 in self.source_shape:
            shape = "×".join(str(n) for n in self.source_shape) or "none"
            raise InputError(
                f"{self.name} has the shape {shape}, but a tensor has 1 to {MAX_DIMENSIONS} axes and weights"
            )
        if max(self.shape) > LONGEST_SIDE:
            raise InputError(f"{self.name} has more rows or columns than {LONGEST_SIDE:,}")
        if self.source_dtype not in SOURCE_DTYPES or self.quantisation not in QUANTISATIONS:
            raise InputError(
                f"{self.name} is {self.source_dtype}, quantised by {self.quantisation}: "
                "native files know no such thing"
            )

    @classmethod
    def of_matrix(cls, name: str, matrix: NDArray[np.int8]) -> Layer:
        """int8[rows, cols] as they are."""
        return cls(name, matrix.shape, "int8", "none", lambda: Weights(matrix, NO_SCALES))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix."""
        return math.prod(self.source_shape[:-1]), self.source_shape[-1]

    @property
    def scale_count(self) -> int:
        """Scales that it has."""
        return {"none": 0, "tensor": 1, "row": self.shape[0]}[self.quantisation]

    def weights(self) -> Weights:
        """Its weights, C-contiguous.

        Raises:
            InputError: they are not what was announced.
        """
        matrix, scales = self.read()
        if matrix.dtype != np.int8 or matrix.size != math.prod(self.source_shape):
            raise InputError(
                f"{self.name} holds {matrix.size:,} {matrix.dtype}, not its int8 weights"
            )
        if scales.shape != (self.scale_count,) or scales.dtype != np.float32:
            raise InputError(f"{self.name} takes {self.scale_count:,} scales, not {len(scales):,}")
        if not (np.isfinite(scales) & (scales > 0)).all():
            raise InputError(f"{self.name} has a scale that is not a number above 0")
        return Weights(np.ascontiguousarray(matrix).reshape(self.shape), scales)


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
