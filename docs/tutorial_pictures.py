"""Renders the pictures of docs/tutorial.md anew, without a screen: `make screenshots`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.main_window import MainWindow
from app.side_requests import RIGHT
from app.views.comparison import ComparisonView
from app.window import save_screenshot
from app.workspace import sample_path

HERE = Path(__file__).parent
SIZE = 1600, 1000
LAYER = sample_path("uniform_512x512_t256.batched")
OUTPUT = sample_path("uniform_512x512_t256.gpu-first.npy")
TEMPLATE = HERE.parent / "assets" / "templates" / "decoder.py"

RIGHT_LINE = "symbols[step[1]] = step[4]"
WRONG_LINE = "symbols[len(symbols) - 1 - step[1]] = step[4]"
"""The mistake that the tutorial has its reader make in the template."""


def compared(window: MainWindow, side: Path) -> None:
    """Compares the file that is shown with something, with most of the window for it."""
    window.compare.arrange()
    window.compare.put_named(RIGHT, str(side))


def verdict(window: MainWindow) -> None:
    """The output beside the file."""
    compared(window, OUTPUT)


def first_difference(window: MainWindow) -> None:
    """The first difference, from close by."""
    compared(window, OUTPUT)
    document = window.workspace.current
    view = window.panels.view("Comparison")
    assert document is not None
    assert isinstance(view, ComparisonView)

    def look() -> None:
        comparison = document.comparing.comparison
        if comparison is not None and comparison.first is not None:
            document.select_weight(comparison.first.row, comparison.first.col)
            view.pictures.main.show_one_to_one()
            for _ in range(10):
                view.pictures.main.zoom(inward=True)

    document.comparing.comparison_changed.connect(look)


def own_decoder(folder: Path) -> Path:
    """The template with the mistake in it."""
    text = TEMPLATE.read_text(encoding="utf-8")
    if text.count(RIGHT_LINE) != 1:
        raise ValueError(f"{TEMPLATE} has no line {RIGHT_LINE!r}, on which the tutorial relies")
    path = folder / "mine.py"
    path.write_text(text.replace(RIGHT_LINE, WRONG_LINE), encoding="utf-8")
    return path


def main() -> int:
    """Renders the pictures."""
    folder = HERE / "tutorial"
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="ranscope-") as made:
        mine = own_decoder(Path(made))
        for name, prepare in (
            ("1-verdict", verdict),
            ("2-first-difference", first_difference),
            ("3-own-decoder", lambda window: compared(window, mine)),
        ):
            target = str(folder / f"{name}.png")
            save_screenshot([str(LAYER)], target, SIZE, prepare=prepare)
            print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
