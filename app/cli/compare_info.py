"""What `compare` tells, as plain data: the keys that `--json` promises. docs/command-line.md describes every one."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.report.verdict import tile_shares
from codec.comparison.comparison import LARGEST_ERROR, Comparison
from codec.comparison.divergence import Divergence
from codec.comparison.encode_steps import EncodeDivergence, EncodeStep
from codec.comparison.file_fields import FieldValue
from codec.comparison.file_tiles import ASPECTS
from codec.comparison.files import FileComparison
from codec.comparison.output import Output
from codec.comparison.side import Side
from codec.diagnosis.finding import Finding

Json = dict[str, Any]

WORST_TILES = 16
"""Tiles that are listed, the worst first."""


def comparison_info(comparison: Comparison) -> Json:
    """How much differs, and where."""
    return {
        "equal": comparison.equal,
        "differing": comparison.differing,
        "total": comparison.total,
        "share": comparison.share,
        "max_abs_error": comparison.max_abs_error,
        "mean_abs_error": comparison.sum_abs_error / comparison.total if comparison.total else 0.0,
        "first_divergence": _first(comparison),
        "tiles": len(comparison.tile_differing),
        "tiles_differing": comparison.tiles_differing,
        "uncovered": comparison.uncovered,
        "worst_tiles": _worst(comparison),
    }


def histogram_info(comparison: Comparison) -> list[Json]:
    """How many weights have which error."""
    return [
        {"error": int(place) - LARGEST_ERROR, "weights": int(comparison.histogram[place])}
        for place in np.flatnonzero(comparison.histogram)
    ]


def _first(comparison: Comparison) -> Json | None:
    first = comparison.first
    if first is None:
        return None
    covered = first.tile >= 0
    return {
        "tensor": comparison.tensor.name,
        "tile": first.tile if covered else None,
        "symbol_index": first.symbol_index if covered else None,
        "row": first.row,
        "col": first.col,
        "expected": first.left,
        "found": first.right,
    }


def _worst(comparison: Comparison) -> list[Json]:
    shares, tensor = tile_shares(comparison), comparison.tensor
    order = np.argsort(-shares, kind="stable")[:WORST_TILES].tolist()
    return [
        {
            "tile": tile,
            "row": int(tensor.tiles["row"][tile]),
            "col": int(tensor.tiles["col"][tile]),
            "differing": int(comparison.tile_differing[tile]),
            "share": float(shares[tile]),
            "first_symbol": int(comparison.tile_first[tile]),
        }
        for tile in order
        if comparison.tile_differing[tile]
    ]


def side_info(side: Side, output: Output) -> Json:
    """What stands on a side."""
    varying = None if output.varying is None else np.flatnonzero(output.varying).tolist()
    return {
        "title": output.title,
        "kind": str(output.kind),
        "name": side.name,
        "dtype": output.weights.dtype.name,
        "runs": side.runs,
        "tiles_failed": output.failed.tolist(),
        "tiles_varying": varying,
        "notices": list(output.notices),
    }


def finding_info(finding: Finding) -> Json:
    """One explanation."""
    return {
        "faults": [str(fault) for fault in finding.faults],
        "explains": float(finding.explains),
        "explains_symbols": float(finding.explains_symbols),
        "detail": finding.detail,
        "side": ("left", "right")[finding.side],
        "tiles": len(finding.tiles),
        "first_tile": int(finding.tiles[0]) if len(finding.tiles) else None,
    }


def step_info(divergence: Divergence) -> Json:
    """Where the traces of the first wrong tile part."""
    return {
        "tile": divergence.tile,
        "stream": divergence.stream,
        "step": divergence.step if divergence.step >= 0 else None,
        "columns": list(divergence.columns),
        "left": _row(divergence.left.columns, divergence.left_row),
        "right": _row(divergence.right.columns, divergence.right_row),
    }


def _row(columns: dict[str, Any], row: int | None) -> Json | None:
    return None if row is None else {name: int(column[row]) for name, column in columns.items()}


def files_info(files: FileComparison) -> Json:
    """Two compressed files as files."""
    fields = [
        {"path": pair.path, "left": _value(pair.left), "right": _value(pair.right)}
        for pair in files.fields_differing
    ]
    return {
        "equal": files.equal,
        "fields_differing": fields,
        "symbols_differing": files.symbols_differing.tolist(),
        "tiles_note": files.tiles_note or None,
        "streams_note": files.streams_note or None,
        "tiles_differing": len(files.tiles_differing),
        "tiles": [_tile(pair) for pair in files.tiles[files.tiles_differing[:WORST_TILES]]],
        "regions_differing": [files.bytes.names[n] for n in files.bytes.differing[:WORST_TILES]],
        "first_encode_step": None if files.encode is None else _encode(files.encode),
    }


def _value(value: FieldValue | None) -> Json | None:
    if value is None:
        return None
    return {"value": value.text, "offset": value.offset, "size": value.size}


def _tile(pair: np.void) -> Json:
    numbers = {side: int(pair[side]) for side in ("left", "right")}
    there = {side: number if number >= 0 else None for side, number in numbers.items()}
    return {**there, "differing": [aspect for aspect in ASPECTS if pair[aspect]]}


def _encode(encode: EncodeDivergence) -> Json:
    return {
        "tile": encode.tiles[0],
        "right_tile": encode.tiles[1],
        "step": encode.step,
        "from_the_decoders_start": encode.backwards,
        "differing": list(encode.differing),
        "left": _encode_step(encode.left),
        "right": _encode_step(encode.right),
        "reason": encode.reason,
    }


def _encode_step(step: EncodeStep | None) -> Json | None:
    if step is None:
        return None
    return {
        "symbol_index": step.symbol_index,
        "row": step.row,
        "col": step.col,
        "symbol": step.symbol,
        "freq": step.freq,
        "start": step.start,
        "state_before": step.state_before,
        "state_after": step.state_after,
        "moved": list(step.moved),
        "offset": step.offset,
    }
