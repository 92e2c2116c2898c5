"""`ranscope encode --format native`: all tensors of all inputs, into one file with their names and scales."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.cli.console import Progress, complain, listed, number_of, say, say_json
from app.cli.encode_plan import chosen_arrays, names_folder
from app.cli.outputs import require_free
from codec.atomic_file import write_file
from codec.container import NATIVE_PREDICTORS, Coding
from codec.errors import InputError
from codec.formats import native
from codec.inputs.arrays import InputArray
from codec.inputs.layers import layer_of, layer_refusal
from codec.native_encoder import NativeWritten, WrittenTensor, write_native
from codec.native_layer import NativeSettings
from codec.quantisation import Granularity
from codec.tile_log import log_bytes


@dataclass(frozen=True, eq=False)
class NativePlan:
    """What is going to be written.

    Attributes:
        arrays: what becomes a tensor, in the order of the inputs.
        left_out: arrays that cannot be layers, and were not asked for by name.
        settings: how to code them.
        granularity: which weights share a scale.
        output: the file.
        log: where the log of all tiles goes, or None.
        encoder: what codes them.
    """

    arrays: list[InputArray]
    left_out: list[InputArray]
    settings: NativeSettings
    granularity: Granularity
    output: Path
    log: Path | None
    encoder: str


def plan(arguments: argparse.Namespace, settings: NativeSettings) -> NativePlan:
    """What the arguments ask for.

    Raises:
        InputError: they contradict each other, or an input or an array cannot be used.
        SourceError, FormatError: an input cannot be read.
    """
    if names_folder(arguments.output):
        raise InputError(f"a {native.NAME} file takes all tensors: -o must name a file, no folder")
    arrays = chosen_arrays(arguments.inputs, arguments.tensor)
    left_out = [array for array in arrays if layer_refusal(array)]
    if left_out and (arguments.tensor is not None or len(left_out) == len(arrays)):
        raise InputError(layer_refusal(left_out[0]))
    if not arrays:
        raise InputError("the input holds no tensor")
    log = Path(arguments.log) if arguments.log is not None else None
    output = Path(arguments.output)
    require_free([output, *([log] if log else [])], arguments.inputs)
    granularity = Granularity(arguments.quantize or Granularity.TENSOR)
    taken = [array for array in arrays if array not in left_out]
    return NativePlan(
        taken, left_out, settings, granularity, output, log, arguments.encoder or "cpu"
    )


def run(planned: NativePlan, as_json: bool) -> None:
    """Encodes and writes the file."""
    layers = [layer_of(array, planned.granularity) for array in planned.arrays]
    if planned.left_out:
        names = listed([array.name for array in planned.left_out])
        complain(
            f"{number_of(len(planned.left_out), 'array')} left out, which cannot be weights: {names}"
        )
    with Progress(f"encoding {planned.output.name}") as tick:
        written = write_native(
            planned.output, layers, planned.settings, tick, encoder=planned.encoder
        )
    if planned.log is not None:
        log = np.concatenate([tensor.tiles for tensor in written.tensors])
        write_file(planned.log, [log_bytes(log, str(planned.log))])
    outputs = [
        _summary(planned, array, written, tensor)
        for array, tensor in zip(planned.arrays, written.tensors, strict=True)
    ]
    if as_json:
        left_out = [{"tensor": a.name, "reason": layer_refusal(a)} for a in planned.left_out]
        say_json({"outputs": outputs, "left_out": left_out})
    else:
        _print(planned, written, outputs)


def _summary(
    planned: NativePlan, array: InputArray, written: NativeWritten, tensor: WrittenTensor
) -> dict[str, Any]:
    """The object for JSON of one tensor."""
    settings, rows, cols = planned.settings, *tensor.shape
    weights = rows * cols
    return {
        "output": str(planned.output),
        "scales": None,
        "log": str(planned.log) if planned.log else None,
        "source": array.file,
        "tensor": array.name,
        "source_dtype": array.dtype,
        "source_shape": list(array.shape),
        "quantisation": str(planned.granularity) if array.is_float else None,
        "rows": rows,
        "cols": cols,
        "format": native.NAME,
        "tile_rows": settings.tile_rows,
        "tile_cols": settings.tile_cols,
        "tiles": len(tensor.tiles),
        "codings": _counts(tensor.tiles["coding"], [coding.word for coding in Coding]),
        "predictors": _counts(
            tensor.tiles["predictor"][tensor.tiles["coding"] == Coding.RANS],
            [str(name) for name in NATIVE_PREDICTORS],
        ),
        "file_size": written.file_size,
        "tensor_bytes": tensor.own_bytes,
        "ratio": weights / tensor.own_bytes,
        "ratio_fp16": 2 * weights / tensor.own_bytes,
        "bits_per_weight": 8 * tensor.own_bytes / weights,
        "frequency_sum": 1 << settings.scale_bits,
    }


def _counts(numbers: NDArray[np.uint8], names: Sequence[str]) -> dict[str, int]:
    """How many tiles each of `names` was taken for."""
    counted = np.bincount(numbers, minlength=len(names))
    return {name: int(counted[number]) for number, name in enumerate(names)}


def _print(planned: NativePlan, written: NativeWritten, outputs: list[dict[str, Any]]) -> None:
    for known in outputs:
        codings = ", ".join(f"{n:,} {word}" for word, n in known["codings"].items() if n)
        say(
            f"{known['tensor']}: {known['rows']:,} × {known['cols']:,} of {known['source_dtype']}, "
            f"{number_of(known['tiles'], 'tile')} ({codings}), {known['tensor_bytes']:,} bytes, "
            f"{known['ratio']:.4f} against int8, {known['ratio_fp16']:.4f} against FP16"
        )
    weights = sum(known["rows"] * known["cols"] for known in outputs)
    say(
        f"{planned.output}: {number_of(len(outputs), 'tensor')}, {written.file_size:,} bytes, "
        f"{weights / written.file_size:.4f} against int8, {2 * weights / written.file_size:.4f} against FP16"
    )
