"""Our own coders as they are measured: real weights through real files, and nothing passes that was not done."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from codec.bench import contenders
from codec.bench.data import digest, facts, load
from codec.bench.measuring import measure
from codec.bench.options import require_known, switch, whole
from codec.bench.ours import FileContender
from codec.bench.plan import Action, Candidate, Data, Stopping
from codec.bench.result import Outcome
from codec.bench.used_cores import kept_to, require_threads
from codec.errors import InputError
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe, usual
from codec.rerun.sources import SourceWeights, generated
from codec.threads import cores

DATA = Data("small", "generated:normal-10:96x80:1")
BOTH = tuple(Action)
NATIVE = Recipe("native", 32, 32, "none", 12, 16, 32, 16)
RECIPES = {
    "native": NATIVE,
    "batched": Recipe("batched", 32, 32, "left"),
    "wcdc": Recipe("wcdc", 32, 32),
}


@pytest.mark.parametrize("coder", ["cpu", "reference"])
@pytest.mark.parametrize("layout", RECIPES)
def test_every_layout_is_encoded_and_decoded(coder, layout):
    weights, known = load(DATA)
    contender = FileContender(coder, RECIPES[layout], {})
    contender.prepare(weights)
    file = encode_again(SourceWeights("weights", "", weights), RECIPES[layout])
    assert (contender.stored_bytes, contender.tiles) == (len(file), 9)
    assert contender.moved_bytes(Action.DECODE) == weights.size + len(file)
    for action in BOTH:
        contender.clear()
        assert contender.wrong(action) == weights.size
        assert contender.digest(action) == ""
        assert contender.run(action).seconds > 0
        assert contender.wrong(action) == 0
        assert contender.digest(action) == known.digest
    contender.close()


def test_what_was_decoded_before_does_not_pass_again():
    weights, _ = load(DATA)
    contender = FileContender("cpu", NATIVE, {})
    contender.prepare(weights)
    contender.run(Action.DECODE)
    before = contender._decoded
    assert before is not None
    contender.clear()
    assert np.array_equal(before, ~weights)
    contender._decode = lambda: setattr(contender, "_decoded", before)  # type: ignore[method-assign]
    contender.run(Action.DECODE)
    assert contender.wrong(Action.DECODE) == weights.size


def test_a_damaged_output_is_counted():
    weights, _ = load(DATA)
    contender = FileContender("cpu", NATIVE, {})
    contender.prepare(weights)
    contender.run(Action.DECODE)
    assert contender._decoded is not None
    contender._decoded[3, 4:7] ^= 1
    assert contender.wrong(Action.DECODE) == 3
    contender.run(Action.ENCODE)
    damaged = bytearray(contender._encoded or b"")
    damaged[len(damaged) * 3 // 4] ^= 0xFF
    contender._encoded = bytes(damaged)
    assert contender.wrong(Action.ENCODE) > 0


def test_tiles_that_fail_count_although_their_weights_came_out_right():
    weights, _ = load(DATA)
    contender = FileContender("cpu", NATIVE, {})
    contender.prepare(weights)
    contender.run(Action.DECODE)
    contender._failed = 1024
    assert contender.wrong(Action.DECODE) == 1024


def test_checksums_need_not_be_checked():
    contender = FileContender("cpu", NATIVE, {"checksums": False})
    assert not contender._decoder.verify_checksums
    assert FileContender("cpu", NATIVE, {})._decoder.verify_checksums


@pytest.mark.skipif(cores() < 2, reason="one core cannot be fewer")
def test_threads_are_kept_to():
    seen = []
    before = os.sched_getaffinity(0)
    with kept_to(1):
        assert cores() == 1
        thread = threading.Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()
    assert seen == [{max(before)}]
    assert os.sched_getaffinity(0) == before
    contender = FileContender("cpu", NATIVE, {"threads": 1})
    assert contender.threads == 1
    assert FileContender("cpu", NATIVE, {}).threads == cores()
    assert FileContender("reference", NATIVE, {}).threads == 1


@pytest.mark.parametrize("threads", [0, -1, 5000])
def test_threads_that_there_are_not(threads):
    with pytest.raises(InputError):
        FileContender("cpu", NATIVE, {"threads": threads})
    with pytest.raises(InputError, match="cores"):
        require_threads(cores() + 1)


def test_options():
    require_known({"a": 1}, ("a", "b"), "it")
    with pytest.raises(InputError, match="it knows no option 'c'; it takes a, b"):
        require_known({"c": 1}, ("a", "b"), "it")
    with pytest.raises(InputError, match="it takes none"):
        require_known({"c": 1}, (), "it")
    assert (switch({}, "a", True), switch({"a": False}, "a", True)) == (True, False)
    with pytest.raises(InputError, match="true or false"):
        switch({"a": 1}, "a", True)
    assert (whole({}, "a", 3, 1, 9), whole({"a": 9}, "a", 3, 1, 9)) == (3, 9)
    for value in (0, 10, True, "5"):
        with pytest.raises(InputError, match="a is"):
            whole({"a": value}, "a", 3, 1, 9)


DECODER = """
import numpy as np

def decode(layer):
    return np.zeros((layer.rows, layer.cols), dtype=np.int8)
"""
TEMPLATES = Path(__file__).parents[3] / "assets" / "templates"


ONCE = Stopping(warm_up_s=0.0, rounds=1)


def outcomes_of(path, stopping=ONCE):
    candidate = Candidate("it", str(path), RECIPES["batched"])
    found = {m.action: m for m in measure(DATA, [candidate], stopping)}
    return [found[action].outcome for action in BOTH], found


def test_an_encoder_that_was_brought(tmp_path):
    outcomes, found = outcomes_of(TEMPLATES / "encoder.py")
    assert outcomes == [Outcome.MEASURED, Outcome.REFUSED]
    assert "defines no function decode" in found[Action.DECODE].reason
    file = encode_again(SourceWeights("weights", "", load(DATA)[0]), RECIPES["batched"])
    assert 0 < found[Action.ENCODE].stored_bytes <= len(file) * 1.01


def test_a_decoder_that_was_brought():
    outcomes, found = outcomes_of(TEMPLATES / "decoder.py")
    assert outcomes == [Outcome.REFUSED, Outcome.MEASURED]
    assert "defines no function encode" in found[Action.ENCODE].reason


@pytest.mark.parametrize(
    ("damage", "outcome"),
    [
        ("return b'nonsense'", Outcome.WRONG),
        ("return 5", Outcome.CRASHED),
        ("raise ValueError('no')", Outcome.CRASHED),
    ],
)
def test_an_encoder_that_is_wrong_is_said_to_be(tmp_path, damage, outcome):
    path = tmp_path / "mine.py"
    path.write_text(f"def encode(weights, layer):\n    {damage}\n", encoding="utf-8")
    assert outcomes_of(path)[0][0] is outcome


def test_an_encoder_may_write_on_what_it_gets(tmp_path):
    path = tmp_path / "mine.py"
    text = (TEMPLATES / "encoder.py").read_text(encoding="utf-8")
    path.write_text(text.replace("def encode(", "def encode_it("), encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\ndef encode(weights, layer):\n    made = encode_it(weights, layer)\n")
        file.write("    weights[:] = 0\n    return made\n")
    assert outcomes_of(path, Stopping(warm_up_s=0.0, rounds=3))[0][0] is Outcome.MEASURED


def test_everything_at_once(tmp_path):
    wrong = tmp_path / "mine.py"
    wrong.write_text(DECODER, encoding="utf-8")
    candidates = [
        Candidate("native", "cpu", NATIVE),
        Candidate("reference", "reference", RECIPES["batched"], actions=(Action.DECODE,)),
        Candidate("brought", str(wrong), RECIPES["batched"]),
        Candidate("too wide", "cpu", Recipe("batched", 1, 1, "left")),
        Candidate("zstandard", "zstandard", None, {"level": 1}),
        Candidate("no option", "cpu", NATIVE, {"fly": True}),
    ]
    stopping = Stopping(warm_up_s=0.0, rounds=2)
    found = {(m.candidate, m.action): m for m in measure(DATA, candidates, stopping)}
    outcomes = {key: each.outcome for key, each in found.items()}
    assert outcomes["native", Action.ENCODE] is Outcome.MEASURED
    assert outcomes["native", Action.DECODE] is Outcome.MEASURED
    assert outcomes["reference", Action.DECODE] is Outcome.MEASURED
    assert outcomes["brought", Action.DECODE] is Outcome.WRONG
    assert outcomes["brought", Action.ENCODE] is Outcome.REFUSED
    assert outcomes["zstandard", Action.DECODE] in (Outcome.MEASURED, Outcome.UNAVAILABLE)
    assert outcomes["no option", Action.DECODE] is Outcome.REFUSED
    assert "no option 'fly'" in found["no option", Action.DECODE].reason


def test_coders_that_there_are_not():
    with pytest.raises(InputError, match="there is no coder called 'abacus'; there are reference"):
        contenders.check(Candidate("a", "abacus"))
    with pytest.raises(InputError, match="needs a recipe"):
        contenders.check(Candidate("a", "cupy"))
    with pytest.raises(InputError, match="takes no recipe"):
        contenders.check(Candidate("a", "zstandard", NATIVE))
    assert contenders.unavailable(Candidate("a", "cpu", NATIVE)) == ""


def test_a_recipe_that_is_not_for_such_weights_is_refused():
    candidate = Candidate("it", "cpu", Recipe("batched", 1, 1, "left"), actions=(Action.DECODE,))
    data = Data("long", "generated:zeros:1x70000")
    (found,) = measure(data, [candidate], Stopping(0.0, 1))
    assert found.outcome is Outcome.REFUSED
    assert "65,535" in found.reason


def test_data_are_loaded_from_wherever_they_are(tmp_path):
    weights = generated("normal", 40, 30, 5).matrix
    np.save(tmp_path / "w.npy", weights)
    file = encode_again(SourceWeights("weights", "", weights), usual("native"))
    (tmp_path / "w.rsc").write_bytes(file)
    for name in ("w.npy", "w.rsc"):
        found, known = load(Data(name, str(tmp_path / name)))
        assert np.array_equal(found, weights)
        assert (known.rows, known.cols, known.digest) == (40, 30, digest(weights))
        assert len(known.file_digest) == 16
        assert not found.flags.writeable
    made, known = load(Data("made", "generated:normal:40x30:5"))
    assert np.array_equal(made, weights)
    assert (known, known.file_digest) == (facts("made", weights), "")
    with pytest.raises(InputError, match="holds no tensor called 'x'; it holds weights"):
        load(Data("w", str(tmp_path / "w.rsc"), "x"))


def test_more_can_be_made_than_in_the_window(monkeypatch):
    from codec.rerun import sources

    monkeypatch.setattr(sources, "MOST_GENERATED", 100)
    weights, _ = load(Data("large", "generated:zeros:20x20"))
    assert weights.size == 400
