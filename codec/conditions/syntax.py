"""What a condition is made of once it is parsed: a small tree, as deep as its parentheses and no deeper.

Operators of one kind in a row are one node, so that a long sum is no deep tree, and nothing that walks a tree can
run out of stack.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number of 64 bits, signed."""

    value: int


@dataclass(frozen=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True)
class Signed:
    """A sign, `-`, `~` or `!`, before a value."""

    sign: str
    operand: Expression


@dataclass(frozen=True)
class Chain:
    """Values with operators of one precedence between them, taken from the left: `a + b - c`."""

    first: Expression
    links: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Call:
    """A function of values."""

    function: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Comparison:
    """Values with comparisons between them, each of which must hold: `a < b <= c`."""

    first: Expression
    links: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Membership:
    """Whether a value lies in one of several ranges, both ends of which belong to them."""

    value: Expression
    ranges: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True)
class Not:
    """That something does not hold."""

    part: Expression


@dataclass(frozen=True)
class And:
    """That all parts hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """That one of the parts holds."""

    parts: tuple[Expression, ...]


Expression = Number | Name | Signed | Chain | Call | Comparison | Membership | Not | And | Or
