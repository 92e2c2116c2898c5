"""What being measured costs a candidate: the same one timed by the benchmarks, and in a plain loop outside of them.

    python benchmarks/measuring.py > benchmarks/measuring.txt

Three ways take turns, a block of runs each: a plain loop around the candidate; the engine that measures, in this
process; and a whole run as the window and the command line make it, in a process of its own that is watched, with
results that are kept on the disk meanwhile. The median of each block is held against that of the plain loop's block
beside it, so that a change of the machine falls on both, and the interval is that of these pairs. Wanted: under one
percent.

What the engine can do to a run is to leave its caches and its memory in another state than the last run did, because it
holds every output against the weights in between; the plain loop leaves them as they are, and checks nothing. Both
clocks are told: on a machine that others use, too, that of the core is the one to believe. Only where the whole
interval lies under one percent it is called shown; on a busy machine it is not.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.benching import Benching
from codec.bench.contenders import make
from codec.bench.data import Matrix, load
from codec.bench.load import busy_cores
from codec.bench.measuring import measure
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import DataFacts, Measurement, Outcome
from codec.bench.result_file import ResultKeeper
from codec.bench.statistics import Speed, speed
from codec.decoders.platform import processor_name
from codec.rerun.recipe import usual

SIDES = (512, 2048, 4096)
BLOCKS = 12
RUNS = 9
WARM_UP_S = 0.5
WANTED = 0.01


class Block(NamedTuple):
    """Medians of a block of runs: seconds by the clock, and of a core."""

    clock: float
    core: float


class Case(NamedTuple):
    """One candidate over one data at one action."""

    data: Data
    candidate: Candidate
    loaded: tuple[Matrix, DataFacts]
    action: Action

    @property
    def stopping(self) -> Stopping:
        """So many runs, warmed up as the plain loop is."""
        return Stopping(warm_up_s=WARM_UP_S, rounds=RUNS)


def plain(case: Case) -> Block:
    """A loop around the candidate, after as long a warm-up."""
    contender = make(case.candidate)
    contender.prepare(case.loaded[0])
    until = time.perf_counter() + WARM_UP_S
    while time.perf_counter() < until:
        contender.run(case.action)
    clock, core = [], []
    for _ in range(RUNS):
        used, begin = time.process_time(), time.perf_counter()
        contender.run(case.action)
        clock.append(time.perf_counter() - begin)
        core.append(time.process_time() - used)
    contender.close()
    return Block(statistics.median(clock), statistics.median(core))


def engine(case: Case) -> Block:
    """The engine in this process."""
    return block_of(measure(case.data, [case.candidate], case.stopping, loaded=case.loaded))


def whole(case: Case) -> Block:
    """All of it: a process of its own, watched, with results that are kept."""
    plan = Plan("overhead", "", (case.data,), (case.candidate,), None, case.stopping)
    with tempfile.TemporaryDirectory() as folder:
        keeper = ResultKeeper(Path(folder) / "results.json")
        return block_of(Benching(plan, changed=keeper.keep).run().measurements)


def block_of(found: list[Measurement] | tuple[Measurement, ...]) -> Block:
    """The medians of the only measurement that there is."""
    (each,) = found
    if each.outcome is not Outcome.MEASURED:
        raise SystemExit(f"{each.outcome.value}: {each.reason}")
    return Block(statistics.median(each.seconds), statistics.median(each.processor_seconds))


WAYS: dict[str, Callable[[Case], Block]] = {
    "in a plain loop": plain,
    "by the engine": engine,
    "by a whole run": whole,
}


def case_of(side: int, action: Action) -> Case:
    """The native layout on one core, at some size."""
    data = Data("it", f"generated:normal-10:{side}x{side}:10")
    candidate = Candidate("it", "cpu", usual("native"), {"threads": 1}, (action,))
    return Case(data, candidate, load(data), action)


def taking_turns(case: Case) -> dict[str, list[Block]]:
    """So many blocks of each way, one after the other."""
    found: dict[str, list[Block]] = {name: [] for name in WAYS}
    for _ in range(BLOCKS):
        for name, way in WAYS.items():
            found[name].append(way(case))
    return found


def compared(inside: list[float], outside: list[float]) -> Speed:
    """How many times as long it takes inside as outside, pair by pair."""
    rounds = tuple(range(len(inside)))
    pair = [
        Measurement("", "", Action.DECODE, Outcome.MEASURED, seconds=tuple(seconds), rounds=rounds)
        for seconds in (outside, inside)
    ]
    found = speed(*pair)
    assert found is not None
    return found


def verdict(found: Speed) -> str:
    """Whether it is under what is wanted, as far as the interval tells."""
    around = found.interval
    if around is None or around.low - 1 < WANTED <= around.high - 1:
        return "not decided"
    return "shown" if around.high - 1 < WANTED else "NOT SO"


def line(name: str, clock: str, found: Speed) -> str:
    """What being measured has cost by one of the clocks."""
    around = found.interval
    interval = "" if around is None else f" ({around.low - 1:+.2%} to {around.high - 1:+.2%})"
    return f"    {name}, {clock}: {found.times - 1:+.2%}{interval}; under {WANTED:.0%}: {verdict(found)}"


def main() -> None:
    """Measures and prints."""
    others = busy_cores()
    print(f"{dt.date.today()}, {processor_name()}; native layout, one thread")
    print(f"{BLOCKS} blocks of {RUNS} runs of each way, taking turns")
    print(
        f"others kept {'?' if others is None else format(others, '.1f')} cores busy when it began"
    )
    verdicts = []
    for side in SIDES:
        for action in Action:
            found = taking_turns(case_of(side, action))
            outside = found.pop("in a plain loop")
            median = statistics.median(block.clock for block in outside)
            print(f"{side}×{side} {action.value}, {1e3 * median:.3g} ms in a plain loop")
            for name, inside in found.items():
                for clock, index in (("by the clock", 0), ("time of a core", 1)):
                    cost = compared([b[index] for b in inside], [b[index] for b in outside])
                    verdicts.append(verdict(cost))
                    print(line(name, clock, cost), flush=True)
    counts = (f"{verdicts.count(each)} {each}" for each in ("shown", "not decided", "NOT SO"))
    print(f"under {WANTED:.0%}: {', '.join(counts)}")


if __name__ == "__main__":
    main()
