"""A candidate over a whole model: every layer brought and checked, and what it took told layer by layer."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from codec.bench import contenders, peers
from codec.bench.contender import Timing
from codec.bench.data import digest
from codec.bench.measuring import measure
from codec.bench.merging import joined, moved_on
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.result import Machine, Outcome, RunResult
from codec.bench.result_form import read, written
from codec.bench.scenario.model import ModelContender, make
from codec.bench.scenario.on_disk import on_disk
from codec.bench.scenario.ways import HostWays
from codec.errors import DecodeError, InputError, SourceError
from codec.formats import parse
from codec.json_fields import DamagedJson
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource, Source
from tests.codec.bench.scenario.models import ALL, LAYERS, WEIGHTS, model_file

NATIVE = Recipe("native", 32, 32, "none", 12, 16, 32, 16)
BATCHED = Recipe("batched", 32, 32)
TILES = 3 * 2 + 2 * 3 + 2 * 2


class Way:
    """Gives what it is told to, of the file that it was opened on."""

    def __init__(self, file: Source, ways: FakeWays) -> None:
        self.file, self.ways = file, ways
        self.brought: NDArray[np.int8] | None = None
        self.tiles, self.stored_bytes = 5, file.size

    def bring(self) -> Timing:
        brought = WEIGHTS[parse(self.file).tensors[0].name].copy()
        brought[0, 0] += self.ways.breaks
        self.brought = brought
        return Timing(0.5, {"read": 0.125, "kernel": 0.25})

    def weights(self):
        return self.brought

    def clear(self) -> None:
        self.brought = None


class FakeWays:
    threads, device, encoder = 0, "a card", "cpu"
    breaks = False

    def open(self, file: Source) -> Way:
        return Way(file, self)

    def kept(self):
        return nullcontext()


class Noted(HostWays):
    """Has one byte of the first file that it opens changed, where it is told to."""

    damage: int | None = None

    def open(self, file: Source):
        way: Any = super().open(file)
        if self.damage is not None:
            data = bytearray(file.read(0, file.size))
            data[self.damage] ^= 255
            way._container = replace(way._container, source=BytesSource(bytes(data)))
            self.damage = None
        return way


@pytest.fixture
def ways() -> FakeWays:
    return FakeWays()


@pytest.fixture
def model(ways) -> Iterator[ModelContender]:
    found = ModelContender(NATIVE, LAYERS, ways)
    found.prepare(ALL)
    yield found
    found.close()


@pytest.mark.parametrize("recipe", [NATIVE, BATCHED])
@pytest.mark.parametrize("coder", ["cpu", "reference"])
def test_every_layer_comes_back(recipe, coder):
    contender = make(Candidate("it", coder, recipe), LAYERS)
    contender.prepare(ALL)
    assert contender.tiles == TILES
    for action in Action:
        contender.clear()
        assert contender.wrong(action) == ALL.size
        timing = contender.run(action)
        assert [each.name for each in timing.layers] == [each.name for each in LAYERS]
        assert timing.seconds == sum(each.seconds for each in timing.layers) > 0
        assert contender.wrong(action) == 0
        assert contender.digest(action) == digest(ALL)
        assert contender.moved_bytes(action) == ALL.size + contender.stored_bytes
    assert set(timing.stages) == {"read", "decode"}
    assert sum(each.stored_bytes for each in timing.layers) == contender.stored_bytes
    contender.close()


def test_files_are_gone_when_it_is_closed(tmp_path, monkeypatch):
    """And there is no name of them at any time that a process which is killed could leave behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    contender = ModelContender(NATIVE, LAYERS, HostWays("cpu", {"threads": 1}))
    contender.prepare(ALL)
    assert not list(tmp_path.iterdir())
    contender.run(Action.DECODE)
    assert contender.wrong(Action.DECODE) == 0
    way: Any = contender._opened[0]
    descriptor = way._container.source._whole._descriptor
    os.fstat(descriptor)
    contender.close()
    del way
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_layer_is_a_file_of_its_own():
    files = [b"first", b"", b"second one"]
    first, empty, second = on_disk(files, ["a", "b", "c"])
    assert [source.name for source in (first, empty, second)] == ["a", "b", "c"]
    assert (first.read(0, 5), empty.size, second.read(7, 3)) == (b"first", 0, b"one")
    target = np.zeros(4, dtype=np.uint8)
    second.read_into(2, target)
    assert target.tobytes() == b"cond"
    for source, offset in ((first, 3), (second, -1)):
        with pytest.raises(SourceError):
            source.read(offset, 4)
        with pytest.raises(SourceError):
            source.read_into(offset, target)


def test_times_add_up_layer_by_layer(model):
    timing = model.run(Action.DECODE)
    assert (timing.seconds, timing.stages) == (1.5, {"read": 0.375, "kernel": 0.75})
    assert [(each.weights, each.tiles, each.seconds) for each in timing.layers] == [
        (matrix.size, 5, 0.5) for matrix in WEIGHTS.values()
    ]


def test_a_layer_that_comes_out_wrong_is_counted(model, ways):
    ways.breaks = True
    model.run(Action.DECODE)
    assert model.wrong(Action.DECODE) == 3
    assert model.digest(Action.DECODE) != digest(ALL)


def test_a_file_that_is_encoded_wrong_is_found(model):
    model.run(Action.ENCODE)
    model._encoded[1] = model._encoded[0]
    assert model.wrong(Action.ENCODE) == WEIGHTS["layer.0.b"].size
    damaged = bytearray(model._encoded[2])
    damaged[-1] ^= 255
    model._encoded[1:] = [model._files[1], bytes(damaged)]
    assert model.wrong(Action.ENCODE) in {0, WEIGHTS["layer.1.a"].size}


def test_nothing_brought_is_all_wrong_and_has_no_hash(model):
    model.run(Action.DECODE)
    model.clear()
    assert model.wrong(Action.DECODE) == ALL.size
    assert model.digest(Action.DECODE) == ""


def test_a_recipe_that_loses_weights_is_told(ways, monkeypatch):
    monkeypatch.setattr("codec.bench.scenario.model._known_right", lambda _file: None)
    with pytest.raises(DecodeError, match=f"{ALL.size:,} weights do not survive"):
        ModelContender(NATIVE, LAYERS, ways).prepare(ALL)


def test_a_full_disk_gives_a_sentence(ways, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    with pytest.raises(DecodeError, match="cannot be written: No space left"):
        ModelContender(NATIVE, LAYERS, ways).prepare(ALL)


@pytest.mark.parametrize(
    ("coder", "options", "says"),
    [
        ("zstandard", {}, "zstandard brings no layers"),
        ("cpu", {"per_tile": True}, "knows no option 'per_tile'"),
        ("cpu", {"threads": 0}, "threads is 0"),
    ],
)
def test_what_brings_no_layers_is_refused(coder, options, says):
    recipe = None if coder == "zstandard" else NATIVE
    with pytest.raises(InputError, match=says):
        make(Candidate("it", coder, recipe, options), LAYERS)


def test_a_tile_that_does_not_decode_ends_the_run():
    ways = Noted("cpu", {"threads": 1})
    file = encode_again(SourceWeights("a", "a", WEIGHTS["layer.0.a"]), NATIVE)
    ways.damage = int(parse(BytesSource(file)).tensors[0].tiles["offset"][0]) + 3
    contender = ModelContender(NATIVE, LAYERS, ways)
    contender.prepare(ALL)
    with pytest.raises(DecodeError, match=r"1 tiles of layer\.0\.a do not decode"):
        contender.run(Action.DECODE)
    contender.close()


class OnCard:
    """A receiver that is no card."""

    def __init__(self) -> None:
        self.breaks = False

    def put(self, weights):
        return weights.copy() + np.int8(self.breaks)

    def fetched(self, there, rows, cols):
        return there.reshape(rows, cols)

    def clear(self, there):
        there[:] = 0


def test_weights_that_go_to_the_card_are_checked_there():
    receiver = OnCard()
    ways = HostWays("cpu", {"threads": 1, "to_card": True}, receiver)
    contender = ModelContender(NATIVE, LAYERS, ways)
    contender.prepare(ALL)
    timing = contender.run(Action.DECODE)
    assert set(timing.stages) == {"read", "decode", "to_device"}
    assert contender.wrong(Action.DECODE) == 0
    contender.clear()
    receiver.breaks = True
    contender.run(Action.DECODE)
    assert contender.wrong(Action.DECODE) == ALL.size
    contender.close()


def test_without_a_card_weights_do_not_go_there(monkeypatch):
    monkeypatch.setattr(
        "codec.decoders.availability.unavailable", lambda name: f"no {name}" * (name == "cupy")
    )
    candidate = Candidate("it", "cpu", NATIVE, {"to_card": True})
    assert contenders.unavailable(candidate) == "no cupy"
    assert not contenders.unavailable(Candidate("it", "cpu", NATIVE, {}))


@pytest.fixture
def measured(tmp_path):
    data = Data("model", str(model_file(tmp_path)), None, "layer.*")
    candidates = (Candidate("cpu", "cpu", NATIVE, {"threads": 1}), Candidate("zstd", "zstandard"))
    stopping = Stopping(warm_up_s=0, rounds=2)
    return Plan("p", "p", (data,), candidates, None, stopping), measure(data, candidates, stopping)


def test_a_model_is_measured_like_any_data(measured):
    _, found = measured
    outcomes = {(each.candidate, each.action): each.outcome for each in found}
    missing = peers.available("zstandard")
    for action in Action:
        assert outcomes["cpu", action] is Outcome.MEASURED
        assert outcomes["zstd", action] is (Outcome.UNAVAILABLE if missing else Outcome.REFUSED)
    for each in found:
        if each.outcome is Outcome.MEASURED:
            assert each.digest == each.expected == digest(ALL)
            assert [len(layer.seconds) for layer in each.layers] == [2, 2, 2]
            for run, seconds in enumerate(each.seconds):
                assert seconds == sum(layer.seconds[run] for layer in each.layers)


def run_result(measured) -> RunResult:
    plan, found = measured
    machine = Machine("a processor", 1, 1, "", "a system", {})
    return RunResult("1", "2026-01-01T00:00:00Z", 1.0, plan, machine, (), tuple(found))


def test_layers_are_kept_in_results(measured):
    result = run_result(measured)
    assert read(written(result)) == result


def test_layers_with_too_few_times_are_no_results(measured):
    text = written(run_result(measured)).decode()
    begin = text.index('"layers": [{')
    place = text.index('"seconds": [', begin) + len('"seconds": [')
    with pytest.raises(DamagedJson, match="has not as many rounds or stages"):
        read((text[:place] + "0.5, " + text[place:]).encode())


def test_layers_of_two_sittings_are_put_together(measured):
    decoded = next(each for each in measured[1] if each.layers)
    both = joined(decoded, moved_on(decoded, 2))
    assert both.rounds == (0, 1, 2, 3)
    for layer, before in zip(both.layers, decoded.layers, strict=True):
        assert layer.seconds == before.seconds * 2
        assert layer.stages == {name: part * 2 for name, part in before.stages.items()}
