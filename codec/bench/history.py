"""The folder in which results are kept from run to run, and what is done with a file there that is no use.

Whatever is in the folder, it can be listed: a file that cannot be read is left as it is and listed with a sentence,
for a newer version may still read it. No file is ever overwritten by another run's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from codec.bench.merging import key_of
from codec.bench.result import RunResult
from codec.bench.result_file import ResultKeeper, load, save
from codec.errors import InputError, RanscopeError, SourceError

SUFFIX = ".json"


@dataclass(frozen=True)
class Entry:
    """A file of the history.

    Attributes:
        path: of it.
        result: that it holds; None where it cannot be read.
        sentence: why it cannot; "" where it can.
    """

    path: Path
    result: RunResult | None
    sentence: str = ""


class History:
    """Results in a folder, which is made when the first are kept; every method may take as long as the disk does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> tuple[Entry, ...]:
        """All of it, the latest run first, what cannot be read last. Raises nothing."""
        try:
            paths = sorted(path for path in self.folder.glob(f"*{SUFFIX}") if path.is_file())
        except OSError as error:
            return (Entry(self.folder, None, f"{self.folder} cannot be read: {error.strerror}"),)
        found = [_entry(path) for path in paths]
        able = [entry for entry in found if entry.result is not None]
        able.sort(key=lambda entry: _age(entry), reverse=True)
        return (*able, *(entry for entry in found if entry.result is None))

    def find(self, name: str) -> RunResult:
        """The run of this name, or of the only one that begins so; `last` is the latest.

        Raises:
            InputError: there is none, or several.
        """
        entries = [entry for entry in self.entries() if entry.result is not None]
        results = [entry.result for entry in entries if entry.result is not None]
        if name == "last" and results:
            return results[0]
        found = [result for result in results if result.id == name] or [
            result for result in results if result.id.startswith(name)
        ]
        if len(found) == 1:
            return found[0]
        how_many = "no run" if not found else f"{len(found):,} runs"
        raise InputError(f"the history in {self.folder} has {how_many} called {name!r}")

    def keeper(
        self, result: RunResult, told: Callable[[str], None] = lambda _sentence: None
    ) -> ResultKeeper:
        """What keeps a run: where it is kept already, if it goes on with all that is known there, else anew.

        Args:
            result: what is known of the run.
            told: as for `ResultKeeper`.

        Raises:
            InputError: the folder cannot be made.
        """
        self._make()
        places = (
            each.path for each in self.entries() if each.result and _goes_on(each.result, result)
        )
        return ResultKeeper(next(places, None) or self._free(result.id), told)

    def take_in(self, path: str | os.PathLike[str]) -> RunResult:
        """Keeps the results in a file from elsewhere; those that are kept already stay as they are.

        A run of the same name with other content, as one that was resumed, gets a name of its own.

        Raises:
            SourceError, InputError: they cannot be read, or not be kept.
        """
        result = load(path)
        self._make()
        for entry in self.entries():
            if entry.result == result:
                return result
        place = self._free(result.id)
        renamed = replace(result, id=place.name.removesuffix(SUFFIX))
        save(place, renamed)
        return renamed

    def forget(self, result: RunResult) -> None:
        """Deletes a run.

        Raises:
            InputError: it cannot be deleted.
        """
        for entry in self.entries():
            if entry.result is not None and entry.result.id == result.id:
                try:
                    entry.path.unlink(missing_ok=True)
                except OSError as error:
                    raise InputError(f"{entry.path} cannot be deleted: {error.strerror}") from None

    def _make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"the folder {self.folder} cannot be made: {error.strerror}") from None

    def _free(self, name: str) -> Path:
        """A path in the folder that nothing has yet."""
        numbers = ("", *(f"-{number}" for number in range(2, 1000)))
        places = (self.folder / f"{name}{number}{SUFFIX}" for number in numbers)
        found = next((place for place in places if not os.path.lexists(place)), None)
        if found is None:
            raise InputError(f"there are a thousand runs called {name} in {self.folder} already")
        return found


def _entry(path: Path) -> Entry:
    try:
        return Entry(path, load(path))
    except (SourceError, RanscopeError) as error:
        return Entry(path, None, error.sentence())


def _goes_on(before: RunResult, after: RunResult) -> bool:
    """Whether two are the same run, and the later knows every single time that the earlier does."""
    if (before.id, before.started, before.plan) != (after.id, after.started, after.plan):
        return False
    known = {key_of(each): each.seconds for each in after.measurements}
    return all(
        known.get(key_of(each), ())[: len(each.seconds)] == each.seconds
        for each in before.measurements
    )


def _age(entry: Entry) -> tuple[str, str]:
    """What sorts runs by when they were begun; of one second, by name."""
    assert entry.result is not None
    return entry.result.started, entry.result.id
