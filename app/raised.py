"""Which problems of an edited file its edits raise: those that the file as it was opened does not have.

What is wrong with the file as opened is known where it was checked before the first edit; else a worker finds out
once, after the edited file was checked. It stays the same from edit to edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QObject, Signal

from app.jobs import Jobs
from app.pending import Pending
from app.work import Progress, Request, Response
from codec.checks import check
from codec.container import Container
from codec.decoders.availability import choose
from codec.edits.opening import original_of
from codec.edits.overlay import edits_of
from codec.problems import Problem

Essence = tuple[str, int, int, int | None, int | None]


def _essence(problem: Problem) -> Essence:
    """What makes a problem the same one though its numbers are others, as those of a whole table after any edit."""
    return problem.code, problem.offset, problem.size, problem.tensor, problem.tile


@dataclass(frozen=True, eq=False)
class CheckOpenedRequest(Request):
    """Checks the file without its edits; the result is a frozenset of what `_essence` says of its problems."""

    container: Container
    kind: ClassVar[str] = "check as opened"
    background: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Checking {self.container.source.name} as it was opened"

    def run(self, progress: Progress) -> frozenset[Essence]:
        """Checks it."""
        return frozenset(
            map(_essence, check(original_of(self.container), choose(), progress).problems)
        )


class Raised(QObject):
    """Tells problems that edits raise from those of the file itself."""

    changed = Signal()
    """It can be told now."""

    def __init__(self, container: Container, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._container = container
        self._edited = bool(edits_of(container.source))
        self._own: frozenset[Essence] | None = None
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)

    def __contains__(self, problem: object) -> bool:
        """Whether edits raise a problem; of none where that is not known (yet)."""
        if not self._edited or self._own is None or not isinstance(problem, Problem):
            return False
        return _essence(problem) not in self._own

    @property
    def edited(self) -> bool:
        """Whether there are edits that could raise any."""
        return self._edited

    def take_over(self, other: Raised) -> None:
        """Takes what is known of the same file with other edits."""
        self._own = other._own

    def checked(self, problems: tuple[Problem, ...]) -> None:
        """All problems of the file as it is shown are known."""
        if not self._edited:
            self._own = frozenset(map(_essence, problems))
        elif self._own is None:
            self._pending.submit(CheckOpenedRequest(self._container))

    def give_way(self) -> None:
        """Stops finding out."""
        self._pending.withdraw([CheckOpenedRequest.kind])

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    def _on_finished(self, response: Response) -> None:
        if isinstance(response.result, frozenset):
            self._own = response.result
            self.changed.emit()
