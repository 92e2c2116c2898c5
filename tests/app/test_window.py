"""Starting the app: pictures without a screen, and plain sentences where it cannot start."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QImage

from app.compare_commands import RECORDED
from app.window import PICTURE_SIZE, fault_hook, log_path, log_to_file, save_screenshot
from app.workspace import sample_path
from codec.errors import InputError, SourceError

ROOT = Path(__file__).parent.parent.parent
SAMPLE = str(sample_path())


def run_in_child(*arguments: str | None, **environment: str) -> subprocess.CompletedProcess[str]:
    """`app.window.run` in a process of its own."""
    code = (
        "import sys; from app.window import run\n"
        "sys.exit(run(eval(sys.argv[1]), *(sys.argv[2:] or [None])))"
    )
    kept = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY")}
    kept.pop("WAYLAND_DISPLAY", None)
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_picture_needs_no_screen(tmp_path):
    target = tmp_path / "window.png"
    done = run_in_child(repr([SAMPLE]), str(target))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    image = QImage(str(target))
    assert (image.width(), image.height()) == PICTURE_SIZE
    colours = {image.pixel(x, y) for x in range(0, 1600, 20) for y in range(0, 1000, 20)}
    assert len(colours) > 20


@pytest.mark.parametrize("name", ["missing.batched", "."])
def test_a_picture_of_a_bad_file_is_a_sentence(tmp_path, name):
    target = tmp_path / "window.png"
    done = run_in_child(repr([str(tmp_path / name)]), str(target))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be opened" in done.stderr
    assert not target.exists()


def test_without_a_display_it_says_so_and_what_to_do():
    done = run_in_child("[]")
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert "--screenshot" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_picture_in_this_process(qapp, tmp_path):
    save_screenshot([], str(tmp_path / "welcome.png"), (1280, 800))
    image = QImage(str(tmp_path / "welcome.png"))
    assert (image.width(), image.height()) == (1280, 800)


def test_a_picture_that_cannot_be_written_is_a_sentence(qapp, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        save_screenshot([], str(tmp_path / "no" / "welcome.png"))


def test_what_is_first_painted_does_not_wait_for_slow_imports():
    code = (
        "import sys, app.window; "
        "slow = {'pyqtgraph', 'numba', 'scipy', 'cupy'} & set(sys.modules); "
        "sys.exit(f'{slow}' if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def test_a_fault_is_told_in_a_sentence_and_logged(caplog):
    told: list[str] = []
    error = raised(ValueError("odd"))
    with caplog.at_level(logging.ERROR):
        fault_hook(told.append)(ValueError, error, error.__traceback__)
    (sentence,) = told
    assert "ValueError: odd" in sentence
    assert str(log_path()) in sentence
    assert "Traceback" not in sentence
    assert "test_a_fault_is_told" in caplog.text or "raised" in caplog.text


def test_a_known_error_that_escaped_is_told_as_it_is():
    told: list[str] = []
    error = raised(SourceError("it shrank", 7))
    fault_hook(told.append)(SourceError, error, None)
    assert told == ["it shrank (at byte 7)"]


def test_interrupting_is_no_fault(monkeypatch):
    passed_on = []
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: passed_on.append(1))
    told: list[str] = []
    fault_hook(told.append)(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert (told, passed_on) == ([], [1])


@pytest.fixture
def root_logger():
    """The root logger without handlers, as at the start of the app."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers.clear()
    yield root
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers


def test_the_log_is_a_file_of_the_users(qapp, root_logger):
    log_to_file()
    logging.getLogger("test").error("a fault")
    assert "a fault" in log_path().read_text()


def test_without_a_place_for_the_log_there_is_none(qapp, root_logger, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(
        QStandardPaths, "writableLocation", lambda _: str(tmp_path / "file" / "below")
    )
    log_to_file()
    logging.getLogger("test").error("goes nowhere")
    assert isinstance(root_logger.handlers[-1], logging.NullHandler)


def test_a_picture_of_a_comparison_shows_it(tmp_path):
    target, plain = tmp_path / "compared.png", tmp_path / "plain.png"
    layer, output = (str(sample_path(name)) for name in RECORDED)
    assert run_in_child(repr([layer]), str(target), output).returncode == 0
    assert run_in_child(repr([layer]), str(plain)).returncode == 0
    assert target.read_bytes() != plain.read_bytes()


def test_a_side_that_cannot_be_read_is_a_sentence(tmp_path):
    target = tmp_path / "compared.png"
    done = run_in_child(repr([SAMPLE]), str(target), str(tmp_path / "nowhere.npy"))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "nowhere.npy" in done.stderr
    assert not target.exists()
