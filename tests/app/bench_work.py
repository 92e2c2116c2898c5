"""An engine that measures nothing, for the child: candidates of it do to their process whatever their coder says."""

from __future__ import annotations

import os
import signal
import time

from app.bench_tasks import Engine
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import DataFacts, Machine, Measurement, Outcome
from codec.errors import Cancelled, DeviceError, InputError

RUN_S = 0.001
"""What a run is said to take."""


def machine(plan, tick):
    if any(each.coder == "crash-card" for each in plan.candidates):
        os.abort()
    return Machine("fake", 2, 1 << 30, "", "test", {"ranscope": "0"}, {"cpu": 1e9})


def facts(data, tick):
    if data.source == "missing":
        raise InputError("missing is no file")
    if data.source == "crash":
        os.abort()
    return DataFacts(data.name, 4, 4, data.source, 1.0)


def measure(data, candidates, stopping, tick, told):
    """All turns of a round, one round after the other; each round is told."""
    turns = [(each, action) for each in candidates for action in each.actions]
    runs: dict[int, list[int]] = {turn: [] for turn in range(len(turns))}
    for candidate in candidates:
        told.turn(candidate.name, None)
        if candidate.coder == "crash-prepare":
            os.kill(os.getpid(), signal.SIGSEGV)
        while candidate.coder == "hang-prepare":
            time.sleep(0.01)
    for number in range(stopping.rounds):
        for turn, (candidate, action) in enumerate(turns):
            told.turn(candidate.name, action)
            if candidate.coder == "refuse":
                told.measured(_measurement(data, candidate, action, (), Outcome.REFUSED))
                continue
            _behave(candidate, action, number)
            told.checking(candidate.name, action)
            _be_checked(candidate, action, number)
            runs[turn].append(number)
            finished = number + 1 == stopping.rounds
            outcome = Outcome.MEASURED if finished else Outcome.CANCELLED
            told.measured(_measurement(data, candidate, action, tuple(runs[turn]), outcome))
        told.idle()
        if any(each.coder == "idle-crash" for each in candidates):
            os.abort()
        tick(number + 1, stopping.rounds)


def _measurement(data, candidate, action, rounds, outcome):
    times = tuple(RUN_S for _ in rounds)
    return Measurement(
        data.name, candidate.name, action, outcome, seconds=times, rounds=rounds, weights=16,
        stored_bytes=8, tiles=1, digest=data.source, expected=data.source,
    )  # fmt: skip


def _be_checked(candidate, action, number):
    if number < 2 or action is not Action.DECODE:
        return
    if candidate.coder == "slow-check":
        time.sleep(0.9)
    while candidate.coder == "hang-check":
        time.sleep(0.01)


def _behave(candidate, action, number):
    if candidate.coder == "slow":
        time.sleep(0.02)
    if number < 2 or action is not Action.DECODE:
        return
    match candidate.coder:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            while True:
                time.sleep(0.01)
        case "eat":
            held = []
            while True:
                held.append(b"x" * (16 << 20))
        case "lost-card":
            raise DeviceError("the card has gone")
        case "cancel":
            raise Cancelled


ENGINE = Engine(machine, facts, measure)


def plan_of(*coders, data=("a",), baseline=None, **stopping):
    """A plan of candidates that are called like their coders."""
    stopping = {"rounds": 4, "limit_s": 1.5, "memory_bytes": 1 << 29} | stopping
    return Plan(
        "fake",
        "nothing is measured",
        tuple(Data(name, name) for name in data),
        tuple(Candidate(name, name.partition(" ")[0]) for name in coders),
        baseline,
        Stopping(**stopping),
    )
