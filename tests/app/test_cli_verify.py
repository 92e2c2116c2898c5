"""`ranscope verify`, `decoders` and `selftest`: verdicts, and the exit status that goes with each."""

from __future__ import annotations

import pytest

from app.cli import selftest as command
from codec import decoders
from codec.decoders import DECODERS, availability
from codec.formats import batched
from codec.selftest import RoundTrip
from tests.app.calling import AVAILABLE, call, refusal
from tests.codec.files import (
    DECODABLE,
    LEGACY,
    batched_file,
    noise,
    stream_place,
    with_bytes,
    with_field,
)


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.batched"
    path.write_bytes(batched_file(noise(40, 50), 16))
    return path


@pytest.fixture
def damaged(tmp_path):
    """One stream with a byte changed, and a version that is unknown."""
    data = with_field(batched_file(noise(40, 50), 16), batched.HEADER, "version", 9)
    offset, size = stream_place(data, 3)
    middle = offset + size // 2
    path = tmp_path / "damaged.batched"
    path.write_bytes(with_bytes(data, middle, bytes([data[middle] ^ 0x55])))
    return path


def test_every_legacy_file_but_the_broken_table_is_sound():
    called = call("verify", *LEGACY)
    assert (called.status, called.err) == (1, "")
    lines = dict(line.split(": ", 1) for line in called.out.splitlines())
    assert lines.keys() == {str(path) for path in LEGACY}
    for path in LEGACY:
        assert lines[str(path)].startswith("ok" if path in DECODABLE else "1 error: ")


def test_one_line_a_file_with_the_first_of_the_worst(sound, damaged):
    called = call("verify", sound, damaged)
    assert called.status == 1
    first, second = called.out.splitlines()
    assert first == f"{sound}: ok"
    assert second.startswith(f"{damaged}: 2 errors: version is 9")


def test_verbose_lists_every_problem(damaged):
    called = call("verify", "-v", damaged)
    assert "  error version at byte 4, 2 bytes" in called.out
    assert "of tile 3" in called.out
    assert called.out.count("likely cause:") == 2


@pytest.mark.parametrize("decoder", AVAILABLE)
def test_json_tells_the_same(sound, damaged, decoder):
    called = call("verify", sound, damaged, "--json", "--decoder", decoder)
    assert called.status == 1
    good, bad = called.json["files"]
    assert (good["file"], good["sound"], good["problems"], good["error"]) == (
        str(sound),
        True,
        [],
        None,
    )
    assert (bad["sound"], bad["errors"], bad["warnings"]) == (False, 2, 0)
    assert [problem["tile"] for problem in bad["problems"]] == [None, 3]
    (tensor,) = bad["tensors"]
    assert (tensor["tiles"], tensor["tiles_failed"]) == (12, 1)
    assert 4 < good["tensors"][0]["entropy"] < 6
    assert 0 <= good["tensors"][0]["table_loss"] < 0.02


def test_a_file_that_cannot_be_used_does_not_stop_the_others(sound, tmp_path):
    (tmp_path / "text").write_text("hello")
    called = call("verify", tmp_path / "none", tmp_path / "text", tmp_path, sound)
    assert called.status == 2
    assert called.out == f"{sound}: ok\n"
    none, text, folder = called.err.splitlines()
    assert "none cannot be opened: No such file" in none
    assert f"{tmp_path}/text: text is no compressed layer" in text
    assert "it is a directory" in folder
    content = call("verify", tmp_path / "none", sound, "--json").json
    assert [entry["error"] is None for entry in content["files"]] == [False, True]
    assert content["files"][0].keys() == content["files"][1].keys()


def test_a_table_that_lacks_a_symbol_gives_valid_json(tmp_path):
    """Symbols of frequency 0 cost infinitely many bits, and infinity is no JSON."""
    data = batched_file(noise(16, 16), 16)
    frequency = batched.TABLE_OFFSET + 4 * (128 + int(noise(16, 16)[0, 0])) + 2
    assert data[frequency : frequency + 2] != b"\0\0"
    path = tmp_path / "lacking.batched"
    path.write_bytes(with_bytes(data, frequency, b"\0\0"))
    called = call("verify", path, "--json")
    assert called.status == 1
    codes = {problem["code"] for problem in called.json["files"][0]["problems"]}
    assert {"table-sum", "zero-frequency"} <= codes


def test_decoders_are_listed_with_why_one_is_not_available():
    called = call("decoders", "--json")
    assert called.status == 0
    assert [entry["name"] for entry in called.json["decoders"]] == list(DECODERS)
    assert called.json["default"] == "cpu"
    for entry in called.json["decoders"]:
        assert entry["available"] == (entry["name"] in AVAILABLE)
        assert bool(entry["reason"]) != entry["available"]


def test_without_numba_the_reference_decodes(monkeypatch):
    make = decoders.make

    def without_numba(name):
        if name == "cpu":
            raise ModuleNotFoundError("No module named 'numba'", name="numba")
        return make(name)

    monkeypatch.setattr(decoders, "make", without_numba)
    assert availability.choose().name == "reference"
    assert "\ncpu        not available: numba cannot be loaded" in call("decoders").out
    assert "'cpu' is not available here: numba" in refusal("selftest", "--decoder", "cpu")


def test_selftest_passes():
    called = call("selftest", "--decoder", "cpu")
    assert (called.status, called.err) == (0, "")
    assert called.out.splitlines()[-1].endswith("round trips bit-exact")
    content = call("selftest", "--decoder", "cpu", "--json", "--seed", 7).json
    assert (content["passed"], content["failed"], content["unavailable"]) == (True, 0, [])
    assert {trip["decoder"] for trip in content["round_trips"]} == {"cpu"}
    assert all(trip["exact"] and trip["ratio"] > 0 for trip in content["round_trips"])


def test_selftest_fails_upon_one_wrong_weight(monkeypatch):
    trips = [
        RoundTrip("ramp", 8, 8, 4, "batched", "auto", "cpu", 100, 0.1, 0.1),
        RoundTrip("ramp", 8, 8, 4, "wcdc", "top", "cpu", 100, 0.1, 0.1, wrong=1),
    ]
    monkeypatch.setattr(command, "round_trips", lambda *_: iter(trips))
    called = call("selftest")
    assert called.status == 1
    assert "1 weight wrong" in called.out
    assert "1 of 2 round trips bit-exact" in called.out
    assert called.err == "ranscope: 1 round trip failed\n"
    called = call("selftest", "--json")
    assert called.status == 1
    assert (called.json["passed"], called.json["failed"]) == (False, 1)
    missing = [entry["decoder"] for entry in called.json["unavailable"]]
    assert missing == [name for name in DECODERS if name not in AVAILABLE]


def test_selftest_refuses_what_it_does_not_know():
    assert "no decoder called 'magic'" in refusal("selftest", "--decoder", "magic")
    assert "no whole number" in refusal("selftest", "--seed", "-3")
