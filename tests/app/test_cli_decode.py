"""`ranscope decode`: the weights bit for bit, and the truth about tiles that failed."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from codec.decoders import DECODERS
from tests.app.calling import AVAILABLE, call, refusal
from tests.codec.files import (
    DECODABLE,
    LEGACY,
    batched_file,
    expected_weights,
    noise,
    stream_place,
    with_bytes,
)


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.batched"
    path.write_bytes(batched_file(noise(40, 50), 16))
    return path


@pytest.mark.parametrize("path", DECODABLE, ids=lambda path: path.name)
def test_legacy_files_decode_to_their_weights(path, tmp_path):
    called = call("decode", path, "-o", tmp_path / "out.npy")
    assert (called.status, called.err) == (0, "")
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), expected_weights(path))


@pytest.mark.parametrize("decoder", AVAILABLE)
def test_a_decoder_is_chosen_by_name(sound, tmp_path, decoder):
    called = call("decode", sound, "-o", tmp_path / "out.npy", "--decoder", decoder, "--json")
    content = called.json
    timing = content.pop("timing")
    assert timing.pop("wall") > 0
    assert set(timing) == {"read", "transfer", "kernel", "copy_back"}
    assert (set(timing.values()) == {None}) == (decoder != "cupy")
    assert content == {
        "output": str(tmp_path / "out.npy"),
        "log": None,
        "tensor": "sound",
        "rows": 40,
        "cols": 50,
        "dtype": "int8",
        "decoder": decoder,
        "tiles": 12,
        "tiles_failed": [],
        "checkpoint_interval": None,
    }
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), noise(40, 50))


def test_an_unknown_decoder_is_refused(sound, tmp_path):
    sentence = refusal("decode", sound, "-o", tmp_path / "out.npy", "--decoder", "magic")
    assert "no decoder called 'magic'" in sentence
    assert all(name in sentence for name in DECODERS)


def test_the_log_tells_what_was_read_of_each_tile(sound, tmp_path):
    for name in ("log.csv", "log.json"):
        assert call("decode", sound, "-o", tmp_path / "o.npy", "--log", tmp_path / name).status == 0
    rows = json.loads((tmp_path / "log.json").read_text())
    with (tmp_path / "log.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(rows) == len(lines) == 12
    offset, size = stream_place(sound.read_bytes(), 7)
    assert (rows[7]["offset"], rows[7]["size"], rows[7]["status"]) == (offset, size, "ok")
    assert lines[7]["offset"] == str(offset)
    assert rows[7]["first_weights"] == noise(40, 50)[16, 48:50].tolist() + [0] * 6


def test_a_failed_tile_is_named_and_the_others_are_written(sound, tmp_path):
    data = sound.read_bytes()
    offset, size = stream_place(data, 5)
    sound.write_bytes(with_bytes(data, offset + size - 4, bytes(4)))
    called = call("decode", sound, "-o", tmp_path / "out.npy", "--log", tmp_path / "log.json")
    assert called.status == 1
    assert "1 of 12 tiles failed: 5 (stored state out of range)" in called.err
    expected = noise(40, 50)
    expected[16:32, 16:32] = 0
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), expected)
    statuses = [row["status"] for row in json.loads((tmp_path / "log.json").read_text())]
    assert statuses == ["ok"] * 5 + ["state_out_of_range"] + ["ok"] * 6


def test_an_error_beside_the_tiles_counts_too(sound, tmp_path):
    sound.write_bytes(sound.read_bytes() + b"appended")
    called = call("decode", sound, "-o", tmp_path / "out.npy", "--json")
    assert called.status == 1
    assert called.json["tiles_failed"] == []
    assert "compressed_size" in called.err


def test_a_tensor_that_cannot_be_decoded_writes_nothing(tmp_path):
    (path,) = (path for path in LEGACY if path.stem.startswith("brokentable"))
    sentence = refusal("decode", path, "-o", tmp_path / "out.npy", status=1)
    assert "the frequencies sum to 7,938" in sentence
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_readable_tensor_is_the_contents_fault(sound, tmp_path):
    sound.write_bytes(sound.read_bytes()[:30])
    sentence = refusal("decode", sound, "-o", tmp_path / "out.npy", status=1)
    assert "holds no tensor that can be read: the file ends at byte 30" in sentence


def test_nothing_is_written_onto_the_input_or_twice_to_one_place(sound, tmp_path):
    before = sound.read_bytes()
    link = tmp_path / "link.npy"
    link.symlink_to(sound)
    hard = tmp_path / "hard.npy"
    hard.hardlink_to(sound)
    for output in (sound, tmp_path / "." / sound.name, link, hard):
        assert "is the input itself" in refusal("decode", sound, "-o", output)
    two = tmp_path / "o.csv"
    assert "are one file" in refusal("decode", sound, "-o", two, "--log", two)
    assert sound.read_bytes() == before


def test_what_cannot_be_written_is_told_before_it_is_decoded_where_that_can_be_known(
    sound, tmp_path
):
    sentence = refusal("decode", sound, "-o", tmp_path / "o.npy", "--log", tmp_path / "log.txt")
    assert "log.txt names neither" in sentence
    sentence = refusal("decode", sound, "-o", tmp_path / "missing" / "o.npy")
    assert "cannot be written: No such file or directory" in sentence
    assert "cannot be written: Is a directory" in refusal("decode", sound, "-o", tmp_path)


def test_the_output_is_required(sound):
    assert "required: -o/--output" in refusal("decode", sound)
