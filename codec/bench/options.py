"""What a plan may tell a coder beside the recipe: each coder says what it takes, and all else is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from codec.errors import InputError

Options = Mapping[str, int | str | bool]


def require_known(options: Options, known: Collection[str], coder: str) -> None:
    """Raises InputError where an option means nothing to a coder."""
    for name in options:
        if name not in known:
            there = f"it takes {', '.join(known)}" if known else "it takes none"
            raise InputError(f"{coder} knows no option {name!r}; {there}")


def switch(options: Options, name: str, usual: bool) -> bool:
    """An option that is true or false; raises InputError for anything else."""
    value = options.get(name, usual)
    if not isinstance(value, bool):
        raise InputError(f"{name} is true or false, not {value!r}")
    return value


def whole(options: Options, name: str, usual: int, least: int, most: int) -> int:
    """An option that is a whole number within bounds; raises InputError for anything else."""
    value = options.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} is a whole number, not {value!r}")
    if not least <= value <= most:
        raise InputError(f"{name} is {value:,}, which is not between {least:,} and {most:,}")
    return value
