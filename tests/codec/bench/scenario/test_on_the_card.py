"""Layers brought to a card made of NumPy: in one transfer or one a tile, and whether the weights are there then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from codec.bench.gpu.bringing import CardWays, Receiver
from codec.bench.plan import Action
from codec.bench.scenario.model import ModelContender
from codec.bench.scenario.ways import HostWays
from codec.errors import DecodeError, InputError
from codec.formats import parse
from codec.rerun.encoding import write_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource, FileSource
from tests.codec.bench.scenario.models import ALL, LAYERS, WEIGHTS
from tests.codec.emulated_card import EmulatedCard, Pointer

MATRIX = WEIGHTS["layer.0.b"]


def recipe(predictor: str = "none") -> Recipe:
    return Recipe("native", 32, 32, predictor, 12, 16, 32, 16)


@pytest.fixture
def card() -> EmulatedCard:
    return EmulatedCard()


@pytest.fixture
def transfers(monkeypatch) -> list[int]:
    """Bytes of every copy to the card."""
    sizes: list[int] = []
    copy = Pointer.copy_from_host_async

    def counted(self, host: int, size: int) -> None:
        sizes.append(size)
        copy(self, host, size)

    monkeypatch.setattr(Pointer, "copy_from_host_async", counted)
    return sizes


def opened(ways, file) -> Any:
    """The way of a layer, whose inner parts tests look at."""
    return ways.open(file)


def written(folder, chosen: Recipe):
    path = folder / "layer"
    write_again(path, SourceWeights("layer", "a layer", MATRIX), chosen)
    return FileSource(path)


@pytest.mark.parametrize("predictor", ["none", "left", "top", "auto"])
@pytest.mark.parametrize(("options", "count"), [({}, 1), ({"per_tile": True}, 6)])
def test_a_layer_is_there_after_so_many_transfers(
    tmp_path, card, transfers, predictor, options, count
):
    way = CardWays(recipe(predictor), options, card).open(written(tmp_path, recipe(predictor)))
    assert (way.tiles, way.weights()) == (6, None)
    for _ in range(2):
        transfers.clear()
        timing = way.bring()
        assert len(transfers) == count
        assert set(timing.stages) == {"read", "to_device", "kernel"}
        assert timing.stages["to_device"] == pytest.approx(count * 1e-3)
        np.testing.assert_array_equal(way.weights(), MATRIX)
        way.clear()
        assert way.weights() is None


def test_what_lies_on_the_card_is_what_is_checked(tmp_path, card):
    way = opened(CardWays(recipe(), {"per_tile": True}, card), written(tmp_path, recipe()))
    way.bring()
    place = way._places[3]
    place.output.data.memset(1, place.output.nbytes)
    differing = np.argwhere(way.weights() != MATRIX)
    assert differing[:, 0].min() >= place.row
    assert differing[:, 1].min() >= place.col
    places, output = way._places, way._places[0].output
    way.clear()
    assert places
    assert set(output.get().tolist()) == {0xA5}


def test_a_large_layer_goes_in_bands(tmp_path, transfers):
    """A card with little memory takes the tile rows one after the other."""
    small = EmulatedCard(free=(1 << 20) + 32 * 70 + 8000)
    way = CardWays(recipe(), {}, small).open(written(tmp_path, recipe()))
    way.bring()
    assert 1 <= len(transfers) <= 2
    np.testing.assert_array_equal(way.weights(), MATRIX)


@pytest.mark.parametrize("options", [{}, {"per_tile": True}])
def test_a_whole_model(card, options):
    ways = CardWays(recipe(), options, card)
    assert (ways.threads, ways.device) == (0, "NumPy")
    assert ways.encoder == ("cpu" if options else "cupy")
    ways.encoder = "cpu"  # the emulated card is not the one that `cupy` would open
    contender = ModelContender(recipe(), LAYERS, ways)
    contender.prepare(ALL)
    contender.run(Action.DECODE)
    assert contender.wrong(Action.DECODE) == 0
    contender.clear()
    assert contender.wrong(Action.DECODE) == ALL.size
    contender.close()


def test_a_damaged_tile_ends_the_run(tmp_path, card):
    file = written(tmp_path, recipe())
    data = bytearray(file.read(0, file.size))
    data[int(parse(file).tensors[0].tiles["offset"][2]) + 3] ^= 255
    damaged = BytesSource(bytes(data))
    for options in ({}, {"per_tile": True}):
        with pytest.raises(DecodeError, match="1 tiles of layer do not decode"):
            CardWays(recipe(), options, card).open(damaged).bring()


def test_tiles_that_need_one_another_are_not_brought_one_by_one(tmp_path, card):
    wcdc = Recipe("wcdc", 32, 32)
    with pytest.raises(InputError, match="none is decoded alone"):
        CardWays(wcdc, {"per_tile": True}, card).open(written(tmp_path, wcdc))


def test_streams_that_the_kernels_do_not_know_are_refused(tmp_path, card):
    odd = Recipe("native", 32, 32, "none", 12, 16, 4, 1)
    with pytest.raises(InputError, match="lanes"):
        CardWays(odd, {}, card).open(written(tmp_path, odd))


def test_options_that_mean_nothing_are_refused(card):
    with pytest.raises(InputError, match="cupy knows no option 'threads'"):
        CardWays(recipe(), {"threads": 1}, card)


def test_weights_decoded_on_the_processor_arrive_on_the_card(tmp_path, card):
    ways = HostWays("cpu", {"threads": 1, "to_card": True}, Receiver(card))
    way = opened(ways, written(tmp_path, recipe()))
    timing = way.bring()
    assert set(timing.stages) == {"read", "decode", "to_device"}
    np.testing.assert_array_equal(way.weights(), MATRIX)
    there = way._on_card
    way.clear()
    assert way.weights() is None
    assert set(there.get().tolist()) == {0xA5}
