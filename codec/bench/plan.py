"""What is to be measured: data, the ways to code it, and how long. Nothing here runs anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from codec.rerun.recipe import Recipe


class Action(Enum):
    """What a contender is timed at."""

    ENCODE = "encode"
    DECODE = "decode"


@dataclass(frozen=True)
class Data:
    """Weights that all candidates code.

    Attributes:
        name: unique in the plan; what tables call it.
        source: a path, `package:NAME/PATH` as `packaged` reads it, or `generated:KIND:ROWSxCOLS` as
            `codec.rerun.sources.named` does.
        tensor: of the file at that path; None for its only one.
        layers: which of the file's matrices are the layers of a model, as a pattern such as `encoder.*`; each is coded
            by itself, and a run takes all of them in turn: see `codec.bench.scenario`. None for a single matrix.
    """

    name: str
    source: str
    tensor: str | None = None
    layers: str | None = None


@dataclass(frozen=True)
class Candidate:
    """One way to code.

    Attributes:
        name: unique in the plan; what tables call it.
        coder: a decoder's name (`reference`, `cpu`, `cupy`, an installed one or the path of a file), a Python file
            with an encoder, or a peer's name (`zstandard`, `nvcomp-ans`, …).
        recipe: how the weights are encoded; None for a peer, which has a format of its own.
        options: of a peer or of a path through our own decoder, as `level`, `chunk`, `threads`, `per_tile`.
        actions: what is timed.
    """

    name: str
    coder: str
    recipe: Recipe | None = None
    options: dict[str, int | str | bool] = field(default_factory=dict)
    actions: tuple[Action, ...] = (Action.ENCODE, Action.DECODE)


@dataclass(frozen=True)
class Stopping:
    """When enough has been measured, and when too much.

    Attributes:
        warm_up_s: at most so long each candidate is run untimed, until two runs after each other differ by
            less than a twentieth.
        rounds: at least so many runs of each, all candidates taking turns.
        seconds: and at least so long for all of them together.
        most_rounds: and never more than this.
        limit_s: a run of one candidate that takes longer is ended, and the candidate given up.
        memory_bytes: the process that measures may hold so much; None for three quarters of what is free.
    """

    warm_up_s: float = 2.0
    rounds: int = 11
    seconds: float = 0.0
    most_rounds: int = 1000
    limit_s: float = 120.0
    memory_bytes: int | None = None


@dataclass(frozen=True)
class Plan:
    """All of it: every candidate codes every data.

    Attributes:
        name: short, as in a file's name.
        title: what it shows, in a line.
        data: in the order in which they are measured.
        candidates: in the order in which they take turns.
        baseline: the candidate that speeds are told against; None for the first.
        stopping: how long.
    """

    name: str
    title: str
    data: tuple[Data, ...]
    candidates: tuple[Candidate, ...]
    baseline: str | None = None
    stopping: Stopping = Stopping()
