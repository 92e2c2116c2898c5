"""Makes edits of fields: a value as a person writes it, checked against how the field stands in the file."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from codec.edits.byte_edits import both_shown, bytes_from
from codec.edits.edit import Edit
from codec.errors import InputError
from codec.source import Source
from codec.spans import Span, SpanKind
from codec.struct_layout import Field

LONGEST_SHOWN = 64
"""Bytes of a field without a number that are offered to be edited, at most; the hex view edits all others."""

LONGEST_NUMBER = 80
"""Digits of a number that is read at all: more than any field takes, in any base."""


@dataclass(frozen=True)
class Editable:
    """A field that can be edited.

    Attributes:
        span: its place.
        label: what it is called, with what it stands in: "symbol 128, freq".
        text: what it holds, as it can be written back.
        rule: what may be written, as a sentence.
    """

    span: Span
    label: str
    text: str
    rule: str


def editable(source: Source, root: Span, span: Span) -> Editable:
    """A span as a field to be edited.

    Args:
        source: the bytes, as they are now.
        root: the span of the whole file.
        span: one of its spans.

    Raises:
        InputError: it is no single field, or the file has no bytes of it.
        SourceError: its bytes cannot be read.
    """
    if not span.size:
        raise InputError(f"the file has no bytes of {span.name}")
    if len(span.children):
        raise InputError(f"{span.name} is made of parts, which can be edited one by one")
    if not _is_number(span) and span.size > LONGEST_SHOWN:
        raise InputError(
            f"{span.name} has {span.size:,} bytes, too many to be written out: edit them in Bytes"
        )
    data = source.read(span.offset, span.size)
    return Editable(span, label_of(root, span), _text_of(span, data), _rule_of(span))


def edit_field(source: Source, root: Span, span: Span, text: str) -> Edit:
    """Puts what `text` says into a field.

    Args:
        source, root, span: as for `editable`.
        text: a number in decimal, or in hex after 0x; a float; pairs of hex digits; or a name.

    Raises:
        InputError: as `editable`; or `text` does not fit the field, or says what it holds already.
        SourceError: its bytes cannot be read.
    """
    field = editable(source, root, span)
    before, after = source.read(span.offset, span.size), _data_of(span, text)
    if before == after:
        raise InputError(f"{field.label} is {_title_texts(span, before, after)[0]} already")
    change = " → ".join(_title_texts(span, before, after))
    return Edit(span.offset, before, after, f"{field.label}: {change}")


def label_of(root: Span, span: Span) -> str:
    """What a span is called, with what it stands in."""
    around = root
    for row in root.path_to(span.offset) or ():
        inner = around.children[row]
        if (inner.offset, inner.size, inner.name) == (span.offset, span.size, span.name):
            return f"{around.name}, {span.name}"
        around = inner
    return span.name


def value_bytes(field: Field, text: str) -> bytes:
    """What a person has written, as it stands in the bytes of a field.

    Raises:
        InputError: it is no such value, or does not fit.
    """
    kind = np.dtype(field.type)
    if kind.kind == "V":
        return _exactly(bytes_from(text), kind.itemsize, field.name)
    if kind.kind == "f":
        return _float(field.name, text, kind)
    number, limits = _integer(field.name, text), np.iinfo(kind)
    if not limits.min <= number <= limits.max:
        raise InputError(f"{field.name} takes {_integers(kind)}, and {number:,} does not fit")
    return np.array(number, dtype=kind).tobytes()


def _is_number(span: Span) -> bool:
    return span.layout is not None and np.dtype(span.layout.type).kind != "V"


def _integer(name: str, text: str) -> int:
    digits = "".join(text.split()).replace(",", "").replace("_", "")
    if len(digits) > LONGEST_NUMBER:
        raise InputError(f"{name} takes no number of {len(digits):,} digits")
    try:
        return int(digits, 0)
    except ValueError:
        pass
    try:
        return int(digits)  # with noughts in front, which a base of 0 does not allow
    except ValueError:
        raise InputError(
            f"{text.strip() or '(nothing)'} is no number for {name}: write it in decimal, or in hex after 0x"
        ) from None


def _float(name: str, text: str, kind: np.dtype[np.generic]) -> bytes:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        raise InputError(f"{text.strip() or '(nothing)'} is no number for {name}") from None
    with np.errstate(over="ignore"):
        value = np.array(number, dtype=kind)
    if math.isfinite(number) and not np.isfinite(value).all():
        raise InputError(
            f"{name} is a float of {8 * kind.itemsize} bits, which {number:g} does not fit"
        )
    return value.tobytes()


def _exactly(data: bytes, size: int, name: str) -> bytes:
    if len(data) != size:
        raise InputError(f"{name} has {size:,} bytes, and these are {len(data):,}")
    return data


def _data_of(span: Span, text: str) -> bytes:
    if span.layout is not None:
        return _exactly(value_bytes(span.layout, text), span.size, span.name)
    if span.kind is SpanKind.NAME:
        return _exactly(text.encode("utf-8", "surrogateescape"), span.size, span.name)
    return _exactly(bytes_from(text), span.size, span.name)


def _text_of(span: Span, data: bytes) -> str:
    """What the bytes of a field say, as it can be written back."""
    if span.layout is None:
        return data.decode("utf-8", "replace") if span.kind is SpanKind.NAME else data.hex(" ")
    kind = np.dtype(span.layout.type)
    if kind.kind == "V":
        return data.hex(" ")
    value = np.frombuffer(data, dtype=kind)[0]
    if kind.kind == "f":
        return repr(float(value)) if kind.itemsize > 4 else f"{float(value):.9g}"
    return span.layout.text(value) if span.layout.shown == "hex" else str(int(value))


def _title_texts(span: Span, before: bytes, after: bytes) -> tuple[str, str]:
    """The same of both values for the title of an edit: short, and numbers with their commas."""
    if span.layout is None or not _is_number(span):
        if span.kind is not SpanKind.NAME:
            return both_shown(before, after)
    elif np.dtype(span.layout.type).kind != "f":
        values = (np.frombuffer(data, dtype=span.layout.type)[0] for data in (before, after))
        return span.layout.text(next(values)), span.layout.text(next(values))
    return _text_of(span, before), _text_of(span, after)


def _rule_of(span: Span) -> str:
    if span.layout is None:
        written = "UTF-8 text" if span.kind is SpanKind.NAME else "pairs of hex digits"
        return f"{span.size:,} bytes, as {written}."
    kind = np.dtype(span.layout.type)
    if kind.kind == "V":
        return f"{kind.itemsize:,} bytes, as pairs of hex digits."
    if kind.kind == "f":
        return f"A float of {8 * kind.itemsize} bits."
    return f"{_integers(kind).capitalize()}; in decimal, or in hex after 0x."


def _integers(kind: np.dtype[np.generic]) -> str:
    limits = np.iinfo(kind)  # type: ignore[type-var]
    return f"integers from {limits.min:,} to {limits.max:,}"
