"""One explanation on trial: a mistaken decoder as the sum of its stages, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor
from codec.diagnosis.finding import Fault
from codec.diagnosis.pipeline import RIGHT, Pipeline
from codec.diagnosis.sentences import sentences

if TYPE_CHECKING:
    from codec.diagnosis.streams import SymbolSource


@dataclass(frozen=True, eq=False)
class Mapping:
    """Which tile is written to the place of which.

    Attributes:
        sources: int64[tiles], the tile that stands in the place of each; -1 where none does.
        detail: what the mistake is, in sentences.
        fault: its code.
        mistakes: how many are needed: a rule is one, however many tiles it moves.
    """

    sources: NDArray[np.int64]
    detail: str
    fault: Fault = Fault.TILE_PLACEMENT
    mistakes: int = 1


@dataclass(frozen=True, eq=False)
class Rule:
    """A way to write tiles.

    Attributes:
        fault: its code.
        detail: what the mistake is, in sentences.
        writes: int64[tiles, 8], by the columns of `scattering`.
        edges_alone: whether it makes a difference for the tiles at the edges alone.
    """

    fault: Fault
    detail: str
    writes: NDArray[np.int64]
    edges_alone: bool = False


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A decoder with mistakes in it, from the stream to the tile's place.

    Attributes:
        pipeline: what becomes of a tile's symbols.
        source: a mistaken front end; None for the right one.
        mapping: which tile is written where; None for the right one.
        rule: how tiles are written; None for the right way.
    """

    pipeline: Pipeline = RIGHT
    source: SymbolSource | None = None
    mapping: Mapping | None = None
    rule: Rule | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Codes of the mistakes, in the order of `Fault`."""
        found = set(self.pipeline.faults)
        if self.source is not None:
            found.update(self.source.faults)
        if self.mapping is not None:
            found.add(self.mapping.fault)
        if self.rule is not None:
            found.add(self.rule.fault)
        return tuple(fault for fault in Fault if fault in found)

    @property
    def mistakes(self) -> int:
        """How many mistakes it needs."""
        count = len(self.pipeline.mistakes)
        if self.source is not None:
            count += len(self.source.faults)
        count += self.rule is not None
        return count + (0 if self.mapping is None else self.mapping.mistakes)

    def sentences(self, tensor: Tensor) -> str:
        """What the mistakes are, front end first."""
        said = []
        if self.source is not None:
            said.append(as_sentence(f"the decoder {self.source.detail}"))
        said.append(sentences(self.pipeline, tensor))
        if self.mapping is not None:
            said.append(self.mapping.detail)
        if self.rule is not None:
            said.append(self.rule.detail)
        return " ".join(part for part in said if part)


def as_sentence(text: str) -> str:
    """A text that begins with a capital and ends with a full stop."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
