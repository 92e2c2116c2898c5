"""Decoders and encoders that were brought: what they get, what is made of what they give, and what is said of it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

from codec import decoders
from codec.decoders import brought
from codec.decoders.brought import naming, output
from codec.decoders.brought.encoder import encoded_by
from codec.decoders.brought.layer import LAYER, READ, STEP, TILE, layer_of
from codec.decoders.brought.reads import symbols_of
from codec.decoders.cpu import CpuDecoder
from codec.decoders.streams import TILE_READ, Status
from codec.errors import BroughtError, DecodeError, InputError
from codec.formats import parse
from codec.source import BytesSource
from codec.trace import STEP_COLUMNS
from tests.codec.brought_files import (
    ALL_LAYOUTS,
    BATCHED,
    NATIVE,
    PER_TILE,
    c_decoder,
    compiled,
    expected,
    opened,
    template,
    written,
)

CONSTANT = "import numpy as np\ndef decode(layer):\n    return np.full((layer.rows, layer.cols), {}, np.int8)\n"


def python(folder, body: str, name="mine.py"):
    """A decoder whose `decode` has this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    path = written(folder, f"import numpy as np\ndef decode(layer):\n{lines}\n", name)
    return decoders.make(str(path))


def failure(decoder, path=BATCHED) -> BroughtError:
    with pytest.raises(BroughtError) as failed:
        decoder.decode(*opened(path))
    return failed.value


# The templates


@pytest.mark.parametrize("path", ALL_LAYOUTS, ids=lambda path: path.suffix)
@pytest.mark.parametrize("kind", ["python", "c"])
def test_the_templates_decode_every_layout_bit_exactly(tmp_path, kind, path):
    file = (
        compiled(tmp_path, template("decoder.c"))
        if kind == "c"
        else written(tmp_path, template("decoder.py"))
    )
    decoder, (container, tensor) = decoders.make(str(file)), opened(path)
    decoded = decoder.decode(container, tensor)
    np.testing.assert_array_equal(decoded.weights, expected(container, tensor))
    assert decoder.notice == ""
    assert (decoder.written is None) == (kind == "python")
    assert kind == "python" or decoder.written.all()
    assert decoder.timing.total > 0
    assert decoder.isolated
    assert not len(decoded.failed)
    trace, ours = decoder.trace(container, tensor, 1), CpuDecoder().trace(container, tensor, 1)
    for column in STEP_COLUMNS:
        np.testing.assert_array_equal(trace[column], ours[column])
    reads = CpuDecoder().decode(container, tensor).reads  # of a sound file all is by the book
    for column in TILE_READ.names or ():
        np.testing.assert_array_equal(decoded.reads[column], reads[column], column)
    part = decoder.trace(container, tensor, 1, 10, 20)
    assert part["step"].tolist() == list(range(10, 20))
    assert (trace.stopped, part.stopped) == ("", "")


@pytest.mark.parametrize("path", ALL_LAYOUTS, ids=lambda path: path.suffix)
def test_the_template_in_c_reads_what_our_decoder_reads(tmp_path, path):
    decoder = decoders.make(str(compiled(tmp_path, template("decoder.c"))))
    container, tensor = opened(path)
    theirs, ours = (each.decode(container, tensor).reads for each in (decoder, CpuDecoder()))
    assert decoder.tells_reads
    for column in TILE_READ.names:
        np.testing.assert_array_equal(theirs[column], ours[column], column)


def test_the_template_in_c_tells_how_damaged_streams_end(tmp_path):
    container, tensor = opened()
    data = bytearray(container.source.read(0, container.source.size))
    data[int(tensor.tiles["offset"][3]) + 200] ^= 0x55
    damaged = parse(BytesSource(bytes(data)))
    decoder = decoders.make(str(compiled(tmp_path, template("decoder.c"))))
    streams, ours = (
        each.decode_streams(damaged, damaged.tensors[0], [3, 4]) for each in (decoder, CpuDecoder())
    )
    assert [stream.status for stream in ours] != [Status.OK, Status.OK]
    assert [stream.status for stream in streams] == [stream.status for stream in ours]
    assert [stream.bytes_left for stream in streams] == [stream.bytes_left for stream in ours]


def test_the_template_of_an_encoder_writes_the_very_file(tmp_path):
    container, tensor = opened()
    path = written(tmp_path, template("encoder.py"))
    made = encoded_by(str(path), container, tensor, expected(container, tensor))
    assert made.source.read(0, made.source.size) == BATCHED.read_bytes()
    native, layer = opened(NATIVE)
    made = encoded_by(str(path), native, layer, expected(native, layer))
    assert made.problems == ()
    np.testing.assert_array_equal(expected(made, made.tensors[0]), expected(native, layer))


# The structs


def offset_of(dtype: np.dtype, name: str) -> int:
    assert dtype.fields is not None
    return dtype.fields[name][1]


def test_c_and_numpy_agree_on_every_member(tmp_path):
    asserts = []
    for struct, dtype in (("tile", TILE), ("layer", LAYER), ("read", READ), ("step", STEP)):
        asserts.append(
            f'_Static_assert(sizeof(ranscope_{struct}) == {dtype.itemsize}, "{struct}");'
        )
        for name in dtype.names:
            at = f"offsetof(ranscope_{struct}, {name}) == {offset_of(dtype, name)}"
            size = f"sizeof(((ranscope_{struct} *)0)->{name}) == {dtype[name].itemsize}"
            asserts.append(f'_Static_assert({at} && {size}, "{name}");')
    text = "#include <stddef.h>\n" + c_decoder("(void)layer; (void)weights;") + "\n".join(asserts)
    compiled(tmp_path, text)


def test_the_numbers_in_the_header_are_ours(tmp_path):
    text = c_decoder("(void)layer; (void)weights;") + "\n".join(
        f'_Static_assert(RANSCOPE_{status.name} == {int(status)}, "{status.name}");'
        for status in Status
    )
    compiled(tmp_path, text)


def test_a_library_gets_the_struct_filled_in(tmp_path):
    body = """
        if (layer->struct_version != RANSCOPE_STRUCT_VERSION || layer->struct_size != sizeof *layer) return 1;
        if (layer->rows != 300 || layer->cols != 200 || layer->tile_count != 20) return 2;
        if (layer->file[0] != 0x11 || layer->file[layer->file_size] != 0) return 3;
        if (layer->framing != RANSCOPE_TRAILING_STATE || layer->prediction != RANSCOPE_FLAT_LEFT) return 4;
        if (layer->tiles[19].row != 256 || layer->tiles[19].cols != 8 || !layer->padded) return 5;
        if (layer->tiles[19].symbol_count != 64 * 64 || layer->lower_bound != 1u << 23) return 6;
        for (int i = 0; i < 60000; i++) weights[i] = (int8_t)layer->frequencies[128];"""
    decoder = decoders.make(str(compiled(tmp_path, c_decoder(body))))
    container, tensor = opened()
    weights = decoder.decode(container, tensor).weights
    assert decoder.notice == ""
    assert set(weights.reshape(-1).tolist()) == {
        int(np.uint8(tensor.table.frequencies[128] & 255).view(np.int8))
    }


@pytest.mark.parametrize("path", ALL_LAYOUTS, ids=lambda path: path.suffix)
def test_a_layer_holds_what_a_decoder_needs(path):
    container, tensor = opened(path)
    layer = layer_of(container, tensor)
    assert layer.file.tobytes() == path.read_bytes()
    assert (layer.rows, layer.cols) == (tensor.rows, tensor.cols)
    for tile in range(len(tensor.tiles)):
        record, place = layer.tiles[tile], tensor.rectangle(tile)
        assert tuple(int(record[name]) for name in ("row", "col", "rows", "cols")) == place
        assert int(record["symbol_count"]) == tensor.symbol_count(tile)
        named = ("none", "left", "top")[record["predictor"]]
        assert named == tensor.predictor(tile)
    assert layer.stream(1)[:4] == path.read_bytes()[int(tensor.tiles["offset"][1]) :][:4]
    with pytest.raises(ValueError, match="read-only"):
        layer.tiles["row"] = 1
    with pytest.raises(ValueError, match="read-only"):
        layer.file[0] = 1


@pytest.mark.parametrize("path", ALL_LAYOUTS, ids=lambda path: path.suffix)
def test_symbols_are_those_that_the_weights_are_coded_as(path):
    container, tensor = opened(path)
    weights = expected(container, tensor)
    for stream in CpuDecoder().decode_streams(container, tensor, range(len(tensor.tiles))):
        np.testing.assert_array_equal(symbols_of(tensor, stream.tile, weights), stream.symbols)


# What Python code returns


def test_of_a_whole_array_nobody_knows_what_was_written(tmp_path):
    """Zeros that were never replaced are for the diagnosis to find, so they must not count as written."""
    decoder = python(tmp_path, "return np.zeros((layer.rows, layer.cols), np.int8)")
    decoder.decode(*opened())
    assert decoder.written is None


@pytest.mark.parametrize(
    ("body", "notice", "unwritten"),
    [
        ("return np.zeros((layer.rows, layer.cols))", "float64 where int8 was expected; every", 0),
        (
            "return np.full((300, 200), 200, 'u1')",
            "uint8 .* from 200 to 200; of each the low byte",
            0,
        ),
        ("return np.zeros(60_000, 'i1')", r"shape \[60,000\] where \[300, 200\] .* row by row", 0),
        ("return np.zeros((200, 300), 'i1')", r"shape \[200, 300\] where \[300, 200\]", 0),
        (
            "return np.zeros((299, 200), 'i1')",
            "upper left corner.*200 weights of 60,000 were never",
            200,
        ),
        ("return np.zeros((320, 256), 'i1')", r"shape \[320, 256\] .* upper left corner", 0),
        (
            "return np.zeros(59_000, 'i1')",
            "its first 59,000 values.* 1,000 weights of 60,000",
            1000,
        ),
        ("return [[0] * 200] * 300", "int64 where int8 was expected", 0),
    ],
)
def test_what_is_not_quite_right_is_taken_as_far_as_it_goes(tmp_path, body, notice, unwritten):
    decoder = python(tmp_path, body)
    decoded = decoder.decode(*opened())
    assert decoded.weights.dtype == np.int8
    assert decoded.weights.shape == (300, 200)
    missing = 0 if decoder.written is None else np.count_nonzero(~decoder.written)
    assert missing == unwritten
    assert re.search(notice, decoder.notice), decoder.notice
    assert decoder.notice.startswith("mine.py: ")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            "pass",
            r"decode returned nothing where an array int8\[300, 200\] was expected: is there a return",
        ),
        ("return 'weights'", "returned a str, <U7"),
        ("return np.zeros((0, 200), 'i1')", r"returned a ndarray, int8\[0, 200\]"),
        ("a = np.zeros((300, 200)); a[3, 7] = np.nan\nreturn a", r"nan at \[3, 7\] is no weight"),
        ("a = np.zeros((300, 200)); a[3, 7] = 0.5\nreturn a", r"0.5 at \[3, 7\] is no weight"),
        ("return [[1], [2, 3]]", "returned a list where an array"),
        (
            "raise ValueError('no such tile')",
            "^mine.py, line 3, in decode: ValueError: no such tile$",
        ),
        ("return (lambda: 1 / 0)()", "^mine.py, line 3, in <lambda>: ZeroDivisionError: division"),
        ("np.zeros(3).reshape(2)", "^mine.py, line 3, in decode: ValueError: cannot reshape"),
        ("import sys; sys.exit(3)", r"^mine.py, line 3, in decode: it called sys.exit\(3\)"),
        ("raise MemoryError", "^mine.py, line 3, in decode: MemoryError$"),
        ("layer.rows = 3", "^mine.py, line 3, in decode: FrozenInstanceError"),
    ],
)
def test_what_cannot_be_taken_is_told_in_a_sentence(tmp_path, body, sentence):
    error = failure(python(tmp_path, body))
    assert re.search(sentence, error.sentence()), error.sentence()
    assert "\n" not in error.sentence()


def test_the_traceback_keeps_the_frames_of_the_author_alone(tmp_path):
    written(
        tmp_path,
        "def deep(x):\n    return np.zeros(3).reshape(x)\nimport numpy as np\n",
        "other.py",
    )
    error = failure(python(tmp_path, "from other import deep\nreturn deep(2)"))
    assert error.sentence().startswith("other.py, line 2, in deep: ValueError")
    assert error.detail.count("  File ") == 2
    assert "python_code.py" not in error.detail
    assert "numpy" not in error.detail.lower().replace("np.", "").partition("ValueError")[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def decode(layer)\n    pass\n", "mine.py, line 1: SyntaxError: expected ':'"),
        ("import nonesuch\n", "mine.py, line 1: ModuleNotFoundError: No module named 'nonesuch'"),
        ("x = 1\n", "mine.py defines no function decode(layer)"),
        ("\n\n1 / 0\n", "mine.py, line 3: ZeroDivisionError: division by zero"),
        ("def decode(layer):\n  x = '\0'\n", "mine.py"),
        ("def decode(layer):\n\treturn 1\n        return 2\n", "mine.py, line 3: TabError"),
    ],
)
def test_a_file_that_cannot_be_loaded_says_where_and_why(tmp_path, text, sentence):
    decoder = decoders.make(str(written(tmp_path, text)))
    assert decoder.unavailable().startswith(sentence)
    assert failure(decoder).sentence().startswith(sentence)
    with pytest.raises(BroughtError):
        decoder.require_available()


def test_reads_and_traces_are_what_the_code_tells(tmp_path):
    text = CONSTANT.format(0) + (
        "def reads(layer):\n"
        "    n = len(layer.tiles)\n"
        "    reads = {name: np.arange(n) for name in ('offset', 'size', 'bytes_left', 'symbol_count',\n"
        "        'initial_state', 'final_state')}\n"
        "    return reads | {'decoded': np.full(n, 4096), 'status': np.full(n, 4)}\n"
        "def trace(layer, tile):\n"
        "    names = ('state_before', 'slot', 'symbol', 'freq', 'start', 'state_after', 'position',\n"
        "        'bytes_read')\n"
        "    return [{name: 3 * i for name in names} for i in range(5)]\n"
    )
    decoder, (container, tensor) = decoders.make(str(written(tmp_path, text))), opened()
    decoded = decoder.decode(container, tensor)
    assert decoder.tells_reads
    assert decoded.reads["offset"].tolist() == list(range(20))
    assert set(decoded.reads["status"].tolist()) == {Status.FINAL_STATE}
    trace = decoder.trace(container, tensor, 7)
    assert trace["slot"].tolist() == [0, 3, 6, 9, 12]
    assert trace["symbol_index"].tolist() == list(range(5))
    assert (trace.streams[0].offset, set(trace["tile"].tolist())) == (7, {7})
    assert trace.stopped == "mine.py recorded 5 of 4,096 steps"


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        ("reads(layer): return 3", "reads returned a int where"),
        ("reads(layer): return {'offset': [1]}", "returned no column size, bytes_left"),
        (
            "reads(layer): return np.zeros(3, layer_read)",
            r"offset with the shape \[3\] where \[20\]",
        ),
        ("reads(layer): return np.full(20, 99, layer_read)", "status is 99, which is none"),
        (
            "reads(layer): return {n: [0.5] * 20 for n in layer_read.names}",
            "offset as float64 where",
        ),
        ("reads(layer): return {n: [-1] * 20 for n in layer_read.names}", "whole numbers from 0"),
        ("reads(layer): return {}[3]", "line 5, in reads: KeyError: 3"),
    ],
)
def test_what_it_tells_is_not_believed_unseen(tmp_path, function, sentence):
    head = "from codec.decoders.brought.layer import READ as layer_read\n"
    text = head + CONSTANT.format(0).rstrip() + f"\ndef {function}\n"
    error = failure(decoders.make(str(written(tmp_path, text))))
    assert re.search(sentence, error.sentence()), error.sentence()


def test_without_a_trace_it_says_how_to_add_one(tmp_path):
    container, tensor = opened()
    python_one = decoders.make(str(written(tmp_path, CONSTANT.format(0))))
    with pytest.raises(
        DecodeError, match=r"mine.py records no steps: add a function trace\(layer, tile\)"
    ):
        python_one.trace(container, tensor, 0)
    library = decoders.make(str(compiled(tmp_path, c_decoder("(void)layer; (void)weights;"))))
    with pytest.raises(
        DecodeError, match=r"mine.so records no steps: add a function ranscope_trace"
    ):
        library.trace(container, tensor, 0)


def test_streams_need_somebody_to_tell_how_they_end(tmp_path):
    decoder = decoders.make(str(written(tmp_path, CONSTANT.format(0))))
    container, tensor = opened()
    with pytest.raises(BroughtError, match="does not tell how streams end"):
        decoder.decode_streams(container, tensor, [0])
    native, layer = opened(NATIVE)  # whose checksums tell
    (stream,) = decoder.decode_streams(native, layer, [0])
    assert stream.status is Status.CHECKSUM
    assert decoder.decode(native, layer).failed.tolist() == list(range(len(layer.tiles)))


def test_tiles_come_from_the_last_run_until_the_file_is_saved(tmp_path):
    text = (
        CONSTANT.format(5)
        + "calls = []\ninner = decode\ndef decode(layer):\n    print('run')\n    return inner(layer)\n"
    )
    path = written(tmp_path, text)
    container, tensor = opened()
    first = decoders.make(str(path)).decode_tiles(container, tensor, [0, 19], {})
    assert first[19].weights.shape == (44, 8)
    assert set(first[0].weights.reshape(-1).tolist()) == {5}
    os.utime(path, ns=(1, 1))
    written(tmp_path, CONSTANT.format(6))
    again = decoders.make(str(path)).decode_tiles(container, tensor, [3], {})
    assert set(again[3].weights.reshape(-1).tolist()) == {6}


def test_a_tile_more_is_no_run_more(tmp_path, capfd):
    decoder = python(tmp_path, "print('run', flush=True)\nreturn np.zeros((300, 200), 'i1')")
    container, tensor = opened()
    for tile in range(3):
        decoder.decode_tiles(container, tensor, [tile], {})
    assert capfd.readouterr().out.split() == ["run"]
    decoder.decode(container, tensor)
    decoder.decode(container, tensor)
    assert capfd.readouterr().out.split() == ["run", "run"]


# Native code


def test_cells_that_are_never_written_are_known_exactly(tmp_path):
    """Every value is written somewhere, both fills among them."""
    body = "for (int i = 0; i < 60000; i++) if (i / 200 < 200) weights[i] = (int8_t)i;"
    decoder = decoders.make(str(compiled(tmp_path, c_decoder("(void)layer;" + body))))
    decoded = decoder.decode(*opened())
    assert decoder.written is not None
    assert decoder.written[:200].all()
    assert not decoder.written[200:].any()
    assert not decoded.weights[200:].any()
    assert decoder.notice == "mine.so: 20,000 weights of 60,000 were never written, and count as 0"


@pytest.mark.parametrize(
    ("body", "notice"),
    [
        (
            "weights[-3] = 1;",
            "wrote outside of its output: 1 byte before the first, as far as 3 bytes",
        ),
        (
            "weights[60000] = 1;",
            "wrote outside of its output: 1 byte behind the last, as far as 1 byte",
        ),
        (
            "for (int i = 0; i < 320 * 256; i++) weights[i] = 3;",
            "21,920 bytes behind the last, as far as 21,920",
        ),
        (
            "static int n; weights[7] = (int8_t)++n;",
            "1 weight came out differently in a second run",
        ),
        ("weights[8] = (int8_t)(weights[9] + 1);", "1 weight came out differently"),
        ("((uint8_t *)layer->file)[9] = 99;", "it has overwritten what it was given to read"),
        (
            "((ranscope_tile *)layer->tiles)[9].row = 1;",
            "it has overwritten what it was given to read",
        ),
        ("weights[0] = 1; if (layer) return 3;", "ranscope_decode returned 3"),
    ],
)
def test_what_native_code_does_beside_is_told(tmp_path, body, notice):
    decoder = decoders.make(
        str(compiled(tmp_path, c_decoder("(void)layer; (void)weights;" + body)))
    )
    decoder.decode(*opened())
    assert notice in decoder.notice


def test_a_number_is_explained_by_the_library(tmp_path):
    text = c_decoder("(void)layer; (void)weights; return 7;") + (
        'const char *ranscope_error(int code) { return code == 7 ? "no such table" : NULL; }'
    )
    error = failure(decoders.make(str(compiled(tmp_path, text))))
    assert error.sentence() == "mine.so: ranscope_decode returned 7 (no such table)"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("int other(void) { return 0; }\n", "mine.so has no function ranscope_decode"),
        (
            c_decoder("(void)layer; (void)weights;").replace(
                '#include "ranscope.h"', '#define RANSCOPE_STRUCT_VERSION 9\n#include "ranscope.h"'
            ),
            "mine.so was compiled with a ranscope.h of version 9, and version 1 is spoken here",
        ),
    ],
)
def test_a_library_that_cannot_be_called_says_why(tmp_path, text, sentence):
    if "VERSION 9" in text:
        header = template("ranscope.h").replace("#define RANSCOPE_STRUCT_VERSION 1\n", "")
        text = text.replace('#include "ranscope.h"', header)
    decoder = decoders.make(str(compiled(tmp_path, text)))
    assert decoder.unavailable().startswith(sentence)


def test_what_is_no_library_says_so(tmp_path):
    decoder = decoders.make(str(written(tmp_path, "no library", "mine.so")))
    assert decoder.unavailable().startswith("mine.so cannot be loaded: mine.so: ")


def test_a_library_may_need_another_beside_it(tmp_path):
    compiled(tmp_path, "int five(void) { return 5; }\n", "libfive.so")
    body = "(void)layer; for (int i = 0; i < 60000; i++) weights[i] = (int8_t)five();"
    text = "int five(void);\n" + c_decoder(body)
    path = compiled(tmp_path, text, "mine.so", f"-L{tmp_path}", "-lfive", "-Wl,-rpath,$ORIGIN")
    assert decoders.make(str(path)).decode(*opened()).weights[0, 0] == 5


def test_too_many_steps_are_refused(tmp_path):
    text = c_decoder("(void)layer; (void)weights;") + (
        "int64_t ranscope_trace(const ranscope_layer *layer, uint32_t tile, ranscope_step *steps,"
        " uint64_t capacity) { (void)layer; (void)tile; (void)steps; return (int64_t)capacity + 1; }"
    )
    container, tensor = opened()
    with pytest.raises(BroughtError, match="returned 4,097 steps where there is room for 4,096"):
        decoders.make(str(compiled(tmp_path, text))).trace(container, tensor, 0)


def test_a_library_is_loaded_anew_when_it_was_overwritten_in_place(tmp_path):
    body = "(void)layer; for (int i = 0; i < 60000; i++) weights[i] = {};"
    path = compiled(tmp_path, c_decoder(body.format(1)))
    container, tensor = opened()
    decoder = brought.make_brought(str(path))
    assert decoder.decode(container, tensor).weights[0, 0] == 1
    before = decoder.stamp
    other = compiled(tmp_path, c_decoder(body.format(2)), "other.so")
    shutil.copyfile(other, path)  # the same inode
    os.utime(path, ns=(5, 5))
    assert decoder.decode(container, tensor).weights[0, 0] == 2
    assert decoder.stamp != before


def test_long_runs_are_not_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr(output, "LONGEST_FIRST_RUN", -1.0)
    counting = "static int n; (void)layer; for (int i = 0; i < 60000; i++) weights[i] = (int8_t)(n + 1); n++;"
    decoder, (container, tensor) = (
        decoders.make(str(compiled(tmp_path, c_decoder(counting)))),
        opened(),
    )
    assert decoder.decode(container, tensor).weights[0, 0] == 1
    assert decoder.written.all()
    assert decoder.decode(container, tensor).weights[0, 0] == 2
    sparse = decoders.make(
        str(compiled(tmp_path, c_decoder("(void)layer; weights[0] = 1;"), "sparse.so"))
    )
    sparse.decode(container, tensor)
    assert sparse.written is None


# Names


def test_names_lead_to_files_and_entry_points(tmp_path, monkeypatch):
    path = written(tmp_path, CONSTANT.format(3))
    monkeypatch.chdir(tmp_path)
    decoder = decoders.make("mine.py")
    assert decoder.name == str(path)
    assert brought.is_brought("mine.py")
    assert not any(brought.is_brought(name) for name in (*decoders.DECODERS, "x.npy", "mine"))
    for name, sentence in (
        ("none.py", "there is no file none.py, which should hold a decoder"),
        ("nobody", "there is no decoder called 'nobody'; there are reference, cpu, cupy"),
        ("a\0.so", "there is no file a"),
        (str(tmp_path / "folder.so"), "is no file that a decoder could be loaded from"),
    ):
        (tmp_path / "folder.so").mkdir(exist_ok=True)
        with pytest.raises(InputError) as refused:
            decoders.make(name)
        assert sentence in refused.value.sentence()


def test_installed_packages_are_looked_through_once(monkeypatch):
    """A benchmark's plan asks of every candidate whether it is installed, and a window reads all plans."""
    asked = []

    def none_of(group: str) -> tuple[()]:
        asked.append(group)
        return ()

    monkeypatch.setattr(importlib.metadata, "entry_points", none_of)
    naming.entry_points.cache_clear()
    try:
        assert not any(brought.is_brought(name) for name in ("one", "two"))
    finally:
        naming.entry_points.cache_clear()
    assert asked == [naming.GROUP]


def test_an_entry_point_is_a_decoder(tmp_path, monkeypatch):
    written(tmp_path, CONSTANT.format(3), "brought_package.py")
    monkeypatch.syspath_prepend(tmp_path)
    values = {
        "theirs": "brought_package",
        "plain": "brought_package:decode",
        "lost": "nonesuch:decode",
    }
    entries = {
        name: importlib.metadata.EntryPoint(name, value, naming.GROUP)
        for name, value in values.items()
    }
    monkeypatch.setattr(naming, "entry_points", lambda: entries)
    monkeypatch.setattr(brought, "entry_points", lambda: entries)
    for name in ("theirs", "plain"):
        decoder = decoders.make(name)
        assert isinstance(decoder, brought.BroughtDecoder)
        assert decoder.isolated
        assert decoder.decode(*opened()).weights[0, 0] == 3
        assert decoder.stamp is None
    assert decoders.make("lost").unavailable() == (
        "lost: ModuleNotFoundError: No module named 'nonesuch'"
    )


def test_nothing_is_run_before_it_is_asked_for(tmp_path):
    path = written(tmp_path, "raise SystemExit('run')\n")
    decoder = decoders.make(str(path))
    assert (decoder.isolated, decoder.description) == (True, "Python, brought: mine.py")
    assert "sys.exit(run)" in decoder.unavailable()


def test_what_a_file_defines_is_known_without_running_it(tmp_path):
    text = "raise SystemExit\ndef encode(weights, layer): ...\nfrom x import decode\nrun = 3\n"
    assert brought.defines(written(tmp_path, text)) == {"encode", "decode", "run"}
    with pytest.raises(InputError, match="line 1"):
        brought.defines(written(tmp_path, "def ("))


def test_neighbours_are_loaded_anew_when_they_are_saved(tmp_path):
    written(tmp_path, "VALUE = 1\n", "neighbour_of_mine.py")
    decoder = python(
        tmp_path,
        "import neighbour_of_mine\nreturn np.full((300, 200), neighbour_of_mine.VALUE, 'i1')",
    )
    written(tmp_path, "import neighbour_of_mine\n" + (tmp_path / "mine.py").read_text(), "mine.py")
    assert decoder.decode(*opened()).weights[0, 0] == 1
    neighbour = written(tmp_path, "VALUE = 2\n", "neighbour_of_mine.py")
    os.utime(neighbour, ns=(7, 10**9 * 7))
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    assert decoder.decode(*opened()).weights[0, 0] == 2


# Encoders


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return 3", "mine.py: encode returned a int where the bytes of a file were expected"),
        ("return b'no file at all'", "mine.py made 14 bytes, but .* is no compressed layer"),
        ("return b''", "mine.py made 0 bytes, but what mine.py made is empty"),
        ("return weights[9999]", "mine.py, line 2, in encode: IndexError"),
    ],
)
def test_an_encoder_that_makes_no_file_says_so(tmp_path, body, sentence):
    container, tensor = opened()
    path = written(tmp_path, f"def encode(weights, layer):\n    {body}\n")
    with pytest.raises(BroughtError, match=sentence):
        encoded_by(str(path), container, tensor, expected(container, tensor))
    with pytest.raises(BroughtError, match=r"defines no function encode"):
        encoded_by(str(written(tmp_path, "")), container, tensor, expected(container, tensor))


def test_a_refused_tensor_is_not_handed_over(tmp_path):
    broken, tensor = opened(BATCHED.with_name("brokentable_1024x1024_t256.batched"))
    assert tensor.refusal
    with pytest.raises(DecodeError, match="cannot be decoded"):
        decoders.make(str(written(tmp_path, CONSTANT.format(0)))).decode(broken, tensor)


def test_the_header_is_c_plus_plus_too(tmp_path):
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("there is no C++ compiler called c++")
    (tmp_path / "ranscope.h").write_text(template("ranscope.h"), encoding="utf-8")
    source = written(tmp_path, '#include "ranscope.h"\n', "mine.cpp")
    command = [compiler, "-Wall", "-Wextra", "-Werror", "-c", "-o", os.devnull, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_per_tile_files_are_asked_for_once(tmp_path):
    """The whole layer is handed over: what tile needs which other is the decoder's own affair."""
    decoder = decoders.make(str(written(tmp_path, template("decoder.py"))))
    container, tensor = opened(PER_TILE)
    last = len(tensor.tiles) - 1
    found = decoder.decode_tiles(container, tensor, [last], {})
    assert found.keys() == {last}
    ours = CpuDecoder().decode_tiles(container, tensor, [last], {})
    np.testing.assert_array_equal(found[last].weights, ours[last].weights)
