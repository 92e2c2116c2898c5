"""Which decoder the weights and traces come from, and how long its last run took, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.decoder_choice import DecoderChoice, Offer, Readiness
from app.document import Document
from app.exporting.table import Table
from app.models import run_figures
from app.models.run_figures import Figure
from app.shortcuts.keymap import KeyTip
from app.tables.facts import run_tables
from app.view import View

BAR = 10
"""Characters of a bar that stands for the whole time."""

WIDE = 54
"""Characters that fit into a line of a panel that has room for bars."""

NOT_YET = (
    "The whole tensor has not been decoded yet. Decode it to see how long each part takes; the second run "
    "says more than the first, which reads the file from disk."
)


class DecodingView(View):
    """The decoders on offer, and the figures of the last run."""

    TITLE = "Decoding"
    QUESTION = "Which decoder do these weights come from, and where does its time go?"
    HELP = (
        "Chooses the decoder that tiles, weights and traces come from; one that cannot run here says why. "
        "Decodes the whole tensor on request and splits its time into read, transfer, kernel and copy "
        "back, with the rate of decoded weights."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice: DecoderChoice | None = None
        self._rows: dict[str, _OfferRow] = {}
        self._group = QButtonGroup(self)
        self._offers = QVBoxLayout()
        self._decode = QPushButton("Decode the &whole tensor")
        KeyTip(
            self._decode,
            "Decode all of the selected tensor, and show how long it took",
            "jobs.decode_whole",
        )
        self._decode.clicked.connect(self._on_decode)
        self._figures = _text()
        self._figures.setAccessibleName("Figures of the last run")
        self._arrange()

    def _arrange(self) -> None:
        content = QWidget()
        gap = self.fontMetrics().height() // 2
        column = QVBoxLayout(content)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        column.addLayout(self._offers)
        column.addWidget(self._decode, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._figures)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def use(self, choice: DecoderChoice) -> None:
        """Shows the decoders of a choice, from now on."""
        self._choice = choice
        for offer in choice.offers:
            row = _OfferRow(offer.name, choice)
            self._rows[offer.name] = row
            self._group.addButton(row.button)
            self._offers.addWidget(row)
        choice.changed.connect(self._show_offers)
        self._show_offers()

    def set_document(self, document: Document | None) -> None:
        """Shows the runs over another document."""
        super().set_document(document)
        if document is not None:
            self.listen(document.run_changed, self._show_runs)
            self.listen(document.decoder_changed, self._show_runs)
            self.listen(document.selection_changed, self._show_runs)
        self._show_runs()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes up what has changed while the view was hidden."""
        super().showEvent(event)
        self._show_runs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Writes the figures with or without bars, as there is room."""
        super().resizeEvent(event)
        if self._bars() != (BAR if self._wide(event.oldSize().width()) else 0):
            self._show_runs()

    def _wide(self, width: int) -> bool:
        return width >= WIDE * self.fontMetrics().averageCharWidth()

    def _bars(self) -> int:
        """Characters of the longest bar; 0 where there is no room."""
        return BAR if self._wide(self.width()) else 0

    def theme_changed(self) -> None:
        """Writes the figures in the colours of the theme."""
        super().theme_changed()
        self._show_runs()

    def take_focus(self) -> None:
        """Moves the keyboard to the decoder in use."""
        checked = self._group.checkedButton()
        (checked or self._decode).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def copy_text(self) -> str:
        """The selected part of the figures, or all of them as text."""
        return self._figures.selectedText().replace("\u2029", "\n") or self.text

    @property
    def text(self) -> str:
        """The figures as plain text, a line each."""
        document = self.document
        whole = None if document is None else document.whole_runs.get(document.decoder)
        if whole is None:
            return ""
        rows = [f"{f.title}\t{f.time}\t{f.rate}" for f in run_figures.figures(whole.run)]
        return "\n".join([run_figures.headline(whole.run), *rows])

    def tables(self) -> Sequence[Table]:
        """How long each decoder took for the whole tensor."""
        return run_tables({} if self.document is None else self.document.whole_runs)

    def _on_decode(self) -> None:
        if self.document is not None:
            self.document.decode_whole()

    def _show_offers(self) -> None:
        if self._choice is not None:
            for offer in self._choice.offers:
                self._rows[offer.name].show_offer(offer, used=offer.name == self._choice.used)

    def _show_runs(self, _selection: object = None) -> None:
        document = self.document
        if document is None or not self.isVisible():
            return
        tensor = document.tensor
        possible = tensor is not None and not tensor.refusal
        self._decode.setEnabled(possible and not document.measuring)
        self._figures.setText(_page(document, self._bars()))


class _OfferRow(QWidget):
    """One decoder: a button that chooses it, and what it is or why it cannot run."""

    def __init__(self, name: str, choice: DecoderChoice) -> None:
        super().__init__()
        self.button = QRadioButton(name)
        self.button.clicked.connect(lambda: choice.choose(name))
        self._says = _text()
        self._says.setIndent(self.fontMetrics().height())
        self._again = QPushButton("Ask again")
        self._again.setToolTip(f"Find out once more whether {name} can run here")
        self._again.clicked.connect(lambda: choice.ask_again(name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.button)
        column.addWidget(self._says)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)

    def show_offer(self, offer: Offer, *, used: bool) -> None:
        """Shows what is known of the decoder."""
        unavailable = offer.readiness is Readiness.UNAVAILABLE
        self.button.setChecked(used)
        self.button.setEnabled(not unavailable)
        self.button.setToolTip(offer.reason or f"Decode tiles and traces with {offer.name}")
        self._says.setText(_says(offer))
        self._says.setForegroundRole(
            QPalette.ColorRole.WindowText if unavailable else QPalette.ColorRole.PlaceholderText
        )
        self._again.setVisible(unavailable and offer.isolated)


def _says(offer: Offer) -> str:
    match offer.readiness:
        case Readiness.UNAVAILABLE:
            return f"Not available: {offer.reason}"
        case Readiness.ASKED:
            return f"{offer.text}; being asked whether it can run here…"
        case _:
            return offer.text or "Being looked for…"


def _text() -> QLabel:
    """Text that wraps, and that can be selected by mouse and keyboard."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def _page(document: Document, bars: int) -> str:
    """The runs over the selected tensor as rich text; `bars` is the length of the longest bar."""
    runs = dict(document.whole_runs)
    others = [run_figures.brief(r.run) for name, r in runs.items() if name != document.decoder]
    sentences = []
    if others:
        sentences.append("Other decoders, the whole tensor: " + "; ".join(others) + ".")
    sentences.append(run_figures.agreement(runs))
    if document.runs.tiles_run is not None:
        last = run_figures.brief(document.runs.tiles_run)
        sentences.append(f"The last tiles that a panel wanted: {last}.")
    sentences += map(run_figures.remark, _notices(document))
    return _whole_run(document, bars) + "".join(map(_paragraph, sentences))


def _notices(document: Document) -> list[str]:
    """What the decoder in use had to say beside its results, each once."""
    whole = document.whole_runs.get(document.decoder)
    said = document.runs.notices if whole is None else (whole.notice, *document.runs.notices)
    return list(dict.fromkeys(filter(None, said)))


def _whole_run(document: Document, bars: int) -> str:
    """The run of the decoder in use over the whole tensor, or that there is none yet."""
    whole, tensor = document.whole_runs.get(document.decoder), document.tensor
    if document.measuring:
        return _paragraph(f"{document.decoder} decodes the whole tensor…")
    if whole is None or tensor is None:
        return _paragraph(NOT_YET)
    return "".join(
        [
            f"<p><b>{escape(run_figures.headline(whole.run))}</b></p>",
            _table(run_figures.figures(whole.run), bars),
            _paragraph(run_figures.soundness(whole)),
            _paragraph(run_figures.outset(whole, tensor)),
        ]
    )


def _paragraph(sentence: str) -> str:
    # A rate must not be torn apart at the end of a line.
    whole_rates = escape(sentence).replace("B/s", "B/\u2060s")
    for unit in ("M", "G"):
        whole_rates = whole_rates.replace(f" {unit}B/", f"\u00a0{unit}B/")
    return f"<p>{whole_rates}</p>" if sentence else ""


def _table(figures: list[Figure], bars: int) -> str:
    dim = theme.current().dim.name()
    titles = "".join(
        f"<td align='{side}'><span style='color:{dim}'>{_unbroken(title)}</span></td>"
        for title, side in (("part", "left"), ("time", "right"), ("weights/time", "right"))
    )
    rows = "".join(_row(figure, bars) for figure in figures)
    return f"<table cellpadding='1'><tr>{titles}<td></td></tr>{rows}</table>"


def _row(figure: Figure, bars: int) -> str:
    colours = theme.current()
    bar = ("█" * round(figure.share * bars) or "▏") if bars else ""
    return (
        f"<tr><td><b>{_unbroken(figure.title)}</b></td>"
        f"<td align='right'>{_unbroken(figure.time)}</td>"
        f"<td align='right'>{_unbroken(figure.rate)}</td>"
        f"<td><span style='color:{colours.accent.name()}'>{bar}</span></td></tr>"
        f"<tr><td colspan='4'><span style='color:{colours.dim.name()}'>{escape(figure.meaning)}</span>"
        "</td></tr>"
    )


def _unbroken(text: str) -> str:
    """The text as HTML that stays in one line."""
    return escape(text).replace(" ", "\u00a0").replace("/", "/\u2060")
