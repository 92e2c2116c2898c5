"""The values of a plan's file, one by one: of the right type, within bounds, and nothing that has no meaning there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from codec.bench.plan import Action, Stopping
from codec.bench.plan_error import PlanError
from codec.bench.plan_lines import Lines, Path
from codec.errors import InputError
from codec.rerun import lists
from codec.rerun.choices import Settings
from codec.rerun.recipe import Recipe, usual

LONGEST_TEXT = 200
"""Characters of a name or a title."""

MOST_SECONDS = 86_400.0
MOST_ROUNDS = 1_000_000
MOST_BYTES = 1 << 50

Blame = Callable[[Path, str], PlanError]
"""Makes the error of what stands at a path, for a reason."""


def blamer(file: str, lines: Lines) -> Blame:
    """What makes the errors of one file."""
    return lambda path, reason: PlanError(file, lines.of(path), reason)


def require_known(
    table: Mapping[str, Any], known: Collection[str], path: Path, blame: Blame
) -> None:
    """Raises PlanError where a table has a key that means nothing."""
    for key in table:
        if key not in known:
            kind = str(path[0]) if path else "a plan"
            raise blame(
                (*path, key), f"{key!r} means nothing in {kind}; there are {', '.join(known)}"
            )


def text(value: object, path: Path, blame: Blame, longest: int = LONGEST_TEXT) -> str:
    """A text of a single line; raises PlanError for anything else."""
    if not isinstance(value, str) or not value.strip():
        raise blame(path, f"{path[-1]} is a text, not {_shown(value)}")
    if len(value) > longest or not value.isprintable():
        raise blame(path, f"{path[-1]} is a text of one line and {longest:,} characters at most")
    return value


def tables(document: Mapping[str, Any], key: str, blame: Blame) -> list[dict[str, Any]]:
    """The tables of an array of tables, at least one; raises PlanError where there is none."""
    found = document.get(key)
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        reason = f"a plan has [[{key}]], once for each" if found is None else f"write [[{key}]]"
        raise blame((key,), reason)
    if not found:
        raise blame((key,), f"there is no {key}")
    return found


def require_new(name: str, found: Mapping[str, Any], path: Path, blame: Blame) -> None:
    """Raises PlanError where there is one of that name already."""
    if name in found:
        kind = "data" if path[0] == "data" else "candidates"
        raise blame(path, f"there are two {kind} called {name!r}")


def table(value: object, path: Path, blame: Blame) -> dict[str, Any]:
    """A table; raises PlanError for anything else."""
    if not isinstance(value, dict):
        raise blame(
            path, f'{path[-1]} is a table, as in {{ layout = "native" }}, not {_shown(value)}'
        )
    return value


def actions(value: object, path: Path, blame: Blame) -> tuple[Action, ...]:
    """What is timed; raises PlanError for an empty list, or one with anything else."""
    known = [action.value for action in Action]
    if not isinstance(value, list) or not value or not all(v in known for v in value):
        raise blame(path, f"actions is a list of {' and '.join(known)}, not {_shown(value)}")
    return tuple(action for action in Action if action.value in value)


_BOUNDS: dict[str, tuple[type, float, float]] = {
    "warm_up_s": (float, 0, MOST_SECONDS),
    "rounds": (int, 1, MOST_ROUNDS),
    "seconds": (float, 0, MOST_SECONDS),
    "most_rounds": (int, 1, MOST_ROUNDS),
    "limit_s": (float, 1e-3, MOST_SECONDS),
    "memory_bytes": (int, 1 << 20, MOST_BYTES),
}
"""Of each number of `[stopping]`: its type, the least and the most."""


def stopping(value: object, blame: Blame) -> Stopping:
    """When to stop.

    Raises:
        PlanError: a number is none, or out of bounds; or the rounds are more than the most.
    """
    given = table(value, ("stopping",), blame)
    require_known(given, _BOUNDS, ("stopping",), blame)
    numbers = {key: _number(key, number, blame) for key, number in given.items()}
    found = Stopping(**numbers)
    if found.most_rounds < found.rounds:
        reason = f"at least {found.rounds:,} rounds, and no more than {found.most_rounds:,}, cannot both be"
        raise blame(("stopping", "most_rounds" if "most_rounds" in given else "rounds"), reason)
    return found


def _number(key: str, value: object, blame: Blame) -> Any:
    kind, least, most = _BOUNDS[key]
    fits = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
    if not fits:
        what = "a whole number" if kind is int else "a number of seconds"
        raise blame(("stopping", key), f"{key} is {what}, not {_shown(value)}")
    number = kind(value)
    if not least <= number <= most:
        raise blame(
            ("stopping", key), f"{key} is {value:,}, which is not between {least:,} and {most:,}"
        )
    return number


RECIPE_KEYS = (
    "layout", "tile", "predictor", "scale_bits", "word_bits", "lanes", "run", "sample", "normalisation",
)  # fmt: skip


def recipe(given: Mapping[str, Any], path: Path, blame: Blame) -> Recipe:
    """One recipe, no list in it; what is left out is the layout's usual.

    Raises:
        PlanError: a setting is of the wrong type or out of its range, or two contradict each other.
    """
    require_known(given, RECIPE_KEYS, path, blame)
    settings: dict[str, Any] = {}
    for key, value in given.items():
        try:
            settings[key] = _setting(key, value)
        except InputError as error:
            raise blame((*path, key), error.sentence()) from None
    try:
        usual(settings.get("layout", Settings().layout))
        return Settings(**settings).recipe()
    except InputError as error:
        raise blame(path, error.sentence()) from None


def _setting(key: str, value: object) -> object:
    """A setting as `Settings` takes it; raises InputError for a value of the wrong type."""
    if key == "tile":
        return lists.tile_shape(str(value))
    if key == "sample":
        return lists.sample(str(value))
    if key == "normalisation":
        return lists.normalisation(str(value))
    wanted = str if key in ("layout", "predictor") else int
    if not isinstance(value, wanted) or isinstance(value, bool):
        what = "a text" if wanted is str else "a whole number"
        raise InputError(f"{key} is {what}, not {_shown(value)}")
    return value


def options(given: Mapping[str, Any], path: Path, blame: Blame) -> dict[str, int | str | bool]:
    """The options of a coder, which knows best what they mean; raises PlanError where one is no plain value."""
    for key, value in given.items():
        if not isinstance(value, int | str | bool):
            raise blame(
                (*path, key), f"{key} is a whole number, a text, true or false, not {_shown(value)}"
            )
    return dict(given)


def _shown(value: object) -> str:
    """A value as an error shows it."""
    words = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return words if len(words) <= 60 else words[:57] + "…"
