"""The status bar: figures of the file, and jobs that can be stopped."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QToolButton

from app import status
from app.jobs import Jobs
from app.status import JobStrip, Status, summary
from app.workspace import sample_path
from codec.formats import open_file, parse
from codec.source import BytesSource
from tests.app.waiting import LONG, Work


@pytest.fixture
def jobs(qapp):
    jobs = Jobs()
    yield jobs
    jobs.shutdown()


@pytest.fixture
def strip(jobs, qtbot, monkeypatch):
    monkeypatch.setattr(status, "SHOWN_AFTER_MS", 0)
    strip = JobStrip(jobs)
    qtbot.addWidget(strip)
    strip.show()
    return strip


def shown(strip, kind):
    return [part for part in strip.findChildren(kind) if part.isVisible()]


def test_the_summary_holds_the_figures_of_the_file():
    text = summary(open_file(sample_path()))
    parts = text.split("  ·  ")
    assert parts == [
        "batched",
        "384 × 384 int8",
        "9 tiles of 128 × 128",
        "121,694 bytes",
        "1.212× against int8",
        "2.423× against FP16",
        "6.602 bits per weight",
    ]


def test_a_file_without_tensors_has_a_summary():
    data = sample_path().read_bytes()[:20]
    assert summary(parse(BytesSource(data))).startswith("batched")


def test_the_status_bar_does_not_widen_the_window(jobs, qtbot):
    bar = Status(jobs)
    qtbot.addWidget(bar)
    bar.show_container(open_file(sample_path()))
    assert bar.minimumWidth() < 50
    bar.show_container(None)


def test_a_job_is_shown_with_its_progress_and_can_be_stopped(strip, jobs, qtbot):
    request = Work(waits=True)
    jobs.submit(request)
    qtbot.waitUntil(lambda: [bar.value() for bar in shown(strip, QProgressBar)] == [500])
    assert "Working" in [label.text() for label in shown(strip, QLabel)]
    (stop,) = shown(strip, QToolButton)
    with qtbot.waitSignal(jobs.failed) as failed:
        stop.click()
    assert failed.args[0].cancelled
    qtbot.waitUntil(lambda: shown(strip, QProgressBar) == [])


def test_many_jobs_are_counted(strip, jobs, qtbot, monkeypatch):
    monkeypatch.setattr(status, "SHOWN_JOBS", 1)
    for owner in range(3):
        jobs.submit(Work(waits=True), owner=owner)
    qtbot.waitUntil(lambda: "and 2 more" in [label.text() for label in shown(strip, QLabel)])
    assert len(shown(strip, QProgressBar)) == 1
    jobs.cancel_everything()
    qtbot.waitUntil(lambda: shown(strip, QLabel) == [])


def test_a_short_job_does_not_flash(jobs, qtbot):
    strip = JobStrip(jobs)
    qtbot.addWidget(strip)
    strip.show()
    request = Work()
    with qtbot.waitSignal(jobs.finished):
        jobs.submit(request)
    assert request.begun.wait(LONG)
    assert shown(strip, QProgressBar) == []
