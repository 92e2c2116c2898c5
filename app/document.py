"""An opened file as the views see it: container, selection, decoded tiles, trace, report.

A document knows no widget. It keeps the one selection, asks workers for what is not known yet, and tells the
views when it has come. Views show what there is and never wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.comparing import Comparing
from app.debugging import Debugging
from app.decoding import Decoding, Shown
from app.editing import Editing
from app.jobs import Jobs
from app.models.bookmarked import Bookmarked
from app.models.trace_figures import TraceFigures
from app.pending import Pending
from app.raised import Raised
from app.requests import DEFAULT_DECODER, CheckRequest, FindRequest, UsedDecoder
from app.run_log import RunLog
from app.selection import Selection, completed, first_tile, whole_tile
from app.session.file_work import FileWork
from app.tasks import DecodedWhole
from app.work import Response
from codec.checks import Report, TensorReport
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile
from codec.edits.overlay import edits_of
from codec.problems import Problem
from codec.spans import Span, SpanKind
from codec.trace import Trace

CHECKED_AT_ONCE = 1 << 28
"""File size, in bytes, up to which a file is checked as soon as it is opened."""


class Document(QObject):
    """One opened file.

    Attributes:
        path: where it lies.
        container: the parsed file.
        comparing: the selected tensor as two sides have it.
        debugging: the steps of one stream, walked one by one.
        work: what the user has made about the file; it outlives the document.
        editing: makes its edits.
        raised: the problems that its edits raise.
    """

    selection_changed = Signal(object)
    """Carries the new `Selection`."""
    trace_changed = Signal()
    """`trace` is another, or gone while the next one is computed."""
    tiles_decoded = Signal(object)
    """Carries the tuple of tiles whose weights have become known."""
    checked = Signal()
    """`report` and `problems` are new."""
    decoder_changed = Signal()
    """`decoder` is another: the tiles and the trace of before are not to be shown any more."""
    run_changed = Signal()
    """`runs` or `measuring` has changed."""
    bytes_found = Signal(object, str)
    """Carries the offset that a search ended at, or None and why it found nothing, as a sentence."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(
        self,
        path: str | Path,
        container: Container,
        jobs: Jobs,
        parent: QObject | None = None,
        decoder: UsedDecoder = DEFAULT_DECODER,
        work: FileWork | None = None,
    ) -> None:
        super().__init__(parent)
        self.path = Path(path)
        self.container = container
        self.work = work or FileWork()
        self.editing = Editing(container, self.work)
        self._selection = Selection()
        self._report: Report | None = None
        self._left_at: dict[int, Selection] = {}
        self._bookmarked = Bookmarked((), container)
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)
        shown = Shown(container, lambda: self._selection)
        self._decoding = Decoding(shown, decoder, jobs, self)
        self.comparing = Comparing(shown, jobs, self)
        self.debugging = Debugging(shown, self._decoding, self.work, jobs, self)
        self.raised = Raised(container, jobs, self)
        self._connect()
        if container.source.size <= CHECKED_AT_ONCE:
            self.check()

    def _connect(self) -> None:
        """Tells what decoders tell."""
        decoding = self._decoding
        decoding.traced.connect(self._on_traced)
        decoding.trace_changed.connect(self.trace_changed)
        decoding.tiles_decoded.connect(self.tiles_decoded)
        decoding.decoder_changed.connect(self.decoder_changed)
        decoding.run_changed.connect(self.run_changed)
        decoding.failed.connect(self.failed)
        self.debugging.selected.connect(self.select)

    # What there is

    @property
    def title(self) -> str:
        """What the document is called."""
        return f"{self.path.name} (edited)" if edits_of(self.container.source) else self.path.name

    @property
    def tensor(self) -> Tensor | None:
        """The selected tensor; None where the file has none."""
        tensors = self.container.tensors
        return tensors[self._selection.tensor] if tensors else None

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    @property
    def trace(self) -> Trace | None:
        """The trace of the selected tile; None where there is none (yet)."""
        return self._decoding.tracing.trace

    @property
    def trace_figures(self) -> TraceFigures | None:
        """What views show of the trace; None where there is none (yet)."""
        return self._decoding.tracing.figures

    @property
    def trace_note(self) -> str:
        """Why there is no trace, or why it ends early; "" where all is well."""
        return self._decoding.tracing.note

    @property
    def bookmarked(self) -> Bookmarked:
        """Where the bookmarks are; made anew when it is asked for after they have changed."""
        bookmarks = self.work.now.bookmarks
        if self._bookmarked.bookmarks is not bookmarks:
            self._bookmarked = Bookmarked(bookmarks, self.container)
        return self._bookmarked

    @property
    def report(self) -> TensorReport | None:
        """What the full check measured of the selected tensor; None before it has run."""
        if self._report is None or not self._report.tensors:
            return None
        return self._report.tensors[self._selection.tensor]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is known to be wrong: what parsing found and what the full check found."""
        return self._report.problems if self._report else self.container.problems

    @property
    def fully_checked(self) -> bool:
        """Whether every stream has been decoded and checked."""
        return self._report is not None

    @property
    def decoder(self) -> str:
        """Name of the decoder whose weights and traces are shown."""
        return self._decoding.decoder.name

    @property
    def whole_runs(self) -> Mapping[str, DecodedWhole]:
        """The last run over the whole selected tensor of every decoder that had one, by its name."""
        return self._decoding.whole_runs

    @property
    def runs(self) -> RunLog:
        """What is remembered of the decoders' runs."""
        return self._decoding.runs

    @property
    def measuring(self) -> bool:
        """Whether the whole tensor is being decoded to measure the decoder."""
        return self._decoding.measuring

    def tile(self, tile: int) -> DecodedTile | None:
        """A decoded tile; None where it is not known (yet). Ask for it with `want_tiles`."""
        return self._decoding.tile(tile)

    # Selecting

    def select(self, selection: Selection) -> None:
        """Makes `selection` the one selection and tells every view, once, if it is another."""
        before = self._selection
        if selection == before:
            return
        self._selection = selection
        if selection.tensor != before.tensor:
            self._left_at[before.tensor] = before
            self._decoding.leave_tensor()
            self.comparing.leave_tensor()
        if (selection.tensor, selection.tile) != (before.tensor, before.tile):
            self._decoding.leave_tile()
            self.comparing.leave_tile()
        self._selection = completed(self._selection, self.trace, self.tensor)
        self.selection_changed.emit(self._selection)
        self._decoding.want_trace()

    def select_tensor(self, tensor: int) -> None:
        """Selects another tensor: what was selected in it when it was left, or else its first tile."""
        if tensor != self._selection.tensor and 0 <= tensor < len(self.container.tensors):
            fresh = first_tile(self.container.tensors[tensor])
            self.select(self._left_at.get(tensor, fresh))

    def select_tile(self, tile: int) -> None:
        """Selects a tile and its stream."""
        tensor = self.tensor
        if tensor is None or not 0 <= tile < len(tensor.tiles):
            return
        self.select(whole_tile(tensor, tile))

    def select_symbol(self, tile: int, symbol: int) -> None:
        """Selects a symbol of a tile; its bytes follow as soon as the trace is there."""
        self.select(Selection(self._selection.tensor, tile, symbol, None))

    def select_weight(self, row: int, col: int) -> None:
        """Selects the symbol that codes the weight at (row, col)."""
        tensor = self.tensor
        tile = None if tensor is None else tensor.tile_at(row, col)
        if tensor is not None and tile is not None:
            self.select_symbol(tile, tensor.symbol_at(tile, row, col))

    def select_bytes(self, offset: int, size: int = 1) -> None:
        """Selects bytes; with the byte's field, tile and, once the trace is there, its step."""
        leaf = self.container.root.leaf_at(offset)
        if leaf is None:
            return
        if leaf.kind in (SpanKind.RENORMALISATION, SpanKind.RAW) or size > 1:
            tensor = self._selection.tensor if leaf.tensor is None else leaf.tensor
            self.select(Selection(tensor, leaf.tile, None, (offset, size)))
        else:
            self.select_span(leaf)

    def select_span(self, span: Span) -> None:
        """Selects a field, and the tile that it belongs to."""
        tensor = self._selection.tensor if span.tensor is None else span.tensor
        self.select(Selection(tensor, span.tile, None, (span.offset, span.size)))

    def select_problem(self, problem: Problem) -> None:
        """Selects the bytes that a problem is about, and its tile."""
        tensor = self._selection.tensor if problem.tensor is None else problem.tensor
        self.select(Selection(tensor, problem.tile, None, (problem.offset, problem.size)))

    # Asking for work

    def want_tiles(self, tiles: Sequence[int], asker: str = "") -> None:
        """Says which tiles are wanted, the most wanted first; `tiles_decoded` tells as they come.

        Args:
            tiles: their indices.
            asker: who wants them; a later call replaces the same asker's earlier wish.
        """
        self._decoding.want_tiles(tiles, asker)

    def decode_with(self, decoder: UsedDecoder) -> None:
        """Shows the weights and traces of another decoder from now on."""
        self._decoding.use(decoder)

    def decode_whole(self) -> None:
        """Decodes all of the selected tensor to measure the decoder; `run_changed` tells when it is done."""
        self._decoding.decode_whole()

    def check(self) -> None:
        """Starts the full check; `checked` tells when it is done."""
        if CheckRequest.kind not in self._pending:
            self._pending.submit(CheckRequest(self.container))

    def find_bytes(self, pattern: bytes, start: int, backward: bool = False) -> None:
        """Looks for bytes from `start` on, round the end of the file; `bytes_found` tells where."""
        self._pending.submit(FindRequest(self.container, pattern, start, backward))

    def give_way(self) -> None:
        """Stops long work that will be done anew because the file is about to be shown with other edits."""
        self._pending.withdraw([CheckRequest.kind])
        self.raised.give_way()
        self.comparing.give_way()

    def close(self) -> None:
        """Stops all work for this document; no signal follows."""
        self._pending.close()
        self._decoding.close()
        self.raised.close()
        self.comparing.close()
        self.debugging.close()

    # Answers

    def _on_traced(self) -> None:
        """Completes the selection by what the trace tells, before anybody looks at either."""
        before = self._selection
        self._selection = completed(before, self.trace, self.tensor)
        self.trace_changed.emit()
        if self._selection != before:
            self.selection_changed.emit(self._selection)

    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case CheckRequest(), Report() as report:
                self._report = report
                self.raised.checked(report.problems)
                self.checked.emit()
            case FindRequest(), offset:
                reason = "" if offset is not None else "The bytes stand nowhere in the file."
                self.bytes_found.emit(offset, reason)

    def _on_failed(self, response: Response) -> None:
        if isinstance(response.request, FindRequest):
            self.bytes_found.emit(None, response.error or "")
        elif not response.cancelled:
            self.failed.emit(response.error or "")
