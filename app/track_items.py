"""What stands in the plots of steps beside their curves: upright lines, a ground, and levels with their names.

pyqtgraph has such items, which can be dragged, turned and hovered over. They ask their plot for the size of a pixel
whenever its range changes, which for a dozen of them takes longer than painting all curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen

from app.plots import pg

LINE_ROOM = 2
"""Pixels to either side of an upright line that are painted anew when it moves."""

GAP = 3
"""Pixels between a name and the edge of the plot, and between names beside one another."""

NAME_GROUND = 0.65
"""Opacity of what is laid under the names of levels, which curves may cross."""


LINES_WITH_NAMES = 3.5
"""Height of a plot, in lines of text, from which on the names of levels leave room for its curves."""


class RangedItem(pg.GraphicsObject):  # type: ignore[misc]
    """Something in a plot, in its coordinates; it fills all that is in sight and never asks for more room."""

    def __init__(self, box: pg.ViewBox) -> None:
        """`box` is the area of the plot that the item is for."""
        super().__init__()
        self.box = box

    def sight(self) -> QRectF:
        """What the plot shows; the greatest value is its `bottom`."""
        (left, right), (low, high) = self.box.viewRange()
        return QRectF(left, low, right - left, high - low)

    def boundingRect(self) -> QRectF:
        """Where it paints."""
        return self.sight()

    def viewRangeChanged(self) -> None:
        """Follows what the plot shows."""
        self.prepareGeometryChange()

    def viewTransformChanged(self) -> None:
        """Follows the size of the plot."""
        self.prepareGeometryChange()


class UprightLine(RangedItem):
    """A line at a step."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._step, self._pen = 0.0, QPen()

    def value(self) -> float:
        """The step."""
        return self._step

    def setValue(self, step: float) -> None:
        """Moves it to a step."""
        if step != self._step:
            self.prepareGeometryChange()
            self._step = step

    def setPen(self, pen: QPen) -> None:
        """Takes up a colour."""
        self._pen = pen
        self.update()

    def boundingRect(self) -> QRectF:
        """A strip of some pixels."""
        sight = self.sight()
        room = LINE_ROOM * sight.width() / max(self.box.width(), 1)
        return QRectF(self._step - room, sight.top(), 2 * room, sight.height())

    def paint(self, painter: QPainter, *_options: Any) -> None:
        """Draws it from edge to edge."""
        sight = self.sight()
        painter.setPen(self._pen)
        painter.drawLine(QPointF(self._step, sight.top()), QPointF(self._step, sight.bottom()))


class Ground(RangedItem):
    """A ground under some steps."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._region, self._brush = (0.0, 0.0), QBrush()

    def getRegion(self) -> tuple[float, float]:
        """The first and the last of them."""
        return self._region

    def setRegion(self, region: tuple[float, float]) -> None:
        """Lies under other steps."""
        if region != self._region:
            self._region = region
            self.update()

    def setBrush(self, colour: QColor) -> None:
        """Takes up a colour."""
        self._brush = QBrush(colour)
        self.update()

    def paint(self, painter: QPainter, *_options: Any) -> None:
        """Fills the steps that are in sight."""
        sight = self.sight()
        left, right = max(self._region[0], sight.left()), min(self._region[1], sight.right())
        if right > left:
            painter.fillRect(QRectF(left, sight.top(), right - left, sight.height()), self._brush)


class Levels(RangedItem):
    """Lines across a plot, each with its name at the left where it has room.

    Attributes:
        values: where they are.
    """

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box)
        self.values: tuple[float, ...] = ()
        self._names: tuple[str, ...] = ()
        self._pen, self._ink, self._under = QPen(), QColor(), QColor()

    def show_levels(self, values: Sequence[float], names: Sequence[str]) -> None:
        """Shows other levels; of two names that want the same place, the first has it."""
        self.values, self._names = tuple(values), tuple(names)
        self.update()

    def recolour(self, line: QPen, ink: QColor, ground: QColor) -> None:
        """Takes up the colours of the lines, of the names and of what is laid under them."""
        self._pen, self._ink, self._under = line, ink, QColor(ground)
        self._under.setAlphaF(NAME_GROUND)
        self.update()

    def paint(self, painter: QPainter, *_options: Any) -> None:
        """Draws the lines, and then the names in pixels of the screen."""
        sight, to_screen = self.sight(), painter.worldTransform()
        painter.setPen(self._pen)
        for value in self.values:
            painter.drawLine(QPointF(sight.left(), value), QPointF(sight.right(), value))
        room = to_screen.mapRect(sight)
        heights = [to_screen.map(QPointF(sight.left(), value)).y() for value in self.values]
        painter.resetTransform()
        places = places_of_names(room, heights, self._names, painter.fontMetrics())
        painter.setPen(self._ink)
        for place, name in zip(places, self._names, strict=True):
            if place is not None:
                painter.fillRect(place, self._under)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)


def places_of_names(
    room: QRectF, heights: Sequence[float], names: Sequence[str], metrics: QFontMetrics
) -> list[QRectF | None]:
    """Where the names of levels stand: below or above their line, at the left or beside another name; or nowhere.

    In a low plot there are none: they would cover its curves.

    Args:
        room: of the plot, on the screen.
        heights: of the lines, on the screen.
        names: of the levels.
        metrics: of the font.
    """
    if room.height() < LINES_WITH_NAMES * metrics.height():
        return [None] * len(names)
    taken: list[QRectF] = []
    places: list[QRectF | None] = []
    for height, name in zip(heights, names, strict=True):
        width = metrics.horizontalAdvance(name) + 2 * GAP
        lefts = [room.left() + GAP, *(place.right() + GAP for place in taken)]
        tops = height + 1, height - 1 - metrics.height()
        tried = (QRectF(left, top, width, metrics.height()) for left in lefts for top in tops)
        found = next((each for each in tried if _is_free(each, room, taken)), None)
        places.append(found)
        taken += [] if found is None else [found]
    return places


def _is_free(place: QRectF, room: QRectF, taken: Sequence[QRectF]) -> bool:
    """Whether a name has all its place to itself."""
    return room.contains(place) and not any(place.intersects(each) for each in taken)
