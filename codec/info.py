"""What `info` and `verify` tell about a file, as plain data: the keys that `--json` promises.

docs/command-line.md describes every key. None is ever renamed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checks import Report, TensorReport, bits_per_weight
from codec.container import Coding, Container, Tensor, ratio
from codec.decoders.streams import Status
from codec.frequency import cross_entropy, entropy
from codec.problems import Problem, Severity
from codec.spans import Span

Json = dict[str, Any]


def file_info(container: Container) -> Json:
    """All that is known of a file without decoding it."""
    return {
        "format": container.format,
        "file_size": container.source.size,
        "tensors": [tensor_info(container, tensor) for tensor in container.tensors],
        "problems": [problem_info(problem) for problem in container.problems],
    }


def tensor_info(container: Container, tensor: Tensor) -> Json:
    """A tensor's shape, grid, table and sizes."""
    compressed = tensor.own_bytes or container.source.size
    return {
        "name": tensor.name,
        "rows": tensor.rows,
        "cols": tensor.cols,
        "dtype": tensor.dtype,
        "tile_rows": tensor.tile_rows,
        "tile_cols": tensor.tile_cols,
        "grid_rows": tensor.grid_rows,
        "grid_cols": tensor.grid_cols,
        "tiles": len(tensor.tiles),
        "stream_bytes": int(tensor.tiles["size"][tensor.tiles["readable"]].sum(dtype=np.uint64)),
        "ratio": ratio(tensor, compressed),
        "ratio_fp16": ratio(tensor, compressed, 2),
        "bits_per_weight": compressed * 8 / tensor.weights,
        "frequency_sum": tensor.table.sum,
        "prediction": tensor.prediction.name.lower(),
        "padded": tensor.padded,
        "refusal": tensor.refusal or None,
        "tensor_bytes": compressed,
        "lanes": tensor.interleaving.lanes,
        "run": tensor.interleaving.run,
        "scale_bits": tensor.coder.scale_bits,
        "word_bits": tensor.coder.word_bits,
        "lower_bound": tensor.coder.lower_bound,
        "codings": _counts(tensor.tiles["coding"], [coding.word for coding in Coding]),
        "predictors": _counts(
            tensor.tiles["predictor"][tensor.tiles["coding"] == Coding.RANS],
            [str(name) for name in tensor.predictors],
        ),
        "source": _origin(tensor),
    }


def _counts(numbers: NDArray[np.uint8], names: Sequence[str]) -> dict[str, int]:
    """How many tiles name each of `names` by its number."""
    counted = np.bincount(numbers, minlength=len(names))
    return {name: int(counted[number]) for number, name in enumerate(names)}


def _origin(tensor: Tensor) -> Json | None:
    """What a tensor was before it was quantised, where the file tells."""
    if tensor.origin is None:
        return None
    return {
        "dtype": tensor.origin.dtype or None,
        "shape": list(tensor.origin.shape),
        "quantisation": None
        if tensor.origin.quantisation == "none"
        else tensor.origin.quantisation,
        "scales_offset": tensor.origin.scales[0],
        "scales_size": tensor.origin.scales[1],
    }


def problem_info(problem: Problem) -> Json:
    """A problem with all that explains it."""
    return {
        "severity": str(problem.severity),
        "code": problem.code,
        "offset": problem.offset,
        "size": problem.size,
        "message": problem.message,
        "expected": problem.expected,
        "found": problem.found,
        "likely_cause": problem.likely_cause,
        "tensor": problem.tensor,
        "tile": problem.tile,
    }


def tile_info(tensor: Tensor, most: int | None = None) -> Iterator[Json]:
    """One object for each of the first `most` tiles, or of all, as the index describes it."""
    bits = bits_per_weight(tensor)
    for tile, record in enumerate(tensor.tiles[:most]):
        predictor, coding = tensor.predictor(tile), tensor.coding(tile)
        yield {
            "tile": tile,
            "row": int(record["row"]),
            "col": int(record["col"]),
            "predictor": str(predictor) if predictor else None,
            "offset": int(record["offset"]),
            "size": int(record["size"]),
            "bits_per_weight": finite(bits[tile]),
            "coding": None if coding is None else coding.word,
            "constant": int(record["constant"]) if coding is Coding.CONSTANT else None,
            "checksum": int(record["checksum"]) if tensor.checksums else None,
            "tensor": tensor.index,
        }


def field_info(root: Span) -> Iterator[Json]:
    """One object a span, each parent before its children, made while it is walked."""
    for depth, span in walk(root):
        yield {
            "depth": depth,
            "offset": span.offset,
            "size": span.size,
            "kind": str(span.kind),
            "name": span.name,
            "value": span.value,
            "meaning": span.meaning,
            "tensor": span.tensor,
            "tile": span.tile,
        }


def walk(span: Span, depth: int = 0) -> Iterator[tuple[int, Span]]:
    """A span and all below it, each with its depth, in the order of the tree."""
    yield depth, span
    for child in span.children:
        yield from walk(child, depth + 1)


def count(problems: Iterable[Problem], severity: Severity) -> int:
    """Problems of that severity."""
    return sum(problem.severity is severity for problem in problems)


def report_info(container: Container, report: Report) -> Json:
    """What a full check found."""
    tensors = zip(container.tensors, report.tensors, strict=True)
    return {
        "format": container.format,
        "file_size": container.source.size,
        "sound": report.sound,
        "errors": count(report.problems, Severity.ERROR),
        "warnings": count(report.problems, Severity.WARNING),
        "tensors": [_tensor_report(tensor, measured) for tensor, measured in tensors],
        "problems": [problem_info(problem) for problem in report.problems],
    }


NOTHING_FOUND: Json = {
    "format": None,
    "file_size": None,
    "sound": False,
    "errors": 0,
    "warnings": 0,
    "tensors": [],
    "problems": [],
}
"""What stands for `report_info` where a file could not be used at all."""


def _tensor_report(tensor: Tensor, report: TensorReport) -> Json:
    failed = np.flatnonzero(report.tiles["status"] != Status.OK)
    least = entropy(report.counts)
    return {
        "name": tensor.name,
        "tiles": len(tensor.tiles),
        "tiles_failed": len(failed),
        "entropy": least,
        "table_loss": finite(max(0.0, cross_entropy(report.counts, tensor.table) - least)),
    }


def finite(value: float) -> float | None:
    """`value` where JSON can hold it, else None."""
    return float(value) if np.isfinite(value) else None
