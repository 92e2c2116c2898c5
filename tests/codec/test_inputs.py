"""Reading weights: what NumPy and safetensors write comes back, and no lie or damage gets through."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tracemalloc
import zipfile

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import FormatError, InputError, RanscopeError, SourceError
from codec.inputs import arrays_of, open_input
from codec.source import BytesSource

FLOATS = np.array([[0.0, -1.5, 3.25], [65504.0, 1e-3, -0.0]])


def npy(array) -> bytes:
    target = io.BytesIO()
    np.save(target, array, allow_pickle=array.dtype.hasobject)
    return target.getvalue()


def npz(compressed: bool = False, **arrays) -> bytes:
    target = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(target, **arrays)
    return target.getvalue()


def npy_stating(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode("latin1").ljust(117) + b"\n"
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + length + text + data


def tensors_file(header, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def opened(data: bytes, name: str = "layer.npy"):
    return arrays_of(BytesSource(data, name))


def read(arrays) -> list:
    return [array.matrix() for array in arrays]


def refused(data: bytes) -> str:
    """The sentence that reading gives, from opening or from the weights."""
    with pytest.raises(RanscopeError) as caught:
        read(opened(data))
    return caught.value.sentence()


@pytest.mark.parametrize("dtype", ["int8", "float16", "float32", "float64", ">f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_comes_back(dtype, order):
    matrix = np.asarray(FLOATS.clip(-100, 100).astype(dtype), order=order)
    (array,) = opened(npy(matrix))
    assert (array.name, array.shape, array.dtype) == ("layer", (2, 3), matrix.dtype.name)
    np.testing.assert_array_equal(array.matrix(), matrix)
    assert array.matrix().flags.c_contiguous


def test_npy_version_2_comes_back():
    header = "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 2), }"
    (array,) = opened(npy_stating(header, b"\x01\xff", b"\x02\x00"))
    assert array.matrix().tolist() == [[1, -1]]


def test_bfloat16_in_npy_is_what_numpy_writes_for_it():
    matrix = FLOATS.astype(ml_dtypes.bfloat16)
    (array,) = opened(npy(matrix))
    assert array.dtype == "bfloat16"
    np.testing.assert_array_equal(array.matrix(), matrix.astype(np.float32))


@pytest.mark.parametrize("compressed", [False, True])
def test_npz_comes_back(compressed):
    first, second = FLOATS.astype(np.float32), np.arange(6, dtype=np.int8).reshape(3, 2)
    arrays = opened(npz(compressed, **{"a.weight": first, "b": second}))
    assert [array.name for array in arrays] == ["a.weight", "b"]
    np.testing.assert_array_equal(arrays[0].matrix(), first)
    np.testing.assert_array_equal(arrays[1].matrix(), second)


def test_npz_of_much_zero_comes_back():
    """Deflate reaches nearly its bound of 1,032 here, so a tighter one would refuse it."""
    (array,) = opened(npz(True, w=np.zeros((3000, 3000), dtype=np.int8)))
    assert not array.matrix().any()


@pytest.mark.parametrize("dtype", ["int8", "float16", "float32", "float64"])
def test_safetensors_come_back(dtype):
    matrices = {"b": FLOATS.clip(-100, 100).astype(dtype), "a": np.ones((4, 1), dtype=dtype)}
    arrays = {array.name: array for array in opened(safetensors.numpy.save(matrices))}
    assert arrays.keys() == matrices.keys()
    for name, matrix in matrices.items():
        assert (arrays[name].shape, arrays[name].dtype) == (matrix.shape, dtype)
        np.testing.assert_array_equal(arrays[name].matrix(), matrix)


def test_safetensors_bfloat16_comes_back():
    matrix = FLOATS.astype(ml_dtypes.bfloat16)
    (array,) = opened(safetensors.numpy.save({"w": matrix}, {"format": "pt"}))
    assert array.dtype == "bfloat16"
    np.testing.assert_array_equal(array.matrix(), matrix.astype(np.float32))


def test_every_bfloat16_is_widened_exactly():
    every = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    (array,) = opened(npy(every.view(ml_dtypes.bfloat16)))
    expected = every.view(ml_dtypes.bfloat16).astype(np.float32)
    found = array.matrix()
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_a_file_is_told_by_its_content_not_its_name(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(npy(np.zeros((1, 1), dtype=np.int8)))
    assert open_input(path)[0].name == "weights"


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros(5, dtype=np.int8), "1 dimensions (shape 5)"),
        (np.zeros((2, 3, 4), dtype=np.float32), "3 dimensions (shape 2×3×4)"),
        (np.array(1.0), "0 dimensions"),
        (np.zeros((0, 7), dtype=np.int8), "the shape 0×7, so it holds no weights"),
        (np.zeros((7, 0), dtype=np.float32), "the shape 7×0, so it holds no weights"),
        (np.zeros((2, 2), dtype=np.int16), "holds int16, but only int8"),
        (np.zeros((2, 2), dtype=np.uint8), "holds uint8, but only int8"),
        (np.zeros((2, 2), dtype=bool), "holds bool, but only int8"),
        (np.zeros((2, 2), dtype=complex), "holds complex128, but only int8"),
        (np.array([["a"]]), "holds str"),
        (np.array([[{}]]), "holds pickled Python objects, which are never loaded"),
        (np.zeros((1, 1), dtype=[("a", "i1")]), "holds void8"),
    ],
)
def test_what_cannot_be_encoded_is_refused_in_plain_words(array, says):
    assert says in refused(npy(array))


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ("(4096, 33554432)", "takes 137,438,953,472 bytes, but holds 4"),
        (f"({1 << 62}, 4)", "bytes, but holds 4"),  # a product that wraps to 0 in 64 bits
        ("(-1, 4)", "impossible shape"),
        ("(2, 3)", "takes 6 bytes, but holds 4"),
    ],
)
def test_a_shape_is_held_against_the_size_before_memory_is_taken(shape, says):
    data = npy_stating(f"{{'descr': '|i1', 'fortran_order': False, 'shape': {shape}, }}", b"1234")
    tracemalloc.start()
    try:
        assert says in refused(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{",
        "(" * 5000,
        "-" * 5000 + "1",
        "[" * 100,
        "{'descr': '|i1'}",
        "__import__('os')",
        "\0",
    ],
)
def test_a_header_that_is_garbage_is_refused(header):
    assert "no .npy header that can be read" in refused(npy_stating(header))


def test_npy_of_an_unknown_version_is_refused():
    data = npy(np.zeros((1, 1), dtype=np.int8))
    assert "header" in refused(data[:6] + b"\x09\x00" + data[8:])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"x", "begins with the bytes 78"),
        (b"\x11\xc1\xde\xc0 and so on", "begins with the bytes 11 c1 de c0"),
        (b"PK\x05\x06" + bytes(18), "without any .npy"),
        (b"PK\x03\x04 torn", "damaged"),
    ],
)
def test_a_file_of_another_kind_is_refused(data, says):
    assert says in refused(data)


def test_a_zip_without_arrays_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02.")
    assert "save the weights as .safetensors" in refused(target.getvalue())


def test_a_member_that_claims_more_than_it_can_hold_is_refused():
    """The sizes in the central directory are the ones that zipfile believes."""
    data = bytearray(npz(True, w=np.zeros((10, 10), dtype=np.int8)))
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 0x7FFFFFFF)
    assert "claims to hold 2,147,483,647 bytes" in refused(bytes(data))


def test_an_inner_header_that_claims_more_than_its_member_is_refused():
    inner = npy_stating("{'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999), }")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("w.npy", inner)
    assert "states the shape 99999×99999" in refused(target.getvalue())


def test_an_encrypted_member_is_refused():
    data = bytearray(npz(w=np.zeros((2, 2), dtype=np.int8)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(bytes(data))


def test_a_compression_that_numpy_does_not_write_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("w.npy", npy(np.zeros((2, 2), dtype=np.int8)))
    assert "compressed in a way" in refused(target.getvalue())


def test_a_wrong_checksum_is_found():
    data = bytearray(npz(w=np.full((8, 8), 77, dtype=np.int8)))
    data[data.index(bytes([77] * 64))] = 78
    assert "CRC" in refused(bytes(data))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (struct.pack("<Q", 1 << 60) + b"{}", "states a .safetensors header of"),
        (struct.pack("<Q", 0) + b"{}", "states a .safetensors header of 0 bytes"),
        (tensors_file(b"{not json"), "no .safetensors header that can be read"),
        (tensors_file(b"{" + b"[" * 100_000), "no .safetensors header that can be read"),
        (tensors_file(b'{"\xff": 1}'), "no .safetensors header that can be read"),
        (tensors_file({"w": 3}), "describes w"),
        (tensors_file({"w": {"dtype": "I8", "shape": [1, 1]}}), "describes w"),
        (tensors_file({"w": {"dtype": "I8", "shape": [-1, 1], "data_offsets": [0, 1]}}), "describes w"),
        (tensors_file({"w": {"dtype": "I8", "shape": [True], "data_offsets": [0, 1]}}), "describes w"),
        (tensors_file({"w": {"dtype": "I8", "shape": [1, 2], "data_offsets": [0, 2]}}, b"x"), "claims"),
        (tensors_file({"w": {"dtype": "I8", "shape": [1, 1], "data_offsets": [1, 0]}}, b"x"), "claims"),
        (
            tensors_file({"w": {"dtype": "F32", "shape": [1 << 40, 1], "data_offsets": [0, 4]}}, b"1234"),
            "takes 4,398,046,511,104 bytes, but claims 4",
        ),
        (
            tensors_file({"w": {"dtype": "F8_E4M3", "shape": [1, 1], "data_offsets": [0, 1]}}, b"x"),
            "holds F8_E4M3, but only int8",
        ),
    ],
)  # fmt: skip
def test_a_safetensors_header_that_lies_is_refused(data, says):
    assert says in refused(data)


def test_a_file_that_shrinks_before_it_is_read_gives_a_sentence(tmp_path):
    for name, data in samples().items():
        path = tmp_path / name
        path.write_bytes(data)
        arrays = open_input(path)
        os.truncate(path, len(data) // 2)
        with pytest.raises((SourceError, FormatError)):
            read(arrays)


def test_a_directory_and_a_missing_file_give_a_sentence(tmp_path):
    for path, says in ((tmp_path, "a directory"), (tmp_path / "none", "No such file")):
        with pytest.raises(SourceError, match=says):
            open_input(path)


def samples() -> dict[str, bytes]:
    weights, other = FLOATS.astype(np.float32), np.full((40, 3), 5, dtype=np.int8)
    return {
        "a.npy": npy(weights),
        "a.npz": npz(w=weights, v=other),
        "compressed.npz": npz(True, w=weights, v=other),
        "a.safetensors": safetensors.numpy.save({"w": weights, "v": other}),
    }


def read_damaged(data: bytes) -> None:
    """Opens and reads everything; what is wrong may be told by these errors and no others."""
    with contextlib.suppress(InputError, FormatError, SourceError):
        read(opened(data))


@pytest.mark.parametrize("name", samples())
def test_truncation_at_every_byte_gives_a_sentence(name):
    data = samples()[name]
    for size in range(len(data)):
        read_damaged(data[:size])


@given(name=st.sampled_from(sorted(samples())), changes=st.data())
def test_damage_gives_weights_or_a_sentence(name, changes):
    data = bytearray(samples()[name])
    places = st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255))
    for place, value in changes.draw(st.lists(places, min_size=1, max_size=6)):
        data[place] = value
    read_damaged(bytes(data))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"8" * 8 + b"{"]),
)
def test_garbage_gives_a_sentence(data, magic):
    read_damaged(magic + data)
