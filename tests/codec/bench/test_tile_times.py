"""Each tile by itself: timed, held against the judge, and beside what it holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codec.bench.tile_times import tile_times
from codec.container import Container, Tensor
from codec.decoders.cpu import CpuDecoder
from codec.decoders.reference import ReferenceDecoder
from codec.errors import Cancelled, InputError
from codec.formats import parse
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights, generated
from codec.source import BytesSource

WEIGHTS = generated("normal-10", 64, 64, 1).matrix.copy()
WEIGHTS[:32, :32] = 3
RECIPES = (
    Recipe("native", 32, 32, "none", 12, 16, 32, 16),
    Recipe("batched", 32, 32, "left"),
    Recipe("wcdc", 32, 32),
)


def opened(recipe: Recipe) -> tuple[Container, Tensor]:
    file = encode_again(SourceWeights("weights", "", WEIGHTS), recipe)
    container = parse(BytesSource(file))
    return container, container.tensors[0]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.layout)
def test_every_tile_is_timed(recipe):
    told = []
    found = tile_times(
        *opened(recipe), CpuDecoder(), ReferenceDecoder(), 2, lambda *each: told.append(each)
    )
    assert (found.seconds > 0).all()
    assert not found.wrong.any()
    assert found.entropy[0] < found.entropy[3]
    assert found.bits[0] < found.bits[3]
    assert told == [(n, 12) for n in range(12)]


def test_a_tile_that_came_out_wrong_has_no_time():
    class Wrong(CpuDecoder):
        def decode_streams(self, container, tensor, tiles):
            found = super().decode_streams(container, tensor, tiles)
            return [
                replace(stream, symbols=stream.symbols ^ np.uint8(stream.tile == 2))
                for stream in found
            ]

    found = tile_times(*opened(RECIPES[0]), Wrong(), CpuDecoder(), 1)
    assert found.wrong.tolist() == [False, False, True, False]
    assert np.isnan(found.seconds).tolist() == found.wrong.tolist()


def test_it_can_be_stopped_and_not_be_begun():
    def tick(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        tile_times(*opened(RECIPES[0]), CpuDecoder(), CpuDecoder(), 1, tick)
    with pytest.raises(InputError):
        tile_times(*opened(RECIPES[0]), CpuDecoder(), CpuDecoder(), 0)
