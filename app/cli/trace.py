"""`ranscope trace`: every step of one tile's stream, as .npz, CSV or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from app.cli.console import complain, number_of, say, say_json
from app.cli.options import (
    add_decoder,
    add_file,
    add_json,
    add_tensor,
    choose_tensor,
    parse_steps,
)
from app.cli.outputs import require_free
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.container import Tensor
from codec.decoders.availability import choose
from codec.errors import InputError
from codec.formats import open_file
from codec.trace import STEP_COLUMNS, Trace, csv_text, npz_bytes

SUFFIXES = (".npz", ".csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    parser.add_argument("--tile", metavar="K", type=int, required=True, help="its number, from 0")
    parser.add_argument(
        "--steps", metavar="A:B", help="only the steps from A to before B; either may be left out"
    )
    parser.add_argument(
        "-o", "--output", metavar="OUT.npz|.csv", help="where the trace goes; CSV to stdout without"
    )
    add_tensor(parser)
    add_decoder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    first, last = parse_steps(arguments.steps) if arguments.steps is not None else (0, None)
    _check_output(arguments)
    decoder = choose(arguments.decoder)
    container = open_file(arguments.file)
    tensor = choose_tensor(container, arguments.tensor)
    _check_place(tensor, arguments.tile, first)
    trace = decoder.trace(container, tensor, arguments.tile, first, last)
    if arguments.output is not None:
        _write(arguments.output, trace)
    _print(arguments, tensor, decoder.name, trace)
    if trace.stopped:
        complain(f"tile {arguments.tile:,}: {trace.stopped}")
    return ExitStatus.CONTENT if trace.stopped else ExitStatus.OK


def _check_output(arguments: argparse.Namespace) -> None:
    if arguments.output is None:
        return
    if PurePath(arguments.output).suffix.lower() not in SUFFIXES:
        known = " or ".join(SUFFIXES)
        raise InputError(f"a trace is written as {known}; {arguments.output} names neither")
    require_free([arguments.output], [arguments.file])


def _check_place(tensor: Tensor, tile: int, first: int) -> None:
    """Raises InputError where there is no such tile or no such step."""
    if not 0 <= tile < len(tensor.tiles):
        there = number_of(len(tensor.tiles), "tile")
        raise InputError(f"there is no tile {tile:,}: {tensor.name} has {there}, numbered from 0")
    steps = tensor.symbol_count(tile)
    if first and first >= steps:
        raise InputError(
            f"there is no step {first:,}: tile {tile:,} has {steps:,}, numbered from 0"
        )


def _write(path: str, trace: Trace) -> None:
    if PurePath(path).suffix.lower() == ".npz":
        write_file(path, [npz_bytes(trace)])
    else:
        write_file(path, [csv_text(trace).encode("ascii")])


def _print(arguments: argparse.Namespace, tensor: Tensor, decoder: str, trace: Trace) -> None:
    if arguments.json:
        say_json(_summary(arguments, tensor, decoder, trace), steps=_steps(trace))
    elif arguments.output is None:
        print(csv_text(trace), end="")
    else:
        steps = number_of(len(trace), "step")
        say(
            f"{arguments.output}: {steps} of tile {arguments.tile:,} of {tensor.name}, by {decoder}"
        )


def _summary(
    arguments: argparse.Namespace, tensor: Tensor, decoder: str, trace: Trace
) -> dict[str, Any]:
    return {
        "output": arguments.output,
        "tensor": tensor.name,
        "tile": arguments.tile,
        "decoder": decoder,
        "symbols": tensor.symbol_count(arguments.tile),
        "stopped": trace.stopped or None,
        "streams": [
            {
                "tile": stream.tile,
                "offset": stream.offset,
                "size": stream.size,
                "symbol_count": stream.symbol_count,
                "initial_state": stream.initial_state,
                "frequencies": stream.frequencies.tolist(),
            }
            for stream in trace.streams
        ],
    }


def _steps(trace: Trace) -> Iterator[dict[str, int]]:
    columns = (trace[name].tolist() for name in STEP_COLUMNS)
    for values in zip(*columns, strict=True):
        yield dict(zip(STEP_COLUMNS, values, strict=True))
