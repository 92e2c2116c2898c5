"""Captures: what was recorded comes back, damage is refused in a sentence, and nothing is believed unchecked."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.atomic_file import write_file
from codec.capture import Recording, Wanted, is_capture, members, open_capture, recording
from codec.capture.loading import digest
from codec.capture.metadata import PARTS, Metadata
from codec.container import Container, Tensor
from codec.decoders import make
from codec.decoders.base import DecodedTensor, Decoder, Tick, no_tick
from codec.decoders.cpu import CpuDecoder
from codec.decoders.streams import TILE_READ, Status
from codec.decoders.timing import Timing
from codec.errors import Cancelled, DecodeError, DeviceError, InputError, RanscopeError
from codec.formats import open_file
from codec.source import BytesSource
from codec.trace import STEP_COLUMNS, Trace
from tests.codec.captures import (
    archive_of,
    everything,
    json_of,
    loaded,
    members_of,
    npy_of,
    recorded,
    small_capture,
    small_file,
    with_json,
    with_member,
)
from tests.codec.files import (
    DATA,
    batched_file,
    claimed,
    noise,
    only_tensor,
    parsed,
    stream_place,
    wcdc_file,
    with_bytes,
)
from tests.codec.native_files import mixed, native_bytes
from tests.codec.strategies import damaged

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "captures.md").read_text("utf-8")
CAPTURE = small_capture()
WHOLE = everything(loaded(CAPTURE))


def assert_same_trace(found: Trace, expected: Trace) -> None:
    assert found.stopped == expected.stopped
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(found[name], expected[name])
        assert found[name].dtype == expected[name].dtype
    for one, other in zip(found.streams, expected.streams, strict=True):
        np.testing.assert_array_equal(one.frequencies, other.frequencies)
        assert replace(one, frequencies=other.frequencies) == other


# ---- what was recorded comes back


@pytest.mark.parametrize("layout", [batched_file, wcdc_file])
def test_a_capture_holds_what_the_decoder_gave(layout, decoder):
    container = parsed(layout(noise(70, 50), 20), "layer")
    tensor = only_tensor(container)
    capture = loaded(recorded(container, decoder, tiles=(0, 5), repeat=3))
    (found,) = capture.tensors
    expected = decoder.decode(container, tensor)
    np.testing.assert_array_equal(found.weights(), expected.weights)
    np.testing.assert_array_equal(found.reads, expected.reads)
    np.testing.assert_array_equal(found.table(), [tensor.table.frequencies, tensor.table.starts])
    assert found.varying().shape == (3, len(tensor.tiles))
    assert not found.varying().any()
    assert found.decoded().weights.flags.writeable
    for tile in (0, 5):
        assert_same_trace(found.trace(tile), decoder.trace(container, tensor, tile))
        assert_same_trace(found.trace(tile, 9, 31), decoder.trace(container, tensor, tile, 9, 31))


def test_a_capture_says_where_it_is_from(decoder):
    container = parsed(small_file(), "layer")
    metadata = loaded(recorded(container, decoder, repeat=2)).metadata
    assert (metadata.decoder, metadata.command) == (decoder.name, ("ranscope", "capture"))
    assert (metadata.file.name, metadata.file.format) == ("layer", "batched")
    assert metadata.file.size == container.source.size
    assert {"ranscope", "python", "numpy", "numba"} <= set(metadata.versions)
    assert metadata.versions["numpy"] == np.__version__
    assert metadata.device["name"]
    assert metadata.host["name"]
    assert metadata.date.endswith("Z")
    (record,) = metadata.tensors
    assert len(record.timings) == 2
    assert all(run.wall > 0 for run in record.timings)


class Split(CpuDecoder):
    """Tells its time in parts, and uses checkpoints."""

    timing = Timing(0.1, 0.2, 0.3, 0.4)
    checkpoint_interval = 64
    notice = "something to know"


def test_times_are_split_where_the_decoder_tells():
    container = parsed(small_file())
    wanted = Wanted(container.tensors, repeat=2)
    recording = Recording(container, Split(), wanted)
    (record,) = loaded(b"".join(recording.pieces())).metadata.tensors
    parts = [[getattr(run, name) for name in PARTS] for run in record.timings]
    assert parts == [[0.1, 0.2, 0.3, 0.4]] * 2
    assert record.checkpoint_interval == 64
    assert recording.notices == ["something to know"]


class Unsteady(CpuDecoder):
    """Gives another weight, or another log, from the second run on."""

    runs = 0

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        decoded = super().decode(container, tensor, tick)
        self.runs += 1
        if self.runs > 1:
            decoded.weights[12, 25] += 1
            decoded.reads["bytes_left"][3] = self.runs
        return decoded


def test_tiles_that_vary_from_run_to_run_are_told():
    container = parsed(small_file())
    (found,) = loaded(recorded(container, Unsteady(), repeat=3)).tensors
    expected = np.zeros((3, 6), dtype=bool)
    expected[1:, [3, 5]] = True
    np.testing.assert_array_equal(found.varying(), expected)
    assert found.outcome == ([], [3, 5])
    np.testing.assert_array_equal(found.weights(), noise(20, 27))


def test_a_failed_tile_is_recorded_like_any_other():
    data = small_file()
    offset, size = stream_place(data, 4)
    container = parsed(with_bytes(data, offset + size - 4, bytes(4)))
    (found,) = loaded(recorded(container, tiles=(3, 4))).tensors
    assert found.outcome == ([4], [])
    assert found.reads["status"][4] == Status.STATE_OUT_OF_RANGE
    assert len(found.trace(3)) == 100
    with pytest.raises(InputError, match="has no trace of tile 4: tile 4: stored state out of"):
        found.trace(4)


@given(data=damaged())
@settings(max_examples=60)
def test_whatever_a_decoder_gives_comes_back(data):
    container, decoder = parsed(data), make("reference")
    usable = [tensor for tensor in container.tensors if not tensor.refusal and len(tensor.tiles)]
    container = replace(container, tensors=tuple(usable))
    if not usable or claimed(container) > 1 << 14 or sum(t.weights for t in usable) > 1 << 14:
        return
    for tensor, found in zip(usable, loaded(recorded(container, tiles=(0,))).tensors, strict=True):
        expected = decoder.decode(container, tensor)
        np.testing.assert_array_equal(found.weights(), expected.weights)
        np.testing.assert_array_equal(found.reads, expected.reads)
        if not found.record.traces[0].refusal:
            assert_same_trace(found.trace(0), decoder.trace(container, tensor, 0))


def several() -> Container:
    """A container of three tensors, of which one cannot be decoded."""
    container = parsed(small_file(), "model")
    tensor = only_tensor(container)
    more = [replace(tensor, index=n, name=f"t{n}") for n in range(3)]
    more[1] = replace(more[1], refusal="its table is broken")
    return replace(container, tensors=tuple(more))


def test_of_several_tensors_those_that_can_be_decoded_are_there():
    capture = loaded(recorded(several(), tiles=(2,)))
    assert [tensor.name for tensor in capture.tensors] == ["t0", "t1", "t2"]
    for number in (0, 2):
        np.testing.assert_array_equal(capture.tensors[number].weights(), noise(20, 27))
        assert len(capture.tensors[number].trace(2)) == 100
    refused = capture.tensors[1]
    assert refused.outcome == ([], [])
    with pytest.raises(InputError, match="was not decoded: t1 cannot be decoded: its table is"):
        refused.weights()


@pytest.mark.parametrize("name", ["reference", "cpu"])
def test_a_capture_of_a_native_file(name):
    layers = mixed()
    container, decoder = parsed(native_bytes(layers), "model"), make(name)
    capture = loaded(recorded(container, decoder, tiles=(0,)))
    assert {tensor.name for tensor in capture.tensors} == set(layers)
    for tensor, found in zip(container.tensors, capture.tensors, strict=True):
        assert found.outcome == ([], [])
        np.testing.assert_array_equal(found.weights(), layers[tensor.name])
        if not found.record.traces[0].refusal:
            assert_same_trace(found.trace(0), decoder.trace(container, tensor, 0))
            assert len(found.trace(0).streams[0].lane_states) == tensor.interleaving.lanes
    assert any(tensor.record.traces[0].refusal for tensor in capture.tensors)


def test_where_no_tensor_can_be_decoded_nothing_is_written(tmp_path):
    container = open_file(DATA / "legacy" / "brokentable_1024x1024_t256.batched")
    recording = Recording(container, make("reference"), Wanted(container.tensors))
    with pytest.raises(DecodeError, match="sum to 7,938"):
        write_file(tmp_path / "o", recording.pieces())
    assert list(tmp_path.iterdir()) == []


class Broken(CpuDecoder):
    """A card that fails on the second tensor."""

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        if tensor.index:
            raise DeviceError("the card failed")
        return super().decode(container, tensor, tick)


def test_a_card_that_fails_ends_the_capture():
    with pytest.raises(DeviceError, match="the card failed"):
        recorded(several(), Broken())


class Untraceable(CpuDecoder):
    """Refuses to trace."""

    def trace(self, *arguments: Any, **more: Any) -> Trace:
        raise DecodeError("tile 2 has no steps: it is stored raw")


def test_a_tile_without_steps_has_no_trace_and_no_fault():
    (found,) = loaded(recorded(parsed(small_file()), Untraceable(), tiles=(2,))).tensors
    assert found.outcome == ([], [])
    with pytest.raises(InputError, match="has no trace of tile 2: tile 2 has no steps"):
        found.trace(2)
    with pytest.raises(InputError, match=r"has no trace of tile 3; no tile was traced"):
        found.trace(3)


@pytest.mark.parametrize("at", [(0, 0), (12, 26), (19, 5)])
def test_a_single_weight_that_varies_is_found(monkeypatch, at):
    monkeypatch.setattr(recording, "BYTES_AT_ONCE", 100)
    container = parsed(small_file())
    tensor = only_tensor(container)
    one, other = (make("cpu").decode(container, tensor) for _ in range(2))
    assert not recording._differing(tensor, one, other).any()
    other.weights[at] ^= 1
    (tile,) = np.flatnonzero(recording._differing(tensor, one, other))
    assert tile == tensor.tile_at(*at)


def test_a_capture_can_be_cancelled(tmp_path):
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    container = parsed(small_file())
    recording = Recording(container, make("cpu"), Wanted(container.tensors), lambda label: cancel)
    with pytest.raises(Cancelled):
        write_file(tmp_path / "o", recording.pieces())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changes_meanwhile_is_refused(tmp_path):
    path = tmp_path / "layer.batched"
    path.write_bytes(small_file())
    container = open_file(path)
    pieces = Recording(container, make("cpu"), Wanted(container.tensors)).pieces()
    next(pieces)
    path.write_bytes(small_file() + b"more")
    with pytest.raises(InputError, match="was changed while it was being captured"):
        list(pieces)


def test_no_more_than_one_piece_of_a_large_tensor_is_copied(monkeypatch):
    monkeypatch.setattr("codec.atomic_file.BYTES_AT_ONCE", 1 << 12)
    container = parsed(batched_file(np.zeros((500, 500), np.int8), 500))
    pieces = Recording(container, make("cpu"), Wanted(container.tensors)).pieces()
    assert max(len(piece) for piece in pieces) <= 1 << 12


def test_too_much_to_describe_is_refused(monkeypatch):
    monkeypatch.setattr(members, "MOST_METADATA", 100)
    with pytest.raises(InputError, match="are too many for one capture"):
        recorded(parsed(small_file()))


def test_numpy_opens_a_capture_by_itself(tmp_path):
    (tmp_path / "run.rscap").write_bytes(CAPTURE)
    with np.load(tmp_path / "run.rscap", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["tensors/0/weights"], noise(20, 27))
        assert arrays["tensors/0/reads"].dtype == TILE_READ


# ---- whose it is


def test_a_capture_knows_its_file():
    capture = loaded(CAPTURE)
    data = small_file()
    assert capture.matches(BytesSource(data, "renamed")) == ""
    told: list[tuple[int, int]] = []
    assert capture.matches(BytesSource(data), lambda *progress: told.append(progress)) == ""
    assert told == [(0, len(data))]
    changed = data[:-1] + bytes([data[-1] ^ 1])
    assert "it is another file, or one changed since" in capture.matches(BytesSource(changed))
    assert f"{len(data):,} bytes, and x has {len(data) + 1:,}" in capture.matches(
        BytesSource(data + b"!", "x")
    )


def test_the_hash_is_blake2b_of_the_whole_file(monkeypatch):
    import hashlib

    monkeypatch.setattr("codec.capture.loading.BYTES_AT_ONCE", 1000)
    data = bytes(range(256)) * 20
    assert digest(BytesSource(data)) == hashlib.blake2b(data, digest_size=32).hexdigest()


def test_a_capture_is_told_by_its_first_bytes(tmp_path):
    for name, content in (("a", CAPTURE), ("b", small_file()), ("c", b""), ("d", b"PK")):
        (tmp_path / name).write_bytes(content)
    assert [is_capture(tmp_path / name) for name in "abcde"] == [True, False, False, False, False]
    assert everything(open_capture(tmp_path / "a")) == WHOLE


# ---- damage


def outcome(data: bytes) -> Any:
    """All that a capture holds, or the sentence that refuses it."""
    try:
        return everything(loaded(data))
    except RanscopeError as error:
        assert error.sentence()
        assert "\n" not in error.sentence()
        return error.sentence()


@given(st.data())
@settings(max_examples=300)
def test_a_flipped_bit_is_noticed_or_changes_nothing(data):
    at = data.draw(st.integers(0, len(CAPTURE) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    found = outcome(with_bytes(CAPTURE, at, bytes([CAPTURE[at] ^ bit])))
    assert isinstance(found, str) or found == WHOLE


@given(size=st.integers(0, len(CAPTURE) - 1))
@settings(max_examples=100)
def test_a_cut_capture_is_refused(size):
    assert isinstance(outcome(CAPTURE[:size]), str)


@given(st.data())
@settings(max_examples=200)
def test_any_damage_ends_in_a_sentence(data):
    damage = bytearray(CAPTURE)
    directory = CAPTURE.rindex(b"PK\x01\x02", 0, CAPTURE.rindex(b"PK\x05\x06"))
    for _ in range(data.draw(st.integers(1, 5))):
        first = data.draw(st.sampled_from([0, directory]))
        at = data.draw(st.integers(first, len(damage) - 1))
        new = data.draw(st.binary(min_size=1, max_size=8))
        damage[at : at + len(new)] = new
    outcome(bytes(damage))


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-1, 30)
    | st.floats()
    | st.sampled_from(["", "int8", "x" * 300, "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def mutated(draw: Any, value: Any) -> Any:
    """A JSON value with one of its inner values replaced, or left out."""
    inner = (
        list(value)
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else ()
    )
    if not inner or draw(st.integers(0, 5)) == 0:
        return draw(JSON_VALUES)
    key = draw(st.sampled_from(list(inner)))
    copied = value.copy()
    if draw(st.integers(0, 9)) == 0:
        del copied[key]
    else:
        copied[key] = mutated(draw, value[key])
    return copied


@given(st.data())
@settings(max_examples=300)
def test_any_metadata_end_in_a_sentence_or_hold_together(data):
    outcome(with_json(CAPTURE, mutated(data.draw, json_of(CAPTURE))))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "is no JSON that can be read"),
        (b"{", "is no JSON that can be read"),
        (b"\xff", "is no JSON that can be read"),
        (b"[" * 100_000, "is no JSON that can be read"),
        (b'{"kind": NaN}', "NaN is no number of JSON"),
        (b'{"kind": ' + b"9" * 5000 + b"}", "is no JSON that can be read"),
        (b"[]", "where an object belongs"),
        (b"{}", "has no key 'kind'"),
        (b'{"kind": "other"}', "kind is not 'ranscope capture'"),
        (b'{"kind": "ranscope capture", "version": 2}', "version 1 alone is known here"),
        (b'{"kind": "ranscope capture", "version": true}', "where a whole number from 0 on"),
        (b'{"kind": "ranscope capture", "version": 1}', "has no key 'file'"),
    ],
)
def test_metadata_that_cannot_be_used(text, says):
    found = outcome(with_member(CAPTURE, "capture.json", text))
    assert says in found
    assert "capture.json in run.rscap" in found


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("file", "size"), -1, "file: size is -1"),
        (("file", "size"), 1 << 63, "file: size is"),
        (("command",), [3], "command[0] is 3, where a string belongs"),
        (("versions",), {"numpy": 2}, "versions: numpy is 2"),
        (("tensors", 0, "dtype"), "int4", "tensors[0]: dtype is not int8"),
        (("tensors", 0, "rows"), 1.5, "tensors[0]: rows is 1.5"),
        (("tensors", 0, "timings", 1, "wall"), -0.1, "timings[1]: wall is -0.1"),
        (("tensors", 0, "timings", 0, "read"), "fast", "timings[0]: read is"),
        (("tensors", 0, "traces", 1, "steps"), None, "traces[1]: steps is null"),
        (
            ("tensors", 0, "rows"),
            1 << 40,
            "weights.npy in run.rscap holds an array of shape (20, 27)",
        ),
        (("tensors", 0, "tiles"), 1 << 60, "reads.npy in run.rscap holds an array of shape (6,)"),
        (("tensors", 0, "traces", 0, "steps"), 1 << 60, "does not hold the 1,152,921"),
        (("tensors", 0, "traces", 0, "tile"), 2, "has no member tensors/0/traces/2.npz"),
        (("tensors", 0, "timings"), [], "varying.npy in run.rscap holds an array of shape (2, 6)"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_place(path, value, says):
    content = json_of(CAPTURE)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert says in outcome(with_json(CAPTURE, content))


W = "tensors/0/weights.npy"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (W, None, "has no member tensors/0/weights.npy"),
        (W, b"", "has no .npy header"),
        (W, b"\x93NUMPY\x01\x00\xff\xff", "has no .npy header"),
        (W, npy_of(np.zeros((20, 27), np.uint8)), "holds uint8, where int8 belongs"),
        (W, npy_of(np.zeros((27, 20), np.int8)), "of shape (27, 20) where (20, 27) belongs"),
        (W, npy_of(np.zeros((20, 27), np.int8, order="F")), "column by column"),
        (W, npy_of(np.zeros((20, 27), np.int8))[:-1], "539 bytes of values, where its shape takes 540"),
        (W, npy_of(np.zeros((20, 27), np.int8)) + b"x", "541 bytes of values"),
        (W, npy_of(np.array([{}], dtype=object)), "pickled Python objects, which are never loaded"),
        ("tensors/0/reads.npy", npy_of(np.zeros(6)), "holds float64, where"),
        ("tensors/0/reads.npy", npy_of(np.zeros(6, [("tile", "<u8")])), "where [('tile', '<u4')"),
        ("tensors/0/reads.npy", npy_of(np.zeros(6, TILE_READ)), "record 1 of tensors/0/reads.npy"),
        ("tensors/0/table.npy", npy_of(np.zeros((2, 256))), "holds float64, where int64 belongs"),
        ("tensors/0/traces/1.npz", b"PK", "damaged .npz archive"),
        ("tensors/0/traces/1.npz", archive_of({"a.npy": npy_of(np.zeros(3))}), "holds no trace: the array"),
        ("capture.json", None, "is a zip archive but no capture"),
        ("capture.json", bytes(members.MOST_METADATA + 1), "16,777,217 bytes, and 16,777,216 are allowed"),
    ],
)  # fmt: skip
def test_a_member_that_cannot_be_used(name, content, says):
    assert says in outcome(with_member(CAPTURE, name, content))


def test_an_unknown_status_is_refused():
    reads = np.zeros(6, TILE_READ)
    reads["tile"] = range(6)
    reads["status"][4] = 99
    found = outcome(with_member(CAPTURE, "tensors/0/reads.npy", npy_of(reads)))
    assert (
        "record 4 of tensors/0/reads.npy in run.rscap is about tile 4 with the status 99" in found
    )


def test_fields_that_are_not_known_or_not_there_do_no_harm():
    (tensor,) = loaded(CAPTURE).tensors
    names = [name for name in TILE_READ.names or () if name != "decoded"]
    other = np.zeros(6, [("new", "<f8"), *((name, TILE_READ[name]) for name in reversed(names))])
    for name in names:
        other[name] = tensor.reads[name]
    (found,) = loaded(with_member(CAPTURE, "tensors/0/reads.npy", npy_of(other))).tensors
    expected = tensor.reads.copy()
    expected["decoded"] = 0
    np.testing.assert_array_equal(found.reads, expected)


def test_keys_and_members_that_are_not_known_do_no_harm():
    content = json_of(CAPTURE)
    content["more"] = content["tensors"][0]["more"] = {"a": [1]}
    assert outcome(with_member(with_json(CAPTURE, content), "notes.txt", b"hello")) == WHOLE


def test_compressed_members_are_refused():
    packed = archive_of(members_of(CAPTURE), zipfile.ZIP_DEFLATED)
    assert "capture.json in run.rscap is compressed or encrypted" in outcome(packed)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused():
    target = io.BytesIO(CAPTURE)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("capture.json", b"{}")
    assert "holds capture.json twice" in outcome(target.getvalue())


def claiming(size: int) -> bytes:
    """A capture whose directory gives the weights this size, which needs zip64."""
    data = archive_of(members_of(CAPTURE))
    entry = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02"))
    at = data.index(W.encode(), entry) - 46
    return with_bytes(data, at + 20, struct.pack("<II", size, size))


def test_a_member_that_claims_more_than_there_is_takes_no_memory():
    content = json_of(CAPTURE)
    content["tensors"][0]["rows"], content["tensors"][0]["cols"] = 1 << 16, 1 << 15
    huge = npy_of(np.zeros((0, 1), np.int8)).replace(b"(0, 1)", b"(65536, 32768)".ljust(6))
    size = 1 << 31
    tracemalloc.start()
    try:
        assert "reach behind the end" in outcome(claiming(size))
        assert isinstance(outcome(with_member(with_json(CAPTURE, content), W, huge)), str)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_a_trace_that_inflates_to_more_than_it_can_hold_is_refused():
    name = "tensors/0/traces/1.npz"
    npz = members_of(CAPTURE)[name]
    at = npz.index(b"PK\x01\x02")
    lie = with_bytes(npz, at + 24, struct.pack("<I", 1 << 31))
    assert "claims to hold 2,147,483,648 bytes" in outcome(with_member(CAPTURE, name, lie))


# ---- the document


def test_the_document_names_every_member_field_status_and_key():
    for name in ("capture.json", *(f"tensors/N/{member}" for member in _members())):
        assert f"| `{name}` |" in DOCUMENT
    for field in TILE_READ.names or ():
        kind = TILE_READ[field]
        shape = "" if kind.subdtype is None else f"[{kind.shape[0]}]"
        text = f"{kind.base.str.removeprefix('|')}{shape}"
        assert f"| `{field}` | `{text}` |" in DOCUMENT
    for status in Status:
        assert f"| {int(status)} | `{status.name.lower()}`: {status.word} |" in DOCUMENT
    for key in keys(json_of(CAPTURE)) - set(loaded(CAPTURE).metadata.versions) - HOST_KEYS:
        assert f"`{key}`" in DOCUMENT


HOST_KEYS = {"system", "processor", "cores"}


def _members() -> tuple[str, ...]:
    files = (members.WEIGHTS, members.READS, members.TABLE, members.VARYING)
    return (*files, members.trace(0).replace("0", "K"))


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_metadata_come_back_as_they_were():
    metadata = loaded(CAPTURE).metadata
    assert Metadata.parsed(metadata.json_bytes(), "x") == metadata


def test_decoders_say_what_they_run_on(decoder: Decoder):
    platform = decoder.platform()
    assert platform.device["name"]
    assert all(
        isinstance(text, str) for text in (*platform.device.values(), *platform.versions.values())
    )
