"""What a peer can be told in a plan: names, ranges and what they mean, so that a wrong one is refused in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codec.errors import InputError

Value = int | str | bool


@dataclass(frozen=True)
class Number:
    """A whole number.

    Attributes:
        name: in a plan.
        meaning: in a few words.
        usual: where the plan says nothing.
        least, most: that it may be.
        besides: a value outside of that range that has a meaning of its own; None without.
        power_of_two: whether it has to be one; `besides` need not.
    """

    name: str
    meaning: str
    usual: int
    least: int
    most: int
    besides: int | None = None
    power_of_two: bool = False

    def refusal(self, value: Value) -> str:
        """Why it cannot be this, as the end of a sentence; "" where it can."""
        if isinstance(value, bool) or not isinstance(value, int):
            return "is a whole number"
        if value == self.besides:
            return ""
        if not self.least <= value <= self.most:
            besides = "" if self.besides is None else f", or {self.besides:,}"
            return f"is a whole number from {self.least:,} to {self.most:,}{besides}"
        if self.power_of_two and value & (value - 1):
            return f"is a power of two, such as {1 << value.bit_length():,}"
        return ""


@dataclass(frozen=True)
class Choice:
    """One of a few words; `name`, `meaning` and `usual` as for `Number`."""

    name: str
    meaning: str
    usual: str
    choices: tuple[str, ...]

    def refusal(self, value: Value) -> str:
        """As `Number.refusal`."""
        return "" if value in self.choices else f"is one of {', '.join(self.choices)}"


@dataclass(frozen=True)
class Switch:
    """Yes or no; `name`, `meaning` and `usual` as for `Number`."""

    name: str
    meaning: str
    usual: bool = False

    def refusal(self, value: Value) -> str:
        """As `Number.refusal`."""
        return "" if isinstance(value, bool) else "is true or false"


Option = Number | Choice | Switch


def number(values: Mapping[str, Value], name: str) -> int:
    """The value of a `Number` among those that `resolved` has returned."""
    return int(values[name])


def resolved(peer: str, known: Sequence[Option], given: Mapping[str, Value]) -> dict[str, Value]:
    """All options of a peer: those given, and the usual ones.

    Raises:
        InputError: one is not known, or cannot have that value; the sentence says what would do.
    """
    by_name = {option.name: option for option in known}
    for name, value in given.items():
        if name not in by_name:
            there = f"it has {', '.join(by_name)}" if by_name else "it has none"
            raise InputError(f"{peer} has no option {name!r}; {there}")
        if refusal := by_name[name].refusal(value):
            raise InputError(f"the option {name} of {peer} {refusal}, not {value!r}")
    return {option.name: given.get(option.name, option.usual) for option in known}
