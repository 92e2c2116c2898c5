"""Which stream the debugger steps through: it is begun, ended, and taken up again for another coder or decoder.

The walk of a stream is laid by a worker, or by the child; what was wanted meanwhile is done as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from app.debug_asking import Asking
from app.debug_cursor import DebugCursor
from app.debug_place import Course, DebugPlace, step_of_symbol, why_not_walked
from app.debug_requests import LookRequest, MoveRequest, OpenWalkRequest, SeekRequest, WalkRequest
from app.debug_standing import Standing
from app.debug_tasks import Arrived, DebugTask, LookAt, Press
from app.decoding import Decoding, Shown
from app.jobs import Jobs
from app.requests import UsedDecoder
from app.session.file_work import FileWork, Work
from app.trace_window import why_no_steps
from app.work import Response
from codec.stepping.walk import Direction

NOT_SELECTED = "Select a tile to step through its stream."
ASKED = (OpenWalkRequest, LookRequest, MoveRequest, SeekRequest)


class DebugOpening(DebugCursor):
    """Puts the cursor into a stream, and takes it away."""

    def __init__(
        self, shown: Shown, decoding: Decoding, work: FileWork, jobs: Jobs, parent: QObject
    ) -> None:
        super().__init__(Asking(shown, decoding), work, jobs, parent)
        self._shown = shown
        self._then: Callable[[], None] | None = None
        self._aim: int | None = None
        self._looking_for: int | None = None
        self._selects = True
        self._presses: list[Press] = []
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)
        self._pending.progressed.connect(self._on_progressed)
        decoding.decoder_changed.connect(self._reopen)
        work.changed.connect(self._on_work)

    # Beginning and ending

    def start(self) -> None:
        """Debugs the selected tile, from the selected symbol's step, or else from the first."""
        tensor, selection = self._shown.tensor, self._shown.selection()
        if tensor is None or selection.tile is None:
            self._then = None
            self._say(NOT_SELECTED)
            return
        course, step = Course(tensor.index, selection.tile, self._direction), 0
        if selection.symbol is not None and not why_no_steps(tensor, selection.tile):
            step = step_of_symbol(tensor, course, selection.symbol)
        self.resume(DebugPlace(course, step))

    def resume(self, place: DebugPlace, *, selects: bool = True) -> None:
        """Debugs from a place on, or from what of it there is.

        Args:
            place: where the cursor shall be.
            selects: whether the step that comes next is selected; not where the cursor has not moved.
        """
        self._withdraw()
        self._selects = selects
        self._wanted, self._direction = place, place.course.direction
        self.note = why_not_walked(self._shown.container, place.course)
        if self.note:
            self._leave()
        else:
            request = self._asking.request(OpenWalkRequest, LookAt, place.course, step=place.step)
            self._pending.submit(request)
        self.changed.emit()
        self.moved.emit()

    def take_over(self, other: DebugCursor) -> None:
        """Goes on where the debugger of the same file, before it was read again, stands."""
        self.hits.update(other.hits)
        self._direction = other.direction
        self._use(other.walker)
        if other.place is not None:
            self.resume(other.place, selects=False)

    def stop(self) -> None:
        """Debugs nothing any more."""
        self._withdraw()
        self._wanted = None
        self._leave()
        self._say("")
        self.moved.emit()

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()
        self.mirror_side.close()

    def set_direction(self, direction: Direction) -> None:
        """Lets the other coder take the steps, from where it stands when as much is left to do."""
        if direction is self._direction:
            return
        self._direction, place = direction, self.place
        if place is None or why_not_walked(self._shown.container, place.course):
            self.changed.emit()
        else:
            tensor = self._shown.container.tensors[place.course.tensor]
            self.resume(place.mirrored(tensor))

    def walk_with(self, walker: UsedDecoder | None) -> None:
        """Lets another decoder take the steps of decoding from the same place; None for the one in use."""
        if walker != self.walker:
            self._use(walker)
            self._reopen()
            self.changed.emit()

    # How

    def _use(self, walker: UsedDecoder | None) -> None:
        self._asking = replace(self._asking, walker=walker)
        self.mirror_side.use(self._asking)

    def _there(self, action: Callable[[], None]) -> bool:
        """Whether there is a cursor to move, which then stands still; else it is made, and moved thereafter."""
        if self.standing is not None and not self.opening:
            if self.running:
                self._pending.withdraw([SeekRequest.kind])
                self.changed.emit()
            return True
        self._then = action
        if not self.opening:
            self.start()
        return False

    def _move_to_selected_tile(self) -> None:
        """Leaves the tile for the selected one, unless that has no steps: then the reason is said."""
        tensor, selection = self._shown.tensor, self._shown.selection()
        if tensor is None or selection.tile is None:
            self._say(NOT_SELECTED)
            return
        course = Course(tensor.index, selection.tile, self._direction)
        reason = why_not_walked(self._shown.container, course)
        if reason:
            self._say(reason)
        else:
            self.start()

    def _leave(self) -> None:
        """There is no cursor any more."""
        self.standing = self._then = None
        self.mirror_side.follow(None)

    def _stand(self, standing: Standing, *, selects: bool = True) -> None:
        """The cursor stands here now."""
        self.standing = standing
        self.mirror_side.follow(standing)
        self.moved.emit()
        selection = standing.selection
        if selects and selection is not None and self.standing is standing:
            self.selected.emit(selection)
        if standing.stretch.nearly_left(standing.step) and LookRequest.kind not in self._pending:
            self._looking_for = None
            self._ask(LookRequest, LookAt, step=standing.step)

    def _ask(self, asks: type[WalkRequest], does: type[DebugTask], **given: object) -> None:
        """Asks something of the walk of the cursor."""
        if self.standing is not None:
            course = self.standing.course
            self._pending.submit(self._asking.request(asks, does, course, **given))

    def _withdraw(self) -> None:
        """Wants no answer any more."""
        self._pending.withdraw(asks.kind for asks in ASKED)
        self._aim = self._head = self.progress = None
        self._presses.clear()

    def _say(self, note: str) -> None:
        self.note = note
        self.changed.emit()

    @Slot()
    def _reopen(self) -> None:
        """Another decoder takes the steps, from where the one before stood."""
        place = self.place
        if place is not None and place.course.direction is Direction.DECODE:
            self.resume(place, selects=False)

    @Slot(object, object)
    def _on_work(self, before: Work, after: Work) -> None:
        if before.breakpoints != after.breakpoints:
            self.changed.emit()

    # Answers

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case OpenWalkRequest() as request, Arrived() as arrived:
                self._begin(request.task.which.course, arrived)

    def _begin(self, course: Course, arrived: Arrived) -> None:
        tensor = self._shown.container.tensors[course.tensor]
        self._wanted, self.progress = None, None
        self.note = arrived.stopped
        action, self._then = self._then, None
        standing = Standing(tensor, course, arrived.step, arrived.stretch, arrived.stopped)
        self._stand(standing, selects=self._selects)
        self.changed.emit()
        if action is not None:
            action()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        if isinstance(response.request, OpenWalkRequest):
            self._leave()
        self.progress = self._aim = self._then = None
        self._presses.clear()
        self._say("" if response.cancelled else response.error or "")
        self.moved.emit()

    @Slot(str, object, object)
    def _on_progressed(self, kind: str, done: int, total: int) -> None:
        if kind == OpenWalkRequest.kind:
            self.progress = done, total
            self.progressed.emit()
