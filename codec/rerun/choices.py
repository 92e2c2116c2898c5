"""Lists of settings, and every combination of them: recipes, and what contradicts itself with the reason."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, fields

from codec.errors import InputError
from codec.formats import FORMATS, batched
from codec.rerun.measured import Measured
from codec.rerun.recipe import Recipe, only_one, usual
from codec.table_rule import Normalisation

MOST_ROWS = 4096
"""Combinations that are tried in one sweep."""


@dataclass(frozen=True)
class Settings:
    """One combination of settings, sound or not: as `Recipe`, but nothing is checked; None is the layout's usual."""

    layout: str = batched.NAME
    tile: tuple[int, int] | None = None
    predictor: str | None = None
    scale_bits: int | None = None
    word_bits: int | None = None
    lanes: int | None = None
    run: int | None = None
    sample: int | None = None
    normalisation: Normalisation = Normalisation.OURS

    def recipe(self) -> Recipe:
        """The recipe.

        Raises:
            InputError: the settings contradict each other, or one is outside its range.
        """
        base = usual(self.layout)
        rows, cols = self.tile or (base.tile_rows, base.tile_cols)
        return Recipe(
            self.layout,
            rows,
            cols,
            only_one(self.layout, base.predictor if self.predictor is None else self.predictor),
            base.scale_bits if self.scale_bits is None else self.scale_bits,
            base.word_bits if self.word_bits is None else self.word_bits,
            base.lanes if self.lanes is None else self.lanes,
            base.run if self.run is None else self.run,
            self.sample,
            self.normalisation,
        )


@dataclass(frozen=True)
class Refused:
    """A combination that contradicts itself.

    Attributes:
        settings: what was asked for.
        says: why it cannot be, and what would do, as one sentence.
    """

    settings: Settings
    says: str


Row = Measured | Refused


@dataclass(frozen=True)
class Choices:
    """What a sweep tries: every combination of these. An empty list is the usual of each layout."""

    layouts: tuple[str, ...] = FORMATS
    tiles: tuple[tuple[int, int], ...] = ()
    predictors: tuple[str, ...] = ()
    scale_bits: tuple[int, ...] = ()
    word_bits: tuple[int, ...] = ()
    lanes: tuple[int, ...] = ()
    runs: tuple[int, ...] = ()
    samples: tuple[int | None, ...] = (None,)
    normalisations: tuple[Normalisation, ...] = (Normalisation.OURS,)

    @property
    def count(self) -> int:
        """Combinations there are."""
        return math.prod(max(1, len(getattr(self, field.name))) for field in fields(self))

    def require_count(self) -> int:
        """Combinations there are; raises InputError where there are more than `MOST_ROWS`."""
        if self.count > MOST_ROWS:
            raise InputError(
                f"these are {self.count:,} combinations, and a sweep tries {MOST_ROWS:,} at most: "
                "choose fewer values"
            )
        return self.count


def grid(choices: Choices) -> list[Recipe | Refused]:
    """Every combination, the last choice changing fastest; each is told apart by its settings, so none comes twice.

    Two that come to the same are one, too: in a layout with one predictor, the cheapest is that one.

    Raises:
        InputError: there are more than `MOST_ROWS`.
    """
    choices.require_count()
    lists = [getattr(choices, field.name) or (None,) for field in fields(choices)]
    rows = [_checked(Settings(*values)) for values in itertools.product(*lists)]
    return list(dict.fromkeys(rows))


def _checked(settings: Settings) -> Recipe | Refused:
    try:
        return settings.recipe()
    except InputError as error:
        return Refused(settings, error.sentence())
