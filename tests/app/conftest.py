"""What tests of views share: documents over the stored legacy files, closed when the test is over."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.document import Document
from app.jobs import Jobs
from codec.formats import open_file

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
