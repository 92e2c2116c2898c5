"""The value of a condition at every step of a window at once.

NumPy's arithmetic on int64 is that of `language`, division by 0 and shifts included; tests hold it to that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.conditions.syntax import (
    And,
    Call,
    Chain,
    Comparison,
    Expression,
    Membership,
    Name,
    Not,
    Number,
    Or,
    Signed,
)

Value = NDArray[Any]
"""int64 or bool, of one value a step, or of one value alone."""


def _remainder(value: Value, divisor: Value) -> Value:
    """As `np.remainder`, in half the time by a single number: dividing by that NumPy does by multiplying."""
    if divisor.ndim or not divisor:
        return np.asarray(np.remainder(value, divisor))
    return np.asarray(np.subtract(value, np.multiply(np.floor_divide(value, divisor), divisor)))


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "|": np.bitwise_or,
    "^": np.bitwise_xor,
    "&": np.bitwise_and,
    "<<": np.left_shift,
    ">>": np.right_shift,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "//": np.floor_divide,
    "%": _remainder,
}

_COMPARISONS: dict[str, Callable[[Value, Value], Value]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}

_SIGNS: dict[str, Callable[[Value], Value]] = {"-": np.negative, "~": np.invert}

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abs": np.abs,
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
}


def truth(expression: Expression, columns: Mapping[str, Value]) -> Value:
    """bool: where an expression is not 0; of one value alone where it names no column.

    Args:
        expression: what to look at.
        columns: int64 or bool, by name; only those that it names are asked for.
    """
    with np.errstate(all="ignore"):  # wrapping and dividing by 0 is what the language says
        return _truth(expression, columns)


def number(expression: Expression, columns: Mapping[str, Value]) -> Value:
    """int64: the value of an expression; as for `truth`."""
    with np.errstate(all="ignore"):
        return _number(expression, columns)


def _truth(expression: Expression, columns: Mapping[str, Value]) -> Value:
    value = _value(expression, columns)
    return value if value.dtype == np.bool_ else np.not_equal(value, 0)


def _number(expression: Expression, columns: Mapping[str, Value]) -> Value:
    value = _value(expression, columns)
    return value if value.dtype == np.int64 else value.astype(np.int64)


def _value(expression: Expression, columns: Mapping[str, Value]) -> Value:
    """int64 or bool, as it comes."""
    match expression:
        case Number(value):
            return np.asarray(value, dtype=np.int64)
        case Name(name):
            return columns[name]
        case Signed(sign, operand):
            return _signed(sign, operand, columns)
        case Chain(first, links):
            return _chain(first, links, columns)
        case Call(function, operands):
            return _FUNCTIONS[function](*(_number(operand, columns) for operand in operands))
        case _:
            return _held(expression, columns)


def _held(
    expression: Comparison | Membership | Not | And | Or, columns: Mapping[str, Value]
) -> Value:
    """bool: where what can hold or not does."""
    match expression:
        case Comparison(first, links):
            return _comparison(first, links, columns)
        case Membership():
            return _membership(expression, columns)
        case Not(part):
            return np.logical_not(_truth(part, columns))
        case And(parts):
            return _joined(parts, columns, wanted=True)
        case Or(parts):
            return _joined(parts, columns, wanted=False)


def _signed(sign: str, operand: Expression, columns: Mapping[str, Value]) -> Value:
    if sign == "!":
        return np.logical_not(_truth(operand, columns))
    return _SIGNS[sign](_number(operand, columns))


def _chain(
    first: Expression, links: tuple[tuple[str, Expression], ...], columns: Mapping[str, Value]
) -> Value:
    value = _number(first, columns)
    for operator, operand in links:
        value = _OPERATORS[operator](value, _number(operand, columns))
    return value


def _comparison(
    first: Expression, links: tuple[tuple[str, Expression], ...], columns: Mapping[str, Value]
) -> Value:
    left, held = _number(first, columns), None
    for comparison, operand in links:
        right = _number(operand, columns)
        holds = _COMPARISONS[comparison](left, right)
        held = holds if held is None else np.logical_and(held, holds)
        left = right
    assert held is not None
    return held


def _membership(expression: Membership, columns: Mapping[str, Value]) -> Value:
    value = _number(expression.value, columns)
    held = np.zeros((), dtype=np.bool_)
    for low, high in expression.ranges:
        least = _number(low, columns)
        if low is high:
            inside = np.equal(value, least)
        else:
            most = _number(high, columns)
            inside = np.logical_and(np.greater_equal(value, least), np.less_equal(value, most))
        held = np.logical_or(held, inside)
    return held


def _joined(parts: tuple[Expression, ...], columns: Mapping[str, Value], *, wanted: bool) -> Value:
    """All of the parts, or any of them where not `wanted`; parts that can change nothing are left out."""
    join = np.logical_and if wanted else np.logical_or
    held = _truth(parts[0], columns)
    for part in parts[1:]:
        if not held.any() if wanted else held.all():
            break
        held = join(held, _truth(part, columns))
    return held
