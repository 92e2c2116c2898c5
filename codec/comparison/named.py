"""Which of several tensors in another file is meant: by its name, by the same name, or because it is the only one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from codec.errors import InputError

Item = TypeVar("Item")

MOST_LISTED = 8
"""Names that a message lists."""


def chosen(items: Sequence[Item], names: Sequence[str], wanted: str, own: str, file: str) -> Item:
    """The item that is meant.

    Args:
        items: what there is.
        names: the name of each.
        wanted: the name that was asked for; "" where none was.
        own: name of the tensor that it is held against.
        file: name of the file that holds them.

    Raises:
        InputError: there is none, or it is not clear which; the sentence lists what there is.
    """
    if wanted:
        found = [item for item, name in zip(items, names, strict=True) if name == wanted]
        if not found:
            raise InputError(f"{file} holds no tensor called {wanted}; {_listed(names)}")
        return found[0]
    if len(items) == 1:
        return items[0]
    found = [item for item, name in zip(items, names, strict=True) if name == own]
    if not found:
        raise InputError(
            f"{file} holds no tensor called {own}, so say which is meant; {_listed(names)}"
        )
    return found[0]


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "there is none in it"
    shown = ", ".join(names[:MOST_LISTED]) + " …" * (len(names) > MOST_LISTED)
    return f"there are {shown}" if len(names) > 1 else f"there is {shown}"
