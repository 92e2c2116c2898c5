"""The rows of a sweep as plain figures: the keys that JSON and CSV promise.

docs/command-line.md describes every key. None is ever renamed or removed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from codec.container import Coding
from codec.errors import InputError
from codec.rerun.choices import Refused, Row, Settings
from codec.rerun.measured import Measured, Outcome
from codec.rerun.recipe import Recipe

SUFFIXES = (".csv", ".json")
"""How the name of a table's file ends, and so how it is written."""

NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "file_size", "ratio", "ratio_fp16", "bits_per_weight", "stream_bits_per_weight",
        "weight_entropy", "symbol_entropy", "table_cost", "coder_cost", "frequency_sum", "table_bytes",
        "index_bytes", "stream_bytes", "frame_bytes", "other_bytes", "padding_symbols", "tiles",
        *(f"tiles_{coding.word}" for coding in Coding), "tiles_none", "tiles_left", "tiles_top",
        "wrong", "encode_ms", "decode_ms",
    )
)  # fmt: skip
"""What is known of a recipe that was not carried out."""

KEYS: tuple[str, ...] = (
    "layout", "tile_rows", "tile_cols", "predictor", "scale_bits", "word_bits", "lanes", "run",
    "sample", "normalisation", "outcome", "says", *NOTHING, "remark",
)  # fmt: skip
"""The keys of a row, in the order of a CSV file's columns."""


def figures(row: Row) -> dict[str, Any]:
    """One row: settings, what became of them, and what was measured; None where there is no number."""
    if isinstance(row, Refused):
        return {
            **_asked(row.settings), **_told(Outcome.REFUSED, row.says), **NOTHING, "remark": None,
        }  # fmt: skip
    measured = _measured(row) if row.file_size else {}
    told = _told(row.outcome, row.says)
    return {**settings_of(row.recipe), **told, **NOTHING, **measured, "remark": row.remark or None}


def require_table_name(name: str) -> None:
    """Raises InputError where the name of a table's file ends in none of `SUFFIXES`."""
    if PurePath(name).suffix.lower() not in SUFFIXES:
        raise InputError(f"a table is written as {' or '.join(SUFFIXES)}; {name} names neither")


def table_bytes(rows: Sequence[Row], name: str) -> bytes:
    """The rows as the content of a file of that name.

    Raises:
        InputError: the name ends in none of `SUFFIXES`.
    """
    require_table_name(name)
    plain = [figures(row) for row in rows]
    if PurePath(name).suffix.lower() == ".json":
        return (json.dumps({"rows": plain}, indent=2, allow_nan=False) + "\n").encode()
    text = io.StringIO()
    writer = csv.DictWriter(text, KEYS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(plain)
    return text.getvalue().encode()


def _told(outcome: Outcome, says: str) -> dict[str, Any]:
    return {"outcome": str(outcome), "says": says or None}


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """The settings of a row."""
    return {
        "layout": recipe.layout,
        "tile_rows": recipe.tile_rows,
        "tile_cols": recipe.tile_cols,
        "predictor": recipe.predictor,
        "scale_bits": recipe.scale_bits,
        "word_bits": recipe.word_bits,
        "lanes": recipe.lanes,
        "run": recipe.run,
        "sample": recipe.sample,
        "normalisation": str(recipe.normalisation),
    }


def _asked(settings: Settings) -> dict[str, Any]:
    """The settings of a refused row, as far as they were given."""
    rows, cols = settings.tile or (None, None)
    return {
        "layout": settings.layout,
        "tile_rows": rows,
        "tile_cols": cols,
        "predictor": settings.predictor,
        "scale_bits": settings.scale_bits,
        "word_bits": settings.word_bits,
        "lanes": settings.lanes,
        "run": settings.run,
        "sample": settings.sample,
        "normalisation": str(settings.normalisation),
    }


def _measured(row: Measured) -> dict[str, Any]:
    predictors = dict(row.predictors)
    return {
        "file_size": row.file_size,
        "ratio": row.ratio,
        "ratio_fp16": row.ratio_fp16,
        "bits_per_weight": row.per_weight(row.file_size),
        "stream_bits_per_weight": row.per_weight(row.stream_bytes),
        "weight_entropy": row.weight_entropy,
        "symbol_entropy": row.symbol_entropy,
        "table_cost": row.table_cost,
        "coder_cost": row.coder_cost,
        "frequency_sum": row.frequency_sum,
        "table_bytes": row.table_bytes,
        "index_bytes": row.index_bytes,
        "stream_bytes": row.stream_bytes,
        "frame_bytes": row.frame_bytes,
        "other_bytes": row.other_bytes,
        "padding_symbols": row.padding_symbols,
        "tiles": row.tiles,
        **{f"tiles_{coding.word}": row.codings[coding] for coding in Coding},
        **{f"tiles_{name}": predictors.get(name, 0) for name in ("none", "left", "top")},
        "wrong": row.wrong,
        "encode_ms": _milliseconds(row.encode_seconds),
        "decode_ms": _milliseconds(row.decode_seconds),
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds
