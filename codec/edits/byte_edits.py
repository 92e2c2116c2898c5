"""Makes edits of bytes as they are: a flipped bit, bytes that are put, bytes that are typed one by one."""

from __future__ import annotations

from codec.edits.edit import Edit
from codec.errors import InputError
from codec.source import Source

BITS = 8
"""Bits of a byte; bit 0 is the least."""

NAMED_BYTES = 4
"""Bytes that the title of an edit writes out, at most."""


def flip_bit(source: Source, offset: int, bit: int) -> Edit:
    """Flips a bit, 0 for the least, of the byte at `offset`.

    Raises:
        InputError: there is no such bit.
        SourceError: there is no such byte, or it cannot be read.
    """
    if not 0 <= bit < BITS:
        raise InputError(f"a byte has the bits 0 to {BITS - 1}, and no bit {bit:,}")
    before = source.read(offset, 1)
    after = bytes([before[0] ^ (1 << bit)])
    return Edit(
        offset, before, after, f"bit {bit} of {_place(offset, 1)}: {_change(before, after)}"
    )


def put_bytes(source: Source, offset: int, data: bytes) -> Edit:
    """Puts bytes in the place of as many that stand at `offset`.

    Raises:
        InputError: there are none to put.
        SourceError: they reach outside the source, or it cannot be read.
    """
    if not data:
        raise InputError("there are no bytes to put")
    before = source.read(offset, len(data))
    return Edit(offset, before, data, _title(offset, before, data))


def typed(edits: tuple[Edit, ...], edit: Edit) -> tuple[Edit, ...]:
    """Some edits and one more, of bytes that were put; it joins the last one where it goes on from there.

    So that bytes that are typed one after another become one edit.
    """
    last = edits[-1] if edits else None
    if last is None or not _goes_on(last, edit):
        return (*edits, edit)
    inside = edit.offset - last.offset
    before = last.before + edit.before[len(last.before) - inside :]
    after = last.after[:inside] + edit.after + last.after[inside + len(edit.after) :]
    return (*edits[:-1], Edit(last.offset, before, after, _title(last.offset, before, after)))


def bytes_from(text: str) -> bytes:
    """The bytes that a person has written as pairs of hex digits, with or without blanks.

    Raises:
        InputError: it is something else, or nothing.
    """
    digits = "".join(text.split()).removeprefix("0x")
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        found = b""
    if not found:
        raise InputError(f"{text.strip() or '(nothing)'} is not written as pairs of hex digits")
    return found


def _goes_on(last: Edit, edit: Edit) -> bool:
    """Whether `edit` begins in the bytes that `last` put, or right behind them."""
    put = last.title == _title(last.offset, last.before, last.after)
    return put and last.enabled and last.offset <= edit.offset <= last.end


def _title(offset: int, before: bytes, after: bytes) -> str:
    return f"{_place(offset, len(after))}: {_change(before, after)}"


def _place(offset: int, size: int) -> str:
    place = f"{offset:,} (0x{offset:X})"
    return f"byte {place}" if size == 1 else f"{size:,} bytes from {place}"


def _change(before: bytes, after: bytes) -> str:
    return " → ".join(both_shown(before, after))


def both_shown(before: bytes, after: bytes) -> tuple[str, str]:
    """Bytes before and after in hex; of many those from the first on that is another."""
    unlike = (
        place for place, pair in enumerate(zip(before, after, strict=True)) if len({*pair}) > 1
    )
    first = min(next(unlike, 0), max(len(after) - NAMED_BYTES, 0))
    return _shown(before, first), _shown(after, first)


def _shown(data: bytes, first: int) -> str:
    end = first + NAMED_BYTES
    dots = "… " if first else "", " …" if end < len(data) else ""
    return data[first:end].hex(" ").upper().join(dots)
