"""The controls of the pictures: how they are laid out, how errors are told, and over which range."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QSpinBox, QToolButton, QWidget

from app.canvas.controls import Options, button, named
from app.difference_steps import Order
from app.models.comparison_scale import ErrorKind, ErrorScale, Scaling
from app.shortcuts.keymap import KeyTip
from app.views.comparison.pictures import Layout
from codec.comparison.comparison import LARGEST_ERROR


def group(parts: Sequence[QWidget]) -> QWidget:
    """Controls that belong together, in a row that is never broken."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    for part in parts:
        row.addWidget(part)
    return widget


class PictureControls(QObject):
    """How the pictures are laid out, and whether they blink.

    Attributes:
        parts: the widgets in their order.
        blink: switches blinking on.
        tile_lines: whether tile borders are drawn.
    """

    changed = Signal(object)
    """Carries the layout that was chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._layout = Options(
            [(each.value[0], each, each.value[1]) for each in Layout],
            "How the pictures are laid out; the wheel zooms all of them, dragging moves them",
        )
        self.blink = button(
            "Blink",
            "Show the left and the right output in turn, twice a second; hold B or Space to see the other "
            "one for as long as you hold it",
        )
        self.blink.setCheckable(True)
        self.tile_lines = QCheckBox("Tile &lines")
        self.tile_lines.setChecked(True)
        self.tile_lines.setToolTip("Draw the borders of the tiles where they are large enough")
        self.parts: tuple[QWidget, ...] = (
            named("&Show", self._layout.box),
            self.blink,
            self.tile_lines,
        )
        self._layout.box.currentIndexChanged.connect(lambda: self.changed.emit(self.layout_chosen))

    @property
    def layout_chosen(self) -> Layout:
        """How the pictures are laid out."""
        return self._layout.value

    def choose(self, layout: Layout) -> None:
        """Chooses a layout, as the user would."""
        self._layout.choose(layout)


class ErrorControls(QObject):
    """How errors are told, and over which range.

    Attributes:
        parts: the widgets in their order.
    """

    changed = Signal()
    """Something else was chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = Options(
            [(each.title, each, each.meaning) for each in ErrorKind],
            "How an error is told; of a block that shares a pixel, by the weight that is farthest off, "
            "so that no difference is lost",
        )
        self._scaling = Options(
            [(each.value[0], each, each.value[1]) for each in Scaling],
            "Errors that the ends of the colours stand for; the legend says which",
        )
        self._percent = QDoubleSpinBox()
        self._percent.setRange(0.1, 49.0)
        self._percent.setDecimals(1)
        self._percent.setValue(5.0)
        self._percent.setSuffix(" %")
        self._percent.setToolTip("Share of the wrong weights that all have the colour of the end")
        self._largest = QSpinBox()
        self._largest.setRange(1, LARGEST_ERROR)
        self._largest.setValue(16)
        self._largest.setPrefix("± ")
        self._largest.setToolTip("The error at the end of the colours; larger ones look the same")
        self.parts: tuple[QWidget, ...] = (
            named("Err&or", self._kind.box),
            named("Sc&ale", self._scaling.box),
            self._percent,
            self._largest,
        )
        for signal in (
            self._kind.box.currentIndexChanged,
            self._scaling.box.currentIndexChanged,
            self._percent.valueChanged,
            self._largest.valueChanged,
        ):
            signal.connect(self._on_change)
        self._show_numbers()

    @property
    def scale(self) -> ErrorScale:
        """What is chosen."""
        return ErrorScale(
            self._kind.value, self._scaling.value, self._percent.value(), self._largest.value()
        )

    def choose(self, kind: ErrorKind | None = None, scaling: Scaling | None = None) -> None:
        """Chooses, as the user would."""
        if kind is not None:
            self._kind.choose(kind)
        if scaling is not None:
            self._scaling.choose(scaling)

    def _on_change(self) -> None:
        self._show_numbers()
        self.changed.emit()

    def _show_numbers(self) -> None:
        """Shows what the chosen scale needs, if it needs something."""
        scaled, scaling = self._kind.value.scaled, self._scaling.value
        self.parts[1].setVisible(scaled)
        self._percent.setVisible(scaled and scaling is Scaling.CLIPPED)
        self._largest.setVisible(scaled and scaling is Scaling.BY_HAND)
        self._largest.setPrefix("± " if self._kind.value is ErrorKind.SIGNED else "")


STEPS = (
    ("◀ Coding", Order.CODING, False, "Shift+C", "compare.previous_coding"),
    ("Coding ▶", Order.CODING, True, "C", "compare.next_coding"),
    ("◀ Matrix", Order.MATRIX, False, "Shift+N", "compare.previous_matrix"),
    ("Matrix ▶", Order.MATRIX, True, "N", "compare.next_matrix"),
)
"""The buttons that lead to the next difference: text, order, whether forward, key here, the command."""


class StepControls(QObject):
    """The way to the next and to the previous difference.

    Attributes:
        parts: the widgets in their order.
        buttons: what is clicked.
        keys: for each of these, the key that does the same.
    """

    wanted = Signal(object, bool)
    """The next difference in an order (carries it), or the one before (carries False) is wanted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons = [_step_button(step) for step in STEPS]
        self.parts = group(self.buttons[:2]), group(self.buttons[2:])
        self.keys: Sequence[str] = [key for _, _, _, key, _ in STEPS]
        for each, (_, order, forward, _, _) in zip(self.buttons, STEPS, strict=True):
            each.clicked.connect(
                lambda _checked=False, order=order, forward=forward: self.wanted.emit(
                    order, forward
                )
            )

    def enable(self, on: bool) -> None:
        """Lets them be used where there are differences."""
        for each in self.buttons:
            each.setEnabled(on)


def _step_button(step: tuple[str, Order, bool, str, str]) -> QToolButton:
    text, order, forward, key, command = step
    which = "next" if forward else "previous"
    how = "tile by tile, symbol by symbol" if order is Order.CODING else "row by row"
    made = button(text, "")
    KeyTip(made, f"Select the {which} weight that differs {order.value}, {how}", command, key)
    return made
