"""The first encode step at which two files part, of whichever tile is selected: an encoder may go wrong in many.

Comparing two files finds that of the first tile; the others' are sought when somebody looks, and kept.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.decoding import Shown
from app.jobs import Jobs
from app.pending import Pending
from app.side_requests import EncodeStepRequest
from app.side_tasks import FindEncodeStep
from app.work import Response
from codec.comparison.encode_steps import EncodeDivergence
from codec.comparison.files import FileComparison
from codec.comparison.side import Side


class EncodeSteps(QObject):
    """What is known of the tiles of one comparison of files."""

    changed = Signal()
    """The step of a tile has become known."""

    def __init__(self, shown: Shown, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._shown = shown
        self._side: Side | None = None
        self._files: FileComparison | None = None
        self._known: dict[int, EncodeDivergence | None] = {}
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)

    def begin(self, side: Side | None, files: FileComparison | None) -> None:
        """Takes up a comparison of the open file with that of a side, or forgets the one before."""
        self._pending.withdraw([EncodeStepRequest.kind])
        self._side, self._files = side, files
        self._known = {}
        if files is not None and files.encode is not None:
            self._known[files.encode.tiles[0]] = files.encode

    def of(self, tile: int) -> EncodeDivergence | None:
        """The step of a tile of the open file; None where its encoders do not part, or it is not known (yet)."""
        return self._known.get(tile)

    def want(self, tile: int) -> None:
        """Has a worker look for the step of a tile, unless it is known or its stream does not differ."""
        tensor, files = self._shown.tensor, self._files
        if tensor is None or files is None or self._side is None or tile in self._known:
            return
        rows = files.streams_differing
        found = rows[files.tiles["left"][rows] == tile]
        if len(found):
            pair = tile, int(files.tiles["right"][np.int64(found[0])])
            task = FindEncodeStep(tensor.index, self._side, pair)
            self._pending.submit(
                EncodeStepRequest(self._shown.container, task, self._side.isolated)
            )

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case EncodeStepRequest(task=task), (EncodeDivergence() | None) as step:
                self._known[task.tiles[0]] = step
                self.changed.emit()
