"""The controls of the frequencies: whose symbols, which axes, and where to go from a symbol."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QToolButton, QWidget

from app import theme
from app.flow_layout import FlowLayout

WHOLE, TILE = "Whole tensor", "Selected tile"


class FrequencyControls(QWidget):
    """Choices and buttons, in as many lines as the width asks for.

    Attributes:
        scope: `WHOLE` or `TILE`.
        axis: whether symbols are named by their number, or by what they stand for.
        powers: whether the axis of slots is logarithmic.
        next: goes to the symbol's next place.
        entry: goes to the symbol's entry in the file.
    """

    scope_changed = Signal()
    axis_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scope = _choice("Data", "Whose symbols the table is compared with.")
        self.scope.addItems([WHOLE, TILE])
        self.scope.currentIndexChanged.connect(self.scope_changed)
        self.axis = _choice("Axis", "Name symbols by their number, or by what they stand for.")
        self.axis.addItems(["Symbol", "Residual"])
        self.axis.currentIndexChanged.connect(self.axis_changed)
        self.powers = QCheckBox("&Log")
        self.powers.setToolTip(
            "Show slots on a logarithmic axis, so that rare symbols can be seen."
        )
        self.next = _button(
            "Next place",
            "Select the next symbol of this kind in the selected tile. Key: Enter, in the plot",
        )
        self.entry = _button(
            "Table entry", "Select the bytes of this symbol's entry in the file's table."
        )
        self._legend = QLabel()
        self._legend.setToolTip(
            "Bars: the table in the file. Line: how often symbols really occur."
        )
        flow = FlowLayout(self)
        flow.setSpacing(4)
        for control in (
            self.scope, self.axis, self.powers, self.next, self.entry, self._legend,
        ):  # fmt: skip
            flow.addWidget(control)
        self.recolour()

    @property
    def whole(self) -> bool:
        """Whether all symbols of the tensor are counted, or else those of the selected tile."""
        return self.scope.currentText() == WHOLE

    @property
    def by_value(self) -> bool:
        """Whether symbols are named by what they stand for."""
        return self.axis.currentIndex() == 1

    def name_values(self, name: str) -> None:
        """What a symbol of this file stands for."""
        self.axis.setItemText(1, name.capitalize())

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        bars, line = (colour.name() for colour in theme.current().series[:2])
        self._legend.setText(
            f'<span style="color:{bars}">■</span> table <span style="color:{line}">▔</span> data'
        )


def _choice(name: str, tooltip: str) -> QComboBox:
    choice = QComboBox()
    choice.setAccessibleName(name)
    choice.setToolTip(tooltip)
    return choice


def _button(text: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tooltip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
