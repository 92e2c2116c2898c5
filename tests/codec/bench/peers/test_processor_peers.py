"""Peers on the processor: every output checked, and what is theirs counted, with the real packages and without."""

from __future__ import annotations

import sys
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from codec.bench import peers
from codec.bench.contender import Timing
from codec.bench.data import digest
from codec.bench.peers import htscodecs
from codec.bench.peers.blosc2 import Blosc2
from codec.bench.peers.constriction import Constriction
from codec.bench.peers.options import Value
from codec.bench.peers.processor import ProcessorPeer, wrong_weights
from codec.bench.peers.zstandard import Zstandard
from codec.bench.plan import Action
from codec.errors import DecodeError, InputError
from codec.known_data import KNOWN

WEIGHTS = np.random.default_rng(1).normal(0, 10, (96, 50)).round().astype(np.int8)
WEIGHTS.flags.writeable = False

ALL_OPTIONS: dict[str, list[dict[str, Value]]] = {
    "zstandard": [{}, {"level": -7}, {"level": 22}, {"threads": 2}],
    "constriction": [{}],
    "htscodecs": [{}, {"vectors": False}],
    "blosc2": [{}, {"codec": "lz4", "filter": "bitshuffle"}, {"codec": "blosclz", "filter": "shuffle"},
               {"level": 0}, {"level": 9}, {"block": 4096, "threads": 2}],
}  # fmt: skip
CASES = [(name, given) for name, many in ALL_OPTIONS.items() for given in many]


class Deflate:
    """A coder that can be made to fail in every way that libraries do."""

    name, threads = "deflate", 3

    def __init__(self) -> None:
        self.fails: Exception | None = None
        self.breaks = self.reshapes = False

    def encode(self, weights):
        if self.fails:
            raise self.fails
        return zlib.compress(weights.tobytes())

    def decode(self, stored, shape):
        found = np.frombuffer(zlib.decompress(stored), dtype=np.int8).reshape(shape).copy()
        if self.breaks:
            found[0, :3] += 1
        return found.reshape(-1, 1) if self.reshapes else found

    def size(self, stored):
        return len(stored) + 7

    def parts(self, stored):
        return 5


@pytest.fixture
def deflate() -> Deflate:
    return Deflate()


@pytest.fixture
def peer(deflate) -> ProcessorPeer:
    found = ProcessorPeer(deflate)
    found.prepare(WEIGHTS)
    return found


def real(name, given):
    if reason := peers.available(name):
        pytest.skip(f"{name}: {reason}")
    return peers.make(name, given)


def test_what_is_known_after_preparing(peer, deflate):
    assert (peer.threads, peer.tiles, peer.device) == (3, 5, "cpu")
    assert peer.stored_bytes == len(deflate.encode(WEIGHTS)) + 7
    for action in Action:
        assert peer.moved_bytes(action) == WEIGHTS.size + peer.stored_bytes


@pytest.mark.parametrize("action", Action)
def test_a_run_that_is_right(peer, action):
    assert peer.wrong(action) == WEIGHTS.size
    timing = peer.run(action)
    assert isinstance(timing, Timing)
    assert timing.seconds > 0
    assert peer.wrong(action) == 0
    assert peer.digest(action) == digest(WEIGHTS)
    peer.clear()
    assert peer.wrong(action) == WEIGHTS.size
    assert peer.digest(action) == ""


@pytest.mark.parametrize("action", Action)
def test_weights_that_come_back_wrong_are_counted(peer, deflate, action):
    deflate.breaks = True
    peer.run(action)
    assert peer.wrong(action) == 3
    assert peer.digest(action) != digest(WEIGHTS)


def test_another_shape_is_all_wrong(peer, deflate):
    deflate.reshapes = True
    peer.run(Action.DECODE)
    assert peer.wrong(Action.DECODE) == WEIGHTS.size


def test_another_type_is_all_wrong():
    assert wrong_weights(WEIGHTS.astype(np.int16), WEIGHTS) == WEIGHTS.size


def test_output_that_its_own_decoder_chokes_on_is_all_wrong(peer):
    peer.run(Action.ENCODE)
    peer._output[Action.ENCODE] = b"nonsense"
    assert peer.wrong(Action.ENCODE) == WEIGHTS.size


def test_encoding_nonsense_leaves_what_is_decoded_alone(peer, deflate):
    peer.run(Action.ENCODE)
    peer._output[Action.ENCODE] = b"nonsense"
    peer.run(Action.DECODE)
    assert peer.wrong(Action.DECODE) == 0


def test_a_library_that_refuses_gives_a_sentence(deflate):
    deflate.fails = RuntimeError("too hot")
    with pytest.raises(
        InputError, match="deflate cannot encode these weights: RuntimeError: too hot"
    ):
        ProcessorPeer(deflate).prepare(WEIGHTS)


def test_memory_that_was_decoded_into_holds_nothing_of_it_when_it_is_given_up(peer):
    peer.run(Action.DECODE)
    output = peer._output[Action.DECODE]
    peer.clear()
    assert not (output == WEIGHTS).any()


def test_closing_gives_everything_back(peer):
    peer.run(Action.DECODE)
    peer.close()
    assert peer._stored is None
    assert not peer._output
    assert not peer._weights.size


@pytest.mark.parametrize(("name", "given"), CASES)
def test_the_real_ones_give_all_weights_back(name, given):
    contender = real(name, given)
    edges = [np.full((1, 1), -128, np.int8), np.arange(7, dtype=np.int8).reshape(7, 1)]
    for weights in (WEIGHTS, *edges, *(kind.matrix(40, 33) for kind in KNOWN)):
        contender.prepare(weights)
        for action in Action:
            contender.clear()
            contender.run(action)
            assert contender.wrong(action) == 0
            assert contender.digest(action) == digest(weights)
    contender.close()


def test_the_real_ones_reach_the_entropy_and_no_more():
    """A ratio above the bound of order 0 on independent weights would mean that something is not counted."""
    weights = KNOWN[-2].matrix(256, 256)
    shares = np.bincount(weights.reshape(-1).view(np.uint8), minlength=256) / weights.size
    bits = -(shares[shares > 0] * np.log2(shares[shares > 0])).sum()
    for name in ALL_OPTIONS:
        contender = real(name, {})
        contender.prepare(weights)
        assert 0.9 * bits / 8 < contender.stored_bytes / weights.size < 1.05
        assert contender.stored_bytes >= weights.size * bits / 8


def test_a_package_that_is_missing_gives_a_reason_that_says_how_to_get_it(monkeypatch):
    for name in ALL_OPTIONS.keys() - {"htscodecs"}:
        monkeypatch.setitem(sys.modules, name, None)
        assert peers.available(name) == f"it is not installed: pip install {name}"
        with pytest.raises(InputError, match=f"{name} is not available: it is not installed"):
            peers.make(name, {})


def test_a_package_that_breaks_gives_a_reason(monkeypatch, tmp_path):
    (tmp_path / "blosc2.py").write_text("raise OSError('no libblosc2.so')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "blosc2", raising=False)
    assert (
        peers.available("blosc2")
        == "it is installed but cannot be loaded: OSError: no libblosc2.so"
    )


class Recorder:
    """A library that remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []

    def __call__(self, *args, **named):
        self.asked.append(named)
        return SimpleNamespace(
            compress=lambda data: zlib.compress(bytes(data)), decompress=zlib.decompress
        )


def test_zstandard_is_asked_for_threads_only_where_there_are_several():
    library = SimpleNamespace(ZstdCompressor=Recorder(), ZstdDecompressor=Recorder())
    one = ProcessorPeer(Zstandard(library, {"level": 3, "threads": 1}))
    Zstandard(library, {"level": 19, "threads": 4})
    assert library.ZstdCompressor.asked == [{"level": 3}, {"level": 19, "threads": 4}]
    one.prepare(WEIGHTS)
    one.run(Action.DECODE)
    assert (one.wrong(Action.DECODE), one.tiles) == (0, 1)


def fake_blosc2(asked):
    def compress2(weights, **settings):
        asked.append(settings)
        return zlib.compress(weights.tobytes())

    def decompress2(stored, dst, nthreads):
        asked.append({"nthreads": nthreads})
        dst.reshape(-1)[:] = np.frombuffer(zlib.decompress(stored), dtype=np.int8)

    return SimpleNamespace(
        Codec=SimpleNamespace(LZ4="the codec"),
        Filter=SimpleNamespace(BITSHUFFLE="the filter"),
        compress2=compress2,
        decompress2=decompress2,
        get_cbuffer_sizes=lambda stored: (WEIGHTS.size, len(stored), 1000),
    )


def test_blosc2_is_asked_for_what_the_plan_says():
    asked: list[dict[str, object]] = []
    options: dict[str, Value] = {
        "codec": "lz4",
        "filter": "bitshuffle",
        "level": 5,
        "block": 8192,
        "threads": 2,
    }
    contender = ProcessorPeer(Blosc2(fake_blosc2(asked), options))
    contender.prepare(WEIGHTS)
    contender.run(Action.DECODE)
    assert asked == [
        {"codec": "the codec", "filters": ["the filter"], "clevel": 5, "blocksize": 8192,
         "typesize": 1, "nthreads": 2},
        {"nthreads": 2},
    ]  # fmt: skip
    assert (contender.tiles, contender.threads) == (5, 2)
    assert contender.wrong(Action.DECODE) == 0


def test_blosc2_refuses_what_a_chunk_does_not_hold():
    options: dict[str, Value] = {
        "codec": "lz4",
        "filter": "bitshuffle",
        "level": 5,
        "block": 0,
        "threads": 1,
    }
    huge = np.broadcast_to(np.zeros(1, dtype=np.int8), (1 << 16, 1 << 15))
    with pytest.raises(InputError, match="blosc2 takes 2,147,483,615 bytes at a time"):
        Blosc2(fake_blosc2([]), options).encode(huge)


class FakeCoder:
    """Stores symbols as words; asserts that both sides make the same model."""

    models: tuple[bytes, ...] = ()

    def __init__(self, words=None) -> None:
        self.words = words

    def encode_reverse(self, symbols, model) -> None:
        FakeCoder.models, self.words = (model,), symbols.astype(np.uint32)

    def get_compressed(self):
        return self.words

    def decode(self, model, count):
        assert (model,) == FakeCoder.models
        assert count == len(self.words)
        return self.words.astype(np.int32)


def test_constriction_counts_its_model_and_makes_it_anew():
    stream = SimpleNamespace(
        stack=SimpleNamespace(AnsCoder=FakeCoder),
        model=SimpleNamespace(Categorical=lambda shares, perfect: (shares.tobytes(), perfect)),
    )
    contender = ProcessorPeer(Constriction(SimpleNamespace(stream=stream), {}))
    contender.prepare(WEIGHTS)
    assert contender.stored_bytes == 4 * WEIGHTS.size + 4 * 256
    contender.run(Action.DECODE)
    assert contender.wrong(Action.DECODE) == 0


def test_a_library_of_the_system_that_is_missing_gives_a_reason_that_says_how_to_get_it(
    monkeypatch,
):
    monkeypatch.setattr(htscodecs, "LIBRARIES", ("libnothing-of-that-name.so.2",))
    assert "apt install libhtscodecs2" in peers.available("htscodecs")
    assert htscodecs.version() == ""
    with pytest.raises(InputError, match="htscodecs is not available: the system has no htscodecs"):
        peers.make("htscodecs", {})


def test_a_library_of_the_system_that_lacks_a_function_gives_a_reason(monkeypatch):
    monkeypatch.setattr(htscodecs, "LIBRARIES", ("libc.so.6", "libm.so.6"))
    assert peers.available("htscodecs").startswith("the system's htscodecs is another than")


def test_htscodecs_is_asked_for_lanes_and_its_refusals_are_told():
    asked: list[int] = []
    refusing = SimpleNamespace(
        rans_compress_bound_4x16=lambda size, order: size + 1000,
        rans_compress_to_4x16=lambda *arguments: asked.append(arguments[-1]),
        rans_uncompress_to_4x16=lambda *arguments: None,
    )
    for vectors in (True, False):
        with pytest.raises(InputError, match="htscodecs cannot encode"):
            htscodecs.Htscodecs(refusing, {"vectors": vectors}).encode(WEIGHTS)
    assert asked == [4, 0]
    with pytest.raises(DecodeError, match="refuses"):
        htscodecs.Htscodecs(refusing, {"vectors": True}).decode(WEIGHTS, (96, 50))
