"""What the parts of the page have in common: a heading, a cell that is marked, two values side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.report.markup import Markup, element, joined, table


def section(title: str, *content: str) -> Markup:
    """A part of the page with its heading; nothing where it would be empty."""
    shown = joined(content)
    return joined([element("h2", title), shown]) if shown else Markup()


def marked(text: str, differs: bool, first: bool = False) -> Markup:
    """A cell; marked where it differs, and framed where it is the first that does."""
    classes = " ".join(["differs"] * bool(differs) + ["first"] * first)
    return element("td", text, class_=classes) if classes else element("td", text)


def beside(rows: Iterable[Sequence[str]], differing: tuple[str, ...]) -> Markup:
    """Names, and the values of both sides."""
    lines = [
        [element("td", name), *(marked(value, name in differing) for value in values)]
        for name, *values in rows
    ]
    return table(["", "left", "right"], lines)
