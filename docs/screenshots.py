"""Renders the pictures in docs/screenshots anew, without a screen: `make screenshots`.

Each picture is the real window on a real file, so that a look at them shows what a change did to every
view.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.main_window import MainWindow
from app.theme import Choice
from app.window import save_screenshot
from app.workspace import sample_path

HERE = Path(__file__).parent
LEGACY = HERE.parent / "tests" / "data" / "legacy"
SIZE = 1600, 1000


def nothing(_window: MainWindow) -> None:
    """Leaves the window as it opens."""


def weight(row: int, col: int, *panels: str) -> Callable[[MainWindow], None]:
    """Selects a weight, and turns to some panels."""

    def prepare(window: MainWindow) -> None:
        document = window.workspace.current
        assert document is not None
        document.select_weight(row, col)
        for panel in panels:
            window.panels.go(panel)

    return prepare


def first_problem(window: MainWindow) -> None:
    """Selects the first problem of the file."""
    document = window.workspace.current
    assert document is not None
    document.select_problem(document.problems[0])
    window.panels.go("Problems")


@dataclass(frozen=True)
class Picture:
    """One picture: its name, the file that is opened, what is done, and the colours."""

    name: str
    file: Path | None
    prepare: Callable[[MainWindow], object] = nothing
    choice: Choice = Choice.LIGHT


PICTURES = (
    Picture("welcome", None),
    Picture("overview", sample_path()),
    Picture("overview-dark", sample_path(), weight(130, 140), Choice.DARK),
    Picture("weights-and-states", sample_path(), weight(130, 140, "Weights", "States")),
    Picture(
        "ill-fitting-table", LEGACY / "gaussian10_512x256_t256.batched", first_problem, Choice.DARK
    ),
    Picture("broken-table", LEGACY / "brokentable_1024x1024_t256.batched", first_problem),
    Picture(
        "per-tile-layout",
        LEGACY / "gaussian10_512x384_t256.wcdc",
        weight(300, 256, "Weights", "States"),
    ),
    Picture("help", sample_path(), lambda window: window.panels.go("Help"), Choice.DARK),
)


def main() -> int:
    """Renders the pictures named as arguments, or all."""
    wanted = set(sys.argv[1:]) or {picture.name for picture in PICTURES}
    folder = HERE / "screenshots"
    folder.mkdir(exist_ok=True)
    for picture in PICTURES:
        if picture.name in wanted:
            files = [str(picture.file)] if picture.file else []
            target = str(folder / f"{picture.name}.png")
            save_screenshot(files, target, SIZE, picture.choice, picture.prepare)
            print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
