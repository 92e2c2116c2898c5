"""One row of a trace as plain integers, and the words that its step took, read from the file itself.

Explanations work out every step anew from the file, so that a trace which does not follow from the file's
table and words is told apart from one that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.models.explanation.parts import Known
from codec.errors import SourceError
from codec.rans import Coder
from codec.trace import Trace


@dataclass(frozen=True)
class Step:
    """One row of a trace; `first_byte` is the file offset of the first of the `size` bytes that it took."""

    forward: bool
    number: int
    lane: int
    state: int
    slot: int
    symbol: int
    freq: int
    start: int
    after: int
    position: int
    size: int

    @classmethod
    def of(cls, trace: Trace, row: int) -> Step:
        """The step in a row."""
        names = (
            "step", "lane", "state_before", "slot", "symbol", "freq", "start", "state_after",
            "position", "bytes_read",
        )  # fmt: skip
        return cls(trace.forward, *(int(trace[name][row]) for name in names))

    @property
    def first_byte(self) -> int:
        """Offset of the first byte taken, as they lie in the file."""
        return self.position if self.forward else self.position - self.size + 1

    def reduced(self, coder: Coder) -> int:
        """The state once the symbol is taken off, before renormalisation."""
        return self.freq * (self.state >> coder.scale_bits) + self.slot - self.start


class Word(NamedTuple):
    """A renormalisation word: where it lies, and its value; None where it cannot be read."""

    offset: int
    value: int | None


def words_taken(known: Known, step: Step, coder: Coder) -> tuple[Word, ...]:
    """The words of a step in the order in which it took them."""
    width = coder.word_bytes
    offsets = range(step.first_byte, step.first_byte + step.size // width * width, width)
    ordered = offsets if step.forward else reversed(offsets)
    return tuple(Word(offset, _word_at(known, offset, width)) for offset in ordered)


def _word_at(known: Known, offset: int, width: int) -> int | None:
    try:
        return int.from_bytes(known.container.source.read(offset, width), "little")
    except SourceError:
        return None


def unit(coder: Coder, number: int = 1) -> str:
    """What renormalisation moves at a time is called, for so many of them."""
    word = "byte" if coder.word_bytes == 1 else "word"
    return word if number == 1 else f"{word}s"


def word_text(coder: Coder, value: int | None) -> str:
    """A word in hexadecimal, as many digits as it has."""
    digits = 2 * coder.word_bytes
    return "?" * digits if value is None else f"{value:0{digits}X}"
