"""From the text of a condition to its tree, by recursive descent: one method a rule of `language`.

Nothing of a text is ever run as code, and no text makes this recurse deeper than `MOST_DEPTH` allows.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from codec.conditions.evaluation import number as value_of
from codec.conditions.language import (
    FUNCTIONS,
    KEYWORDS,
    LARGEST,
    MOST_DEPTH,
    ConditionError,
    Kind,
    Word,
    number,
    words,
)
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

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
OPERATORS: tuple[tuple[str, ...], ...] = (
    ("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "//", "%"),
)  # fmt: skip
"""Operators between values, the loosest first."""

SIGNS = ("-", "+", "~", "!")


class Parser:
    """Reads one condition.

    Attributes:
        named: the columns that were named so far.

    Raises:
        ConditionError: the text is too long, or has a character that begins no word.
    """

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.named: set[str] = set()
        self._names = names
        self._words = words(text)
        self._word = next(self._words)
        self._depth = 0

    def condition(self) -> Expression:
        """The whole text.

        Raises:
            ConditionError: it is no condition.
        """
        if self._at_end():
            raise ConditionError("there is no condition here")
        expression = self._either()
        if not self._at_end():
            raise self._unexpected()
        return expression

    def _unexpected(self, closing: str = "") -> ConditionError:
        """Why the next word cannot stand where a value has ended; `closing` is what could."""
        _, text, position = self._word
        if text in (")", "}") and not closing:
            return ConditionError(f"this {text} closes nothing", position)
        expected = f"{closing} or an operator" if closing else "an operator"
        hint = f"; did you mean {text.lower()}?" if text.lower() in KEYWORDS else ""
        return ConditionError(f"{expected} is expected here, not {text[:64]!r}{hint}", position)

    def _advance(self) -> None:
        self._word = next(self._words)

    def _at_end(self) -> bool:
        return self._word.kind is Kind.END

    def _take(self, *signs: str) -> str:
        """The next word, which is then behind us, if it is one of `signs`; else ""."""
        word = self._word
        if word.kind is not Kind.SIGN or word.text not in signs:
            return ""
        self._advance()
        return word.text

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ConditionError(
                f"parentheses, signs and nots stand at most {MOST_DEPTH} deep", self._word.position
            )
        yield
        self._depth -= 1

    def _either(self) -> Expression:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _both(self) -> Expression:
        parts = [self._inverse()]
        while self._take("and"):
            parts.append(self._inverse())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _inverse(self) -> Expression:
        if not self._take("not"):
            return self._comparison()
        with self._deeper():
            return Not(self._inverse())

    def _comparison(self) -> Expression:
        first, links = self._value(), []
        while comparison := self._take(*COMPARISONS):
            links.append((comparison, self._value()))
        inverted = self._next_is_not_in()
        if not inverted and not self._take("in"):
            return Comparison(first, tuple(links)) if links else first
        inside: Expression = Membership(links[-1][1] if links else first, self._members())
        inside = Not(inside) if inverted else inside
        return And((Comparison(first, tuple(links)), inside)) if links else inside

    def _next_is_not_in(self) -> bool:
        """Takes `not in`; whether it stood there."""
        if not self._take("not"):
            return False
        if not self._take("in"):
            raise ConditionError("in is expected behind this not", self._word.position)
        return True

    def _members(self) -> tuple[tuple[Expression, Expression], ...]:
        opened = self._word.position
        if not self._take("{"):
            return (self._range(),)
        ranges = [self._range()]
        while self._take(","):
            ranges.append(self._range())
        self._close("}", "{", opened)
        return tuple(ranges)

    def _range(self) -> tuple[Expression, Expression]:
        position, low = self._word.position, self._value()
        if not self._take(".."):
            return low, low
        high = self._value()
        if isinstance(low, Number) and isinstance(high, Number) and low.value > high.value:
            raise ConditionError(
                f"the range {low.value}..{high.value} is empty: the lower end stands first",
                position,
            )
        return low, high

    def _value(self, level: int = 0) -> Expression:
        """Operators from a level of `OPERATORS` on."""
        if level == len(OPERATORS):
            return self._signed()
        first, links = self._value(level + 1), []
        while operator := self._take(*OPERATORS[level]):
            links.append((operator, self._value(level + 1)))
        return _folded(Chain(first, tuple(links))) if links else first

    def _signed(self) -> Expression:
        sign = self._take(*SIGNS)
        if not sign:
            return self._power()
        with self._deeper():
            operand = self._signed()
        return operand if sign == "+" else _folded(Signed(sign, operand))

    def _power(self) -> Expression:
        position, base = self._word.position, self._atom()
        if not self._take("**"):
            return base
        place = self._word.position
        with self._deeper():
            exponent = self._signed()
        if not isinstance(base, Number) or not isinstance(exponent, Number):
            wrong = place if isinstance(base, Number) else position
            raise ConditionError("only numbers can be raised to a power: no columns", wrong)
        return _power(base.value, exponent.value, position, place)

    def _atom(self) -> Expression:
        word = self._word
        if self._take("("):
            with self._deeper():
                inside = self._either()
            self._close(")", "(", word.position)
            return inside
        if truth := self._take("true", "false"):
            return Number(int(truth == "true"))
        if word.kind in (Kind.END, Kind.SIGN):
            found = f", not {word.text!r}" if word.text else ""
            raise ConditionError(f"a number or a column is expected here{found}", word.position)
        if word.kind is Kind.NAME:
            return self._named(word)
        value = number(word)
        self._advance()
        return Number(value)

    def _named(self, word: Word) -> Expression:
        if word.text in FUNCTIONS:
            self._advance()
            return self._call(word)
        if word.text not in self._names:
            raise ConditionError(self._unknown(word.text), word.position)
        self._advance()
        self.named.add(word.text)
        return Name(word.text)

    def _unknown(self, name: str) -> str:
        known = {each.lower(): each for each in (*self._names, *FUNCTIONS, *KEYWORDS)}
        close = difflib.get_close_matches(name.lower()[:64], known, n=1)
        hint = f"; did you mean {known[close[0]]}?" if close else ""
        return f"there is no column {name[:64]!r}{hint}"

    def _call(self, function: Word) -> Expression:
        opened = self._word.position
        if not self._take("("):
            raise ConditionError(f"( is expected behind {function.text}", opened)
        with self._deeper():
            operands = [self._either()]
            while self._take(","):
                operands.append(self._either())
        self._close(")", "(", opened)
        if function.text == "abs" and len(operands) > 1:
            raise ConditionError("abs takes one number", function.position)
        if function.text != "abs" and len(operands) < 2:
            raise ConditionError(f"{function.text} takes two numbers or more", function.position)
        return _folded(Call(function.text, tuple(operands)))

    def _close(self, sign: str, opening: str, opened: int) -> None:
        if self._take(sign):
            return
        if self._at_end():
            raise ConditionError(f"this {opening} is never closed", opened)
        raise self._unexpected(sign)


def _folded(expression: Signed | Chain | Call) -> Expression:
    """A number in the place of an expression of numbers alone."""
    match expression:
        case Signed(_, operand):
            operands: tuple[Expression, ...] = (operand,)
        case Chain(first, links):
            operands = (first, *(operand for _, operand in links))
        case Call(_, given):
            operands = given
    if all(isinstance(operand, Number) for operand in operands):
        return Number(int(value_of(expression, {})))
    return expression


def _power(base: int, exponent: int, position: int, place: int) -> Number:
    """A power, computed only where it cannot be huge."""
    if exponent < 0:
        raise ConditionError("an exponent is 0 or more", place)
    fits = abs(base) < 2 or exponent < 64
    value = base ** min(exponent, 64 + exponent % 2) if fits else LARGEST + 1
    if not -LARGEST - 1 <= value <= LARGEST:
        raise ConditionError("this power does not fit: a number is at most 2**63 - 1", position)
    return Number(value)
