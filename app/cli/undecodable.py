"""Sides of a comparison of which nothing can be decoded: what stands for them, and what is wrong with their files.

A file whose table is broken decodes to nothing, yet there is much to tell of it: how it differs, as a file, from one
that is sound, and whether the weights on the other side explain what is wrong with it.
"""

from __future__ import annotations

from dataclasses import replace

from app.cli.compare_sides import SideReader
from app.report.verdict import FILE_FAULTS
from codec.comparison.comparison import compare
from codec.comparison.other_files import open_other
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side
from codec.comparison.stand_in import MOST_WEIGHTS, stand_in
from codec.decoders.base import Tick
from codec.diagnosis import diagnose
from codec.diagnosis.finding import Finding
from codec.errors import DecodeError, DeviceError

Sides = tuple[Side, Side]


def outputs_of(reader: SideReader, sides: Sides) -> tuple[tuple[Output, Output], tuple[str, str]]:
    """Both outputs, and for each side why nothing of it can be decoded; "" where something can.

    Raises:
        RanscopeError: a side cannot be read for another reason, or there is nothing to compare at all.
    """
    right, why_right = _output(reader, sides, 1)
    left, why_left = _output(reader, sides, 0)
    if left is None and right is None and reader.tensor.weights > MOST_WEIGHTS:
        raise DecodeError(why_left)
    found = [
        stand_in(reader.tensor, side, reason) if output is None else output
        for side, output, reason in zip(sides, (left, right), (why_left, why_right), strict=True)
    ]
    return (found[0], found[1]), (why_left, why_right)


def _output(reader: SideReader, sides: Sides, place: int) -> tuple[Output | None, str]:
    """What a side makes of the tensor, or why nothing of it can be decoded."""
    try:
        return reader.output(sides[place]), ""
    except DeviceError:
        raise
    except DecodeError as error:
        judge = place == 0 and bool(reader.tensor.refusal)
        if not judge and not is_file(sides[place]):
            raise
        return None, error.sentence()


def is_file(side: Side) -> bool:
    """Whether a side is another compressed file, not made by an encoder of the user's."""
    return side.kind is SideKind.FILE and not side.isolated


def faults_of_file(
    reader: SideReader, side: Side, known: Output, tick: Tick
) -> tuple[Finding, ...]:
    """What is wrong with the file of a side of which nothing can be decoded, by the weights of the other side.

    Raises:
        RanscopeError: that cannot be sought, for a reason that a person can be told.
    """
    other = open_other(side.name, side.tensor, reader.container, reader.tensor)
    nothing = stand_in(other.tensor, side, "")
    found = diagnose(other.container, compare(other.tensor, nothing, known), tick)
    return tuple(
        replace(finding, detail=f"In {side.title}: {finding.detail}")
        for finding in found
        if FILE_FAULTS.intersection(finding.faults)
    )
