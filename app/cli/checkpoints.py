"""`ranscope checkpoints`: the side file with which a GPU decodes a stream by many threads."""

from __future__ import annotations

import argparse

from app.cli.console import Progress, say, say_json
from app.cli.options import add_file, add_json, add_tensor, choose_tensor
from app.cli.status import ExitStatus
from codec.checkpoints import SHARE_OF_FILE, find, interval_for, save, side_file, unsuited
from codec.errors import InputError
from codec.formats import open_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    parser.add_argument(
        "--share",
        metavar="S",
        type=_share,
        default=SHARE_OF_FILE,
        help=f"of the file's size, what they take at most; {SHARE_OF_FILE} unless told otherwise",
    )
    add_tensor(parser)
    add_json(parser)


def _share(text: str) -> float:
    """An argument that is a part of a whole, for argparse."""
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0 and up to 1")
    return share


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out; streams that are damaged have checkpoints as far as they go."""
    container = open_file(arguments.file)
    reasons = [unsuited(tensor) for tensor in container.tensors]
    if reasons and all(reasons):
        raise InputError(reasons[0])
    tensor = choose_tensor(container, arguments.tensor)
    interval = interval_for(tensor, container.source.size, arguments.share)
    with Progress(f"walking through {tensor.name}") as tick:
        found = find(container, tensor, interval, tick)
    output = side_file(arguments.file)
    save(output, found)
    share = found.size / container.source.size
    if arguments.json:
        say_json(
            {
                "output": str(output),
                "tensor": tensor.name,
                "tiles": len(tensor.tiles),
                "interval": interval,
                "per_tile": found.records.shape[1],
                "size": found.size,
                "share": share,
            }
        )
    else:
        say(
            f"{output}: every {interval:,} symbols of {tensor.name}, {found.size:,} bytes, {share:.2%} of the "
            "file's size"
        )
    return ExitStatus.OK
