"""Set before anything imports Qt: no screen, no settings of the user. And: no test leaves a thread
or a window behind, since those make some later test fail that has done nothing wrong."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import hypothesis.strategies
import numpy as np
import pytest

_HOME = tempfile.mkdtemp(prefix="ranscope-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.update(XDG_CONFIG_HOME=_HOME, XDG_DATA_HOME=_HOME)

# Where bytecode is not kept, every worker rewrites the asserts of all tests anew, and every process
# that a test starts compiles all of Ranscope.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

THREADS_END_WITHIN = 5.0
"""Seconds that threads get which have been told to end."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """On a machine that must have a card, RANSCOPE_REQUIRE_GPU=1, a test skipped for want of one has failed."""
    report = yield
    required = os.environ.get("RANSCOPE_REQUIRE_GPU") and item.get_closest_marker("gpu")
    if required and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"a card is required: {report.longrepr[2]}"
    return report


def pytest_collection_finish() -> None:
    """What has been collected lives to the end: no search for garbage has to look through it again.

    With its first test hypothesis takes charge of NumPy's generator, and older ones want to see who else refers to
    it, which nobody can once all is frozen.
    """
    _first_of_hypothesis()
    gc.collect()
    gc.freeze()


@hypothesis.settings(max_examples=1, database=None)
@hypothesis.given(hypothesis.strategies.none())
def _first_of_hypothesis(_nothing: None) -> None:
    np.random.default_rng()  # it is loaded, or nobody would take charge of it


@pytest.fixture(autouse=True)
def no_leaks():
    """Fails a test after which more threads run, or more windows exist, than before it."""
    threads = set(threading.enumerate())
    windows = _windows()
    yield
    threads_left = _threads_left(threads)
    windows_left = _windows_left(windows)
    assert (threads_left, windows_left) == ([], []), "the test left these behind"


@pytest.fixture
def no_collecting() -> Iterator[None]:
    """Looks for no garbage: of syntax trees, which are large and have no cycles, that takes most of the time."""
    gc.disable()
    yield
    gc.enable()


def _threads_left(before: set[threading.Thread]) -> list[threading.Thread]:
    deadline = time.monotonic() + THREADS_END_WITHIN
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in threading.enumerate() if thread not in before]


def _windows() -> list[Any]:
    """The top-level widgets there are; none where no test has loaded Qt."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return list(widgets.QApplication.topLevelWidgets())


def _windows_left(before: list[Any]) -> list[Any]:
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    if any(window not in before for window in _windows()):
        gc.collect()  # only now: it takes longer than most tests
    return [window for window in _windows() if window not in before]
