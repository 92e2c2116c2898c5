"""The language of conditions: its grammar, what its numbers do, and the words that a text is cut into.

    condition   = both { ("or" | "||") both }
    both        = inverse { ("and" | "&&") inverse }
    inverse     = "not" inverse | comparison
    comparison  = value { ("<" | "<=" | ">" | ">=" | "==" | "!=") value } [ ["not"] "in" members ]
    members     = range | "{" range { "," range } "}"
    range       = value [ ".." value ]
    value       = sign { operator sign }, the operators in this order, the loosest first:
                  |   ^   &   << >>   + -   * // %
    sign        = ("-" | "+" | "~" | "!") sign | power
    power       = atom [ "**" sign ]
    atom        = number | "true" | "false" | name | function "(" condition { "," condition } ")"
                | "(" condition ")"
    function    = "abs" | "min" | "max"
    number      = as in Python: 4096, 8_388_608, 0x7f, 0b1010, 0o17

So all binds as in Python, and `!` as in C. A chain `a < b < c` is `a < b and b < c`; a range includes both its
ends; `≤`, `≥` and `≠` are spellings of `<=`, `>=` and `!=`.

Every number is a signed integer of 64 bits, and what does not fit wraps around. True is 1 and false is 0; any other
number is as good as true. `//` and `%` round down, as in Python, and give 0 where the divisor is 0. `>>` keeps the
sign. A shift by 64 or more, or by a negative number, shifts everything out: `<<` gives 0, `>>` 0 or -1. Only
numbers can be raised to a power, and the power must fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from codec.errors import InputError

MOST_CHARACTERS = 4000
"""Characters that a condition may have."""

MOST_DEPTH = 20
"""How deep parentheses, signs and nots may stand in one another: far from what Python's stack holds."""

LARGEST = (1 << 63) - 1
"""The largest number."""

FUNCTIONS: dict[str, str] = {
    "abs": "the number without its sign",
    "min": "the least of several numbers",
    "max": "the largest of several numbers",
}
"""What can be called, and what it gives."""

KEYWORDS: dict[str, str] = {
    "and": "both hold",
    "or": "one of them holds, or both",
    "not": "what follows does not hold",
    "in": "lies in a range such as 3..7, or in one of several: {1, 3..7}",
    "true": "1",
    "false": "0",
}
"""Words that name no column, and what they mean."""

SPELLINGS: dict[str, str] = {
    "&&": "and",
    "||": "or",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "True": "true",
    "False": "false",
}
"""Other ways to write a word, and the word."""


class ConditionError(InputError):
    """A text is no condition.

    Attributes:
        reason: why, as one sentence without the place.
        position: of the character that it is about, from 0; the length of the text where that ends too early.
    """

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position

    def sentence(self) -> str:
        """The reason, with the place as a person counts it."""
        return f"{self.reason} (at character {self.position + 1:,} of the condition)"


class Kind(Enum):
    """What a word is."""

    NUMBER = auto()
    NAME = auto()
    SIGN = auto()
    """An operator, a parenthesis or a keyword."""
    END = auto()


class Word(NamedTuple):
    """A word of a condition.

    Attributes:
        kind: what it is.
        text: as it is written, or the word that it is another spelling of; "" at the end.
        position: of its first character.
    """

    kind: Kind
    text: str
    position: int


_WORD = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[0-9][0-9A-Za-z_]*)"
    r"|(?P<name>[A-Za-z_][0-9A-Za-z_]*)"
    r"|(?P<sign>\*\*|//|<<|>>|<=|>=|==|!=|&&|\|\||\.\.|[-+*%&|^~!<>(){},≤≥≠])"
)

_HINTS = {
    "=": "== compares, and a single = means nothing here",
    "/": "// divides, since all numbers are whole, and a single / means nothing here",
    ".": "all numbers are whole, and a single . means nothing here",
}


def words(text: str) -> Iterator[Word]:
    """The words of a condition, the last one of the kind END.

    Raises:
        ConditionError: it is too long, or has a character that begins no word.
    """
    if len(text) > MOST_CHARACTERS:
        raise ConditionError(
            f"a condition has at most {MOST_CHARACTERS:,} characters", MOST_CHARACTERS
        )
    position = 0
    while position < len(text):
        found = _WORD.match(text, position)
        if found is None:
            wrong = text[position]
            raise ConditionError(_HINTS.get(wrong, f"{wrong!r} means nothing here"), position)
        if found.lastgroup != "space":
            yield _word(found)
        position = found.end()
    yield Word(Kind.END, "", len(text))


def _word(found: re.Match[str]) -> Word:
    text = SPELLINGS.get(found[0], found[0])
    if found.lastgroup == "number":
        return Word(Kind.NUMBER, text, found.start())
    if found.lastgroup == "sign" or text in KEYWORDS:
        return Word(Kind.SIGN, text, found.start())
    return Word(Kind.NAME, text, found.start())


def number(word: Word) -> int:
    """The value of a number.

    Raises:
        ConditionError: it is written as none, or too large.
    """
    try:
        value = int(word.text, 0)
    except ValueError:
        raise ConditionError(f"{word.text[:64]!r} is no whole number", word.position) from None
    if value > LARGEST:
        raise ConditionError(f"a number is at most {LARGEST:,}, which is 2**63 - 1", word.position)
    return value
