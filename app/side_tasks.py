"""What the sides of a comparison ask of decoders, as plain data: for a worker thread or for the child.

Nothing here imports Qt.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.tasks import FileTask
from codec.comparison.encode_steps import EncodeDivergence
from codec.comparison.files import FileComparison, compare_with_side, encode_step_with_side
from codec.comparison.offers import offers
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side, read_side, trace_side
from codec.comparison.stand_in import MOST_WEIGHTS, stand_in
from codec.container import Container
from codec.decoders import DECODERS
from codec.decoders.base import Tick
from codec.errors import DecodeError, DeviceError
from codec.trace import Trace


@dataclass(frozen=True, eq=False)
class SideTask(FileTask):
    """Work for one side of a comparison.

    Attributes:
        side: the side.
    """

    side: Side

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        ours = self.side.kind is SideKind.DECODER and self.side.name in DECODERS
        return self.side.title if self.side.isolated and not ours else ""


@dataclass(frozen=True, eq=False)
class ReadSide(SideTask):
    """Reads what a side makes of a tensor; the result is an `Output`."""

    def run_on(self, container: Container, tick: Tick) -> Output:
        """Runs the side's decoder, or reads its file."""
        return read_side(self.side, container, container.tensors[self.tensor], tick)


@dataclass(frozen=True, eq=False)
class ReadOrStandIn(ReadSide):
    """Reads a side; where a tensor of the file decodes to nothing, the result is what stands for that.

    So that the other side's weights can tell what is wrong with the file.
    """

    def run_on(self, container: Container, tick: Tick) -> Output:
        """Runs the side's decoder, or reads its file."""
        tensor = container.tensors[self.tensor]
        try:
            return super().run_on(container, tick)
        except DeviceError:
            raise
        except DecodeError as error:
            ours = self.side.kind is SideKind.DECODER and self.side.name in DECODERS
            if not (ours and tensor.refusal) or tensor.weights > MOST_WEIGHTS:
                raise
            return stand_in(tensor, self.side, error.sentence())


@dataclass(frozen=True, eq=False)
class TraceSide(SideTask):
    """Has a side give the steps from `first` to before `last` of one tile; the result is a `Trace`."""

    tile: int
    first: int
    last: int

    def run_on(self, container: Container, tick: Tick) -> Trace:
        """Traces the tile, or reads the trace that a capture holds."""
        tensor = container.tensors[self.tensor]
        return trace_side(self.side, container, tensor, self.tile, self.first, self.last)


@dataclass(frozen=True, eq=False)
class CompareFiles(SideTask):
    """Holds the file against that of a side, as files; the result is a `FileComparison`."""

    def run_on(self, container: Container, tick: Tick) -> FileComparison:
        """Reads the side's file, or has its encoder write one."""
        return compare_with_side(self.side, container, container.tensors[self.tensor], tick)


@dataclass(frozen=True, eq=False)
class FindEncodeStep(SideTask):
    """Looks where the encoders of both files part in a tile; the result is an `EncodeDivergence`, or None.

    Attributes:
        tiles: its number in the open file, and in that of the side.
    """

    tiles: tuple[int, int]

    def run_on(self, container: Container, tick: Tick) -> EncodeDivergence | None:
        """Traces the tile in both."""
        tensor = container.tensors[self.tensor]
        return encode_step_with_side(self.side, container, tensor, self.tiles, tick)


@dataclass(frozen=True, eq=False)
class OfferSides(SideTask):
    """Looks for other ways to read a side that was refused; the result is a tuple of `Side`."""

    def run_on(self, container: Container, tick: Tick) -> tuple[Side, ...]:
        """Looks at what the file holds."""
        return offers(self.side, container, container.tensors[self.tensor])
