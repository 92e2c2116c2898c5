"""The status bar: figures of the file, and jobs that can be stopped."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QToolButton

from app import status
from app.document import Document
from app.elided import ElidedLabel
from app.status import JobStrip, Status, summary
from app.workspace import sample_path
from codec.formats import open_file, parse
from codec.source import BytesSource
from tests.app.waiting import LONG, Work

NATIVE_SAMPLE = sample_path().parent / "minilm_query_key_t128.rsc"


@pytest.fixture
def strip(jobs, qtbot, monkeypatch):
    monkeypatch.setattr(status, "SHOWN_AFTER_MS", 0)
    strip = JobStrip(jobs)
    qtbot.addWidget(strip)
    strip.show()
    return strip


def told(bar):
    return " ".join(label.whole for label in bar.findChildren(ElidedLabel))


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
    document = Document(sample_path(), open_file(sample_path()), jobs)
    bar.show_document(document)
    assert bar.minimumWidth() < 50
    bar.show_document(None)
    document.close()


def test_what_has_no_room_in_the_status_bar_is_in_its_tooltip(jobs, qtbot):
    bar = Status(jobs)
    qtbot.addWidget(bar)
    bar.resize(300, 24)
    bar.show()
    document = Document(sample_path(), open_file(sample_path()), jobs)
    bar.show_document(document)
    (label,) = bar.findChildren(ElidedLabel)
    assert label.text().endswith("…")
    assert "6.602 bits per weight" in label.toolTip()
    document.close()


def test_the_status_bar_follows_the_selected_tensor(jobs, qtbot):
    bar = Status(jobs)
    qtbot.addWidget(bar)
    document = Document(NATIVE_SAMPLE, open_file(NATIVE_SAMPLE), jobs)
    bar.show_document(document)
    count, second = len(document.container.tensors), document.container.tensors[1]
    assert f"tensor 1 of {count}" in told(bar)
    document.select_tensor(1)
    assert f"tensor 2 of {count}" in told(bar)
    assert f"{second.rows:,} × {second.cols:,}" in told(bar)
    bar.show_document(None)
    document.select_tensor(0)
    assert "tensor" not in told(bar)
    document.close()


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
