"""`ranscope bench`: real plans with real coders, good and bad, and results that outlive whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

import pytest

from codec import atomic_file
from codec.bench.plan_file import bundled
from codec.bench.result import Outcome
from codec.bench.result_file import load, save
from codec.errors import InputError
from codec.warmup import warm
from tests.app.calling import call, refusal
from tests.codec.bench.results.made import RESULT, measurement, with_
from tests.codec.brought_files import ROOT, written

HEAD = """
name = "small"
title = "A small plan"
baseline = "ours"

[stopping]
rounds = 6
warm_up_s = 0.05
limit_s = 8.0

[[data]]
name = "normal"
source = "generated:normal-10:64x64"
"""
OURS = """
[[candidate]]
name = "ours"
coder = "cpu"
recipe = { layout = "native", lanes = 4 }
options = { threads = 1 }
"""
BAD = """
[[candidate]]
name = "%s"
coder = "%s"
recipe = { layout = "batched" }
actions = ["decode"]
"""


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """What our coder compiles, before a limit of time is set on it."""
    warm()


def plan(folder, *bad, text=HEAD + OURS):
    """A plan of ours and of some decoders of somebody's."""
    for name, code in bad:
        text += BAD % (name, written(folder, code, f"{name}.py"))
    return written(folder, text, "plan.toml")


CRASHING = "import os, signal\n\ndef decode(tensor):\n    os.kill(os.getpid(), signal.SIGSEGV)\n"
WRONG = "import numpy as np\n\ndef decode(tensor):\n    return np.zeros((tensor.rows, tensor.cols), np.int8)\n"
HANGING = "def decode(tensor):\n    while True:\n        pass\n"


def test_a_plan_is_measured_and_told_as_text(tmp_path):
    called = call("bench", "--plan", plan(tmp_path))
    assert (called.status, called.err) == (0, "")
    lines = called.out.splitlines()
    assert "normal: 64 × 64 weights" in called.out
    assert [line.strip() for line in lines if line.strip() in ("encode", "decode")] == [
        "encode",
        "decode",
    ]
    rows = [line.split() for line in lines if line.startswith("    ours  ")]
    assert len(rows) == 3  # encoding, decoding, and both in short


def test_json_has_the_results_and_the_figures(tmp_path):
    called = call("bench", "--plan", plan(tmp_path), "--json")
    assert (called.status, called.err) == (0, "")
    found = called.json
    assert (found["baseline"], found["complete"], found["change"]) == ("ours", True, None)
    assert [row["outcome"] for row in found["rows"]] == ["measured", "measured"]
    assert all(row["median_s"] > 0 and row["runs"] == 6 for row in found["rows"])
    assert {row["digest"] for row in found["rows"]} == {found["data"][0]["digest"]}
    assert len(found["measurements"][0]["seconds"]) == 6


def test_bad_decoders_are_told_and_the_good_ones_are_measured(tmp_path):
    bad = (("crashing", CRASHING), ("wrong", WRONG), ("hanging", HANGING))
    saved = tmp_path / "r.json"
    called = call("bench", "--plan", plan(tmp_path, *bad), "--save", saved)
    assert called.status == 1
    outcomes = {(m.candidate, m.action.value): m.outcome for m in load(saved).measurements}
    assert outcomes == {
        ("ours", "encode"): Outcome.MEASURED,
        ("ours", "decode"): Outcome.MEASURED,
        ("crashing", "decode"): Outcome.CRASHED,
        ("wrong", "decode"): Outcome.WRONG,
        ("hanging", "decode"): Outcome.TIMED_OUT,
    }
    assert "signal SIGSEGV, a segmentation fault" in called.out
    assert "it did not end within 8 s" in called.out
    assert "of 4,096 weights came out wrong" in called.out


def test_results_are_saved_shown_exported_and_compared(tmp_path):
    saved, page, table, copy = (tmp_path / name for name in ("r.json", "r.html", "r.csv", "c.json"))
    called = call(
        "bench", "--plan", plan(tmp_path), "--save", saved, "--export", page, "--export", table
    )
    assert (called.status, called.err) == (0, "")
    assert page.read_text().startswith("<!doctype html>")
    assert table.read_text().count("\n") == 3
    shown = call("bench", "--show", saved, "--export", copy)
    assert shown.out == called.out
    assert load(copy) == load(saved)
    against = call("bench", "--show", saved, "--against", saved)
    assert f"against {load(saved).id}" in against.out
    assert against.out.count("no clear change") == 2
    change = call("bench", "--show", saved, "--against", saved, "--json").json["change"]
    assert [row["speed"] for row in change["rows"]] == [1.0, 1.0]


def test_a_history_keeps_lists_finds_and_takes_in(tmp_path):
    history = tmp_path / "history"
    file = plan(tmp_path)
    assert call("bench", "--plan", file, "--history", history, "--candidates", "ours").status == 0
    save(tmp_path / "other.json", RESULT)
    taken = call("bench", "--import", tmp_path / "other.json", "--history", history)
    assert RESULT.id in taken.out
    runs = call("bench", "--list", "--history", history, "--json").json["runs"]
    assert len(runs) == 2
    again = call("bench", "--plan", file, "--history", history, "--against", "last")
    assert f"against {runs[0]['id']}" in again.out
    assert "needs" not in again.err
    (history / "bad.json").write_text("{")
    assert "bad.json cannot be used" in call("bench", "--list", "--history", history).err


def test_the_rest_of_a_run_is_measured_when_it_is_resumed(tmp_path):
    saved = tmp_path / "r.json"
    assert call("bench", "--plan", plan(tmp_path), "--save", saved).status == 0
    whole = load(saved)
    encoded = tuple(m for m in whole.measurements if m.action.value == "encode")
    save(saved, replace(whole, measurements=encoded, complete=False))
    assert call("bench", "--resume", saved).status == 0
    resumed = load(saved)
    assert resumed.complete
    assert resumed.id == whole.id
    decoded = next(m for m in resumed.measurements if m.action.value == "decode")
    assert decoded.outcome is Outcome.MEASURED
    assert min(decoded.rounds) == 6  # behind those that it did not take turns in


def test_a_run_of_the_history_is_gone_on_with_there(tmp_path):
    history, saved = tmp_path / "history", tmp_path / "r.json"
    file = plan(tmp_path)
    assert (
        call("bench", "--plan", file, "--quick", "--history", history, "--save", saved).status == 0
    )
    (kept,) = history.iterdir()
    whole = load(kept)
    left = replace(whole, measurements=whole.measurements[:1], complete=False)
    for path in (kept, saved):
        save(path, left)
    assert call("bench", "--resume", saved, "--history", history).status == 0
    assert load(saved) == load(kept)
    assert load(kept).complete
    save(kept, left)
    assert call("bench", "--resume", "last", "--history", history).status == 0
    assert load(kept).complete
    assert [path.name for path in history.iterdir()] == [kept.name]


def test_on_a_full_disk_everything_is_still_shown_and_kept_elsewhere(tmp_path, monkeypatch):
    saved, page, elsewhere = tmp_path / "r.json", tmp_path / "r.html", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    write, full = atomic_file._write, [str(saved), str(page)]

    def on_a_full_disk(path, fill):
        if str(path).startswith(tuple(full)):
            raise InputError(f"{path} cannot be written: No space left on device")
        write(path, fill)

    monkeypatch.setattr(atomic_file, "_write", on_a_full_disk)
    asked = "bench", "--plan", plan(tmp_path), "--quick", "--save", saved, "--export", page
    for says in ("the results are in", "and not elsewhere either"):
        called = call(*asked)
        assert called.status == 2
        assert says in called.err
        assert f"{page} cannot be written: No space left" in called.err
        assert "    ours  " in called.out
        assert not saved.exists()
        full.append(str(elsewhere))
    (kept,) = elsewhere.iterdir()
    assert load(kept).complete


@pytest.mark.parametrize("name", bundled())
def test_every_plan_that_comes_along_can_be_named(name):
    assert f"\n{name} " in f"\n{call('bench', '--list').out}"


def test_only_what_is_asked_for_is_run(tmp_path):
    file = plan(tmp_path, ("mine", WRONG))
    found = call("bench", "--plan", file, "--candidates", "ours", "--rounds", "7", "--json")
    assert found.status == 0
    assert {row["candidate"] for row in found.json["rows"]} == {"ours"}
    assert {row["runs"] for row in found.json["rows"]} == {7}
    quick = call("bench", "--plan", file, "--candidates", "ours", "--quick", "--json").json
    assert {row["runs"] for row in quick["rows"]} == {5}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name one plan: of"),
        (("nothing",), "there is no plan called 'nothing'"),
        (("--plan", "no.toml"), "no.toml: it cannot be read"),
        (("quick", "--plan", "x.toml"), "name one plan"),
        (("--show", "none.json"), "none.json"),
        (("--show", "none.json", "--save", "x.json"), "--show runs nothing"),
        (("quick", "--export", "x.pdf"), "--export writes .csv, .json, .html"),
        (("quick", "--save", "no/such/folder.json"), "there is no folder no/such"),
        (("--import", "x.json"), "name its folder with --history"),
        (("quick", "--rounds", "0"), "--rounds is 1 or more"),
        (("quick", "--candidates", "nobody"), "no candidate called 'nobody'"),
        (("quick", "--data", "nothing"), "no data called 'nothing'"),
        (("quick", "--baseline", "nobody"), "no candidate called 'nobody'"),
    ],
)
def test_a_call_that_cannot_be_is_refused(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert says in refusal("bench", *arguments)


def test_a_plan_that_cannot_be_is_refused_with_its_line(tmp_path):
    text = HEAD + OURS.replace("lanes = 4", "lanes = 4, colour = 1")
    assert "plan.toml, line 18: " in refusal("bench", "--plan", plan(tmp_path, text=text))


def test_what_was_begun_is_not_changed_when_it_is_resumed(tmp_path):
    save(tmp_path / "r.json", RESULT)
    assert "as it was begun" in refusal("bench", "--resume", tmp_path / "r.json", "--quick")


def test_nothing_is_written_onto_an_input(tmp_path):
    save(tmp_path / "r.json", RESULT)
    told = refusal("bench", "--show", tmp_path / "r.json", "--export", tmp_path / "r.json")
    assert "is the input itself" in told


def test_damaged_and_newer_results_are_a_sentence(tmp_path):
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"format": "ranscope benchmark", "version": 99}))
    for option in ("--show", "--resume"):
        assert "a newer version of Ranscope wrote it" in refusal("bench", option, path)


def test_a_wrong_output_gives_status_1_and_nothing_measured_2(tmp_path):
    path = tmp_path / "r.json"
    save(path, with_(measurement(), measurement(candidate="zstd", outcome=Outcome.WRONG)))
    assert call("bench", "--show", path).status == 1
    save(path, with_())
    assert call("bench", "--show", path).status == 2


def test_ctrl_c_keeps_what_was_measured_and_a_resume_goes_on(tmp_path):
    endless = "rounds = 100_000\nmost_rounds = 100_000"
    text = HEAD.replace("rounds = 6", endless).replace("64x64", "512x512") + OURS
    saved = tmp_path / "r.json"
    command = [
        sys.executable,
        "-m",
        "app",
        "bench",
        "--plan",
        plan(tmp_path, text=text),
        "--save",
        saved,
    ]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (saved.exists() and load(saved).measurements):
            time.sleep(0.05)
        os.kill(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130, err
    assert f"interrupted; `ranscope bench --resume {saved}` goes on" in err
    assert "Traceback" not in err
    left = load(saved)
    assert not left.complete
    assert {m.outcome for m in left.measurements} == {Outcome.CANCELLED}
    assert "cancelled" in out
