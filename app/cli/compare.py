"""`ranscope compare`: two outputs side by side - decoders, dumps, captures, files - and what went wrong."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

from app.cli.compare_info import (
    comparison_info,
    files_info,
    finding_info,
    histogram_info,
    side_info,
    step_info,
)
from app.cli.compare_sides import SideReader, sides_of
from app.cli.console import Progress, complain, say, say_json
from app.cli.options import (
    add_file,
    add_json,
    add_tensor,
    add_timeout,
    choose_tensor,
    whole_number,
)
from app.cli.outputs import require_free, require_place
from app.cli.status import ExitStatus, status_of_problems, worst_sentence
from app.cli.undecodable import faults_of_file, is_file, outputs_of
from app.report import verdict
from codec.comparison import dumps
from codec.comparison.comparison import Comparison, compare
from codec.comparison.divergence import Divergence, first_divergence
from codec.comparison.files import FileComparison
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.decoders.base import Tick
from codec.diagnosis import diagnose
from codec.diagnosis.finding import Finding
from codec.errors import Cancelled, InputError, RanscopeError
from codec.formats import open_file

WORST_SHOWN = 5
"""Tiles that are named, the worst first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    parser.add_argument(
        "--with", dest="sides", metavar="X", action="append", required=True,
        help="what to hold against the reference, or, given twice, left and right: a decoder's name, a "
        "decoder or encoder of your own (.py, .so, .cu), a dump (.npy, .npz, .safetensors, raw), a capture, "
        "another compressed file",
    )  # fmt: skip
    add_tensor(parser)
    parser.add_argument(
        "--with-tensor", metavar="NAME", default="",
        help="the tensor in X and Y, where none there has the name of that in FILE",
    )  # fmt: skip
    parser.add_argument(
        "--dtype", metavar="TYPE", default="", help="of a raw dump, such as int8 or float32"
    )
    parser.add_argument(
        "--reshape", action="store_true",
        help="read a dump of the right size and another shape row by row",
    )  # fmt: skip
    parser.add_argument(
        "--runs", metavar="N", type=whole_number, default=1,
        help="run decoders N times, and say which tiles are not always the same",
    )  # fmt: skip
    add_timeout(parser)
    parser.add_argument(
        "--report", metavar="OUT.html", help="also write one page, to be attached to a bug report"
    )
    add_json(parser)


@dataclass(frozen=True, eq=False)
class Compared:
    """What became of a comparison.

    Attributes:
        comparison: of both outputs.
        sides: what stands on the left and on the right.
        failures: why nothing of the left side can be decoded, and of the right one; "" where something can.
        findings: the mistakes that explain it, best first; None where they could not be sought.
        remarks: what else a person should know.
        divergence: where the traces of the first wrong tile part.
        steps_note: why that is not known; "" where it is.
        files: where a side is another compressed file, both as files.
    """

    comparison: Comparison
    sides: tuple[Side, Side]
    failures: tuple[str, str]
    findings: tuple[Finding, ...] | None
    remarks: list[str] = field(default_factory=list)
    divergence: Divergence | None = None
    steps_note: str = ""
    files: FileComparison | None = None

    @property
    def equal(self) -> bool:
        """Whether both sides hold the same weights, and each of them trusts its own."""
        outputs = self.comparison.left, self.comparison.right
        unsure = any(len(o.failed) or (o.varying is not None and o.varying.any()) for o in outputs)
        return self.comparison.equal and not unsure


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out; the status is 0 only where both sides are equal."""
    _check(arguments)
    container = open_file(arguments.file)
    tensor = choose_tensor(container, arguments.tensor)
    how = dumps.Reading(arguments.with_tensor, arguments.dtype, arguments.reshape)
    sides = sides_of(arguments.sides, arguments.runs, how)
    paths = [side.name for side in sides if side.kind is not SideKind.DECODER]
    if arguments.report is not None:
        require_place(arguments.report)
        require_free([arguments.report], [arguments.file, *paths])
    reader = SideReader(container, tensor, arguments.timeout)
    compared = _compared(reader, (sides[0], sides[1]))
    if arguments.report is not None:
        _write_report(arguments, reader, compared)
    _print(arguments, compared)
    if status_of_problems(container.problems) is not ExitStatus.OK:
        complain(f"the file is damaged: {worst_sentence(container.problems)}")
    return ExitStatus.OK if compared.equal else ExitStatus.CONTENT


def _check(arguments: argparse.Namespace) -> None:
    if len(arguments.sides) > 2:
        raise InputError(f"--with is given once or twice, not {len(arguments.sides):,} times")
    if arguments.runs < 1:
        raise InputError("--runs takes a number from 1 on")


# The work


def _compared(reader: SideReader, sides: tuple[Side, Side]) -> Compared:
    (left, right), failures = outputs_of(reader, sides)
    with Progress("comparing") as tick:
        comparison = compare(reader.tensor, left, right, tick)
    told = zip((left, right), failures, strict=True)
    remarks = [text for side, failure in told if not failure for text in verdict.remarks(side)]
    found: tuple[Finding, ...] | None = None
    try:
        with Progress("looking for what explains it") as tick:
            found = _findings(reader, comparison, sides, failures, tick)
    except Cancelled:
        raise
    except RanscopeError as error:
        remarks.append(f"What explains it could not be sought: {error.sentence()}")
    divergence, note = _diverged(comparison, sides, reader)
    files = _files(sides, reader, remarks)
    return Compared(comparison, sides, failures, found, remarks, divergence, note, files)


def _findings(
    reader: SideReader,
    comparison: Comparison,
    sides: tuple[Side, Side],
    failures: tuple[str, str],
    tick: Tick,
) -> tuple[Finding, ...] | None:
    """What explains the differences; of a file of which nothing can be decoded, what is wrong with it."""
    if all(failures):
        return None
    outputs = comparison.left, comparison.right
    for place, failure in enumerate(failures):
        if failure and is_file(sides[place]):
            return faults_of_file(reader, sides[place], outputs[1 - place], tick)
    return diagnose(reader.container, comparison, tick)


def _diverged(
    comparison: Comparison, sides: tuple[Side, Side], reader: SideReader
) -> tuple[Divergence | None, str]:
    """Where the traces of the first wrong tile part, or why that is not known."""
    first = comparison.first
    if first is None or first.tile < 0:
        return None, ""
    try:
        traces = [reader.trace(side, first.tile) for side in sides]
    except Cancelled:
        raise
    except RanscopeError as error:
        return None, error.sentence()
    found = first_divergence(*traces)
    alike = f"Both sides took the same steps through tile {first.tile:,}: they part behind the rANS coder."
    return found, "" if found is not None else alike


def _files(
    sides: tuple[Side, Side], reader: SideReader, remarks: list[str]
) -> FileComparison | None:
    """The file held against the compressed file on one side, the right one rather than the left one."""
    others = [side for side in sides[::-1] if side.kind is SideKind.FILE]
    if not others:
        return None
    try:
        return reader.files(others[0])
    except Cancelled:
        raise
    except RanscopeError as error:
        remarks.append(f"The files could not be compared as files: {error.sentence()}")
        return None


# What is told


def _print(arguments: argparse.Namespace, compared: Compared) -> None:
    if arguments.json:
        say_json(_info(arguments, compared), histogram=histogram_info(compared.comparison))
        return
    comparison = compared.comparison
    say(
        f"{comparison.tensor.name}: {comparison.left.title} (left) and {comparison.right.title} (right)"
    )
    if any(compared.failures):
        say(f"  {verdict.nothing_decoded(comparison, compared.failures)}")
    else:
        _print_differences(comparison)
    for sentence in compared.remarks:
        say(f"  {verdict.ended(sentence)}")
    if compared.divergence is not None:
        say(f"  {verdict.step_sentence(compared.divergence)}")
    if compared.files is not None:
        say("files")
        for sentence in verdict.file_sentences(compared.files):
            say(f"  {sentence}")
    _print_findings(compared)
    if arguments.report is not None:
        say(f"report: {arguments.report}")


def _print_differences(comparison: Comparison) -> None:
    say(f"  {verdict.verdict(comparison)}")
    if comparison.first is not None:
        say(f"  {verdict.first_place(comparison)}")
        say(f"  {verdict.worst_tiles(comparison, WORST_SHOWN)}")


def _print_findings(compared: Compared) -> None:
    if compared.equal or compared.findings is None:
        return
    say("diagnosis")
    if not compared.findings:
        say(f"  {verdict.NO_EXPLANATION}")
    for number, finding in enumerate(compared.findings, 1):
        say(f"  {number}. {verdict.explanation(finding, compared.comparison)}")
        say(f"     {finding.detail}")


def _info(arguments: argparse.Namespace, compared: Compared) -> dict[str, object]:
    comparison = compared.comparison
    known = comparison_info(comparison)
    if any(compared.failures):
        known["first_divergence"] = None
    sides = zip(("left", "right"), compared.sides, (comparison.left, comparison.right), strict=True)
    return {
        **known,
        "equal": compared.equal,
        "tensor": comparison.tensor.name,
        **{name: side_info(side, output) for name, side, output in sides},
        "left_failure": compared.failures[0] or None,
        "right_failure": compared.failures[1] or None,
        "diagnosis": [finding_info(finding) for finding in compared.findings or ()],
        "remarks": compared.remarks,
        "first_step": None if compared.divergence is None else step_info(compared.divergence),
        "first_step_note": compared.steps_note or None,
        "files": None if compared.files is None else files_info(compared.files),
        "report": arguments.report,
    }


def _write_report(arguments: argparse.Namespace, reader: SideReader, compared: Compared) -> None:
    # Only here: the pictures take a library that nothing else on the command line needs.
    from app.report.content import Report, origin_of
    from app.report.page import write_report

    platforms = {}
    for side in compared.sides:
        if (platform := reader.platform(side)) is not None:
            platforms[side.title] = platform
    files = [side.name for side in compared.sides if side.kind is not SideKind.DECODER]
    with Progress(f"hashing {reader.container.source.name}") as tick:
        origin = origin_of(reader.container, arguments.command_line, platforms, files, tick)
    write_report(
        arguments.report,
        Report(
            compared.comparison, origin, compared.findings, compared.failures,
            tuple(compared.remarks), compared.divergence, compared.steps_note, compared.files,
        ),
    )  # fmt: skip
