"""The child process: what it answers, and that nothing it does costs more than the job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import jobs as jobs_module
from app.child import Child, wire
from app.child.death import cause_of_death
from app.child.order import ChildDied, Order
from app.jobs import Jobs
from codec.errors import Cancelled, RanscopeError
from tests.app import child_work as work
from tests.app.waiting import LONG, Isolated

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def child():
    """One child for all tests, which those start anew that end it."""
    child = Child()
    yield child
    child.end()


def order(task, *, cancelled=None, grace=0.0, report=lambda done, total: None):
    cancelled = threading.Event() if cancelled is None else cancelled
    return Order(task, "Decoding tiles of x.batched", cancelled, lambda: grace, report)


def test_the_child_is_another_process_kept_for_the_next_task_and_free_of_qt(child):
    pid = child.run(order(work.Pid()))
    assert pid != os.getpid()
    assert child.run(order(work.Pid())) == pid == child.pid
    loaded = child.run(order(work.Modules()))
    roots = {name.partition(".")[0] for name in loaded}
    assert not roots & {"PySide6", "shiboken6", "pyqtgraph", "cupy"}


@pytest.mark.parametrize(
    ("task", "cause"),
    [
        (work.Kill(signal.SIGSEGV), "signal SIGSEGV"),
        (work.Kill(signal.SIGKILL), "signal SIGKILL (perhaps for lack of memory)"),
        (work.Kill(status=3), "exit status 3"),
    ],
)
def test_a_crash_costs_one_sentence_and_the_next_task_a_new_child(child, task, cause):
    with pytest.raises(ChildDied) as died:
        child.run(order(task))
    assert died.value.sentence() == (
        f"The decoder's process died: {cause} while decoding tiles of x.batched; it is started anew "
        "for the next job"
    )
    assert child.run(order(work.Return(7))) == 7


def test_one_that_died_while_it_had_nothing_to_do_is_replaced_unasked(child):
    pid = child.run(order(work.Pid()))
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert child.run(order(work.Pid())) != pid


def test_parts_are_there_at_once_and_outlive_a_crash(child):
    parts: list[Any] = []
    task = work.HandOver((1, "two", np.arange(70_000)))
    assert child.run(replace(order(task), handed=parts.append)) == 3
    assert parts[:2] == [1, "two"]
    assert parts[2].size == 70_000
    with pytest.raises(ChildDied) as died:
        child.run(replace(order(work.HandOver(("kept",), dies=True)), handed=parts.append))
    assert parts[3:] == ["kept"]
    assert died.value.how == "signal SIGSEGV, a segmentation fault"


def test_a_known_error_is_passed_on_and_the_child_kept(child):
    pid = child.run(order(work.Pid()))
    with pytest.raises(RanscopeError, match=r"^tile 3 is broken \(at byte 1,234\)$"):
        child.run(order(work.Raise("known")))
    with pytest.raises(MemoryError):
        child.run(order(work.Raise("memory")))
    assert child.run(order(work.Pid())) == pid


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (work.Raise("device"), "the card failed: an illegal address"),
        (work.Raise("fault"), r"fault in the decoder \(ZeroDivisionError: by nought\)"),
        (work.Unpicklable(), "fault in the decoder"),
    ],
)
def test_a_child_that_may_be_poisoned_is_not_used_again(child, task, sentence, caplog):
    pid = child.run(order(work.Pid()))
    with pytest.raises(RanscopeError, match=sentence):
        child.run(order(task))
    assert child.run(order(work.Pid())) != pid


def test_large_results_come_whole(child):
    large, small = child.run(order(work.Large(30_000_001)))
    assert np.array_equal(large, np.arange(30_000_001, dtype=np.uint8))
    assert [len(array) for array in small] == list(range(100))
    assert small[99][50] == 99
    large[0] = 1  # as writable as if it had been made here


def test_a_result_beyond_the_bound_is_refused_with_its_size(child):
    pid = child.run(order(work.Pid()))
    with pytest.raises(RanscopeError, match=f"more than the {wire.LARGEST_MESSAGE:,}"):
        child.run(order(work.Zeros(wire.LARGEST_MESSAGE)))
    assert child.run(order(work.Pid())) == pid


def test_progress_comes_through_and_a_task_stops_politely(child):
    pid, told, cancelled = child.run(order(work.Pid())), [], threading.Event()

    def report(done, total):
        told.append((done, total))
        cancelled.set()

    with pytest.raises(Cancelled):
        child.run(order(work.CountForEver(), cancelled=cancelled, grace=LONG, report=report))
    assert told[0] == (1, 2)
    assert child.run(order(work.Pid())) == pid


def test_a_task_that_wants_to_be_left_alone_tells_little_and_ends_all_the_same(child):
    told = []
    begin = time.monotonic()
    child.run(order(work.CountQuietly(), report=lambda done, total: told.append((done, total))))
    assert told == [(0, 100)]
    assert time.monotonic() - begin < work.LONG_PAUSE


def test_a_task_that_does_not_stop_is_killed_when_its_grace_is_over(child):
    cancelled = threading.Event()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        child.run(
            order(work.SleepForEver(), cancelled=cancelled, report=lambda *_: cancelled.set())
        )
    assert time.monotonic() - begin < LONG
    assert child.run(order(work.Return("alive"))) == "alive"


def test_a_killed_child_is_not_started_again():
    child, results = Child(), list[type]()

    def ask(task):
        try:
            child.run(order(task, report=lambda *_: begun.set()))
        except RanscopeError as error:
            results.append(type(error))

    begun = threading.Event()
    worker = threading.Thread(target=ask, args=(work.SleepForEver(),))
    worker.start()
    assert begun.wait(LONG)
    child.kill()
    worker.join(LONG)
    ask(work.Pid())
    child.end()
    assert results == [ChildDied, Cancelled]
    assert child.pid is None


@pytest.mark.parametrize("task", ["SleepForEver", "HangWithTheLock"])
def test_a_child_ends_with_its_parent_however_that_ends_and_whatever_it_does(task):
    parent = textwrap.dedent(f"""
        import threading
        from app.child import Child
        from app.child.order import Order
        from tests.app import child_work
        child = Child()
        show = lambda *_: print(child.pid, flush=True)
        child.run(Order(child_work.{task}(), "", threading.Event(), lambda: 0.0, show))
    """)
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        pid = int(process.stdout.readline())
        assert is_running(pid)
        process.kill()
    deadline = time.monotonic() + LONG
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(pid)


def is_running(pid):
    """Whether a process exists and is no zombie that only waits to be fetched."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("code", "words"),
    [(-11, "signal SIGSEGV"), (1, "exit status 1"), (-63, "signal "), (None, "it does not answer")],
)
def test_a_cause_of_death_is_told_in_words(code, words):
    assert cause_of_death(code).startswith(words)


# Behind the jobs


def test_isolated_requests_run_in_the_child_and_keep_nobody_waiting(jobs, qtbot):
    from tests.app.waiting import Work

    with qtbot.waitSignal(jobs.progressed, timeout=20_000) as told:
        hung = jobs.submit(Isolated(work.SleepForEver()), owner="hung")
    assert told.args == [hung, 1, 2]
    with qtbot.waitSignal(jobs.finished, timeout=20_000) as answered:
        jobs.submit(Work("not isolated"))
    assert answered.args[0].result == "not isolated"


def test_what_the_child_does_becomes_one_response(jobs, qtbot, monkeypatch, caplog):
    monkeypatch.setattr(jobs_module, "GRACE_SECONDS", 0.0)
    ends = []
    jobs.finished.connect(lambda response: ends.append(response.result))
    jobs.failed.connect(lambda response: ends.append(response.error))
    for number, task in enumerate([work.Return(1), work.Kill(), work.Raise("fault"), work.Pid()]):
        jobs.submit(Isolated(task), owner=number)
    qtbot.waitUntil(lambda: not jobs.busy, timeout=20_000)
    assert ends[0] == 1
    assert "signal SIGSEGV while working; it is started anew" in ends[1]
    assert ends[2].startswith("Working failed because of a fault in the decoder")
    assert ends[3] != os.getpid()
    with qtbot.waitSignal(jobs.progressed, timeout=20_000):
        hung = jobs.submit(Isolated(work.SleepForEver()))
    with qtbot.waitSignal(jobs.failed, timeout=20_000) as failed:
        jobs.cancel(hung)
    assert failed.args[0].cancelled


def test_shutting_down_ends_a_child_that_hangs(qapp, qtbot):
    jobs = Jobs()
    with qtbot.waitSignal(jobs.progressed, timeout=20_000):
        jobs.submit(Isolated(work.SleepForEver()))
    pid = jobs._child.pid
    assert is_running(pid)
    jobs.shutdown()
    assert not is_running(pid)
