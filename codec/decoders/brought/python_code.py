"""Decoders written in Python: a file, or an installed entry point.

Whatever their code raises becomes one sentence with the file and the line; the traceback keeps the frames that are the
author's.
"""

from __future__ import annotations

import faulthandler
import importlib.metadata
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.brought.code import Code
from codec.decoders.brought.layer import READ, STEP, Layer
from codec.decoders.brought.output import Filled, taken, timed
from codec.errors import BroughtError

STDERR = 2
"""As the system numbers it: `sys.stderr` may be anything."""

MOST_STEPS = 1 << 26
"""Rows of a trace that are taken from somebody's code, at most."""

OPTIONAL_STEP_COLUMNS = ("lane", "symbol_index", "reserved")
"""Without them a step is of lane 0, and symbols come in the order of the steps."""

OUR_PACKAGES = tuple(str(Path(__file__).parents[3] / name) for name in ("app", "codec"))
STANDARD_LIBRARY = sysconfig.get_path("stdlib")
NUMPY = str(Path(np.__file__).parent)
"""Where frames of a traceback lie that are not the author's."""


class PythonCode(Code):
    """Python code with a function `decode(layer)`, and perhaps `reads(layer)` and `trace(layer, tile)`."""

    def __init__(self, name: str, functions: Any, files: tuple[Path, ...] = ()) -> None:
        """Takes what was loaded.

        Args:
            name: what messages call it.
            functions: a module or any other object with the functions, or `decode` itself.
            files: those that it was made of.

        Raises:
            BroughtError: there is no `decode`.
        """
        super().__init__(name, files)
        self._functions = functions
        if self._function("decode") is None:
            raise BroughtError(f"{name} defines no function decode(layer)")

    def decode(self, layer: Layer) -> Filled:
        """As `Code.decode`."""
        with explained(self.name):
            found, seconds = timed(lambda: self._function("decode")(layer))
        return taken(found, layer, self.name, seconds)

    def reads(self, layer: Layer) -> NDArray[Any] | None:
        """As `Code.reads`."""
        function = self._function("reads")
        if function is None:
            return None
        with explained(self.name):
            columns = _columns(function(layer), self.name, "reads")
        reads = np.zeros(len(layer.tiles), dtype=READ)
        _require_columns(columns, READ.names or (), self.name, "reads")
        _fill(reads, columns, self.name, "reads")
        return reads

    def steps(self, layer: Layer, tile: int) -> NDArray[Any]:
        """As `Code.steps`."""
        function = self._function("trace")
        if function is None:
            raise BroughtError(
                f"{self.name} records no steps: add a function trace(layer, tile) that returns the columns "
                "of a trace"
            )
        with explained(self.name):
            columns = _columns(function(layer, tile), self.name, "trace")
        wanted = [name for name in STEP.names or () if name not in OPTIONAL_STEP_COLUMNS]
        _require_columns(columns, wanted, self.name, "trace")
        count = len(columns["state_before"])
        if count > MOST_STEPS:
            raise BroughtError(
                f"{self.name}: trace returned {count:,} steps, more than can be taken"
            )
        steps = np.zeros(count, dtype=STEP)
        steps["symbol_index"] = np.arange(count)
        _fill(steps, columns, self.name, "trace")
        return steps

    def _function(self, name: str) -> Any:
        found = getattr(self._functions, name, None)
        if name == "decode" and not callable(found) and not isinstance(self._functions, ModuleType):
            found = self._functions
        return found if callable(found) else None


def load_file(path: Path) -> PythonCode:
    """The code of a file, run from its first line anew.

    Raises:
        BroughtError: it cannot be read, does not compile, or fails.
    """
    module = load_module(path)
    return PythonCode(path.name, module, (path, *_neighbours(path)))


def load_module(path: Path) -> ModuleType:
    """The module that a file makes, loaded anew with those of its folder that it imports.

    Raises:
        BroughtError: as for `load_file`.
    """
    for name, module in list(sys.modules.items()):
        if _is_neighbour(module, path):
            del sys.modules[name]
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BroughtError(f"{path.name} cannot be opened: {error.strerror}") from None
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    with explained(path.name):
        exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)
    return module


def load_entry_point(entry: importlib.metadata.EntryPoint) -> PythonCode:
    """The code of an installed entry point.

    Raises:
        BroughtError: it cannot be imported, or has no `decode`.
    """
    with explained(entry.name):
        functions = entry.load()
    return PythonCode(entry.name, functions)


def _neighbours(path: Path) -> Iterator[Path]:
    """The files of the same folder that were imported."""
    for module in list(sys.modules.values()):
        if _is_neighbour(module, path):
            yield Path(str(module.__file__))


def _is_neighbour(module: object, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and file.endswith(".py") and Path(file).parent == path.parent


# What it returns


def _columns(found: object, name: str, function: str) -> dict[str, NDArray[Any]]:
    """What `reads` or `trace` returned, by column."""
    if isinstance(found, np.ndarray) and found.dtype.names:
        return {column: found[column] for column in found.dtype.names}
    if isinstance(found, Mapping):
        return {str(column): np.asarray(values) for column, values in found.items()}
    if isinstance(found, list | tuple) and all(isinstance(row, Mapping) for row in found):
        names = dict.fromkeys(str(column) for row in found for column in row)
        return {column: np.asarray([row[column] for row in found]) for column in names}
    raise BroughtError(
        f"{name}: {function} returned a {type(found).__name__} where a dictionary of columns, a structured array "
        "or a list of dictionaries was expected"
    )


def _require_columns(
    columns: Mapping[str, Any], wanted: tuple[str, ...] | list[str], name: str, function: str
) -> None:
    missing = [column for column in wanted if column not in columns]
    if missing:
        raise BroughtError(f"{name}: {function} returned no column {', '.join(missing)}")


def _fill(
    records: NDArray[Any], columns: Mapping[str, NDArray[Any]], name: str, function: str
) -> None:
    """Fills records in, column by column; those that they do not have are passed over."""
    for column in (column for column in records.dtype.names or () if column in columns):
        values, most = columns[column], np.iinfo(records.dtype[column]).max
        if values.shape != records.shape:
            raise BroughtError(
                f"{name}: {function} returned {column} with the shape {list(values.shape)} where "
                f"[{len(records):,}] was expected"
            )
        fits = values.dtype.kind in "iub" and (
            not values.size or (int(values.min()) >= 0 and int(values.max()) <= most)
        )
        if not fits:
            raise BroughtError(
                f"{name}: {function} returned {column} as {values.dtype} where whole numbers from 0 to "
                f"{most:,} were expected"
            )
        records[column] = values


# What it raises


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turns what somebody's code raises into a BroughtError with the file and the line.

    Where it crashes the process, its stack is printed as the last words.

    Args:
        name: what messages call the code.
    """
    try:
        with _last_words():
            yield
    except BroughtError:
        raise
    except SyntaxError as error:
        place = Path(error.filename or name).name
        if error.lineno is not None:  # bytes that are no text have no lines
            place += f", line {error.lineno}"
        detail = "".join(traceback.format_exception_only(error))
        raise BroughtError(f"{place}: {type(error).__name__}: {error.msg}", detail) from None
    except (Exception, SystemExit) as error:
        raise BroughtError(_sentence(name, error), _detail(error)) from None


@contextmanager
def _last_words() -> Iterator[None]:
    """Has Python print the stack if the process crashes meanwhile."""
    if faulthandler.is_enabled():
        yield
        return
    faulthandler.enable(STDERR)
    try:
        yield
    finally:
        faulthandler.disable()


def _sentence(name: str, error: BaseException) -> str:
    frames = _their_frames(error.__traceback__)
    place = name
    if frames:
        last = frames[-1]
        place = f"{Path(last.filename).name}, line {last.lineno}"
        if last.name != "<module>":
            place += f", in {last.name}"
    if isinstance(error, SystemExit):
        return f"{place}: it called sys.exit({'' if error.code is None else error.code})"
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{place}: {' '.join(what.split())}"


def _detail(error: BaseException) -> str:
    frames = traceback.format_list(_their_frames(error.__traceback__))
    return "".join(
        ["Traceback (most recent call last):\n", *frames, *traceback.format_exception_only(error)]
    )


def _their_frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """The frames of a traceback that are the author's: not ours, Python's or NumPy's."""
    return [frame for frame in traceback.extract_tb(trace) if not _is_foreign(frame.filename)]


def _is_foreign(file: str) -> bool:
    installed = "site-packages" in file or "dist-packages" in file
    return file.startswith((*OUR_PACKAGES, NUMPY, "<")) or (
        file.startswith(STANDARD_LIBRARY) and not installed
    )
