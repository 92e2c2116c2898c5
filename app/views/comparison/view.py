"""The Comparison panel: sides, pictures, numbers and verdict of one comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app import theme
from app.canvas.controls import button
from app.comparing import Comparing
from app.document import Document
from app.exporting.table import Table
from app.models import comparison_sentences as sentences
from app.models.comparison_sides import SideChoice, offer_text
from app.models.explanation.parts import plain
from app.tables.comparison import comparison_tables
from app.view import View, shows_same_file
from app.views.comparison.arrangement import Aside, column_of, label_of, lines_of, scrolled
from app.views.comparison.blinking import Blinking
from app.views.comparison.controls import ErrorControls, PictureControls, StepControls, group
from app.views.comparison.details import Details
from app.views.comparison.legends import Legends
from app.views.comparison.linked_text import LinkedText
from app.views.comparison.pictures import Pictures
from app.views.comparison.plate import Picture, Plate
from app.views.comparison.pointing import Pointing
from app.views.comparison.printed import Printed
from app.views.comparison.sides_bar import SidesBar
from codec.comparison.comparison import Comparison
from codec.comparison.side import Side

SIDE_BY_SIDE = 1.6
"""From this ratio of width to height on, the details stand beside the pictures, not below."""

ROOMY_LINES = 48
"""Lines of text that the panel is wide before three pictures and the details have room beside each other."""


class ComparisonView(View):
    """Two outputs of the selected tensor, what differs and why."""

    TITLE = "Comparison"
    QUESTION = "Where does this output differ from that one, and which mistake explains it?"
    HELP = (
        "Two outputs of the layer with the errors between them, the numbers, and the mistakes that "
        "explain them. Choose the sides at the top; the pictures zoom and move together, B shows the other "
        "side while you hold it, C and N lead to the next difference in coding and in matrix order."
    )

    file_wanted = Signal(int)
    """A file is to be chosen for the left (0) or the right side (1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plate = Plate(self)
        self.pictures = Pictures(self.plate)
        self.details = Details()
        self.pointing = Pointing(self.plate, self.pictures, self.details.tiles)
        self.sides = SidesBar(self)
        self.controls = PictureControls(self)
        self.errors = ErrorControls(self)
        self.steps = StepControls(self)
        self.figures = label_of("Numbers of the comparison")
        self.notices = label_of("Notices of both sides")
        self.printed = Printed()
        self.reason = label_of("Why there is no comparison")
        self._blinking = Blinking(self.pictures, self.controls.blink)
        self._legends = Legends(self.plate)
        self._links = LinkedText()
        self._aside = Aside(self.details)
        self._body = QSplitter(Qt.Orientation.Vertical)
        self._shown = QWidget()
        self._arrange()
        self._connect()
        self._show_legends()

    def tables(self) -> Sequence[Table]:
        """What differs, how much and where."""
        return comparison_tables(self.document)

    # Putting it together

    def _arrange(self) -> None:
        gap = self.fontMetrics().height() // 4
        seen = column_of(QWidget(), [self.pictures, self._legends, self.pointing.line], gap)
        self._body.addWidget(seen)
        self._body.addWidget(self._aside)
        self._body.setStretchFactor(0, 2)
        self._body.setStretchFactor(1, 1)
        self._body.setChildrenCollapsible(False)
        controls = [*self.controls.parts, *self.errors.parts, *self.steps.parts, self._zoom()]
        column_of(self._shown, [self._body], gap, above=[self.figures, lines_of(controls)])
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason.setMargin(4 * gap)
        top = [lines_of(self.sides.parts), self.notices, self.printed]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled([self._shown, self.reason], gap, above=top))

    def _zoom(self) -> QWidget:
        made: list[QWidget] = []
        for text, tooltip, effect in (
            ("Fit", "Show the whole matrix (0)", lambda: self.pictures.main.fit()),
            (
                "1:1",
                "Give every weight one pixel (1)",
                lambda: self.pictures.main.show_one_to_one(),
            ),
            ("−", "Zoom out (−)", lambda: self.pictures.main.zoom(inward=False)),
            ("+", "Zoom in (+)", lambda: self.pictures.main.zoom(inward=True)),
        ):
            widget = button(text, tooltip)
            widget.clicked.connect(effect)
            made.append(widget)
        return group(made)

    def _connect(self) -> None:
        self.sides.chosen.connect(self._on_side)
        self.sides.file_wanted.connect(self.file_wanted)
        self.sides.swap_wanted.connect(lambda: self._with_comparing(lambda c: c.swap()))
        self.sides.runs_wanted.connect(self._on_runs)
        self.controls.changed.connect(self._on_layout)
        self.controls.tile_lines.toggled.connect(self.pictures.set_tile_lines)
        self.errors.changed.connect(lambda: self.plate.set_scale(self.errors.scale))
        self.steps.wanted.connect(
            lambda order, forward: self.pointing.go_to_difference(order, forward=forward)
        )
        self.details.verdict.followed.connect(self.pointing.go)
        for label in (self.figures, self.notices):
            label.linkActivated.connect(self._follow)
        self.reason.linkActivated.connect(self._take_offer)
        for part, key in zip(self.steps.buttons, self.steps.keys, strict=True):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(part.click)

    def use_choices(self, choices: Sequence[SideChoice]) -> None:
        """Offers these sides, beside files."""
        self.sides.set_choices(choices)

    # What is shown

    @property
    def comparing(self) -> Comparing | None:
        """The comparison of the document; None without one."""
        return None if self.document is None else self.document.comparing

    def set_document(self, document: Document | None) -> None:
        """Shows the comparison of another document; of the same file with other edits at once."""
        edited = shows_same_file(self.document, document)
        super().set_document(document)
        self.pointing.document = document
        if document is not None:
            comparing = document.comparing
            self.listen(document.selection_changed, self.pointing.show_selection)
            self.listen(comparing.sides_changed, self._show_sides)
            self.listen(comparing.comparison_changed, self._show_comparison)
            self.listen(comparing.findings_changed, self._show_findings)
        self._show_sides()
        self._show_comparison()
        if edited and self.plate.comparison is not None:
            self.pictures.paint_now()

    def _show_sides(self) -> None:
        """Shows what is chosen, and whether it is being read."""
        comparing = self.comparing
        if comparing is None:
            self.sides.show_sides(None, None)
            self.printed.show_texts((None, None), ("", ""))
        else:
            self.sides.show_sides(comparing.left, comparing.right)
            self.printed.show_texts((comparing.left, comparing.right), comparing.printed)
            self._say_reason(comparing)

    def _show_comparison(self) -> None:
        """Shows the result in every part, or says why there is none."""
        document, comparing = self.document, self.comparing
        comparison = None if comparing is None else comparing.comparison
        if document is not None and comparing is not None:
            self.set_empty_text(sentences.why_empty(document.tensor))
            self._say_reason(comparing)
        if comparison is None or comparison is not self.plate.comparison:
            self._show_result(comparison)
        self._show_findings()
        self.pointing.show_selection()

    def _show_result(self, comparison: Comparison | None) -> None:
        """Shows another result in every part but the verdict."""
        self.plate.show(comparison)
        shape = (0, 0) if comparison is None else comparison.left.weights.shape
        self.pictures.set_matrix(*shape)
        self.details.show_comparison(comparison)
        self._write_figures()
        self.steps.enable(comparison is not None and not comparison.equal)

    def _say_reason(self, comparing: Comparing) -> None:
        """Says why there are no pictures, or shows them."""
        reason = comparing.note or ("Comparing…" if comparing.running else sentences.NOT_CHOSEN)
        links = [
            f'<a href="{number}" style="color:{theme.current().accent.name()}">{escape(offer_text(side))}</a>'
            for number, (_, side) in enumerate(comparing.offers)
        ]
        self.reason.setText("<br>".join([escape(reason), *links]))
        self.reason.setVisible(comparing.comparison is None)
        self._shown.setVisible(comparing.comparison is not None)

    def _write_figures(self) -> None:
        """Writes the numbers and the notices, with links in the colours of the theme."""
        comparison = self.plate.comparison
        self._links = LinkedText()
        figures = [] if comparison is None else sentences.figures(comparison)
        lines = [] if comparison is None else sentences.notices(comparison)
        self.figures.setText(self._links.html(figures))
        self.notices.setText("<br>".join(map(self._links.html, lines)))
        self.notices.setVisible(bool(lines))

    def _show_findings(self) -> None:
        comparing, verdict = self.comparing, self.details.verdict
        if comparing is None:
            verdict.show_findings(None, None)
        else:
            note = comparing.findings_note
            verdict.show_findings(comparing.comparison, comparing.findings, note)

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self.plate.recolour()
        self.details.recolour()
        self._write_figures()

    def copy_text(self) -> str:
        """The text that is selected, or the numbers and the verdict."""
        chosen = self.details.verdict.page.textCursor().selectedText().replace("\u2029", "\n")
        comparison = self.plate.comparison
        if chosen or comparison is None:
            return chosen
        sides = f"{comparison.left.title} (left) and {comparison.right.title} (right)"
        figures = plain(sentences.figures(comparison))
        return "\n\n".join([f"{sides}: {figures}", self.details.verdict.text])

    def take_focus(self) -> None:
        """Moves the keyboard to the pictures, or to the choice of sides where there are none."""
        place = self.pictures.main if self.plate.comparison else self.sides.choosers[1]
        place.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the details where there is more room for them."""
        super().resizeEvent(event)
        width, height = event.size().width(), event.size().height()
        roomy = width > ROOMY_LINES * self.fontMetrics().height()
        wide = roomy and width > SIDE_BY_SIDE * height
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._body.orientation() != wanted:
            self._body.setOrientation(wanted)
            self._aside.put_beside(wide)
            length = width if wide else height
            self._body.setSizes([length * 2 // 3, length // 3])

    # Choosing

    def _with_comparing(self, effect: Callable[[Comparing], object]) -> None:
        comparing = self.comparing
        if comparing is not None:
            effect(comparing)

    def _on_side(self, place: int, side: Side) -> None:
        comparing = self.comparing
        if comparing is not None:
            sides = [comparing.left, comparing.right]
            sides[place] = side
            comparing.use(*sides)

    def _take_offer(self, number: str) -> None:
        """Reads a side that was refused in another way."""
        comparing = self.comparing
        if comparing is not None and int(number) < len(comparing.offers):
            self._on_side(*comparing.offers[int(number)])

    def _on_runs(self, runs: int) -> None:
        self._with_comparing(lambda comparing: comparing.run_again(runs))

    def _on_layout(self) -> None:
        self.pictures.set_layout_shown(self.controls.layout_chosen)
        self._show_legends()

    def _show_legends(self) -> None:
        self._legends.show_for(
            weights=self.pictures.shows(Picture.LEFT, Picture.RIGHT),
            errors=self.pictures.shows(Picture.ERROR),
        )

    def _follow(self, address: str) -> None:
        target = self._links.target(address)
        if target is not None:
            self.pointing.go(target)

    # Blinking

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """B and Space show the other side while they are held."""
        if not self._blinking.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """What is let go shows its own side again."""
        if not self._blinking.release(event):
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A key that is let go in another window is let go here, too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._blinking.let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        """So is one that is let go while nothing is seen."""
        super().hideEvent(event)
        self._blinking.let_go()
