"""Reads fields of JSON of which nothing can be taken for granted: each is there and of its type, or says what is not.

Sessions and results of benchmarks are edited by hand, cut by full disks and written by other versions. Whatever is
wrong with one becomes a sentence that names the field.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from codec.errors import InputError

LARGEST = (1 << 63) - 1
"""Largest number that any field may hold: more than any file has bytes."""

T = TypeVar("T")


class DamagedJson(InputError):
    """JSON that is not what was written."""


class Fields:
    """A JSON object whose fields are read by name.

    Attributes:
        place: where it stands in the whole, for messages: "edits[2]"; "" for the whole.
        values: the fields, unchecked.
    """

    def __init__(self, value: object, place: str = "") -> None:
        """Takes a parsed JSON value.

        Raises:
            DamagedJson: it is no object.
        """
        self.place = place
        if not isinstance(value, dict):
            raise DamagedJson(f"{place or 'it'} should be an object")
        self.values: dict[str, Any] = value

    def number(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self._value(name)
        if type(value) is not int or not 0 <= value <= LARGEST:
            self._refuse(name, "a whole number from 0 on")
        return value

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return name in self.values

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._value(name)
        if type(value) is not bool:
            self._refuse(name, "true or false")
        return value

    def text(self, name: str) -> str:
        """Text; half of a surrogate pair, which nothing can show, becomes a question mark."""
        value = self._value(name)
        if not isinstance(value, str):
            self._refuse(name, "text")
        return value.encode("utf-8", "replace").decode("utf-8")

    def path(self, name: str) -> str:
        """The path of a file, as the system spells it."""
        value = self._value(name)
        if not isinstance(value, str) or not value or "\0" in value:
            self._refuse(name, "a path")
        return value

    def octets(self, name: str) -> bytes:
        """Bytes, written as hex digits."""
        try:
            return bytes.fromhex(self.text(name))
        except ValueError:
            self._refuse(name, "pairs of hex digits")

    def inner(self, name: str) -> Fields:
        """An object."""
        return Fields(self._value(name), self._of(name))

    def maybe(self, name: str, read: Callable[[Fields], T]) -> T | None:
        """What `read` makes of an object; None for null."""
        return None if self._value(name) is None else read(self.inner(name))

    def maybe_number(self, name: str) -> int | None:
        """A whole number from 0 on; None for null."""
        return None if self._value(name) is None else self.number(name)

    def items(self, name: str) -> list[object]:
        """The items of a list, as they are."""
        value = self._value(name)
        if not isinstance(value, list):
            self._refuse(name, "a list")
        return value

    def listed(self, name: str, read: Callable[[Fields], T]) -> tuple[T, ...]:
        """What `read` makes of each object of a list."""
        place = self._of(name)
        items = enumerate(self.items(name))
        return tuple(read(Fields(item, f"{place}[{number}]")) for number, item in items)

    def _value(self, name: str) -> Any:
        if name not in self.values:
            raise DamagedJson(f"{self._of(name)} is missing")
        return self.values[name]

    def _of(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        raise DamagedJson(f"{self._of(name)} should be {wanted}")


def parsed(data: bytes) -> Fields:
    """The object that a JSON text is.

    Raises:
        DamagedJson: it is no JSON, or no object.
    """
    try:
        return Fields(json.loads(data.decode("utf-8"), parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        raise DamagedJson(f"it is no JSON: {error.msg}", error.pos) from None
    except UnicodeDecodeError as error:
        raise DamagedJson("it is no JSON: no text in UTF-8", error.start) from None
    except ValueError:
        raise DamagedJson("it is no JSON that can be read: a number of too many digits") from None
    except (RecursionError, MemoryError):
        raise DamagedJson("it is no JSON that can be read: nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise DamagedJson(f"it is no JSON: {name} is no number there")
