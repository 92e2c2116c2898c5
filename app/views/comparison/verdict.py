"""What explains the differences: each finding with its mistakes, its share and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtWidgets import QApplication, QTextBrowser, QVBoxLayout, QWidget

from app import theme
from app.canvas.controls import button, strip
from app.models.comparison_sentences import finding_heading, finding_side, tile_links, verdict
from app.models.explanation import Part
from app.models.explanation.parts import plain
from app.views.comparison.linked_text import LinkedText
from codec.comparison.comparison import Comparison
from codec.diagnosis.finding import Finding


class _Page(QTextBrowser):
    """A page that needs little room, and scrolls."""

    def sizeHint(self) -> QSize:
        """Some lines of text."""
        line = self.fontMetrics().height()
        return QSize(20 * line, 8 * line)

    def minimumSizeHint(self) -> QSize:
        """A few lines of text."""
        line = self.fontMetrics().height()
        return QSize(8 * line, 5 * line)


class Verdict(QWidget):
    """The findings as a page whose places can be clicked."""

    followed = Signal(object)
    """Carries the `Target` that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._findings: tuple[Finding, ...] | None = None
        self._note = ""
        self._links = LinkedText()
        self.page = _Page()
        self.page.setOpenLinks(False)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.page.setAccessibleName("Verdict")
        self.page.anchorClicked.connect(self._follow)
        self._copy = button("Copy verdict", "Copy what explains the differences, as text")
        self._copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.fontMetrics().height() // 4)
        column.addWidget(self.page, 1)
        column.addWidget(strip([self._copy]))

    def show_findings(
        self,
        comparison: Comparison | None,
        findings: tuple[Finding, ...] | None,
        note: str = "",
    ) -> None:
        """Shows what explains a comparison; see `comparison_sentences.verdict`."""
        self._comparison, self._findings, self._note = comparison, findings, note
        self.write()

    @property
    def text(self) -> str:
        """The verdict as plain text; "" where there is none."""
        comparison = self._comparison
        if comparison is None:
            return ""
        told = verdict(comparison, self._findings, self._note)
        blocks = [told] if told else []
        for finding in self._findings or ():
            where = plain(_where(finding))
            heading = finding_heading(finding)
            lines = [heading, finding_side(comparison, finding), finding.detail, where]
            blocks.append("\n".join(line for line in lines if line))
        return "\n\n".join(blocks)

    def write(self) -> None:
        """Puts the verdict on the page, in the colours of the theme."""
        self._links = LinkedText()
        comparison = self._comparison
        if comparison is None:
            self.page.clear()
            return
        told = verdict(comparison, self._findings, self._note)
        parts = [f"<p>{escape(told)}</p>"] if told else []
        parts += [self._finding(comparison, finding) for finding in self._findings or ()]
        self.page.setHtml("".join(parts))
        self._copy.setEnabled(bool(self.text))

    def _finding(self, comparison: Comparison, finding: Finding) -> str:
        dim = f"color:{theme.current().dim.name()}"
        detail = escape(finding.detail).replace("\n", "<br>")
        where = self._links.html(_where(finding))
        return (
            f"<p><b>{escape(finding_heading(finding))}</b><br>"
            f'<span style="{dim}">{escape(finding_side(comparison, finding))}</span><br>'
            f"{detail}<br><span>{where}</span></p>"
        )

    def _follow(self, url: QUrl) -> None:
        target = self._links.target(f"#{url.fragment()}")
        if target is not None:
            self.followed.emit(target)


def _where(finding: Finding) -> Sequence[Part]:
    """The tiles in which a finding holds, each leading there."""
    total = len(finding.tiles)
    if not total:
        return []
    return ["In tile " if total == 1 else "In tiles ", *tile_links(finding.tiles.tolist(), total)]
