"""What a recipe cost, as figures: one row of a sweep. `measures` finds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codec.rerun.recipe import Recipe


class Outcome(StrEnum):
    """What became of a recipe."""

    EXACT = "exact"
    """Every weight came back, and no reader complains."""
    WRONG = "wrong"
    """The file was encoded, and does not give the weights back."""
    FAILED = "failed"
    """Nothing could be encoded."""
    REFUSED = "refused"
    """The settings contradict each other: nothing was tried."""


@dataclass(frozen=True)
class Measured:
    """What a recipe cost.

    Attributes:
        recipe: the settings.
        outcome: what became of it.
        says: why it is not exact, as one sentence; "" where it is.
        remark: what is odd about the file all the same, as one sentence; "" where nothing is.
        rows, cols: shape of the matrix.
        file_size: bytes of the file; 0 where there is none, and all below is 0 or nothing too.
        table_bytes, index_bytes: of the frequency table, and of what stands in front for each tile.
        stream_bytes: of all streams, frames included.
        frame_bytes: of the streams beside their words: symbol count and state, or the states of all lanes.
        other_bytes: of header, names, scales and what aligns the parts.
        padding_symbols: zeros that are coded to fill up edge tiles.
        tiles: tiles of the matrix.
        codings: tiles that are rans, raw and constant, by the number of the coding.
        predictors: rANS-coded tiles by the predictor that they took.
        weight_entropy: of the weights, bits each.
        symbol_entropy: of the symbols that were coded by rANS, bits each; None where none was.
        table_cost: bits per weight that the table costs above that entropy (Kullback and Leibler 1951); None where
            nothing was coded, or the table has a fault.
        coder_cost: bits per weight that rANS streams take above what their symbols cost by the table: the states and
            counts that frame them, as far as they hold nothing, and rounding; None where `table_cost` is.
        frequency_sum: what the frequencies sum to.
        wrong: weights that did not come back; None where nothing could be decoded.
        encode_seconds, decode_seconds: by the clock, the least of some runs; None where it failed.
    """

    recipe: Recipe
    outcome: Outcome
    says: str = ""
    remark: str = ""
    rows: int = 0
    cols: int = 0
    file_size: int = 0
    table_bytes: int = 0
    index_bytes: int = 0
    stream_bytes: int = 0
    frame_bytes: int = 0
    other_bytes: int = 0
    padding_symbols: int = 0
    tiles: int = 0
    codings: tuple[int, ...] = (0, 0, 0)
    predictors: tuple[tuple[str, int], ...] = ()
    weight_entropy: float = 0.0
    symbol_entropy: float | None = None
    table_cost: float | None = None
    coder_cost: float | None = None
    frequency_sum: int = 0
    wrong: int | None = None
    encode_seconds: float | None = None
    decode_seconds: float | None = None

    @property
    def weights(self) -> int:
        """Weights in the matrix."""
        return self.rows * self.cols

    @property
    def ratio(self) -> float | None:
        """How many times smaller than the int8 weights the file is; None without a file."""
        return self.weights / self.file_size if self.file_size else None

    @property
    def ratio_fp16(self) -> float | None:
        """The same against FP16 weights."""
        return 2 * self.weights / self.file_size if self.file_size else None

    def per_weight(self, size: int) -> float | None:
        """Bits per weight that so many bytes are; None without a file."""
        return 8 * size / self.weights if self.file_size else None
