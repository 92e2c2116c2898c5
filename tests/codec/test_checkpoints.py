"""Checkpoints against the scalar coder's own steps, the side file, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import checkpoints, rans
from codec.checkpoints import HEADER, Checkpoint, Checkpoints
from codec.container import Container, Tensor
from codec.encoder import EncodeSettings, encode
from codec.errors import Cancelled, DecodeError, InputError, SourceError
from codec.formats import open_file
from tests.codec.files import (
    DATA,
    batched_file,
    noise,
    only_tensor,
    parsed,
    stream_place,
    wcdc_file,
    with_bytes,
    with_field,
)
from tests.codec.strategies import damaged, matrices

LAYOUTS: dict[str, Callable[..., bytes]] = {"batched": batched_file, "wcdc": wcdc_file}


def opened(data: bytes) -> tuple[Container, Tensor]:
    container = parsed(data)
    return container, only_tensor(container)


def expected(container: Container, tensor: Tensor, tile: int, interval: int) -> list[Checkpoint]:
    """The checkpoints of a tile by the scalar coder."""
    if not tensor.tiles["readable"][tile]:
        return []
    frame = container.frame(tensor, tile)
    if not 1 << 23 <= frame.state < 1 << 31:
        return []
    points: list[Checkpoint] = []
    value, words = 0, container.words(tensor, frame)
    count = tensor.symbol_count(tile)
    try:
        for step in rans.steps(words, frame.state, count, tensor.table, tensor.coder):
            points.append(Checkpoint(len(points), step.state_before, step.unread, value))
            value = (value + step.symbol - 128) % 256
    except rans.Stuck as stuck:
        points.append(Checkpoint(stuck.step, stuck.state, stuck.unread, value))
    return points[interval::interval]


def listed(points: Checkpoints, tile: int) -> list[Checkpoint]:
    """All checkpoints of a tile, as `before` gives them."""
    found = []
    for number, record in enumerate(points.records[tile].tolist()):
        if record:
            point = points.before(tile, (number + 1) * points.interval)
            assert point is not None
            found.append(point)
    return found


def assert_right(data: bytes, interval: int) -> None:
    container, tensor = opened(data)
    points = checkpoints.find(container, tensor, interval)
    for tile in range(len(tensor.tiles)):
        assert listed(points, tile) == expected(container, tensor, tile, interval)


@pytest.mark.parametrize("interval", [16, 48, 1024, 4096])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_checkpoints_are_where_the_scalar_coder_stands(layout, interval):
    assert_right(LAYOUTS[layout](noise(70, 90), 40), interval)


@pytest.mark.parametrize("sigma", [0, 0.4, 80])
def test_checkpoints_of_any_density(sigma):
    assert_right(batched_file(noise(64, 64, sigma=sigma), 32), 64)


@given(weights=matrices(), tile=st.integers(1, 30), layout=st.sampled_from(sorted(LAYOUTS)))
@settings(max_examples=40)
def test_checkpoints_of_any_file(weights, tile, layout):
    assert_right(LAYOUTS[layout](weights, tile), 16)


@given(data=damaged())
@settings(max_examples=100)
def test_damaged_streams_have_checkpoints_as_far_as_they_go(data):
    container = parsed(data)
    for tensor in container.tensors:
        if tensor.refusal:
            with pytest.raises(DecodeError):
                checkpoints.find(container, tensor, 16)
        elif checkpoints.unsuited(tensor):
            with pytest.raises(InputError, match="needs no checkpoints"):
                checkpoints.find(container, tensor, 16)
        elif sum(map(tensor.symbol_count, range(len(tensor.tiles)))) < 1 << 14:
            points = checkpoints.find(container, tensor, 16)
            for tile in range(len(tensor.tiles)):
                assert listed(points, tile) == expected(container, tensor, tile, 16)


def test_a_long_damaged_stream_has_none_behind_the_damage():
    data = batched_file(noise(64, 64), 64)
    offset, size = stream_place(data, 0)
    container, tensor = opened(with_bytes(data, offset + size // 2, bytes(64)))
    points = checkpoints.find(container, tensor, 16)
    assert listed(points, 0) == expected(container, tensor, 0, 16)


def test_the_one_before_a_step():
    container, tensor = opened(batched_file(noise(32, 32), 32))
    points = checkpoints.find(container, tensor, 64)
    assert points.before(0, 63) is None
    assert points.before(0, -5) is None
    for step, found in ((64, 64), (127, 64), (128, 128), (10**9, 960)):
        point = points.before(0, step)
        assert point is not None
        assert point.step == found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_by_default_they_take_two_percent_at_most(layout):
    weights = noise(500, 700, sigma=12)
    data = b"".join(encode(weights, EncodeSettings(layout, 128)).pieces())
    container, tensor = opened(data)
    points = checkpoints.find(container, tensor)
    assert points.size <= 0.02 * len(data)
    assert points.interval % 16 == 0
    shorter = points.interval - 16
    wider = checkpoints.find(container, tensor, shorter)
    assert wider.size > 0.02 * len(data) or wider.records.shape == points.records.shape


def test_a_file_too_small_for_any_is_refused():
    container, tensor = opened(batched_file(noise(4, 4), 4))
    with pytest.raises(InputError, match=r"2\.0% of [\d,]+ bytes have no room for checkpoints"):
        checkpoints.find(container, tensor)


@pytest.mark.parametrize("interval", [0, -16, 8, 17, (1 << 20) + 16])
def test_an_interval_that_cannot_be_used(interval):
    container, tensor = opened(batched_file(noise(4, 4), 4))
    with pytest.raises(InputError, match="is no multiple of 16"):
        checkpoints.find(container, tensor, interval)


def test_a_tensor_that_is_refused():
    container = open_file(DATA / "legacy" / "brokentable_1024x1024_t256.batched")
    with pytest.raises(DecodeError, match="sum to 7,938"):
        checkpoints.find(container, only_tensor(container), 64)


def test_finding_can_be_cancelled():
    container, tensor = opened(batched_file(noise(20, 20), 10))

    def cancel(done: int, total: int) -> None:
        assert (done, total) == (0, 4)
        raise Cancelled

    with pytest.raises(Cancelled):
        checkpoints.find(container, tensor, 16, cancel)


# ---- the side file


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(noise(64, 64), 32))
    return path


def test_the_side_file_brings_them_back(layer):
    container = open_file(layer)
    tensor = only_tensor(container)
    points = checkpoints.find(container, tensor, 32)
    side = checkpoints.side_file(layer)
    assert side.name == "layer.batched.ckpt"
    checkpoints.save(side, points)
    assert side.stat().st_size == points.size
    loaded = checkpoints.load(side, container, tensor)
    np.testing.assert_array_equal(loaded.records, points.records)
    assert (loaded.interval, loaded.digest) == (points.interval, points.digest)
    assert {path.name for path in layer.parent.iterdir()} == {layer.name, side.name}


@pytest.mark.parametrize("tile", [0, 3])
def test_a_side_file_of_other_streams_is_refused(layer, tile):
    container = open_file(layer)
    side = checkpoints.side_file(layer)
    checkpoints.save(side, checkpoints.find(container, only_tensor(container), 32))
    data = layer.read_bytes()
    offset, size = stream_place(data, tile)
    changed, tensor = opened(
        with_bytes(data, offset + size // 2, bytes([data[offset + size // 2] ^ 1]))
    )
    with pytest.raises(InputError, match="of another file, or of an earlier state of this one"):
        checkpoints.load(side, changed, tensor)


@pytest.mark.parametrize(
    ("field", "value"),
    [("magic", 0), ("version", 1), ("interval", 0), ("interval", 24), ("tiles", 1 << 60)],
)
def test_a_side_file_whose_header_is_wrong(layer, field, value):
    container = open_file(layer)
    side = checkpoints.side_file(layer)
    checkpoints.save(side, checkpoints.find(container, only_tensor(container), 32))
    side.write_bytes(with_field(side.read_bytes(), HEADER, field, value))
    with pytest.raises(InputError, match=r"layer\.batched\.ckpt"):
        checkpoints.load(side, container, only_tensor(container))


@pytest.mark.parametrize("size", [0, 10, HEADER.size, 200])
def test_a_side_file_that_is_cut(layer, size):
    container = open_file(layer)
    side = checkpoints.side_file(layer)
    checkpoints.save(side, checkpoints.find(container, only_tensor(container), 32))
    side.write_bytes(side.read_bytes()[:size])
    with pytest.raises(InputError, match=r"layer\.batched\.ckpt"):
        checkpoints.load(side, container, only_tensor(container))


def test_a_side_file_that_is_not_there(layer):
    container = open_file(layer)
    with pytest.raises(SourceError, match=r"layer\.batched\.ckpt cannot be opened"):
        checkpoints.load(checkpoints.side_file(layer), container, only_tensor(container))
