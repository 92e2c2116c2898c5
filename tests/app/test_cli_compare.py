"""`ranscope compare`: what is counted, where it is first, what explains it, and how it ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from codec.formats import batched
from tests.app.calling import call, refusal
from tests.codec.files import (
    LEGACY,
    batched_file,
    batched_symbols,
    noise,
    stream_place,
    table_of,
    with_bytes,
)
from tests.codec.native_files import mixed, native_bytes

WEIGHTS = noise(48, 40)
PROMISED = {
    "equal", "differing", "total", "max_abs_error", "first_divergence", "tiles_differing", "diagnosis",
}  # fmt: skip
FIRST = {"tensor", "tile", "symbol_index", "row", "col", "expected", "found"}
FINDING = {"faults", "explains", "explains_symbols", "detail"}


@pytest.fixture
def layer(tmp_path):
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(WEIGHTS, 16))
    return path


@pytest.fixture
def dump(tmp_path):
    """Saves weights, changed at some places, as a dump."""

    def save(changes: dict[tuple[int, int], int], name: str = "dump.npy"):
        weights = WEIGHTS.copy()
        for place, error in changes.items():
            weights[place] += np.int8(error)
        np.save(tmp_path / name, weights)
        return tmp_path / name

    return save


def cut_rows(weights):
    """The weights as by a decoder that compares the row with the number of columns."""
    found = weights.copy()
    found[weights.shape[1] :] = 0
    return found


# Equal, and not


@pytest.mark.parametrize("sides", [["reference"], ["cpu", "reference"], ["dump"], ["layer"]])
def test_equal_sides_give_status_0(layer, dump, sides):
    names = {"dump": dump({}), "layer": layer}
    given = [word for side in sides for word in ("--with", names.get(side, side))]
    called = call("compare", layer, *given)
    assert (called.status, called.err) == (0, "")
    assert "All 1,920 weights are equal." in called.out
    content = call("compare", layer, *given, "--json").json
    assert content["equal"] is True
    assert content["diagnosis"] == []
    assert content["first_divergence"] is None


def test_the_promised_keys(layer, dump):
    called = call("compare", layer, "--with", dump({(0, 20): 5, (3, 1): -9}), "--json")
    assert called.status == 1
    content = called.json
    assert content.keys() >= PROMISED
    assert (content["differing"], content["total"]) == (2, 1920)
    assert (content["max_abs_error"], content["tiles_differing"]) == (9, 2)
    # In coding order tile 0, with row 3, comes before tile 1, with row 0.
    first = content["first_divergence"]
    assert first.keys() == FIRST
    assert (first["tile"], first["symbol_index"], first["row"], first["col"]) == (0, 49, 3, 1)
    assert first["found"] - first["expected"] == -9
    assert {entry["error"]: entry["weights"] for entry in content["histogram"]} == {
        -9: 1,
        0: 1918,
        5: 1,
    }


def test_what_is_on_the_left_is_expected(layer, dump):
    wrong = dump({(0, 0): 7})
    for sides, error in ((["cpu", wrong], 7), ([wrong, "cpu"], -7)):
        given = [word for side in sides for word in ("--with", side)]
        first = call("compare", layer, *given, "--json").json["first_divergence"]
        assert first["found"] - first["expected"] == error


def test_a_person_is_told_where_and_how_many(layer, dump):
    called = call("compare", layer, "--with", dump({(5, 17): 100}))
    assert called.status == 1
    assert "< 0.1% of the weights differ: 1 of 1,920, in 1 of 9 tiles" in called.out
    assert "tile 1, symbol 81: row 5, column 17" in called.out


def test_the_mistake_is_named(layer, tmp_path):
    np.save(tmp_path / "cut.npy", cut_rows(WEIGHTS))
    content = call("compare", layer, "--with", tmp_path / "cut.npy", "--json").json
    best = content["diagnosis"][0]
    assert best.keys() >= FINDING
    assert (best["faults"], best["explains"], best["side"]) == (["unwritten"], 1.0, "right")
    assert (
        "unwritten in cut.npy: predicts 100%"
        in call("compare", layer, "--with", tmp_path / "cut.npy").out
    )


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("gaussian10_512x512_t256.gpu-first.npy", ["symbols-reversed", "row-start-predictor"]),
        ("gaussian10_300x200_t64.gpu-later.npy", ["unwritten"]),
    ],
)
def test_the_mistakes_of_the_recorded_decoders(name, faults):
    recorded = LEGACY[0].parent / name
    file = recorded.with_name(name.partition(".")[0] + ".batched")
    content = call("compare", file, "--with", recorded, "--json").json
    assert content["diagnosis"][0]["faults"] == faults
    assert content["diagnosis"][0]["explains"] > 0.99


def test_what_nothing_explains_is_said_to_be_so(layer, tmp_path):
    other = np.random.default_rng(5).integers(-128, 128, WEIGHTS.shape, dtype=np.int8)
    np.save(tmp_path / "noise.npy", other)
    called = call("compare", layer, "--with", tmp_path / "noise.npy")
    assert called.status == 1
    assert "No known mistake explains what was found." in called.out


def test_equal_weights_of_a_tile_that_failed_are_not_believed(layer):
    data = layer.read_bytes()
    offset, size = stream_place(data, 4)
    layer.write_bytes(with_bytes(data, offset + size // 2, b"\xff\x00\xff"))
    called = call("compare", layer, "--with", "reference", "--json")
    content = called.json
    assert called.status == 1
    assert (content["equal"], content["differing"]) == (False, 0)
    assert content["left"]["tiles_failed"] == content["right"]["tiles_failed"] == [4]


def test_two_decoders_that_decode_nothing_cannot_be_compared():
    (broken,) = (path for path in LEGACY if path.stem.startswith("broken"))
    assert "cannot be decoded" in refusal("compare", broken, "--with", "reference", status=1)


def test_weights_are_held_against_a_file_of_which_nothing_decodes(tmp_path):
    (broken,) = (path for path in LEGACY if path.stem.startswith("broken"))
    np.save(tmp_path / "w.npy", noise(1024, 1024))
    called = call("compare", broken, "--with", tmp_path / "w.npy", "--json")
    content = called.json
    assert called.status == 1
    assert "7,938" in content["left_failure"]
    assert content["equal"] is False
    assert content["first_divergence"] is None
    text = call("compare", broken, "--with", tmp_path / "w.npy").out
    assert "cpu decodes nothing of this file" in text
    assert "diagnosis" in text


@pytest.fixture
def broken():
    """A file whose table cannot be decoded with."""
    (path,) = (path for path in LEGACY if path.stem.startswith("broken"))
    return path


def test_a_file_of_which_nothing_decodes_is_compared_as_a_file(broken, tmp_path):
    sound = tmp_path / "sound.batched"
    sound.write_bytes(batched_file(noise(1024, 1024), 256))
    for sides, key in (([broken], "right_failure"), ([broken, "cpu"], "left_failure")):
        given = [word for side in sides for word in ("--with", side)]
        content = call("compare", sound, *given, "--json").json
        assert "7,938" in content[key]
        assert (content["equal"], content["first_divergence"]) == (False, None)
        assert content["files"]["symbols_differing"]
        (found,) = content["diagnosis"]
        assert found["faults"] == ["file-table"]
        assert found["detail"].startswith(f"In {broken.name}: ")
    called = call("compare", sound, "--with", broken, "--report", tmp_path / "r.html")
    assert called.status == 1
    assert f"Nothing of {broken.name} can be decoded" in called.out
    assert f"Nothing of {broken.name} can be decoded" in (tmp_path / "r.html").read_text()


def test_two_files_of_which_nothing_decodes_are_not_equal_weights(broken):
    called = call("compare", broken, "--with", broken)
    assert called.status == 1
    assert "cpu decodes nothing of this file" in called.out
    assert "say the same, byte for byte" in called.out
    assert "weights are equal" not in called.out


# Sides


def test_a_raw_dump(layer, tmp_path):
    (tmp_path / "dump.bin").write_bytes(WEIGHTS.astype("<i2").tobytes())
    assert call("compare", layer, "--with", tmp_path / "dump.bin", "--dtype", "int16").status == 0


def test_a_dump_of_another_shape_is_read_only_when_told_so(layer, tmp_path):
    np.save(tmp_path / "other.npy", WEIGHTS.reshape(40, 48))
    sentence = refusal("compare", layer, "--with", tmp_path / "other.npy")
    assert "48×40" in sentence
    assert sentence.endswith("; add --reshape")
    assert call("compare", layer, "--with", tmp_path / "other.npy", "--reshape").status == 0


def test_a_tensor_of_several(tmp_path):
    data = native_bytes(mixed(), tile_rows=64, tile_cols=128)
    (tmp_path / "m.rsc").write_bytes(data)
    arrays: dict[str, Any] = {"block.0.odd": mixed()["block.0.odd"], "other": np.zeros(3)}
    np.savez(tmp_path / "w.npz", **arrays)
    arguments = ["compare", tmp_path / "m.rsc", "--with", tmp_path / "w.npz"]
    assert "choose one with --tensor" in refusal(*arguments)
    called = call(*arguments, "--tensor", "block.0.odd", "--json")
    assert (called.status, called.json["tensor"]) == (0, "block.0.odd")


@pytest.fixture
def model(tmp_path):
    """A file with two tensors of one shape."""
    path = tmp_path / "m.rsc"
    path.write_bytes(native_bytes({"a": WEIGHTS, "b": noise(48, 40, 2)}))
    return path


def test_a_dump_of_one_tensor_of_several_may_have_any_name(model, dump):
    assert call("compare", model, "--tensor", "a", "--with", dump({}, "out.npy")).status == 0


def test_a_capture_of_another_tensor_is_not_taken_for_this_one(model, tmp_path):
    run = tmp_path / "b.rscap"
    assert call("capture", model, "--decoder", "cpu", "--tensor", "b", "-o", run).status == 0
    assert call("compare", model, "--tensor", "b", "--with", run).status == 0
    sentence = refusal("compare", model, "--tensor", "a", "--with", run)
    assert "holds no tensor called a; there is b" in sentence


def test_the_array_of_another_name_is_offered_and_taken(layer, tmp_path):
    np.savez(tmp_path / "w.npz", x=WEIGHTS, y=WEIGHTS[:5], z=WEIGHTS)
    arguments = ["compare", layer, "--with", tmp_path / "w.npz"]
    assert refusal(*arguments).endswith("there are x, y, z; add --with-tensor x or z")
    assert call(*arguments, "--with-tensor", "z").status == 0


def test_a_file_whose_tensor_has_another_name_is_told(layer, tmp_path):
    (tmp_path / "m.rsc").write_bytes(native_bytes({"a": WEIGHTS}))
    called = call("compare", layer, "--with", tmp_path / "m.rsc")
    assert called.status == 0
    assert "a in m.rsc is held against layer." in called.out


def test_the_type_of_raw_bytes_is_of_no_other_dump(layer, dump, tmp_path):
    (tmp_path / "raw.bin").write_bytes(WEIGHTS.astype(">i2").tobytes())
    arguments = ["compare", layer, "--with", dump({}), "--dtype", ">int16"]
    assert "--dtype is the type of raw dumps, and none is named" in refusal(*arguments)
    assert call(*arguments, "--with", tmp_path / "raw.bin").status == 0


def test_decoders_are_run_several_times(layer, dump):
    content = call("compare", layer, "--with", "cpu", "--runs", 3, "--json").json
    assert content["right"]["tiles_varying"] == []
    assert content["left"]["tiles_varying"] is None
    assert (content["left"]["runs"], content["right"]["runs"]) == (1, 3)
    assert "--runs" in refusal("compare", layer, "--with", dump({}), "--runs", 2)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--with"),
        (["--with", "nosuch"], "neither a file nor a decoder"),
        (["--with", "cpu", "--with", "cpu", "--with", "cpu"], "once or twice"),
        (["--with", "cpu", "--runs", "0"], "from 1 on"),
        (["--with", "cpu", "--timeout", "0"], "above 0"),
        (["--with", "cpu", "--tensor", "no"], "no tensor called 'no'"),
    ],
)
def test_a_call_that_cannot_be_used(layer, arguments, says):
    assert says in refusal("compare", layer, *arguments)


# Steps and files


def test_the_step_at_which_decoders_part(tmp_path):
    """Another file with one other symbol, as if another decoder had read it."""
    changed = WEIGHTS.copy()
    changed[3, 5] += 1
    table = table_of(batched_symbols(np.concatenate([WEIGHTS, changed]), 16))
    for name, weights in (("a", WEIGHTS), ("b", changed)):
        (tmp_path / f"{name}.batched").write_bytes(batched_file(weights, 16, table))
    called = call("compare", tmp_path / "a.batched", "--with", tmp_path / "b.batched", "--json")
    content = called.json
    assert content["first_step"]["tile"] == 0
    assert content["first_step"]["columns"]
    files = content["files"]
    assert (files["equal"], files["fields_differing"]) == (False, [])
    assert [tile["left"] for tile in files["tiles"]] == [0]
    step = files["first_encode_step"]
    assert (step["tile"], step["from_the_decoders_start"]) == (0, False)
    assert step["left"]["symbol_index"] == 3 * 16 + 6
    text = call("compare", tmp_path / "a.batched", "--with", tmp_path / "b.batched").out
    assert "they part at encode step" in text


def test_equal_weights_in_files_that_differ(tmp_path):
    data = batched_file(WEIGHTS, 16)
    (tmp_path / "a.batched").write_bytes(data)
    place = batched.HEADER.offset_of("padding")
    (tmp_path / "b.batched").write_bytes(with_bytes(data, place, b"\1"))
    called = call("compare", tmp_path / "a.batched", "--with", tmp_path / "b.batched", "--json")
    content = called.json
    assert (called.status, content["equal"]) == (0, True)
    assert [field["path"] for field in content["files"]["fields_differing"]] == ["header / padding"]


def test_a_dump_has_no_steps(layer, dump):
    content = call("compare", layer, "--with", dump({(0, 0): 1}), "--json").json
    assert content["first_step"] is None
    assert "no steps" in content["first_step_note"]
    assert content["files"] is None


# Code of the user's


def test_a_decoder_that_crashes_ends_the_command_with_a_sentence(layer, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import ctypes\ndef decode(layer):\n    ctypes.string_at(0)\n", "utf-8"
    )
    called = call("compare", layer, "--with", tmp_path / "mine.py")
    assert called.status == 1
    assert called.out == ""
    assert "mine.py" in called.err.splitlines()[-1]


def test_a_decoder_that_cannot_be_loaded_is_no_difference(layer, tmp_path):
    (tmp_path / "mine.py").write_text("import nosuch\ndef decode(layer):\n    pass\n", "utf-8")
    called = call("compare", layer, "--with", tmp_path / "mine.py")
    assert (called.status, called.out) == (2, "")
    assert "mine.py cannot run here" in called.err
    assert "No module named 'nosuch'" in called.err


# The report


def test_a_report_is_written(layer, dump, tmp_path):
    page = tmp_path / "out.html"
    called = call("compare", layer, "--with", dump({(0, 0): 1}), "--report", page)
    assert called.status == 1
    assert f"report: {page}" in called.out
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert f"ranscope compare {layer}" in text


def test_a_report_is_not_written_onto_an_input(layer, dump):
    wrong = dump({})
    before = wrong.read_bytes()
    assert "would be overwritten" in refusal("compare", layer, "--with", wrong, "--report", wrong)
    assert wrong.read_bytes() == before


@pytest.mark.parametrize("place", ["missing/r.html", "", "folder", "dump.npy/r.html"])
def test_where_no_report_can_be_written_is_said_before_anything_is_done(
    place, layer, dump, tmp_path, monkeypatch
):
    dump({})
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("app.cli.compare.outputs_of", lambda *_: pytest.fail("it was compared"))
    sentence = refusal("compare", layer, "--with", "dump.npy", "--report", place)
    assert "cannot be written" in sentence


def test_no_report_where_there_is_no_comparison(layer, tmp_path):
    page = tmp_path / "out.html"
    refusal("compare", layer, "--with", tmp_path / "nosuch.npy", "--report", page)
    assert not page.exists()
