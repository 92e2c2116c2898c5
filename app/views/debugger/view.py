"""The view: controls and timeline above, the step's arithmetic, and lists of steps, lanes and breakpoints below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app import theme
from app.canvas.fields import scrolling_down
from app.debug_place import Course, step_of_symbol
from app.debug_rival import rival_of, step_with_rival
from app.debugging import Debugging
from app.document import Document
from app.exporting.table import Table
from app.models.debug_lanes import COLUMNS as LANE_TITLES
from app.models.debug_lanes import LaneTable
from app.models.debug_sentences import elsewhere_sentence, state_sentence
from app.models.debug_steps import DebugStepTable
from app.models.step_table import LANE_COLUMNS, widest_of
from app.sentence import Sentence
from app.session.breakpoint import Breakpoint
from app.tables.debugger import debug_tables
from app.view import View
from app.views.debugger.arithmetic import ArithmeticCard
from app.views.debugger.breakpoints import BreakpointPanel
from app.views.debugger.condition import ConditionBar
from app.views.debugger.controls import DebugControls
from app.views.debugger.heights import HeightDelegate
from app.views.debugger.marks import break_symbols, marks_of
from app.views.debugger.mirror import MirrorPanel
from app.views.debugger.parts import Column
from app.views.debugger.tables import DebugTable
from app.views.debugger.timeline import Timeline

WIDE = 1.5
"""From this ratio of width to height on, the arithmetic stands beside the lists."""

CARD_SHARES = 0.42, 0.58
"""How the arithmetic and the lists share the room."""

LANES = 1
"""Place of the lanes among the lists."""


class DebuggerView(View):
    """One stream, step by step."""

    TITLE = "Debugger"
    QUESTION = "What does each step of a stream compute, and at which step does something happen?"
    HELP = (
        "Steps, runs and jumps through the stream of the selected tile, forward and back, decoding or encoding, with "
        "the arithmetic of the step that comes next. Drag along the timeline; write a condition to run to, or to stop "
        "at whenever it holds; Enter on a row of the steps goes there."
    )

    _fell_behind = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stale = False
        self._shown_step: int | None = None
        self._fitted: Course | None = None
        self.controls = DebugControls(lambda: self._debugging)
        self.timeline = Timeline()
        self.condition = ConditionBar()
        self._state = Sentence("Where the cursor stands")
        self._note = Sentence("Why it stands there, or why it does not move")
        self.card = ArithmeticCard("Arithmetic of the next step")
        self.steps = DebugStepTable(self)
        self.step_table = DebugTable(
            self.steps,
            "Steps",
            "Click to select a step's symbol; Enter or a double click goes there",
        )
        self.lanes = LaneTable(self)
        self._lane_table = DebugTable(self.lanes, "Lanes", "The states of all lanes")
        self.breakpoints = BreakpointPanel()
        self.mirror = MirrorPanel()
        self.lists = QTabWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._late = False
        self._lay_out()
        self._connect()

    # Made once

    def _lay_out(self) -> None:
        self.lists.setDocumentMode(True)
        self.lists.setUsesScrollButtons(True)
        for name, part, tip in (
            ("Steps", self.step_table, "The steps around the cursor"),
            ("Lanes", self._lane_table, "The states of all lanes"),
            ("Breakpoints", self.breakpoints, "Where runs stop"),
            ("Both ways", self.mirror, "Decode and encode beside each other"),
        ):
            self.lists.setTabToolTip(self.lists.addTab(part, name), tip)
        self._lane_table.verticalHeader().hide()
        self._lane_table.setItemDelegateForColumn(len(LANE_TITLES) - 1, HeightDelegate(self.lanes))
        self._lane_table.fit_columns([title.rjust(13) for title in LANE_TITLES])
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.card)
        self._split.addWidget(self.lists)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 3)
        content = Column()
        for above in (self.controls, self.timeline, self._state, self._note, self.condition):
            content.parts.addWidget(above)
        content.parts.addWidget(self._split, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolling_down(content))

    def _connect(self) -> None:
        self._fell_behind.connect(self._catch_up, Qt.ConnectionType.QueuedConnection)
        self.controls.other_wanted.connect(self._step_with_other)
        self.timeline.scrubbed.connect(self._scrub)
        self.condition.run_wanted.connect(self._run_to)
        self.condition.break_wanted.connect(self._break)
        self.condition.divergence_wanted.connect(self._run_to_divergence)
        self.step_table.chosen.connect(self._select_row)
        self.step_table.entered_row.connect(self._jump_to_row)
        self.mirror.table.chosen.connect(lambda row: self._select(self.mirror.symbol(row)))
        self.breakpoints.table.entered_row.connect(self._run_to_breakpoint)
        self.lists.currentChanged.connect(self._turn_to)

    # What is shown

    @property
    def _debugging(self) -> Debugging | None:
        return None if self.document is None else self.document.debugging

    def set_document(self, document: Document | None) -> None:
        """Shows the debugger of a document."""
        if self._debugging is not None:
            self._debugging.mirror_side.want(False)
        super().set_document(document)
        if document is not None:
            debugging = document.debugging
            for signal in (debugging.moved, debugging.changed):
                self.listen(signal, self._update)
            self.listen(debugging.progressed, self._show_progress)
            self.listen(document.selection_changed, self._update)
            self.listen(document.work.bookmarks_changed, self._update)
        self._fitted = None
        self._show()
        self._want_mirror()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes up what has changed while the view was hidden."""
        super().showEvent(event)
        if self._stale:
            self._show()
        self._want_mirror()

    def hideEvent(self, event: QHideEvent) -> None:
        """Wants no mirror while nobody looks."""
        super().hideEvent(event)
        self._want_mirror()

    def _update(self) -> None:
        """Shows the state once all that follows from one press has happened, and before any of it is painted."""
        if not self._late:
            self._late = True
            self._fell_behind.emit()

    def _catch_up(self) -> None:
        self._late = False
        self._show()

    def _turn_to(self) -> None:
        """Another list is on top; the mirror has the arithmetic of both coders itself."""
        self.card.setVisible(self.lists.currentWidget() is not self.mirror)
        self._want_mirror()
        self._update()

    def _want_mirror(self) -> None:
        debugging = self._debugging
        if debugging is not None:
            seen = self.isVisible() and self.lists.currentWidget() is self.mirror
            debugging.mirror_side.want(seen)

    def _show(self) -> None:
        """Shows where the debugger is."""
        document = self.document
        self._stale = not self.isVisible()
        if document is None or self._stale:
            return
        debugging = document.debugging
        standing = debugging.standing
        self.controls.show_state()
        self.timeline.show_marks(marks_of(document))
        self.timeline.show_bookmarks(document)
        self._state.setText(state_sentence(debugging))
        elsewhere = elsewhere_sentence(debugging, document.selection)
        self._say(" ".join(filter(None, (debugging.note, elsewhere))))
        self.card.show_standing(standing)
        several = standing is not None and len(standing.moment.states) > 1
        if several != self.lists.isTabVisible(LANES):  # it lays everything out, changed or not
            self.lists.setTabVisible(LANES, several)
        self._show_list(document)

    def _show_progress(self) -> None:
        """Shows how far a run has got, and nothing else: workers want the interpreter meanwhile."""
        document = self.document
        if document is not None and self.isVisible():
            self.timeline.show_marks(marks_of(document))
            self._state.setText(state_sentence(document.debugging))

    def _show_list(self, document: Document) -> None:
        """Shows the list that is on top."""
        debugging, shown = document.debugging, self.lists.currentWidget()
        if shown is self.step_table:
            self._show_steps(document)
        elif shown is self._lane_table:
            self.lanes.show(debugging.standing)
            self._lane_table.reveal_row(self.lanes.next_lane)
        elif shown is self.breakpoints:
            self.breakpoints.show_debugging(debugging)
        else:
            side = debugging.mirror_side
            self.mirror.show_both(debugging.standing, side.standing, side.note)

    def _show_steps(self, document: Document) -> None:
        standing = document.debugging.standing
        fresh = self.steps.show_standing(standing)
        self.steps.show_breaks(() if standing is None else break_symbols(document, standing))
        course = None if standing is None else standing.course
        if standing is not None and course != self._fitted:
            self._fitted = course
            for column in LANE_COLUMNS:
                self.step_table.setColumnHidden(column, standing.tensor.interleaving.lanes == 1)
            self.step_table.fit_columns(widest_of(standing.tensor, standing.course.tile))
        self._show_rows(document, fresh)

    def _show_rows(self, document: Document, fresh: bool) -> None:
        """Selects the row of the selected symbol, and brings the cursor into sight where it has moved."""
        standing, symbol = document.debugging.standing, document.selection.symbol
        row = None
        if standing is not None and symbol is not None and document.debugging.on_selected_tile:
            row = standing.stretch.row(step_of_symbol(standing.tensor, standing.course, symbol))
        self.step_table.choose_row(row)
        step = None if standing is None else standing.step
        if fresh or step != self._shown_step:
            self._shown_step = step
            self.step_table.reveal_row(self.steps.cursor)

    def _say(self, note: str) -> None:
        self._note.setText(note)
        self._note.setVisible(bool(note))

    # What the user wants

    def _scrub(self, step: int) -> None:
        debugging = self._debugging
        if debugging is not None:
            debugging.jump(step)

    def _step_with_other(self, other: bool) -> None:
        if self.document is not None:
            refusal = step_with_rival(self.document, other)
            self._say(f"{refusal}." if refusal else "")
            self.controls.show_state()

    def _run_to(self, condition: str, forward: bool) -> None:
        debugging = self._debugging
        if debugging is not None:
            debugging.run_to(condition, forward)

    def _break(self, condition: str) -> None:
        debugging = self._debugging
        if debugging is not None:
            debugging.breakpoints.add(Breakpoint(condition))
            self.lists.setCurrentWidget(self.breakpoints)

    def _run_to_divergence(self, forward: bool) -> None:
        document = self.document
        if document is not None:
            document.debugging.run_to_divergence(rival_of(document), forward)

    def _select_row(self, row: int) -> None:
        self._select(self.steps.number("symbol_index", row))

    def _select(self, symbol: int) -> None:
        """Selects a symbol of the tile that is stepped through; the cursor stays."""
        document = self.document
        standing = None if document is None else document.debugging.standing
        if document is None or standing is None:
            return
        if standing.course.tensor == document.selection.tensor:
            document.select_symbol(standing.course.tile, symbol)

    def _jump_to_row(self, row: int) -> None:
        debugging = self._debugging
        if debugging is not None:
            debugging.jump(self.steps.number("step", row))

    def _run_to_breakpoint(self, row: int) -> None:
        """Runs to the next place of one breakpoint alone."""
        debugging = self._debugging
        if debugging is not None:
            debugging.run_to_breakpoint(debugging.breakpoints.all[row])

    def tables(self) -> Sequence[Table]:
        """Steps around the cursor, the next step's arithmetic, lanes and breakpoints."""
        return debug_tables(self._debugging)

    def focus_filter(self) -> bool:
        """Moves the keyboard to the condition."""
        self.condition.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.condition.line.selectAll()
        return True

    def take_focus(self) -> None:
        """Moves the keyboard to the timeline, whose arrow keys step."""
        self.timeline.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Size and colours

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the arithmetic where there is more room for it."""
        super().resizeEvent(event)
        size = event.size()
        self.condition.fit(size.width())
        em = self.fontMetrics().height()
        beside = size.width() > WIDE * size.height() and size.width() > 50 * em
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if self._split.orientation() != wanted or not event.oldSize().isValid():
            self._split.setOrientation(wanted)
            whole = size.width() if beside else max(size.height() // 2, 1)
            self._split.setSizes([round(share * whole) for share in CARD_SHARES])

    def theme_changed(self) -> None:
        """Takes up the colours of the theme."""
        super().theme_changed()
        self.card.recolour()
        self.mirror.recolour()
        self.condition.recolour()
        self._note.setStyleSheet(f"color: {theme.current().accent.name()}")
