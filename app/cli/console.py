"""All that the command line prints: results on stdout, sentences and progress on stderr.

Names come from files that may be hostile, so what a terminal could take for a command is escaped.
"""

from __future__ import annotations

import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

SECONDS_BETWEEN_REPORTS = 0.1


def printable(text: str) -> str:
    """`text` with every character that is not printable written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def say(line: str = "") -> None:
    """Prints one line of a result."""
    print(printable(line))


def complain(sentence: str) -> None:
    """Prints one sentence on stderr."""
    if sys.stderr is not None:  # print takes None for stdout
        print(f"ranscope: {printable(sentence)}", file=sys.stderr)


def say_json(value: Mapping[str, Any], **streams: Iterable[Mapping[str, Any] | str]) -> None:
    """Prints an object as JSON; each of `streams` becomes one more key, an array printed item by item.

    An item that is text is JSON already: as Python's own objects, millions of them would take minutes.
    """
    print(json.dumps(value, indent=2, allow_nan=False).removesuffix("\n}"), end="")
    for name, items in streams.items():
        print(f",\n  {json.dumps(name)}: [", end="")
        for number, item in enumerate(items):
            text = item if isinstance(item, str) else json.dumps(item, allow_nan=False)
            print("," * (number > 0) + f"\n    {text}", end="")
        print("\n  ]", end="")
    print("\n}")


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "  ") -> None:
    """Prints rows under a header, all columns flush right but the last."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
        say(indent + "  ".join([*cells[:-1], line[-1]]).rstrip())


def say_pairs(pairs: Iterable[tuple[str, str]], indent: str = "  ") -> None:
    """Prints names and values in two columns."""
    listed = list(pairs)
    width = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        say(f"{indent}{name.ljust(width)}  {value}".rstrip())


def number_of(count: int, noun: str) -> str:
    """A number with its noun, such as "3 errors"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names in a sentence; of many, the first."""
    text = ", ".join(names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most:,} more"


class _Cleared(ABC):
    """Something on the terminal that is taken away with the end of a `with`."""

    @abstractmethod
    def clear(self) -> None:
        """Takes the line away."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()


class Progress(_Cleared):
    """A `codec.decoders.base.Tick` that says how far a long job is, where stderr is a terminal.

    Attributes:
        label: what the job does.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self._shown = False
        self._next_report = time.monotonic() + 5 * SECONDS_BETWEEN_REPORTS
        self._wanted = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Notes that `done` of `total` is done."""
        now = time.monotonic()
        if self._wanted and now >= self._next_report:
            self._next_report = now + SECONDS_BETWEEN_REPORTS
            self._shown = True
            share = f"{100 * done // max(total, 1):3d}%"
            print(f"\r{share} {printable(self.label)}\033[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._shown = False


class Stages(_Cleared):
    """Progress of work that has several parts, one line after the other: gives each part its `Progress`."""

    def __init__(self) -> None:
        self._now: Progress | None = None

    def __call__(self, label: str) -> Progress:
        """The next part."""
        self.clear()
        self._now = Progress(label)
        return self._now

    def clear(self) -> None:
        """Takes the line away."""
        if self._now is not None:
            self._now.clear()
