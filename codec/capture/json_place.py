"""JSON from a file that may be damaged or hostile: each value is checked as it is taken, and named by its place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from codec.errors import InputError

MOST_WHOLE = 1 << 63
"""Whole numbers are smaller than this."""


class JsonPlace:
    """A value of a JSON document, and where it stands in it.

    Every way to take it raises InputError where it is not of the kind asked for.
    """

    def __init__(self, value: Any, path: str) -> None:
        self._value = value
        self._path = path

    @classmethod
    def of_text(cls, text: bytes, name: str) -> JsonPlace:
        """The document that `text` is.

        Raises:
            InputError: it is none.
        """
        try:
            return cls(json.loads(text.decode("utf-8"), parse_constant=_refuse), name)
        except (ValueError, RecursionError) as error:  # which garbage, and what nests too deep
            raise InputError(f"{name} is no JSON that can be read: {error}") from None

    def key(self, name: str) -> JsonPlace:
        """The value of an object's key."""
        if not isinstance(self._value, dict):
            raise self._wrong("an object")
        if name not in self._value:
            raise InputError(f"{self._path} has no key {name!r}")
        return JsonPlace(self._value[name], f"{self._path}: {name}")

    def items(self) -> Iterator[JsonPlace]:
        """The values of an array, in order."""
        if not isinstance(self._value, list):
            raise self._wrong("an array")
        for number, value in enumerate(self._value):
            yield JsonPlace(value, f"{self._path}[{number}]")

    def text(self) -> str:
        """A string."""
        if not isinstance(self._value, str):
            raise self._wrong("a string")
        return self._value

    def texts(self) -> dict[str, str]:
        """An object whose values are strings."""
        if not isinstance(self._value, dict):
            raise self._wrong("an object")
        return {name: self.key(name).text() for name in self._value}

    def whole(self) -> int:
        """A whole number from 0 on."""
        value = self._value
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST_WHOLE:
            raise self._wrong("a whole number from 0 on")
        return value

    def seconds(self) -> float:
        """A number from 0 on."""
        value = self._value
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value < MOST_WHOLE or not math.isfinite(value):
            raise self._wrong("a number of seconds")
        return float(value)

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self._value is None

    def refused(self, why: str) -> InputError:
        """An error about this place."""
        return InputError(f"{self._path} {why}")

    def _wrong(self, wanted: str) -> InputError:
        found = json.dumps(self._value)
        shown = found if len(found) <= 40 else found[:40] + "…"
        return InputError(f"{self._path} is {shown}, where {wanted} belongs")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
