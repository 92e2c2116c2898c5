"""Decoders of the user's on the command line: written by `new-decoder`, used by `--decoder`, and as documented."""

from __future__ import annotations

import importlib.metadata
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from codec import decoders
from codec.decoders import brought
from codec.decoders.brought import naming
from codec.decoders.cuda.brought import read_source
from tests.app.calling import call, refusal
from tests.codec.brought_files import (
    BATCHED,
    NATIVE,
    compiled,
    expected,
    opened,
    template,
    written,
)
from tests.kernels import nvrtc

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "own-decoder.md").read_text("utf-8")
CRASH = "import ctypes\ndef decode(layer):\n    print('so far')\n    ctypes.string_at(8)\n"
SAMPLE = (
    Path(__file__).parent.parent.parent
    / "assets/samples/minilm_query_pertensor_384x384_t128.batched"
)


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def made(folder: Path, *arguments: str) -> list[str]:
    """The commands to go on with."""
    done = call("new-decoder", *arguments, "--json")
    assert done.status == 0, done.err
    steps: list[str] = done.json["next"]
    return steps


# new-decoder


@pytest.mark.parametrize("kind", ["python", "c"])
def test_what_is_written_decodes_the_sample_bit_exactly(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    *build, use = made(tmp_path, "mine.c" if kind == "c" else "mine")
    if build and shutil.which("cc") is None:
        pytest.skip("there is no C compiler called cc")
    for command in build:
        built = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
        assert (built.returncode, built.stderr) == (0, "")
    decoder = use.split()[-1]
    done = call("decode", SAMPLE, "-o", "out.npy", "--decoder", decoder)
    assert (done.status, done.err) == (0, "")
    np.testing.assert_array_equal(np.load("out.npy"), np.load(SAMPLE.with_suffix(".npy")))


def test_what_is_written_for_a_card_compiles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made(tmp_path, "mine.cu")
    path = nvrtc.find()
    if path is None:
        pytest.skip("NVRTC is not installed: pip install nvidia-cuda-nvrtc-cu12")
    options = ("--std=c++17", "--gpu-architecture=compute_90")
    nvrtc.Nvrtc(path).compile(read_source(tmp_path / "mine.cu").text, options)


def test_an_encoder_that_is_written_makes_the_very_file(tmp_path):
    made(tmp_path, str(tmp_path / "mine.py"), "--kind", "encoder")
    from codec.decoders.brought.encoder import encoded_by

    container, tensor = opened(SAMPLE)
    result = encoded_by(str(tmp_path / "mine.py"), container, tensor, expected(container, tensor))
    assert result.source.read(0, result.source.size) == SAMPLE.read_bytes()


def test_nothing_is_overwritten(tmp_path):
    path = written(tmp_path, "mine", "mine.py")
    assert "is there already" in refusal("new-decoder", path)
    assert path.read_text() == "mine"
    written(tmp_path, "another header", "ranscope.h")
    assert "ranscope.h is there already" in refusal("new-decoder", tmp_path / "mine.c")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.py", "ranscope.h"]
    written(tmp_path, template("ranscope.h"), "ranscope.h")
    done = call("new-decoder", tmp_path / "mine.c", "--json")
    assert done.json["outputs"] == [str(tmp_path / "mine.c")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mine.txt"], "mine.txt ends in none of .c, .cu, .py, which say what to write it in"),
        (["mine.py", "--kind", "c"], "mine.py is to be c, which ends in .c"),
        (["no/folder/mine.py"], "there is no folder no/folder"),
        (["mine.py", "--kind", "cobol"], "invalid choice"),
    ],
)
def test_what_cannot_be_written_says_why(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sentence in refusal("new-decoder", *arguments)


# --decoder


def test_every_command_takes_a_decoder_of_ones_own(tmp_path):
    library = compiled(tmp_path, template("decoder.c"))
    assert "ok" in call("verify", BATCHED, "--decoder", library).out
    traced = call("trace", BATCHED, "--tile", 2, "--steps", "0:3", "--decoder", library)
    ours = call("trace", BATCHED, "--tile", 2, "--steps", "0:3", "--decoder", "reference")
    assert traced.out == ours.out
    capture = tmp_path / "out.rscap"
    found = call(
        "capture", NATIVE, "-o", capture, "--trace", "0", "--decoder", library, "--json"
    ).json
    assert (found["decoder"], found["tensors"][0]["tiles_failed"]) == (str(library), [])
    tested = call("selftest", "--decoder", library, "--json").json
    assert tested["passed"]
    assert len(tested["round_trips"]) > 100


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (CRASH, "mine.py ended its process while decoding gaussian10_300x200_t64: signal SIGSEGV"),
        ("def decode(layer):\n    while 1: pass\n", "it did not end within 1.5 seconds"),
        ("import nonesuch\n", "mine.py, line 1: ModuleNotFoundError: No module named 'nonesuch'"),
        ("def decode(layer):\n    return 1 / 0\n", "mine.py, line 2, in decode: ZeroDivisionError"),
    ],
)
def test_what_it_does_wrong_ends_in_a_sentence(tmp_path, text, sentence):
    path, output = written(tmp_path, text), tmp_path / "out.npy"
    done = call("decode", BATCHED, "-o", output, "--decoder", path, "--timeout", "1.5")
    *printed, last = done.err.splitlines()
    assert done.status == 1
    assert last.startswith("ranscope: ")
    assert sentence in last
    assert all(line.startswith("mine.py | ") for line in printed)
    assert ("mine.py | so far" in printed) == ("so far" in text)
    assert not output.exists()


def test_what_it_prints_is_no_part_of_the_result(tmp_path):
    path = written(tmp_path, "print('loaded')\n" + template("decoder.py"))
    done = call("decode", BATCHED, "-o", tmp_path / "o.npy", "--decoder", path, "--json")
    assert done.json["tiles_failed"] == []
    assert done.err.splitlines() == ["mine.py | loaded"]


def test_what_is_missing_is_told(tmp_path):
    text = "import numpy as np\ndef decode(layer):\n    return np.zeros(59_990, 'i1')\n"
    done = call("decode", BATCHED, "-o", tmp_path / "o.npy", "--decoder", written(tmp_path, text))
    assert "10 weights of 60,000 were never written, and count as 0" in done.err


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "soon"])
def test_a_timeout_is_a_number_of_seconds(value, tmp_path):
    sentence = refusal("decode", BATCHED, "-o", tmp_path / "o", "--timeout", value)
    assert "is no number of seconds above 0" in sentence


def test_a_file_that_is_not_there_is_refused(tmp_path):
    sentence = refusal("decode", BATCHED, "-o", tmp_path / "o", "--decoder", tmp_path / "none.so")
    assert sentence == f"there is no file {tmp_path / 'none.so'}, which should hold a decoder"


def test_installed_ones_are_listed_and_why_they_cannot_run(monkeypatch):
    entries = {
        "theirs": importlib.metadata.EntryPoint("theirs", "nonesuch:decode", naming.GROUP),
    }
    monkeypatch.setattr(naming, "entry_points", lambda: entries)
    monkeypatch.setattr(brought, "entry_points", lambda: entries)
    monkeypatch.setattr("app.cli.decoders.entry_points", lambda: entries)
    listed = call("decoders", "--json").json["decoders"]
    theirs = next(each for each in listed if each["name"] == "theirs")
    assert theirs["brought"]
    assert not theirs["available"]
    assert [each["brought"] for each in listed if each["name"] != "theirs"] == [False] * 3
    assert f"theirs     not available: {theirs['reason']}" in call("decoders").out


# The document


def test_the_example_in_python_decodes(tmp_path):
    (text,) = examples("python")
    decoder, (container, tensor) = decoders.make(str(written(tmp_path, text))), opened()
    weights = decoder.decode(container, tensor).weights
    np.testing.assert_array_equal(weights, expected(container, tensor))


def test_the_example_in_c_fills_each_tile(tmp_path):
    (text,) = examples("c")
    decoder, (container, tensor) = decoders.make(str(compiled(tmp_path, text))), opened()
    weights = decoder.decode(container, tensor).weights
    assert decoder.notice == ""
    for tile in range(len(tensor.tiles)):
        row, col, rows, cols = tensor.rectangle(tile)
        assert (weights[row : row + rows, col : col + cols] == tile).all()


def test_the_example_in_cuda_compiles(tmp_path):
    (text,) = examples("cuda")
    source = read_source(written(tmp_path, text, "mine.cu"))
    assert source.block_size == 128
    path = nvrtc.find()
    if path is None:
        pytest.skip("NVRTC is not installed: pip install nvidia-cuda-nvrtc-cu12")
    _, log = nvrtc.Nvrtc(path).compile(source.text, ("--std=c++17", "--gpu-architecture=sm_90"))
    assert log == ""


def test_every_field_is_described():
    from codec.decoders.brought.layer import LAYER, READ, STEP, TILE, Layer
    from codec.decoders.streams import Status

    names = {name for dtype in (LAYER, READ, STEP, TILE) for name in dtype.names}
    names |= set(vars(Layer)["__dataclass_fields__"])
    missing = {name for name in names - {"reserved", "struct_size"} if f"`{name}`" not in DOCUMENT}
    assert missing == set()
    assert all(f"\n| {int(status)} | " in DOCUMENT for status in Status)
