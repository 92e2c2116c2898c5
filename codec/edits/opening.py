"""Parses a file with its edits; an edit may leave nothing that a layout is known by, and even that is shown."""

from __future__ import annotations

import os
from collections.abc import Sequence

from codec.container import Container
from codec.edits.edit import Edit
from codec.edits.overlay import EditedSource
from codec.errors import FormatError
from codec.formats import parse
from codec.problems import Problem
from codec.source import FileSource, Source
from codec.spans import Span, SpanKind

MAGIC_BYTES = 4
"""Bytes by which a layout is known."""

NO_LAYOUT = "unknown"
"""Format of a file that its edits have made unknowable."""


def parse_edited(base: Source, edits: Sequence[Edit]) -> Container:
    """Parses `base` as if edits were in it; without any in force, `base` itself.

    Raises:
        SourceError: the bytes cannot be read.
        FormatError: `base` has no header that can be read, and no edit is in force.
    """
    source = EditedSource(base, edits)
    if not source.edits:
        return parse(base)
    try:
        return parse(source)
    except FormatError as error:
        return _unknowable(source, error)


def open_edited(path: str | os.PathLike[str], edits: Sequence[Edit] = ()) -> Container:
    """As `parse_edited`, of the file at `path`.

    Raises:
        SourceError: the file cannot be read.
        FormatError: as `parse_edited`.
    """
    return parse_edited(FileSource(path), edits)


def original_of(container: Container) -> Container:
    """The same file without its edits, parsed anew; itself where it has none.

    Raises:
        SourceError: the bytes cannot be read.
        FormatError: the file has no header that can be read without its edits.
    """
    source = container.source
    return parse(source.base) if isinstance(source, EditedSource) else container


def _unknowable(source: Source, error: FormatError) -> Container:
    """A file without a layout: all of its bytes, and why there is no more to say."""
    size = min(source.size, MAGIC_BYTES)
    problem = Problem(
        "signature", 0, size, error.sentence(), cause="an edit of the file's first bytes"
    )
    root = Span(
        source.name,
        0,
        source.size,
        SpanKind.FILE,
        f"{source.size:,} bytes",
        "The whole file, of no known layout.",
    )
    return Container(source, NO_LAYOUT, (), root, (problem,))
