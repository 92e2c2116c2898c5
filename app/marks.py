"""The small pictures beside text: what kind of bytes a span holds, and how bad a problem is.

Severities differ in shape as well as in colour, so that they can be told apart without colour vision.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from app import theme
from codec.problems import Severity
from codec.spans import SpanKind

SIDE = 16
"""Width and height of a picture, in pixels at 100% scale; drawn at four times that."""


def severity_icon(severity: Severity) -> QIcon:
    """A disc for an error, a triangle for a warning."""
    return _severity_icon(theme.current().name, severity)


def span_icon(kind: SpanKind, own: Severity | None, inside: Severity | None) -> QIcon:
    """A square in the colour of the kind, marked where there are problems.

    Args:
        kind: the role of the bytes.
        own: the worst problem of the span itself: a filled mark.
        inside: the worst problem of the spans inside it: the mark's outline.
    """
    return _span_icon(theme.current().name, kind, own, inside)


@lru_cache(maxsize=16)
def _severity_icon(theme_name: str, severity: Severity) -> QIcon:  # noqa: ARG001
    pixmap, painter = _canvas()
    _draw_mark(painter, severity, QRectF(2, 2, 12, 12), filled=True)
    painter.end()
    return _icon(pixmap)


@lru_cache(maxsize=256)
def _span_icon(
    theme_name: str,  # noqa: ARG001
    kind: SpanKind,
    own: Severity | None,
    inside: Severity | None,
) -> QIcon:
    colours = theme.current()
    pixmap, painter = _canvas()
    painter.setPen(QPen(colours.span_inks[kind], 1))
    painter.setBrush(colours.span_fills[kind])
    painter.drawRoundedRect(QRectF(1.5, 2.5, 10, 10), 2, 2)
    mark = own or inside
    if mark is not None:
        _draw_mark(painter, mark, QRectF(6, 6, 9, 9), filled=own is not None)
    painter.end()
    return _icon(pixmap)


def _icon(pixmap: QPixmap) -> QIcon:
    """The picture as it is also in a selected row, where Qt would tint it beyond recognition."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _canvas() -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(4 * SIDE, 4 * SIDE)
    pixmap.setDevicePixelRatio(4)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return pixmap, painter


def _draw_mark(painter: QPainter, severity: Severity, box: QRectF, filled: bool) -> None:
    colours = theme.current()
    colour = colours.severities[severity]
    painter.setPen(QPen(colour, 1.3))
    painter.setBrush(colour if filled else colours.background)
    if severity is Severity.ERROR:
        painter.drawEllipse(box)
    else:
        tip = QPointF(box.center().x(), box.top())
        painter.drawPolygon(QPolygonF([tip, box.bottomRight(), box.bottomLeft()]))
    _draw_sign(painter, severity, box, colours.background if filled else colour)


def _draw_sign(painter: QPainter, severity: Severity, box: QRectF, ink: QColor) -> None:
    """The cross or the exclamation mark inside a mark."""
    painter.setPen(QPen(ink, 1.3))
    centre, reach = box.center(), box.width() * 0.2
    if severity is Severity.ERROR:
        for slope in (-1, 1):
            step = QPointF(reach, slope * reach)
            painter.drawLine(centre - step, centre + step)
    else:
        painter.drawLine(centre - QPointF(0, reach * 0.6), centre + QPointF(0, reach))
        painter.drawPoint(centre + QPointF(0, reach * 1.9))
