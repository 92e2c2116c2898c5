"""The language of conditions: what binds how, what is refused and where, and that no text does anything else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from codec.conditions import ConditionError, parse
from codec.conditions.columns import COLUMNS
from codec.conditions.evaluation import number
from codec.conditions.language import LARGEST, MOST_CHARACTERS, MOST_DEPTH
from codec.conditions.parser import Parser
from codec.errors import InputError
from tests.codec.conditions.judge import LEAST, Row, judged

NAMES = ("a", "b", "c")
TELLING = (0, 1, -1, 2, 63, 64, 255, 1 << 23, (1 << 32) - 1, LARGEST, LEAST, LEAST + 1)


def value(text: str, **row: int) -> int:
    """The value of an expression at one step."""
    columns = {name: np.array([each], dtype=np.int64) for name, each in row.items()}
    return int(number(Parser(text, tuple(row)).condition(), columns).reshape(-1)[0])


def wrong(text: str) -> ConditionError:
    with pytest.raises(ConditionError) as raised:
        parse(text)
    return raised.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 - 3 - 2", 5),
        ("7 // 2 * 2", 6),
        ("-7 // 2", -4),
        ("-7 % 4", 1),
        ("1 << 3 + 1", 16),
        ("6 & 3 == 2", 1),
        ("1 | 2 ^ 3 & 2", 1 | (2 ^ (3 & 2))),
        ("-2 ** 2", -4),
        ("2 ** 3 ** 2", 512),
        ("2 ** -0", 1),
        ("~5", -6),
        ("--5", 5),
        ("+5", 5),
        ("!5 == 0", 1),
        ("not 5 == 0", 1),
        ("not 5 == 5", 0),
        ("!!7", 1),
        ("1 < 2 < 3", 1),
        ("3 > 2 > 2", 0),
        ("1 < 3 > 2", 1),
        ("1 or 0 and 0", 1),
        ("(1 or 0) and 0", 0),
        ("1 || 0 && 0", 1),
        ("true + true", 2),
        ("True == 1 and False == 0", 1),
        ("2 ≤ 2 and 2 ≥ 2 and 2 ≠ 3", 1),
        ("0x7f + 0b11 + 0o17 + 1_000", 127 + 3 + 15 + 1000),
        ("abs(-3) + min(4, 2, 9) + max(1, 7)", 12),
        ("5 in 3..7", 1),
        ("3 in 3..7 and 7 in 3..7", 1),
        ("8 in 3..7", 0),
        ("8 not in 3..7", 1),
        ("4 in {1, 3..5, 9}", 1),
        ("6 in {1, 3..5, 9}", 0),
        ("6 in {6}", 1),
        ("6 in 2 + 4", 1),
        ("not 6 in 6", 0),
        ("1 < 5 in 3..7", 1),
        ("1 < 8 in 3..7", 0),
        ("9 < 5 not in 6..7", 0),
        ("\n\t1\n", 1),
    ],
)
def test_an_expression_of_numbers(text, expected):
    assert value(text) == expected
    assert value(text.replace("5", "(five)"), five=5) == expected


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "there is no condition here"),
        ("  ", 0, "there is no condition here"),
        ("symbol ==", 9, "a number or a column is expected here"),
        ("symbol == == 3", 10, "a number or a column is expected here, not '=='"),
        ("symbol = 3", 7, "== compares"),
        ("symbol / 3", 7, "// divides"),
        ("symbol == 1.5", 11, "whole"),
        ("1e3 < symbol", 0, "'1e3' is no whole number"),
        ("0b12 < 3", 0, "'0b12' is no whole number"),
        ("012 < 3", 0, "'012' is no whole number"),
        ("symbol 3", 7, "an operator is expected here, not '3'"),
        ("symbol == 3 # why", 12, "'#' means nothing here"),
        ("symbol == 'a'", 10, '"\'" means nothing here'),
        ("symbol == ٣", 10, "means nothing here"),
        ("(symbol == 3", 0, "this ( is never closed"),
        ("min(symbol, 3", 3, "this ( is never closed"),
        ("symbol in {3, 4", 10, "this { is never closed"),
        ("(symbol == 3))", 13, "this ) closes nothing"),
        ("(freq == 1 Or 1)", 11, ") or an operator is expected here, not 'Or'; did you mean or?"),
        ("(symbol 3)", 8, ") or an operator is expected here, not '3'"),
        ("symbol in", 9, "a number or a column is expected here"),
        ("symbol in {}", 11, "a number or a column is expected here, not '}'"),
        ("symbol in 7..3", 10, "the range 7..3 is empty"),
        ("symbol in 3...7", 13, "whole"),
        ("symbol not 3", 11, "in is expected behind this not"),
        ("symbl == 3", 0, "there is no column 'symbl'; did you mean symbol?"),
        ("1 < STATE", 4, "did you mean state?"),
        ("freq == 1 AND 1", 10, "an operator is expected here, not 'AND'; did you mean and?"),
        ("zzz $", 0, "there is no column 'zzz'"),
        ("abs + 1", 4, "( is expected behind abs"),
        ("abs(1, 2)", 0, "abs takes one number"),
        ("max(1)", 0, "max takes two numbers or more"),
        ("max()", 4, "a number or a column is expected here, not ')'"),
        ("9223372036854775808 > 0", 0, "a number is at most 9,223,372,036,854,775,807"),
        ("state > 2**63", 8, "this power does not fit"),
        ("state > 2**999999999999999999", 8, "this power does not fit"),
        ("state > 2**-1", 11, "an exponent is 0 or more"),
        ("state**2 > 1", 0, "only numbers can be raised to a power"),
        ("2**state > 1", 3, "only numbers can be raised to a power"),
        ("(" * (MOST_DEPTH + 1), MOST_DEPTH + 1, "stand at most 20 deep"),
        ("not " * 99 + "1", 4 * (MOST_DEPTH + 1), "stand at most 20 deep"),
        ("-" * 99 + "1", MOST_DEPTH + 1, "stand at most 20 deep"),
        ("2**" * 99 + "1", 3 * (MOST_DEPTH + 1), "stand at most 20 deep"),
        ("1" + " " * MOST_CHARACTERS, MOST_CHARACTERS, "a condition has at most 4,000 characters"),
        ("__import__('os')", 0, "there is no column '__import__'"),
    ],
)
def test_what_is_no_condition_is_refused_with_the_place(text, position, reason):
    error = wrong(text)
    assert isinstance(error, InputError)
    assert reason in error.reason
    assert error.position == position
    assert error.sentence() == f"{error.reason} (at character {position + 1:,} of the condition)"


def test_the_error_tells_the_name_that_was_close():
    assert wrong("state_befor > 1").reason.endswith("did you mean state_before?")
    assert wrong("l > 1").reason.endswith("did you mean L?")


def test_parentheses_stand_as_deep_as_promised():
    deep = "(" * MOST_DEPTH + "1" + ")" * MOST_DEPTH
    assert value(deep) == 1
    worst = "1|1^1&1<<1+1*abs(" * MOST_DEPTH + "a" + ")" * MOST_DEPTH
    assert value(worst, a=3) == judged(worst, {"a": 3})


def test_long_conditions_need_no_deep_stack():
    sum_of_many = "+".join(["a"] * 1900)
    assert value(sum_of_many, a=3) == 5700
    either = " or ".join(f"a == {n}" for n in range(300))
    assert (value(either, a=299), value(either, a=300)) == (1, 0)
    chain = "<".join(["a"] * 1500)
    assert value(chain, a=7) == 0


def texts() -> SearchStrategy[str]:
    """Expressions that mean the same in Python and in ours, few of them in parentheses."""
    numbers = st.one_of(st.integers(0, 70), st.sampled_from([n for n in TELLING if n >= 0]))
    atoms = st.one_of(
        st.sampled_from(NAMES),
        numbers.map(str),
        st.tuples(st.integers(0, 7), st.integers(0, 9)).map(lambda pair: f"{pair[0]}**{pair[1]}"),
    )
    operators = st.sampled_from(["+", "-", "*", "//", "%", "<<", ">>", "&", "|", "^"])
    comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])

    def values(parts: SearchStrategy[str]) -> SearchStrategy[str]:
        return st.one_of(
            st.tuples(parts, operators, parts).map(" ".join),
            st.tuples(st.sampled_from("-+~"), parts).map("".join),
            st.tuples(st.sampled_from(["min", "max"]), parts, parts).map(_called),
            parts.map(lambda part: f"abs({part})"),
        )

    def conditions(parts: SearchStrategy[str]) -> SearchStrategy[str]:
        return st.one_of(
            st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(" ".join),
            parts.map(lambda part: f"not {part}"),
            parts.map(lambda part: f"({part})"),
            st.tuples(parts, operators, parts).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        )

    compared = st.recursive(atoms, values, max_leaves=6)
    chained = st.tuples(compared, comparisons, compared, comparisons, compared).map(" ".join)
    return st.recursive(st.one_of(compared, chained), conditions, max_leaves=6)


def _called(parts: tuple[str, str, str]) -> str:
    return f"{parts[0]}({parts[1]}, {parts[2]})"


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            name: st.one_of(
                st.integers(-5, 70), st.sampled_from(TELLING), st.integers(LEAST, LARGEST)
            )
            for name in NAMES
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=250)
@given(texts(), ROWS)
@example("a // b", [{"a": LEAST, "b": -1, "c": 0}])
@example("a % b", [{"a": LEAST, "b": -1, "c": 0}])
@example("abs(a) + -a", [{"a": LEAST, "b": 0, "c": 0}])
@example("a << b | a >> b", [{"a": -5, "b": b, "c": 0} for b in (-1, 0, 63, 64, LEAST)])
@example("0 - 9223372036854775807 - 1 // -1", [{"a": 0, "b": 0, "c": 0}])
def test_values_are_those_of_plain_integers(text: str, rows: list[Row]) -> None:
    try:
        expression = Parser(text, NAMES).condition()
    except ConditionError as error:  # what hypothesis builds may be deeper than is allowed
        assert "deep" in error.reason
        return
    columns = {name: np.array([row[name] for row in rows], dtype=np.int64) for name in NAMES}
    found = np.broadcast_to(number(expression, columns), len(rows))
    assert found.tolist() == [judged(text, row) for row in rows]


WORDS = [
    *COLUMNS, "and", "or", "not", "in", "true", "false", "abs", "min", "max", "(", ")", "{", "}", ",", "..",
    "<", "<=", "==", "!=", "=", "+", "-", "*", "/", "//", "%", "**", "&", "&&", "|", "||", "^", "~", "!", "<<",
    ">>", "0", "1", "7", "255", "0x7f", "99999999999999999999", "2**23", "_", ".", "é", "\0", "🂡",
]  # fmt: skip


def look_at(text: str) -> None:
    """A condition, or a refusal with a place inside the text; nothing else comes of any text."""
    try:
        condition = parse(text)
    except ConditionError as error:
        assert 0 <= error.position <= len(text)
        assert error.reason
        error.sentence().encode()
        return
    assert condition.names <= set(COLUMNS)
    known = {name: np.arange(-2, 3, dtype=np.int64) for name in COLUMNS}
    held = number(condition.expression, known)
    assert held.shape in ((), (5,))
    assert held.dtype == np.int64


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text):
    look_at(text)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from(["", " "]))
def test_any_words_are_a_condition_or_refused(words, between):
    look_at(between.join(words))


@settings(max_examples=100)
@given(
    st.sampled_from(
        ["(", "-", "not ", "abs(", "min(1,", "!", "2**", "1+(", "symbol in {", "~(not "]
    ),
    st.integers(0, 2000),
    st.sampled_from(["", "1", "symbol"]),
    st.sampled_from(["", ")", "}", " and"]),
)
def test_any_nesting_is_a_condition_or_refused(opening, times, inside, closing):
    look_at(opening * times + inside + closing * times)


@settings(max_examples=100)
@given(
    st.integers(0, 4000), st.sampled_from("019_"), st.sampled_from(["", "0x", "0b", "2**", "1<<"])
)
def test_any_number_is_read_or_refused(digits, digit, before):
    look_at(before + "1" + digit * digits)
