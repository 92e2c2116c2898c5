"""The columns of the table of a sweep: what each is called, what it means, and how its values are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codec.rerun.measured import Outcome

UNKNOWN = "–"

Figures = Mapping[str, Any]
"""A row, as `codec.rerun.figures.figures` gives it."""


@dataclass(frozen=True)
class SweepColumn:
    """One column.

    Attributes:
        key: of the figures.
        title: at its head.
        meaning: one sentence.
        digits: decimal places of its numbers; None for words.
        unit: of its numbers.
        setting: whether it is chosen, not measured.
    """

    key: str
    title: str
    meaning: str
    digits: int | None = 0
    unit: str = ""
    setting: bool = False

    @property
    def words(self) -> bool:
        """Whether its values are words."""
        return self.digits is None

    @property
    def heading(self) -> str:
        """Its title with the unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def text(self, row: Figures) -> str:
        """The value of a row as a person reads it."""
        if self.key == "tile":
            rows, cols = row["tile_rows"], row["tile_cols"]
            return UNKNOWN if rows is None else f"{rows:,}×{cols:,}"
        if self.key == "sample":
            return "all" if row["sample"] is None else f"{row['sample']:,}"
        if self.key == "says":
            return row["says"] or row["remark"] or ""
        value = row[self.key]
        if value is None:
            return UNKNOWN
        if self.words:
            return str(value)
        text = f"{value:,.{self.digits}f}"
        return f"({text})" if self.key in RATIOS and row["outcome"] != Outcome.EXACT else text

    def order(self, row: Figures) -> tuple[bool, Any]:
        """What a row is sorted by; whatever is not known comes last."""
        if self.key == "tile":
            rows, cols = row["tile_rows"], row["tile_cols"]
            return rows is None, (0, 0) if rows is None else (rows * cols, rows)
        value = row[self.key]
        if self.key == "says":
            value = value or row["remark"]
        if self.key == "sample" and value is None:
            value = float("inf")
        return value is None, "" if value is None and self.words else value or 0


PLAIN = ("layout", "tile", "predictor")
"""Settings that are told without their titles, and that layouts have in common."""

RATIOS = ("ratio", "ratio_fp16")
"""They stand in brackets where the weights do not come back: such a file has compressed nothing."""

COLUMNS: tuple[SweepColumn, ...] = (
    SweepColumn("layout", "Layout", "The layout of the file.", None, setting=True),
    SweepColumn("tile", "Tile", "Rows and columns of a whole tile.", setting=True),
    SweepColumn(
        "predictor", "Predictor", "Which neighbour predicts a weight; auto: the cheapest, tile by tile.",
        None, setting=True,
    ),
    SweepColumn("scale_bits", "Table bits", "log2 of the slots of the frequency table.", setting=True),
    SweepColumn("word_bits", "Word bits", "Bits that renormalisation moves at a time.", setting=True),
    SweepColumn("lanes", "Lanes", "rANS states that share a stream.", setting=True),
    SweepColumn("run", "Run", "Weights side by side that a lane codes.", setting=True),
    SweepColumn(
        "sample", "Sample", "Symbols from the start that the table is made from.", setting=True
    ),
    SweepColumn(
        "normalisation", "Table by", "How counts become frequencies: ours, or the original's way.",
        None, setting=True,
    ),
    SweepColumn("outcome", "Outcome", "Whether the weights came back from the file.", None),
    SweepColumn(
        "ratio", "Ratio",
        "Bytes of the int8 weights over bytes of the file; in brackets where they do not come back.", 4,
    ),
    SweepColumn("file_size", "File", "Bytes of the whole file.", unit="bytes"),
    SweepColumn("bits_per_weight", "Bits/weight", "Bits of the whole file over weights.", 4),
    SweepColumn(
        "symbol_entropy", "Entropy",
        "Order-0 entropy of the symbols that rANS codes, in bits each: what the predictor made of the weights.", 4,
    ),
    SweepColumn(
        "table_cost", "Table cost",
        "Bits per weight that the table costs above that entropy (Kullback–Leibler divergence).", 4,
    ),
    SweepColumn(
        "coder_cost", "Coder cost",
        "Bits per weight of the streams above what the table makes of their symbols: states that frame them, "
        "and rounding.", 4,
    ),
    SweepColumn("index_bytes", "Index", "Bytes in front of the streams for each tile.", unit="bytes"),
    SweepColumn(
        "frame_bytes", "Frames", "Bytes of the streams beside their words: counts and states of all lanes.",
        unit="bytes",
    ),
    SweepColumn("table_bytes", "Table", "Bytes of the frequency table.", unit="bytes"),
    SweepColumn(
        "other_bytes", "Rest", "Bytes of header, names, scales and what aligns the parts.", unit="bytes"
    ),
    SweepColumn("padding_symbols", "Padding", "Zeros that are coded to fill up edge tiles.", unit="symbols"),
    SweepColumn("tiles", "Tiles", "Tiles of the matrix."),
    SweepColumn("tiles_raw", "Raw", "Tiles that are stored as they are.", unit="tiles"),
    SweepColumn("tiles_constant", "Constant", "Tiles that are one value.", unit="tiles"),
    SweepColumn("encode_ms", "Encode", "The least time of some runs, by the clock.", 2, "ms"),
    SweepColumn("decode_ms", "Decode", "The least time of some runs, by the clock.", 2, "ms"),
    SweepColumn("wrong", "Wrong", "Weights that did not come back.", unit="weights"),
    SweepColumn("says", "Remark", "Why it is not exact, or what is odd about it all the same.", None),
)  # fmt: skip
"""The columns in their order."""

SETTINGS: tuple[SweepColumn, ...] = tuple(column for column in COLUMNS if column.setting)
"""What is chosen."""

PLOTTED: tuple[SweepColumn, ...] = tuple(
    column
    for key in (
        "ratio", "bits_per_weight", "table_cost", "coder_cost", "symbol_entropy", "file_size",
        "index_bytes", "frame_bytes", "padding_symbols", "encode_ms", "decode_ms",
    )
    for column in COLUMNS
    if column.key == key
)  # fmt: skip
"""What can be plotted, the first being what is plotted at first."""


Texts = tuple[str, ...]
"""The settings of a row as they are read, in the order of `SETTINGS`."""


def setting_texts(rows: Sequence[Figures]) -> list[Texts]:
    """Those of all rows."""
    return [tuple(column.text(row) for column in SETTINGS) for row in rows]


def named_settings(texts: Texts, of: Sequence[SweepColumn] = SETTINGS) -> str:
    """Some of a row's settings as words."""
    parts = []
    for column, text in zip(SETTINGS, texts, strict=True):
        if column in of:
            parts.append(text if column.key in PLAIN else f"{column.title.lower()} {text}")
    return ", ".join(parts)


def differing(rows: Sequence[Figures], texts: Sequence[Texts]) -> tuple[SweepColumn, ...]:
    """The settings in which rows differ that were carried out, beyond what follows from their layout."""
    tried = [
        text for row, text in zip(rows, texts, strict=True) if row["outcome"] != Outcome.REFUSED
    ]
    several: set[str] = set()
    for layout in {text[0] for text in tried}:
        several |= _varying([text for text in tried if text[0] == layout])
    several |= _varying(tried) & set(PLAIN)
    return tuple(column for column in SETTINGS if column.key in several)


def _varying(texts: Sequence[Texts]) -> set[str]:
    """The keys of the settings that are not the same in all of these rows."""
    columns = zip(SETTINGS, zip(*texts, strict=True), strict=False)
    return {column.key for column, values in columns if len(set(values)) > 1}
