"""What the machine is and does, as far as this one tells; and what it does not tell is no reason to fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codec.bench import bandwidth, load, machine, memory
from codec.bench.bandwidth import ALL_CORES, ONE_CORE, host_bandwidth, roof_of, share_of_roof
from codec.bench.machine import machine as machine_of
from codec.bench.plan import Action, Candidate, Data, Plan
from codec.bench.result import Machine, Measurement, Outcome
from codec.errors import Cancelled
from codec.rerun.recipe import usual
from codec.threads import cores

NOWHERE = Path("/nowhere/at/all")


def plan(coder="cpu"):
    candidates = (Candidate("it", coder, usual("native")),)
    return Plan("p", "P", (Data("d", "generated:zeros:4x4"),), candidates)


@pytest.fixture
def small_copies(monkeypatch):
    monkeypatch.setattr(bandwidth, "LARGE", 1 << 16)
    monkeypatch.setattr(bandwidth, "LEAST", 1 << 16)


@pytest.mark.usefixtures("small_copies")
def test_the_machine_is_told():
    found = machine_of(plan())
    assert found.processor
    assert found.cores == cores()
    assert found.memory_bytes > 1 << 28
    assert found.card == ""
    assert "Python" in found.system
    assert {"numpy", "numba", "ranscope", "xxhash"} <= set(found.versions)
    assert set(found.bandwidth) == {ALL_CORES, ONE_CORE}
    assert found.bandwidth[ALL_CORES] >= found.bandwidth[ONE_CORE] > 0


@pytest.mark.usefixtures("small_copies")
def test_the_card_is_looked_at_where_something_runs_on_it(monkeypatch):
    card = ("a card, driver 1", {"cupy": "14"}, {"a card": 3e12})
    monkeypatch.setattr(machine, "_card", lambda: card)
    assert machine_of(plan()).card == ""
    for coder in ("cupy", "nvcomp-ans"):
        found = machine_of(plan(coder))
        assert (found.card, found.versions["cupy"]) == ("a card, driver 1", "14")
        assert found.bandwidth["a card"] == 3e12


@pytest.mark.usefixtures("small_copies")
def test_measuring_the_memory_can_be_stopped():
    def tick(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        host_bandwidth(None, tick)


def test_the_share_of_the_roof():
    on = Machine("", 4, 0, "", "", {}, {ALL_CORES: 200.0, ONE_CORE: 100.0, "a card": 1000.0})

    def measured(**more):
        return Measurement(
            "d", "c", Action.DECODE, Outcome.MEASURED, seconds=(2.0,), moved_bytes=100, **more
        )

    assert share_of_roof(measured(threads=1), on) == 0.5
    assert share_of_roof(measured(threads=4), on) == 0.25
    assert share_of_roof(measured(device="a card", threads=0), on) == 0.05
    assert share_of_roof(measured(device="another"), on) is None
    assert roof_of(measured(threads=2)) == ALL_CORES
    nothing = Measurement("d", "c", Action.DECODE, Outcome.CRASHED)
    assert share_of_roof(nothing, on) is None


def test_the_most_memory_that_work_took():
    size = 32 << 20

    def work():
        np.ones(size, dtype=np.uint8)

    found = memory.peak_of(work)
    if found is None:
        pytest.skip("this system does not tell")
    assert size * 0.9 < found < size * 1.5
    nothing = memory.peak_of(lambda: None)
    assert nothing is not None
    assert nothing < size // 2


def test_what_the_system_does_not_tell_is_not_known(monkeypatch):
    for name in ("_STATUS", "_CLEAR", "_MEMORY"):
        monkeypatch.setattr(memory, name, NOWHERE)
    for name in ("_TIMES", "_PROCESSORS"):
        monkeypatch.setattr(load, name, NOWHERE)
    done = []
    assert memory.peak_of(lambda: done.append(1)) is None
    assert done == [1]
    assert memory.memory_bytes() is None
    assert load.busy_cores() is None
    assert load.highest_clock() is None


def test_how_many_cores_are_busy(tmp_path, monkeypatch):
    stat = tmp_path / "stat"
    lines = ["cpu 9 9 9 9 9 9 9 9", "cpu0 {} 0 0 {} 0 0 0 0 0 0", "cpu1 0 0 0 {} 0 0 0 0", "cpu7 9"]
    text = "\n".join(lines)
    stat.write_text(text.format(1, 0, 0), encoding="ascii")
    monkeypatch.setattr(load, "_TIMES", stat)
    monkeypatch.setattr(load, "cores", lambda: 2)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    later = text.format(16, 5, 20)
    monkeypatch.setattr("time.sleep", lambda _: stat.write_text(later, encoding="ascii"))
    assert load.busy_cores() == pytest.approx(2 * 15 / 40)


def test_how_fast_the_cores_run(tmp_path, monkeypatch):
    info = tmp_path / "cpuinfo"
    info.write_text("cpu MHz\t\t: 2400.0\nother : 3\ncpu MHz\t\t: 3100.5\n", encoding="ascii")
    monkeypatch.setattr(load, "_PROCESSORS", info)
    assert load.highest_clock() == 3100.5


def test_the_clock_is_not_looked_at_before_every_run(monkeypatch):
    looks = iter([2000.0, 3000.0])
    monkeypatch.setattr(load, "highest_clock", lambda: next(looks))
    now = [5.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock, seen = load.Clock(), []
    for now[0] in (5.0, 5.05, 5.2, 5.25):
        seen.append(clock())
    assert seen == [2000.0, 2000.0, 3000.0, 3000.0]
