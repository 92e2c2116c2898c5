"""The choice of the two sides: a menu for each, and running them again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QSpinBox, QToolButton, QWidget

from app.canvas.controls import button
from app.models.comparison_sides import SideChoice, side_meaning, side_title
from app.shortcuts.keymap import KeyTip
from app.views.comparison.controls import group
from codec.comparison.output import SideKind
from codec.comparison.side import Side

PLACES = ("Left", "Right")

MOST_RUNS = 1000
"""Runs that can be asked for at once."""

LONGEST_TITLE = 26
"""Characters of a side's name on its button."""


class SidesBar(QObject):
    """The controls, to be put into a strip.

    Attributes:
        parts: the widgets in their order.
        choosers: the buttons of both sides.
    """

    chosen = Signal(int, object)
    """Carries 0 for the left or 1 for the right side, and the `Side` that was chosen for it."""
    file_wanted = Signal(int)
    """A file is to be chosen for the left (0) or the right side (1)."""
    swap_wanted = Signal()
    """The sides are to change places."""
    runs_wanted = Signal(int)
    """Both sides are to be run so many times."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices: Sequence[SideChoice] = ()
        self._sides: list[Side | None] = [None, None]
        self.choosers = [self._chooser(place, parent) for place in range(2)]
        self._swap = button("⇄", "Have the sides change places")
        self._swap.clicked.connect(self.swap_wanted)
        self._again = button("Run again", "")
        KeyTip(self._again, "Read both sides again, and run their decoders", "compare.again")
        self._again.clicked.connect(lambda: self.runs_wanted.emit(1))
        self._runs = QSpinBox()
        self._runs.setRange(2, MOST_RUNS)
        self._runs.setValue(5)
        self._runs.setSuffix("×")
        self._runs.setToolTip(
            "How often decoders are run, to see whether they always give the same"
        )
        self._repeat = button("", "Run the decoders that often, and show the tiles that vary")
        self._repeat.clicked.connect(lambda: self.runs_wanted.emit(self._runs.value()))
        self._runs.valueChanged.connect(self._name_repeat)
        self.parts: tuple[QWidget, ...] = (
            self.choosers[0],
            self._swap,
            self.choosers[1],
            self._again,
            group([self._repeat, self._runs]),
        )
        self._name_repeat()
        self.show_sides(None, None)

    def _chooser(self, place: int, parent: QWidget) -> QToolButton:
        chooser = QToolButton()
        chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        chooser.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill(menu, place))
        chooser.setMenu(menu)
        return chooser

    def set_choices(self, choices: Sequence[SideChoice]) -> None:
        """Offers these sides, beside files."""
        self._choices = choices

    def show_sides(self, left: Side | None, right: Side | None) -> None:
        """Shows what stands on both sides."""
        self._sides = [left, right]
        for place, (chooser, side) in enumerate(zip(self.choosers, self._sides, strict=True)):
            title = side_title(side)
            if len(title) > LONGEST_TITLE:
                title = f"{title[: LONGEST_TITLE - 1]}…"
            chooser.setText(f"{PLACES[place]}: {title}  ")  # room for the arrow
            chooser.setToolTip(
                f"What stands on the {PLACES[place].lower()}. {side_meaning(side)}\n"
                "Choose a decoder, or a dump, a capture or another compressed file."
            )
        chosen = [side for side in self._sides if side is not None]
        both = len(chosen) == len(PLACES)
        runnable = any(side.kind is SideKind.DECODER for side in chosen)
        self._swap.setEnabled(both)
        self._again.setEnabled(both)
        for part in (self._repeat, self._runs):
            part.setEnabled(both and runnable)

    def _name_repeat(self) -> None:
        self._repeat.setText(f"Run {self._runs.value()} times")

    def _fill(self, menu: QMenu, place: int) -> None:
        """Offers what can be chosen at this moment."""
        menu.clear()
        group = QActionGroup(menu)
        for choice in self._choices:
            action = menu.addAction(choice.title)
            action.setCheckable(True)
            side = self._sides[place]
            action.setChecked(
                side is not None and (side.kind, side.name) == (choice.side.kind, choice.side.name)
            )
            action.setEnabled(choice.available)
            action.setToolTip(choice.remark or choice.title)
            group.addAction(action)
            action.triggered.connect(
                lambda _checked=False, side=choice.side: self.chosen.emit(place, side)
            )
        if self._choices:
            menu.addSeparator()
        file = menu.addAction("Dump, capture or &file…")
        file.setToolTip(
            "Weights as .npy, .npz, .safetensors or raw bytes, a capture, another compressed file of this "
            "layer, or a decoder of yours as .py, .so or .cu"
        )
        file.triggered.connect(lambda: self.file_wanted.emit(place))
