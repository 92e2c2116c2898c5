"""Lists of settings in a candidate of a plan become a candidate for each combination, with a name of its own."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_CANDIDATES = 4096
"""Of a plan: more is a slip of the keyboard."""


@dataclass(frozen=True)
class Combination:
    """One of the combinations.

    Attributes:
        name: of the candidate, with what sets this one apart behind it, as in `ours, lanes 64, tile 128x256`.
        recipe: its settings, no list among them.
        options: of the coder, no list among them.
    """

    name: str
    recipe: dict[str, Any]
    options: dict[str, Any]


def count_of(recipe: Mapping[str, Any], options: Mapping[str, Any]) -> int:
    """Combinations there are."""
    product = 1
    for value in (*recipe.values(), *options.values()):
        product *= len(value) if isinstance(value, list) else 1
    return product


def combinations(
    name: str, recipe: Mapping[str, Any], options: Mapping[str, Any]
) -> list[Combination]:
    """Every combination of the lists, the last one changing fastest; without a list there is one."""
    settings = [("recipe", *item) for item in recipe.items()]
    settings += [("options", *item) for item in options.items()]
    choices = [value if isinstance(value, list) else [value] for _, _, value in settings]
    found = []
    for values in itertools.product(*choices):
        parts: dict[str, dict[str, Any]] = {"recipe": {}, "options": {}}
        words = [name]
        for (part, key, given), value in zip(settings, values, strict=True):
            parts[part][key] = value
            if isinstance(given, list):
                words.append(f"{key.replace('_', ' ')} {_word(value)}")
        found.append(Combination(", ".join(words), parts["recipe"], parts["options"]))
    return found


def _word(value: object) -> str:
    """A value as it stands in a name."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
