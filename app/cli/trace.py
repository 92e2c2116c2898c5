"""`ranscope trace`: every step of one tile's stream, as .npz, CSV or JSON."""

from __future__ import annotations

import argparse
from pathlib import PurePath
from typing import Any

from app.cli.console import complain, number_of, say, say_json
from app.cli.options import (
    add_decoder,
    add_file,
    add_json,
    add_tensor,
    parse_steps,
    whole_number,
)
from app.cli.outputs import require_free
from app.cli.status import ExitStatus
from app.cli.traced import Traced, Wanted, traced
from codec.atomic_file import write_file
from codec.conditions import parse
from codec.errors import InputError
from codec.trace import Trace, csv_pieces, json_lines, npz_bytes

SUFFIXES = (".npz", ".csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    parser.add_argument("--tile", metavar="K", type=int, required=True, help="its number, from 0")
    parser.add_argument(
        "--steps", metavar="A:B", help="only the steps from A to before B; either may be left out"
    )
    parser.add_argument(
        "--encode",
        action="store_true",
        help="the steps of encoding the tile's symbols, from the last one to the first",
    )
    parser.add_argument(
        "--until",
        metavar="EXPR",
        help="end at the first step at which this holds, such as 'freq == 1 and renormalised': docs/conditions.md",
    )
    parser.add_argument(
        "--context",
        metavar="N",
        type=whole_number,
        help="with --until: only the last step and the N before it",
    )
    parser.add_argument(
        "-o", "--output", metavar="OUT.npz|.csv", help="where the trace goes; CSV to stdout without"
    )
    add_tensor(parser)
    add_decoder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    wanted = _wanted(arguments)
    _check_output(arguments)
    found = traced(arguments, wanted)
    if arguments.output is not None:
        _write(arguments.output, found.trace)
    _print(arguments, found)
    missed = wanted.until is not None and found.found is None
    if missed:
        steps = number_of(found.looked_at, "step")
        complain(f"tile {arguments.tile:,}: {arguments.until!r} holds at none of {steps}")
    stopped = found.trace.stopped
    if stopped:
        complain(f"tile {arguments.tile:,}: {stopped}")
    return ExitStatus.CONTENT if stopped or missed else ExitStatus.OK


def _wanted(arguments: argparse.Namespace) -> Wanted:
    """Which steps are asked for.

    Raises:
        InputError: what says so makes no sense.
    """
    steps = parse_steps(arguments.steps) if arguments.steps is not None else (0, None)
    if arguments.until is None and arguments.context is not None:
        raise InputError(
            "--context goes with --until: it says how many steps before that one to show"
        )
    until = None if arguments.until is None else parse(arguments.until)
    return Wanted(*steps, until, arguments.context)


def _check_output(arguments: argparse.Namespace) -> None:
    if arguments.output is None:
        return
    if PurePath(arguments.output).suffix.lower() not in SUFFIXES:
        known = " or ".join(SUFFIXES)
        raise InputError(f"a trace is written as {known}; {arguments.output} names neither")
    require_free([arguments.output], [arguments.file])


def _write(path: str, trace: Trace) -> None:
    if PurePath(path).suffix.lower() == ".npz":
        write_file(path, [npz_bytes(trace)])
    else:
        write_file(path, csv_pieces(trace))


def _print(arguments: argparse.Namespace, found: Traced) -> None:
    trace = found.trace
    if arguments.json:
        say_json(_summary(arguments, found), steps=json_lines(trace))
    elif arguments.output is None:
        for piece in csv_pieces(trace):
            print(piece.decode("ascii"), end="")
    else:
        steps, tile = number_of(len(trace), "step"), f"tile {arguments.tile:,} of {found.tensor}"
        say(f"{arguments.output}: {steps} of {tile}, by {found.decoder}")


def _summary(arguments: argparse.Namespace, found: Traced) -> dict[str, Any]:
    return {
        "output": arguments.output,
        "tensor": found.tensor,
        "tile": arguments.tile,
        "direction": found.direction,
        "decoder": found.decoder,
        "symbols": found.symbols,
        "stopped": found.trace.stopped or None,
        "until": _until(arguments, found),
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
            for stream in found.trace.streams
        ],
    }


def _until(arguments: argparse.Namespace, found: Traced) -> dict[str, Any] | None:
    if arguments.until is None:
        return None
    return {"expression": arguments.until, "step": found.found}
