"""Garbage is collected in the window's thread, and in no other."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject

from app.collecting import Collector


class Knot:
    """Something that only the collector can free, and that tells which thread it was freed in."""

    def __init__(self, freed_in: list[threading.Thread]) -> None:
        self.me = self
        weakref.finalize(self, lambda: freed_in.append(threading.current_thread()))


@pytest.fixture
def collector(qapp):
    """One that looks only when told to."""
    owner = QObject()
    collector = Collector(owner)
    collector._timer.stop()
    yield collector
    gc.unfreeze()
    owner.deleteLater()


def allocate(freed_in: list[threading.Thread]) -> None:
    """As much as Python collects after, many times over."""
    Knot(freed_in)
    kept: list[list[int]] = [[] for _ in range(200_000)]
    del kept


def test_a_worker_frees_nothing_that_hangs_in_a_cycle(collector) -> None:
    freed_in: list[threading.Thread] = []
    worker = threading.Thread(target=allocate, args=(freed_in,))
    worker.start()
    worker.join()
    assert freed_in == []
    gc.collect()
    assert freed_in == [threading.current_thread()]


def test_the_collector_frees_it(collector) -> None:
    freed_in: list[threading.Thread] = []
    kept = [[Knot(freed_in)] for _ in range(2 * gc.get_threshold()[0])]
    count = len(kept)
    kept.clear()
    for _ in range(50):
        more: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
        collector.look()
        del more
    assert len(freed_in) == count


@pytest.mark.parametrize(
    ("waited", "allocated", "collects"),
    [(31, 0, True), (31, 200, False), (301, 200, True), (29, 0, False)],
)
def test_everything_is_collected_at_rest(collector, monkeypatch, waited, allocated, collects):
    """It takes longer than somebody who holds down a key may wait."""
    done: list[int] = []
    young = [500, 0, gc.get_threshold()[2] + 1]
    monkeypatch.setattr("app.collecting.gc.get_count", lambda: tuple(young))
    monkeypatch.setattr("app.collecting.gc.collect", done.append)
    collector.look()
    assert not done
    monkeypatch.setattr(collector, "_last_whole", collector._last_whole - waited)
    young[0] += allocated
    collector.look()
    assert done == [2] * collects
