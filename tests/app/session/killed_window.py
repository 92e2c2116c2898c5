"""A window in a process of its own that does some work and then waits to be killed.

Arguments: the settings file, then the files to open.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from app.bookmarking import Bookmarks, place_of
from app.main_window import MainWindow
from app.settings import Settings
from app.window import make_application

SYMBOL = 4, 1000
NOTES = "what I found out"


def work(window: MainWindow) -> None:
    """Does what is to be found again in every open file, and says so."""
    if window.workspace.opening or window.keeping.busy:
        QTimer.singleShot(20, lambda: work(window))
        return
    for document in window.workspace.documents:
        document.select_symbol(*SYMBOL)
        bookmarks = Bookmarks(document.work)
        bookmarks.put(place_of(document.selection, document.container), "here")
        bookmarks.write_notes(f"{NOTES} in {document.title}")
        document.comparing.open(1, "reference")
    print("done", flush=True)


def main(settings: str, *paths: str) -> None:
    """Opens the window."""
    application = make_application()
    window = MainWindow(Settings(Path(settings)))
    window.show()
    window.workspace.open(paths)
    work(window)
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
