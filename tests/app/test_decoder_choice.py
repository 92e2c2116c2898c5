"""Which decoder is used: never one that is not known to run, never another without saying so."""

from __future__ import annotations

import threading
from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal

from app import decoder_choice, settings
from app.decoder_choice import DecoderChoice, Readiness
from app.jobs import Jobs
from app.requests import (
    AskRequest,
    DescribeRequest,
    Description,
    InstalledRequest,
    UsedDecoder,
)
from app.settings import Settings
from app.work import Progress, Response

SOUND = (
    Description("reference", "the judge", False),
    Description("cpu", "fast", False),
    Description("fake", "isolated", True),
)


class StubJobs(QObject):
    """Keeps requests until the test answers them."""

    finished = Signal(object)
    failed = Signal(object)

    def __init__(self):
        super().__init__()
        self.requests: list = []

    def submit(self, request, owner=None):
        if isinstance(request, InstalledRequest):  # which changes no choice
            return 0
        self.requests.append(request)
        return len(self.requests)

    def answer(self, kind, result=None, error=None, cancelled=False):
        request = next(r for r in self.requests if isinstance(r, kind))
        self.requests.remove(request)
        response = Response(0, request, result, error, cancelled)
        (self.finished if error is None else self.failed).emit(response)


class Setting:
    """A choice with its jobs and settings, and all that it has told."""

    def __init__(self, path):
        self.jobs = StubJobs()
        self.settings = Settings(path)
        self.choice = DecoderChoice(cast(Jobs, self.jobs), self.settings)
        self.used: list[UsedDecoder] = []
        self.refused: list[str] = []
        self.choice.used_changed.connect(self.used.append)
        self.choice.refused.connect(self.refused.append)

    def readiness(self, name):
        return next(o.readiness for o in self.choice.offers if o.name == name)


@pytest.fixture
def make(tmp_path, monkeypatch, qapp):
    names = tuple(description.name for description in SOUND)
    monkeypatch.setattr(decoder_choice, "DECODERS", names)
    monkeypatch.setattr(settings, "DECODERS", names)
    return lambda: Setting(tmp_path / "settings.ini")


@pytest.fixture
def described(make):
    setting = make()
    setting.choice.describe()
    setting.jobs.answer(DescribeRequest, SOUND)
    return setting


def test_at_first_the_cpu_is_used_and_nobody_asked(make):
    setting = make()
    assert (setting.choice.used, setting.choice.wanted) == ("cpu", "cpu")
    assert setting.jobs.requests == []


def test_descriptions_tell_what_needs_no_asking(described):
    assert [offer.text for offer in described.choice.offers] == ["the judge", "fast", "isolated"]
    assert described.readiness("cpu") is Readiness.READY
    assert described.readiness("fake") is Readiness.UNASKED
    assert described.jobs.requests == []


def test_one_that_is_ready_is_used_at_once_and_remembered(described, make):
    described.choice.choose("reference")
    assert described.used == [UsedDecoder("reference")]
    assert make().choice.wanted == "reference"


def test_an_isolated_one_is_asked_before_it_is_used(described):
    described.choice.choose("fake")
    assert (described.choice.wanted, described.choice.used) == ("fake", "cpu")
    assert described.readiness("fake") is Readiness.ASKED
    described.jobs.answer(AskRequest)
    assert described.used == [UsedDecoder("fake", isolated=True)]


def test_one_that_cannot_run_is_refused_with_its_reason(described):
    described.choice.choose("fake")
    described.jobs.answer(AskRequest, error="there is no card")
    assert described.refused == [
        "The decoder fake cannot be used: there is no card. Tiles and traces are decoded with cpu."
    ]
    assert (described.choice.wanted, described.choice.used) == ("cpu", "cpu")
    assert described.readiness("fake") is Readiness.UNAVAILABLE


def test_a_remembered_one_that_cannot_run_is_refused_too(make):
    make().settings.decoder = "fake"
    setting = make()
    setting.choice.describe()
    setting.jobs.answer(DescribeRequest, SOUND)
    setting.jobs.answer(AskRequest, error="there is no card")
    assert len(setting.refused) == 1
    assert setting.settings.decoder == "fake"  # the card may be there tomorrow


def test_asking_alone_changes_nothing_that_is_used(described):
    described.choice.ask()
    described.choice.ask()
    (request,) = described.jobs.requests
    assert request.task.decoder == "fake"
    described.jobs.answer(AskRequest, error="there is no card")
    assert (described.used, described.refused) == ([], [])


def test_it_can_be_asked_again(described):
    described.choice.ask()
    described.jobs.answer(AskRequest, error="there is no card")
    described.choice.ask_again("fake")
    described.jobs.answer(AskRequest)
    assert described.readiness("fake") is Readiness.READY


def test_a_question_that_was_stopped_was_not_answered(described):
    described.choice.choose("fake")
    described.jobs.answer(AskRequest, error="cancelled", cancelled=True)
    assert described.readiness("fake") is Readiness.UNASKED
    assert (described.choice.wanted, described.refused) == ("cpu", [])


def test_what_is_asked_before_the_descriptions_came_is_asked_then(make):
    setting = make()
    setting.choice.choose("fake")
    setting.choice.ask()
    setting.jobs.answer(DescribeRequest, SOUND)
    assert [type(r) for r in setting.jobs.requests].count(AskRequest) == 1


def test_without_the_fast_decoder_the_judge_takes_its_place(make):
    setting = make()
    setting.choice.describe()
    lost = Description("cpu", "", False, "numba cannot be loaded")
    setting.jobs.answer(DescribeRequest, (SOUND[0], lost, SOUND[2]))
    assert setting.used == [UsedDecoder("reference")]
    assert "numba cannot be loaded" in setting.refused[0]


def test_a_stored_name_that_is_no_decoder_counts_as_none(make):
    make().settings.decoder = "os:system"
    assert make().choice.wanted == "cpu"


def test_the_real_decoders_describe_themselves():
    found = DescribeRequest().run(Progress(threading.Event(), lambda done, total: None))
    assert {d.name: d.isolated for d in found} == {"reference": False, "cpu": False, "cupy": True}
    assert all(d.text for d in found)
    assert not any(d.reason for d in found)
