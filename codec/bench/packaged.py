"""Files that an installed package brings along, as sources of data: models come from PyPI as packages.

`package:NAME/PATH` is the file PATH in the folder of the package NAME. The package is found, not imported.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from codec.errors import InputError

PACKAGE = "package:"


def path_of(source: str) -> str:
    """The path of a source: that of a package's file, or the source itself where it is one.

    Raises:
        InputError: it is no such name, or the package or the file is not there.
    """
    if not source.startswith(PACKAGE):
        return source
    name, _, inside = source.removeprefix(PACKAGE).partition("/")
    if not name.isidentifier() or not inside or ".." in Path(inside).parts:
        raise InputError(f"{source!r} names no package's file: write {PACKAGE}NAME/PATH")
    paths = [Path(folder) / inside for folder in _folders(name)]
    if not paths:
        wanted = name.replace("_", "-")
        raise InputError(
            f"the package {name} is not installed: pip install --no-deps {wanted} (its file is all that is needed)"
        )
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        raise InputError(f"the package {name} holds no file {inside}")
    return str(found)


def _folders(name: str) -> list[str]:
    """Where a package lies; nothing where there is none."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return []
    return [] if spec is None else list(spec.submodule_search_locations or ())
