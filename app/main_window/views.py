"""Which views there are, and when they are made: what the first paint shows first, the rest after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.decoder_choice import DecoderChoice, Readiness
from app.document import Document
from app.encoding_again import EncodingAgain
from app.jobs import Jobs
from app.loading import WarmUp
from app.models.comparison_sides import SideChoice
from app.panels import Panels
from app.view import View
from app.views.bookmarks import BookmarksView
from app.views.bytes import BytesView
from app.views.comparison import ComparisonView
from app.views.decoding import DecodingView
from app.views.edits import EditsView
from app.views.help import HelpView
from app.views.problems import ProblemsView
from app.views.selection import SelectionView
from app.views.structure import StructureView
from app.views.tiles import TilesView
from app.views.weights import WeightsView
from codec.comparison.output import SideKind
from codec.comparison.side import Side

if TYPE_CHECKING:
    from app.bench_commands import BenchCommands

VIEWS_SEEN_FIRST: tuple[type[View], ...] = (
    StructureView,
    BytesView,
    TilesView,
    WeightsView,
    SelectionView,
    ProblemsView,
    EditsView,
    BookmarksView,
    DecodingView,
    ComparisonView,
    HelpView,
)


COMPARISON = ComparisonView.TITLE


def views_with_plots() -> tuple[type[View], ...]:
    """The other views. They need pyqtgraph, which the first paint does not wait for."""
    from app.views.benchmarks import BenchmarksView
    from app.views.debugger import DebuggerView
    from app.views.divergence import DivergenceView, FilesView, TileReadsView
    from app.views.frequencies import FrequenciesView
    from app.views.rerun import RerunView
    from app.views.states import StatesView

    return (
        FrequenciesView,
        StatesView,
        DebuggerView,
        TileReadsView,
        DivergenceView,
        FilesView,
        RerunView,
        BenchmarksView,
    )


class PanelViews(QObject):
    """The views in the panels; they show one document, or none.

    Attributes:
        complete: whether all of them are there.
    """

    completed = Signal()
    """All views are there."""
    side_file_wanted = Signal(int)
    """A file is to be chosen for a side of the comparison."""
    save_edited_wanted = Signal()
    """The edited file is to be saved."""

    def __init__(
        self, panels: Panels, decoders: DecoderChoice, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.complete = False
        self._panels = panels
        self._decoders = decoders
        self._jobs = jobs
        self._document: Document | None = None
        self._encoding: EncodingAgain | None = None
        self._bench: BenchCommands | None = None
        # A dock behind another counts as visible to Qt; this tells when it is seen.
        for kind in (DecodingView, ComparisonView):
            panels[kind.TITLE].visibilityChanged.connect(self._ask_decoders)
        decoders.changed.connect(self._offer_sides)
        self._add(VIEWS_SEEN_FIRST)

    def show_document(self, document: Document | None) -> None:
        """Shows a document in every view, those that are still to come included.

        What an edit did is waited for: the comparison is shown first, and paints before others are shown.
        """
        self._document = document
        for view in sorted(self._panels.views(), key=lambda view: view.TITLE != COMPARISON):
            view.set_document(document)

    @Slot()
    def go_to_notes(self) -> None:
        """Moves the keyboard to the notes on the file."""
        view = self._panels.view(BookmarksView.TITLE)
        if isinstance(view, BookmarksView):
            view.focus_notes()

    def use_encoding(self, encoding: EncodingAgain) -> None:
        """Has the panel that encodes anew work with this as soon as it is there."""
        self._encoding = encoding
        self._show_encoding()

    def _show_encoding(self) -> None:
        view = self._panels.view("Encode again")
        if view is not None and self._encoding is not None:
            from app.views.rerun import RerunView  # with pyqtgraph, which is loaded by then

            assert isinstance(view, RerunView)
            view.use(self._encoding)

    def use_benchmarks(self, commands: BenchCommands) -> None:
        """Has the panel that measures work with this as soon as it is there."""
        self._bench = commands
        self._show_benchmarks()

    def _show_benchmarks(self) -> None:
        view = self._panels.view("Benchmarks")
        if view is not None and self._bench is not None:
            from app.views.benchmarks import BenchmarksView  # with pyqtgraph, as above

            assert isinstance(view, BenchmarksView)
            view.use(self._bench.benchmarking)
            self._bench.path_chosen = view.fields.add_path

    def load_rest(self) -> None:
        """Makes the other views once what there is by now has been painted."""
        QTimer.singleShot(0, self, self._add_rest)

    def _add(self, kinds: Sequence[type[View]]) -> None:
        for kind in kinds:
            view = kind()
            self._panels[kind.TITLE].fill(view)
            view.panel_wanted.connect(self._panels.go)
            if isinstance(view, DecodingView):
                view.use(self._decoders)
            if isinstance(view, ComparisonView):
                view.file_wanted.connect(self.side_file_wanted)
                view.use_choices(offered_sides(self._decoders))
            if isinstance(view, EditsView):
                view.save_wanted.connect(self.save_edited_wanted)
            view.set_document(self._document)

    @Slot()
    def _add_rest(self) -> None:
        """Makes the views with plots, here: Qt's classes, first met in a worker, can end the process."""
        self._add(views_with_plots())
        self._show_encoding()
        self._show_benchmarks()
        views = self._panels.views()
        for view in views:
            if isinstance(view, HelpView):
                view.explain([type(each) for each in views])
        self.complete = True
        self.completed.emit()
        self._jobs.submit(WarmUp(), owner=self)
        self._decoders.describe()

    @Slot(bool)
    def _ask_decoders(self, seen: bool) -> None:
        """Finds out which decoders can run once somebody looks at them."""
        if seen:
            self._decoders.ask()

    @Slot()
    def _offer_sides(self) -> None:
        """Offers the decoders as they are now for the sides of a comparison."""
        view = self._panels.view(ComparisonView.TITLE)
        if isinstance(view, ComparisonView):
            view.use_choices(offered_sides(self._decoders))


def offered_sides(decoders: DecoderChoice) -> list[SideChoice]:
    """Every decoder as a side of a comparison: ours, and the installed ones of others."""
    ours = [
        SideChoice(
            offer.name,
            Side(SideKind.DECODER, offer.name),
            offer.reason or offer.text,
            offer.readiness is not Readiness.UNAVAILABLE,
        )
        for offer in decoders.offers
    ]
    installed = [
        SideChoice(name, Side(SideKind.DECODER, name), "an installed decoder")
        for name in decoders.installed
    ]
    return ours + installed
