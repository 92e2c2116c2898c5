"""A plan that is written is read again as the same."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.bench import plan_data
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.plan_file import bundled, bundled_plan, plan_of, read_plan
from codec.bench.plan_writing import plan_text, write_plan
from codec.rerun.recipe import Recipe
from codec.table_rule import Normalisation


@pytest.fixture(autouse=True)
def enough_memory(monkeypatch):
    monkeypatch.setattr(plan_data, "memory_bytes", lambda: 16 << 30)


@pytest.mark.parametrize("name", bundled())
def test_the_plans_that_come_along_are_written_and_read_again(name, tmp_path):
    plan = bundled_plan(name)
    write_plan(tmp_path / "it.toml", plan)
    assert read_plan(tmp_path / "it.toml") == plan


def test_all_that_a_plan_can_say():
    recipe = Recipe("native", 32, 64, "auto", 11, 8, 32, 4, 1000, Normalisation.OURS)
    options = {"level": 3, "fast": True}
    plan = Plan(
        'a "quoted" \\ name',
        "Tïtle → 𝛑",
        (Data("d", "/a/b.npz", 'w"x'), Data("m", "/a/m.safetensors", layers="encoder.*")),
        (
            Candidate("c", "cpu", recipe, {"threads": 1}, (Action.DECODE,)),
            Candidate("z", "zstandard", None, {"level": 1}),
        ),
        "z",
        Stopping(0.25, 7, 1.5, 70, 1e-3, 1 << 30),
    )
    assert plan_of(plan_text(plan), "it.toml") == plan
    odd = replace(plan.candidates[1], options={**options, "a key": "x"})
    written = tomllib.loads(plan_text(replace(plan, candidates=(odd,))))
    assert written["candidate"][0]["options"] == {**options, "a key": "x"}


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_survives(text):
    plan = Plan(text, text, (Data(text, text),), (Candidate(text, text),))
    found = tomllib.loads(plan_text(plan))
    assert (found["name"], found["data"][0]["source"]) == (text, text)
