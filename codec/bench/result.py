"""What came of a plan: every run's time, whether the output was right, and on which machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from codec.bench.plan import Action, Plan

VERSION = 1
"""Of the form in which results are kept."""


class Outcome(Enum):
    """How far a candidate came. Only what is `MEASURED` has a time that is shown as one."""

    MEASURED = "measured"
    WRONG = "wrong output"
    REFUSED = "refused"
    UNAVAILABLE = "not available"
    CRASHED = "crashed"
    TIMED_OUT = "took too long"
    OUT_OF_MEMORY = "out of memory"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class LayerMeasurement:
    """One of the layers that each run of a measurement goes through.

    Attributes:
        name: of the layer.
        weights, stored_bytes, tiles: of it.
        seconds: that it took in each run of the measurement.
        stages: seconds of the parts of these, by name.
    """

    name: str
    weights: int
    stored_bytes: int
    tiles: int
    seconds: tuple[float, ...]
    stages: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """One candidate, one data, one action.

    Attributes:
        data, candidate: by their names in the plan.
        action: what was timed.
        outcome: how far it came.
        reason: why not further, in one sentence; empty where it was measured.
        seconds: of each run, in order.
        rounds: the number of the round of each run: runs of one round were made one after the other.
        stages: seconds of the parts of each run, by name.
        warm_up: seconds of the runs before, the first with all that is compiled.
        weights: how many.
        stored_bytes, tiles, threads, device: as `Contender` has them.
        peak_bytes: that the process held at most while it ran, above what it held before; None if unknown.
        moved_bytes: that one run has to move at least.
        wrong: weights that came out wrong, in the worst run.
        digest: of the output; `expected` is that of the weights.
        expected: see `digest`.
        processor_seconds: of each run, that all threads of the process together were on a core.
        megahertz: of the fastest core, in the round of each run; empty where the system does not tell.
        load: of the cores that the process may use, how many others kept busy just before; None where it is not told.
        card_load: the share of the moment before in which somebody used the card; None where it is not told, and of
            what no card takes part in.
        layers: the same for each layer of a model; none where the data is a single matrix.
    """

    data: str
    candidate: str
    action: Action
    outcome: Outcome
    reason: str = ""
    seconds: tuple[float, ...] = ()
    rounds: tuple[int, ...] = ()
    stages: dict[str, tuple[float, ...]] = field(default_factory=dict)
    warm_up: tuple[float, ...] = ()
    weights: int = 0
    stored_bytes: int = 0
    tiles: int = 0
    threads: int = 1
    device: str = "cpu"
    peak_bytes: int | None = None
    moved_bytes: int = 0
    wrong: int = 0
    digest: str = ""
    expected: str = ""
    processor_seconds: tuple[float, ...] = ()
    megahertz: tuple[float, ...] = ()
    load: float | None = None
    card_load: float | None = None
    layers: tuple[LayerMeasurement, ...] = ()


@dataclass(frozen=True)
class LayerFacts:
    """A layer of a model: its name in the file, and its shape."""

    name: str
    rows: int
    cols: int


@dataclass(frozen=True)
class DataFacts:
    """The weights of one data of the plan.

    Attributes:
        name: in the plan.
        rows, cols: of the matrix.
        digest: xxh3-64 of the weights, in hex.
        entropy: order 0, bits per weight.
        file_digest: xxh3-64 of the file that they came from; empty for generated ones.
        layers: of a model, whose weights then count as a single row, one layer behind the other; else none.
    """

    name: str
    rows: int
    cols: int
    digest: str
    entropy: float
    file_digest: str = ""
    layers: tuple[LayerFacts, ...] = ()


@dataclass(frozen=True)
class Machine:
    """What it ran on.

    Attributes:
        processor: its model; `cores` is how many of it the process may use.
        cores: see `processor`.
        memory_bytes: of the machine.
        card: the GPU and its driver; empty where none was used.
        system: operating system and Python.
        versions: of the packages that matter, by name.
        bandwidth: bytes a second that a plain copy moves (read and written), by device.
    """

    processor: str
    cores: int
    memory_bytes: int
    card: str
    system: str
    versions: dict[str, str]
    bandwidth: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """A run of a plan, whole or as far as it came.

    Attributes:
        id: unique, and in the order of time.
        started: ISO 8601, UTC.
        elapsed_s: by a clock that does not jump.
        plan: that was run.
        machine: that it ran on.
        data: what the data of the plan were.
        measurements: those that there are, in the order in which they ended.
        complete: whether nothing of the plan is left to do.
    """

    id: str
    started: str
    elapsed_s: float
    plan: Plan
    machine: Machine
    data: tuple[DataFacts, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    complete: bool = False
