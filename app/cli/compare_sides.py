"""Reading the sides of a comparison from the command line; what runs code that may crash runs in a child process."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.child.task import Task
from app.child_tasks import AskDecoder, OnFile, stamp_of
from app.cli.console import Progress
from app.cli.isolated import AskPlatform, run_in_child
from app.side_tasks import CompareFiles, ReadSide, SideTask, TraceSide
from codec.capture.loading import open_capture
from codec.comparison.dumps import Reading, is_raw
from codec.comparison.files import FileComparison
from codec.comparison.offers import offers
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side, parse_side
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import no_tick
from codec.decoders.platform import Platform
from codec.errors import BroughtError, InputError
from codec.source import FileSource
from codec.trace import Trace

STEPS_TRACED = 1 << 18
"""Steps of the first wrong tile that are traced, from its first: decoders that part do so early, or never."""


@dataclass(frozen=True, eq=False)
class SideReader:
    """Reads sides of one tensor.

    Attributes:
        container: the file.
        tensor: the tensor in it.
        timeout: seconds that code of the user's may take at a time.
    """

    container: Container
    tensor: Tensor
    timeout: float

    def output(self, side: Side) -> Output:
        """What a side makes of the tensor.

        Raises:
            InputError: it is a decoder that cannot run here.
            RanscopeError: it makes nothing of it, for a reason that a person can be told.
        """
        if side.isolated and side.kind is SideKind.DECODER:
            self._require_available(side)
        try:
            found = self._run(ReadSide(self.tensor.index, side), "reading")
        except InputError as error:
            raise InputError(f"{error}{self._hint(side)}", error.offset) from None
        assert isinstance(found, Output)
        return found

    def trace(self, side: Side, tile: int) -> Trace:
        """The first steps of a tile, as a side took them.

        Raises:
            RanscopeError: there are none, for a reason that a person can be told.
        """
        last = min(self.tensor.symbol_count(tile), STEPS_TRACED)
        task = TraceSide(self.tensor.index, side, tile, 0, last)
        found = self._run(task, f"tracing tile {tile:,} with")
        assert isinstance(found, Trace)
        return found

    def files(self, side: Side) -> FileComparison:
        """The file held against that of a side, as files.

        Raises:
            RanscopeError: it cannot be, for a reason that a person can be told.
        """
        found = self._run(CompareFiles(self.tensor.index, side), "comparing the file with")
        assert isinstance(found, FileComparison)
        return found

    def platform(self, side: Side) -> Platform | None:
        """What a side ran on; None where it did not run, or that is not known."""
        if side.kind is SideKind.CAPTURE:
            metadata = open_capture(side.name).metadata
            return Platform(metadata.device, metadata.versions)
        if side.kind is not SideKind.DECODER:
            return None
        task = AskPlatform(side.name)
        found = self._in_child(task, side, "asking") if side.isolated else task.run(no_tick)
        assert isinstance(found, Platform)
        return found

    def _hint(self, side: Side) -> str:
        """The option with which a file that was refused can be read after all; "" where none helps."""
        ways = offers(side, self.container, self.tensor)
        if not ways:
            return ""
        names = [shlex.quote(way.tensor) for way in ways if way.tensor != side.tensor]
        return f"; add --with-tensor {' or '.join(names)}" if names else "; add --reshape"

    def _require_available(self, side: Side) -> None:
        """Asked first: that a decoder cannot be loaded says nothing of what it would make of the file."""
        try:
            self._in_child(AskDecoder(side.name), side, "loading")
        except BroughtError as error:
            raise InputError(f"{side.title} cannot run here: {error.sentence()}") from None

    def _run(self, task: SideTask, doing: str) -> object:
        if task.side.isolated:
            return self._in_child(OnFile(stamp_of(self.container.source), task), task.side, doing)
        with Progress(f"{doing} {task.side.title}") as tick:
            return task.run_on(self.container, tick)

    def _in_child(self, task: Task, side: Side, doing: str) -> object:
        label = f"{doing} {side.title}"
        with Progress(label) as tick:
            return run_in_child(task, f"{label[:1].upper()}{label[1:]}", self.timeout, tick)


def sides_of(names: Sequence[str], runs: int, how: Reading) -> list[Side]:
    """The sides that were named on the command line, left before right; the judge is left of a lone one.

    Args:
        names: one or two.
        runs: how often decoders among them are run.
        how: how files among them are read.

    Raises:
        InputError: a name stands for nothing, or an option is for a kind of side that is not there.
        SourceError: a file cannot be read.
    """
    sides = [parse_side(name, how.tensor, how.dtype, how.reshape) for name in names]
    dumps = [FileSource(side.name) for side in sides if side.kind is SideKind.DUMP]
    if how.dtype and not any(map(is_raw, dumps)):
        raise InputError("--dtype is the type of raw dumps, and none is named by --with")
    if runs > 1 and all(side.kind is not SideKind.DECODER for side in sides):
        raise InputError("--runs runs decoders several times, and none is named by --with")
    again = [replace(side, runs=runs) if side.kind is SideKind.DECODER else side for side in sides]
    return again if len(again) > 1 else [Side(SideKind.DECODER, choose().name), *again]
