"""Options that several sub-commands share, each spelt and explained once."""

from __future__ import annotations

import argparse
from typing import NoReturn

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
        help=f"one of {names}; cpu unless told otherwise, or reference where that cannot run",
    )


def whole_number(text: str) -> int:
    """An argument that is a number from 0 on, for argparse."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def choose_tensor(container: Container, name: str | None) -> Tensor:
    """The tensor called `name`, or the only one.

    Raises:
        DecodeError: the file holds no tensor that can be read.
        InputError: there is none of that name, or several and no name was given.
    """
    tensors, file = container.tensors, container.source.name
    if not tensors:
        reason = next((f": {problem.message}" for problem in container.problems), "")
        raise DecodeError(f"{file} holds no tensor that can be read{reason}")
    names = listed([tensor.name for tensor in tensors])
    found = [tensor for tensor in tensors if name is None or tensor.name == name]
    if not found:
        raise InputError(f"{file} holds no tensor called {name!r}; it holds {names}")
    if len(found) > 1:
        raise InputError(f"{file} holds several tensors, {names}: choose one with --tensor")
    return found[0]


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
