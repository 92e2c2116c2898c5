"""HTML by construction: text is escaped unless it was made here, so that no name out of a file can become markup."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from app.cli.console import printable

VOID = frozenset({"br", "img", "meta"})
"""Elements that have no content."""


class Markup(str):
    """A piece of HTML that is finished: its text is escaped."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Text as HTML; characters that do not print are shown as escapes, since they could hide or reorder it."""
    return Markup(html.escape("\n".join(map(printable, text.split("\n")))))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Several pieces, one after the other; plain text among them is escaped."""
    return Markup(escaped(between).join(_finished(part) for part in parts))


def element(name: str, /, *content: str, **attributes: str | int | float) -> Markup:
    """An element; plain text in it is escaped. Of an attribute's name, a last `_` is dropped and others become `-`."""
    given = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escaped(str(value))}"'
        for key, value in attributes.items()
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(content)}</{name}>")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], class_: str = "") -> Markup:
    """A table; cells that are finished `td` elements stand as they are, others are made into some."""
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in header)))
    body = element("tbody", *(element("tr", *map(_cell, row)) for row in rows))
    # What is wider than the page scrolls by itself.
    return element("div", element("table", head, body, class_=class_), class_="scroll", tabindex=0)


def pairs(entries: Iterable[tuple[str, str]]) -> Markup:
    """Names and values."""
    rows = [
        element("tr", element("th", name, scope="row"), _cell(value)) for name, value in entries
    ]
    return element(
        "div", element("table", element("tbody", *rows), class_="pairs"), class_="scroll"
    )


def _cell(content: str) -> Markup:
    if isinstance(content, Markup) and content.startswith("<td"):
        return content
    return element("td", content)


def _finished(part: str) -> Markup:
    return part if isinstance(part, Markup) else escaped(part)
