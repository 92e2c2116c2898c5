"""What a plan may tell a coder beside the recipe: each coder says what it takes, and all else is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from codec.errors import InputError

Options = Mapping[str, int | str | bool]

SWITCHES = ("checksums", "on_card", "per_tile", "to_card")
ON_CARD = ("on_card", "per_tile", "checksums")
ON_PROCESSOR = ("threads", "checksums", "to_card")
"""What our own coders take, on a card and on the processor, in one way or another of being measured."""

MOST_THREADS = 4096


def require_ours(options: Options, coder: str, *, on_card: bool) -> None:
    """Raises InputError where an option means nothing to a coder of ours however it is measured, or has no such value.

    Which of them go together is known to those ways alone.
    """
    require_known(options, ON_CARD if on_card else ON_PROCESSOR, coder)
    for name in options:
        if name in SWITCHES:
            switch(options, name, False)
        else:
            whole(options, name, 1, 1, MOST_THREADS)


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
