"""Which spans the problems of a file belong to, so that a tree can mark them in place.

A problem is a byte range; it belongs to the innermost span that holds all of it. There are at most a
few hundred problems but tens of thousands of tiles, so problems are taken to spans, never the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from codec.problems import Problem, Severity, worst
from codec.spans import ListedSpans, Span, SpanKind

Path = tuple[int, ...]
"""Child numbers that lead from the root to a span."""


def enclosing(
    root: Span, offset: int, size: int, tile: int | None = None, tensor: int | None = None
) -> Path:
    """The path to the innermost span that holds all the bytes from `offset` on.

    Args:
        root: the span of the whole file.
        offset, size: the bytes; where there are none, the place.
        tile: the tile that the bytes are about, where one is: its stream is taken where the byte
            range leads to another tile, or to none, since streams may be missing or overlap.
        tensor: index of the tensor that the tile belongs to; the only one where there is one.
    """
    path = root.path_to(offset) or ()
    while path and root.descend(path).end < offset + size:
        path = path[:-1]
    span = root.descend(path)
    if tile is not None and (span.tile != tile or span.tensor not in (None, tensor or 0)):
        return stream_path(root, tile, tensor) or path
    return path


def stream_path(root: Span, tile: int, tensor: int | None = None) -> Path | None:
    """The path to the stream of a tile; None where the file has no span for it."""
    path = section_path(root, SpanKind.STREAM, tensor or 0)
    if path is None or tile >= len(root.descend(path).children):
        return None
    return (*path, tile)


def section_path(root: Span, kind: SpanKind, tensor: int) -> Path | None:
    """The path to the spans of a kind that a tensor's tiles have: its index, or its streams.

    They are the children of one span; None where there is no such span.
    """
    for row, span in _parts_for(root, tensor):
        if span.kind is kind and len(span.children) and span.children[0].tile is not None:
            return (row,)
        below = None if span.kind in _FLAT else section_path(span, kind, tensor)
        if below is not None:
            return (row, *below)
    return None


_FLAT = (SpanKind.HEADER, SpanKind.NAME, SpanKind.PADDING, SpanKind.UNCLAIMED)
"""Kinds with nothing of a tensor's inside them."""


def _parts_for(span: Span, tensor: int) -> Iterator[tuple[int, Span]]:
    """The children of a span that are about a tensor, or about none; of one child a tensor, its own."""
    children = span.children
    if isinstance(children, ListedSpans):
        parts = enumerate(children)
        yield from ((row, part) for row, part in parts if part.tensor in (None, tensor))
    elif span.tensor is None and tensor < len(children) and children[tensor].tensor == tensor:
        yield tensor, children[tensor]


class SpanMarks:
    """The problems of every span, and the worst severity inside it."""

    def __init__(self, root: Span, problems: Iterable[Problem] = ()) -> None:
        self._own: dict[Path, list[Problem]] = defaultdict(list)
        self._inside: dict[Path, dict[int, Severity]] = defaultdict(dict)
        for problem in problems:
            path = enclosing(root, problem.offset, problem.size, problem.tile, problem.tensor)
            self._own[path].append(problem)
            self._mark_ancestors(path, problem.severity)

    def _mark_ancestors(self, path: Path, severity: Severity) -> None:
        for depth, child in enumerate(path):
            inside = self._inside[path[:depth]]
            if inside.get(child) is not Severity.ERROR:
                inside[child] = severity

    def own(self, path: Path) -> tuple[Problem, ...]:
        """The problems of the span at `path` itself."""
        return tuple(self._own.get(path, ()))

    def worst_own(self, path: Path) -> Severity | None:
        """The worst severity of the span's own problems."""
        return worst(self._own.get(path, ()))

    def worst_inside(self, path: Path, children: range | None = None) -> Severity | None:
        """The worst severity inside the span at `path`, of all its children or of some."""
        marked = self._inside.get(path, {})
        found = {s for child, s in marked.items() if children is None or child in children}
        return next((severity for severity in Severity if severity in found), None)
