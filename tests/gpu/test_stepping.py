"""Walks over what the card did: jumps, and back and forward again, come where the CPU's walks come."""

from __future__ import annotations

import numpy as np
import pytest

from codec.decoders.cuda.card import Card
from codec.stepping import decoder_walk
from codec.stepping.opening import open_walk
from codec.stepping.parting import next_parting
from codec.stepping.units import Unit, next_stop
from codec.stepping.walk import Moment, Walk
from tests.codec.files import batched_file, noise, wcdc_file
from tests.codec.native_files import native_bytes
from tests.codec.stepping.walks import Stream, damaged, same_columns, shortened, stream_in

pytestmark = pytest.mark.gpu

SIDE = 200
SETTINGS = {"tile_rows": SIDE, "tile_cols": SIDE}
WEIGHTS = noise(SIDE, SIDE, sigma=12)

SOUND = {
    "batched": batched_file(WEIGHTS, SIDE),
    "wcdc": wcdc_file(WEIGHTS, SIDE),
    "native of 32 lanes": native_bytes({"w": WEIGHTS}, "cpu", lanes=32, **SETTINGS),
    "native of 64 lanes": native_bytes({"w": WEIGHTS}, "cpu", lanes=64, **SETTINGS),
}


@pytest.fixture(params=SOUND)
def sound(request: pytest.FixtureRequest) -> Stream:
    return stream_in(SOUND[request.param])


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch, card: Card) -> None:
    """Several windows a stream."""
    monkeypatch.setattr(decoder_walk, "STEPS_AT_ONCE", 1 << 13)


def walks(stream: Stream) -> tuple[Walk, Walk]:
    """The card's and the CPU's."""
    place = stream.container, stream.tensor, stream.tile
    return open_walk(*place, "cupy"), open_walk(*place, "cpu")


def check(stream: Stream) -> None:
    """Back undoes forward, and every moment is the CPU's."""
    card, cpu = walks(stream)
    assert (card.steps, card.stopped) == (cpu.steps, cpu.stopped)
    same_columns(card.trace(0, stream.count), cpu.trace(0, stream.count))
    assert next_parting(card, cpu, 0) is None
    rng, at = np.random.default_rng(1), 0
    seen: dict[int, Moment] = {}
    for jump, size in zip(
        rng.integers(0, card.steps + 1, 60), rng.integers(-40, 41, 60), strict=True
    ):
        for step in (int(jump), at):
            assert card.moment(step) == cpu.moment(step) == seen.setdefault(step, card.moment(step))
        at = min(max(at + int(size), 0), card.steps)


def test_the_card_is_walked_as_the_cpu_is(sound: Stream) -> None:
    check(sound)


@pytest.mark.parametrize("at", [0.0, 0.3, 0.9])
def test_damage_is_walked_too(sound: Stream, at: float) -> None:
    check(damaged(sound, at, 5))


def test_so_is_a_stream_that_stops(sound: Stream) -> None:
    check(shortened(sound, 0.4))


@pytest.mark.parametrize("unit", Unit)
def test_presses_lead_to_the_same_steps(sound: Stream, unit: Unit) -> None:
    card, cpu = walks(sound)
    for step in np.random.default_rng(2).integers(0, card.steps + 1, 20).tolist():
        for forward in (True, False):
            ahead = next_stop(card, step, unit, forward=forward)
            assert ahead == next_stop(cpu, step, unit, forward=forward)
