"""nvCOMP's peers: what is handed to the library, what is made of what it returns, and when it cannot be had."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.bench import peers
from codec.bench.data import digest
from codec.bench.gpu import events
from codec.bench.peers import nvcomp
from codec.bench.peers.nvcomp import formats, library
from codec.bench.peers.nvcomp.batch import Batch
from codec.bench.peers.nvcomp.contender import CardPeer
from codec.bench.peers.nvcomp.formats import FORMATS
from codec.bench.peers.options import Value, resolved
from codec.bench.plan import Action
from codec.errors import DecodeError, InputError
from tests.codec.bench.peers.fake_nvcomp import FakeLibrary
from tests.codec.emulated_card import EmulatedCard, OnCard

WEIGHTS = np.random.default_rng(1).normal(0, 10, (70, 50)).round().astype(np.int8)

LAYOUTS = {
    "AnsCompress": {"type": 0, "data_type": 4, "max_sub_chunk_count": 8, "states_per_lane": 9,
                    "histogram_reduction_log2": 10, "reserved": 11},
    "AnsDecompress": {"backend": 0, "data_type": 4, "max_sub_chunk_count": 8, "states_per_lane": 9,
                      "skip_validate": 10, "reserved": 11},
    "Lz4Compress": {"data_type": 0, "bitshuffle_mode": 4, "reserved": 8},
    "Lz4Decompress": {"backend": 0, "sort_before_hw_decompress": 4, "data_type": 8,
                      "bitshuffle_mode": 12, "reserved": 16},
    "ZstdCompress": {"reserved": 0},
    "BackendDecompress": {"backend": 0, "reserved": 4},
    "BitcompCompress": {"algorithm": 0, "data_type": 4, "delta": 8, "mode": 16, "reserved": 20},
}  # fmt: skip
"""Offsets, as the C compiler lays out the structures of nvCOMP 6.0's headers."""

ALL_OPTIONS: dict[str, list[dict[str, Value]]] = {
    "ans": [{}, {"states": 1}, {"sub_chunks": 16, "trusting": True}, {"chunk": 1 << 24}],
    "lz4": [{}, {"bitshuffle": "msb"}, {"bitshuffle": "lsb"}],
    "zstd": [{}, {"chunk": 1 << 20}],
    "bitcomp": [{}, {"algorithm": "sparse"}, {"type": "uint8"}],
}
CASES = [(name, given) for name, many in ALL_OPTIONS.items() for given in many]


@pytest.fixture
def fake() -> FakeLibrary:
    return FakeLibrary()


def values(name: str, **given):
    return resolved(f"nvcomp-{name}", FORMATS[name].options, given)


def contender(fake: FakeLibrary, name: str = "ans", **given) -> CardPeer:
    def timer(card, work) -> float:
        work()
        return 0.25

    return CardPeer(fake, EmulatedCard(), FORMATS[name], values(name, **given), timer)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_structure_is_laid_out_as_in_the_header(name):
    structure = getattr(formats, name)
    assert ctypes.sizeof(structure) == 64
    found = {field: getattr(structure, field).offset for field, _ in structure._fields_}
    assert found == LAYOUTS[name]


def test_options_stand_where_the_header_has_them():
    given = values("ans", states=1, sub_chunks=16, trusting=True)
    assert bytes(FORMATS["ans"].compress(given))[:12] == bytes([0] * 8 + [16, 1, 0, 0])
    assert bytes(FORMATS["ans"].decompress(given))[:12] == bytes([0] * 8 + [16, 1, 1, 0])
    assert bytes(FORMATS["lz4"].compress(values("lz4", bitshuffle="lsb")))[:5] == b"\0\0\0\0\2"
    assert bytes(FORMATS["lz4"].decompress(values("lz4", bitshuffle="msb")))[12:13] == b"\1"
    sparse = values("bitcomp", algorithm="sparse", type="uint8")
    assert bytes(FORMATS["bitcomp"].compress(sparse)) == b"\1\0\0\0\1" + bytes(59)
    assert not any(bytes(FORMATS["zstd"].compress(values("zstd"))))


@pytest.mark.parametrize(("name", "given"), CASES)
def test_weights_come_back_whatever_the_chunks(fake, name, given):
    peer = contender(fake, name, **given)
    peer.prepare(WEIGHTS)
    assert peer.tiles == -(-WEIGHTS.size // values(name, **given)["chunk"])
    for action in Action:
        peer.clear()
        assert peer.wrong(action) or action is Action.ENCODE
        timing = peer.run(action)
        assert (timing.seconds, timing.stages) == (0.25, {"kernel": 0.25})
        assert peer.wrong(action) == 0
        assert peer.digest(action) == digest(WEIGHTS)
    assert {call.removeprefix("nvcompBatched").partition("Compress")[0] for call in fake.calls} >= {
        FORMATS[name].prefix
    }


def test_time_is_that_of_the_card(fake, monkeypatch):
    """Between two of its events, behind a delay: the emulated card's clock goes on by a millisecond at each."""
    delays: list[object] = []
    monkeypatch.setattr(events, "_delay", lambda: lambda *arguments: delays.append(arguments))
    peer = CardPeer(fake, EmulatedCard(), FORMATS["ans"], values("ans"))
    peer.prepare(WEIGHTS)
    for action in Action:
        assert peer.run(action).seconds == pytest.approx(1e-3)
        assert peer.wrong(action) == 0
    assert len(delays) == len(Action)


def test_a_short_last_chunk_and_the_sizes_count(fake):
    """2,000 weights in chunks of 1,024 are two chunks, each with four bytes of size."""
    data = np.zeros(2000, dtype=np.uint8)
    batch = Batch(
        fake, EmulatedCard().cupy, OnCard(data), FORMATS["ans"], values("ans", chunk=1024)
    )
    packed = batch.packed()
    batch.compress(packed)
    sizes = packed.sizes.get()
    assert len(sizes) == batch.chunks == 2
    assert packed.stored_bytes() == sizes.sum() + 8


@pytest.mark.parametrize("shape", [(1, 1), (1, 1023), (32, 32), (33, 32), (1, 4097)])
def test_any_shape_is_taken(fake, shape):
    weights = np.random.default_rng(2).integers(-128, 128, shape, dtype=np.int8)
    peer = contender(fake, chunk=1024)
    peer.prepare(weights)
    for action in Action:
        peer.clear()
        peer.run(action)
        assert peer.wrong(action) == 0


def test_encoding_does_not_touch_what_is_decoded(fake):
    """Else a run that encodes nonsense would make the decoder look wrong, or the other way round."""
    peer = contender(fake)
    peer.prepare(WEIGHTS)
    fake.refuses["CompressAsync"] = 19
    with pytest.raises(DecodeError, match="cannot compress"):
        peer.run(Action.ENCODE)
    peer.clear()
    peer.run(Action.DECODE)
    assert peer.wrong(Action.DECODE) == 0


def test_output_that_is_wrong_is_counted(fake):
    peer = contender(fake, chunk=1024)
    peer.prepare(WEIGHTS)
    fake.breaks = True
    peer.run(Action.DECODE)
    assert peer.wrong(Action.DECODE) == peer.tiles
    assert peer.digest(Action.DECODE) != digest(WEIGHTS)


def test_chunks_that_fail_make_all_of_it_wrong(fake):
    peer = contender(fake, chunk=1024)
    peer.prepare(WEIGHTS)
    _, stored, _, _ = peer._prepared
    stored.clear()
    peer.run(Action.DECODE)
    assert peer.wrong(Action.DECODE) == WEIGHTS.size
    assert peer.digest(Action.DECODE) == ""


def test_nothing_run_is_all_wrong_after_clearing(fake):
    peer = contender(fake)
    peer.prepare(np.zeros((8, 8), dtype=np.int8))
    peer.run(Action.DECODE)
    peer.clear()
    assert peer.wrong(Action.DECODE) == 64


def test_a_refusal_names_the_function_and_the_reason(fake):
    fake.refuses["CompressGetMaxOutputChunkSize"] = 18
    with pytest.raises(
        DecodeError, match=r"nvcompBatchedANSCompressGetMax.*chunk size is too large"
    ):
        contender(fake).prepare(WEIGHTS)
    assert library.words(4242) == "status 4,242"


def test_without_weights_it_says_so(fake):
    peer = contender(fake)
    with pytest.raises(DecodeError, match="no weights"):
        peer.run(Action.DECODE)
    peer.prepare(WEIGHTS)
    peer.close()
    with pytest.raises(DecodeError, match="no weights"):
        peer.run(Action.ENCODE)


def test_no_wheel_gives_a_reason_that_says_how_to_get_it(tmp_path):
    with pytest.raises(library.NoLibrary, match="not installed: pip install nvidia-libnvcomp"):
        library.open_library([tmp_path])


def test_a_wheel_that_cannot_be_loaded_gives_a_reason(tmp_path):
    folder = tmp_path / "nvidia" / "libnvcomp" / "lib64"
    folder.mkdir(parents=True)
    (folder / "libnvcomp.so.6").write_bytes(b"no library")
    with pytest.raises(library.NoLibrary, match="cannot be loaded"):
        library.open_library([tmp_path])


def test_another_version_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "nvidia" / "libnvcomp" / "lib64"
    folder.mkdir(parents=True)
    (folder / "libnvcomp.so.5").touch()
    monkeypatch.setattr(ctypes, "CDLL", lambda path: FakeLibrary(5100))
    with pytest.raises(library.NoLibrary, match=r"version 5\.1"):
        library.open_library([tmp_path])


def test_the_reason_reaches_who_asks(monkeypatch):
    monkeypatch.setattr(library, "folders", list)
    assert "pip install nvidia-libnvcomp" in peers.available("nvcomp-ans")
    with pytest.raises(InputError, match="nvcomp-zstd is not available: nvCOMP is not installed"):
        peers.make("nvcomp-zstd", {})


def test_a_library_without_a_card_gives_the_reason_of_the_card(monkeypatch, fake):
    from codec.decoders.cuda import card

    def no_card():
        raise card.NoCard("there is no card")

    monkeypatch.setattr(nvcomp, "open_library", lambda: fake)
    monkeypatch.setattr(card, "open_card", no_card)
    assert peers.available("nvcomp-lz4") == "there is no card"


@pytest.mark.parametrize(("name", "given"), CASES)
def test_the_real_library_takes_the_options(name, given):
    """Some of its functions need no card: they show that it finds each option where it looks for it."""
    try:
        real = library.open_library()
    except library.NoLibrary as reason:
        pytest.skip(str(reason))
    settings, layout = values(name, **given), FORMATS[name]
    found = ctypes.c_size_t()
    arguments = ctypes.c_size_t(settings["chunk"]), layout.compress(settings), ctypes.byref(found)
    library.call(real, f"nvcompBatched{layout.prefix}CompressGetMaxOutputChunkSize", *arguments)
    assert found.value >= settings["chunk"]
