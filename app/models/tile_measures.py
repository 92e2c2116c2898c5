"""All that is known of the tiles of a tensor, as columns that a table sorts and a map colours.

What the index says is known at once, what lies in the streams only after the full check; both are
arrays, so that 65,536 tiles are sorted and coloured without a loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from codec.checks import TensorReport, bits_per_weight
from codec.container import Coding, Framing, Prediction, Tensor
from codec.decoders.streams import Status
from codec.problems import Problem, Severity

Column = NDArray[np.float64]

SOUND, WARNING, ERROR = 0, 1, 2
"""The worst problem of a tile, as `TILE_MEASURES` numbers it."""

_UNKNOWN = "–"

CODING_NAMES = {Coding.RANS: "rANS", Coding.RAW: "raw", Coding.CONSTANT: "constant"}
"""How a person reads a coding."""

_DECODED_TO_THE_END = (
    Status.OK,
    Status.FINAL_STATE,
    Status.BYTES_LEFT,
    Status.SYMBOL_COUNT,
    Status.NEIGHBOUR,
)
"""After any other end, the few symbols that came out would say nothing about the tile."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a measure is called, and what it means.

    Attributes:
        title: at the head of a column.
        unit: of its numbers; "" where they have none.
        meaning: one sentence.
        digits: decimal places.
        needs_check: whether it is known only after every stream has been decoded.
    """

    title: str
    unit: str
    meaning: str
    digits: int = 0
    needs_check: bool = False


class Measure(Enum):
    """One quantity per tile."""

    TILE = Description("Tile", "", "Number of the tile: its place in the index, from 0.")
    ROW = Description("Row", "", "Row of the tile in the tile grid.")
    COL = Description("Column", "", "Column of the tile in the tile grid.")
    OFFSET = Description("Offset", "bytes", "Where the tile's stream begins in the file.")
    SIZE = Description("Size", "bytes", "Bytes of the tile's stream, count and state included.")
    SYMBOLS = Description(
        "Symbols", "", "Symbols that the layout puts into the stream, padding included."
    )
    BITS = Description(
        "Bits/weight", "bits per weight", "The stream's bits over the weights it yields.", 3
    )
    CODING = Description(
        "Coding",
        "",
        "How the weights stand in the file: as a rANS stream, raw, or as one constant.",
    )
    PREDICTOR = Description(
        "Predictor", "", "Which neighbour predicts a weight; tiles not coded by rANS have none."
    )
    ENTROPY = Description(
        "Entropy",
        "bits per symbol",
        "Order-0 entropy of the tile's own symbols: the least that a table of its own could reach.",
        3,
        True,
    )
    TABLE_LOSS = Description(
        "Table loss",
        "bits per symbol",
        "What the tensor's table costs above that entropy; ∞ where a symbol cannot be coded at all.",
        3,
        True,
    )
    STATUS = Description("Status", "", "How decoding the stream ended.", 0, True)
    PROBLEMS = Description("Problems", "", "The tile's worst problem, and how many more there are.")

    @property
    def title(self) -> str:
        """At the head of its column."""
        return self.value.title

    @property
    def heading(self) -> str:
        """Its title with its unit, where that says more."""
        unit = self.value.unit
        if self is Measure.BITS:
            return unit.capitalize()
        return f"{self.title} ({unit})" if unit else self.title

    @property
    def needs_check(self) -> bool:
        """Whether it is known only after every stream has been decoded."""
        return self.value.needs_check

    def number(self, value: float) -> str:
        """A value as a person reads it."""
        if np.isnan(value):
            return _UNKNOWN
        if np.isinf(value):
            return "∞"
        return f"{value:,.{self.value.digits}f}"


class TileFacts:
    """The measures of all tiles of one tensor.

    Attributes:
        tensor: whose tiles they are.
        count: how many tiles there are.
        checked: whether every stream has been decoded.
        severity: uint8[count], SOUND, WARNING or ERROR: the worst that is known of each tile.
    """

    def __init__(
        self, tensor: Tensor, report: TensorReport | None, problems: Iterable[Problem]
    ) -> None:
        self.tensor = tensor
        self.count = len(tensor.tiles)
        self.checked = report is not None
        self._measured = None if report is None else report.tiles
        self._problems: dict[int, list[Problem]] = {}
        for problem in problems:
            tile = problem.tile
            if tile is not None and tile < self.count and problem.tensor == tensor.index:
                self._problems.setdefault(tile, []).append(problem)
        self.severity = self._severity()
        self._columns: dict[Measure, Column] = {}

    def _severity(self) -> NDArray[np.uint8]:
        if self._measured is not None:
            return self._measured["severity"].astype(np.uint8)
        severity = np.where(self.tensor.tiles["readable"], SOUND, ERROR).astype(np.uint8)
        for tile, problems in self._problems.items():
            severity[tile] = max(severity[tile], *(_level(problem) for problem in problems))
        return severity

    def column(self, measure: Measure) -> Column:
        """float64[count]: a measure of every tile, nan where it is not known; sorts as it should."""
        if measure not in self._columns:
            self._columns[measure] = self._make_column(measure)
        return self._columns[measure]

    def _make_column(self, measure: Measure) -> Column:
        tensor = self.tensor
        match measure:
            case Measure.TILE:
                return np.arange(self.count, dtype=np.float64)
            case Measure.ROW | Measure.COL | Measure.OFFSET | Measure.SIZE:
                return tensor.tiles[measure.name.lower()].astype(np.float64)
            case Measure.SYMBOLS:
                return self._symbols()
            case Measure.BITS:
                return bits_per_weight(tensor)
            case Measure.CODING:
                return tensor.tiles["coding"].astype(np.float64)
            case Measure.PREDICTOR:
                return np.where(self._coded, tensor.tiles["predictor"].astype(np.float64), np.nan)
            case Measure.PROBLEMS:
                more = np.zeros(self.count)
                for tile, problems in self._problems.items():
                    more[tile] = min(len(problems), 999) / 1000
                return self.severity + more
            case _:
                return self._measured_column(measure)

    def _symbols(self) -> Column:
        tensor = self.tensor
        whole = float(tensor.tile_rows) * tensor.tile_cols
        if tensor.padded:
            return np.full(self.count, whole)
        rows = tensor.rows - tensor.tiles["row"].astype(np.float64) * tensor.tile_rows
        cols = tensor.cols - tensor.tiles["col"].astype(np.float64) * tensor.tile_cols
        return np.clip(rows, 0, tensor.tile_rows) * np.clip(cols, 0, tensor.tile_cols)

    def _measured_column(self, measure: Measure) -> Column:
        if self._measured is None:
            return np.full(self.count, np.nan)
        values = self._measured[measure.name.lower()].astype(np.float64)
        if measure is Measure.STATUS:
            return values
        known = np.isin(self._measured["status"], _DECODED_TO_THE_END)
        if measure is Measure.TABLE_LOSS:
            known &= self._coded  # no table codes the weights of the others
        return np.where(known, values, np.nan)

    @property
    def _coded(self) -> NDArray[np.bool_]:
        """bool[count]: whether each tile is coded by rANS."""
        coded: NDArray[np.bool_] = self.tensor.tiles["coding"] == Coding.RANS
        return coded

    def tells(self, measure: Measure) -> bool:
        """Whether a measure can differ from tile to tile in the tensor's layout."""
        match measure:
            case Measure.CODING:
                return self.tensor.framing is Framing.LEADING_STATES
            case Measure.PREDICTOR:
                return self.tensor.prediction is not Prediction.FLAT_LEFT
            case _:
                return True

    @cached_property
    def troubled(self) -> NDArray[np.int64]:
        """int64[m]: the tiles with a problem."""
        return np.flatnonzero(self.severity)

    def text(self, measure: Measure, tile: int) -> str:
        """A measure of one tile as a person reads it."""
        if measure is Measure.STATUS:
            if self._measured is None:
                return "not decoded yet"
            return Status(int(self._measured["status"][tile])).word
        match measure:
            case Measure.PROBLEMS:
                return self._problem_text(tile)
            case Measure.CODING:
                return self._coding_text(tile)
            case Measure.PREDICTOR:
                return self._predictor_text(tile)
        return measure.number(float(self.column(measure)[tile]))

    def _coding_text(self, tile: int) -> str:
        coding = self.tensor.coding(tile)
        if coding is None:
            return f"{self.tensor.tiles['coding'][tile]}: unknown"
        value = f" {self.tensor.tiles['constant'][tile]}" if coding is Coding.CONSTANT else ""
        return CODING_NAMES[coding] + value

    def _predictor_text(self, tile: int) -> str:
        if not self._coded[tile]:
            return _UNKNOWN
        predictor = self.tensor.predictor(tile)
        if predictor is None:
            return f"{self.tensor.tiles['predictor'][tile]}: unknown"
        return predictor.name

    def _problem_text(self, tile: int) -> str:
        if self.severity[tile] == SOUND:
            return ""
        problems = sorted(self._problems.get(tile, []), key=_level, reverse=True)
        word = Severity.ERROR if self.severity[tile] == ERROR else Severity.WARNING
        if not problems:
            reason = "cannot be read" if self._measured is None else self.text(Measure.STATUS, tile)
            return f"{word}: {reason}"
        more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
        return f"{word}: {problems[0].title}{more}"

    def sentence(self, tile: int) -> str:
        """One tile in one line: its number, its place, and all measures with their units."""
        row, col = (self.text(measure, tile) for measure in (Measure.ROW, Measure.COL))
        parts = [
            f"Tile {tile:,}, row {row}, column {col} of the grid",
            f"{self.text(Measure.SIZE, tile)} bytes at {self.text(Measure.OFFSET, tile)}",
            f"{self.text(Measure.SYMBOLS, tile)} symbols",
            f"{self.text(Measure.BITS, tile)} bits per weight",
        ]
        if self.tells(Measure.CODING):
            parts.append(self.text(Measure.CODING, tile))
        if self.tells(Measure.PREDICTOR) and self._coded[tile]:
            parts.append(f"predictor {self.text(Measure.PREDICTOR, tile)}")
        if not np.isnan(self.column(Measure.ENTROPY)[tile]):
            parts.append(f"entropy {self.text(Measure.ENTROPY, tile)}")
        if not np.isnan(self.column(Measure.TABLE_LOSS)[tile]):
            parts.append(f"table loss {self.text(Measure.TABLE_LOSS, tile)} bits per symbol")
        parts.append(self._problem_text(tile) or self.text(Measure.STATUS, tile))
        return " · ".join(parts)


def _level(problem: Problem) -> int:
    return ERROR if problem.severity is Severity.ERROR else WARNING
