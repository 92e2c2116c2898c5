"""A plan as the text that `plan_file` reads: what was chosen in a window becomes a file for the command line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from codec.atomic_file import write_file
from codec.bench.plan import Candidate, Data, Plan
from codec.rerun.recipe import Recipe

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_plan(path: str | os.PathLike[str], plan: Plan) -> None:
    """Writes a plan's file; if that fails, what was there before still is.

    Raises:
        InputError: it cannot be written.
    """
    write_file(path, [plan_text(plan).encode("utf-8")])


def plan_text(plan: Plan) -> str:
    """The plan as TOML; grids are written out, each candidate by itself."""
    head = {"name": plan.name, "title": plan.title, "baseline": plan.baseline}
    parts = [
        _lines(head),
        "[stopping]\n" + _lines(asdict(plan.stopping)),
        *("[[data]]\n" + _lines(_data(each)) for each in plan.data),
        *("[[candidate]]\n" + _lines(_candidate(each)) for each in plan.candidates),
    ]
    return "\n".join(parts)


def _data(data: Data) -> dict[str, Any]:
    return {
        "name": data.name,
        "source": data.source,
        "tensor": data.tensor,
        "layers": data.layers,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "coder": candidate.coder,
        "recipe": None if candidate.recipe is None else _recipe(candidate.recipe),
        "options": candidate.options or None,
        "actions": [action.value for action in candidate.actions],
    }


def _recipe(recipe: Recipe) -> dict[str, Any]:
    return {
        "layout": recipe.layout,
        "tile": f"{recipe.tile_rows}x{recipe.tile_cols}",
        "predictor": recipe.predictor,
        "scale_bits": recipe.scale_bits,
        "word_bits": recipe.word_bits,
        "lanes": recipe.lanes,
        "run": recipe.run,
        "sample": recipe.sample,
        "normalisation": str(recipe.normalisation),
    }


def _lines(values: Mapping[str, Any]) -> str:
    """A line for each value; none for what is not there."""
    return "".join(f"{_pair(key, value)}\n" for key, value in values.items() if value is not None)


def _pair(key: str, value: object) -> str:
    return f"{key if _BARE.fullmatch(key) else _quoted(key)} = {_value(value)}"


def _value(value: object) -> str:
    """A value as TOML has it (TOML 1.0.0: basic strings, booleans, arrays, inline tables)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        pairs = (_pair(str(key), each) for key, each in value.items() if each is not None)
        return f"{{ {', '.join(pairs)} }}"
    return repr(value)


def _quoted(text: str) -> str:
    """A text as a basic string: quotes, backslashes, and what cannot be seen are escaped."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in ('"', "\\"):
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"
