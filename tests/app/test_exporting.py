"""Tables in files: what is written is what there is, whole or not at all, in every format."""

from __future__ import annotations

import csv
import io
import json
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exporting.formats import Format, csv_pieces, format_of, json_pieces, write_table
from app.exporting.npz_columns import array_of
from app.exporting.request import ExportRequest
from app.exporting.table import ROWS_AT_ONCE, Table, table_of, table_of_rows
from app.work import Progress
from codec.errors import Cancelled, InputError


def no_tick(done, total):
    assert 0 <= done <= total


NUMBERS = table_of(
    "Numbers",
    {
        "count": np.array([1, 2, 1 << 40], dtype=np.int64),
        "share": np.array([0.25, np.nan, np.inf]),
        "good": np.array([True, False, True]),
        "name": ["plain", 'with "quotes", and comma', "två\nrader"],
        "perhaps": [1, None, 3],
    },
)


def read_csv(table):
    text = b"".join(bytes(piece) for piece in csv_pieces(table, no_tick)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def read_json(table):
    return json.loads(b"".join(bytes(piece) for piece in json_pieces(table, no_tick)))


def test_csv_holds_every_value():
    assert read_csv(NUMBERS) == [
        ["count", "share", "good", "name", "perhaps"],
        ["1", "0.25", "true", "plain", "1"],
        ["2", "", "false", 'with "quotes", and comma', ""],
        ["1099511627776", "inf", "true", "två\nrader", "3"],
    ]


def test_json_holds_every_value():
    found = read_json(NUMBERS)
    assert found["table"] == "Numbers"
    assert found["columns"] == list(NUMBERS.columns)
    assert found["rows"][0] == {
        "count": 1, "share": 0.25, "good": True, "name": "plain", "perhaps": 1,
    }  # fmt: skip
    assert found["rows"][1]["share"] is None
    assert found["rows"][1]["perhaps"] is None
    assert found["rows"][2]["share"] is None  # JSON has no infinity
    assert found["rows"][2]["count"] == 1 << 40


def test_npz_holds_an_array_a_column(tmp_path):
    write_table(NUMBERS, tmp_path / "numbers.npz", no_tick)
    with np.load(tmp_path / "numbers.npz") as found:
        assert set(found) == set(NUMBERS.columns)
        assert found["count"].dtype == np.int64
        assert found["count"].tolist() == [1, 2, 1 << 40]
        np.testing.assert_array_equal(found["share"], [0.25, np.nan, np.inf])
        assert found["good"].tolist() == [True, False, True]
        assert found["name"].tolist() == ["plain", 'with "quotes", and comma', "två\nrader"]
        np.testing.assert_array_equal(found["perhaps"], [1, np.nan, 3])


def test_the_same_table_gives_the_same_npz(tmp_path):
    for name in ("a.npz", "b.npz"):
        write_table(NUMBERS, tmp_path / name, no_tick)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("ending", [each.value for each in Format])
def test_a_table_without_rows_is_a_file_that_can_be_read(tmp_path, ending):
    empty = table_of_rows("Nothing", ("a", "b"), (), lambda row: row)
    write_table(empty, tmp_path / f"empty{ending}", no_tick)
    data = (tmp_path / f"empty{ending}").read_bytes()
    if ending == ".csv":
        assert data == b"a,b\n"
    elif ending == ".json":
        assert json.loads(data)["rows"] == []
    else:
        with np.load(tmp_path / "empty.npz") as found:
            assert {name: len(found[name]) for name in found} == {"a": 0, "b": 0}


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\r\0")),
            st.one_of(st.none(), st.integers(-(1 << 63), (1 << 63) - 1)),
        )
    )
)
def test_what_is_read_back_is_what_was_written(rows):
    table = table_of_rows("Rows", ("text", "number"), rows, lambda row: row)
    found = read_json(table)["rows"]
    assert [(row["text"], row["number"]) for row in found] == rows
    as_text = [[text, "" if number is None else str(number)] for text, number in rows]
    assert read_csv(table)[1:] == as_text


ARRAYS = st.lists(
    st.tuples(
        st.integers(-(1 << 63), (1 << 63) - 1),
        st.integers(0, (1 << 64) - 1),
        st.floats(width=64),
        st.booleans(),
    ),
    min_size=1,
)


def arrays_and_lists(rows):
    """One table twice: its columns as arrays, which become text in blocks, and as Python's own values."""
    kinds = {"signed": np.int64, "unsigned": np.uint64, "share": np.float64, "good": np.bool_}
    lists = dict(zip(kinds, map(list, zip(*rows, strict=True)), strict=True))
    arrays: dict[str, Any] = {
        name: np.array(lists[name], dtype=kind) for name, kind in kinds.items()
    }
    return table_of("Both", arrays), table_of("Both", lists)


@given(ARRAYS)
def test_numbers_in_blocks_are_written_as_numbers_one_by_one(rows):
    in_blocks, one_by_one = arrays_and_lists(rows)
    for pieces in (csv_pieces, json_pieces):
        found, expected = (b"".join(pieces(each, no_tick)) for each in (in_blocks, one_by_one))
        assert found == expected


def test_parts_of_numbers_and_parts_with_words_make_one_file():
    """The rows of one table may come either way, part by part."""
    parts: list[tuple[Any, ...]] = [
        (np.array([1]), np.array([2])),
        (np.array([3]), ["x"]),
        (np.array([5]), np.array([6])),
    ]
    table = Table("Mixed", ("a", "b"), 3, lambda: iter(parts))
    assert [list(row.values()) for row in read_json(table)["rows"]] == [[1, 2], [3, "x"], [5, 6]]
    assert read_csv(table)[1:] == [["1", "2"], ["3", "x"], ["5", "6"]]


def test_many_rows_come_part_by_part():
    rows = range(ROWS_AT_ONCE + 3)
    table = table_of_rows("Rows", ("n",), rows, lambda row: (row,))
    lengths = [len(part[0]) for part in table.parts()]
    assert lengths == [ROWS_AT_ONCE, 3]
    assert [row[0] for row in read_csv(table)[1:]] == [str(row) for row in rows]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False], "b"),
        ([1, -2], "i"),
        ([1, 2.5], "f"),
        ([1, None], "f"),
        ([1 << 70], "U"),
        (["a", None], "U"),
        ([None, None], "U"),
        ([], "U"),
        ([1, "a"], "U"),
    ],
)
def test_values_become_the_array_that_holds_them(values, kind):
    found = array_of(values)
    assert found.dtype.kind == kind
    assert len(found) == len(values)


def test_the_ending_says_the_format():
    assert format_of("a.b.CSV") is Format.CSV
    with pytest.raises(InputError, match=r"table\.txt does not end in one of \.csv, \.json, \.npz"):
        format_of("/somewhere/table.txt")


@pytest.mark.parametrize("ending", [each.value for each in Format])
def test_what_is_stopped_leaves_what_was_there(tmp_path, ending):
    target = tmp_path / f"table{ending}"
    target.write_text("before")
    stop = threading.Event()

    def parts():
        for number in range(5):
            yield (np.arange(10),)
            if number == 2:
                stop.set()

    request = ExportRequest(Table("Long", ("n",), 50, parts), str(target))
    with pytest.raises(Cancelled):
        request.run(Progress(stop, lambda done, total: None))
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_be_written_is_told_in_a_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_table(NUMBERS, tmp_path / "no" / "folder.csv", no_tick)
