"""What happens to a tile's symbols until they are weights in its place, each stage with the mistakes it may have.

A hypothesis about a tile is one `Pipeline`. The right one has every stage at its default, whatever the layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import Enum, auto
from itertools import combinations, product
from typing import Any

from codec.container import Prediction, Predictor, Tensor
from codec.diagnosis import tallies, undoing
from codec.diagnosis.finding import Fault

BIAS = 128


class Order(Enum):
    """Which symbol is taken for a place of the tile; the kernel's numbers."""

    AS_CODED = undoing.AS_CODED
    REVERSED = undoing.REVERSED
    BY_COLUMNS = undoing.BY_COLUMNS


class Inner(Enum):
    """What becomes of the difference of the residuals (wcdc)."""

    AS_CODED = auto()
    NOT_UNDONE = auto()
    RESTARTED = auto()


class Direction(Enum):
    """Which neighbour is added."""

    AS_CODED = auto()
    LEFT = auto()
    TOP = auto()
    SWAPPED = auto()
    NOT_UNDONE = auto()


class Start(Enum):
    """What is added to the first weight of a row (LEFT), or of a column (TOP)."""

    AS_CODED = auto()
    HANDED_ON = auto()
    ZERO = auto()
    CONTINUED = auto()
    ROW_ABOVE = auto()
    LAST_VISIBLE = auto()
    FLAT_BEFORE = auto()
    MATRIX_LEFT = auto()
    MATRIX_LEFT_OR_CONTINUED = auto()
    ABOVE_LEFT = auto()
    FIRST_ROW = auto()
    TILE_FLAT_BEFORE = auto()
    TILE_CARRIED = auto()
    TILE_UNKNOWN = auto()
    UNKNOWN = auto()

    @property
    def free(self) -> bool:
        """Whether the values are taken from the output itself, since no rule gives them."""
        return self in {Start.UNKNOWN, Start.TILE_UNKNOWN}


class Arithmetic(Enum):
    """How sums are kept; the kernel's numbers."""

    WRAPPED = undoing.WRAPPED
    CLIPPED = undoing.CLIPPED
    CLIPPED_LAST = undoing.CLIPPED_LAST


class Layout(Enum):
    """How the weights of the tile are laid out in its place; the kernel's numbers."""

    AS_IS = tallies.AS_IS
    TRANSPOSED = tallies.TRANSPOSED
    BACKWARDS = tallies.BACKWARDS
    UPSIDE_DOWN = tallies.UPSIDE_DOWN
    MIRRORED = tallies.MIRRORED


@dataclass(frozen=True)
class Pipeline:
    """The stages that a tile's symbols go through."""

    order: Order = Order.AS_CODED
    bias: int = BIAS
    inner: Inner = Inner.AS_CODED
    direction: Direction = Direction.AS_CODED
    start: Start = Start.AS_CODED
    arithmetic: Arithmetic = Arithmetic.WRAPPED
    layout: Layout = Layout.AS_IS

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Names of the stages that are not as they should be."""
        right = (Start.AS_CODED, Start.HANDED_ON)
        return tuple(
            f.name
            for f in fields(self)
            if getattr(self, f.name) != f.default and getattr(self, f.name) not in right
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The mistakes by their codes, in the order of `Fault`."""
        found = {self._fault(stage) for stage in self.mistakes}
        return tuple(fault for fault in Fault if fault in found)

    def _fault(self, stage: str) -> Fault:
        by_columns = self.order is Order.BY_COLUMNS
        backwards = self.layout is Layout.BACKWARDS
        left_in = self.direction is Direction.NOT_UNDONE
        restarted = self.inner is Inner.RESTARTED
        return {
            "order": Fault.TILE_PLACEMENT if by_columns else Fault.SYMBOLS_REVERSED,
            "bias": Fault.BIAS,
            "inner": Fault.ROW_START_PREDICTOR if restarted else Fault.PREDICTION_NOT_UNDONE,
            "direction": Fault.PREDICTION_NOT_UNDONE if left_in else Fault.PREDICTOR_DIRECTION,
            "start": Fault.ROW_START_PREDICTOR,
            "arithmetic": Fault.SATURATION,
            "layout": Fault.SYMBOLS_REVERSED if backwards else Fault.TILE_PLACEMENT,
        }[stage]

    def without(self, fault: Fault) -> Pipeline:
        """The same with the stages right that `fault` names."""
        right = Pipeline()
        stages = [stage for stage in self.mistakes if self._fault(stage) is fault]
        return replace(self, **{stage: getattr(right, stage) for stage in stages})


RIGHT = Pipeline()

HANDED_ON = Pipeline(start=Start.HANDED_ON)
"""No mistake but those of the tiles that a tile is predicted from."""

_FLAT_STARTS = (
    Start.ZERO, Start.ROW_ABOVE, Start.LAST_VISIBLE, Start.FLAT_BEFORE, Start.MATRIX_LEFT,
    Start.MATRIX_LEFT_OR_CONTINUED, Start.ABOVE_LEFT, Start.TILE_FLAT_BEFORE, Start.TILE_CARRIED,
    Start.FIRST_ROW, Start.CONTINUED, Start.TILE_UNKNOWN, Start.UNKNOWN,
)  # fmt: skip

_DIFFERENCED_STARTS = (
    Start.ZERO, Start.MATRIX_LEFT, Start.ROW_ABOVE, Start.CONTINUED, Start.FLAT_BEFORE,
    Start.MATRIX_LEFT_OR_CONTINUED, Start.ABOVE_LEFT, Start.TILE_UNKNOWN, Start.UNKNOWN,
)  # fmt: skip


def alternatives(tensor: Tensor) -> dict[str, tuple[Any, ...]]:
    """The mistakes that make a difference in each stage, for the layout of a tensor, simplest first."""
    used = {tensor.predictor(tile) for tile in _first_of_each(tensor)}
    stages: dict[str, tuple[Any, ...]] = {
        "order": (Order.REVERSED, Order.BY_COLUMNS),
        "bias": (0, 2 * BIAS, -BIAS, BIAS - 1, BIAS + 1),
        "direction": _directions(used),
        "start": _FLAT_STARTS,
        "arithmetic": (Arithmetic.CLIPPED, Arithmetic.CLIPPED_LAST),
        "layout": tuple(Layout)[1:],
    }
    if tensor.prediction is Prediction.DIFFERENCED:
        stages["start"] = _DIFFERENCED_STARTS
        stages["inner"] = (Inner.NOT_UNDONE, Inner.RESTARTED)
    return stages


def _first_of_each(tensor: Tensor) -> list[int]:
    """A tile for each predictor's number."""
    numbers = tensor.tiles["predictor"].tolist()
    return [numbers.index(number) for number in set(numbers)]


def _directions(used: set[Predictor | None]) -> tuple[Direction, ...]:
    """What the prediction may have been undone as instead."""
    if used == {Predictor.LEFT}:
        return (Direction.NOT_UNDONE, Direction.TOP)
    if used == {Predictor.TOP}:
        return (Direction.NOT_UNDONE, Direction.LEFT)
    return (Direction.NOT_UNDONE, Direction.LEFT, Direction.TOP, Direction.SWAPPED)


def likely(stages: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Of the mistakes in each stage those that three at once are tried of."""
    starts = {Start.ZERO, Start.ROW_ABOVE, Start.MATRIX_LEFT, Start.FLAT_BEFORE, Start.UNKNOWN}
    return {
        "order": (Order.REVERSED,),
        "bias": (0,),
        "direction": stages["direction"],
        "start": tuple(start for start in stages["start"] if start in starts),
        **({"inner": stages["inner"]} if "inner" in stages else {}),
    }


def pipelines(stages: dict[str, tuple[Any, ...]], mistakes: int) -> Iterator[Pipeline]:
    """All pipelines with so many wrong stages that can be told apart."""
    for names in combinations(stages, mistakes):
        for chosen in product(*(stages[name] for name in names)):
            pipeline = Pipeline(**dict(zip(names, chosen, strict=True)))
            if _distinct(pipeline):
                yield pipeline


def _distinct(pipeline: Pipeline) -> bool:
    """Whether no simpler pipeline does the same by the rules of arithmetic alone."""
    if pipeline.arithmetic is Arithmetic.WRAPPED and pipeline.bias in {2 * BIAS, -BIAS}:
        return False  # modulo 256 the first is no bias at all, the second the right one
    left_in = pipeline.direction is Direction.NOT_UNDONE
    if left_in and pipeline.start is not Start.AS_CODED:
        return False
    mirrored = pipeline.layout is Layout.BACKWARDS and pipeline.order is Order.REVERSED
    return not (mirrored and left_in)
