"""A session that is written is read back whole; anything else is refused in one sentence, and never by a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.session.json_form import MOST_RUNS, NewerSession, read, written
from codec.json_fields import LARGEST, DamagedJson
from tests.app.session.full import EMPTY, SESSION

ROOT = FilePath(__file__).parents[3]
WHOLE = json.loads(written(SESSION))

Path = tuple[str | int, ...]


def fields(value: Any, path: Path = ()) -> Iterator[Path]:
    """The way to every value inside a JSON value, itself included."""
    yield path
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from fields(each, (*path, key))


FIELDS = [path for path in fields(WHOLE) if path]

WRONG: list[Any] = [
    "text", "", "\0", "\ud800", -1, LARGEST + 1, 1.5, True, None, [], {}, [None], {"a": 1}, [[]],
]  # fmt: skip


def changed(path: Path, value: Any) -> bytes:
    """The session with another value in one place."""
    whole = json.loads(written(SESSION))
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize("session", [SESSION, EMPTY], ids=["full", "empty"])
def test_what_is_written_is_read_back(session):
    assert read(written(session)) == session


def test_it_is_ascii_so_that_any_editor_keeps_it():
    written(SESSION).decode("ascii")


def test_cut_off_anywhere_it_is_refused():
    data = written(SESSION)
    for size in range(len(data)):
        with pytest.raises(DamagedJson):
            read(data[:size])


def test_any_byte_may_be_another():
    """Most changes make it no session, some another; none breaks the reader."""
    data = written(SESSION)
    for place in range(len(data)):
        for byte in b'\x00\xff"0[{':
            try:
                read(data[:place] + bytes([byte]) + data[place + 1 :])
            except DamagedJson as error:
                assert error.sentence()


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_the_wrong_type_in_any_field_is_refused_by_its_name(path):
    before = WHOLE
    for key in path:
        before = before[key]
    for value in WRONG:
        try:
            session = read(changed(path, value))
        except DamagedJson as error:
            assert str(error)
        else:  # then it is of a type that the field may have
            assert json.loads(written(session)) is not None
            assert type(value) is type(before) or value is None or before is None


@pytest.mark.parametrize("path", [path for path in FIELDS if isinstance(path[-1], str)])
def test_a_missing_field_is_named(path):
    whole = json.loads(written(SESSION))
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    with pytest.raises(DamagedJson, match=f"{path[-1]} is missing"):
        read(json.dumps(whole).encode())


def test_a_field_in_a_list_is_named_with_its_place():
    data = changed(("edits", 1, "offset"), "9")
    with pytest.raises(
        DamagedJson, match=r"^edits\[1\]\.offset should be a whole number from 0 on$"
    ):
        read(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("edits", 0, "after"), "01"),
        (("edits", 0, "after"), "xyz"),
        (("edits", 0, "after"), "0"),
        (("left", "kind"), "oracle"),
        (("left", "runs"), 0),
        (("left", "runs"), MOST_RUNS + 1),
        (("right", "name"), ""),
        (("right", "name"), "/a\0b"),
        (("debugger", "direction"), "sideways"),
        (("layout", "state"), "%%%"),
        (("layout", "state"), "ü"),
        (("file", "path"), ""),
        (("format",), "something else"),
        (("version",), 0),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(path, value):
    with pytest.raises(DamagedJson):
        read(changed(path, value))


def test_a_newer_version_is_not_guessed_at():
    with pytest.raises(NewerSession, match="newer version of Ranscope"):
        read(b'{"format": "ranscope session", "version": 2, "all": "else"}')


def test_what_a_later_version_of_the_same_form_adds_is_left_alone():
    assert read(changed(("colour",), "red")) == SESSION


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 4096,
        b"\xff\xfe{}",
        b"null",
        b"[]",
        b"NaN",
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 100_000,
        b'{"format": "ranscope session", "version": ' + b"9" * 10_000 + b"}",
        b'{"format": "ranscope session", "version": 1e400}',
        written(SESSION) + b"{}",
        b"\xef\xbb\xbf" + written(SESSION),
    ],
    ids=lambda data: repr(data[:16]),
)
def test_no_session_at_all_is_refused(data):
    with pytest.raises(DamagedJson) as caught:
        read(data)
    assert "\n" not in caught.value.sentence()


def test_half_a_surrogate_pair_becomes_something_that_can_be_shown():
    session = read(changed(("notes",), "a\ud800b"))
    assert session.work.notes == "a?b"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(path=st.sampled_from(FIELDS), value=json_values)
def test_any_value_in_any_field_is_taken_or_refused(path, value):
    try:
        session = read(changed(path, value))
    except DamagedJson:
        return
    assert read(written(session)) == session


def test_the_documentation_names_every_field():
    page = (ROOT / "docs" / "sessions.md").read_text(encoding="utf-8")
    described = page[page.index("## The form") :]
    names = {key for path in FIELDS for key in path if isinstance(key, str)}
    assert {name for name in names if f"`{name}`" not in described} == set()
