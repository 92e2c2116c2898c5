"""An explanation as a page: the HTML that Qt's text knows, and where its links lead."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QFontDatabase, QFontMetrics

from app import theme
from app.models.explanation import Explanation, Line, Link, Part, Section, Target


class Page:
    """Writes an explanation as the HTML that Qt's text knows, and keeps where its links lead.

    Attributes:
        targets: link number n leads to targets[n].
    """

    def __init__(self, metrics: QFontMetrics, width: int) -> None:
        self.targets: list[Target] = []
        colours = theme.current()
        self._metrics, self._width = metrics, width
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self._gap = metrics.height() // 2
        self._labels = 0
        self._dim = f"color:{colours.dim.name()}"
        self._accent = f"color:{colours.accent.name()}"
        self._mono = f"font-family:'{mono}'"
        self._head = f"background-color:{colours.raised.name()};color:{colours.foreground.name()}"

    def html(self, explanation: Explanation) -> str:
        """The page."""
        self._labels = self._label_width(explanation)
        chain = ""
        if explanation.chain:
            chain = f'<p style="{self._mono}">{self._parts(explanation.chain)}</p>'
        sections = "".join(self._section(section) for section in explanation.sections)
        return f"<h3>{escape(explanation.title)}</h3>{chain}{sections}"

    def _label_width(self, explanation: Explanation) -> int:
        """Pixels of the column of labels; 0 where they stand above their facts for want of room."""
        labels = {line.label for section in explanation.sections for line in section.lines}
        widest = max((self._metrics.horizontalAdvance(label) for label in labels), default=0)
        return widest + self._gap if widest * 4 < self._width else 0

    def _section(self, section: Section) -> str:
        rows = "".join(self._line(line) for line in section.lines)
        head = f"<b>{escape(section.title)}</b>"
        return (
            f'<table width="100%" cellspacing="0" cellpadding="{max(2, self._gap // 3)}" '
            f'style="margin-top:{self._gap}px">'
            f'<tr><td colspan="2" style="{self._head}">{head}</td></tr>{rows}</table>'
        )

    def _line(self, line: Line) -> str:
        label = f'<span style="{self._dim}">{escape(line.label)}</span>'
        fact = f'<span style="{self._mono}">{self._parts(line.parts)}</span>'
        note = f'<span style="{self._dim}">{escape(line.note)}</span>'
        if not line.parts:
            fact, note = escape(line.note), ""
        told = "<br>".join(part for part in (fact, note if line.note else "") if part)
        if not self._labels:
            return f'<tr><td colspan="2">{label}<br>{told}</td></tr>'
        return f'<tr><td valign="top" width="{self._labels}">{label}</td><td>{told}</td></tr>'

    def _parts(self, parts: tuple[Part, ...]) -> str:
        return "".join(
            self._link(part) if isinstance(part, Link) else escape(part) for part in parts
        )

    def _link(self, link: Link) -> str:
        self.targets.append(link.target)
        number = len(self.targets) - 1
        return f'<a href="#{number}" style="{self._accent}">{escape(link.text)}</a>'
