"""What the scenario took, added up from results made up here, and printed beside what was claimed."""

from __future__ import annotations

from typing import Any

import pytest

from codec.bench.plan import Action, Candidate, Data, Plan
from codec.bench.result import (
    DataFacts,
    LayerFacts,
    LayerMeasurement,
    Machine,
    Measurement,
    Outcome,
    RunResult,
)
from codec.bench.scenario import claims
from codec.bench.scenario.table import MOST_LAYERS, duration, lines
from codec.bench.scenario.totals import models, per_tile_speed, totals
from codec.rerun.recipe import Recipe

NATIVE, BATCHED = Recipe("native"), Recipe("batched")
CANDIDATES = (
    Candidate("cpu", "cpu", NATIVE),
    Candidate("card", "cupy", NATIVE),
    Candidate("tiles of batched", "cupy", BATCHED, {"per_tile": True}),
    Candidate("tiles", "cupy", NATIVE, {"per_tile": True}),
    Candidate("gone", "reference", NATIVE),
)
LAYERS = (LayerFacts("one", 10, 100), LayerFacts("two", 20, 100))


def layer(name, weights, seconds, **stages) -> LayerMeasurement:
    return LayerMeasurement(name, weights, weights // 2, weights // 100, seconds, stages)


def measurement(candidate, action, layers, outcome=Outcome.MEASURED) -> Measurement:
    seconds = tuple(map(sum, zip(*(each.seconds for each in layers), strict=True)))
    names = layers[0].stages if layers else {}
    stages: Any = {
        name: tuple(map(sum, zip(*(each.stages[name] for each in layers), strict=True)))
        for name in names
    }
    return Measurement(
        "model", candidate, action, outcome, "" if outcome is Outcome.MEASURED else "because",
        seconds, tuple(range(len(seconds))), stages, weights=3000, stored_bytes=1500, tiles=30,
        layers=tuple(layers),
    )  # fmt: skip


def decoded(candidate: str, factor: float, kernel: str) -> Measurement:
    times = tuple(factor * n for n in (1.0, 2.0, 3.0, 2.0, 2.0, 2.0))
    parts = {"read": times, kernel: tuple(2 * t for t in times)}
    more = {"to_device": times} if kernel == "kernel" else {}
    whole = tuple(4 * t for t in times)
    return measurement(
        candidate,
        Action.DECODE,
        [layer("one", 1000, whole, **parts, **more), layer("two", 2000, whole, **parts, **more)],
    )


MEASUREMENTS = (
    measurement(
        "cpu", Action.ENCODE, [layer("one", 1000, (0.5, 0.7)), layer("two", 2000, (1.5, 1.7))]
    ),
    decoded("cpu", 1.0, "decode"),
    decoded("card", 0.001, "kernel"),
    decoded("tiles", 0.2, "kernel"),
    measurement("gone", Action.DECODE, [], Outcome.CRASHED),
)
FACTS = DataFacts("model", 1, 3000, "", 5.0, "", LAYERS)
PLAN = Plan("p", "p", (Data("model", "m.safetensors", None, "*"),), CANDIDATES)
MACHINE = Machine("a processor", 1, 1, "", "a system", {})


def result(measurements=MEASUREMENTS, facts=FACTS) -> RunResult:
    return RunResult("1", "", 1.0, PLAN, MACHINE, (facts,), measurements)


def by_name():
    return {each.candidate: each for each in totals(result(), "model")}


def test_only_models_are_added_up():
    other = DataFacts("other", 2, 2, "", 1.0)
    assert models(result(facts=other)) == ()
    assert list(lines(result(facts=other))) == []
    assert models(result()) == (FACTS,)


def test_all_of_a_candidate():
    found = by_name()["cpu"]
    assert found.parts.encode == pytest.approx(2.2)
    assert (found.parts.read, found.parts.transfer, found.parts.decode) == (4, None, 8)
    assert (found.parts.total, found.all_tokens) == (16, 80)
    assert found.tile_ms == pytest.approx(16e3 / 30)
    assert (found.tokens, found.says) == (6, "")


def test_every_layer_of_a_candidate():
    first, second = by_name()["cpu"].layers
    assert (first.name, first.weights, first.tiles) == ("one", 1000, 10)
    assert first.parts.encode == pytest.approx(0.6)
    assert second.parts.encode == pytest.approx(1.6)
    assert (second.parts.read, second.parts.decode, second.parts.total) == (2, 4, 8)


def test_what_was_not_encoded_was_not_encoded():
    found = by_name()["card"]
    assert found.parts.encode is None
    assert found.parts.transfer == pytest.approx(0.004)
    assert found.layers[0].parts.encode is None


def test_what_failed_has_no_time_and_says_so():
    found = by_name()["gone"]
    assert (found.says, found.parts.total, found.all_tokens, found.tile_ms) == (
        "crashed", None, None, None,
    )  # fmt: skip
    assert found.layers == ()


def test_a_wrong_output_has_no_time():
    wrong = measurement("cpu", Action.DECODE, [layer("one", 1, (1.0,))], Outcome.WRONG)
    (found,) = totals(result((wrong,)), "model")
    assert (found.parts.total, found.says) == (None, "wrong output")


def test_tile_by_tile_is_compared_with_the_same_recipe():
    found = per_tile_speed(result(), "model")
    assert found is not None
    fast, slow, speed = found
    assert (fast, slow, speed.paired) == ("card", "tiles", True)
    assert speed.times == pytest.approx(200)
    assert per_tile_speed(result(MEASUREMENTS[:3]), "model") is None


def test_the_claims_are_those_of_the_status_document():
    stated = {claim.what: (claim.least, claim.most, claim.measured) for claim in claims.CLAIMS}
    assert stated == {
        "encoding all layers, once": (45, 45, True),
        "on the GPU with one transfer a tile, at 295 ms each": (28800, 28800, True),
        "on the GPU": (30, 30, False),
        "with decoding on the CPU": (10, 20, True),
    }
    assert claims.at_its_transfer(1000) == pytest.approx(1475)


def test_the_table_says_all_of_it():
    text = "\n".join(lines(result()))
    for words in (
        "model: 2 layers, 3,000 weights",
        "card is 200 (200 to 200) times as fast as tiles",
        "on the GPU with one transfer a tile, at 295 ms each  8 h",
        "30 s, hoped for",
        "10 s to 20 s",
        "at 295 ms a transfer the 30 tiles of this one would take 44.2 s for 5 tokens",
        "cpu, layer by layer",
        "gone",
    ):
        assert words in text
    assert "gone, layer by layer" not in text
    (row,) = [line.split() for line in text.splitlines() if line.startswith("     cpu  ")]
    assert row == [
        "cpu",
        "2.2",
        "s",
        "4",
        "s",
        "–",
        "8",
        "s",
        "16",
        "s",
        "80",
        "s",
        "533.333",
        "30",
        "2.0000",
    ]


def test_hundreds_of_layers_are_not_listed():
    many = tuple(LayerFacts(f"{n}", 1, 1) for n in range(MOST_LAYERS + 1))
    text = "\n".join(lines(result(facts=DataFacts("model", 1, 3000, "", 5.0, "", many))))
    assert "the 13 layers one by one: --export" in text
    assert "layer by layer" not in text


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(None, "–"), (0, "0 µs"), (2.5e-5, "25 µs"), (0.0021, "2.1 ms"), (1.5, "1.5 s"), (90, "90 s"),
     (300, "5 min"), (7200, "2 h")],
)  # fmt: skip
def test_durations(seconds, says):
    assert duration(seconds) == says
