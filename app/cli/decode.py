"""`ranscope decode`: the weights of a file as .npy, and what the decoder read of each tile."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from app.cli.capture import time_line
from app.cli.console import Progress, complain, listed, number_of, say, say_json
from app.cli.isolated import chosen
from app.cli.options import add_decoder, add_file, add_json, add_tensor, choose_tensor
from app.cli.outputs import require_free
from app.cli.recorded import open_recorded
from app.cli.status import ExitStatus, status_of_problems, worst_sentence
from codec.atomic_file import Piece, npy_pieces, write_file
from codec.capture.loading import is_capture
from codec.capture.metadata import RunTiming, TensorRecord
from codec.capture.recording import timed_decode
from codec.container import Tensor
from codec.decoders.base import DecodedTensor
from codec.decoders.streams import Status
from codec.errors import DecodeError, InputError
from codec.formats import open_file
from codec.problems import Problem
from codec.scales import dequantised_npy, read_scales
from codec.tile_log import log_bytes, require_log_name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT.npy", required=True, help="where the weights go, as int8"
    )
    parser.add_argument(
        "--log", metavar="OUT.csv|.json", help="also write what was read of each tile"
    )
    parser.add_argument(
        "--dequantize", action="store_true",
        help="write float32, weights times scales, in the shape that the tensor had (native files alone)",
    )  # fmt: skip
    add_tensor(parser)
    add_decoder(parser)
    add_json(parser)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came out of a file, or stands in a capture.

    Attributes:
        tensor: which tensor it is.
        decoder: the name of what decoded it.
        decoded: weights and log.
        timing: of the run that they are from.
        checkpoint_interval: symbols between the checkpoints that it started from; 0 without.
        problems: of the file.
        pieces: what to write: the .npy file of the weights.
    """

    tensor: Tensor | TensorRecord
    decoder: str
    decoded: DecodedTensor
    timing: RunTiming
    checkpoint_interval: int
    pieces: Iterator[Piece]
    problems: tuple[Problem, ...] = ()


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out: writes all that could be decoded, and says which tiles could not."""
    outputs = [path for path in (arguments.output, arguments.log) if path is not None]
    require_free(outputs, [arguments.file])
    if arguments.log is not None:
        require_log_name(arguments.log)
    outcome = _recorded(arguments) if is_capture(arguments.file) else _decoded(arguments)
    write_file(arguments.output, outcome.pieces)
    if arguments.log is not None:
        write_file(arguments.log, [log_bytes(outcome.decoded.reads, arguments.log)])
    _report(arguments, outcome)
    return _status(outcome)


def _decoded(arguments: argparse.Namespace) -> Outcome:
    """Runs a decoder."""
    decoder = chosen(arguments)
    container = open_file(arguments.file)
    tensor = choose_tensor(container, arguments.tensor)
    scales = read_scales(container, tensor) if arguments.dequantize else None
    with Progress(f"decoding {tensor.name}") as tick:
        decoded, timing = timed_decode(decoder, container, tensor, tick)
    if decoder.notice:
        complain(decoder.notice)
    interval = decoder.checkpoint_interval
    pieces = npy_pieces(decoded.weights)
    if scales is not None and tensor.origin is not None:
        pieces = dequantised_npy(decoded.weights, scales, tensor.origin.shape)
    return Outcome(tensor, decoder.name, decoded, timing, interval, pieces, container.problems)


def _recorded(arguments: argparse.Namespace) -> Outcome:
    """Takes what a decoder gave elsewhere from a capture."""
    if arguments.dequantize:
        raise InputError(
            f"--dequantize needs scales, and {arguments.file} is a capture, which has none"
        )
    capture, tensor = open_recorded(arguments)
    record = tensor.record
    if record.refusal:
        raise DecodeError(f"{record.name} was not decoded: {record.refusal}")
    if not record.timings:
        raise InputError(f"{capture.source.name} has no run of {record.name}")
    decoder, interval = capture.metadata.decoder, record.checkpoint_interval
    decoded = tensor.decoded()
    pieces = npy_pieces(decoded.weights)
    return Outcome(record, decoder, decoded, record.timings[0], interval, pieces)


def _report(arguments: argparse.Namespace, outcome: Outcome) -> None:
    tensor, tiles = outcome.tensor, len(outcome.decoded.reads)
    if arguments.json:
        say_json(
            {
                "output": arguments.output,
                "log": arguments.log,
                "tensor": tensor.name,
                "rows": tensor.rows,
                "cols": tensor.cols,
                "dtype": "float32" if arguments.dequantize else tensor.dtype,
                "decoder": outcome.decoder,
                "tiles": tiles,
                "tiles_failed": outcome.decoded.failed.tolist(),
                "timing": asdict(outcome.timing),
                "checkpoint_interval": outcome.checkpoint_interval or None,
            }
        )
    else:
        dtype = "float32" if arguments.dequantize else tensor.dtype
        shape = f"{tensor.rows:,} × {tensor.cols:,} {dtype}"
        source = f"{number_of(tiles, 'tile')} of {tensor.name}, by {outcome.decoder}"
        took = time_line([outcome.timing], outcome.checkpoint_interval)
        say(f"{arguments.output}: {shape} from {source}; {took}")


def _status(outcome: Outcome) -> ExitStatus:
    """The status of the outcome; what went wrong is told."""
    status = status_of_problems(outcome.problems)
    if status is not ExitStatus.OK:
        complain(f"the file is damaged: {worst_sentence(outcome.problems)}")
    if len(outcome.decoded.failed):
        complain(_failures(outcome.decoded))
        status = ExitStatus.CONTENT
    return status


def _failures(decoded: DecodedTensor) -> str:
    """Which tiles failed and how, and what the output holds of them."""
    statuses = decoded.reads["status"]
    names = [f"{tile} ({Status(statuses[tile]).word})" for tile in decoded.failed.tolist()]
    of = number_of(len(statuses), "tile")
    return (
        f"{len(names):,} of {of} failed: {listed(names)}; the output holds 0 where nothing came out, and "
        "what came out of a failed tile is not to be trusted"
    )
