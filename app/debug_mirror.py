"""The other coder beside the one that the debugger moves: where it stands when as much is done.

It is looked at only while somebody wants it: laying its walk takes as long as laying the first.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.debug_asking import Asking
from app.debug_place import DebugPlace
from app.debug_requests import MirrorRequest
from app.debug_standing import Standing
from app.debug_tasks import Arrived, LookAt
from app.jobs import Jobs
from app.pending import Pending
from app.work import Response


class DebugMirror(QObject):
    """The place of the other coder.

    Attributes:
        standing: the place; None where it is not wanted, or not known (yet).
        note: why there is none, as a sentence; "" where there is one, or one is coming.
    """

    changed = Signal()
    """`standing` or `note` is another."""

    def __init__(self, asking: Asking, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.standing: Standing | None = None
        self.note = ""
        self._asking = asking
        self._wanted = False
        self._mirrors: Standing | None = None
        self._aim: DebugPlace | None = None
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)

    def want(self, wanted: bool) -> None:
        """Says whether anybody looks at it."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.follow(self._mirrors)

    def follow(self, standing: Standing | None) -> None:
        """The first coder stands elsewhere, or nowhere; `changed` follows only where work is needed."""
        self._mirrors = standing
        if standing is None or not self._wanted:
            self._forget()
            return
        self._aim = place = standing.place.mirrored(standing.tensor)
        mine = self.standing
        if mine is not None and mine.course == place.course and place.step in mine.stretch:
            self.standing = mine.at(place.step)
            if not mine.stretch.nearly_left(place.step):
                return
        elif mine is not None and mine.course != place.course:
            self.standing = None
        if MirrorRequest.kind not in self._pending or self.standing is None:
            self._look(place)

    def use(self, asking: Asking) -> None:
        """Asks otherwise from now on; `follow` then looks anew."""
        self._asking = asking
        self._forget()

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    def _forget(self) -> None:
        self._pending.withdraw([MirrorRequest.kind])
        had_any = self.standing is not None or bool(self.note)
        self.standing, self.note, self._aim = None, "", None
        if had_any:
            self.changed.emit()

    def _look(self, place: DebugPlace) -> None:
        request = self._asking.request(MirrorRequest, LookAt, place.course, step=place.step)
        self._pending.submit(request)

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        place, mirrors = self._aim, self._mirrors
        if not isinstance(response.result, Arrived) or place is None or mirrors is None:
            return
        arrived = response.result
        if place.step in arrived.stretch:
            stretch, stopped = arrived.stretch, arrived.stopped
            self.standing = Standing(mirrors.tensor, place.course, place.step, stretch, stopped)
            self.note = ""
        elif place.step > arrived.stretch.steps:
            self.standing = None
            self.note = arrived.stopped or "The other coder takes fewer steps than this."
        else:
            self._look(place)
            return
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        if not response.cancelled:
            self.standing, self.note = None, response.error or ""
            self.changed.emit()
