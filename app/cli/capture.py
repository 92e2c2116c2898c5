"""`ranscope capture`: what a decoder computed, in one file, to be opened on another machine."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence

from app.cli.console import Stages, complain, listed, number_of, say, say_json
from app.cli.isolated import chosen
from app.cli.options import (
    add_decoder,
    add_file,
    add_json,
    choose_tensors,
    parse_tiles,
    tiles_in,
    whole_number,
)
from app.cli.outputs import require_free
from app.cli.status import ExitStatus, status_of_problems, worst_sentence
from codec.atomic_file import write_file
from codec.capture.description import Outcome, capture_info
from codec.capture.metadata import Metadata, RunTiming, TensorRecord, parts_of
from codec.capture.recording import Recording, Wanted
from codec.container import Container
from codec.errors import InputError
from codec.formats import open_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", required=True, help="the capture; usually OUT.rscap"
    )
    parser.add_argument(
        "--trace", metavar="TILES", help="the tiles to trace, such as 3,7:10 for 3, 7, 8 and 9"
    )
    parser.add_argument(
        "--repeat",
        metavar="N",
        type=whole_number,
        default=1,
        help="decode N times; all runs are timed and compared with the first",
    )
    parser.add_argument(
        "--tensor",
        metavar="NAME",
        action="append",
        help="the tensor to decode; may be repeated; all unless told otherwise",
    )
    add_decoder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out: the capture holds all that could be decoded."""
    ranges = parse_tiles(arguments.trace) if arguments.trace is not None else ()
    if arguments.repeat < 1:
        raise InputError("--repeat takes a number from 1 on")
    require_free([arguments.output], [arguments.file])
    decoder = chosen(arguments)
    container = open_file(arguments.file)
    tensors = choose_tensors(container, arguments.tensor)
    wanted = Wanted(
        tensors, tiles_in(ranges, tensors), arguments.repeat, tuple(arguments.command_line)
    )
    with Stages() as stages:
        recording = Recording(container, decoder, wanted, stages)
        write_file(arguments.output, recording.pieces())
    for notice in recording.notices:
        complain(notice)
    metadata = recording.metadata
    assert metadata is not None, "all pieces were written"
    if arguments.json:
        content = capture_info(metadata, metadata.tensors, recording.outcomes)
        say_json({"output": arguments.output, **content})
    else:
        say(_line(arguments.output, metadata))
    return _status(container, metadata, recording.outcomes)


def _line(output: str, metadata: Metadata) -> str:
    what = f"{metadata.file.name} by {metadata.decoder} on {metadata.device['name']}"
    tensors = [tensor for tensor in metadata.tensors if not tensor.refusal]
    tiles = sum(tensor.tiles for tensor in tensors)
    traces = sum(not trace.refusal for tensor in tensors for trace in tensor.traces)
    counted = [
        number_of(len(tensors), "tensor"),
        number_of(tiles, "tile"),
        number_of(traces, "trace"),
    ]
    times = f"; {runs_line(tensors[0])}" if len(tensors) == 1 else ""
    return f"{output}: {what}: {', '.join(counted)}{times}"


def runs_line(record: TensorRecord) -> str:
    """The median run of a tensor, its parts where they are known, and whether it used checkpoints."""
    return time_line(record.timings, record.checkpoint_interval)


def time_line(runs: Sequence[RunTiming], checkpoint_interval: int) -> str:
    """As `runs_line`, for any runs."""
    if not runs:
        return "no run"
    which = "" if len(runs) == 1 else f", median of {len(runs):,} runs"
    wall = statistics.median(run.wall for run in runs)
    return f"{milliseconds(wall)}{which}{_split(runs)}{_from_checkpoints(checkpoint_interval)}"


def _split(runs: Sequence[RunTiming]) -> str:
    """The medians of the parts that all runs tell."""
    known = [parts_of(run) for run in runs]
    parts = [
        f"{name.replace('_', ' ')} {milliseconds(statistics.median(run[name] for run in known))}"
        for name in known[0]
        if all(name in run for run in known)
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _from_checkpoints(interval: int) -> str:
    """What to add to a time where it was reached from checkpoints; "" where it was not."""
    return f", from checkpoints every {interval:,} symbols" if interval else ""


def milliseconds(seconds: float) -> str:
    """A time as a person reads it."""
    return f"{seconds * 1e3:,.3f} ms"


def _status(container: Container, metadata: Metadata, outcomes: Sequence[Outcome]) -> ExitStatus:
    """The status of the outcome; what went wrong is told."""
    status = status_of_problems(container.problems)
    if status is not ExitStatus.OK:
        complain(f"the file is damaged: {worst_sentence(container.problems)}")
    for record, outcome in zip(metadata.tensors, outcomes, strict=True):
        for sentence in _faults(record, outcome):
            complain(sentence)
            status = ExitStatus.CONTENT
        for trace in record.traces:
            if trace.refusal and trace.tile not in outcome.failed:
                complain(f"{record.name}: no trace of tile {trace.tile:,}: {trace.refusal}")
    return status


def _faults(record: TensorRecord, outcome: Outcome) -> list[str]:
    """What is wrong with a tensor, sentence by sentence."""
    if record.refusal:
        return [f"{record.name} is not in the capture: {record.refusal}"]
    found, of = [], number_of(record.tiles, "tile")
    if outcome.failed:
        tiles = listed([f"{tile:,}" for tile in outcome.failed])
        found.append(f"{record.name}: {len(outcome.failed):,} of {of} failed: {tiles}")
    if outcome.varying:
        tiles = listed([f"{tile:,}" for tile in outcome.varying])
        found.append(
            f"{record.name}: {len(outcome.varying):,} of {of} were not the same in all runs: {tiles}"
        )
    return found
