"""Runs a sub-command: its module declares the arguments and carries it out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Protocol

from app.cli import (
    COMMANDS,
    bench,
    capture,
    checkpoints,
    compare,
    decode,
    decoders,
    encode,
    info,
    new_decoder,
    selftest,
    sweep,
    trace,
    verify,
)
from app.cli.guard import guarded
from app.cli.options import Parser
from app.cli.status import ExitStatus


class Command(Protocol):
    """What the module of a sub-command defines."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> ExitStatus:
        """Carries the command out."""


MODULES: dict[str, Command] = {
    "info": info,
    "decode": decode,
    "encode": encode,
    "trace": trace,
    "capture": capture,
    "compare": compare,
    "sweep": sweep,
    "bench": bench,
    "checkpoints": checkpoints,
    "verify": verify,
    "decoders": decoders,
    "new-decoder": new_decoder,
    "selftest": selftest,
}


def run(argv: Sequence[str]) -> int:
    """Runs the sub-command named first in `argv`; returns its exit status."""
    return guarded(lambda: _dispatch(argv[0], argv[1:]))


def _dispatch(name: str, rest: Sequence[str]) -> int:
    says = COMMANDS[name]
    parser = Parser(f"ranscope {name}", f"{says[0].upper()}{says[1:]}.")
    MODULES[name].add_arguments(parser)
    arguments = parser.parse_args(rest)
    arguments.command_line = ["ranscope", name, *rest]
    return MODULES[name].run(arguments)
