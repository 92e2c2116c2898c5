"""Conditions that are wanted most, so that a person can choose one and need not write it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """A condition to choose.

    Attributes:
        title: what it is called.
        pattern: its text, with {} where the value stands.
        value: what the value is, for a person; "" where there is none.
        least, most: bounds of the value.
        usual: the value to begin with.
    """

    title: str
    pattern: str
    value: str = ""
    least: int = 0
    most: int = 0
    usual: int = 0

    def text(self, value: int | None = None) -> str:
        """The text of the condition.

        Args:
            value: from `least` to `most`; the usual one without.
        """
        return self.pattern.format(self.usual if value is None else value)


PRESETS: tuple[Preset, ...] = (
    Preset("Renormalisation", "renormalised"),
    Preset("Symbol", "symbol == {}", "symbol", 0, 255, 128),
    Preset("Symbol of frequency 1", "freq == 1"),
    Preset("State below", "state < {}", "state", 0, (1 << 32) - 1, 1 << 24),
    Preset("State above", "state > {}", "state", 0, (1 << 32) - 1, 1 << 30),
    Preset("Weight", "weight == {}", "weight", -128, 127, 0),
    Preset("Byte", "byte0 == {0} or byte1 == {0}", "byte", 0, 255, 0),
)
"""In the order in which they are offered."""
