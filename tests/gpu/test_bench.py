"""On a real card: what a benchmark times there gives all weights back, ours, nvCOMP's, and a model's layers."""

from __future__ import annotations

import numpy as np
import pytest

from codec.bench.data import digest
from codec.bench.gpu.bringing import CardWays, Receiver
from codec.bench.gpu.host_to_host import CardContender
from codec.bench.gpu.on_card import OnCardContender
from codec.bench.gpu.per_tile import PerTileContender
from codec.bench.peers.nvcomp.contender import CardPeer
from codec.bench.peers.nvcomp.formats import FORMATS
from codec.bench.peers.nvcomp.library import NoLibrary, open_library
from codec.bench.peers.options import resolved
from codec.bench.plan import Action
from codec.bench.scenario.model import ModelContender
from codec.bench.scenario.ways import HostWays
from codec.errors import InputError
from codec.rerun.recipe import Recipe
from codec.rerun.sources import generated
from tests.codec.bench.peers.test_nvcomp import CASES
from tests.codec.bench.scenario.models import ALL, LAYERS

pytestmark = pytest.mark.gpu

WEIGHTS = generated("normal-10", 70, 50, 3).matrix

RECIPES = {
    "native": Recipe("native", 32, 32, "none", 12, 16, 64, 16),
    "native, predicted": Recipe("native", 32, 32, "auto", 12, 16, 32, 16),
    "batched": Recipe("batched", 32, 32),
    "wcdc": Recipe("wcdc", 32, 32),
}


@pytest.mark.parametrize("name", ["native", "batched"])
@pytest.mark.parametrize("kind", [CardContender, OnCardContender, PerTileContender])
def test_each_way_of_the_card_gives_all_weights_back(card, name, kind):
    contender = kind(RECIPES[name], {}, card)
    contender.prepare(WEIGHTS)
    for _ in range(2):
        contender.clear()
        assert contender.run(Action.DECODE).stages["kernel"] > 0
        assert contender.wrong(Action.DECODE) == 0
        assert contender.digest(Action.DECODE) == digest(WEIGHTS)
    contender.close()


def test_the_card_encodes_native_files_alone(card):
    contender = CardContender(RECIPES["native"], {}, card)
    contender.prepare(WEIGHTS)
    assert contender.run(Action.ENCODE).stages["kernel"] > 0
    assert contender.wrong(Action.ENCODE) == 0
    contender = CardContender(RECIPES["batched"], {}, card)
    contender.prepare(WEIGHTS)
    with pytest.raises(InputError, match="no encoder"):
        contender.run(Action.ENCODE)


@pytest.mark.parametrize(("name", "given"), CASES)
@pytest.mark.parametrize("shape", [(1, 1), (33, 32), (700, 501)])
def test_nvcomp_gives_all_weights_back(card, name, given, shape):
    try:
        library = open_library()
    except NoLibrary as reason:
        pytest.skip(str(reason))
    weights = np.random.default_rng(1).normal(0, 10, shape).round().astype(np.int8)
    values = resolved(name, FORMATS[name].options, given)
    peer = CardPeer(library, card, FORMATS[name], values)
    peer.prepare(weights)
    assert peer.stored_bytes > 0
    for action in Action:
        for _ in range(2):
            peer.clear()
            assert peer.run(action).seconds > 0
            assert peer.wrong(action) == 0
            assert peer.digest(action) == digest(weights)
    peer.close()


# The tiles of a wcdc file are predicted from one another, so none of them is decoded alone.
WAYS: list[tuple[str, dict[str, object]]] = [(name, {}) for name in RECIPES] + [
    (name, {"per_tile": True}) for name in RECIPES if name != "wcdc"
]


@pytest.mark.parametrize(("name", "options"), WAYS)
def test_a_model_is_brought(card, name, options):
    contender = ModelContender(RECIPES[name], LAYERS, CardWays(RECIPES[name], options, card))
    contender.prepare(ALL)
    for action in Action:
        for _ in range(2):
            contender.clear()
            assert contender.wrong(action) == ALL.size
            timing = contender.run(action)
            assert all(each.seconds > 0 for each in timing.layers)
            assert contender.wrong(action) == 0
    assert set(timing.stages) == {"read", "to_device", "kernel"}
    contender.close()


def test_weights_decoded_on_the_processor_arrive(card):
    ways = HostWays("cpu", {"to_card": True}, Receiver(card))
    contender = ModelContender(RECIPES["native"], LAYERS, ways)
    contender.prepare(ALL)
    assert contender.run(Action.DECODE).stages["to_device"] > 0
    assert contender.wrong(Action.DECODE) == 0
    contender.clear()
    assert contender.wrong(Action.DECODE) == ALL.size
    contender.close()
