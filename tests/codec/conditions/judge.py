"""Conditions read by Python's own parser and computed step by step with its integers: the judge of our language.

What the two languages share is all of ours but ranges, `!`, `&&`, `||`, `true`, `false` and other spellings.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

MODULUS = 1 << 64
LEAST = -(1 << 63)

Row = Mapping[str, int]


def wrapped(value: int) -> int:
    """What is left of a number in 64 bits with a sign."""
    return (value - LEAST) % MODULUS + LEAST


def judged(text: str, row: Row) -> int:
    """The value of a condition that Python can read, at one step."""
    return _value(ast.parse(text.strip(), mode="eval").body, row)


def _value(node: ast.expr, row: Row) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return int(value)
        case ast.Name(id=name):
            return row[name]
        case ast.UnaryOp(op=operator, operand=operand):
            return _signed(operator, _value(operand, row))
        case ast.BinOp(left=left, op=operator, right=right):
            return wrapped(_operated(operator, _value(left, row), _value(right, row)))
        case ast.Compare(left=left, ops=operators, comparators=rights):
            values = [_value(each, row) for each in (left, *rights)]
            pairs = zip(operators, values, values[1:], strict=False)
            return int(all(_compared(operator, a, b) for operator, a, b in pairs))
        case ast.BoolOp(op=ast.And(), values=parts):
            return int(all(_value(part, row) for part in parts))
        case ast.BoolOp(op=ast.Or(), values=parts):
            return int(any(_value(part, row) for part in parts))
        case ast.Call(func=ast.Name(id=function), args=operands):
            return wrapped(_called(function, [_value(operand, row) for operand in operands]))
    raise AssertionError(f"the judge does not know {ast.dump(node)}")


def _called(function: str, values: list[int]) -> int:
    if function == "abs":
        (value,) = values
        return abs(value)
    return {"min": min(values), "max": max(values)}[function]


def _signed(operator: ast.unaryop, value: int) -> int:
    match operator:
        case ast.Not():
            return int(not value)
        case ast.USub():
            return wrapped(-value)
        case ast.Invert():
            return ~value
    return value


def _operated(operator: ast.operator, left: int, right: int) -> int:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv():
            return left // right if right else 0
        case ast.Mod():
            return left % right if right else 0
        case ast.BitAnd():
            return left & right
        case ast.BitOr():
            return left | right
        case ast.BitXor():
            return left ^ right
        case ast.Pow():
            return int(left**right)
    return _shifted(operator, left, right)


def _shifted(operator: ast.operator, value: int, count: int) -> int:
    out = not 0 <= count < 64
    if isinstance(operator, ast.LShift):
        return 0 if out else value << count
    assert isinstance(operator, ast.RShift)
    return value >> (64 if out else count)


def _compared(operator: ast.cmpop, left: int, right: int) -> bool:
    match operator:
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case ast.Eq():
            return left == right
    assert isinstance(operator, ast.NotEq)
    return left != right
