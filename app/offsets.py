"""Reading byte offsets as people type them."""

from __future__ import annotations

from string import digits as decimal_digits
from string import hexdigits

LONGEST = 40
"""Digits of an offset that is looked at: far more than any file needs."""


def parse_offset(text: str) -> int | None:
    """The offset that `text` writes: decimal, or hexadecimal after 0x; None where it is neither.

    Spaces, commas and underscores between digits do not count.
    """
    digits = "".join(text.split()).replace(",", "").replace("_", "").lower()
    base, allowed = (16, hexdigits) if digits.startswith("0x") else (10, decimal_digits)
    digits = digits.removeprefix("0x")
    if not 0 < len(digits) <= LONGEST or not set(digits) <= set(allowed):
        return None
    return int(digits, base)


def offset_from(text: str, cursor: int, size: int) -> int:
    """The offset that a person means.

    Args:
        text: decimal, hexadecimal after 0x, or "end"; after + or -, counted from the cursor.
        cursor: the offset that relative ones are counted from.
        size: bytes of the file.

    Raises:
        ValueError: it is no offset of this file, for the reason that the message gives.
    """
    wanted = text.strip().lower()
    if wanted == "end":
        return max(size - 1, 0)
    sign = wanted[:1] if wanted[:1] in ("+", "-") else ""
    number = parse_offset(wanted.removeprefix(sign))
    if number is None:
        raise ValueError(f"“{text.strip()}” is no offset: write 1234, 0x4d2, +16, -0x10 or end.")
    offset = {"+": cursor + number, "-": cursor - number}.get(sign, number)
    if not 0 <= offset < size:
        raise ValueError(f"Byte {offset:,} is not in the file, which has {size:,} bytes.")
    return offset
