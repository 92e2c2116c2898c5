"""What decoders make of a document: the tiles that views want, the trace of the selected tile, whole tensors.

The document says what is selected; this asks workers for what follows from it, keeps what they answer, and
tells when it has come. It selects nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.debug_walks import Walks
from app.jobs import Jobs
from app.pending import Pending
from app.requests import (
    FiguresRequest,
    LaidOut,
    TilesRequest,
    TraceRequest,
    UsedDecoder,
    WholeRequest,
)
from app.run_log import RunLog
from app.selection import Selection
from app.tasks import DecodedTiles, DecodedWhole, DecodeTiles, DecodeWhole, TracedTile, TraceTile
from app.tile_cache import Shelf
from app.tile_supply import TileSupply
from app.tracing import Tracing
from app.work import Response
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile


@dataclass(frozen=True, eq=False)
class Shown:
    """What of a file is decoded to be shown.

    Attributes:
        container: the file.
        selection: tells what is selected in it now.
    """

    container: Container
    selection: Callable[[], Selection]

    @property
    def tensor(self) -> Tensor | None:
        """The selected tensor; None where the file has none."""
        tensors = self.container.tensors
        return tensors[self.selection().tensor] if tensors else None


class Decoding(QObject):
    """The work of decoders for one document.

    Attributes:
        decoder: the one in use.
        tracing: the trace of the selected tile.
        runs: what is remembered of the decoders' runs.
        walks: those of long streams.
    """

    traced = Signal()
    """The trace of the selected tile has come."""
    trace_changed = Signal()
    """The trace is gone, or there will be none."""
    tiles_decoded = Signal(object)
    """Carries the tuple of tiles whose weights have become known."""
    decoder_changed = Signal()
    """`decoder` is another: the tiles and the trace of before are not to be shown any more."""
    run_changed = Signal()
    """`runs` or `measuring` has changed."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(self, shown: Shown, decoder: UsedDecoder, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.decoder = decoder
        self.tracing = Tracing()
        self.runs = RunLog()
        self._shown = shown
        self.walks = Walks()
        self._supply = TileSupply()
        self._coming: TraceTile | None = None
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)

    @property
    def measuring(self) -> bool:
        """Whether the whole tensor is being decoded to measure the decoder."""
        return WholeRequest.kind in self._pending

    @property
    def whole_runs(self) -> Mapping[str, DecodedWhole]:
        """The last run over the whole selected tensor of every decoder that had one, by its name."""
        return self.runs.whole(self._shown.selection().tensor)

    def tile(self, tile: int) -> DecodedTile | None:
        """A decoded tile; None where it is not known (yet)."""
        return self._supply.tile(self._shelf, tile)

    # When something else is selected, or used

    def leave_tensor(self) -> None:
        """Forgets what was wished for, and said, of the tensor or with the decoder shown before."""
        self._supply.forget_wishes()
        self.runs.forget_notices()

    def leave_tile(self) -> None:
        """Forgets the trace."""
        self.tracing.drop()
        self.trace_changed.emit()

    def use(self, decoder: UsedDecoder) -> None:
        """Shows what another decoder makes of the file from now on."""
        if decoder == self.decoder:
            return
        asked = TilesRequest, TraceRequest, FiguresRequest, WholeRequest
        self._pending.withdraw(asks.kind for asks in asked)
        self._coming, self.decoder = None, decoder
        self.leave_tensor()
        self.leave_tile()
        self.decoder_changed.emit()
        self.want_trace()

    # Asking for work

    def want_tiles(self, tiles: Sequence[int], asker: str) -> None:
        """Replaces the asker's earlier wish; the most wanted tiles come first."""
        tensor = self._shown.tensor
        if tensor is not None and not tensor.refusal:
            self._supply.wish(asker, tiles)
            self._decode_next()

    def want_trace(self) -> None:
        """Asks for the trace of the selected tile, unless it is there or coming."""
        tensor, selection = self._shown.tensor, self._shown.selection()
        if tensor is None:
            return
        task = self.tracing.wanted(tensor, selection, self.decoder.name)
        if task is None:
            if self.tracing.trace is None and self.tracing.note:
                self.trace_changed.emit()
            return
        coming = self._coming
        if coming is None or not coming.serves(tensor, selection.tile, selection.symbol):
            self._coming = task
            self._pending.withdraw([FiguresRequest.kind])
            container, isolated = self._shown.container, self.decoder.isolated
            self._pending.submit(TraceRequest(container, task, isolated, self.walks))

    def decode_whole(self) -> None:
        """Decodes all of the selected tensor to measure the decoder, unless that is being done."""
        tensor = self._shown.tensor
        if tensor is None or self.measuring:
            return
        task = DecodeWhole(tensor.index, self.decoder.name)
        self._pending.submit(WholeRequest(self._shown.container, task, self.decoder.isolated))
        self.run_changed.emit()

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    @property
    def _shelf(self) -> Shelf:
        """Where the tiles are kept that are shown now."""
        return self.decoder.name, self._shown.selection().tensor

    def _decode_next(self) -> None:
        tensor = self._shown.tensor
        if tensor is None or TilesRequest.kind in self._pending:
            return
        task = self._supply.next_task(tensor, self.decoder.name)
        if task is not None:
            self._pending.submit(TilesRequest(self._shown.container, task, self.decoder.isolated))

    # Answers

    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case TilesRequest(task=task), DecodedTiles() as decoded:
                self._take_tiles(task, decoded)
            case TraceRequest(task=task), TracedTile() as traced:
                self._pending.submit(FiguresRequest(self._shown.container, task, traced))
            case ((TraceRequest(task=task) | FiguresRequest(task=task)), LaidOut() as laid_out):
                self._take_trace(task, laid_out)
            case WholeRequest(task=task), DecodedWhole() as whole:
                self.runs.take_whole(task, whole)
                self.run_changed.emit()

    def _on_failed(self, response: Response) -> None:
        if isinstance(response.request, TraceRequest | FiguresRequest):
            self._coming, self.tracing.note = None, response.error or ""
            self.trace_changed.emit()
        elif not response.cancelled:
            self.failed.emit(response.error or "")
        if isinstance(response.request, WholeRequest):
            self.run_changed.emit()

    def _take_tiles(self, task: DecodeTiles, decoded: DecodedTiles) -> None:
        shown = (task.decoder, task.tensor) == self._shelf
        self._supply.take(task, decoded, shown=shown)
        self.runs.take_tiles(decoded, shown=shown)
        if shown:
            self.tiles_decoded.emit(tuple(decoded.tiles))
        self.run_changed.emit()
        self._decode_next()

    def _take_trace(self, task: TraceTile, laid_out: LaidOut) -> None:
        selection = self._shown.selection()
        self._coming = None
        if (task.tensor, task.tile) == (selection.tensor, selection.tile):
            said_before = self.runs.notices
            self.tracing.take(laid_out.figures)
            self.runs.take_trace(laid_out.traced)
            self.traced.emit()
            if self.runs.notices != said_before:
                self.run_changed.emit()
