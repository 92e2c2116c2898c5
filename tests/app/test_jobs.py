"""The one mechanism for long work: what is answered, replaced, cancelled, and told."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import wait

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.exceptions import TimeoutError as NothingTold

from app import jobs as module
from app.jobs import Jobs
from app.pending import Pending
from app.work import Progress, Response
from codec.errors import Cancelled, SourceError
from tests.app.waiting import LONG, BackgroundWork, LastingWork, OtherWork, Work


class Heard:
    """All that a `Jobs` has told."""

    def __init__(self, jobs):
        self.finished: list[Response] = []
        self.failed: list[Response] = []
        self.started: list[int] = []
        self.ended: list[int] = []
        jobs.finished.connect(self.finished.append)
        jobs.failed.connect(self.failed.append)
        jobs.started.connect(lambda job_id, _request: self.started.append(job_id))
        jobs.ended.connect(self.ended.append)

    @property
    def answered(self):
        return [response.id for response in self.finished + self.failed]


@pytest.fixture
def heard(jobs):
    return Heard(jobs)


@pytest.fixture
def done(jobs, qtbot):
    return lambda: qtbot.waitUntil(lambda: not jobs.busy)


def test_a_result_comes_with_id_and_request(jobs, heard, done):
    request = Work("the result")
    job_id = jobs.submit(request)
    done()
    (response,) = heard.finished
    assert (response.id, response.request, response.result) == (job_id, request, "the result")
    assert (response.error, response.cancelled) == (None, False)
    assert (heard.started, heard.ended, heard.failed) == ([job_id], [job_id], [])


def test_it_runs_in_a_worker_and_answers_in_the_thread_of_jobs(jobs, done):
    worker, answered = [], []

    class Look(Work):
        def run(self, progress):
            worker.append(threading.current_thread())

    jobs.finished.connect(lambda _: answered.append(QThread.currentThread()))
    jobs.submit(Look())
    done()
    assert worker[0] is not threading.main_thread()
    assert answered == [jobs.thread()]


def test_a_known_error_becomes_its_sentence(jobs, heard, done):
    jobs.submit(Work(SourceError("the file is gone", 1234)))
    done()
    (response,) = heard.failed
    assert (response.error, response.cancelled) == ("the file is gone (at byte 1,234)", False)


def test_another_exception_names_the_job_and_goes_to_the_log(jobs, heard, done, caplog):
    with caplog.at_level(logging.ERROR):
        jobs.submit(Work(ZeroDivisionError("by nought")))
        done()
    (response,) = heard.failed
    assert response.error.startswith("Working failed")
    assert "ZeroDivisionError: by nought" in response.error
    assert "Traceback" not in response.error
    assert caplog.records[0].exc_info is not None


def test_too_little_memory_is_told_in_plain_words(jobs, heard, done):
    jobs.submit(Work(MemoryError()))
    done()
    assert heard.failed[0].error == "Working: not enough memory"


def test_a_newer_request_replaces_one_that_waits(jobs, heard, done):
    blockers = [Work(waits=True) for _ in range(module.WORKERS)]
    for number, blocker in enumerate(blockers):
        jobs.submit(blocker, owner=f"blocker {number}")
    waiting, newer = Work("older"), Work("newer")
    jobs.submit(waiting, owner="me")
    last = jobs.submit(newer, owner="me")
    for blocker in blockers:
        blocker.go_on.set()
    done()
    assert not waiting.begun.is_set()
    assert last in heard.answered
    assert len(heard.answered) == module.WORKERS + 1
    assert sorted(heard.started) == sorted(heard.ended)


def test_a_newer_request_cancels_one_that_runs(jobs, heard, done):
    older = Work("older", waits=True)
    jobs.submit(older)
    assert older.begun.wait(LONG)
    newer = jobs.submit(Work("newer"))
    done()
    assert heard.answered == [newer]
    assert sorted(heard.started) == sorted(heard.ended)


def test_a_result_that_comes_too_late_is_dropped(jobs, heard, done):
    class Deaf(Work):
        def run(self, progress):
            self.begun.set()
            self.go_on.wait(LONG)
            return "stale"

    older = Deaf()
    jobs.submit(older)
    assert older.begun.wait(LONG)
    newer = jobs.submit(Deaf(go_on=older.go_on))
    older.go_on.set()
    done()
    assert heard.answered == [newer]


def test_a_kind_can_let_what_runs_go_on(jobs, heard, done):
    older = LastingWork("older", waits=True)
    first = jobs.submit(older)
    assert older.begun.wait(LONG)
    second = jobs.submit(LastingWork("newer"))
    older.go_on.set()
    done()
    assert sorted(heard.answered) == [first, second]


@pytest.mark.parametrize(
    ("request_class", "owner"), [(OtherWork, "me"), (Work, "you")], ids=["kind", "owner"]
)
def test_other_kinds_and_owners_are_left_alone(jobs, heard, done, request_class, owner):
    older = Work("older", waits=True)
    first = jobs.submit(older, owner="me")
    assert older.begun.wait(LONG)
    second = jobs.submit(request_class("other"), owner=owner)
    older.go_on.set()
    done()
    assert sorted(heard.answered) == [first, second]


def test_a_running_job_can_be_cancelled(jobs, heard, done):
    request = Work(waits=True)
    job_id = jobs.submit(request)
    assert request.begun.wait(LONG)
    jobs.cancel(job_id)
    done()
    (response,) = heard.failed
    assert (response.cancelled, response.error) == (True, "Working: cancelled")


def test_a_waiting_job_can_be_cancelled(jobs, heard, done):
    first, second = BackgroundWork(waits=True), BackgroundWork()
    jobs.submit(first, owner="me")
    waiting = jobs.submit(second, owner="you")
    jobs.cancel(waiting)
    first.go_on.set()
    done()
    assert not second.begun.is_set()
    assert [response.id for response in heard.failed] == [waiting]


def test_cancelling_what_is_over_does_nothing(jobs, heard, done):
    job_id = jobs.submit(Work())
    done()
    jobs.cancel(job_id)
    jobs.cancel(999)
    assert heard.answered == [job_id]


def test_all_jobs_of_one_owner_can_be_cancelled(jobs, heard, done):
    mine, yours = Work(waits=True), Work("yours", waits=True)
    jobs.submit(mine, owner="me")
    jobs.submit(yours, owner="you")
    jobs.cancel_all("me")
    yours.go_on.set()
    done()
    assert [response.result for response in heard.finished] == ["yours"]
    assert [response.cancelled for response in heard.failed] == [True]


def test_everything_can_be_cancelled(jobs, heard, done):
    for owner in range(2 * module.WORKERS):
        jobs.submit(Work(waits=True), owner=owner)
    jobs.cancel_everything()
    done()
    assert all(response.cancelled for response in heard.failed)
    assert len(heard.failed) == 2 * module.WORKERS


def test_background_work_never_holds_up_the_rest(jobs, heard, qtbot):
    patient = [BackgroundWork(waits=True) for _ in range(2 * module.WORKERS)]
    for owner, request in enumerate(patient):
        jobs.submit(request, owner=owner)
    click = jobs.submit(Work("answered"))
    qtbot.waitUntil(lambda: click in heard.answered)
    assert [request.begun.is_set() for request in patient].count(True) == 1
    jobs.cancel_everything()
    qtbot.waitUntil(lambda: not jobs.busy)


def test_progress_is_told_with_the_job_it_belongs_to(jobs, qtbot):
    request = Work(waits=True)
    with qtbot.waitSignal(jobs.progressed) as told:
        job_id = jobs.submit(request)
    request.go_on.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert told.args == [job_id, 1, 2]


def test_progress_counts_beyond_32_bits(jobs, qtbot):
    class Large(Work):
        def run(self, progress):
            progress(1 << 40, 1 << 41)

    with qtbot.waitSignal(jobs.progressed) as told:
        jobs.submit(Large())
    assert told.args[1:] == [1 << 40, 1 << 41]


def test_progress_is_told_no_more_often_than_an_eye_follows(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    told: list[int] = []
    progress = Progress(threading.Event(), lambda done, _total: told.append(done))
    for done in range(1000):
        progress(done, 1000)
        clock[0] += 0.001
    assert 18 <= len(told) <= 21


def test_progress_stops_a_cancelled_job():
    cancelled = threading.Event()
    progress = Progress(cancelled, lambda _done, _total: None)
    progress(0, 1)
    cancelled.set()
    with pytest.raises(Cancelled):
        progress(0, 1)


def test_held_requests_wait_all_but_one_kind(jobs, heard, done, qtbot):
    jobs.hold(all_but=OtherWork.kind)
    replaced, held, stopped = Work("replaced"), Work("held"), Work("stopped")
    jobs.submit(replaced, owner="me")
    jobs.submit(held, owner="me")
    cancelled = jobs.submit(stopped, owner="you")
    jobs.submit(OtherWork("not held"), owner="me")
    jobs.cancel(cancelled)
    qtbot.waitUntil(lambda: len(heard.answered) == 2)
    assert [response.result for response in heard.finished] == ["not held"]
    jobs.release()
    done()
    assert [response.result for response in heard.finished] == ["not held", "held"]
    assert [response.id for response in heard.failed] == [cancelled]
    assert not replaced.begun.is_set()
    assert not stopped.begun.is_set()
    jobs.submit(Work("later"))
    done()
    assert heard.finished[-1].result == "later"


def test_shutting_down_waits_and_answers_nothing(qtbot):
    jobs = Jobs()
    heard = Heard(jobs)
    running, waiting = BackgroundWork(waits=True), BackgroundWork()
    jobs.submit(running, owner=1)
    jobs.submit(waiting, owner=2)
    assert running.begun.wait(LONG)
    jobs.shutdown()
    with pytest.raises(NothingTold), qtbot.waitSignals([jobs.finished, jobs.failed], timeout=50):
        pass
    assert not jobs.busy
    assert not waiting.begun.is_set()
    assert heard.answered == []


def test_what_the_user_does_comes_between_long_answers(jobs, heard, monkeypatch, qtbot):
    """Though all answers have come by the time that the first of them is taken in."""
    monkeypatch.setattr(module, "LONG_ANSWER_SECONDS", 0.0)
    seen: list[int] = []

    def look(_response):
        QTimer.singleShot(0, lambda: seen.append(len(heard.finished)))

    jobs.finished.connect(look)
    for number in range(20):
        jobs.submit(Work(), owner=number)
    wait([job.future for job in jobs._jobs.values() if job.future])
    qtbot.waitUntil(lambda: not jobs.busy)
    assert len(heard.finished) == 20
    assert seen[0] < 20


def test_an_answer_goes_to_who_asked_and_to_nobody_else(jobs, done, monkeypatch):
    told: list[tuple[object, int]] = []
    answer = Pending.answer

    def tell(pending, response):
        told.append((pending, response.result))
        answer(pending, response)

    monkeypatch.setattr(Pending, "answer", tell)
    askers = [Pending(jobs, jobs) for _ in range(5)]
    for number, each in enumerate(askers):
        each.submit(Work(number))
    done()
    assert sorted(told, key=lambda each: each[1]) == [(each, n) for n, each in enumerate(askers)]


def test_nothing_is_answered_after_a_shutdown(qapp, qtbot, monkeypatch):
    monkeypatch.setattr(module, "LONG_ANSWER_SECONDS", 0.0)
    jobs = Jobs(qapp)
    heard = Heard(jobs)
    jobs.finished.connect(lambda _: jobs.shutdown())
    for number in range(3):
        jobs.submit(Work(), owner=number)
    wait([job.future for job in jobs._jobs.values() if job.future])
    qtbot.waitUntil(lambda: len(heard.finished) > 0)
    qapp.processEvents()
    assert len(heard.finished) == 1
    jobs.deleteLater()


def test_one_after_the_other_of_a_kind_where_all_are_wanted(jobs, done):
    asker, other = Pending(jobs, jobs), Pending(jobs, jobs)
    answers = []
    asker.finished.connect(lambda response: answers.append(response.result))
    for number in range(4):
        asker.submit_after(Work(number))
    other.submit_after(Work(9))
    assert Work.kind in asker
    done()
    assert answers == [0, 1, 2, 3]


def test_what_waits_for_its_turn_is_withdrawn_with_its_kind(jobs, done):
    asker = Pending(jobs, jobs)
    answers = []
    asker.finished.connect(lambda response: answers.append(response.result))
    for number in range(3):
        asker.submit_after(Work(number))
    asker.withdraw([Work.kind])
    done()
    assert answers == []


def test_who_has_closed_asks_for_nothing_more(jobs):
    """It may be deleted before an answer could come."""
    asker = Pending(jobs, jobs)
    asker.close()
    asker.submit(Work())
    assert not jobs.busy
    assert Work().kind not in asker
