"""docs/conditions.md says what there is, and its examples are conditions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codec.conditions import parse
from codec.conditions.columns import COLUMNS
from codec.conditions.language import FUNCTIONS, KEYWORDS, MOST_CHARACTERS, MOST_DEPTH, SPELLINGS
from codec.conditions.parser import COMPARISONS, OPERATORS, SIGNS
from codec.stepping.opening import open_walk
from tests.codec.files import batched_file, noise, parsed

DOCUMENT = (Path(__file__).parents[3] / "docs" / "conditions.md").read_text("utf-8")
(EXAMPLES,) = re.findall(r"^```\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_every_name_is_described_as_the_window_describes_it():
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", DOCUMENT, re.MULTILINE)
    named = {name: meaning for name, meaning in rows if name in COLUMNS}
    assert named == {name: column.meaning for name, column in COLUMNS.items()}


def test_every_word_of_the_language_is_named():
    signs = [sign for level in OPERATORS for sign in level]
    for word in (*signs, *COMPARISONS, *SIGNS, *KEYWORDS):
        assert f"`{word}`" in DOCUMENT.replace("\\|", "|"), word
    for word in (*FUNCTIONS, *(word for word in SPELLINGS if not word.isalpha())):
        assert word in DOCUMENT.replace("\\|", "|"), word


def test_the_limits_are_named():
    assert f"at most {MOST_CHARACTERS:,} characters" in DOCUMENT
    assert f"at most {MOST_DEPTH} deep" in DOCUMENT


@pytest.mark.parametrize("example", EXAMPLES.splitlines())
def test_every_example_can_be_looked_for(example):
    container = parsed(batched_file(noise(40, 50), 16))
    walk = open_walk(container, container.tensors[0], 0, "reference")
    assert len(parse(example).holds(walk, walk.trace(0, walk.steps))) == 256


@pytest.mark.parametrize(
    "says",
    [
        "-7 // 2 == -4 and -7 % 2 == 1",
        "7 // (1 - 1) == 0 and 7 % (1 - 1) == 0",
        "-1 >> 5 == -1",
        "1 << 64 == 0 and 1 << -1 == 0 and -5 >> 64 == -1 and 5 >> -1 == 0",
        "abs(-2**62 * 2) == -2**62 * 2",
        "9223372036854775807 + 1 == -9223372036854775807 - 1",
        "6 & 3 == 2",
    ],
)
def test_numbers_do_what_it_says(says):
    container = parsed(batched_file(noise(4, 4), 4))
    walk = open_walk(container, container.tensors[0], 0, "reference")
    assert parse(says).holds(walk, walk.trace(0, 1)).tolist() == [True]
