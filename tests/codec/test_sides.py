"""What may stand on a side of a comparison: told apart, read, and refused with a sentence that helps."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from codec.capture import Capture, open_capture
from codec.comparison import captured, dump_values
from codec.comparison.comparison import compare
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side, parse_side, read_side, trace_side
from codec.container import Container, Tensor
from codec.decoders import cpu, make
from codec.decoders.base import DecodedTensor
from codec.encoder import EncodeSettings, encode
from codec.errors import Cancelled, DecodeError, InputError, RanscopeError, SourceError
from codec.formats import open_file
from codec.inputs.arrays import InputArray
from codec.inputs.layers import layer_of
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.quantisation import Granularity, quantise, scales_npz
from tests.codec.captures import json_of, recorded, with_json
from tests.codec.files import Weights, batched_file, noise, only_tensor, stream_place, wcdc_file
from tests.codec.native_files import native_bytes

ROWS, COLS = 20, 27
WEIGHTS = noise(ROWS, COLS)


@pytest.fixture
def layer(tmp_path: Path) -> Container:
    """A file of six tiles on disk."""
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(WEIGHTS, 10))
    return open_file(path)


def read(side: Side | Path | str, container: Container, **options: Any) -> Output:
    """What a side makes of the file's only tensor; a path is looked at first."""
    side = side if isinstance(side, Side) else parse_side(str(side), **options)
    return read_side(side, container, only_tensor(container))


def refusal(side: Side | Path | str, container: Container, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(side, container, **options)
    return caught.value.sentence()


def saved(folder: Path, name: str, array: NDArray[Any]) -> Path:
    np.save(folder / name, array)
    return folder / name


def raw(folder: Path, name: str, array: NDArray[Any]) -> Path:
    (folder / name).write_bytes(array.tobytes())
    return folder / name


def safetensors(arrays: dict[str, NDArray[Any]], kind: str) -> bytes:
    header: dict[str, Any] = {}
    data = b""
    for name, array in arrays.items():
        part = array.tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(part)],
        }
        data += part
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


# What a text stands for


@pytest.mark.parametrize("name", ["reference", "cpu", "cupy"])
def test_the_name_of_a_decoder_is_a_decoder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(b"a file of the same name")
    assert parse_side(name) == Side(SideKind.DECODER, name)
    assert parse_side(f"./{name}").kind is SideKind.DUMP


def write_npz(path: Path) -> None:
    np.savez(path, a=WEIGHTS)


def write_capture(path: Path) -> None:
    layer = path.with_name("of.batched")
    layer.write_bytes(batched_file(WEIGHTS, 10))
    path.write_bytes(recorded(open_file(layer)))


FILES: dict[str, tuple[Callable[[Path], object], SideKind]] = {
    "dump.npy": (lambda path: np.save(path, WEIGHTS), SideKind.DUMP),
    "dump.npz": (write_npz, SideKind.DUMP),
    "dump.safetensors": (
        lambda path: path.write_bytes(safetensors({"a": WEIGHTS}, "I8")),
        SideKind.DUMP,
    ),
    "dump.bin": (lambda path: path.write_bytes(WEIGHTS.tobytes()), SideKind.DUMP),
    "empty": (lambda path: path.write_bytes(b""), SideKind.DUMP),
    "run.rscap": (write_capture, SideKind.CAPTURE),
    "called otherwise": (write_capture, SideKind.CAPTURE),
    "a.batched": (lambda path: path.write_bytes(batched_file(WEIGHTS, 8)), SideKind.FILE),
    "a.wcdc": (lambda path: path.write_bytes(wcdc_file(WEIGHTS, 8)), SideKind.FILE),
    "a.rsc": (lambda path: path.write_bytes(native_bytes({"a": WEIGHTS})), SideKind.FILE),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_by_what_it_holds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, kind = FILES[name]
    write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    side = parse_side(name, tensor="a", dtype="int8", reshape=True)
    assert side == Side(kind, str(tmp_path / name), "a", "int8", True)
    assert not side.isolated
    assert side.title == name
    assert pickle.loads(pickle.dumps(side)) == side


@pytest.mark.parametrize("name", ["run.rscap", "called otherwise"])
def test_a_capture_cut_short_is_a_capture_all_the_same(name: str, tmp_path: Path) -> None:
    write_capture(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    assert parse_side(str(tmp_path / name)).kind is SideKind.CAPTURE


def test_brought_code_is_told_by_its_name_and_isolated(tmp_path: Path) -> None:
    for name in ("mine.py", "mine.so", "mine.cu"):
        (tmp_path / name).write_text("def decode(layer):\n    pass\n")
        side = parse_side(str(tmp_path / name), runs=3)
        assert side == Side(SideKind.DECODER, str(tmp_path / name), runs=3)
        assert side.isolated
    (tmp_path / "encoder.py").write_text("def encode(weights, layer):\n    pass\n")
    side = parse_side(str(tmp_path / "encoder.py"))
    assert side == Side(SideKind.FILE, str(tmp_path / "encoder.py"))
    assert side.isolated


@pytest.mark.parametrize(
    "text", ["nothing", "no/such.npy", "", "nul\0l", "~nobody-there/x", "x" * 5000]
)
def test_what_is_neither_a_file_nor_a_decoder_is_refused(text: str) -> None:
    with pytest.raises(
        InputError, match="is neither a file nor a decoder; there are reference, cpu"
    ):
        parse_side(text)


def test_a_file_of_a_decoder_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no file"):
        parse_side("no/such/decoder.py")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="directory"):
        parse_side(str(tmp_path))


def test_only_decoders_are_run_several_times(tmp_path: Path) -> None:
    dump = saved(tmp_path, "dump.npy", WEIGHTS)
    with pytest.raises(InputError, match="no decoder, so it cannot be run 2 times"):
        parse_side(str(dump), runs=2)
    with pytest.raises(InputError, match="at least once"):
        parse_side("cpu", runs=0)


# Decoders


@pytest.mark.parametrize("name", ["reference", "cpu"])
def test_a_decoder_gives_weights_reads_and_table(name: str, layer: Container) -> None:
    found = read(name, layer)
    tensor = only_tensor(layer)
    assert (found.title, found.kind) == (name, SideKind.DECODER)
    assert found.weights.tolist() == WEIGHTS.tolist()
    assert found.reads is not None
    assert found.reads["offset"].tolist() == tensor.tiles["offset"].tolist()
    assert not len(found.failed)
    assert found.table.tolist() == [tensor.table.frequencies.tolist(), tensor.table.starts.tolist()]
    assert (found.varying, found.determinism, found.notices) == (None, None, ())


def test_a_decoder_that_is_not_available_says_why(layer: Container) -> None:
    try:
        import cupy  # type: ignore[import-not-found,unused-ignore]  # noqa: F401
    except ImportError:
        assert "not available here" in refusal("cupy", layer)


def test_a_tensor_that_cannot_be_decoded_is_refused(layer: Container) -> None:
    tensor = replace(only_tensor(layer), refusal="its table is no table")
    with pytest.raises(DecodeError, match="its table is no table"):
        read_side(Side(SideKind.DECODER, "cpu"), layer, tensor)


def test_several_runs_of_a_sound_decoder_are_alike(layer: Container) -> None:
    told: list[tuple[int, int]] = []
    side = Side(SideKind.DECODER, "cpu", runs=3)
    found = read_side(side, layer, only_tensor(layer), lambda done, all_: told.append((done, all_)))
    assert found.varying.tolist() == [False] * 6
    assert found.determinism.hashes.shape == (3, 6)
    assert found.determinism.outcomes.tolist() == [1] * 6
    assert len(set(found.determinism.hashes[0].tolist())) == 6
    assert found.notices == ("all 3 runs gave the same weights",)
    assert told == sorted(told)
    assert told[-1] == (18, 18)


def test_tiles_that_vary_are_found(layer: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[DecodedTensor] = []

    class Racy(cpu.CpuDecoder):
        """Adds 1 to a weight of tile 4 in the second run, and 2 in the third; to one of tile 0 in the third."""

        def decode(self, *given: Any) -> DecodedTensor:
            found = super().decode(*given)
            found.weights[12, 13] += len(runs)
            found.weights[3, 9] += len(runs) == 2
            runs.append(found)
            return found

    monkeypatch.setattr(cpu, "CpuDecoder", Racy)
    found = read(Side(SideKind.DECODER, "cpu", runs=3), layer)
    assert found.weights is runs[0].weights
    assert found.varying.tolist() == [True, False, False, False, True, False]
    assert found.determinism.outcomes.tolist() == [2, 1, 1, 1, 3, 1]
    assert found.notices == ("2 of 6 tiles did not come out alike in all 3 runs: 0, 4",)


def test_a_decoder_can_be_stopped(layer: Container) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_side(Side(SideKind.DECODER, "cpu"), layer, only_tensor(layer), stop)


def test_a_brought_decoder_is_a_side(layer: Container, tmp_path: Path) -> None:
    code = tmp_path / "mine.py"
    code.write_text(
        "import numpy\ndef decode(layer):\n    return numpy.full((layer.rows, layer.cols), 3, 'i1')\n"
    )
    found = read(code, layer)
    assert (found.title, found.weights.tolist()) == ("mine.py", [[3] * COLS] * ROWS)
    assert found.table is None
    assert found.reads is None
    with pytest.raises(DecodeError, match="trace"):
        trace_side(parse_side(str(code)), layer, only_tensor(layer), 0)


# Dumps


@pytest.mark.parametrize("name", ["dump.npy", "dump.npz", "dump.safetensors", "dump.bin"])
def test_a_dump_is_read(name: str, layer: Container, tmp_path: Path) -> None:
    FILES[name][0](tmp_path / name)
    found = read(tmp_path / name, layer)
    assert (found.title, found.kind, found.notices) == (name, SideKind.DUMP, ())
    assert found.weights.dtype == np.int8
    assert found.weights.tolist() == WEIGHTS.tolist()
    assert (found.reads, found.table, found.varying) == (None, None, None)
    assert not len(found.failed)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", ">i2", "int32", ">u8", "float16", "float32", "float64"]
)
def test_other_types_of_small_values_become_int8_with_a_notice(
    dtype: str, layer: Container, tmp_path: Path
) -> None:
    small = np.abs(WEIGHTS) if "u" in dtype else WEIGHTS
    found = read(saved(tmp_path, "dump.npy", small.astype(dtype)), layer)
    assert found.weights.dtype == np.int8
    assert found.weights.tolist() == small.tolist()
    assert len(found.notices) == (dtype != "int8")


@pytest.mark.parametrize(
    ("dtype", "read_as"),
    [("uint8", "uint8"), (">i2", "int16"), ("<u8", "uint64"), ("float32", "int64")],
)
def test_values_beyond_int8_keep_their_type(
    dtype: str, read_as: str, layer: Container, tmp_path: Path
) -> None:
    large = (WEIGHTS.astype(np.int64) & 0xFF).astype(dtype)
    found = read(saved(tmp_path, "dump.npy", large), layer)
    assert found.weights.dtype == np.dtype(read_as)
    assert found.weights.dtype.isnative
    assert found.weights.tolist() == large.tolist()
    assert len(found.notices) == 1
    assert compare(only_tensor(layer), read("cpu", layer), found).differing == (WEIGHTS < 0).sum()


def test_columns_first_is_read_as_what_it_means(layer: Container, tmp_path: Path) -> None:
    found = read(saved(tmp_path, "dump.npy", np.asfortranarray(WEIGHTS)), layer)
    assert found.weights.tolist() == WEIGHTS.tolist()


def test_the_array_is_found_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "model.rsc"
    path.write_bytes(native_bytes({"a": WEIGHTS, "b": noise(ROWS, COLS, 2)}))
    container = open_file(path)
    dump = tmp_path / "dump.npz"
    np.savez(dump, b=noise(ROWS, COLS, 2), a=WEIGHTS, other=WEIGHTS + 1)
    a = container.tensors[0]
    assert read_side(parse_side(str(dump)), container, a).weights.tolist() == WEIGHTS.tolist()
    other = read_side(parse_side(str(dump), tensor="other"), container, a)
    assert other.weights.tolist() == (WEIGHTS + 1).tolist()
    with pytest.raises(InputError, match="holds no tensor called nothing; there are b, a, other"):
        read_side(parse_side(str(dump), tensor="nothing"), container, a)


def test_which_array_must_be_clear(layer: Container, tmp_path: Path) -> None:
    np.savez(tmp_path / "dump.npz", x=WEIGHTS, y=WEIGHTS)
    assert "holds no tensor called layer, so say which is meant; there are x, y" in refusal(
        tmp_path / "dump.npz", layer
    )


def test_another_size_is_refused_with_what_was_expected(layer: Container, tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, "dump.npy", noise(21, 27)), layer) == (
        "dump in dump.npy has 21×27 values, where layer has 20×27"
    )
    whole = refusal(saved(tmp_path, "whole.npy", noise(20, 30)), layer)
    assert "as many as all 6 tiles whole, with edges that are not cut would take" in whole


@pytest.mark.parametrize("shape", [(ROWS * COLS,), (1, ROWS, COLS), (ROWS, 1, COLS, 1)])
def test_a_shape_that_leaves_no_doubt_is_taken_with_a_notice(
    shape: tuple[int, ...], layer: Container, tmp_path: Path
) -> None:
    found = read(saved(tmp_path, "dump.npy", WEIGHTS.reshape(shape)), layer)
    assert found.weights.tolist() == WEIGHTS.tolist()
    (notice,) = found.notices
    assert "is read row by row as 20×27" in notice


def test_a_shape_that_fits_is_offered_and_taken_when_asked_for(
    layer: Container, tmp_path: Path
) -> None:
    turned = saved(tmp_path, "dump.npy", np.ascontiguousarray(WEIGHTS.T))
    sentence = refusal(turned, layer)
    assert "has the shape 27×20, where layer has 20×27: these are as many weights" in sentence
    assert "rows and columns may have changed places, so it fits if it is reshaped" in sentence
    assert "changed places" not in refusal(saved(tmp_path, "b.npy", WEIGHTS.reshape(10, 54)), layer)
    found = read(turned, layer, reshape=True)
    assert found.weights.tolist() == WEIGHTS.T.reshape(20, 27).tolist()
    assert "reshaped to 20×27, row by row" in found.notices[0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.5, 1e30])
def test_floats_that_are_no_weights_are_counted_and_the_first_is_named(
    bad: float, layer: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump_values, "VALUES_AT_ONCE", 50)
    values = WEIGHTS.astype(np.float64)
    values[7, 5] = values[7, 6] = values[19, 26] = bad
    sentence = refusal(saved(tmp_path, "dump.npy", values), layer)
    assert f"3 of 540 are like that, the first, {bad}, in row 7, column 5" in sentence


@pytest.mark.parametrize("dtype", ["bool", "complex64", "M8[s]", "i1,i1", "S3"])
def test_what_is_no_number_is_refused(dtype: str, layer: Container, tmp_path: Path) -> None:
    dump = saved(tmp_path, "dump.npy", np.zeros((ROWS, COLS), dtype=dtype))
    assert "where int8 weights were expected" in refusal(dump, layer)


def test_a_type_that_is_not_known_is_refused(layer: Container, tmp_path: Path) -> None:
    dump = tmp_path / "dump.safetensors"
    dump.write_bytes(safetensors({"a": WEIGHTS}, "F8_E4M3"))
    assert "a in dump.safetensors holds F8_E4M3, where int8" in refusal(dump, layer)


@pytest.mark.parametrize(
    ("dtype", "options", "found"),
    [
        ("int8", {}, "int8"),
        ("uint8", {"dtype": "uint8"}, "uint8"),
        ("int16", {}, "int16"),
        ("float16", {}, "int64"),
        ("int32", {}, "int32"),
        ("float32", {}, "int64"),
        ("int64", {}, "int64"),
        ("float64", {}, "int64"),
        (">i4", {"dtype": ">int32"}, "int32"),
        ("uint64", {"dtype": "uint64"}, "uint64"),
    ],
)
def test_raw_bytes_are_what_their_number_says(
    dtype: str, options: dict[str, str], found: str, layer: Container, tmp_path: Path
) -> None:
    values = WEIGHTS.astype(np.int64) if dtype == "int8" else WEIGHTS.astype(np.int64) % 256
    output = read(raw(tmp_path, "dump.bin", values.astype(dtype)), layer, **options)
    assert output.weights.tolist() == values.tolist()
    assert output.weights.dtype == np.dtype(found)


def test_raw_bytes_that_look_like_another_file_are_raw(layer: Container, tmp_path: Path) -> None:
    weights = WEIGHTS.copy()
    weights.reshape(-1)[8] = ord("{")
    found = read(raw(tmp_path, "dump.bin", weights), layer)
    assert found.weights.tolist() == weights.tolist()


def test_raw_bytes_of_another_number_are_refused(layer: Container, tmp_path: Path) -> None:
    sentence = refusal(raw(tmp_path, "dump.bin", WEIGHTS[:-1]), layer)
    assert (
        "has 513 bytes, where the 20×27 weights of layer take 540 as int8, 1,080 as int16"
        in sentence
    )
    assert "take 2,160 as int32" in refusal(raw(tmp_path, "d", WEIGHTS), layer, dtype="int32")
    assert "has 0 bytes" in refusal(raw(tmp_path, "empty", WEIGHTS[:0]), layer)
    stride = refusal(raw(tmp_path, "stride", noise(20, 30)), layer)
    assert "that is as many as all 6 tiles whole" in stride
    assert "is no type of raw values" in refusal(raw(tmp_path, "d", WEIGHTS), layer, dtype="int9")


def test_a_file_that_says_what_it_is_must_be_that(layer: Container, tmp_path: Path) -> None:
    assert "no .npy" in refusal(raw(tmp_path, "dump.npy", WEIGHTS), layer)
    found = read(tmp_path / "dump.npy", layer, dtype="int8")
    assert found.weights.tolist() == WEIGHTS.tolist()
    whole = io.BytesIO()
    np.save(whole, WEIGHTS)
    (tmp_path / "cut.npy").write_bytes(whole.getvalue()[:-5])
    assert "takes 540 bytes, but holds 535" in refusal(tmp_path / "cut.npy", layer)
    # Its type it states itself, whatever is said of raw bytes beside it.
    assert "takes 540 bytes, but holds 535" in refusal(tmp_path / "cut.npy", layer, dtype="int16")
    (tmp_path / "cut.npy").write_bytes(whole.getvalue())
    assert read(tmp_path / "cut.npy", layer, dtype="int16").weights.tolist() == WEIGHTS.tolist()
    np.save(tmp_path / "one.npy", WEIGHTS[0, 0])
    assert "has 1 value, where" in refusal(tmp_path / "one.npy", layer)


# The layer before it was quantised


def floats(rows: int = ROWS, cols: int = COLS) -> NDArray[np.float32]:
    scale = np.linspace(0.001, 2, rows)[:, np.newaxis]
    return (np.random.default_rng(3).normal(size=(rows, cols)) * scale).astype(np.float32)


@pytest.mark.parametrize("granularity", Granularity)
def test_the_original_floats_are_quantised_as_the_file_was(
    granularity: Granularity, tmp_path: Path
) -> None:
    original = floats()
    array = InputArray("model.npy", "a", original.shape, "float32", lambda: original)
    made = encode_native([layer_of(array, granularity)], NativeSettings())
    (tmp_path / "model.rsc").write_bytes(made[0])
    container = open_file(tmp_path / "model.rsc")
    left = read("cpu", container)
    for dump in (original, original.astype(np.float64)):
        right = read(saved(tmp_path, "original.npy", dump), container)
        assert compare(only_tensor(container), left, right).equal
        (notice,) = right.notices
        assert notice.endswith("quantised with the scales in model.rsc")


@pytest.mark.parametrize("granularity", Granularity)
def test_scales_beside_a_legacy_file_are_used(granularity: Granularity, tmp_path: Path) -> None:
    original = floats()
    quantised = quantise(original, granularity)
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(quantised.weights, 10))
    container = open_file(path)
    dump = saved(tmp_path, "original.npy", original)
    assert "there are no scales in or beside layer.batched" in refusal(dump, container)
    scales = scales_npz(quantised, "original", "float32")
    (tmp_path / "layer.batched.scales.npz").write_bytes(scales)
    found = read(dump, container)
    assert found.weights.tolist() == quantised.weights.tolist()
    assert "the scales in layer.batched.scales.npz" in found.notices[0]
    (tmp_path / "layer.batched.scales.npz").write_bytes(scales[:-9])
    assert "there are no scales" in refusal(dump, container)
    other = quantise(floats(ROWS + 1), Granularity.ROW)
    (tmp_path / "layer.batched.scales.npz").write_bytes(scales_npz(other, "x", "float32"))
    assert "there are no scales" in refusal(dump, container)


def test_the_shape_of_the_original_is_the_tensor_s(tmp_path: Path) -> None:
    weights = noise(12, 5)
    read_weights = Layer.of_matrix("conv", weights).read
    shaped = Layer("conv", (2, 3, 2, 5), "int8", "none", read_weights)
    (tmp_path / "m.rsc").write_bytes(encode_native([shaped], NativeSettings())[0])
    container = open_file(tmp_path / "m.rsc")
    found = read(saved(tmp_path, "d.npy", weights.reshape(2, 3, 2, 5)), container)
    assert (found.weights.tolist(), found.notices) == (weights.tolist(), ())


# Captures


@pytest.fixture
def capture(layer: Container, tmp_path: Path) -> Path:
    path = tmp_path / "run.rscap"
    path.write_bytes(recorded(layer, tiles=(1, 4), repeat=2))
    return path


def test_a_capture_of_this_file_is_a_side(capture: Path, layer: Container) -> None:
    found = read(capture, layer)
    assert (found.title, found.kind) == ("run.rscap", SideKind.CAPTURE)
    assert found.weights.tolist() == WEIGHTS.tolist()
    assert found.reads.tobytes() == read("reference", layer).reads.tobytes()
    assert found.table.tolist() == read("cpu", layer).table.tolist()
    assert found.varying.tolist() == [False] * 6
    assert len(found.notices) == 1
    assert found.notices[0].startswith("reference decoded it on ")


def test_a_capture_of_another_file_is_refused(capture: Path, tmp_path: Path) -> None:
    for number, (name, data) in enumerate(
        {"other size": batched_file(noise(20, 27, 2), 10), "same size": changed_byte()}.items()
    ):
        path = tmp_path / f"{number}.batched"
        path.write_bytes(data)
        sentence = refusal(capture, open_file(path))
        assert "run.rscap was taken of layer.batched with" in sentence, name
        assert ("it is another file, or one changed since" in sentence) == (name == "same size")


def changed_byte() -> bytes:
    data = batched_file(WEIGHTS, 10)
    offset, size = stream_place(data, 2)
    middle = offset + size // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def test_a_newer_or_a_damaged_capture_is_refused(capture: Path, layer: Container) -> None:
    data = capture.read_bytes()
    side = parse_side(str(capture))
    capture.write_bytes(with_json(data, {**json_of(data), "version": 2}))
    assert "takes another release" in refusal(side, layer)
    for size in (0, 3, 100, len(data) // 2, len(data) - 1):
        capture.write_bytes(data[:size])
        assert "capture" in refusal(side, layer)
    capture.unlink()
    with pytest.raises(SourceError):
        read(side, layer)


def test_a_capture_that_says_other_tiles_is_refused(capture: Path, layer: Container) -> None:
    content = json_of(capture.read_bytes())
    content["tensors"][0]["tiles"] = 5
    capture.write_bytes(with_json(capture.read_bytes(), content))
    assert refusal(capture, layer) == (
        "layer in run.rscap has 20×27 weights in 5 tiles, and layer has 20×27 in 6"
    )


def test_a_capture_that_changed_on_disk_is_opened_anew(
    capture: Path, layer: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def counted(path: str) -> Capture:
        opened.append(path)
        return open_capture(path)

    monkeypatch.setattr(captured, "open_capture", counted)
    side = parse_side(str(capture))
    read(side, layer)
    trace_side(side, layer, only_tensor(layer), 4)
    assert len(opened) == 1
    data = capture.read_bytes()
    capture.write_bytes(data[:-1])
    assert refusal(side, layer)
    assert len(opened) == 2


# Other compressed files


@pytest.mark.parametrize("kind", ["batched", "wcdc", "native"])
def test_another_file_with_the_same_tensor_is_a_side(
    kind: str, layer: Container, tmp_path: Path
) -> None:
    path = tmp_path / "other"
    data = {
        "batched": lambda: batched_file(WEIGHTS, 10),
        "wcdc": lambda: wcdc_file(WEIGHTS, 8),
        "native": lambda: native_bytes({"b": noise(3, 3), "layer": WEIGHTS}),
    }[kind]()
    path.write_bytes(data)
    found = read(path, layer)
    assert (found.title, found.kind) == ("other", SideKind.FILE)
    assert found.weights.tolist() == WEIGHTS.tolist()
    alike = kind == "batched"
    assert (found.reads is not None) == alike
    assert bool(found.notices) == (not alike)
    assert found.table.shape == (2, 256)
    side = parse_side(str(path))
    if alike:
        assert len(trace_side(side, layer, only_tensor(layer), 3)) == 100
    else:
        with pytest.raises(InputError, match="has other tiles"):
            trace_side(side, layer, only_tensor(layer), 3)


def test_another_file_without_that_tensor_is_refused(layer: Container, tmp_path: Path) -> None:
    path = tmp_path / "m.rsc"
    path.write_bytes(native_bytes({"a": WEIGHTS, "b": noise(3, 3)}))
    assert "holds no tensor called layer, so say which is meant; there are a, b" in refusal(
        path, layer
    )
    assert read(path, layer, tensor="a").weights.tolist() == WEIGHTS.tolist()
    assert refusal(path, layer, tensor="b") == "b in m.rsc has 3×3 weights, and layer has 20×27"


def test_another_file_that_is_damaged_says_what_it_can(layer: Container, tmp_path: Path) -> None:
    path = tmp_path / "b.batched"
    data = batched_file(WEIGHTS, 10)
    path.write_bytes(data[:-3])
    found = read(path, layer)
    assert found.failed.tolist() == [5]
    assert "1 of its 6 tiles cannot be decoded" in found.notices[0]
    path.write_bytes(data[:30])
    with pytest.raises(RanscopeError):
        read(path, layer)
    path.write_bytes(b"")
    assert "empty" in refusal(Side(SideKind.FILE, str(path)), layer)


ENCODER = """
from pathlib import Path
def encode(weights, layer):
    return Path({path!r}).read_bytes()
"""


def test_what_a_brought_encoder_makes_is_another_file(layer: Container, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_bytes(encoded(WEIGHTS))
    (tmp_path / "mine.py").write_text(ENCODER.format(path=str(made)))
    found = read(tmp_path / "mine.py", layer)
    assert (found.title, found.kind) == ("mine.py", SideKind.FILE)
    assert found.weights.tolist() == WEIGHTS.tolist()
    side, tensor = parse_side(str(tmp_path / "mine.py")), only_tensor(layer)
    made.write_bytes(encoded(WEIGHTS[::-1]))
    assert trace_side(side, layer, tensor, 1).streams[0].size == size_of_tile(1, WEIGHTS)
    assert read(side, layer).weights.tolist() == WEIGHTS[::-1].tolist()
    assert trace_side(side, layer, tensor, 1).streams[0].size == size_of_tile(1, WEIGHTS[::-1])
    made.write_bytes(b"no file of ours")
    with pytest.raises(DecodeError, match=r"mine\.py"):
        read(tmp_path / "mine.py", layer)


def size_of_tile(tile: int, weights: Weights) -> int:
    return stream_place(encoded(weights), tile)[1]


def test_code_that_is_no_sound_python_is_run_to_say_why(layer: Container, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def encode(weights, layer:\n")
    side = parse_side(str(tmp_path / "mine.py"))
    assert side.kind is SideKind.DECODER
    with pytest.raises(DecodeError, match=r"mine\.py, line 1"):
        read(side, layer)
    chosen = Side(SideKind.FILE, side.name)  # while it was sound
    with pytest.raises(DecodeError, match=r"mine\.py, line 1"):
        read(chosen, layer)
    assert chosen.isolated


def encoded(weights: Weights) -> bytes:
    return b"".join(encode(weights, EncodeSettings("batched", 10)).pieces())


# Traces


@pytest.mark.parametrize("name", ["reference", "cpu"])
def test_decoders_and_captures_give_the_same_steps(
    name: str, capture: Path, layer: Container
) -> None:
    tensor = only_tensor(layer)
    wanted = make("reference").trace(layer, tensor, 4, 10, 20)
    for side in (parse_side(name), parse_side(str(capture))):
        found = trace_side(side, layer, tensor, 4, 10, 20)
        assert {n: c.tolist() for n, c in found.columns.items()} == {
            n: c.tolist() for n, c in wanted.columns.items()
        }


def test_why_there_are_no_steps_is_said(capture: Path, layer: Container, tmp_path: Path) -> None:
    tensor: Tensor = only_tensor(layer)
    dump = parse_side(str(saved(tmp_path, "dump.npy", WEIGHTS)))
    with pytest.raises(InputError, match=r"dump\.npy holds weights alone, and no steps"):
        trace_side(dump, layer, tensor, 0)
    with pytest.raises(InputError, match="has no trace of tile 2; there are traces of 1, 4"):
        trace_side(parse_side(str(capture)), layer, tensor, 2)
    for tile in (-1, 6):
        with pytest.raises(DecodeError, match="there is no tile"):
            trace_side(parse_side("cpu"), layer, tensor, tile)
