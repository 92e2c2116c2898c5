"""`ranscope decode`: the weights of a file as .npy, and what the decoder read of each tile."""

from __future__ import annotations

import argparse

from app.cli.console import Progress, complain, listed, number_of, say, say_json
from app.cli.options import add_decoder, add_file, add_json, add_tensor, choose_tensor
from app.cli.outputs import require_free
from app.cli.status import ExitStatus, status_of_problems, worst_sentence
from codec.atomic_file import npy_pieces, write_file
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import DecodedTensor, Decoder
from codec.decoders.streams import Status
from codec.formats import open_file
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
    add_tensor(parser)
    add_decoder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out: writes all that could be decoded, and says which tiles could not."""
    outputs = [path for path in (arguments.output, arguments.log) if path is not None]
    require_free(outputs, [arguments.file])
    if arguments.log is not None:
        require_log_name(arguments.log)
    decoder = choose(arguments.decoder)
    container = open_file(arguments.file)
    tensor = choose_tensor(container, arguments.tensor)
    with Progress(f"decoding {tensor.name}") as tick:
        decoded = decoder.decode(container, tensor, tick)
    write_file(arguments.output, npy_pieces(decoded.weights))
    if arguments.log is not None:
        write_file(arguments.log, [log_bytes(decoded.reads, arguments.log)])
    _report(arguments, tensor, decoder, decoded)
    return _status(container, tensor, decoded)


def _report(
    arguments: argparse.Namespace, tensor: Tensor, decoder: Decoder, decoded: DecodedTensor
) -> None:
    failed = decoded.failed.tolist()
    if arguments.json:
        say_json(
            {
                "output": arguments.output,
                "log": arguments.log,
                "tensor": tensor.name,
                "rows": tensor.rows,
                "cols": tensor.cols,
                "dtype": tensor.dtype,
                "decoder": decoder.name,
                "tiles": len(tensor.tiles),
                "tiles_failed": failed,
            }
        )
    else:
        shape = f"{tensor.rows:,} × {tensor.cols:,} {tensor.dtype}"
        tiles = number_of(len(tensor.tiles), "tile")
        say(f"{arguments.output}: {shape} from {tiles} of {tensor.name}, by {decoder.name}")


def _status(container: Container, tensor: Tensor, decoded: DecodedTensor) -> ExitStatus:
    """The status of the outcome; what went wrong is told."""
    status = status_of_problems(container.problems)
    if status is not ExitStatus.OK:
        complain(f"the file is damaged: {worst_sentence(container.problems)}")
    if len(decoded.failed):
        complain(_failures(tensor, decoded))
        status = ExitStatus.CONTENT
    return status


def _failures(tensor: Tensor, decoded: DecodedTensor) -> str:
    """Which tiles failed and how, and what the output holds of them."""
    statuses = decoded.reads["status"]
    names = [f"{tile} ({Status(statuses[tile]).word})" for tile in decoded.failed.tolist()]
    of = number_of(len(tensor.tiles), "tile")
    return (
        f"{len(names):,} of {of} failed: {listed(names)}; the output holds 0 where nothing came out, and "
        "what came out of a failed tile is not to be trusted"
    )
