"""Lists of settings as they are typed, `16,64,256`, on the command line and in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from codec.errors import InputError
from codec.table_rule import Normalisation

Value = TypeVar("Value")

ALL = "all"
"""The sample that is everything."""

LONGEST_NUMBER = 12
"""Digits of a setting; no sensible one has more."""


def parse_list(text: str, each: Callable[[str], Value]) -> tuple[Value, ...]:
    """The values of a list such as `16, 64, 256`, each once; none of an empty text.

    Args:
        text: values between commas.
        each: makes a value of its text; raises InputError.

    Raises:
        InputError: a value is not one.
    """
    if not text.strip():
        return ()
    return tuple(dict.fromkeys(each(part.strip()) for part in text.split(",")))


def whole(text: str) -> int:
    """A whole number from 0 on; raises InputError for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise InputError(f"{text!r} is no whole number")
    return int(text)


def tile_shape(text: str) -> tuple[int, int]:
    """(rows, columns) of `T`, which is T×T, or of `RxC`; raises InputError for anything else."""
    rows, _, cols = text.replace("×", "x").partition("x")
    try:
        return whole(rows), whole(cols or rows)
    except InputError:
        raise InputError(f"{text!r} is no shape of a tile: write 256, or 128x512") from None


def sample(text: str) -> int | None:
    """Symbols that a table is made from, None for `all`; raises InputError for anything else."""
    if text == ALL:
        return None
    try:
        return whole(text)
    except InputError:
        raise InputError(
            f"{text!r} is no sample: write {ALL}, or a number of symbols, such as 1048576"
        ) from None


def normalisation(text: str) -> Normalisation:
    """A way to normalise by its name; raises InputError for anything else."""
    try:
        return Normalisation(text)
    except ValueError:
        known = ", ".join(Normalisation)
        raise InputError(f"there is no normalisation called {text!r}; there are {known}") from None


def word(text: str) -> str:
    """A name as it is; what names there are, the recipe knows. Raises InputError where there is none."""
    if not text:
        raise InputError("a value is missing between two commas")
    return text
