"""Starts the window: the application object, its colours and icon, and what is done with faults.

Everything that Qt needs before the first widget is done here, in one place and in order. A picture
of the window takes the same way, without a screen and without the user's settings.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QElapsedTimer,
    QEventLoop,
    QStandardPaths,
    Qt,
    QThread,
    qInstallMessageHandler,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import theme
from app.collecting import Collector
from app.main_window import MainWindow
from app.picture import save_picture
from app.settings import Settings
from app.side_requests import RIGHT
from codec.errors import InputError, RanscopeError

PICTURE_SIZE = 1600, 1000
"""Of a picture of the window, in pixels."""

QUIET_ROUNDS = 10
"""Rounds of the event loop without a job after which the window counts as done: what has been
computed may ask for more when it is painted."""

PATIENCE_MS = 120_000
"""A picture is given up when the window is not done by then."""

_log = logging.getLogger(__name__)

FaultHook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def run(paths: Sequence[str], screenshot: str | None, side: str | None = None) -> int:
    """Opens the window on some files; or saves a picture of it.

    Args:
        paths: files to open; none for the welcome page.
        screenshot: where to save a picture of the window instead of showing it; or None.
        side: what the first file is compared with: a decoder's name or a path; or None.

    Returns:
        The exit status: 0, or 2 where the window or the picture cannot be had; one sentence on
        stderr tells why.
    """
    try:
        if screenshot is not None:
            prepare = None if side is None else partial(_compare, side=side)
            save_screenshot(paths, screenshot, prepare=prepare)
            return 0
        return _show(paths, side)
    except RanscopeError as error:
        print(f"ranscope: {error.sentence()}", file=sys.stderr)
        return 2


def save_screenshot(
    paths: Sequence[str],
    target: str,
    size: tuple[int, int] = PICTURE_SIZE,
    choice: theme.Choice = theme.Choice.LIGHT,
    prepare: Callable[[MainWindow], object] | None = None,
) -> None:
    """Saves how the window looks on some files, without a screen and with the first layout.

    Args:
        paths: files to open.
        target: where to save the picture.
        size: of the picture, in pixels.
        choice: its colours.
        prepare: called when the files are shown, to select or turn to what the picture is about.

    Raises:
        RanscopeError: a file cannot be opened, the picture not be written, or it takes too long.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application()
    sentences: list[str] = []
    hook_before, sys.excepthook = sys.excepthook, fault_hook(sentences.append)
    with TemporaryDirectory(prefix="ranscope-") as folder:
        settings = Settings(Path(folder) / "settings.ini")
        settings.theme = choice
        window = MainWindow(settings)
        window.workspace.failed.connect(sentences.append)
        window.workspace.opened.connect(
            lambda document, _place: document.comparing.failed.connect(sentences.append)
        )
        window.resize(*size)
        window.show()
        try:
            window.workspace.open(paths)
            _wait_until_done(application, window, sentences)
            if prepare is not None:
                prepare(window)
                _wait_until_done(application, window, sentences)
            save_picture(window, target)
        finally:
            window.close()
            window.deleteLater()
            sys.excepthook = hook_before


def make_application() -> QApplication:
    """The application object with name, icon, style, colours and log; the one there is, if any."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QCoreApplication.setOrganizationName("Ranscope")
    QCoreApplication.setApplicationName("ranscope")
    application = QApplication(["ranscope"])
    application.setApplicationDisplayName("Ranscope")
    application.setDesktopFileName("ranscope")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(files("assets") / "icons" / "ranscope.svg")))
    Collector(application)
    theme.follow_system()
    log_to_file()
    qInstallMessageHandler(lambda _kind, _context, text: _log.warning("Qt: %s", text))
    return application


def _compare(window: MainWindow, side: str) -> None:
    """Compares the file that is shown with something, in the layout for that."""
    window.compare.arrange()
    window.compare.put_named(RIGHT, side)


def _show(paths: Sequence[str], side: str | None) -> int:
    if lacks_display():
        raise InputError(
            "there is no display to open a window on; --screenshot OUT.png renders it to a picture"
        )
    application = make_application()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the app
    window = MainWindow(Settings())
    sys.excepthook = fault_hook(window.messages.tell)
    window.show()
    if side is not None:
        window.workspace.opened.connect(
            lambda *_: _compare(window, side), Qt.ConnectionType.SingleShotConnection
        )
    window.workspace.open(paths)
    return application.exec()


def lacks_display() -> bool:
    """Whether Qt would find no display and end the process, which cannot be caught."""
    if not sys.platform.startswith("linux"):
        return False
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not any(os.environ.get(name) for name in names)


def log_path() -> Path:
    """The file that the log goes to."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "ranscope.log"


def log_to_file() -> None:
    """Sends the log, tracebacks included, to its file; nowhere where that cannot be written."""
    handler: logging.Handler = logging.NullHandler()
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_path(), encoding="utf-8")
    except OSError:
        pass  # a log is no reason not to start
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)


def fault_hook(tell: Callable[[str], object]) -> FaultHook:
    """What is done with an exception that nobody caught: logged, and told in one sentence."""

    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        if isinstance(error, RanscopeError):
            tell(error.sentence())
            return
        _log.error("a fault in Ranscope", exc_info=(kind, error, traceback))
        what = f"{kind.__name__}: {error}"
        tell(f"Something went wrong inside Ranscope ({what}); {log_path()} has more")

    return hook


def _wait_until_done(
    application: QApplication, window: MainWindow, sentences: Sequence[str]
) -> None:
    """Lets the window work until nothing is left to compute or to paint.

    Raises:
        InputError: `sentences` holds what went wrong, or it takes too long.
    """
    clock = QElapsedTimer()
    clock.start()
    quiet = 0
    while quiet < QUIET_ROUNDS:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        if sentences:
            raise InputError(sentences[0])
        if clock.hasExpired(PATIENCE_MS):
            raise InputError("the window was not done in time for a picture")
        busy = window.jobs.busy or not window.complete
        quiet = 0 if busy else quiet + 1
        QThread.msleep(5)
