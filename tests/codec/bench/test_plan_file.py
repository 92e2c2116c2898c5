"""Plans as files: what they say becomes a plan, and whatever is wrong with one is told with its line."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.bench import plan_data
from codec.bench.grid import combinations, count_of
from codec.bench.plan import Action, Candidate, Data, Stopping
from codec.bench.plan_error import PlanError
from codec.bench.plan_file import bundled, bundled_plan, plan_of, read_plan
from codec.bench.plan_lines import Lines
from codec.errors import InputError
from codec.formats import FORMATS
from codec.rerun.recipe import Recipe, usual

SOUND = """\
name = "tiles"          # line 1
title = "What tiles cost"
baseline = "native"

[stopping]
rounds = 21
seconds = 1

[[data]]                # line 9
name = "small"
source = "generated:normal-10:64x64"

[[data]]
source = "weights.npy"
tensor = "a"

[[candidate]]           # line 17
name = "native"
coder = "cpu"
recipe = { layout = "native", tile = "32x64" }
options = { threads = 1 }

[[candidate]]
coder = "zstandard"
options = { level = 3 }
actions = ["decode"]
"""


def plan(text, **more):
    return plan_of(textwrap.dedent(text), "plan.toml", **more)


def error(text):
    with pytest.raises(PlanError) as found:
        plan(text)
    assert str(found.value).startswith("plan.toml")
    assert isinstance(found.value, InputError)
    return found.value


def changed(old, new):
    assert SOUND.count(old) == 1
    return SOUND.replace(old, new)


def test_a_plan_is_what_its_file_says(tmp_path):
    found = plan(SOUND, folder=tmp_path)
    assert (found.name, found.title, found.baseline) == ("tiles", "What tiles cost", "native")
    assert found.stopping == Stopping(rounds=21, seconds=1.0)
    assert found.data == (
        Data("small", "generated:normal-10:64x64"),
        Data("weights.npy", str(tmp_path / "weights.npy"), "a"),
    )
    recipe = Recipe("native", 32, 64, "none", 12, 16, 64, 16)
    assert found.candidates == (
        Candidate("native", "cpu", recipe, {"threads": 1}),
        Candidate("zstandard", "zstandard", None, {"level": 3}, (Action.DECODE,)),
    )


def test_what_a_recipe_leaves_out_is_the_layouts_usual():
    found = plan(changed('{ layout = "native", tile = "32x64" }', '{ layout = "wcdc" }'))
    assert found.candidates[0].recipe == usual("wcdc")


def test_paths_are_told_from_the_plans_folder(tmp_path):
    text = changed('coder = "cpu"', 'coder = "mine.py"')
    assert plan(text, folder=tmp_path).candidates[0].coder == str(tmp_path / "mine.py")
    text = changed('"weights.npy"', '"package:minilm/model.safetensors"')
    assert plan(text, folder=tmp_path).data[1].source == "package:minilm/model.safetensors"


def test_lists_become_a_candidate_for_each_combination():
    text = changed('tile = "32x64" }', 'tile = [64, "32x64"], lanes = [32, 64] }')
    found = plan(text.replace('baseline = "native"', ""))
    names = [each.name for each in found.candidates]
    assert names[:4] == [
        "native, tile 64, lanes 32",
        "native, tile 64, lanes 64",
        "native, tile 32x64, lanes 32",
        "native, tile 32x64, lanes 64",
    ]
    recipes = [each.recipe for each in found.candidates[:4]]
    assert [(r.tile_rows, r.tile_cols, r.lanes) for r in recipes] == [
        (64, 64, 32), (64, 64, 64), (32, 64, 32), (32, 64, 64),
    ]  # fmt: skip


def test_a_list_of_sources_is_data_of_each():
    sources = '["generated:normal-10:64x64", "generated:zeros:8x8"]'
    found = plan(changed('"generated:normal-10:64x64"', sources))
    assert found.data[:2] == (
        Data("small, normal-10:64x64", "generated:normal-10:64x64"),
        Data("small, zeros:8x8", "generated:zeros:8x8"),
    )
    assert "empty list" in error(changed('"generated:normal-10:64x64"', "[]")).reason
    assert (
        error(
            changed(":64x64", ':64x64", "generated:ramp:0x1"]').replace(
                'source = "g', 'source = ["g'
            )
        ).line
        == 11
    )


def test_options_are_combined_too():
    found = plan(changed("{ level = 3 }", "{ level = [1, 3] }"))
    assert [each.options for each in found.candidates[1:]] == [{"level": 1}, {"level": 3}]


def settings_of(names, values):
    lists = st.lists(values, min_size=1, max_size=3, unique=True)
    return st.dictionaries(st.sampled_from(names), values | lists)


@given(settings_of("abc", st.integers()), settings_of("xyz", st.booleans()))
def test_every_combination_has_a_name_of_its_own(recipe, options):
    found = combinations("it", recipe, options)
    assert len(found) == count_of(recipe, options) == len({each.name for each in found})


WRONG = [
    ('name = "tiles"', 'nam = "tiles"', 1, "'nam' means nothing in a plan"),
    ('"tiles" ', "3 ", 1, "name is a text, not 3"),
    ('"tiles" ', '"a\\u0007b" ', 1, "one line"),
    ("rounds = 21", "rouns = 21", 6, "'rouns' means nothing in stopping"),
    ("rounds = 21", "rounds = 0", 6, "rounds is 0, which is not between 1"),
    ("rounds = 21", 'rounds = "21"', 6, "rounds is a whole number, not '21'"),
    ("rounds = 21", "rounds = true", 6, "not true"),
    ("rounds = 21", "rounds = 5000", 6, "cannot both be"),
    ("seconds = 1", "seconds = -1", 7, "not between 0"),
    ("seconds = 1", "seconds = nan", 7, "not between 0"),
    ("seconds = 1", "memory_bytes = 5", 7, "not between"),
    ('baseline = "native"', 'baseline = "gone"', 3, "no candidate is called 'gone'"),
    ('name = "small"', 'nane = "small"', 10, "'nane' means nothing in data"),
    (":64x64", ":0x64", 11, "a side has 1 or more"),
    (":64x64", ":99999999x99999999", 11, "bytes of memory"),
    (":64x64", ":64", 11, "is no shape"),
    ('"generated:normal-10:64x64"', '"generated:"', 11, "is no generated input"),
    ('name = "small"', 'tensor = "x"', 11, "generated weights are a single tensor"),
    ('source = "weights.npy"\n', "", 13, "a data has a source"),
    ('tensor = "a"', 'name = "small"', 15, "there are two data called 'small'"),
    ('coder = "cpu"\n', "", 17, "a candidate has a coder"),
    ('coder = "cpu"', 'coder = "abacus"', 17, "there is no coder called 'abacus'"),
    ('coder = "cpu"', "coder = 7", 19, "coder is a text, not 7"),
    ('layout = "native", ', 'layout = "none", ', 20, "there is no layout called 'none'"),
    ('"32x64"', '"32xx64"', 20, "is no shape of a tile"),
    ('"32x64"', "0", 20, "tile"),
    ('"32x64"', "[]", 20, "an empty list"),
    ('tile = "32x64"', "tiles = 5", 20, "'tiles' means nothing in candidate"),
    ('tile = "32x64"', "lanes = 1.5", 20, "lanes is a whole number, not 1.5"),
    ('layout = "native", tile', 'layout = "batched", tile', 20, "tiles are square"),
    ('{ layout = "native", tile = "32x64" }', '"native"', 20, "recipe is a table"),
    ("{ threads = 1 }", "{ threads = 1.5 }", 21, "threads is a whole number, a text"),
    ('coder = "zstandard"', 'coder = "zstandard"\nrecipe = {}', 23, "a format of its own"),
    ("{ level = 3 }", "{ level = 99 }", 25, "level"),
    ("{ level = 3 }", "{ levels = 3 }", 25, "no option 'levels'"),
    ('["decode"]', "[]", 26, "actions is a list of encode and decode"),
    ('["decode"]', '["fly"]', 26, "not ['fly']"),
    ('["decode"]', '"decode"', 26, "actions is a list"),
    ('coder = "zstandard"', 'coder = "zstandard"\nname = "native"', 25, "two candidates called 'native'"),
    ("[stopping]", "[[extra]]\n[stopping]", 5, "'extra' means nothing in a plan"),
    ("[stopping]", "[stopping", 5, "it is no TOML"),
    ("seconds = 1", "seconds = 1\nseconds = 2", 8, "it is no TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG)
def test_what_is_wrong_is_told_with_its_line(old, new, line, says):
    found = error(changed(old, new))
    assert says in found.reason
    assert found.line == line
    assert str(found) == f"plan.toml, line {line}: {found.reason}"


def test_a_recipe_is_needed_where_ours_decode():
    found = error(changed('recipe = { layout = "native", tile = "32x64" }\n', ""))
    assert (found.line, "needs a recipe" in found.reason) == (17, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a plan has [[data]]"),
        ("data = 3", "write [[data]]"),
        ("data = []", "there is no data"),
        ('[[data]]\nsource = "generated:normal:4x4"', "a plan has [[candidate]]"),
        ("stopping = 3", "stopping is a table"),
        ("a = [" * 4000, "it is no TOML"),
        ('x = "', "it is no TOML"),
        (f"rounds = {'9' * 5000}", "it is no TOML"),
    ],
)
def test_what_is_no_plan_at_all_is_refused(text, says):
    assert says in error(text).reason


def test_a_grid_that_is_far_too_large_is_refused_before_it_is_made():
    numbers = ", ".join(str(n) for n in range(1, 100))
    text = changed('tile = "32x64"', f"tile = [{numbers}], lanes = [{numbers}]")
    assert "4,096 candidates at most" in error(text).reason


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_a_plan_error(text):
    with pytest.raises(PlanError):
        plan_of(text, "plan.toml")


@given(st.data())
def test_any_damage_to_a_plan_leaves_a_plan_or_a_plan_error(data):
    at = data.draw(st.integers(0, len(SOUND) - 1))
    size = data.draw(st.integers(0, 12))
    text = SOUND[:at] + data.draw(st.text(max_size=4)) + SOUND[at + size :]
    try:
        plan_of(text, "plan.toml")
    except PlanError as found:
        assert found.line is None or 1 <= found.line <= text.count("\n") + 1


def test_lines_are_not_led_astray_by_long_strings_and_comments():
    text = 'a = """\nb = 1\n[c]\n"""\nb = 2\n# d = 3\n[c]\nd = 4\n[[e]]\n[[e]]\nf.g = 1\n[e.h]\ni = 1\n'
    lines = Lines(text)
    assert [lines.of(path) for path in (("a",), ("b",), ("c",), ("c", "d"))] == [1, 5, 7, 8]
    assert lines.of(("e", 0)) == 9
    assert lines.of(("e", 1, "f", "g")) == 11
    assert lines.of(("e", 1, "h", "i")) == 13
    assert lines.of(("e", 1, "unheard")) == 10
    assert lines.of(("unheard",)) is None


def test_a_file_is_read_with_its_folder(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SOUND.replace('name = "tiles" ', ""), encoding="utf-8", newline="\r\n")
    found = read_plan(path)
    assert (found.name, found.data[1].source) == ("mine", str(tmp_path / "weights.npy"))


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [(b"name = 1\n\xff\n", 2, "UTF-8"), (b"#" * (1 << 20) + b"#", None, "bytes at most")],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, content, line, says):
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(PlanError, match=says) as found:
        read_plan(path)
    assert found.value.line == line


@pytest.mark.parametrize("name", ["gone.toml", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(PlanError):
        read_plan(f"{tmp_path}/{name}")


@pytest.mark.parametrize("name", bundled())
def test_the_plans_that_come_along_are_sound(name, monkeypatch):
    monkeypatch.setattr(plan_data, "memory_bytes", lambda: 16 << 30)
    found = bundled_plan(name)
    assert found.name == name
    assert found.baseline in [each.name for each in found.candidates]
    for each in found.candidates:
        assert each.recipe is None or each.recipe.layout in FORMATS


def test_the_standard_cases_are_there():
    assert {"original", "cpu", "gpu", "quick"} <= set(bundled())
    with pytest.raises(InputError, match="there is no plan called 'nonsense'; there are"):
        bundled_plan("nonsense")


@pytest.mark.parametrize(
    ("coder", "options", "says"),
    [
        ("cpu", "{ thread = 2 }", "native: cpu knows no option 'thread'; it takes threads"),
        ("cpu", "{ threads = 0 }", "native: threads is 0, which is not between 1 and 4,096"),
        ("cpu", '{ threads = "two" }', "native: threads is a whole number, not 'two'"),
        ("cpu", "{ checksums = 1 }", "native: checksums is true or false, not 1"),
        ("cupy", "{ threads = 1 }", "native: cupy knows no option 'threads'; it takes on_card"),
        ("mine.py", "{ level = 1 }", "knows no option 'level'"),
    ],
)
def test_options_of_our_own_coders_are_checked_before_anything_runs(coder, options, says):
    text = changed("{ threads = 1 }", options).replace('coder = "cpu"', f'coder = "{coder}"')
    found = error(text)
    assert says in found.reason
    assert SOUND.splitlines()[found.line - 1].startswith("options")


def test_kinds_of_weights_that_there_are_not_are_told_with_their_line():
    for kind in ("gauss", "normal-wide", "normal--1"):
        found = error(changed("generated:normal-10:64x64", f"generated:{kind}:64x64"))
        assert found.line == 11
        assert "are called" in found.reason or "standard deviation" in found.reason
