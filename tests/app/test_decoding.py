"""The Decoding panel: what it offers, what it says of what cannot run, and the figures of a run."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton

from app.document import Document
from app.models import run_figures
from app.requests import AskRequest, DescribeRequest, UsedDecoder
from app.tasks import DecodedTiles, DecodedWhole, DecodeWhole, TracedTile
from app.views.decoding import DecodingView
from app.workspace import sample_path
from codec.checkpoints import side_file
from codec.decoders import cpu
from codec.decoders.timing import Run, Timing
from codec.formats import open_file
from codec.trace import Trace, empty_columns
from tests.app.conftest import LEGACY
from tests.app.test_decoder_choice import SOUND, Setting, make  # noqa: F401

NATIVE_SAMPLE = sample_path().parent / "minilm_query_key_t128.rsc"
GPU = Run("cupy", "NVIDIA H100", 2_000_000_000, 0.1, Timing(0.02, 0.04, 0.001, 0.03))


@pytest.fixture
def setting(make):  # noqa: F811
    setting = make()
    setting.choice.describe()
    setting.jobs.answer(DescribeRequest, SOUND)
    return setting


@pytest.fixture
def view(setting, qtbot):
    view = DecodingView()
    view.use(setting.choice)
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show()
    return view


def texts(view):
    return " ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def buttons(view):
    return {button.text(): button for button in view.findChildren(QRadioButton)}


def test_it_offers_every_decoder_and_checks_the_one_in_use(view):
    assert [name for name, button in buttons(view).items() if button.isChecked()] == ["cpu"]
    assert all(description.text in texts(view) for description in SOUND)


def test_one_that_is_asked_says_so(view, setting):
    assert setting.jobs.requests == []
    setting.choice.ask()
    assert "being asked" in texts(view)


def test_one_that_cannot_run_is_disabled_and_says_why(view, setting):
    setting.choice.ask()
    setting.jobs.answer(AskRequest, error="there is no NVIDIA driver on this machine")
    button = buttons(view)["fake"]
    assert not button.isEnabled()
    assert button.toolTip() == "there is no NVIDIA driver on this machine"
    assert "Not available: there is no NVIDIA driver on this machine" in texts(view)
    again = next(
        b for b in view.findChildren(QPushButton) if b.text() == "Ask again" and b.isVisible()
    )
    again.click()
    setting.jobs.answer(AskRequest)
    assert button.isEnabled()


def test_a_click_chooses(view, setting):
    buttons(view)["reference"].click()
    assert setting.choice.used == "reference"
    assert buttons(view)["reference"].isChecked()


def test_one_that_turns_out_unable_gives_its_mark_back(view, setting):
    buttons(view)["fake"].click()
    assert setting.choice.used == "cpu"
    setting.jobs.answer(AskRequest, error="there is no card")
    assert buttons(view)["cpu"].isChecked()
    assert len(setting.refused) == 1


def test_a_run_is_shown_with_its_figures(view, open_legacy, qtbot):
    document = open_legacy("gaussian10_300x200_t64.batched")
    view.set_document(document)
    decode = next(b for b in view.findChildren(QPushButton) if "whole tensor" in b.text())
    assert "has not been decoded yet" in texts(view)
    decode.click()
    assert not decode.isEnabled()
    qtbot.waitUntil(lambda: "cpu" in document.whole_runs, timeout=20_000)
    assert decode.isEnabled()
    assert "60,000 weights, decoded by cpu on " in texts(view)
    assert "by the clock" in texts(view)
    assert view.copy_text().startswith("60,000 weights, decoded by cpu")
    assert "In all\t" in view.copy_text()


def test_a_tensor_that_cannot_be_decoded_offers_no_run(view, open_legacy):
    view.set_document(open_legacy("brokentable_1024x1024_t256.batched"))
    decode = next(b for b in view.findChildren(QPushButton) if "whole tensor" in b.text())
    assert not decode.isEnabled()


def test_what_a_decoder_has_to_say_is_shown(view, open_legacy, qtbot):
    document = open_legacy("gaussian10_300x200_t64.batched")
    view.set_document(document)
    whole = DecodedWhole(GPU, 1, (), 5, checkpoint_interval=1024, notice="they are stale")
    document.runs.take_whole(DecodeWhole(0, "cpu"), whole)
    document.runs.take_tiles(DecodedTiles({}, GPU, "they are stale"), shown=True)
    document.runs.take_trace(TracedTile(Trace(empty_columns(0), ()), "a trace without"))
    document.run_changed.emit()
    assert "started from checkpoints, one every 1,024 symbols" in texts(view)
    assert texts(view).count("They are stale.") == 1
    assert "A trace without." in texts(view)
    document.decode_with(UsedDecoder("reference"))
    assert "stale" not in texts(view)


def test_checkpoints_beside_a_file_that_do_not_fit_are_told(tmp_path, jobs, qtbot, monkeypatch):
    monkeypatch.setattr(cpu, "FAR", 0)
    path = tmp_path / "layer.batched"
    shutil.copy(LEGACY / "gaussian10_512x256_t256.batched", path)
    side_file(path).write_bytes(b"no checkpoints")
    document = Document(path, open_file(path), jobs)
    document.select_symbol(0, 100)
    qtbot.waitUntil(lambda: bool(document.runs.notices), timeout=20_000)
    assert "the checkpoints beside layer.batched are not used" in document.runs.notices[0]
    document.close()


def test_it_fits_into_a_narrow_panel(view, setting):
    setting.choice.ask()
    setting.jobs.answer(AskRequest, error="a reason of quite some words that must be wrapped " * 3)
    view.resize(250, 300)
    assert view.width() == 250


# Figures


def test_a_run_on_a_card_is_split_and_adds_up():
    figures = {figure.title: figure for figure in run_figures.figures(GPU)}
    assert list(figures) == ["Read", "Transfer", "Kernel", "Copy back", "The rest", "In all"]
    assert (figures["Kernel"].time, figures["Kernel"].rate) == ("1 ms", "2,000 GB/s")
    assert (figures["In all"].time, figures["In all"].rate) == ("100 ms", "20 GB/s")
    assert figures["The rest"].time == "9 ms"
    parts = [figure.share for title, figure in figures.items() if title != "In all"]
    assert sum(parts) == pytest.approx(figures["In all"].share) == pytest.approx(1.0)


def test_a_run_that_is_not_split_is_told_as_a_whole():
    (figure,) = run_figures.figures(Run("cpu", "the processor", 40_000_000, 0.1))
    assert (figure.title, figure.time, figure.rate) == ("In all", "100 ms", "400 MB/s")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0"), (4.74e-5, "47.4 µs"), (0.0123456, "12.35 ms"), (1.5, "1.5 s"), (4321, "4,321 s")],
)
def test_a_time_has_the_unit_that_suits_it(seconds, text):
    assert run_figures.time_text(seconds) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0, "–"),
        (303e3, "0.303 MB/s"),
        (11.1e6, "11.1 MB/s"),
        (4e8, "400 MB/s"),
        (1.239e12, "1,239 GB/s"),
    ],
)
def test_a_rate_has_the_unit_that_suits_it(rate, text):
    assert run_figures.rate_text(rate) == text


def test_a_run_of_nothing_has_no_rate():
    assert run_figures.brief(Run("cpu", "x", 0, 0.0)) == "0 weights by cpu in 0, –"


def test_failed_tiles_are_named():
    whole = DecodedWhole(GPU, 784, tuple(range(3, 20)), 5)
    assert run_figures.soundness(whole) == (
        "17 of 784 tiles failed (3, 4, 5, 6, 7, 8, 9, 10…); their weights are not to be trusted."
    )
    assert "Every tile" in run_figures.soundness(DecodedWhole(GPU, 784, (), 5))


def test_where_a_run_started_is_told_of_tensors_that_can_have_checkpoints(open_legacy):
    legacy = open_legacy("gaussian10_300x200_t64.batched").tensor
    native = open_file(NATIVE_SAMPLE).tensors[0]
    without, started = DecodedWhole(GPU, 1, (), 5), DecodedWhole(GPU, 1, (), 5, 512)
    assert "No checkpoints were used" in run_figures.outset(without, legacy)
    assert "every 512 symbols" in run_figures.outset(started, legacy)
    assert run_figures.outset(without, native) == ""


def test_decoders_that_disagree_are_told():
    one, other = DecodedWhole(GPU, 1, (), 5), DecodedWhole(GPU, 1, (), 6)
    assert run_figures.agreement({"cpu": one}) == ""
    assert "the same checksum" in run_figures.agreement({"cpu": one, "cupy": one})
    assert "do NOT have" in run_figures.agreement({"cpu": one, "cupy": other})
