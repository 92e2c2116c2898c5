"""What a table costs in bits a weight, and the symbols that it costs most for."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.flow_layout import FlowLayout
from app.views.frequencies.fit import Fit, Misfit
from app.views.frequencies.wording import BIAS
from codec.problems import Severity
from codec.table_checks import LOSS_WORTH_TELLING


class Costs(QWidget):
    """The loss in a sentence, the costs as a small text, and the worst symbols beside or below."""

    picked = Signal(int)
    """Carries the symbol whose row was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip("What the table costs for this data; choose a symbol to mark it.")
        self._fit: Fit | None = None
        self._verdict = QLabel()
        self._verdict.setWordWrap(True)
        self._bits = QLabel()
        self._bits.setToolTip(
            "Entropy: what no order-0 coder gets below. Best table: the cheapest of this precision."
        )
        for label in (self._verdict, self._bits):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._worst = _WorstTable()
        self._worst.itemSelectionChanged.connect(self._on_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._verdict)
        beside = FlowLayout()
        beside.setSpacing(8)
        beside.addWidget(self._bits)
        beside.addWidget(self._worst)
        layout.addLayout(beside)

    def show_fit(self, fit: Fit | None, value_name: str) -> None:
        """Shows the costs of a table for its data; nothing where there is none."""
        self._fit = fit
        self.setVisible(fit is not None)
        if fit is None:
            return
        self._bits.setText(_costs_html(fit))
        self._worst.show_symbols(fit.worst(), value_name)
        self._worst.setVisible(bool(self._worst.symbols))
        self.recolour()

    def mark(self, symbol: int) -> None:
        """Chooses the row of a symbol, if it has one."""
        before = self._worst.blockSignals(True)
        if symbol in self._worst.symbols:
            self._worst.selectRow(self._worst.symbols.index(symbol))
        else:
            self._worst.clearSelection()
        self._worst.blockSignals(before)

    def recolour(self) -> None:
        """Takes up the colours of the theme."""
        if self._fit is not None:
            self._verdict.setText(_verdict_html(self._fit))

    def _on_row(self) -> None:
        rows = self._worst.selectionModel().selectedRows()
        if rows:
            self.picked.emit(self._worst.symbols[rows[0].row()])


def _costs_html(fit: Fit) -> str:
    """The costs as a table of three rows."""
    rows = (
        ("entropy of the data", fit.entropy),
        (f"best {fit.table.scale_bits}-bit table", fit.best_cost),
        ("this table", fit.cost),
    )
    cells = "".join(
        f'<tr><td>{name}&nbsp;&nbsp;</td><td align="right">{_bits(value)}</td></tr>'
        for name, value in rows
    )
    return f"<b>Bits per weight</b><table>{cells}</table>"


def _bits(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "∞"


def _verdict_html(fit: Fit) -> str:
    """The loss in one sentence, marked where it is worth telling."""
    if math.isinf(fit.lost):
        sentence = "This table cannot code all that occurs"
    else:
        sentence = f"This table loses {max(fit.lost, 0.0):.3f} bits a weight"
    if fit.lost < LOSS_WORTH_TELLING:
        return sentence
    colour = theme.current().severities[Severity.WARNING].name()
    return f'<span style="color:{colour}"><b>⚠ {sentence}</b></span>'


class _WorstTable(QTableWidget):
    """The symbols that lose most.

    Attributes:
        symbols: the symbol of each row.
    """

    def __init__(self) -> None:
        super().__init__(0, 5)
        self.symbols: list[int] = []
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Worst symbols")
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(self.font()).height() + 4)
        rows.hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_symbols(self, worst: list[Misfit], value_name: str) -> None:
        """Lists symbols."""
        before = self.blockSignals(True)
        self.symbols = [misfit.symbol for misfit in worst]
        titles = ("symbol", value_name, "freq", "fits", "bits lost")
        for column, (title, tip) in enumerate(zip(titles, _TIPS, strict=True)):
            header = QTableWidgetItem(title)
            header.setToolTip(tip)
            self.setHorizontalHeaderItem(column, header)
        self.setRowCount(len(worst))
        for row, misfit in enumerate(worst):
            for column, text in enumerate(_cells(misfit)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        self.clearSelection()
        self.blockSignals(before)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As large as its cells."""
        frame = 2 * self.frameWidth()
        header, rows = self.horizontalHeader(), self.verticalHeader()
        return QSize(
            header.length() + frame + 2,
            header.sizeHint().height()
            + rows.defaultSectionSize() * max(self.rowCount(), 1)
            + frame,
        )

    def minimumSizeHint(self) -> QSize:
        """Narrower than its cells it scrolls sideways."""
        return QSize(self.fontMetrics().horizontalAdvance("0" * 12), self.sizeHint().height())


_TIPS = (
    "The symbol, 0 to 255.",
    "What it stands for: the symbol less 128.",
    "Slots that the table gives it.",
    "Slots that the best table for this data gives it.",
    "Bits a weight that the difference costs, over all the data.",
)


def _cells(misfit: Misfit) -> tuple[str, ...]:
    return (
        str(misfit.symbol),
        str(misfit.symbol - BIAS),
        f"{misfit.freq:,}",
        f"{misfit.fits:,}",
        _bits(misfit.lost),
    )
