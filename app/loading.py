"""What is loaded after the window is seen, in the background: slow imports and compiled kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.work import Progress, Request


@dataclass(frozen=True, eq=False)
class LoadPlots(Request):
    """Imports pyqtgraph, which takes longer than everything else that the window imports."""

    kind: ClassVar[str] = "load plots"
    title: ClassVar[str] = "Loading the plots"

    def run(self, progress: Progress) -> None:
        """Imports it; what is made with it is made in the GUI's thread."""
        import pyqtgraph  # noqa: F401


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
