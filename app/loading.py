"""What is loaded after the window is seen, in the background: the compiled kernels and what they import.

Nothing of Qt: PySide6 makes its classes when they are first asked for, and two threads that ask at once can end the
process. So a worker imports nothing that imports PySide6, pyqtgraph least of all, which asks for every class there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.work import Progress, Request


@dataclass(frozen=True, eq=False)
class WarmUp(Request):
    """Loads the fast coder, so that no click waits for numba or a compiler."""

    kind: ClassVar[str] = "warm up"
    title: ClassVar[str] = "Loading the fast decoder"
    background: ClassVar[bool] = True

    def run(self, progress: Progress) -> None:
        """Loads it."""
        from codec import warmup

        warmup.warm()
