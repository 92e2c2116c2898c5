"""`ranscope info`: the promised keys, every field, and what is wrong, without decoding anything."""

from __future__ import annotations

import numpy as np
import pytest

from codec.formats import batched, open_file
from codec.info import walk
from codec.problems import CATALOGUE
from tests.app.calling import call, refusal
from tests.codec.files import LEGACY, batched_file, noise, stream_place, with_bytes, with_field

PROMISED = {"format", "file_size", "tensors", "problems"}
PROMISED_OF_A_TENSOR = {
    "name", "rows", "cols", "dtype", "tile_rows", "tile_cols", "tiles", "ratio", "ratio_fp16",
    "frequency_sum",
}  # fmt: skip
PROMISED_OF_A_PROBLEM = {
    "severity", "code", "offset", "size", "message", "expected", "found", "likely_cause",
}  # fmt: skip


@pytest.fixture
def damaged(tmp_path):
    """A file with an error, a wrong count, and a warning, padding."""
    data = batched_file(noise(40, 50), 16)
    data = with_field(data, batched.HEADER, "num_tiles", 11)
    path = tmp_path / "damaged.batched"
    path.write_bytes(with_bytes(data, 38, b"\x07"))
    return path


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_json_has_the_promised_keys_and_tells_the_truth(path):
    called = call("info", path, "--json")
    assert called.err == ""
    content = called.json
    assert content.keys() >= PROMISED
    assert content["format"] == path.suffix[1:]
    assert content["file_size"] == path.stat().st_size
    (tensor,) = content["tensors"]
    assert tensor.keys() >= PROMISED_OF_A_TENSOR
    rows, cols = (int(n) for n in path.stem.split("_")[-2].split("x"))
    assert (tensor["name"], tensor["rows"], tensor["cols"]) == (path.stem, rows, cols)
    assert tensor["ratio"] == rows * cols / content["file_size"]
    assert tensor["ratio_fp16"] == 2 * tensor["ratio"]
    assert called.status == any(problem["severity"] == "error" for problem in content["problems"])


def test_the_broken_table_is_found_without_decoding():
    (path,) = (path for path in LEGACY if path.stem.startswith("brokentable"))
    called = call("info", path, "--json")
    assert called.status == 1
    (tensor,), (problem,) = called.json["tensors"], called.json["problems"]
    assert tensor["frequency_sum"] == 7938
    assert "7,938" in tensor["refusal"]
    assert problem.keys() >= PROMISED_OF_A_PROBLEM
    assert (problem["severity"], problem["code"]) == ("error", "table-sum")
    assert (problem["offset"], problem["size"]) == (40, 1024)
    assert "wrapped" in problem["likely_cause"]


def test_text_names_fields_tensor_tiles_and_problems(damaged):
    called = call("info", damaged)
    assert (called.status, called.err) == (1, "")
    for text in (
        "tile_index_offset  1,064",
        "40 × 50 int8",
        "3 × 4 of 16 × 16",
        "against int8",
        "against FP16",
        "bits/weight",
        "2 problems",
        "error tile-count at byte 20, 4 bytes: num_tiles is 11",
        "warning padding at byte 37, 3 bytes",
        "expected 12; found 11",
        f"likely cause: {CATALOGUE['tile-count'].likely_cause}",
    ):
        assert text in called.out


def test_text_of_a_sound_file_says_that_nothing_is_wrong(tmp_path):
    path = tmp_path / "sound.batched"
    path.write_bytes(batched_file(noise(8, 8), 8))
    called = call("info", path)
    assert called.status == 0
    assert called.out.endswith("\nno problems\n")


def test_fields_cover_every_byte_and_come_with_their_values():
    for path in LEGACY[:1] + LEGACY[-1:]:
        fields = call("info", path, "--fields", "--json").json["fields"]
        assert len(fields) == sum(1 for _ in walk(open_file(path).root))
        assert (fields[0]["depth"], fields[0]["offset"]) == (0, 0)
        claimed = np.zeros(path.stat().st_size, dtype=bool)
        for field, following in zip(fields, [*fields[1:], {"depth": 0}], strict=True):
            if following["depth"] <= field["depth"]:  # a leaf
                claimed[field["offset"] : field["offset"] + field["size"]] = True
        assert claimed.all()
        by_name = {field["name"]: field for field in fields}
        rows = int(path.stem.split("_")[-2].split("x")[0])
        assert by_name["rows"]["value"] == f"{rows:,}"


def test_fields_as_text_give_offset_size_name_and_value(damaged):
    lines = call("info", damaged, "--fields").out.splitlines()
    (line,) = (line for line in lines if "num_tiles =" in line)
    assert line.split() == ["20", "4", "num_tiles", "=", "11"]


def test_tiles_are_listed_all_when_asked_for(tmp_path):
    path = tmp_path / "many.batched"
    path.write_bytes(data := batched_file(noise(40, 50), 8))
    assert "… and 19 more: --tiles lists all" in call("info", path).out
    assert "more:" not in call("info", path, "--tiles").out
    entries = call("info", path, "--tiles", "--json").json["tile_index"]
    assert len(entries) == 35
    offset, size = stream_place(data, 34)
    assert {"tile": 34, "row": 4, "col": 6, "offset": offset, "size": size}.items() <= entries[
        34
    ].items()
    assert entries[34]["bits_per_weight"] == size * 8 / (8 * 2)


def test_a_tile_without_weights_has_no_bits_per_weight(tmp_path):
    path = tmp_path / "moved.batched"
    data = batched_file(noise(16, 16), 16)
    path.write_bytes(with_field(data, batched.INDEX_ENTRY, "tile_row", 9, batched.INDEX_OFFSET))
    called = call("info", path, "--tiles", "--json")
    assert called.status == 1
    assert called.json["tile_index"][0]["bits_per_weight"] is None
    assert "-" in call("info", path).out


def test_a_tensor_is_chosen_by_name(damaged):
    assert len(call("info", damaged, "--tensor", "damaged", "--json").json["tensors"]) == 1
    assert "no tensor called 'other'; it holds damaged" in refusal(
        "info", damaged, "--tensor", "other"
    )


def test_a_file_cut_inside_its_header_shows_what_is_left(damaged):
    damaged.write_bytes(damaged.read_bytes()[:21])
    called = call("info", damaged, "--json")
    assert called.status == 1
    assert called.json["tensors"] == []
    assert called.json["problems"][0]["code"] == "truncated-header"
    assert "cols" in call("info", damaged).out


def test_a_hostile_name_cannot_reach_the_terminal(tmp_path):
    path = tmp_path / "evil\x1b[2J\nname.batched"
    path.write_bytes(batched_file(noise(8, 8), 8))
    called = call("info", path)
    assert "\x1b" not in called.out
    assert "evil\\x1b[2J\\nname" in called.out
