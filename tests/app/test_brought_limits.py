"""Code that was brought, in the child: whatever it does ends in one sentence, and the next job gets a new child."""

from __future__ import annotations

import os
import re
import threading

import numpy as np
import pytest

from app.child import Child, Limits, process
from app.child.limits import memory_limit, resident_bytes
from app.child.order import ChildDied, Order, OverLimit
from app.child.printed import KEPT, Printed
from app.child_tasks import AskDecoder, OnFile, stamp_of
from app.tasks import DecodeWhole, TraceTile
from codec.errors import RanscopeError
from tests.app import child_work as work
from tests.codec.brought_files import BATCHED, c_decoder, compiled, opened, template, written

HEAD = "import ctypes, os, sys, threading, time\nimport numpy as np\ndef decode(layer):\n    "
TITLE = "Decoding x.batched"
GENEROUS = Limits(seconds=60.0)


@pytest.fixture(scope="module")
def child():
    child = Child()
    yield child
    child.end()


def run(child, path, limits=GENEROUS, task=None):
    """Has the child decode with a file; returns what came of it, and what was printed."""
    container, _ = opened()
    task = task or DecodeWhole(0, str(path))
    texts: list[str] = []
    order = Order(
        OnFile(stamp_of(container.source), task), TITLE, threading.Event(), lambda: 0.0,
        lambda done, total: None, limits, texts.append,
    )  # fmt: skip
    try:
        return child.run(order), "".join(texts)
    except RanscopeError as error:
        return error, "".join(texts)


def is_alive(child):
    """Whether the next job is done, whatever became of the one before."""
    order = Order(work.Return(7), "", threading.Event(), lambda: 0.0, lambda done, total: None)
    return child.run(order) == 7


def test_one_that_works_works_in_the_child(child, tmp_path):
    path = written(tmp_path, template("decoder.py"))
    whole, printed = run(child, path)
    assert (whole.run.weights, whole.failed, printed) == (60_000, (), "")
    traced, _ = run(child, path, task=TraceTile(0, str(path), 3, 0, 50))
    assert len(traced.trace) == 50


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("ctypes.string_at(8)", "signal SIGSEGV, a segmentation fault"),
        ("os._exit(0)", "exit status 0"),
        ("os._exit(3)", "exit status 3"),
        ("os.abort()", "signal SIGABRT, as abort() sends it"),
        ("os.kill(os.getpid(), 9)", "signal SIGKILL (perhaps for lack of memory)"),
    ],
)
def test_what_ends_its_process_is_named(child, tmp_path, body, sentence):
    error, _ = run(child, written(tmp_path, f"{HEAD}{body}\n"))
    assert isinstance(error, ChildDied)
    assert error.sentence() == f"mine.py ended its process while decoding x.batched: {sentence}"
    assert is_alive(child)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "time.sleep(1000)",
        "lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "ctypes.PyDLL(None).sleep(1000)",
    ],
    ids=["endless loop", "sleep", "deadlock", "native code that holds the interpreter"],
)
def test_what_never_returns_is_stopped(child, tmp_path, body):
    error, _ = run(child, written(tmp_path, f"{HEAD}{body}\n"), Limits(seconds=1.5))
    assert isinstance(error, OverLimit)
    assert error.sentence() == (
        "mine.py was stopped while decoding x.batched: it did not end within 1.5 seconds"
    )
    assert is_alive(child)


def test_who_stops_in_the_middle_of_an_answer_is_ended(child, monkeypatch):
    monkeypatch.setattr(process, "ENDED_WITHIN", 1.0)
    order = Order(
        work.StopInTheAnswer(), TITLE, threading.Event(), lambda: 0.0, lambda done, total: None,
        Limits(seconds=0.5),
    )  # fmt: skip
    with pytest.raises(ChildDied, match=r"^mine.py (ended its process|was stopped) while decoding"):
        child.run(order)
    assert is_alive(child)


def test_a_memory_hog_is_stopped(child, tmp_path):
    hog = f"{HEAD}kept = []\n    while True: kept.append(np.ones(1 << 22)); time.sleep(0.002)\n"
    limit = 400 << 20
    error, _ = run(child, written(tmp_path, hog), Limits(memory=limit))
    assert isinstance(error, OverLimit)
    assert error.sentence().startswith("mine.py was stopped while decoding x.batched: it held ")
    held, may = (
        int(number.replace(",", "")) for number in re.findall(r"[\d,]{7,}", error.sentence())
    )
    assert limit < may < limit + (200 << 20)
    assert may < held < 4 * may
    assert is_alive(child)


def test_a_flood_of_print_neither_blocks_nor_fills_anything(child, tmp_path):
    size = 40 << 20
    body = f"print('first'); sys.stdout.write('x' * {size}); print('last'); 1 / 0"
    error, printed = run(child, written(tmp_path, f"{HEAD}{body}\n"))
    assert error.sentence() == "mine.py, line 4, in decode: ZeroDivisionError: division by zero"
    assert printed.startswith("first\nxxx")
    assert "xxxlast\n" in printed
    assert "bytes left out" in printed
    assert len(printed) < 3 * KEPT
    assert is_alive(child)


def test_who_prints_without_end_is_stopped(child, tmp_path):
    path = written(tmp_path, f"{HEAD}\n    while True: print('y' * 10_000)\n")
    error, printed = run(child, path, Limits(printed=3 << 20))
    assert isinstance(error, OverLimit)
    assert error.sentence().endswith(": it printed more than 3,145,728 bytes")
    assert printed.startswith("yyy")
    assert is_alive(child)


def test_what_is_printed_belongs_to_its_job_and_comes_before_a_crash_too(child, tmp_path):
    crash = (
        'printf("before the crash\\n"); fprintf(stderr, "and this\\n"); '
        "(void)weights; *(volatile char *)layer->cols = 1;"
    )
    library = compiled(tmp_path, c_decoder(crash))
    error, printed = run(child, library)
    assert error.sentence() == (
        "mine.so ended its process while decoding x.batched: signal SIGSEGV, a segmentation fault"
    )
    assert printed == "before the crash\nand this\n"
    says = compiled(
        tmp_path, c_decoder('(void)layer; (void)weights; printf("no newline");'), "b.so"
    )
    _, printed = run(child, says)
    assert printed == "no newline" * 2  # it is run twice
    _, printed = run(child, written(tmp_path, template("decoder.py")))
    assert printed == ""


def test_the_stack_of_a_crash_in_python_is_printed(child, tmp_path):
    _, printed = run(child, written(tmp_path, f"{HEAD}ctypes.string_at(8)\n"))
    assert "Fatal Python error: Segmentation fault" in printed
    assert f'File "{tmp_path / "mine.py"}", line 4 in decode' in printed


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import nonesuch\n", "mine.py, line 1: ModuleNotFoundError: No module named 'nonesuch'"),
        ("def decode(layer)\n", "mine.py, line 1: SyntaxError: expected ':'"),
        (f"{HEAD}return np.zeros(0)\n", "mine.py: decode returned a ndarray, float64[0], where"),
    ],
)
def test_a_mistake_costs_no_child(child, tmp_path, text, sentence):
    assert is_alive(child)
    pid, path = child.pid, written(tmp_path, text)
    error, _ = run(child, path)
    assert error.sentence().startswith(sentence)
    error, printed = run(child, path, task=DecodeWhole(0, str(path)))
    assert child.pid == pid
    assert ("Error" in printed) == ("Error" in sentence)


def test_too_little_and_too_much_are_told_beside_the_weights(child, tmp_path):
    whole, _ = run(child, written(tmp_path, f"{HEAD}return np.ones((200, 200), 'i1')\n"))
    assert "20,000 weights of 60,000 were never written" in whole.notice
    body = "(void)layer; for (int i = 0; i < 90000; i++) weights[i] = 1;"
    whole, _ = run(child, compiled(tmp_path, c_decoder(body)))
    assert "wrote outside of its output: 30,000 bytes behind the last" in whole.notice


def test_writing_far_too_much_ends_the_child_alone(child, tmp_path):
    body = "(void)layer; for (long i = 0; i < 1L << 40; i++) weights[i] = 1;"
    error, _ = run(child, compiled(tmp_path, c_decoder(body)))
    assert isinstance(error, ChildDied)
    assert is_alive(child)


def test_a_saved_file_is_loaded_anew_by_the_same_child(child, tmp_path):
    checksums = set()
    for value in (1, 2):
        path = written(tmp_path, f"{HEAD}return np.full((300, 200), {value}, 'i1')\n")
        os.utime(path, ns=(value, value))
        checksums.add(run(child, path)[0].checksum)
    assert len(checksums) == 2


def test_what_it_leaves_behind_is_no_others_to_find(child, tmp_path):
    """A library may write anywhere; one of ours must not crash of it later, and be blamed."""
    path = written(tmp_path, template("decoder.py"))
    run(child, path)
    pid = child.pid
    run(child, path)
    assert child.pid == pid
    run(child, written(tmp_path, template("decoder.py"), "other.py"))
    other = child.pid
    assert other != pid
    assert is_alive(child)
    assert child.pid != other


def test_limits_are_for_code_of_the_users_alone(tmp_path):
    path = written(tmp_path, template("decoder.py"))
    stamp = stamp_of(opened()[0].source)
    assert OnFile(stamp, DecodeWhole(0, str(path))).brought == "mine.py"
    assert AskDecoder(str(path)).brought == "mine.py"
    assert OnFile(stamp, DecodeWhole(0, "cpu")).brought == AskDecoder("cupy").brought == ""
    child = Child()
    try:
        whole, _ = run(child, path, Limits(seconds=0.0), DecodeWhole(0, "reference"))
        assert whole.run.weights == np.prod((300, 200))
    finally:
        child.end()
    assert BATCHED.is_file()


def test_the_first_and_the_last_are_kept_of_what_is_printed():
    printed = Printed()
    for part in (b"first", b"a" * KEPT, b"b" * (5 * KEPT), b"last"):
        printed.add(part)
    text = printed.text
    assert text.startswith("firsta")
    assert text.endswith("blast")
    assert f"\n… {printed.total - 2 * KEPT:,} bytes left out …\n" in text
    few = Printed()
    few.add(b"caf\xc3")
    few.add(b"\xa9 \xff")
    assert few.text == "café \ufffd"


def test_no_job_may_take_what_is_left_of_the_memory():
    mine = resident_bytes(os.getpid())
    assert 1 << 20 < mine < 1 << 40
    assert memory_limit(Limits(memory=5), 7, 1 << 20) == 12
    assert (1 << 30) < memory_limit(Limits(memory=1 << 62), 0, 1 << 30) < 1 << 62
    assert resident_bytes(1 << 30) == 0
