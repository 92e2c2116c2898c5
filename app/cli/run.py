"""Runs a sub-command: its module declares the arguments and carries it out."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import Protocol, cast

from app.cli import COMMANDS
from app.cli.guard import guarded
from app.cli.options import Parser
from app.cli.status import ExitStatus


class Command(Protocol):
    """What the module of a sub-command defines."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> ExitStatus:
        """Carries the command out."""


def module_of(name: str) -> Command:
    """The module of a sub-command. No other is loaded: all together take twice as long as any one."""
    return cast(Command, importlib.import_module(f"app.cli.{name.replace('-', '_')}"))


def run(argv: Sequence[str]) -> int:
    """Runs the sub-command named first in `argv`; returns its exit status."""
    return guarded(lambda: _dispatch(argv[0], argv[1:]))


def _dispatch(name: str, rest: Sequence[str]) -> int:
    says, command = COMMANDS[name], module_of(name)
    parser = Parser(f"ranscope {name}", f"{says[0].upper()}{says[1:]}.")
    command.add_arguments(parser)
    arguments = parser.parse_args(rest)
    arguments.command_line = ["ranscope", name, *rest]
    return command.run(arguments)
