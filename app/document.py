"""An opened file as the views see it: container, selection, decoded tiles, trace, report.

A document knows no widget. It keeps the one selection, asks workers for what is not known yet, and tells the
views when it has come. Views show what there is and never wait.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Jobs, Request, Response
from app.requests import CheckRequest, FindRequest, TilesRequest, TraceRequest
from app.selection import Selection, completed
from app.tile_wishes import TileWishes
from codec.checks import Report, TensorReport
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile
from codec.problems import Problem
from codec.spans import Span, SpanKind
from codec.trace import Trace

TRACE_STEPS = 1 << 20
"""Steps that a trace holds at most; of longer streams it holds a window around the selection."""

KEPT_SYMBOLS = 1 << 25
"""Symbols of decoded tiles that are kept; a tile keeps two bytes a symbol, so 64 MiB in all."""

CHECKED_AT_ONCE = 1 << 28
"""File size, in bytes, up to which a file is checked as soon as it is opened."""


class Document(QObject):
    """One opened file.

    Attributes:
        path: where it lies.
        container: the parsed file.
        decoder: name of the decoder whose weights and traces are shown.
    """

    selection_changed = Signal(object)
    """Carries the new `Selection`."""
    trace_changed = Signal()
    """`trace` is another, or gone while the next one is computed."""
    tiles_decoded = Signal(object)
    """Carries the tuple of tiles whose weights have become known."""
    checked = Signal()
    """`report` and `problems` are new."""
    bytes_found = Signal(object, str)
    """Carries the offset that a search ended at, or None and why it found nothing, as a sentence."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(
        self, path: str | Path, container: Container, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.path = Path(path)
        self.container = container
        self.decoder = "cpu"
        self._jobs = jobs
        self._selection = Selection()
        self._trace: Trace | None = None
        self._trace_note = ""
        self._report: Report | None = None
        self._tiles: OrderedDict[int, DecodedTile] = OrderedDict()
        self._kept = 0
        self._wishes = TileWishes()
        self._running: dict[str, int] = {}
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)
        if container.source.size <= CHECKED_AT_ONCE:
            self.check()

    # What there is

    @property
    def title(self) -> str:
        """What the document is called."""
        return self.path.name

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
        return self._trace

    @property
    def trace_note(self) -> str:
        """Why there is no trace, or why it ends early; "" where all is well."""
        return self._trace_note

    @property
    def report(self) -> TensorReport | None:
        """What the full check measured of the selected tensor; None before it has run."""
        return self._report.tensors[self._selection.tensor] if self._report else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is known to be wrong: what parsing found and what the full check found."""
        return self._report.problems if self._report else self.container.problems

    @property
    def fully_checked(self) -> bool:
        """Whether every stream has been decoded and checked."""
        return self._report is not None

    def tile(self, tile: int) -> DecodedTile | None:
        """A decoded tile; None where it is not known (yet). Ask for it with `want_tiles`."""
        found = self._tiles.get(tile)
        if found is not None:
            self._tiles.move_to_end(tile)
        return found

    # Selecting

    def select(self, selection: Selection) -> None:
        """Makes `selection` the one selection and tells every view, once, if it is another."""
        before = self._selection
        if selection == before:
            return
        self._selection = selection
        if (selection.tensor, selection.tile) != (before.tensor, before.tile):
            self._drop_trace()
        self._selection = completed(self._selection, self._trace)
        self.selection_changed.emit(self._selection)
        self._want_trace()

    def select_tile(self, tile: int) -> None:
        """Selects a tile and its stream."""
        tensor = self.tensor
        if tensor is None or not 0 <= tile < len(tensor.tiles):
            return
        record = tensor.tiles[tile]
        span = (int(record["offset"]), int(record["size"])) if record["readable"] else None
        self.select(Selection(self._selection.tensor, tile, None, span))

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
        if leaf.kind is SpanKind.RENORMALISATION or size > 1:
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
        tensor = self.tensor
        if tensor is None or tensor.refusal:
            return
        self._wishes.put(asker, tiles)
        self._decode_next()

    def check(self) -> None:
        """Starts the full check; `checked` tells when it is done."""
        if "check" not in self._running:
            self._submit("check", CheckRequest(self.container, self.decoder))

    def find_bytes(self, pattern: bytes, start: int, backward: bool = False) -> None:
        """Looks for bytes from `start` on, round the end of the file; `bytes_found` tells where."""
        self._submit("find", FindRequest(self.container, pattern, start, backward))

    def close(self) -> None:
        """Stops all work for this document; no signal follows."""
        self._jobs.finished.disconnect(self._on_finished)
        self._jobs.failed.disconnect(self._on_failed)
        self._running.clear()
        self._jobs.cancel_all(self)

    # Inside

    def _submit(self, kind: str, request: Request) -> None:
        self._running[kind] = self._jobs.submit(request, owner=self)

    def _decode_next(self) -> None:
        tensor = self.tensor
        if tensor is None or "tiles" in self._running:
            return
        tiles = self._wishes.next(tensor, self._tiles)
        if tiles:
            known = dict(self._tiles) if not tensor.padded else {}
            self._submit("tiles", TilesRequest(self.container, tensor, tiles, known, self.decoder))

    def _drop_trace(self) -> None:
        self._trace, self._trace_note = None, ""
        self.trace_changed.emit()

    def _want_trace(self) -> None:
        """Asks for the trace of the selected tile, unless it is there."""
        tensor, selection = self.tensor, self._selection
        if tensor is None or selection.tile is None:
            return
        if tensor.refusal:
            self._trace_note = tensor.refusal
            self.trace_changed.emit()
            return
        symbol = selection.symbol or 0
        trace = self._trace
        if trace is not None and trace.first_step <= symbol < trace.first_step + max(len(trace), 1):
            return
        if trace is not None and selection.symbol is None:
            return
        first = max(0, symbol - TRACE_STEPS // 2)
        last = min(tensor.symbol_count(selection.tile), first + TRACE_STEPS)
        self._submit(
            "trace",
            TraceRequest(self.container, tensor, selection.tile, first, last, self.decoder),
        )

    def _take(self, response: Response) -> bool:
        """Whether a response answers a request of ours that still stands."""
        kind = response.request.kind
        if self._running.get(kind) != response.id:
            return False
        del self._running[kind]
        return True

    def _on_finished(self, response: Response) -> None:
        if not self._take(response):
            return
        if isinstance(response.request, TilesRequest):
            self._keep_tiles(response.result)  # type: ignore[arg-type]
        elif isinstance(response.request, TraceRequest):
            self._show_trace(response.request, response.result)  # type: ignore[arg-type]
        elif isinstance(response.request, CheckRequest):
            self._report = response.result  # type: ignore[assignment]
            self.checked.emit()
        elif isinstance(response.request, FindRequest):
            reason = "" if response.result is not None else "The bytes stand nowhere in the file."
            self.bytes_found.emit(response.result, reason)

    def _on_failed(self, response: Response) -> None:
        if not self._take(response):
            return
        if isinstance(response.request, TraceRequest):
            self._trace_note = response.error or ""
            self.trace_changed.emit()
        elif isinstance(response.request, FindRequest):
            self.bytes_found.emit(None, response.error or "")
        elif not response.cancelled:
            self.failed.emit(response.error or "")

    def _keep_tiles(self, tiles: dict[int, DecodedTile]) -> None:
        for number, tile in tiles.items():
            if number not in self._tiles:
                self._kept += tile.stream.symbols.size
            self._tiles[number] = tile
        while self._kept > KEPT_SYMBOLS and len(self._tiles) > len(tiles):
            self._kept -= self._tiles.popitem(last=False)[1].stream.symbols.size
        self.tiles_decoded.emit(tuple(tiles))
        self._wishes.fulfil(tiles)
        self._decode_next()

    def _show_trace(self, request: TraceRequest, trace: Trace) -> None:
        if request.tile != self._selection.tile:
            return
        self._trace, self._trace_note = trace, trace.stopped
        before = self._selection
        self._selection = completed(self._selection, self._trace)
        self.trace_changed.emit()
        if self._selection != before:
            self.selection_changed.emit(self._selection)
