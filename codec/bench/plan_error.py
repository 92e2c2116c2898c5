"""What is wrong with a plan, and in which line of its file: the only thing that reading one can raise."""

from __future__ import annotations

from codec.errors import InputError


class PlanError(InputError):
    """A plan that cannot be used.

    Attributes:
        file: what the plan is called.
        line: of the file, from 1 on; None where no line is to blame.
        reason: in one sentence, without them.
    """

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        where = file if line is None else f"{file}, line {line:,}"
        super().__init__(f"{where}: {reason}")
        self.file, self.line, self.reason = file, line, reason
