"""The entry: what is a command, what opens the window, and how a process of it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import app.cli
from app.__main__ import main
from app.cli import guard, info
from codec.errors import DecodeError
from tests.app.calling import call, refusal
from tests.codec.files import LEGACY, batched_file, noise

ROOT = Path(__file__).parent.parent.parent
PYTHON = [sys.executable, "-W", "error"]
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def start(*arguments: object, **options: Any) -> Any:
    """A process (Popen) of Ranscope, with pipes for stdout and stderr."""
    command = [*PYTHON, "-m", "app", *map(str, arguments)]
    pipes: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "cwd": ROOT,
    }
    return subprocess.Popen(command, **{**pipes, "env": BUFFERED, **options})


def in_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def layer(tmp_path):
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(noise(40, 50), 8))
    return path


def test_every_command_has_a_module_and_a_help():
    for name, says in app.cli.COMMANDS.items():
        called = call(name, "--help")
        assert (called.status, called.err) == (0, "")
        assert called.out.startswith(f"usage: ranscope {name}")
        assert says[1:] in " ".join(called.out.split())


def test_a_command_loads_no_other():
    code = (
        "import sys; from app.__main__ import main; main(['info', '--help']); "
        "print('loaded', *{'app.cli.bench', 'app.cli.encode', 'numba'} & set(sys.modules))"
    )
    assert in_python(code).stdout.splitlines()[-1] == "loaded"


def test_help_lists_the_commands():
    called = call("--help")
    assert (called.status, called.err) == (0, "")
    for name, says in app.cli.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(says)}$", called.out, re.MULTILINE)


def test_version_is_told():
    called = call("--version")
    assert called.status == 0
    assert re.fullmatch(r"ranscope (\d+\.\d+\.\d+|\(not installed\))\n", called.out)


def test_files_open_the_window(monkeypatch, layer):
    opened = []

    def run_window(files, screenshot, side):
        opened.append((files, screenshot, side))
        return 0

    monkeypatch.setitem(sys.modules, "app.window", SimpleNamespace(run=run_window))
    assert call().status == 0
    assert call(layer, "other.wcdc", "--screenshot", "out.png").status == 0
    assert call(layer, "--with", "cpu").status == 0
    assert opened == [
        ([], None, None),
        ([str(layer), "other.wcdc"], "out.png", None),
        ([str(layer)], None, "cpu"),
    ]


def test_a_side_without_a_file_opens_no_window():
    assert "name the file" in refusal("--with", "cpu")


def test_a_misspelt_command_opens_no_window(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "the nearest command is 'info'" in refusal("inof", "a.batched")
    assert "unrecognized arguments: --colour" in refusal("--colour")


def test_without_qt_the_window_says_how_to_get_it():
    code = (
        "import sys\n"
        "for name in ('PySide6', 'shiboken6', 'pyqtgraph'): sys.modules[name] = None\n"
        "from app.__main__ import main\n"
        "sys.exit(main([]))"
    )
    done = in_python(code)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "PySide6-Essentials" in line
    assert "info, decode" in line


def test_info_loads_neither_qt_nor_numba(layer):
    code = (
        f"import sys\nfrom app.__main__ import main\nmain(['info', {str(layer)!r}])\n"
        "print([name for name in ('PySide6', 'pyqtgraph', 'numba', 'cupy') if name in sys.modules])"
    )
    done = in_python(code)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_stops_reading_is_no_fault():
    (path,) = (path for path in LEGACY if path.name.startswith("ramp"))
    process = start("info", path, "--fields", "--tiles")
    assert "batched layout" in process.stdout.readline()
    process.stdout.close()
    assert process.wait() == 141
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_below_stdout_is_told(layer):
    with Path("/dev/full").open("w") as full:
        process = start("info", layer, stdout=full)
        _, errors = process.communicate()
    assert process.returncode == 2
    assert errors == "ranscope: input or output failed: No space left on device\n"


def test_ctrl_c_ends_with_a_word():
    decoder = "--decoder", "reference"  # the slowest: it is still at work when the signal comes
    process = start("selftest", *decoder, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors == "ranscope: interrupted\n"


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (
            ZeroDivisionError("division by zero"),
            2,
            "fault in Ranscope (ZeroDivisionError: division",
        ),
        (MemoryError(), 2, "not enough memory"),
        (RecursionError("too deep"), 2, "fault in Ranscope (RecursionError"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (DecodeError("it is broken", 1234), 1, "it is broken (at byte 1,234)"),
    ],
)
def test_whatever_happens_becomes_one_sentence(monkeypatch, layer, error, status, says):
    def fail(_path):
        raise error

    monkeypatch.setattr(info, "open_file", fail)
    monkeypatch.delenv(guard.DEBUG, raising=False)
    assert says in refusal("info", layer, status=status)


def test_the_traceback_is_shown_where_it_is_asked_for(monkeypatch, layer):
    def fail(_path):
        raise ZeroDivisionError("no")

    monkeypatch.setattr(info, "open_file", fail)
    monkeypatch.setenv(guard.DEBUG, "1")
    called = call("info", layer)
    assert called.status == 2
    assert "Traceback" in called.err
    assert "in fail" in called.err
    assert called.err.splitlines()[-1].startswith("ranscope: this failed")


def test_names_that_stdout_cannot_encode_do_no_harm(tmp_path):
    path = tmp_path / os.fsdecode(b"weights-\xff-\xc3\xa9.batched")
    path.write_bytes(batched_file(noise(8, 8), 8))
    for options in ([], ["--json"]):
        process = start("info", path, *options, env={**os.environ, "PYTHONIOENCODING": "ascii"})
        out, errors = process.communicate()
        assert (process.returncode, errors) == (0, "")
        assert "weights-" in out


def test_progress_is_shown_on_a_terminal_only_and_taken_away(monkeypatch, capsys):
    from app.cli.console import Progress

    monkeypatch.setattr("app.cli.console.SECONDS_BETWEEN_REPORTS", 0)
    with Progress("decoding") as tick:
        tick(1, 4)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress("decoding\x1b") as tick:
        tick(1, 4)
    shown = capsys.readouterr().err
    assert " 25% decoding\\x1b" in shown
    assert shown.endswith("\r\033[K")


def test_an_interrupt_while_a_command_is_loaded_costs_no_stack_trace(monkeypatch, capsys):
    """Loading NumPy and numba takes a second, in which somebody may think better of it."""

    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "app.cli.run":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "app.cli.run", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    assert main(["info", "layer.batched"]) == 130
    assert capsys.readouterr().err == "ranscope: interrupted\n"
