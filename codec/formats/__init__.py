"""The on-disk layouts: opening a file finds its layout by the magic number and parses it."""

from __future__ import annotations

import os
from collections.abc import Callable

from codec.container import Container
from codec.errors import FormatError, RanscopeError
from codec.formats import batched, batched_parser, native, native_parser, wcdc, wcdc_parser
from codec.source import FileSource, Source

_PARSERS: dict[int, Callable[[Source], Container]] = {
    batched.MAGIC: batched_parser.parse,
    wcdc.MAGIC: wcdc_parser.parse,
    native.MAGIC: native_parser.parse,
}

LEGACY_FORMATS: tuple[str, ...] = (batched.NAME, wcdc.NAME)
"""Names of the original's layouts, which hold one tensor a file."""

FORMATS: tuple[str, ...] = (*LEGACY_FORMATS, native.NAME)
"""Names of all layouts, as the command line takes them."""


def open_file(path: str | os.PathLike[str]) -> Container:
    """Parses the file at `path`.

    Raises:
        SourceError: the file cannot be read.
        FormatError: it has no header that can be read.
    """
    return parse(FileSource(path))


def is_compressed(source: Source) -> bool:
    """Whether a file begins as one of the layouts does; what follows may be damaged.

    Raises:
        SourceError: it cannot be read.
    """
    return source.size >= 4 and int.from_bytes(source.read(0, 4), "little") in _PARSERS


def parse(source: Source) -> Container:
    """Parses the bytes of `source`; problems are collected, not raised.

    Raises:
        SourceError: the bytes cannot be read.
        FormatError: there is no magic number that a layout is known by.
    """
    if source.size == 0:
        raise FormatError(f"{source.name} is empty", 0)
    if source.size < 4:
        raise FormatError(
            f"{source.name} holds {source.size} bytes, too few for a magic number of 4", 0
        )
    magic = int.from_bytes(source.read(0, 4), "little")
    parser = _PARSERS.get(magic)
    if parser is None:
        raise _foreign(source, magic)
    return parser(source)


def _foreign(source: Source, magic: int) -> FormatError:
    """Why a file of no layout is refused, and what it is instead where that can be told."""
    # Loaded only for such files: it takes the decoders with it.
    from codec.capture.archive import SIGNATURE, Archive
    from codec.capture.members import METADATA

    if magic != SIGNATURE:
        *first, last = (f"0x{number:08X}" for number in _PARSERS)
        known = f"{', '.join(first)} or {last}"
        return FormatError(
            f"{source.name} is no compressed layer: its first four bytes read 0x{magic:08X} where "
            f"{known} was expected",
            0,
        )
    try:
        captured = METADATA in Archive(source)
    except RanscopeError:  # cut short, perhaps
        captured = False
    if not captured:
        return FormatError(
            f"{source.name} is no compressed layer but a zip archive, and no sound capture either",
            0,
        )
    return FormatError(
        f"{source.name} is no compressed layer but a capture, which holds what a decoder computed: "
        f"`ranscope info {source.name}`, `ranscope decode` and `ranscope trace` open it",
        0,
    )
