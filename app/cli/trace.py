"""`ranscope trace`: every step of one tile's stream, as .npz, CSV or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from app.cli.console import complain, number_of, say, say_json
from app.cli.isolated import chosen
from app.cli.options import (
    add_decoder,
    add_file,
    add_json,
    add_tensor,
    choose_tensor,
    parse_steps,
)
from app.cli.outputs import require_free
from app.cli.recorded import open_recorded
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.capture import is_capture
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


@dataclass(frozen=True)
class Traced:
    """A trace, and where it is from.

    Attributes:
        tensor: name of the tensor.
        decoder: name of what was traced.
        symbols: that the layout puts into the tile.
        trace: the steps wanted.
    """

    tensor: str
    decoder: str
    symbols: int
    trace: Trace


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    steps = parse_steps(arguments.steps) if arguments.steps is not None else (0, None)
    _check_output(arguments)
    read = _recorded if is_capture(arguments.file) else _traced
    traced = read(arguments, *steps)
    if arguments.output is not None:
        _write(arguments.output, traced.trace)
    _print(arguments, traced)
    stopped = traced.trace.stopped
    if stopped:
        complain(f"tile {arguments.tile:,}: {stopped}")
    return ExitStatus.CONTENT if stopped else ExitStatus.OK


def _traced(arguments: argparse.Namespace, first: int, last: int | None) -> Traced:
    """Has a decoder trace the tile."""
    decoder, tile = chosen(arguments), arguments.tile
    container = open_file(arguments.file)
    tensor = choose_tensor(container, arguments.tensor)
    _check_tile(tensor.name, tile, len(tensor.tiles))
    symbols = tensor.symbol_count(tile)
    _check_step(tile, first, symbols)
    trace = decoder.trace(container, tensor, tile, first, last)
    if decoder.notice:
        complain(decoder.notice)
    return Traced(tensor.name, decoder.name, symbols, trace)


def _recorded(arguments: argparse.Namespace, first: int, last: int | None) -> Traced:
    """Takes the trace from a capture."""
    (capture, tensor), tile = open_recorded(arguments), arguments.tile
    _check_tile(tensor.name, tile, tensor.record.tiles)
    symbols = tensor.traced(tile).symbols
    _check_step(tile, first, symbols)
    trace = tensor.trace(tile, first, last)
    return Traced(tensor.name, capture.metadata.decoder, symbols, trace)


def _check_output(arguments: argparse.Namespace) -> None:
    if arguments.output is None:
        return
    if PurePath(arguments.output).suffix.lower() not in SUFFIXES:
        known = " or ".join(SUFFIXES)
        raise InputError(f"a trace is written as {known}; {arguments.output} names neither")
    require_free([arguments.output], [arguments.file])


def _check_tile(tensor: str, tile: int, tiles: int) -> None:
    """Raises InputError where there is no such tile."""
    if not 0 <= tile < tiles:
        there = number_of(tiles, "tile")
        raise InputError(f"there is no tile {tile:,}: {tensor} has {there}, numbered from 0")


def _check_step(tile: int, step: int, steps: int) -> None:
    """Raises InputError where there is no such step."""
    if step and step >= steps:
        raise InputError(f"there is no step {step:,}: tile {tile:,} has {steps:,}, numbered from 0")


def _write(path: str, trace: Trace) -> None:
    if PurePath(path).suffix.lower() == ".npz":
        write_file(path, [npz_bytes(trace)])
    else:
        write_file(path, [csv_text(trace).encode("ascii")])


def _print(arguments: argparse.Namespace, traced: Traced) -> None:
    trace = traced.trace
    if arguments.json:
        say_json(_summary(arguments, traced), steps=_steps(trace))
    elif arguments.output is None:
        print(csv_text(trace), end="")
    else:
        steps, tile = number_of(len(trace), "step"), f"tile {arguments.tile:,} of {traced.tensor}"
        say(f"{arguments.output}: {steps} of {tile}, by {traced.decoder}")


def _summary(arguments: argparse.Namespace, traced: Traced) -> dict[str, Any]:
    return {
        "output": arguments.output,
        "tensor": traced.tensor,
        "tile": arguments.tile,
        "decoder": traced.decoder,
        "symbols": traced.symbols,
        "stopped": traced.trace.stopped or None,
        "streams": [
            {
                "tile": stream.tile,
                "offset": stream.offset,
                "size": stream.size,
                "symbol_count": stream.symbol_count,
                "initial_state": stream.initial_state,
                "lane_states": list(stream.lane_states),
                "forward": stream.forward,
                "frequencies": stream.frequencies.tolist(),
            }
            for stream in traced.trace.streams
        ],
    }


def _steps(trace: Trace) -> Iterator[dict[str, int]]:
    columns = (trace[name].tolist() for name in STEP_COLUMNS)
    for values in zip(*columns, strict=True):
        yield dict(zip(STEP_COLUMNS, values, strict=True))
