"""What the colours of an error map stand for: which error, of which weight of a block, over which range."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from app.models.comparison_blocks import WHOLE, WIDEST, Errors
from codec.comparison.comparison import LARGEST_ERROR, Comparison

Counts = NDArray[np.int64]

SAMPLED = 1 << 16
"""Weights of a side from which the range of its colours is found; a larger one is sampled."""


class ErrorKind(Enum):
    """How an error is told: what it is called, and what that means."""

    SIGNED = "Signed", "Right − left: too large in one colour, too small in the other."
    ABSOLUTE = "Absolute", "How far apart both are, whichever is larger."
    EQUALITY = (
        "Equal or not",
        "Every weight that differs in the same colour, by how much or little.",
    )
    MODULO = "Mod 256", "(Right − left) mod 256: what bytes that wrap around are apart by."
    SHARE = (
        "Share of block",
        "How many weights of the block that shares a pixel differ; of a single weight, all or none.",
    )

    @property
    def title(self) -> str:
        """What it is called."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """One sentence."""
        return self.value[1]

    @property
    def scaled(self) -> bool:
        """Whether it has a range that can be chosen."""
        return self not in (ErrorKind.EQUALITY, ErrorKind.SHARE)


class Scaling(Enum):
    """What the ends of the colours stand for: what it is called, and what that means."""

    LINEAR = "Linear", "Up to the largest error of the layer."
    CLIPPED = (
        "Clipped",
        "As linear, but this percentage of the wrong weights, those that are farthest off, all have the "
        "colour of the end.",
    )
    BY_HAND = "By hand", "Up to an error that you choose, so that several outputs can be compared."


@dataclass(frozen=True, slots=True)
class ErrorScale:
    """What is chosen.

    Attributes:
        kind: how errors are told.
        scaling: what the ends of the colours stand for.
        percent: left out where CLIPPED.
        largest: the error at the end where BY_HAND.
    """

    kind: ErrorKind = ErrorKind.SIGNED
    scaling: Scaling = Scaling.LINEAR
    percent: float = 5.0
    largest: int = 16

    def reach(self, comparison: Comparison) -> int:
        """The number at the end of the colours; at least 1."""
        if self.kind is ErrorKind.EQUALITY:
            return 1
        if self.kind is ErrorKind.SHARE:
            return WHOLE
        match self.scaling:
            case Scaling.BY_HAND:
                return self.largest
            case Scaling.CLIPPED:
                return _clipped(self._counts(comparison), self.percent)
            case Scaling.LINEAR:
                return self.extreme(comparison)

    def extreme(self, comparison: Comparison) -> int:
        """The largest number that some weight of the layer has; at least 1."""
        if self.kind is ErrorKind.MODULO:
            return _clipped(self._counts(comparison), 0.0)
        return max(1, min(comparison.max_abs_error, 2 * WIDEST))

    def _counts(self, comparison: Comparison) -> Counts:
        """How many wrong weights have the number i."""
        if self.kind is ErrorKind.MODULO:
            return modulo_counts(comparison.histogram)
        return absolute_counts(comparison.histogram)

    def words(self, comparison: Comparison) -> str:
        """What the legend says of the range."""
        if not self.kind.scaled:
            return ""
        match self.scaling:
            case Scaling.BY_HAND:
                return (
                    "cut by hand" if self.reach(comparison) < self.extreme(comparison) else "linear"
                )
            case Scaling.CLIPPED:
                return f"linear, {self.percent:g} % of the wrong weights clipped"
            case Scaling.LINEAR:
                return "linear"


def numbers(kind: ErrorKind, errors: Errors) -> Errors:
    """int32: the number by which a kind tells errors; of a single weight, where it is the share of a block."""
    match kind:
        case ErrorKind.SIGNED:
            return errors
        case ErrorKind.EQUALITY:
            found = np.not_equal(errors, 0).astype(np.int32)
        case ErrorKind.SHARE:
            found = np.not_equal(errors, 0) * np.int32(WHOLE)
        case ErrorKind.MODULO:
            found = np.bitwise_and(errors, np.int32(0xFF))
        case ErrorKind.ABSOLUTE:
            found = np.abs(errors)
    return found


def absolute_counts(histogram: Counts) -> Counts:
    """int64[256]: how many weights are off by i, whichever way; none at 0."""
    middle = len(histogram) // 2
    counts: Counts = np.zeros(LARGEST_ERROR + 1, dtype=np.int64)
    counts[1:] = histogram[middle + 1 :] + histogram[:middle][::-1]
    return counts


def modulo_counts(histogram: Counts) -> Counts:
    """int64[256]: how many wrong weights are off by i mod 256."""
    middle = len(histogram) // 2
    counts: Counts = np.zeros(256, dtype=np.int64)
    counts[1:] = histogram[middle + 1 :]
    counts[1:] += histogram[:middle]
    return counts


def _clipped(counts: Counts, percent: float) -> int:
    """The largest number, when some of those with the largest are left out; at least 1."""
    ignored = int(counts.sum()) * percent / 100
    beyond = np.cumsum(counts[::-1])[::-1]  # with this number or a larger one
    kept = np.flatnonzero(beyond > ignored)
    return max(1, int(kept[-1])) if len(kept) else 1


@dataclass(frozen=True, slots=True)
class WeightRange:
    """The weights at the ends of the colours of both sides.

    Attributes:
        reach: the ends are ±reach.
        clipped: whether there are weights beyond.
    """

    reach: int = 1
    clipped: bool = False


def weight_range(comparison: Comparison, percent: float) -> WeightRange:
    """The range in which all but `percent` of the weights of both sides lie."""
    pooled = np.concatenate([_sample(comparison.left.weights), _sample(comparison.right.weights)])
    if not pooled.size:
        return WeightRange()
    reach = max(1, min(WIDEST, int(np.ceil(np.percentile(pooled, 100 - percent)))))
    return WeightRange(reach, bool(pooled.max() > reach))


def _sample(weights: NDArray[np.integer]) -> NDArray[np.int64]:
    """int64[any]: how far weights are from 0, evenly taken from all rows."""
    step = max(1, int(np.ceil(np.sqrt(weights.size / SAMPLED))))
    return np.abs(weights[::step, ::step].astype(np.int64)).reshape(-1)
