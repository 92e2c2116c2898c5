"""What the divergence shows of two traces: their steps in pairs, and how one gets from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.models.divergence_curves import StateCurve, state_curve
from app.models.divergence_frames import frame_of
from app.models.divergence_pairs import StepPairs, pair_steps
from app.models.divergence_reading import agreement, sentence
from app.models.step_table import next_row
from codec.comparison.comparison import Comparison
from codec.comparison.divergence import Divergence
from codec.rans import Coder
from codec.trace import StreamRead, Trace


@dataclass(frozen=True, eq=False)
class Shown:
    """Two traces of one tile, and where they part.

    Attributes:
        tile: whose they are.
        coder: the constants of its coder.
        pairs: the steps of both.
        divergence: where they part; None where they do not, or that is not known yet.
    """

    tile: int
    coder: Coder
    pairs: StepPairs
    divergence: Divergence | None

    @property
    def traces(self) -> tuple[Trace, Trace]:
        """Left and right."""
        return self.pairs.traces

    def shows(self, tile: int, traces: tuple[Trace, Trace]) -> bool:
        """Whether it is made of just these traces."""
        same = all(mine is its for mine, its in zip(self.traces, traces, strict=True))
        return same and self.tile == tile

    def parting(self, divergence: Divergence | None) -> Shown:
        """The same with where its traces part; a divergence of other traces is not theirs."""
        left, right = self.traces
        ours = divergence is not None and divergence.left is left and divergence.right is right
        known = divergence if ours else None
        return self if known is self.divergence else replace(self, divergence=known)

    @property
    def first(self) -> int | None:
        """The pair at which the steps part; None where none differs."""
        known = self.divergence
        pair = (
            None if known is None or known.step < 0 else self.pairs.find(known.stream, known.step)
        )
        if pair is not None:
            return pair
        differing = self.pairs.differing
        return int(differing[0]) if len(differing) else None

    @property
    def frames(self) -> tuple[StreamRead | None, StreamRead | None]:
        """What both took for the frame of the stream that is compared."""
        stream = 0 if self.divergence is None else self.divergence.stream
        left, right = (frame_of(trace, stream) for trace in self.traces)
        return left, right

    @property
    def starts_apart(self) -> bool:
        """Whether they differ before the first step."""
        return self.divergence is not None and self.divergence.step < 0

    def sentence(self, comparison: Comparison | None, two_files: bool) -> str:
        """Where the traces part, and what that means.

        Args:
            comparison: knows whether weights differ, too.
            two_files: whether the sides decode two files.
        """
        if self.divergence is not None:
            return sentence(self.divergence, self.coder, two_files)
        if len(self.pairs.differing):
            return f"The traces of tile {self.tile:,} are being compared."
        known = comparison is not None and self.tile < len(comparison.tile_differing)
        weights = int(comparison.tile_differing[self.tile]) if comparison and known else None
        return agreement(*self.traces, self.tile, self.pairs.shared, weights)

    def next_differing(self, pair: int, forward: bool) -> int | None:
        """The next pair that differs, or the one before; None where none does."""
        return next_row(self.pairs.differing, pair, forward)

    def lanes(self) -> int:
        """How many lanes the streams have."""
        return max((len(frame.lane_states) if frame else 1 for frame in self.frames), default=1)

    @property
    def several_streams(self) -> bool:
        """Whether the tile has more than one stream."""
        return any(len(trace.streams) > 1 for trace in self.traces)

    def lane(self, pair: int, side: int) -> int:
        """The lane of a step, by one side, or else the other; 0 where neither holds it."""
        lane = self.pairs.number(pair, side, "lane")
        other = self.pairs.number(pair, 1 - side, "lane") if lane is None else lane
        return other or 0

    def curves(self, stream: int, lane: int) -> tuple[StateCurve, StateCurve]:
        """The states of a lane, by both sides."""
        return tuple(state_curve(trace, stream, lane) for trace in self.traces)  # type: ignore[return-value]

    def pair_of_symbol(self, symbol: int, side: int) -> int | None:
        """The step that decodes a symbol, by one side, or else by the other."""
        pair = self.pairs.pair_of_symbol(symbol, side)
        return self.pairs.pair_of_symbol(symbol, 1 - side) if pair is None else pair

    def holding(self, pair: int, side: int) -> int:
        """The side, if it holds a step; else the other one, which does."""
        return side if self.pairs.row(pair, side) is not None else 1 - side


def shown_of(tile: int, coder: Coder, traces: tuple[Trace, Trace]) -> Shown:
    """Two traces made ready to be shown."""
    return Shown(tile, coder, pair_steps(*traces), None)
