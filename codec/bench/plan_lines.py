"""In which line of a plan's text a value stands: the reader of TOML does not tell, and an error without a line is
half an error.

The text is known to be sound TOML, so its lines can be told by how they begin. A table or key that stands in an
unusual way (quoted, or in the middle of an inline table) is given the line of what it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-]+)\s*=")

Path = tuple[str | int, ...]
"""Where a value stands: keys, and numbers of the tables in an array of tables."""


class Lines:
    """The lines of a text in which its values stand."""

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {}
        within: Path = ()
        counts: dict[str, int] = {}
        for number, line in enumerate(_without_long_strings(text), start=1):
            if header := _HEADER.match(line):
                within = _table(header[2], header[1] == "[[", counts)
                self._at.setdefault(within, number)
                self._at.setdefault(within[:1], number)  # an array as a whole, where it begins
            elif key := _KEY.match(line):
                path = within
                for part in key[1].split("."):
                    path = (*path, part)
                    self._at.setdefault(path, number)

    def of(self, path: Sequence[str | int]) -> int | None:
        """The line of a value, or of the closest thing around it; from 1 on."""
        where: Path = tuple(path)
        while where and where not in self._at:
            where = where[:-1]
        return self._at.get(where)


def _table(name: str, in_array: bool, counts: dict[str, int]) -> Path:
    """Where what follows a header stands; the names of arrays are counted."""
    first, *rest = name.split(".")
    if in_array and not rest:
        counts[first] = counts.get(first, -1) + 1
    path: Path = (first, counts[first]) if first in counts else (first,)
    return (*path, *rest)


def _without_long_strings(text: str) -> list[str]:
    """The lines, those inside a string of several lines emptied."""
    lines, closing = [], ""
    for line in text.split("\n"):
        inside, rest = bool(closing), line
        while found := _quotes(rest, closing):
            closing, rest = ("" if closing else found), rest.partition(found)[2]
        lines.append("" if inside else line)
    return lines


def _quotes(text: str, closing: str) -> str:
    """The next three quotes in a line that open a long string, or close the one that is open; "" without."""
    if closing:
        return closing if closing in text else ""
    places = {quotes: text.find(quotes) for quotes in ('"""', "'''") if quotes in text}
    return min(places, key=places.__getitem__, default="")
