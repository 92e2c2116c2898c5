"""A run's results in a file, which is written anew whenever something was measured, so that no crash loses it.

What is finished is written at once. What is not is written every few seconds: writing takes time of a core, which those
that are being measured may want.

A disk may be full: then what is there stays, what is new is held in memory, and is written with the next that comes,
or at the end to another place.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from codec.atomic_file import write_file
from codec.bench.merging import Key, key_of
from codec.bench.result import Measurement, Outcome, RunResult
from codec.bench.result_form import measurement_bytes, read, written
from codec.errors import InputError
from codec.json_fields import DamagedJson
from codec.source import FileSource

LARGEST = 1 << 28
"""Bytes of the largest file of results that is read: 200 candidates with a thousand runs each take 60 MB."""

SECONDS_BETWEEN = 5.0
"""Between two writings of measurements that are not finished."""


def load(path: str | os.PathLike[str]) -> RunResult:
    """The results in a file.

    Raises:
        SourceError: it cannot be read.
        DamagedJson: it holds no results, or damaged ones; the message names the file.
        NewerResult: a newer version wrote them.
    """
    source = FileSource(path)
    if source.size > LARGEST:
        raise DamagedJson(
            f"{source.name} has {source.size:,} bytes, and no results have more than {LARGEST:,}"
        )
    try:
        return read(source.read(0, source.size))
    except DamagedJson as error:
        raise type(error)(
            f"{source.name} cannot be used as results of a benchmark: {error.sentence()}"
        ) from None


def save(path: str | os.PathLike[str], result: RunResult) -> None:
    """Writes results whole or not at all.

    Raises:
        InputError: they cannot be written.
    """
    write_file(path, [written(result)])


class ResultKeeper:
    """Keeps one run's results in a file while they come in.

    Attributes:
        path: of the file.
        trouble: why the last writing failed; "" where all that is known is in the file.
    """

    def __init__(self, path: Path, told: Callable[[str], None] = lambda _sentence: None) -> None:
        """Keeps them at `path`; `told` hears once of each reason for which that fails."""
        self.path = path
        self.trouble = ""
        self._told = told
        self._pieces: dict[Key, tuple[Measurement, bytes]] = {}
        self._finished: list[Measurement] | None = None
        self._next = 0.0

    def keep(self, result: RunResult) -> None:
        """Writes the results unless all that is new is unfinished and will come again soon. Raises nothing."""
        finished = [each for each in result.measurements if each.outcome is not Outcome.CANCELLED]
        if finished != self._finished or self.trouble or time.monotonic() >= self._next:
            self._finished = finished
            self._write(result)
            self._next = time.monotonic() + SECONDS_BETWEEN

    def _write(self, result: RunResult) -> None:
        try:
            write_file(self.path, [written(result, [self._piece(m) for m in result.measurements])])
            self.trouble = ""
        except InputError as error:
            if (sentence := error.sentence()) != self.trouble:
                self.trouble = sentence
                self._told(sentence)

    def finish(self, result: RunResult) -> Path:
        """Writes the results a last time, where that fails to the folder for temporary files; returns where they are.

        Raises:
            InputError: they cannot be written anywhere.
        """
        self._write(result)
        if not self.trouble:
            return self.path
        elsewhere = Path(tempfile.gettempdir()) / f"ranscope-bench-{result.id}.json"
        save(elsewhere, result)
        return elsewhere

    def _piece(self, each: Measurement) -> bytes:
        """A measurement as JSON; made once, for in the end there are many and one is new."""
        known = self._pieces.get(key_of(each))
        if known is None or known[0] is not each:
            known = self._pieces[key_of(each)] = (each, measurement_bytes(each))
        return known[1]
