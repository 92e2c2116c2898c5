"""The pictures of a comparison, as they are laid out: three at once, one, or both sides in one place.

All of them show the same part of the matrix, and each the cell that is pointed at in another.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.elided import ElidedLabel
from app.views.comparison.canvas import ComparisonCanvas
from app.views.comparison.plate import Picture, Plate


class Layout(Enum):
    """How the pictures are laid out: what that is called, and what it shows."""

    THREE = "Side by side", "Left output, errors and right output, each beside or below the other."
    ERROR = "Errors alone", "The errors in one large picture."
    SWIPE = "Swipe", f"Both outputs in one place, parted by a line. {ComparisonCanvas.SWIPE_KEYS}"
    ONE = (
        "One place",
        "The left output; the right one in its place while you hold B, or as it blinks.",
    )


_SHOWN = {
    Layout.THREE: (
        (Picture.LEFT, Picture.RIGHT),
        (Picture.ERROR, Picture.ERROR),
        (Picture.RIGHT, Picture.LEFT),
    ),
    Layout.ERROR: ((Picture.ERROR, Picture.RIGHT),),
    Layout.SWIPE: ((Picture.LEFT, Picture.RIGHT),),
    Layout.ONE: ((Picture.LEFT, Picture.RIGHT),),
}
"""What each picture shows, and what while it blinks."""

NAMES = {Picture.LEFT: "Left", Picture.RIGHT: "Right", Picture.ERROR: "Error, right − left"}


class Pictures(QWidget):
    """All canvases with what each one shows above it.

    Attributes:
        canvases: the three of them; in layouts with fewer the first ones are in use.
        layout_shown: how they are laid out.
    """

    hovered = Signal(object)
    """Carries (row, column) of the cell under the pointer, or None."""
    picked = Signal(object, object)
    """Carries row and column of the cell that was clicked."""
    stepped = Signal(int, int)
    """An arrow key wants the selection to move; carries rows and columns."""

    def __init__(self, plate: Plate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layout_shown = Layout.THREE
        self.canvases = [ComparisonCanvas(plate, picture, self) for picture in Picture]
        self._titles = [ElidedLabel(self) for _ in self.canvases]
        self._plate = plate
        self._blinking = self._linking = False
        for canvas in self.canvases:
            self._connect(canvas)
        plate.changed.connect(self._name)
        self.set_layout_shown(Layout.THREE)

    def _connect(self, canvas: ComparisonCanvas) -> None:
        canvas.frame_changed.connect(lambda: self._link(canvas))
        canvas.hovered.connect(lambda cell: self._point(canvas, cell))
        canvas.picked.connect(self.picked)
        canvas.stepped.connect(self.stepped)

    @property
    def in_use(self) -> list[ComparisonCanvas]:
        """The canvases that the layout has."""
        return self.canvases[: len(_SHOWN[self.layout_shown])]

    @property
    def main(self) -> ComparisonCanvas:
        """The canvas that speaks for all: their frames are the same."""
        return self.canvases[0]

    def set_layout_shown(self, layout: Layout) -> None:
        """Lays the pictures out another way."""
        self.layout_shown = layout
        for canvas, (picture, other) in zip(self.canvases, _SHOWN[layout], strict=False):
            canvas.set_pictures(picture, other, layout is Layout.SWIPE)
        for place, (canvas, title) in enumerate(zip(self.canvases, self._titles, strict=True)):
            canvas.setVisible(place < len(_SHOWN[layout]))
            title.setVisible(place < len(_SHOWN[layout]))
        self._arrange()
        self._name()
        self.updateGeometry()

    def paint_now(self) -> None:
        """Paints the pictures that are in sight before anything else is done."""
        for canvas in self.in_use:
            canvas.viewport().repaint()

    def shows(self, *pictures: Picture) -> bool:
        """Whether the layout has one of these pictures."""
        return any(picture in pictures for picture, _ in _SHOWN[self.layout_shown])

    def set_describe(self, describe: Callable[[int, int], str]) -> None:
        """Says what the tooltips of cells say."""
        for canvas in self.canvases:
            canvas.describe = describe

    def set_matrix(self, rows: int, cols: int) -> None:
        """Shows another matrix."""
        for canvas in self.canvases:
            canvas.set_matrix(rows, cols)
        self._arrange()

    def set_blinking(self, on: bool) -> None:
        """Shows the other picture in the place of each, or its own again."""
        if on != self._blinking:
            self._blinking = on
            for canvas in self.canvases:
                canvas.set_blinking(on)
            self._name()

    @property
    def blinking(self) -> bool:
        """Whether each canvas shows the other picture."""
        return self._blinking

    def set_marks(self, tile: int | None, weight: tuple[int, int] | None) -> None:
        """Outlines what is selected."""
        for canvas in self.canvases:
            canvas.set_marks(tile, weight)

    def set_tile_lines(self, on: bool) -> None:
        """Draws the borders of the tiles, or not."""
        for canvas in self.canvases:
            canvas.set_tile_lines(on)

    # Linking

    def _link(self, source: ComparisonCanvas) -> None:
        """Has the other canvases show what one shows."""
        if self._linking or source not in self.in_use:
            return
        self._linking = True
        for canvas in self.in_use:
            if canvas is not source:
                canvas.follow(source.frame, source.fitted)
        self._linking = False

    def _point(self, source: ComparisonCanvas, cell: tuple[int, int] | None) -> None:
        for canvas in self.canvases:
            canvas.set_pointed(None if canvas is source else cell)
        self.hovered.emit(cell)

    # Names and places

    def _name(self) -> None:
        """Says above each picture what it shows."""
        comparison = self._plate.comparison
        if comparison is None:
            return
        outputs = {Picture.LEFT: comparison.left.title, Picture.RIGHT: comparison.right.title}
        for canvas, title in zip(self.in_use, self._titles, strict=False):
            pictures = [canvas.seen]
            if canvas.swiped:
                pictures.append(canvas.picture if self._blinking else canvas.other)
            names = [_title(picture, outputs.get(picture, "")) for picture in pictures]
            title.say("  |  ".join(names))
            canvas.setAccessibleName(", ".join(names))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives each picture the same room."""
        super().resizeEvent(event)
        self._arrange()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for what the layout has; below each other where there is no room beside."""
        canvas, line = self.main.sizeHint(), self.fontMetrics().height()
        stacked = len(self.in_use) if self._narrow else 1
        return QSize(canvas.width(), (canvas.height() + line) * stacked)

    def minimumSizeHint(self) -> QSize:
        """Less is no picture."""
        return QSize(self.main.minimumSizeHint().width(), self.sizeHint().height())

    @property
    def _narrow(self) -> bool:
        """Whether pictures beside each other would be too small to see anything."""
        return self.width() < len(self.in_use) * self.main.sizeHint().width() * 2 // 3

    def _arrange(self) -> None:
        """Puts the pictures where they are largest: beside or below each other, all of one size."""
        count, line = len(self.in_use), self.fontMetrics().height()
        gap = line // 4
        width, height = self.width(), self.height()
        down = count > 1 and (self._narrow or self._stacked_is_larger(count, line))
        across, rows = (1, count) if down else (count, 1)
        cell_width = (width - (across - 1) * gap) // across
        cell_height = (height - (rows - 1) * gap) // rows
        self._linking = True  # each would move the others by as much as it has moved itself
        for place, (canvas, title) in enumerate(zip(self.in_use, self._titles, strict=False)):
            x = 0 if down else place * (cell_width + gap)
            y = place * (cell_height + gap) if down else 0
            title.setGeometry(QRect(x, y, cell_width, line))
            canvas.setGeometry(QRect(x, y + line, cell_width, max(cell_height - line, 0)))
        self._linking = False
        self._link(self.main)

    def _stacked_is_larger(self, count: int, line: int) -> bool:
        """Whether the whole matrix is shown larger in pictures below each other."""
        frame = self.main.frame
        rows, cols = max(frame.rows, 1), max(frame.cols, 1)
        beside = min(self.width() / count / cols, (self.height() - line) / rows)
        below = min(self.width() / cols, (self.height() / count - line) / rows)
        return below > beside


def _title(picture: Picture, output: str) -> str:
    return f"{NAMES[picture]} · {output}" if output else NAMES[picture]
