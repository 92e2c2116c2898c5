"""Recipes and grids: what contradicts itself is told before anything runs, with what would do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.formats import FORMATS
from codec.rerun import lists
from codec.rerun.choices import MOST_ROWS, Choices, Refused, grid
from codec.rerun.recipe import PREDICTORS, PREDICTORS_OF, Recipe, usual
from codec.table_rule import Normalisation


def usual_with(layout: str, **changed: Any) -> Recipe:
    """The usual recipe of a layout with some settings changed."""
    base = usual(layout)
    fields = {name: getattr(base, name) for name in base.__dataclass_fields__}
    return Recipe(**{**fields, **changed})


@pytest.mark.parametrize("layout", FORMATS)
def test_the_usual_of_every_layout_is_sound(layout: str) -> None:
    recipe = usual(layout)
    assert recipe.layout == layout
    assert (recipe.native() if layout == "native" else recipe.legacy()).table_rule.usual
    assert recipe.refusal_for(1000, 1000) == ""


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("predictor", PREDICTORS)
def test_a_layout_takes_the_predictors_that_it_has(layout: str, predictor: str) -> None:
    if predictor in PREDICTORS_OF[layout]:
        assert usual_with(layout, predictor=predictor).predictor == predictor
        return
    with pytest.raises(InputError, match=rf"the {layout} layout does not know .*: take left"):
        usual_with(layout, predictor=predictor)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"tile_cols": 128}, "tiles are square, not 256×128: take T×T, or the native layout"),
        ({"scale_bits": 11}, "has 12 scale bits, not 11: take 12, or the native layout"),
        ({"word_bits": 16}, "has words of 8 bits, not 16: take 8"),
        ({"lanes": 32}, "has one lane, not 32: take 1"),
        ({"run": 16}, "has a run of 1, not 16: take 1"),
        ({"tile_rows": 0, "tile_cols": 0}, "not between 1 and 65,535"),
        ({"tile_rows": 65536, "tile_cols": 65536}, "not between 1 and 65,535"),
        ({"sample": 0}, "a sample of 0 symbols"),
        ({"predictor": "middle"}, "no predictor called 'middle'"),
    ],
)
@pytest.mark.parametrize("layout", ["batched", "wcdc"])
def test_a_legacy_layout_refuses_what_it_does_not_have(
    layout: str, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError) as caught:
        usual_with(layout, **changed)
    assert says in caught.value.sentence()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"scale_bits": 16}, "not between 8 and 15"),
        ({"word_bits": 12}, "8 or 16 bits, not 12"),
        ({"lanes": 0}, "not between 1 and 1,024"),
        ({"run": 2000}, "not between 1 and 1,024"),
        (
            {"scale_bits": 11, "normalisation": Normalisation.ORIGINAL},
            "makes 4,096 slots, not 2,048: take 12 scale bits",
        ),
    ],
)
def test_the_native_layout_refuses_what_is_outside(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        usual_with("native", **changed)
    assert says in caught.value.sentence()


def test_no_layout_of_another_name() -> None:
    with pytest.raises(InputError, match="there is no layout called 'zip'"):
        Recipe("zip")


@pytest.mark.parametrize(
    ("recipe", "shape", "says"),
    [
        (Recipe("batched", 1, 1), (1, 70_000), "numbers 65,535 down and across"),
        (Recipe("batched", 65_535, 65_535), (4, 4), "filled up with 4,294,836,209 zeros"),
        (Recipe("wcdc", 1, 1), (4096, 4096), "an index of over 2 GiB"),
        (Recipe("wcdc", 65_535, 65_535), (4, 4), ""),
    ],
)
def test_what_a_shape_makes_absurd_is_told(recipe: Recipe, shape: Any, says: str) -> None:
    assert says in recipe.refusal_for(*shape)
    assert bool(says) == bool(recipe.refusal_for(*shape))


def test_every_combination_is_a_row_and_refused_ones_say_why() -> None:
    rows = grid(Choices(tiles=((16, 16), (64, 32)), predictors=("none", "left")))
    assert len(rows) == 3 * 2 * 2
    refused = [row for row in rows if isinstance(row, Refused)]
    assert (
        len(refused) == 6
    )  # batched and wcdc: none twice, and left with a tile that is not square
    assert all(row.says and row.settings.tile is not None for row in refused)
    sound = [row for row in rows if isinstance(row, Recipe)]
    assert {(r.layout, r.tile_rows, r.tile_cols, r.predictor) for r in sound} == {
        ("batched", 16, 16, "left"),
        ("wcdc", 16, 16, "left"),
        *(("native", *tile, name) for tile in ((16, 16), (64, 32)) for name in ("none", "left")),
    }


def test_what_is_left_out_is_the_usual_of_each_layout() -> None:
    assert grid(Choices()) == [usual(layout) for layout in FORMATS]


def test_what_comes_to_the_same_is_tried_once() -> None:
    both = Choices(layouts=("batched",), predictors=("auto", "left"))
    assert [row.predictor for row in grid(both) if isinstance(row, Recipe)] == ["left"]
    others = Choices(layouts=("wcdc", "native"), predictors=("auto", "left"))
    assert len(grid(others)) == 4
    wrong = Choices(layouts=("no such",), predictors=("auto",))
    assert isinstance(grid(wrong)[0], Refused)


def test_no_sweep_is_endless() -> None:
    many = tuple((n, n) for n in range(1, MOST_ROWS + 2))
    with pytest.raises(InputError, match=r"4,097 combinations, and a sweep tries 4,096"):
        grid(Choices(layouts=("native",), tiles=many))


def test_lists_are_read() -> None:
    assert lists.parse_list(" 16, 64x32 ,16", lists.tile_shape) == ((16, 16), (64, 32))
    assert lists.parse_list("all,100", lists.sample) == (None, 100)
    assert lists.parse_list("original", lists.normalisation) == (Normalisation.ORIGINAL,)
    assert lists.parse_list("  ", lists.whole) == ()


READERS = (lists.whole, lists.tile_shape, lists.sample, lists.normalisation, lists.word)


@given(text=st.text(max_size=20), each=st.sampled_from(READERS))
def test_no_text_breaks_the_reader_of_lists(text: str, each: Any) -> None:
    try:
        lists.parse_list(text, each)
    except InputError as error:
        assert error.sentence()


values = st.integers(-5, 70_000)


@given(
    layout=st.sampled_from(FORMATS),
    tile=st.tuples(values, values),
    predictor=st.sampled_from(PREDICTORS),
    bits=st.integers(-1, 20),
    word_bits=st.sampled_from([0, 8, 16]),
    lanes=values,
    run=values,
    sample=st.none() | values,
    normalisation=st.sampled_from(Normalisation),
)
def test_a_recipe_is_sound_or_says_why_not(
    layout, tile, predictor, bits, word_bits, lanes, run, sample, normalisation
) -> None:
    try:
        recipe = Recipe(
            layout, tile[0], tile[1], predictor, bits, word_bits, lanes, run, sample, normalisation
        )
    except InputError as error:
        assert error.sentence()
    else:
        settings = recipe.native() if layout == "native" else recipe.legacy()
        assert settings.table_rule == recipe.table_rule
