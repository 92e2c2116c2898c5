"""Options that several sub-commands share, each spelt and explained once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn, Protocol, TypeVar

from app.child.limits import SECONDS
from app.cli.console import listed
from codec.container import Container, Tensor
from codec.decoders import DECODERS
from codec.errors import DecodeError, InputError


class Parser(argparse.ArgumentParser):
    """A parser that raises its complaint as a sentence, where argparse's own prints and exits."""

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Raises InputError."""
        raise InputError(f"{message} ({self.prog} --help explains)")


def add_file(parser: argparse.ArgumentParser) -> None:
    """The compressed file to read."""
    parser.add_argument("file", metavar="FILE", help="a compressed file")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument(
        "--json", action="store_true", help="print JSON with the keys of docs/command-line.md"
    )


def add_tensor(parser: argparse.ArgumentParser) -> None:
    """`--tensor`."""
    parser.add_argument("--tensor", metavar="NAME", help="the tensor, where the file holds several")


def add_decoder(parser: argparse.ArgumentParser) -> None:
    """`--decoder`."""
    names = ", ".join(DECODERS)
    parser.add_argument(
        "--decoder",
        metavar="NAME",
        help=f"one of {names}, or a .py, .so or .cu file of your own; cpu unless told otherwise, or "
        "reference where that cannot run",
    )
    add_timeout(parser)


def add_timeout(parser: argparse.ArgumentParser) -> None:
    """`--timeout`."""
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=SECONDS,
        help=f"how long code of your own may run at a time; usually {SECONDS:g}",
    )


def seconds(text: str) -> float:
    """An argument that is a time above 0, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return number


def whole_number(text: str) -> int:
    """An argument that is a number from 0 on, for argparse."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


class Named(Protocol):
    """What is chosen by its name."""

    @property
    def name(self) -> str:
        """Its name."""


AnyNamed = TypeVar("AnyNamed", bound=Named)


def choose_tensor(container: Container, name: str | None) -> Tensor:
    """The tensor called `name`, or the only one.

    Raises:
        DecodeError: the file holds no tensor that can be read.
        InputError: there is none of that name, or several and no name was given.
    """
    return choose_named(_tensors(container), name, container.source.name)


def choose_named(tensors: Sequence[AnyNamed], name: str | None, file: str) -> AnyNamed:
    """As `choose_tensor`, for what any file holds.

    Raises:
        InputError: as for `choose_tensor`.
    """
    names = listed([tensor.name for tensor in tensors])
    found = [tensor for tensor in tensors if name is None or tensor.name == name]
    if not found:
        raise InputError(f"{file} holds no tensor called {name!r}; it holds {names}")
    if len(found) > 1:
        raise InputError(f"{file} holds several tensors, {names}: choose one with --tensor")
    return found[0]


def choose_tensors(container: Container, names: Sequence[str] | None) -> tuple[Tensor, ...]:
    """The tensors of these names, or all of them, in the order of the file.

    Raises:
        DecodeError: the file holds no tensor that can be read.
        InputError: there is none of one of the names.
    """
    tensors = _tensors(container)
    if names is None:
        return tensors
    chosen = [choose_named(tensors, name, container.source.name).index for name in names]
    return tuple(tensor for tensor in tensors if tensor.index in chosen)


def _tensors(container: Container) -> tuple[Tensor, ...]:
    if not container.tensors:
        reason = next((f": {problem.message}" for problem in container.problems), "")
        raise DecodeError(f"{container.source.name} holds no tensor that can be read{reason}")
    return container.tensors


def parse_steps(text: str) -> tuple[int, int | None]:
    """(first step, step behind the last or None) of a range A:B, either of which may be left out.

    Raises:
        InputError: it is no such range, or an empty one.
    """
    first, colon, last = text.partition(":")
    if not colon or not all(part.isdecimal() or not part for part in (first, last)):
        raise InputError(f"--steps takes a range A:B of step numbers from 0 on, not {text!r}")
    begin, end = int(first or 0), int(last) if last else None
    if end is not None and end <= begin:
        raise InputError(f"--steps {text} is empty: the second number is the step behind the last")
    return begin, end


def parse_tiles(text: str) -> tuple[tuple[int, int | None], ...]:
    """(first tile, tile behind the last or None) of each part of a list such as 3,7:10.

    Raises:
        InputError: it is no such list, or a range in it is empty.
    """
    return tuple(_tile_range(part.strip(), text) for part in text.split(","))


def _tile_range(part: str, text: str) -> tuple[int, int | None]:
    first, colon, last = part.partition(":")
    numbers = all(number.isdecimal() or (colon and not number) for number in (first, last or first))
    if not numbers:
        raise InputError(
            f"--trace takes tiles and ranges A:B of them, numbered from 0, such as 3,7:10, not {text!r}"
        )
    begin = int(first or 0)
    end = begin + 1 if not colon else int(last) if last else None
    if end is not None and end <= begin:
        raise InputError(f"--trace {part} is empty: the second number is the tile behind the last")
    return begin, end


def tiles_in(
    ranges: Sequence[tuple[int, int | None]], tensors: Sequence[Tensor]
) -> dict[int, list[int]]:
    """By the index of each tensor, the tiles of it that lie in `ranges`, in order.

    Raises:
        InputError: one of the ranges lies in no tensor.
    """
    most = max((len(tensor.tiles) for tensor in tensors), default=0)
    for begin, _ in ranges:
        if begin >= most:
            raise InputError(f"there is no tile {begin:,}: there are {most:,}, numbered from 0")
    return {
        tensor.index: sorted(
            {tile for begin, end in ranges for tile in range(len(tensor.tiles))[begin:end]}
        )
        for tensor in tensors
    }
