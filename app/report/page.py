"""The whole page, as one HTML file that loads nothing: it looks the same in a mail, offline, and in ten years."""

from __future__ import annotations

import os

from app.report import details, sections
from app.report.content import Report
from app.report.markup import Markup, element, joined
from app.report.style import STYLE
from codec.atomic_file import write_file

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What the page may load: the pictures and the style that stand in it."""


def write_report(path: str | os.PathLike[str], report: Report) -> None:
    """Writes the page.

    Raises:
        InputError: it cannot be written.
    """
    write_file(path, [page(report).encode("utf-8")])


def page(report: Report) -> str:
    """The page, as HTML."""
    comparison = report.comparison
    title = f"{report.origin.file['name']}: {comparison.left.title} and {comparison.right.title}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · Ranscope"),
        element("style", Markup(STYLE)),
    )
    body = [
        element("h1", title),
        sections.sides_section(report),
        sections.verdict_section(report),
        sections.pictures_section(report),
        sections.histogram_section(report),
        sections.first_section(report),
        details.steps_section(report),
        details.reads_section(report),
        details.files_section(report),
        sections.origin_section(report),
    ]
    html = element("html", head, element("body", element("main", *body)), lang="en")
    return joined([Markup("<!doctype html>\n"), html])
