"""What if: many recipes tried on the same weights, one row of figures each, and none that ends the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from codec.decoders.base import Tick, no_tick
from codec.frequency import FrequencyTable
from codec.interleaving import SINGLE
from codec.rans import LEGACY
from codec.rerun.choices import Refused, Row
from codec.rerun.measures import measure
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights, generated
from codec.table_rule import Normalisation

WARM_SIDE, WARM_LANES = 64, 64
"""A tile and lanes with which a few weights do get coded by rANS."""


def sweep(
    weights: SourceWeights, recipes: Sequence[Recipe | Refused], tick: Tick = no_tick
) -> Iterator[Row]:
    """The figures of each recipe, in order, as they are measured; one that fails does not end the sweep.

    Args:
        weights: what to encode.
        recipes: as `grid` gives them.
        tick: told (thousandths of recipes done, of all).

    Raises:
        Cancelled: `tick` says so.
    """
    total = 1000 * len(recipes)
    tick(0, total)
    _warm([recipe for recipe in recipes if isinstance(recipe, Recipe)])
    for done, recipe in enumerate(recipes):
        if isinstance(recipe, Refused):
            yield recipe
        else:
            yield measure(weights, recipe, _part(tick, 1000 * done, total))
    tick(total, total)


def _part(tick: Tick, before: int, total: int) -> Tick:
    return lambda done, _: tick(before + done, total)


def _warm(recipes: Sequence[Recipe]) -> None:
    """Runs each layout's coders once for nothing, so that what is compiled at first use counts for no row."""
    warming = generated("normal-1", WARM_SIDE, WARM_SIDE)
    for recipe in {(r.layout, r.word_bits): r for r in recipes}.values():
        lanes = min(
            recipe.lanes, WARM_LANES
        )  # more would make the tile too large to be coded at all
        small = replace(recipe, tile_rows=WARM_SIDE, tile_cols=WARM_SIDE, lanes=lanes)
        measure(warming, replace(small, sample=None, normalisation=Normalisation.OURS))
    if any(recipe.normalisation is Normalisation.ORIGINAL for recipe in recipes):
        from codec.fast.any_table import encode_any  # numba takes most of a second to load

        sound = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
        encode_any(warming.matrix.view(np.uint8).reshape(-1), sound, LEGACY, SINGLE)
