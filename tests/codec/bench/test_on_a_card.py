"""What is measured on a card, on one made of NumPy: the paths and the checks, not how fast they are."""

from __future__ import annotations

import numpy as np
import pytest

from codec.bench import contenders
from codec.bench.data import digest
from codec.bench.gpu import bandwidth, events
from codec.bench.gpu.filling import rarest
from codec.bench.gpu.host_to_host import CardContender
from codec.bench.gpu.on_card import OnCardContender
from codec.bench.gpu.per_tile import PerTileContender
from codec.bench.plan import Action, Candidate
from codec.decoders.cuda import CudaDecoder
from codec.decoders.platform import Platform
from codec.errors import InputError
from codec.rerun.recipe import Recipe
from codec.rerun.sources import generated
from tests.codec.emulated_card import EmulatedCard

NATIVE = Recipe("native", 32, 32, "none", 12, 16, 32, 16)
WEIGHTS = generated("normal-10", 70, 50, 3).matrix


@pytest.fixture
def card(monkeypatch):
    monkeypatch.setattr(events, "_delay", lambda: lambda *_: None)
    return EmulatedCard()


@pytest.mark.parametrize("predictor", ["none", "left", "top", "auto"])
@pytest.mark.parametrize("checksums", [False, True])
def test_the_kernels_alone(card, checksums, predictor):
    recipe = Recipe("native", 32, 32, predictor, 12, 16, 32, 16)
    contender = OnCardContender(recipe, {"on_card": True, "checksums": checksums}, card)
    contender.prepare(WEIGHTS)
    assert (contender.tiles, contender.threads, contender.device) == (6, 0, "NumPy")
    for _ in range(2):
        contender.clear()
        assert contender.wrong(Action.DECODE) > WEIGHTS.size * 0.9
        timing = contender.run(Action.DECODE)
        assert timing.seconds == timing.stages["kernel"] > 0
        assert contender.wrong(Action.DECODE) == 0
        assert contender.digest(Action.DECODE) == digest(WEIGHTS)
    assert contender.moved_bytes(Action.DECODE) == WEIGHTS.size + contender.stored_bytes
    with pytest.raises(InputError, match="decoding alone"):
        contender.run(Action.ENCODE)
    contender.close()


@pytest.mark.parametrize("predictor", ["none", "left", "top", "auto"])
def test_tile_by_tile(card, predictor):
    recipe = Recipe("native", 32, 32, predictor, 12, 16, 32, 16)
    contender = PerTileContender(recipe, {"per_tile": True}, card)
    contender.prepare(WEIGHTS)
    assert contender.tiles == 6
    for _ in range(2):
        contender.clear()
        assert contender.wrong(Action.DECODE) == WEIGHTS.size
        timing = contender.run(Action.DECODE)
        assert timing.seconds > 0
        # The clock of this card goes on by a millisecond between two events.
        assert timing.stages["to_device"] == pytest.approx(6e-3)
        assert timing.stages["kernel"] == pytest.approx(6e-3)
        assert contender.wrong(Action.DECODE) == 0
        assert contender.digest(Action.DECODE) == digest(WEIGHTS)
    with pytest.raises(InputError, match="decoding alone"):
        contender.run(Action.ENCODE)
    contender.close()


def test_a_tile_that_goes_wrong_is_found(card):
    contender = PerTileContender(NATIVE, {"per_tile": True}, card)
    contender.prepare(WEIGHTS)
    contender._trips[2].records["size"] -= 2
    contender.run(Action.DECODE)
    assert contender.wrong(Action.DECODE) > 0


@pytest.mark.parametrize(
    ("kind", "says"), [(OnCardContender, "launch for each"), (PerTileContender, "predicted from")]
)
def test_tiles_that_need_one_another_are_refused(card, kind, says):
    contender = kind(Recipe("wcdc", 32, 32), {}, card)
    with pytest.raises(InputError, match=says):
        contender.prepare(WEIGHTS)


def test_the_kernels_know_no_checksums_of_batched_files(card):
    contender = OnCardContender(Recipe("batched", 32, 32, "left"), {"checksums": True}, card)
    with pytest.raises(InputError, match="no checksums"):
        contender.prepare(WEIGHTS)


def test_from_host_to_host(card, monkeypatch):
    platform = Platform({"name": "NumPy"}, {})
    monkeypatch.setattr(CudaDecoder, "platform", lambda _: platform)
    contender = CardContender(NATIVE, {"checksums": False}, card)
    contender.prepare(WEIGHTS)
    assert (contender.device, contender.threads) == ("NumPy", 0)
    for action, kernels in ((Action.ENCODE, 2), (Action.DECODE, 1)):
        contender.clear()
        timing = contender.run(action)
        assert timing.seconds > 0
        # The clock of this card goes on by a millisecond between two events.
        assert timing.stages["kernel"] == pytest.approx(kernels * 1e-3)
        assert timing.stages["to_device"] == pytest.approx(1e-3)
        assert timing.stages["from_device"] > 0
        assert contender.wrong(action) == 0
        assert contender.digest(action) == digest(WEIGHTS)


def test_weights_that_do_not_fit_on_the_card_are_refused(card):
    card.free = (1 << 20) + 4000
    with pytest.raises(InputError, match="memory at once"):
        OnCardContender(NATIVE, {}, card).prepare(WEIGHTS)


def test_memory_is_filled_with_what_weights_hardly_are():
    assert rarest(np.arange(-128, 127, dtype=np.int8).reshape(1, -1)) == 127
    assert rarest(np.array([[0, 1]], dtype=np.int8)) == 2


def test_how_fast_the_card_copies(card):
    assert bandwidth.card_bandwidth(card) == pytest.approx(2 * (1 << 28) / 1e-3)


def test_what_is_not_hidden_behind_the_delay_is_timed_again(card, monkeypatch):
    """A host that is slow to ask must not count as a slow card."""
    delays: list[int] = []
    monkeypatch.setattr(events, "_delay", lambda: lambda *given: delays.append(int(given[2][0])))
    over = iter([True, True, False])
    monkeypatch.setattr(card.cupy.cuda.Event, "done", property(lambda _: next(over)))
    assert events.timed(card, lambda: None) == pytest.approx(1e-3)
    assert delays == [events.DELAY, 8 * events.DELAY, events.MOST_CYCLES]


def test_a_host_that_never_keeps_up_is_timed_nevertheless(card, monkeypatch):
    monkeypatch.setattr(card.cupy.cuda.Event, "done", True)
    assert events.timed(card, lambda: None) == pytest.approx(1e-3)


def test_each_way_of_the_card_is_chosen_by_its_option():
    def made(**options):
        return type(contenders.make(Candidate("it", "cupy", NATIVE, options)))

    assert made() is CardContender
    assert made(on_card=True) is OnCardContender
    assert made(per_tile=True) is PerTileContender
    assert made(per_tile=False, on_card=False) is CardContender
    for options in (
        {"threads": 1},
        {"per_tile": True, "on_card": True},
        {"per_tile": True, "threads": 1},
    ):
        with pytest.raises(InputError, match="knows no option"):
            made(**options)
