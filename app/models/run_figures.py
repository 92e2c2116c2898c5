"""The figures of a decoder's run as a person reads them: what each part is, how long, how fast.

A figure without what it includes invites wrong comparisons, so each carries that in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.tasks import DecodedWhole
from codec.checkpoints import unsuited
from codec.container import Tensor
from codec.decoders.timing import Run

WHOLE = "In all"

NAMED_TILES = 8
"""Failed tiles that are named; the rest are counted."""

_SPLIT = (
    ("Read", "read", "bytes of the file into the buffer that the card copies from"),
    ("Transfer", "transfer", "that buffer into the memory of the card"),
    ("Kernel", "kernel", "decoding on the card, until all weights stand in its memory"),
    ("Copy back", "copy_back", "the weights from the card into the memory of this machine"),
)

_REST = "planning, launching and waiting, which is in no other part"

_BY_THE_CLOCK = (
    "by the clock, from the file to weights in memory; opening the device and handing the weights to "
    "this window are not in it"
)


@dataclass(frozen=True)
class Figure:
    """One part of a run.

    Attributes:
        title: what it is called.
        time: how long it took.
        rate: decoded weights over that time.
        share: of the whole, 0 to 1.
        meaning: what the time includes.
    """

    title: str
    time: str
    rate: str
    share: float
    meaning: str


def figures(run: Run) -> list[Figure]:
    """The parts of a run in the order that they happen in, and the whole."""
    timing = run.timing
    parts = [] if timing is None else [(t, getattr(timing, name), says) for t, name, says in _SPLIT]
    if parts:
        parts.append(("The rest", run.rest, _REST))
    return [_figure(run, *part) for part in (*parts, (WHOLE, run.seconds, _BY_THE_CLOCK))]


def _figure(run: Run, title: str, seconds: float, meaning: str) -> Figure:
    share = min(1.0, seconds / run.seconds) if run.seconds > 0 else 0.0
    return Figure(title, time_text(seconds), rate_text(run.rate(seconds)), share, meaning)


def time_text(seconds: float) -> str:
    """A duration in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:,.4g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{seconds * 1e6:.3g} µs" if seconds > 0 else "0"


def rate_text(rate: float) -> str:
    """Bytes of decoded weights per second in the unit that suits it; "–" where there is no rate."""
    if rate <= 0:
        return "–"
    if rate >= 1e9:
        return f"{rate / 1e9:,.4g} GB/s"
    return f"{rate / 1e6:,.3g} MB/s" if rate < 1e8 else f"{rate / 1e6:,.0f} MB/s"


def headline(run: Run) -> str:
    """Who decoded how much on what."""
    return f"{run.weights:,} weights, decoded by {run.decoder} on {run.device}"


def brief(run: Run) -> str:
    """A run in one line."""
    rate = rate_text(run.rate(run.seconds))
    return f"{run.weights:,} weights by {run.decoder} in {time_text(run.seconds)}, {rate}"


def soundness(whole: DecodedWhole) -> str:
    """Whether all tiles could be decoded, as a sentence."""
    if not whole.failed:
        return "Every tile was decoded." if whole.tiles else "There are no tiles."
    named = ", ".join(f"{tile:,}" for tile in whole.failed[:NAMED_TILES])
    more = "…" if len(whole.failed) > NAMED_TILES else ""
    return (
        f"{len(whole.failed):,} of {whole.tiles:,} tiles failed ({named}{more}); their weights are not to "
        "be trusted."
    )


def outset(whole: DecodedWhole, tensor: Tensor) -> str:
    """Whether the run started from checkpoints, as a sentence; "" for a tensor that never has any."""
    if unsuited(tensor):
        return ""
    if not whole.checkpoint_interval:
        return "No checkpoints were used: every stream was decoded from its start."
    return (
        f"It started from checkpoints, one every {whole.checkpoint_interval:,} symbols of a stream."
    )


def remark(notice: str) -> str:
    """What a decoder had to say, as a sentence of its own."""
    return f"{notice[:1].upper()}{notice[1:].rstrip('.')}." if notice else ""


def agreement(runs: dict[str, DecodedWhole]) -> str:
    """Whether the decoders that have run decoded the same weights, as a sentence; "" for fewer than two."""
    if len(runs) < 2:
        return ""
    names = " and ".join([", ".join(list(runs)[:-1]), list(runs)[-1]])
    if len({whole.checksum for whole in runs.values()}) == 1:
        return f"The weights of {names} have the same checksum."
    return f"The weights of {names} do NOT have the same checksum: at least one of them is wrong."
