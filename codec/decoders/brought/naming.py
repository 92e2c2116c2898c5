"""What the name of a decoder that was brought leads to: a file, by what it ends in, or an installed entry point."""

from __future__ import annotations

import ast
import importlib.metadata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from codec.decoders import DECODERS
from codec.errors import InputError

GROUP = "ranscope.decoders"
"""The group of entry points that decoders are installed as."""

PYTHON = ".py"
LIBRARIES = (".so", ".dylib", ".dll")
KERNEL = ".cu"
SUFFIXES = (PYTHON, *LIBRARIES, KERNEL)
"""What files of decoders end in."""


def is_file_name(name: str) -> bool:
    """Whether a name stands for a file with a decoder, be it there or not."""
    return Path(name).suffix.lower() in SUFFIXES


def existing_file(name: str) -> Path:
    """The file that a name stands for, from the root.

    Raises:
        InputError: it is not there, or no file.
    """
    try:
        path = Path(name).expanduser().absolute()
        found, is_file = path.exists(), path.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{name!r} names no file: {error}") from None
    if not found:
        raise InputError(f"there is no file {name}, which should hold a decoder")
    if not is_file:
        raise InputError(f"{name} is no file that a decoder could be loaded from")
    return path


@cache
def entry_points() -> Mapping[str, importlib.metadata.EntryPoint]:
    """The installed entry points, by name; of two of one name the first.

    They are looked for once: that reads a file of every package that is installed.
    """
    found: dict[str, importlib.metadata.EntryPoint] = {}
    for entry in importlib.metadata.entry_points(group=GROUP):
        found.setdefault(entry.name, entry)
    return found


def is_brought(name: str) -> bool:
    """Whether a name stands for a decoder that was brought; nothing of it is loaded."""
    return name not in DECODERS and (is_file_name(name) or name in entry_points())


def title_of(name: str) -> str:
    """What messages call a decoder: its name, or its file's without the folder."""
    return Path(name).name if is_file_name(name) else name


def defines(path: str | Path) -> frozenset[str]:
    """The functions that a Python file defines at its top, without running it.

    That tells a decoder (`decode`) from an encoder (`encode`).

    Raises:
        InputError: it cannot be read, or is no Python.
    """
    path = Path(path)
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}") from None
    except SyntaxError as error:
        raise InputError(f"{path.name}, line {error.lineno}: {error.msg}") from None
    except ValueError as error:  # a null character
        raise InputError(f"{path.name} is no Python: {error}") from None
    names = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name for alias in aliases}
    return frozenset(names)
