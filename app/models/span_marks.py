"""Which spans the problems of a file belong to, so that a tree can mark them in place.

A problem is a byte range; it belongs to the innermost span that holds all of it. There are at most a
few hundred problems but tens of thousands of tiles, so problems are taken to spans, never the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from codec.problems import Problem, Severity, worst
from codec.spans import Span, SpanKind

Path = tuple[int, ...]
"""Child numbers that lead from the root to a span."""


def enclosing(root: Span, offset: int, size: int, tile: int | None = None) -> Path:
    """The path to the innermost span that holds all the bytes from `offset` on.

    Args:
        root: the span of the whole file.
        offset, size: the bytes; where there are none, the place.
        tile: the tile that the bytes are about, where one is: its stream is taken where the byte
            range leads to another tile, or to none, since streams may be missing or overlap.
    """
    path = root.path_to(offset) or ()
    while path and root.descend(path).end < offset + size:
        path = path[:-1]
    if tile is not None and root.descend(path).tile != tile:
        return stream_path(root, tile) or path
    return path


def stream_path(root: Span, tile: int) -> Path | None:
    """The path to the stream of a tile; None where the file has no span for it."""
    for row, span in enumerate(root.children):
        if span.kind is SpanKind.STREAM and tile < len(span.children):
            return (row, tile)
    return None


class SpanMarks:
    """The problems of every span, and the worst severity inside it."""

    def __init__(self, root: Span, problems: Iterable[Problem] = ()) -> None:
        self._own: dict[Path, list[Problem]] = defaultdict(list)
        self._inside: dict[Path, dict[int, Severity]] = defaultdict(dict)
        for problem in problems:
            path = enclosing(root, problem.offset, problem.size, problem.tile)
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
