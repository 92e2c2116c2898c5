"""Decoders that the user brings: a Python file or entry point, a shared library, or CUDA source.

Their code may crash, hang or lie, so they are `isolated`: `app.child` runs them in a process of its own, with
limits. `layer` is what they get, `output` what is made of what they give; `python_code`, `library` and
`codec.decoders.cuda.brought` load them. docs/own-decoder.md tells their authors what to write.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from codec.decoders.brought import naming
from codec.decoders.brought.code import Code
from codec.decoders.brought.decoder import BroughtDecoder
from codec.decoders.brought.naming import GROUP, SUFFIXES, defines, entry_points, is_brought
from codec.errors import InputError

__all__ = [
    "GROUP",
    "SUFFIXES",
    "BroughtDecoder",
    "defines",
    "entry_points",
    "is_brought",
    "make_brought",
]


class FileDecoder(BroughtDecoder):
    """A Python file, or a shared library."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kind = "Python" if path.suffix.lower() == naming.PYTHON else "a shared library"
        super().__init__(str(path), f"{kind}, brought: {path.name}")

    def _load(self) -> Code:
        if self._path.suffix.lower() == naming.PYTHON:
            from codec.decoders.brought.python_code import load_file

            return load_file(self._path)
        from codec.decoders.brought.library import LibraryCode

        return LibraryCode(self._path)


class KernelDecoder(BroughtDecoder):
    """CUDA source."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(str(path), f"CUDA, brought: {path.name}")

    def _load(self) -> Code:
        from codec.decoders.cuda.brought import load_kernel

        return load_kernel(self._path)


class EntryPointDecoder(BroughtDecoder):
    """An installed entry point."""

    def __init__(self, entry: importlib.metadata.EntryPoint) -> None:
        self._entry = entry
        super().__init__(entry.name, f"installed, {entry.value}")

    def _load(self) -> Code:
        from codec.decoders.brought.python_code import load_entry_point

        return load_entry_point(self._entry)


def make_brought(name: str) -> BroughtDecoder:
    """The decoder that a path or the name of an entry point leads to; nothing of it is loaded yet.

    Raises:
        InputError: there is no such file, and no such entry point.
    """
    if naming.is_file_name(name):
        path = naming.existing_file(name)
        is_kernel = path.suffix.lower() == naming.KERNEL
        return KernelDecoder(path) if is_kernel else FileDecoder(path)
    installed = entry_points()
    if name not in installed:
        raise InputError(f"no decoder called {name!r} is installed")
    return EntryPointDecoder(installed[name])
