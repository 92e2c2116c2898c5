"""Results as tests need them: of a small plan, with times that are made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import DataFacts, Machine, Measurement, Outcome, RunResult
from codec.rerun.recipe import Recipe

PLAN = Plan(
    "made",
    "made up",
    (Data("small", "generated:normal-10:64x64"), Data("file", "x.safetensors", "layer.0")),
    (
        Candidate("ours", "cpu", Recipe("native", 64, 32, "none", lanes=4), {"threads": 2}),
        Candidate("zstd", "zstandard", None, {"level": -1, "name": "x", "long": True}),
        Candidate("decode only", "cupy", Recipe(), {}, (Action.DECODE,)),
    ),
    "zstd",
    Stopping(memory_bytes=1 << 30),
)

MACHINE = Machine(
    "a processor",
    2,
    1 << 33,
    "a card, driver 1",
    "Linux, Python 3.11",
    {"numpy": "2.0"},
    {"cpu": 1e10},
)


def measurement(
    data="small", candidate="ours", action=Action.DECODE, seconds=(0.5, 0.25, 0.125), **more
):
    given: dict[str, Any] = {
        "rounds": tuple(range(len(seconds))),
        "stages": {"read": seconds, "kernel": seconds} if candidate == "decode only" else {},
        "warm_up": (1.0, 0.5),
        "weights": 4096,
        "stored_bytes": 3000,
        "tiles": 2,
        "threads": 2,
        "peak_bytes": 12345,
        "moved_bytes": 7096,
        "digest": "0123456789abcdef",
        "expected": "0123456789abcdef",
    }
    outcome = more.pop("outcome", Outcome.MEASURED)
    return Measurement(data, candidate, action, outcome, seconds=seconds, **(given | more))


def lost(candidate, outcome, reason, data="small", action=Action.DECODE):
    return Measurement(data, candidate, action, outcome, reason)


RESULT = RunResult(
    "20260102-030405-made-00ff",
    "2026-01-02T03:04:05+00:00",
    12.5,
    PLAN,
    MACHINE,
    (
        DataFacts("small", 64, 64, "0123456789abcdef", 5.4),
        DataFacts("file", 8, 512, "fedcba9876543210", 6.0, "00112233"),
    ),
    (
        measurement(action=Action.ENCODE),
        measurement(),
        measurement(candidate="zstd", seconds=(1.0, 1.0, 1.25), peak_bytes=None),
        measurement(candidate="decode only", seconds=(0.1, 0.1), rounds=(3, 4), device="a card"),
        lost("ours", Outcome.CRASHED, "it ended its process: signal SIGSEGV", "file"),
        measurement("file", "zstd", wrong=3, outcome=Outcome.WRONG, digest="00"),
    ),
)


def with_(*measurements, **more):
    """The results with these measurements alone."""
    return replace(RESULT, measurements=measurements, **more)
