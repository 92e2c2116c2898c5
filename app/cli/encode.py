"""`ranscope encode`: compressed files from .npy, .npz, .safetensors and .gguf."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli import encode_native
from app.cli.console import Progress, complain, listed, number_of, say, say_json
from app.cli.encode_plan import Job, Plan, chosen_layout, native_settings, plan
from app.cli.options import add_json, whole_number
from app.cli.outputs import make_folder
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.container import PREDICTORS
from codec.encoder import Encoded, encode
from codec.errors import InputError
from codec.formats import FORMATS, native
from codec.inputs.arrays import InputArray
from codec.native_coder import CODERS
from codec.native_layer import PREDICTOR_CHOICES, NativeSettings
from codec.quantisation import Granularity, Quantised, quantise, scales_npz
from codec.tile_log import log_bytes, require_log_name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "inputs", metavar="INPUT", nargs="+", help="a .npy, .npz, .safetensors or .gguf file"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True,
        help="the compressed file; a folder, or a name that ends in /, takes one file a tensor, unless native",
    )  # fmt: skip
    parser.add_argument(
        "--tensor", metavar="NAME", action="append", help="the tensor to encode; may be repeated"
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="as -o ends, or batched, unless told otherwise"
    )
    parser.add_argument(
        "--tile", metavar="T|RxC", type=tile_shape, default=(256, 256),
        help="T×T weights a tile, or, native alone, R×C; usually 256",
    )  # fmt: skip
    parser.add_argument(
        "--predictor", choices=PREDICTOR_CHOICES,
        help="auto takes the cheapest for each tile; auto unless told otherwise, native none; batched has only left",
    )  # fmt: skip
    parser.add_argument(
        "--quantize", choices=[str(name) for name in Granularity],
        help="floats become int8 with one scale per tensor, the default, or per row",
    )  # fmt: skip
    parser.add_argument(
        "--log", metavar="OUT.csv|.json", help="also write what was written of each tile"
    )
    _add_native(parser)
    add_json(parser)


def _add_native(parser: argparse.ArgumentParser) -> None:
    """The options that the native layout alone has."""
    options = {
        "--lanes": f"rANS states that share a stream; usually {NativeSettings.lanes}",
        "--run": f"weights side by side that a lane codes; usually {NativeSettings.run}",
        "--scale-bits": "log2 of the slots of the frequency table; usually 12",
        "--word-bits": "bits that renormalisation moves, 8 or 16; usually 16",
    }
    group = parser.add_argument_group("the native layout alone")
    for name, says in options.items():
        group.add_argument(name, metavar="N", type=whole_number, help=says)
    group.add_argument(
        "--encoder", choices=CODERS, help="what codes, usually cpu; all make the same bytes"
    )


def tile_shape(text: str) -> tuple[int, int]:
    """(rows, columns) of T or RxC, for argparse."""
    rows, _, cols = text.replace("×", "x").partition("x")
    return whole_number(rows), whole_number(cols or rows)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out; all but the weights themselves is checked before a file is written."""
    if arguments.log is not None:
        require_log_name(arguments.log)
    if chosen_layout(arguments) == native.NAME:
        native_plan = encode_native.plan(arguments, native_settings(arguments))
        _announce_quantising(native_plan.arrays, arguments)
        encode_native.run(native_plan, arguments.json)
        return ExitStatus.OK
    planned = plan(arguments)
    _announce(planned, arguments)
    if planned.folder is not None:
        make_folder(planned.folder)
    written = []
    for job in planned.jobs:
        written.append(_encode(job, Granularity(arguments.quantize or Granularity.TENSOR)))
        if not arguments.json:
            say(_line(written[-1]))
    if arguments.json:
        left_out = [{"tensor": a.name, "reason": a.refusal()} for a in planned.left_out]
        say_json({"outputs": written, "left_out": left_out})
    return ExitStatus.OK


def _announce(planned: Plan, arguments: argparse.Namespace) -> None:
    """Says what is done without having been asked for."""
    if planned.left_out:
        names = listed([array.name for array in planned.left_out])
        complain(f"{number_of(len(planned.left_out), 'array')} left out as no matrix: {names}")
    _announce_quantising([job.array for job in planned.jobs], arguments)


def _announce_quantising(arrays: list[InputArray], arguments: argparse.Namespace) -> None:
    floats = [array for array in arrays if array.is_float]
    if floats and arguments.quantize is None:
        complain(
            f"{listed([array.name for array in floats])}: quantised to int8 with one scale per tensor "
            "(--quantize row for one per row)"
        )


def _encode(job: Job, granularity: Granularity) -> dict[str, Any]:
    """Encodes and writes one tensor; returns its object for JSON."""
    matrix, quantised = job.array.matrix(), None
    if job.array.is_float:
        try:
            quantised = quantise(matrix, granularity)
        except InputError as error:
            raise InputError(f"{job.array.name} in {job.array.file}: {error}") from None
        matrix = quantised.weights
    with Progress(f"encoding {job.array.name}") as tick:
        encoded = encode(matrix, job.settings, tick)
    _write(job, encoded, quantised)
    return _summary(job, encoded, granularity if quantised else None)


def _write(job: Job, encoded: Encoded, quantised: Quantised | None) -> None:
    write_file(job.output, encoded.pieces())
    if quantised is not None:
        write_file(job.scales, [scales_npz(quantised, job.array.name, job.array.dtype)])
    elif job.scales.exists():
        complain(f"{job.scales} is left from an earlier encoding: {job.output} needs no scales")
    if job.log is not None:
        write_file(job.log, [log_bytes(encoded.written, str(job.log))])


def _line(known: dict[str, Any]) -> str:
    scales = f", scales in {known['scales']}" if known["scales"] else ""
    return (
        f"{known['output']}: {known['rows']:,} × {known['cols']:,} of {known['source_dtype']}, "
        f"{number_of(known['tiles'], 'tile')}, {known['file_size']:,} bytes, "
        f"{known['ratio']:.4f} against int8, {known['ratio_fp16']:.4f} against FP16{scales}"
    )


def _summary(job: Job, encoded: Encoded, granularity: Granularity | None) -> dict[str, Any]:
    array = job.array
    rows, cols = array.shape
    predictors = encoded.written["predictor"].tolist()
    return {
        "output": str(job.output),
        "scales": str(job.scales) if granularity else None,
        "log": str(job.log) if job.log else None,
        "source": array.file,
        "tensor": array.name,
        "source_dtype": array.dtype,
        "quantisation": str(granularity) if granularity else None,
        "rows": rows,
        "cols": cols,
        "format": job.settings.format,
        "tile_rows": job.settings.tile,
        "tile_cols": job.settings.tile,
        "tiles": len(predictors),
        "predictors": {str(name): predictors.count(n) for n, name in enumerate(PREDICTORS)},
        "file_size": encoded.size,
        "ratio": rows * cols / encoded.size,
        "ratio_fp16": 2 * rows * cols / encoded.size,
        "bits_per_weight": 8 * encoded.size / (rows * cols),
        "frequency_sum": encoded.table.sum,
    }
