"""Timing every tile of the selected tensor by itself, and going to the tile behind a point of that picture.

It knows no widget; a worker or the child does the timing.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.bench_requests import TileTimesRequest
from app.document import Document
from app.jobs import Jobs
from app.pending import Pending
from app.requests import UsedDecoder
from app.tile_timing import TimeTiles
from app.work import Response
from codec.bench.tile_times import TileTimes


class TileTiming(QObject):
    """The times of a tensor's tiles.

    Attributes:
        times: None before they were measured.
        of: the document and the tensor that they are of.
    """

    changed = Signal()
    """`times` are others, or `busy` is."""
    said = Signal(str)
    """Carries a short remark."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.times: TileTimes | None = None
        self.of: tuple[Document, int] | None = None
        self._document: Document | None = None
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        """Whether tiles are being timed."""
        return TileTimesRequest.kind in self._pending

    def take_document(self, document: Document | None) -> None:
        """Times the tiles of another document from now on."""
        self._document = document

    def time(self, decoder: UsedDecoder) -> None:
        """Times every tile of the selected tensor; `changed` tells."""
        document = self._document
        if document is None or document.tensor is None:
            self.failed.emit("No tensor is opened whose tiles could be timed")
            return
        tensor = document.tensor.index
        self.of, self.times = (document, tensor), None
        task = TimeTiles(tensor, decoder.name)
        self._pending.submit(TileTimesRequest(document.container, task, decoder.isolated))
        self.changed.emit()

    def stop(self) -> None:
        """Ends the timing."""
        self._pending.withdraw((TileTimesRequest.kind,))
        self.changed.emit()

    def select(self, tile: int) -> None:
        """Selects one of the tiles that were timed, if their document is the one that is shown."""
        if self.of is None or self.of[0] is not self._document:
            self.said.emit("The tiles that were timed are of another file")
            return
        document, tensor = self.of
        if document.tensor is None or document.tensor.index != tensor:
            document.select_tensor(tensor)
        document.select_tile(tile)

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        if isinstance(response.result, TileTimes):
            self.times = response.result
            self.changed.emit()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        self.changed.emit()
        if not response.cancelled:
            self.failed.emit(response.error or "")
