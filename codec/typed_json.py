"""Frozen dataclasses as JSON and back, by the types of their fields, so that none can be forgotten either way.

For records that are plain data: numbers, text, enumerations, tuples, dictionaries and other such records. What is read
is held against those types, and whatever does not fit becomes a sentence that names the place.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from codec.errors import InputError
from codec.json_fields import LARGEST, DamagedJson

Record = TypeVar("Record")

Json = Any
"""What `json` reads and writes."""

WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
"""What a value of each plain type is called."""


def form_of(value: object) -> Json:
    """A record, or a part of one, as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: form_of(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        plain = set(map(type, value)) <= WORDS.keys()  # thousands of times, in a measurement
        return list(value) if plain else [form_of(each) for each in value]
    if isinstance(value, Mapping):
        return {name: form_of(each) for name, each in value.items()}
    return value


def record_of(kind: type[Record], form: Json, place: str = "") -> Record:
    """The record of a type that a JSON object is; a field that is missing has its default, where it has one.

    Args:
        kind: a dataclass.
        form: as `form_of` makes it; fields that the type does not have are passed over.
        place: where it stands in the whole, for messages.

    Raises:
        DamagedJson: it is none.
    """
    if not isinstance(form, dict):
        raise DamagedJson(f"{place or 'it'} should be an object")
    given = {}
    record: Any = kind
    for field, wanted in _fields_of(record):
        where = f"{place}.{field.name}" if place else field.name
        if field.name in form:
            given[field.name] = _value(wanted, form[field.name], where)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise DamagedJson(f"{where} is missing")
    try:
        return kind(**given)
    except InputError as error:
        raise DamagedJson(f"{place or 'it'} cannot be: {error.sentence()}") from None


@cache
def _fields_of(kind: Any) -> tuple[tuple[Field[Any], Any], ...]:
    """The fields of a dataclass, each with the type that it states."""
    hints = typing.get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind))


def _value(kind: Any, form: Json, place: str) -> Any:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _one_of(parts, form, place)
    if origin is tuple:
        items = _typed(list, form, place, "a list")
        return tuple(_value(parts[0], item, f"{place}[{i}]") for i, item in enumerate(items))
    if origin is dict:
        items = _typed(dict, form, place, "an object")
        return {name: _value(parts[1], item, f"{place}.{name}") for name, item in items.items()}
    if is_dataclass(kind):
        return record_of(typing.cast(type, kind), form, place)
    if issubclass(kind, Enum):
        return _member(kind, form, place)
    return _plain(kind, form, place)


def _one_of(kinds: tuple[Any, ...], form: Json, place: str) -> Any:
    """A value of the first type that it fits; null fits None alone."""
    if form is None and types.NoneType in kinds:
        return None
    refusals = []
    for kind in kinds:
        if kind is not types.NoneType:
            try:
                return _value(kind, form, place)
            except DamagedJson as error:
                refusals.append(error)
    raise refusals[0]


def _member(kind: type[Enum], form: Json, place: str) -> Enum:
    for member in kind:
        if type(form) is type(member.value) and member.value == form:
            return member
    raise DamagedJson(f"{place} should be one of {', '.join(str(m.value) for m in kind)}")


def _plain(kind: type, form: Json, place: str) -> Any:
    """A number, text or a flag; nothing is taken for another, but a whole number for one with a fraction."""
    if kind is float and type(form) is int and abs(form) <= LARGEST:
        return float(form)
    value = _typed(kind, form, place, WORDS[kind])
    out_of_range = kind is int and abs(value) > LARGEST
    if out_of_range or (kind is float and not math.isfinite(value)):
        raise DamagedJson(f"{place} is too large")
    if kind is str:  # half of a surrogate pair, which nothing can show, becomes a question mark
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _typed(kind: type, form: Json, place: str, words: str) -> Any:
    if type(form) is not kind:
        raise DamagedJson(f"{place} should be {words}")
    return form
