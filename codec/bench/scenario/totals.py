"""What the scenario took, in all and layer by layer: encoding, reading, transfer, decoding, and all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codec.bench.plan import Action
from codec.bench.result import DataFacts, LayerMeasurement, Measurement, Outcome, RunResult
from codec.bench.scenario.claims import TOKENS
from codec.bench.statistics import Speed, speed, summary

DECODING = ("kernel", "decode")
"""What decoding is called among the stages, on the card and on the processor."""

WITH_TIME = frozenset({Outcome.MEASURED, Outcome.CANCELLED})
"""Outcomes whose times are those of right outputs."""


@dataclass(frozen=True)
class Parts:
    """Seconds, medians of the runs; None for what was not measured, or is no part of it.

    Attributes:
        encode: once.
        read: from the file, for a token.
        transfer: to the card.
        decode: by the card's kernels, or by the processor.
        total: for a token, by the clock: it holds what is in none of the parts, as launches and waiting.
    """

    encode: float | None = None
    read: float | None = None
    transfer: float | None = None
    decode: float | None = None
    total: float | None = None


@dataclass(frozen=True)
class LayerTotal:
    """One layer with one candidate."""

    name: str
    weights: int
    stored_bytes: int
    tiles: int
    parts: Parts


@dataclass(frozen=True)
class Total:
    """One candidate over a whole model.

    Attributes:
        candidate: its name.
        says: why there is no time, or not all of it, in a word or two; "" where there is.
        weights, stored_bytes, tiles: of all layers.
        tokens: that were measured.
        parts: of a token, all layers together.
        layers: each by itself.
    """

    candidate: str
    says: str
    weights: int
    stored_bytes: int
    tiles: int
    tokens: int
    parts: Parts
    layers: tuple[LayerTotal, ...]

    @property
    def all_tokens(self) -> float | None:
        """Seconds of the scenario's five tokens, at the median of those measured."""
        return None if self.parts.total is None else TOKENS * self.parts.total

    @property
    def tile_ms(self) -> float | None:
        """Milliseconds of a tile."""
        if self.parts.total is None or not self.tiles:
            return None
        return 1e3 * self.parts.total / self.tiles


def models(result: RunResult) -> tuple[DataFacts, ...]:
    """The data of a run that are models."""
    return tuple(facts for facts in result.data if facts.layers)


def totals(result: RunResult, model: str) -> tuple[Total, ...]:
    """What each candidate took for a model, in the order of the plan; those of which nothing is known are left out."""
    found = []
    for candidate in result.plan.candidates:
        known = {
            each.action: each
            for each in result.measurements
            if each.data == model and each.candidate == candidate.name
        }
        if known:
            found.append(_total(candidate.name, known))
    return tuple(found)


def per_tile_speed(result: RunResult, model: str) -> tuple[str, str, Speed] | None:
    """How many times as fast one transfer a layer is as one a tile, both on the card with the same recipe.

    Returns:
        The names of both candidates, and the speed of the first against the second; None where there are no two.
    """
    decoded = {
        each.candidate: each
        for each in result.measurements
        if each.data == model and each.action is Action.DECODE
    }
    by_tile = [c for c in result.plan.candidates if c.coder == "cupy" and c.options.get("per_tile")]
    for slow in by_tile:
        for fast in result.plan.candidates:
            alike = fast.coder == slow.coder and fast.recipe == slow.recipe
            if not alike or fast.options.get("per_tile"):
                continue
            both = decoded.get(fast.name), decoded.get(slow.name)
            if both[0] and both[1] and (found := speed(both[0], both[1])):
                return fast.name, slow.name, found
    return None


def _total(name: str, known: Mapping[Action, Measurement]) -> Total:
    encoded, decoded = (_with_time(known.get(action)) for action in (Action.ENCODE, Action.DECODE))
    any_of = decoded or encoded or next(iter(known.values()))
    outcomes = [each.outcome for each in known.values() if each.outcome is not Outcome.MEASURED]
    return Total(
        name,
        next((outcome.value for outcome in outcomes), ""),
        any_of.weights,
        any_of.stored_bytes,
        any_of.tiles,
        0 if decoded is None else len(decoded.seconds),
        _parts(encoded, decoded),
        _layers(encoded, decoded),
    )


def _with_time(each: Measurement | None) -> Measurement | None:
    return each if each is not None and each.outcome in WITH_TIME and each.seconds else None


def _layers(encoded: Measurement | None, decoded: Measurement | None) -> tuple[LayerTotal, ...]:
    """Each layer, out of what was measured of either action."""
    either = decoded or encoded
    if either is None:
        return ()
    by_name = {layer.name: layer for layer in (encoded.layers if encoded else ())}
    return tuple(
        LayerTotal(
            layer.name,
            layer.weights,
            layer.stored_bytes,
            layer.tiles,
            _parts(by_name.get(layer.name), layer if decoded else None),
        )
        for layer in either.layers
    )


def _parts(
    encoded: Measurement | LayerMeasurement | None, decoded: Measurement | LayerMeasurement | None
) -> Parts:
    stages = {} if decoded is None else decoded.stages
    decoding = next((stages[name] for name in DECODING if name in stages), ())
    return Parts(
        _median(encoded.seconds if encoded else ()),
        _median(stages.get("read", ())),
        _median(stages.get("to_device", ())),
        _median(decoding),
        _median(decoded.seconds if decoded else ()),
    )


def _median(seconds: Sequence[float]) -> float | None:
    found = summary(seconds)
    return None if found is None else found.median
