"""The view that encodes weights anew: which weights, which settings, what they would cost, and the file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.canvas.controls import button, strip
from app.canvas.fields import say_in, sentence
from app.canvas.form_beside import FormBeside
from app.document import Document
from app.encoding_again import EncodingAgain
from app.exporting.table import Table
from app.models.rerun_form import AS_ORIGINAL, form_of
from app.recipe_fields import RecipeFields
from app.shortcuts.keymap import KeyTip
from app.tables.sweep import sweep_tables
from app.view import View
from app.views.rerun.origin_form import Kind, OriginForm
from app.views.rerun.results import SweepResults

WIDE, FORM = 120, 46
"""Characters of width from which on the form stands beside the results, and of the form there."""

MOST_FORM = 0.55
"""Share of the panel that the form takes at most."""

NOTHING_TRIED = "Nothing has been tried yet: “Try all” encodes the weights with every combination of the settings."


class RerunView(View):
    """Other settings for the same weights."""

    TITLE = "Encode again"
    QUESTION = "What would other settings make of these weights, and what does each of them cost?"
    HELP = (
        "Encodes the opened tensor, an array of a file or generated weights with every combination of the "
        "settings given, decodes each again, and shows what it costs as a table and a plot. Writes one of them as a "
        "new file, which is opened beside the old one and compared with it."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._encoding: EncodingAgain | None = None
        self.origin = OriginForm()
        self.settings = RecipeFields()
        self.results = SweepResults()
        self._as_file = button("As this file", "Fill in the settings of the opened tensor")
        self._as_original = button(
            "As the original", "Fill in what the original encoder did, its faulty tables included"
        )
        self._says = sentence("What the settings ask for, or how they contradict each other")
        self._try = QPushButton("Tr&y all")
        self._stop = QPushButton("Stop")
        self._encode = QPushButton("Encode…")
        self._target = sentence("What “Encode…” would write")
        self._nothing = sentence("Why there is no table yet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setMargin(self.fontMetrics().height())
        self._nothing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._nothing.setText(NOTHING_TRIED)
        self._outcome = sentence("What was written last")
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_empty_text("")

    def _lay_out(self) -> None:
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.results)
        # Or the window could not be as low as 800 pixels; the splitter gives the results more.
        self._pages.setMinimumHeight(9 * self.fontMetrics().height())
        fields = (self.origin, self.settings, strip([self._as_file, self._as_original]))
        buttons = strip([self._try, self._stop, self._encode])
        below = (self._says, buttons, self._target, self._outcome)
        self._asked_and_found = FormBeside(
            fields, below, self._pages, wide=WIDE, form=FORM, most=MOST_FORM
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._asked_and_found)

    def _connect(self) -> None:
        self.origin.changed.connect(self._take_origin)
        self.settings.changed.connect(self._take_form)
        self._as_file.clicked.connect(self.fill_as_file)
        self._as_original.clicked.connect(lambda: self.settings.show_form(AS_ORIGINAL))

    def use(self, encoding: EncodingAgain) -> None:
        """Works with this from now on."""
        self._encoding = encoding
        encoding.changed.connect(self._show_state)
        encoding.running_changed.connect(self._on_running)
        encoding.rows_cleared.connect(self._begin_rows)
        encoding.rows_added.connect(self.results.add)
        encoding.arrays_changed.connect(self._take_arrays)
        encoding.opened_wanted.connect(self._take_opened)
        encoding.smallest_wanted.connect(self.results.select_smallest)
        self.origin.file_wanted.connect(encoding.file_wanted)
        self.results.picked.connect(encoding.pick)
        self.results.encode_wanted.connect(encoding.encode_wanted)
        for each, effect, command in (
            (self._try, encoding.sweep, "rerun.sweep"),
            (self._stop, encoding.stop, "rerun.stop"),
            (self._encode, encoding.encode_wanted.emit, "rerun.encode"),
        ):
            each.clicked.connect(lambda _checked=False, effect=effect: effect())
            KeyTip(each, BUTTON_TIPS[command], command)
        self.settings.show_form(encoding.form)
        self._take_origin()

    def set_document(self, document: Document | None) -> None:
        """Takes the selected tensor of another document, where the weights are that."""
        super().set_document(document)
        self.set_empty_text("")  # weights can be generated without any file
        if document is not None:
            self.listen(document.selection_changed, self._on_selection)
        self._as_file.setEnabled(document is not None and document.tensor is not None)
        self._take_origin()

    def theme_changed(self) -> None:
        """Takes up the theme's colours."""
        super().theme_changed()
        self.results.recolour()
        self._show_state()

    def take_focus(self) -> None:
        """Moves the keyboard to the tiles to try, or to the table where there is one."""
        filled = self.results.model.rowCount() > 0
        (self.results.table if filled else self.settings.typed["tiles"]).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    def tables(self) -> Sequence[Table]:
        """What the sweep has measured."""
        return sweep_tables(self.results.model.measured)

    def fill_as_file(self) -> None:
        """Fills in the settings of the opened tensor."""
        document = self.document
        if document is not None and document.tensor is not None:
            self.settings.show_form(form_of(document.tensor, document.container.format))

    def _on_selection(self, _selection: object) -> None:
        """Takes the tensor that is selected now, if it is another."""
        if self._encoding is None or self.origin.kind is not Kind.OPENED or self.document is None:
            return
        tensor = self.document.tensor
        if tensor is not None and self._encoding.is_about(self.document.container, tensor.index):
            return
        self._take_origin()

    def _take_origin(self) -> None:
        if self._encoding is None:
            return
        if self.origin.kind is Kind.OPENED:
            self._encoding.take_tensor(self.document)
        else:
            self._encoding.take_from(self.origin.origin())

    def _take_opened(self) -> None:
        self.origin.choose(Kind.OPENED)
        self.fill_as_file()

    def _take_form(self) -> None:
        if self._encoding is not None:
            self._encoding.ask(self.settings.form)

    def _take_arrays(self) -> None:
        if self._encoding is not None:
            self.origin.choose(Kind.FILE)
            self.origin.offer_arrays(self._encoding.arrays_of, self._encoding.arrays)

    def _begin_rows(self) -> None:
        self.results.clear()
        self._pages.setCurrentWidget(self.results)

    def _on_running(self) -> None:
        if self._encoding is not None and not self._encoding.sweeping:
            self.results.settle()
        self._show_state()

    def _show_state(self) -> None:
        encoding = self._encoding
        if encoding is None:
            return
        reason = "" if encoding.sweeping else encoding.no_sweep
        sign = f"{'✕ ' if reason else ''}"
        say_in(self._says, sign + (reason or encoding.reading.says), wrong=bool(reason))
        self._try.setEnabled(not encoding.no_sweep)
        self._stop.setEnabled(encoding.sweeping or encoding.encoding)
        self._encode.setEnabled(not encoding.no_encode)
        target = encoding.target_says
        say_in(self._target, target if target != reason else "", wrong=False)
        say_in(self._outcome, encoding.outcome, wrong=False)
        self._asked_and_found.limit()


BUTTON_TIPS = {
    "rerun.sweep": "Encode the weights with every combination, decode each again, and measure both",
    "rerun.stop": "Stop the sweep, whose rows so far stay, or the encoding",
    "rerun.encode": "Write the one combination, or the selected row of the table, to a new file, and compare it",
}
"""What the buttons do."""
