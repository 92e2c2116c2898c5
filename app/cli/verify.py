"""`ranscope verify`: every check and a full decode of each file, one line a file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from app.cli.console import Progress, complain, number_of, say, say_json
from app.cli.info import print_problems
from app.cli.isolated import chosen
from app.cli.options import add_decoder, add_json
from app.cli.status import ExitStatus, status_of_error, status_of_problems, worst_sentence
from codec.checks import Report, check
from codec.container import Tensor
from codec.decoders.base import Decoder
from codec.errors import Cancelled, RanscopeError
from codec.formats import open_file
from codec.info import NOTHING_FOUND, count, report_info
from codec.problems import Severity


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="compressed files")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also every problem, below its file's line"
    )
    add_decoder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out; the worst file decides the status."""
    decoder = chosen(arguments)
    status, outcomes = ExitStatus.OK, []
    for path in arguments.files:
        found, outcome = _verify(path, decoder, arguments)
        status = max(status, found)
        outcomes.append(outcome)
    if arguments.json:
        say_json({"files": outcomes})
    return status


def _verify(
    path: str, decoder: Decoder, arguments: argparse.Namespace
) -> tuple[ExitStatus, dict[str, Any]]:
    """One file's status, and its object for JSON; its line is printed."""
    try:
        container = open_file(path)
        with Progress(f"verifying {path}") as tick:
            report = check(container, decoder, tick)
        if decoder.notice:
            complain(decoder.notice)
    except Cancelled:
        raise
    except RanscopeError as error:
        sentence = error.sentence()
        complain(sentence if sentence.startswith(path) else f"{path}: {sentence}")
        return status_of_error(error), {"file": path, "error": sentence, **NOTHING_FOUND}
    if not arguments.json:
        say(f"{path}: {_line(report, container.tensors)}")
        if arguments.verbose:
            print_problems(report.problems, container.tensors)
    outcome = {"file": path, "error": None, **report_info(container, report)}
    return status_of_problems(report.problems), outcome


def _line(report: Report, tensors: Sequence[Tensor]) -> str:
    errors = count(report.problems, Severity.ERROR)
    warnings = count(report.problems, Severity.WARNING)
    counted = [
        number_of(number, noun)
        for number, noun in ((errors, "error"), (warnings, "warning"))
        if number
    ]
    if not errors:
        counted.insert(0, "ok")
    sentence = worst_sentence(report.problems, tensors)
    return ", ".join(counted) + (f": {sentence}" if sentence else "")
