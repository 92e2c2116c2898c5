"""Results of benchmarks that nobody measured, for models and views."""

from __future__ import annotations

from codec.bench.merging import keys_of
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import DataFacts, Machine, Measurement, Outcome, RunResult
from codec.rerun.recipe import usual

MACHINE = Machine("a processor", 8, 1 << 33, "", "test", {"ranscope": "1"}, {"cpu": 1e10})


def times_of(base, runs=9):
    return tuple(base * (1 + 0.001 * (run % 3)) for run in range(runs))


def measured(data, candidate, action, base, **more):
    runs = times_of(base)
    values = {
        "seconds": runs, "rounds": tuple(range(len(runs))), "weights": 1 << 16, "stored_bytes": 1 << 15,
        "tiles": 4, "threads": 4, "peak_bytes": 2_000_000, "moved_bytes": 100_000, "digest": "a", "expected": "a",
    }  # fmt: skip
    outcome = more.pop("outcome", Outcome.MEASURED)
    return Measurement(data, candidate, action, outcome, **{**values, **more})


def wrong(data, candidate, action=Action.DECODE):
    return Measurement(
        data, candidate, action, Outcome.WRONG, "5 weights came out wrong", (0.0001,), (0,),
        weights=1 << 16, stored_bytes=100, tiles=4, wrong=5, digest="b", expected="a",
    )  # fmt: skip


def plan_of(names=("base", "fast", "slow"), data=("a", "b")):
    candidates = tuple(Candidate(name, "cpu", usual("native")) for name in names)
    return Plan(
        "made", "Made up", tuple(Data(d, d) for d in data), candidates, names[0], Stopping()
    )


SPEEDS = {"base": 0.01, "fast": 0.005, "slow": 0.03}


def result_of(plan=None, name="20260101-000000-made-0000", **changes):
    """All of a plan measured; `changes` are other measurements, by candidate, for the data a decoded."""
    plan = plan or plan_of()
    found = []
    for data, candidate, action in keys_of(plan):
        other = changes.get(candidate) if (data, action) == ("a", Action.DECODE) else None
        found.append(other or measured(data, candidate, action, SPEEDS.get(candidate, 0.02)))
    facts = tuple(DataFacts(each.name, 256, 256, "d" + each.name, 5.0) for each in plan.data)
    return RunResult(
        name, "2026-01-01T00:00:00+00:00", 3.0, plan, MACHINE, facts, tuple(found), True
    )
