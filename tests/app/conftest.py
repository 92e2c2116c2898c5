"""What tests of views and of the whole window share: documents over the stored legacy files, and windows, all closed
when the test is over."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import theme
from app.document import Document
from app.jobs import Jobs
from app.main_window import MainWindow
from app.settings import Settings
from app.workspace import Workspace, sample_path
from codec.formats import open_file
from tests.app.windows import at_rest

LEGACY = Path(__file__).parent.parent / "data" / "legacy"


@pytest.fixture(autouse=True)
def collect_here() -> Iterator[None]:
    """Garbage is collected in the window's thread alone, as `app.collecting` does it in the app."""
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


@pytest.fixture
def jobs(qapp) -> Iterator[Jobs]:
    jobs = Jobs(qapp)
    yield jobs
    jobs.shutdown()
    jobs.deleteLater()


@pytest.fixture
def open_legacy(jobs) -> Iterator[Callable[[str], Document]]:
    """Opens a file of tests/data/legacy, or any other by its path."""
    documents: list[Document] = []

    def open_document(name: str | Path) -> Document:
        path = LEGACY / name
        documents.append(Document(path, open_file(str(path)), jobs))
        return documents[-1]

    yield open_document
    for document in documents:
        document.close()


@pytest.fixture
def settle(qtbot, jobs) -> Callable[[], None]:
    """Waits until no job waits or runs, and all that they answered has been taken in."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not jobs.busy, timeout=60_000)

    return wait


@pytest.fixture
def copies(tmp_path) -> list[Path]:
    """Three files that can be opened."""
    paths = [tmp_path / f"{number}.batched" for number in range(3)]
    for path in paths:
        shutil.copy(sample_path(), path)
    return paths


@pytest.fixture
def workspace(jobs) -> Iterator[Workspace]:
    workspace = Workspace(jobs)
    yield workspace
    workspace.close_all()


# The whole window


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def make_window(qtbot, settings) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows that have all their views."""
    windows: list[MainWindow] = []
    before = theme.choice()

    def make() -> MainWindow:
        window = MainWindow(settings)
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitSignal(window.completed, timeout=60_000):
            window.show()
        return window

    yield make
    for window in windows:
        window.close()
    theme.choose(before)


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def settled(window, qtbot) -> Callable[[], None]:
    """Waits until the window's jobs rest, and all that they answered has been taken in."""
    return lambda: at_rest(window, qtbot)
