"""What being measured costs a candidate: the same one timed by the engine of benchmarks, and in a plain loop.

    python benchmarks/measuring.py > benchmarks/measuring.txt

Both take turns, a block of runs each, and what is compared are the medians of all runs, paired by blocks. Seconds are
CPU time of one thread, since another process on its core is no business of ours. Wanted: under one percent. What the
engine can do to a run is to leave its caches and its memory in another state than the last run did, because it holds
every output against the weights in between; the plain loop leaves them as they are, and checks nothing.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from codec.bench.contenders import make
from codec.bench.data import Matrix, load
from codec.bench.measuring import measure
from codec.bench.plan import Action, Candidate, Data, Stopping
from codec.bench.result import DataFacts
from codec.bench.statistics import Speed, change
from codec.decoders.platform import processor_name
from codec.rerun.recipe import usual

SIDES = (512, 2048, 4096)
BLOCKS = 12
RUNS = 5


def plain(candidate: Candidate, weights: Matrix, action: Action) -> list[float]:
    """CPU seconds of some runs, one behind the other; the first ones are to warm up."""
    contender = make(candidate)
    contender.prepare(weights)
    seconds = []
    for _ in range(RUNS + 3):
        begin = time.process_time()
        contender.run(action)
        seconds.append(time.process_time() - begin)
    contender.close()
    return seconds[3:]


def measured(
    data: Data, candidate: Candidate, loaded: tuple[Matrix, DataFacts], action: Action
) -> list[float]:
    """The same by the engine."""
    stopping = Stopping(warm_up_s=0.0, rounds=RUNS)
    found = measure(data, [candidate], stopping, loaded=loaded)
    return next(list(each.processor_seconds) for each in found if each.action is action)


def compared(side: int, action: Action) -> Speed | None:
    """How many times as much CPU time a run takes in the engine as outside of it."""
    data = Data("it", f"generated:normal-10:{side}x{side}:10")
    loaded = load(data)
    candidate = Candidate("it", "cpu", usual("native"), {"threads": 1}, (action,))
    outside: list[float] = []
    inside: list[float] = []
    for _ in range(BLOCKS):
        outside += plain(candidate, loaded[0], action)
        inside += measured(data, candidate, loaded, action)
    return change(inside, outside)


def main() -> None:
    """Measures and prints."""
    print(
        f"{dt.date.today()}, {processor_name()}; native layout, one thread, {BLOCKS * RUNS} runs of each"
    )
    for side in SIDES:
        for action in Action:
            found = compared(side, action)
            if found is None or found.interval is None:
                continue
            low, high = found.interval.low - 1, found.interval.high - 1
            print(
                f"{side}×{side} {action.value}: {found.times - 1:+.2%} in the engine, "
                f"95% interval {low:+.2%} to {high:+.2%}"
            )


if __name__ == "__main__":
    main()
