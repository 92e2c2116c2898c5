"""Finds nvCOMP's library and calls it, every status that it returns in words."""

from __future__ import annotations

import ctypes
import site
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from codec.errors import DecodeError

VERSION = 6
"""Major version whose headers `formats` holds."""

INSTALL = "pip install nvidia-libnvcomp-cu12, or nvidia-libnvcomp-cu13 with a driver for CUDA 13"

SUCCESS = 0

STATUSES = {
    10: "an invalid value",
    11: "not supported",
    12: "cannot decompress",
    15: "the output buffer is too small",
    17: "a wrong alignment",
    18: "the chunk size is too large",
    19: "cannot compress",
    20: "a wrong length of the input",
    21: "too many chunks",
    22: "too many sub chunks",
    23: "too few sub chunks",
    24: "the alignment of the output is too small",
    1000: "a CUDA error",
    10000: "an internal error",
}
"""nvcompStatus_t, as far as it may come up here."""


class NoLibrary(Exception):
    """nvCOMP cannot be used here; the message is one sentence that says why, and what to do."""


class Properties(ctypes.Structure):
    """nvcompProperties_t: 6.0.2 is 6002, and CUDA 13.4 is 13040."""

    _fields_ = (("version", ctypes.c_uint32), ("cudart_version", ctypes.c_uint32))


def folders() -> list[Path]:
    """Where wheels are installed."""
    return [Path(folder) for folder in (*sys.path, *site.getsitepackages())]


def open_library(places: Iterable[Path] | None = None) -> ctypes.CDLL:
    """The library as its wheel installs it.

    Args:
        places: folders to look in; by default `folders()`.

    Raises:
        NoLibrary: there is none, it cannot be loaded, or it is of another version.
    """
    paths = [
        path
        for folder in (folders() if places is None else places)
        for path in sorted((folder / "nvidia" / "libnvcomp" / "lib64").glob("libnvcomp.so.*"))
    ]
    if not paths:
        raise NoLibrary(f"nvCOMP is not installed: {INSTALL}")
    try:
        found = ctypes.CDLL(str(paths[0]))
        version = version_of(found)
    except (OSError, AttributeError) as error:
        raise NoLibrary(f"nvCOMP is installed but cannot be loaded: {error}") from None
    if version // 1000 != VERSION:
        raise NoLibrary(
            f"nvCOMP is installed in version {version // 1000}.{version % 1000 // 100}, but its functions are known "
            f"here as version {VERSION} has them: {INSTALL}"
        )
    return found


def version_of(library: Any) -> int:
    """Of the library: 6000 is 6.0.0."""
    properties = Properties()
    library.nvcompGetProperties(ctypes.byref(properties))
    return int(properties.version)


def call(library: Any, name: str, *arguments: Any) -> None:
    """Calls a function of it.

    Raises:
        DecodeError: it returns anything but success.
    """
    status = int(getattr(library, name)(*arguments))
    if status != SUCCESS:
        raise DecodeError(f"{name} fails: {words(status)}")


def words(status: int) -> str:
    """A status for a person."""
    return f"{STATUSES[status]} ({status})" if status in STATUSES else f"status {status:,}"
