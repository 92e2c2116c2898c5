"""Reading .gguf: what the format says comes back, and no lie or damage gets through."""

from __future__ import annotations

import importlib.util
import struct
import sys

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import FormatError, InputError, RanscopeError
from codec.inputs import arrays_of, gguf
from codec.inputs.layers import layer_refusal
from codec.rerun import sources
from codec.source import BytesSource

MATRIX = np.arange(12, dtype=np.float32).reshape(3, 4) - 5.5
needs_gguf = pytest.mark.skipif(
    importlib.util.find_spec("gguf") is None, reason="gguf is not installed: pip install gguf"
)


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def key(name: str, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def record(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    dimensions = struct.pack(f"<I{len(shape)}Q", len(shape), *shape[::-1])
    return text(name) + dimensions + struct.pack("<IQ", kind, offset)


def file_of(
    records: list[bytes], data: bytes = b"", keys: list[bytes] | None = None, alignment: int = 32
) -> bytes:
    keys = keys or []
    header = b"GGUF" + struct.pack("<IQQ", 3, len(records), len(keys)) + b"".join((*keys, *records))
    return header + bytes(-len(header) % alignment) + data


def opened(data: bytes):
    return arrays_of(BytesSource(data, "model.gguf"))


def read_all(data: bytes) -> None:
    for array in opened(data):
        if reason := layer_refusal(array):
            raise InputError(reason)
        array.read()


def refused(data: bytes) -> str:
    with pytest.raises(RanscopeError) as caught:
        read_all(data)
    return caught.value.sentence()


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        (0, "float32"),
        (1, "float16"),
        (24, "int8"),
        (25, "int16"),
        (28, "float64"),
        (30, "bfloat16"),
    ],
)
def test_plain_types_come_back(kind, dtype):
    stored = MATRIX.astype(getattr(ml_dtypes, dtype, dtype))
    (array,) = opened(file_of([record("blk.0.w", MATRIX.shape, kind, 0)], stored.tobytes()))
    assert (array.name, array.shape, array.dtype) == ("blk.0.w", (3, 4), dtype)
    np.testing.assert_array_equal(array.read(), stored.astype(np.float32))


def test_tensors_lie_where_the_header_says_behind_all_kinds_of_keys():
    keys = [
        key("general.name", 8, text("näme")),
        key("general.alignment", 4, struct.pack("<I", 64)),
        key("a.bool", 7, b"\1"),
        key("a.double", 12, struct.pack("<d", 0.5)),
        key("numbers", 9, struct.pack("<IQ3h", 3, 3, 1, 2, 3)),
        key("words", 9, struct.pack("<IQ", 8, 2) + text("a") + text("")),
        key("nested", 9, struct.pack("<IQIQ2BIQ", 9, 2, 0, 2, 7, 8, 5, 0)),
    ]
    first, second = MATRIX.astype(np.float16), np.arange(5, dtype=np.int8)
    data = second.tobytes().ljust(64, b"\0") + first.tobytes()
    records = [record("one", first.shape, 1, 64), record("two", (5,), 24, 0)]
    one, two = opened(file_of(records, data, keys, 64))
    np.testing.assert_array_equal(one.read(), first)
    np.testing.assert_array_equal(two.read(), second)


def test_a_header_longer_than_what_is_read_at_once_is_taken_in(monkeypatch):
    monkeypatch.setattr(gguf._Header, "READ_AT_ONCE", 16)
    keys = [key(f"key {n}", 8, text("x" * n)) for n in range(50)]
    (array,) = opened(file_of([record("w", (3, 4), 0, 0)], MATRIX.tobytes(), keys))
    np.testing.assert_array_equal(array.read(), MATRIX)


def test_weights_of_a_file_can_be_encoded(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(file_of([record("w", (3, 4), 0, 0)], MATRIX.tobytes()))
    assert sources.encodable(path) == {"w": (3, 4)}
    weights = sources.of_file(path, "w")
    assert weights.matrix.shape == (3, 4)
    assert weights.matrix.max() == 127


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GGUF", "claims more than the file holds"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "is a GGUF file of version 1,"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "little-endian"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0), "claims more than"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), "claims more than"),
        (file_of([], keys=[text("k") + struct.pack("<I", 13)]), "a value of type 13"),
        (file_of([], keys=[key("k", 8, struct.pack("<Q", 1 << 62))]), "claims more than"),
        (file_of([], keys=[key("k", 9, struct.pack("<IQ", 12, 1 << 62))]), "claims more than"),
        (file_of([], keys=[key("k", 9, struct.pack("<IQ", 9, 1) * 6)]), "a value of type 9"),
        (file_of([], keys=[key("general.alignment", 4, struct.pack("<I", 0))]), "alignment of 0"),
        (file_of([], keys=[key("general.alignment", 4, struct.pack("<I", 48))]), "alignment of 48"),
        (file_of([record("w", (1,) * 9, 0, 0)]), "gives w 9 dimensions"),
        (file_of([record("w", (1 << 40, 4), 0, 0)], bytes(64)), "takes 17,592,186,044,416 bytes"),
        (file_of([record("w", (1, 4), 0, 1 << 63)], bytes(64)), "but 0 follow its place"),
        (file_of([record("w", (4, 31), 3, 0)], bytes(4096)), "Q4_1, whose blocks have 32 weights"),
        (file_of([record("w", (4, 32), 3, 0)], bytes(79)), "takes 80 bytes, but 79 follow"),
        (file_of([record("w", (4, 4), 77, 0)], bytes(64)), "holds ggml type 77, but only int8"),
    ],
)
def test_a_header_that_lies_is_refused(data, says):
    assert says in refused(data)


SAMPLE = file_of(
    [record("w", (3, 4), 0, 0), record("q", (2, 32), 8, 64)],
    MATRIX.tobytes().ljust(64, b"\0") + bytes(68),
    [key("k", 9, struct.pack("<IQ", 8, 2) + text("a") + text("bc")), key("n", 4, bytes(4))],
)


@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255), st.booleans())
def test_damage_gives_a_sentence_or_weights(place, change, cut):
    data = bytearray(SAMPLE)
    data[place] ^= change
    try:
        for array in arrays_of(BytesSource(bytes(data[:place] if cut else data), "model.gguf")):
            if not layer_refusal(array):
                array.read()
    except RanscopeError as error:
        assert error.sentence()


def test_without_the_package_quantised_weights_say_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gguf", None)
    monkeypatch.delitem(sys.modules, "gguf.constants", raising=False)
    monkeypatch.delitem(sys.modules, "gguf.quants", raising=False)
    _, quantised = opened(SAMPLE)
    assert (quantised.dtype, quantised.shape) == ("float32", (2, 32))
    with pytest.raises(InputError, match="pip install gguf"):
        quantised.read()


def test_other_files_are_told_what_would_do():
    with pytest.raises(FormatError, match=r"no \.npy, \.npz, \.safetensors or \.gguf file"):
        opened(b"GGML....")


@needs_gguf
def test_blocks_are_as_the_package_has_them():
    constants = importlib.import_module("gguf.constants")
    for number, (name, weights, size) in gguf.BLOCKS.items():
        kind = constants.GGMLQuantizationType(number)
        assert (kind.name, constants.GGML_QUANT_SIZES[kind]) == (name, (weights, size))


@needs_gguf
@pytest.mark.parametrize("name", ["Q4_0", "Q4_1", "Q5_0", "Q8_0", "BF16", "F16"])
def test_what_the_package_writes_comes_back(name, tmp_path):
    package = importlib.import_module("gguf")
    kind = package.GGMLQuantizationType[name]
    weights = np.random.default_rng(1).normal(0, 1, (6, 64)).astype(np.float32)
    packed = package.quants.quantize(weights, kind)
    writer = package.GGUFWriter(tmp_path / "model.gguf", "llama")
    writer.add_tensor("w", packed, raw_dtype=kind)
    writer.add_array("words", ["a", "b"])
    for write in ("header", "kv_data", "tensors"):
        getattr(writer, f"write_{write}{'_to_file'}")()
    writer.close()
    (array,) = arrays_of(BytesSource((tmp_path / "model.gguf").read_bytes(), "model.gguf"))
    np.testing.assert_array_equal(array.read(), package.quants.dequantize(packed, kind))
