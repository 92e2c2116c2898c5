"""The walks that are kept: laid once, however many ask at a time, and only the last few."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import debug_walks
from app.debug_place import Course
from app.debug_walks import KEPT, WalkOf, Walks
from codec.errors import Cancelled, DecodeError
from codec.formats import open_file
from tests.codec.files import DATA

CONTAINER = open_file(DATA / "legacy" / "gaussian10_300x200_t64.batched")


def walk_of(tile):
    return WalkOf(Course(0, tile), "cpu")


@pytest.fixture
def openings(monkeypatch):
    """What was opened; each opening waits until `go_on` is set."""
    opened, go_on = [], threading.Event()

    def noted(container, which, tick):
        opened.append(which)
        assert go_on.wait(10)
        if which.course.tile == 99:
            raise DecodeError("there is no tile 99")
        return real(container, which, tick)

    real = debug_walks._opened
    monkeypatch.setattr(debug_walks, "_opened", noted)
    return opened, go_on


def test_who_asks_for_a_walk_that_is_being_laid_waits_for_it(openings):
    opened, go_on = openings
    walks = Walks()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(walks.of, CONTAINER, walk_of(2)) for _ in range(3)]
        go_on.set()
        found = {id(each.result(10)) for each in asked}
    assert opened == [walk_of(2)]
    assert len(found) == 1


def test_who_waits_can_be_cancelled(openings):
    opened, go_on = openings
    walks, waited = Walks(), threading.Event()

    def tick(done, total):
        waited.set()
        raise Cancelled

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(walks.of, CONTAINER, walk_of(2))
        while not opened:
            pass
        second = pool.submit(walks.of, CONTAINER, walk_of(2), tick)
        with pytest.raises(Cancelled):
            second.result(10)
        go_on.set()
        assert first.result(10).steps == 4096
    assert waited.is_set()


def test_the_walks_used_last_are_kept(openings):
    opened, go_on = openings
    go_on.set()
    walks = Walks()
    for tile in range(KEPT):
        walks.of(CONTAINER, walk_of(tile))
    walks.of(CONTAINER, walk_of(0))
    walks.of(CONTAINER, walk_of(KEPT))
    walks.of(CONTAINER, walk_of(0))
    assert len(opened) == KEPT + 1
    walks.of(CONTAINER, walk_of(1))
    assert len(opened) == KEPT + 2


def test_a_walk_that_cannot_be_made_is_tried_again(openings):
    opened, go_on = openings
    go_on.set()
    walks = Walks()
    for _ in range(2):
        with pytest.raises(DecodeError):
            walks.of(CONTAINER, walk_of(99))
    assert len(opened) == 2
    assert not walks._turns
