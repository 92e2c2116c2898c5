"""`ranscope checkpoints`, and `--decoder cupy` where there is no card."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codec import checkpoints
from codec.decoders.cuda import card
from codec.encoder import EncodeSettings, encode
from codec.formats import open_file
from tests.app.calling import call, refusal
from tests.codec.files import LEGACY, batched_file, noise
from tests.codec.native_files import native_bytes


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    path = tmp_path / "layer.batched"
    path.write_bytes(b"".join(encode(noise(300, 400), EncodeSettings("batched", 100)).pieces()))
    return path


@pytest.mark.parametrize("share", [None, 0.1])
def test_the_side_file_takes_no_more_than_its_share(layer, share):
    options = [] if share is None else ["--share", share]
    called = call("checkpoints", layer, "--json", *options)
    assert (called.status, called.err) == (0, "")
    content, side = called.json, layer.with_name("layer.batched.ckpt")
    assert content["output"] == str(side)
    assert content["size"] == side.stat().st_size <= layer.stat().st_size * (share or 0.02)
    assert content["share"] == content["size"] / layer.stat().st_size
    assert (content["tensor"], content["tiles"]) == ("layer", 12)
    container = open_file(layer)
    loaded = checkpoints.load(side, container, container.tensors[0])
    assert (loaded.interval, loaded.records.shape[1]) == (content["interval"], content["per_tile"])
    assert "every" in call("checkpoints", layer, *options).out


@pytest.mark.parametrize("share", ["0", "-1", "1.5", "nan", "x", ""])
def test_a_share_that_is_none(layer, share):
    assert "is no number above 0 and up to 1" in refusal("checkpoints", layer, f"--share={share}")


def test_a_file_without_room_for_any(tmp_path):
    path = tmp_path / "a.batched"
    path.write_bytes(batched_file(noise(4, 4), 4))
    assert "have no room for checkpoints" in refusal("checkpoints", path)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_native_file_needs_none(tmp_path):
    path = tmp_path / "a.rsc"
    path.write_bytes(native_bytes({"a": noise(40, 40), "b": noise(30, 30)}))
    assert "a needs no checkpoints" in refusal("checkpoints", path)


def test_a_table_that_cannot_be_used_is_the_contents_fault(tmp_path):
    (path,) = (path for path in LEGACY if path.stem.startswith("brokentable"))
    copied = tmp_path / "a.batched"
    copied.write_bytes(path.read_bytes())
    assert "sum to 7,938" in refusal("checkpoints", copied, status=1)
    assert [found.name for found in tmp_path.iterdir()] == [copied.name]


@pytest.mark.parametrize(
    "arguments",
    [
        ["decode", "FILE", "-o", "OUT"],
        ["trace", "FILE", "--tile", "0"],
        ["capture", "FILE", "-o", "OUT"],
        ["verify", "FILE"],
        ["selftest"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_without_a_card_cupy_is_refused_with_the_reason(arguments, layer, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    monkeypatch.setattr(card, "_found", card._found.__wrapped__)
    places = {"FILE": str(layer), "OUT": str(tmp_path / "out")}
    said = refusal(*(places.get(part, part) for part in arguments), "--decoder", "cupy")
    assert said.startswith("the decoder 'cupy' is not available here: cupy is not installed: pip")
    assert not (tmp_path / "out").exists()
