"""On-disk structs stated once, as data.

A `Struct` is a NumPy structured dtype plus what each field means. The readers, the field tree, the
colours of the hex view, the writers and the format document are all made from it, so that none of
them can disagree with another about where a field lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Field:
    """One field of a struct.

    Attributes:
        name: as in the format document.
        type: a NumPy type with its byte order, such as ``<u4``; ``V3`` for three opaque bytes.
        meaning: one sentence for a person.
        shown: ``dec``, ``hex`` or ``bytes``: how its value is written.
    """

    name: str
    type: str
    meaning: str
    shown: str = "dec"

    def text(self, value: Any) -> str:
        """`value` as a person reads it."""
        if self.shown == "bytes":
            data = bytes(value)
            return data[:16].hex(" ") + (" …" if len(data) > 16 else "")
        if self.shown == "hex":
            return f"0x{int(value):0{2 * np.dtype(self.type).itemsize}X}"
        return f"{int(value):,}"


@dataclass(frozen=True)
class Struct:
    """A packed, little-endian on-disk record."""

    name: str
    fields: tuple[Field, ...]

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy structured dtype, without any alignment padding."""
        return np.dtype([(field.name, field.type) for field in self.fields])

    @property
    def size(self) -> int:
        """Bytes of one record."""
        return int(self.dtype.itemsize)

    def offset_of(self, name: str) -> int:
        """Bytes from the start of the record to field `name`."""
        return int(self.dtype.fields[name][1])  # type: ignore[index]

    def size_of(self, name: str) -> int:
        """Bytes of field `name`."""
        return int(self.dtype[name].itemsize)

    @cached_property
    def places(self) -> tuple[tuple[Field, int, int], ...]:
        """Every field with its offset and its size in bytes, in file order."""
        return tuple(
            (field, self.offset_of(field.name), self.size_of(field.name)) for field in self.fields
        )
