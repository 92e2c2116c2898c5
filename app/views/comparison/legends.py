"""The legends of the pictures: one for the weights of both sides, one for the errors."""

from __future__ import annotations

from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.canvas.colour_bar import ColourBar, Scale
from app.models.comparison_blocks import WHOLE
from app.models.comparison_scale import ErrorKind
from app.models.comparison_sentences import number, percent, signed
from app.views.comparison.palette import legend
from app.views.comparison.plate import CLIPPED_WEIGHTS, Plate
from codec.comparison.comparison import Comparison

ROOM_FOR_BOTH = 34
"""Lines of text that both legends beside each other are wide at least."""


class Legends(QWidget):
    """Both legends, beside or below each other."""

    def __init__(self, plate: Plate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weights = ColourBar()
        self.errors = ColourBar()
        self._plate = plate
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(self.fontMetrics().height())
        self._box.addWidget(self.weights)
        self._box.addWidget(self.errors)
        plate.changed.connect(self._show)

    def show_for(self, *, weights: bool, errors: bool) -> None:
        """Shows the legends of what is pictured."""
        self.weights.setVisible(weights)
        self.errors.setVisible(errors)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts them below each other where there is little room."""
        super().resizeEvent(event)
        roomy = event.size().width() > ROOM_FOR_BOTH * self.fontMetrics().height()
        ways = QBoxLayout.Direction
        self._box.setDirection(ways.LeftToRight if roomy else ways.TopToBottom)

    def _show(self) -> None:
        comparison = self._plate.comparison
        if comparison is not None:
            self._show_weights()
            self._show_errors(comparison)

    def _show_weights(self) -> None:
        shown = self._plate.weight_range
        low, high, clipped = -shown.reach, shown.reach, shown.clipped
        words = f"{CLIPPED_WEIGHTS:g} % clipped" if clipped else "linear"
        colours = legend(self._plate.weights, low, high)
        scale = Scale(colours, low, high, _number, below=clipped, above=clipped)
        self.weights.show_scale(f"Weights of both sides, {words}", scale)
        self.weights.setToolTip(
            f"{CLIPPED_WEIGHTS:g} % of the weights, those farthest from 0, have the colours of the ends; "
            "of a block that shares a pixel the first weight is shown, or one that differs where that does not"
        )

    def _show_errors(self, comparison: Comparison) -> None:
        plate, kind, reach = self._plate, self._plate.scale.kind, self._plate.error_reach
        beyond = plate.scale.kind.scaled and plate.scale.extreme(comparison) > reach
        words = plate.scale.words(comparison)
        match kind:
            case ErrorKind.EQUALITY:
                inks = (QColor.fromRgb(int(plate.errors[each])) for each in (0, 1))
                classes = list(zip(("equal", "differs"), inks, strict=True))
                self.errors.show_classes("Error, the weight farthest off in a block", classes)
            case ErrorKind.SHARE:
                scale = Scale(legend(plate.errors, 0, WHOLE), 0.0, 1.0, percent)
                self.errors.show_scale("Wrong weights of a block, linear", scale)
            case ErrorKind.SIGNED:
                colours = legend(plate.errors, -reach, reach)
                scale = Scale(colours, -reach, reach, _signed, below=beyond, above=beyond)
                self.errors.show_scale(f"Error, right − left; {words}", scale)
            case _:
                scale = Scale(legend(plate.errors, 0, reach), 0, reach, _number, above=beyond)
                name = "mod 256" if kind is ErrorKind.MODULO else "absolute"
                self.errors.show_scale(f"Error, {name}; {words}", scale)
        self.errors.setToolTip(f"{kind.title}: {kind.meaning}")


def _number(value: float) -> str:
    return number(round(value))


def _signed(value: float) -> str:
    return signed(round(value))
