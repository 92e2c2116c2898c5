"""Collecting problems: the first of a kind, their number, and all other kinds beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.container import TILE
from codec.errors import InputError
from codec.formats.findings import KEPT_PER_CODE, Findings, require_fits
from codec.formats.placement import check_coverage, check_streams_place
from codec.problems import CATALOGUE, Problem, Severity, worst

FILE_SIZE = 100
BASE = 10


def problem(code: str, offset: int = 0) -> Problem:
    return Problem(code, offset, 1, f"{code} at {offset}")


def messages(findings: Findings) -> list[str]:
    return [found.message for found in findings.problems()]


def test_all_are_kept_while_they_are_few() -> None:
    findings = Findings()
    for offset in range(KEPT_PER_CODE):
        findings.add(problem("padding", offset))
    assert messages(findings) == [f"padding at {n}" for n in range(KEPT_PER_CODE)]


def test_of_many_the_first_are_kept_and_the_rest_counted() -> None:
    findings = Findings()
    findings.add(problem("version"))
    for offset in range(5000):
        findings.add(problem("padding", offset))
        findings.add(problem("tile-bounds", offset))
    findings.add(problem("table-sum"))
    found = messages(findings)
    assert len(found) == 2 + 2 * KEPT_PER_CODE
    assert found[-1] == "table-sum at 0"
    told = [message for message in found if "more" in message]
    assert told == ["padding at 63 (and 4,936 more)", "tile-bounds at 63 (and 4,936 more)"]
    assert messages(findings) == found, "asking twice gives the same"


@pytest.mark.parametrize("number", [0, 1, 63, 64, 65, 5000])
def test_adding_each_is_adding_one_by_one(number: int) -> None:
    each, single = Findings(), Findings()
    made = []

    def make(place: int) -> Problem:
        made.append(place)
        return problem("padding", place)

    each.add_each(np.arange(number), make)
    for place in range(number):
        single.add(problem("padding", place))
    assert each.problems() == single.problems()
    assert len(made) <= KEPT_PER_CODE + 1


def tiles(*places: tuple[int, int]) -> NDArray[Any]:
    found = np.zeros(len(places), dtype=TILE)
    if places:
        found["offset"], found["size"] = np.array(places, dtype=np.uint64).T
    return found


def placed(*places: tuple[int, int]) -> tuple[list[tuple[str, int, int, int | None]], list[bool]]:
    """(code, offset, size, tile) of each problem of streams at these places, and which are readable."""
    findings, found = Findings(), tiles(*places)
    check_streams_place(findings, found, BASE, FILE_SIZE)
    problems = [(p.code, p.offset, p.size, p.tile) for p in findings.problems()]
    return problems, found["readable"].tolist()


def test_streams_one_behind_the_other_are_sound() -> None:
    assert placed((10, 20), (30, 8), (38, 62)) == ([], [True, True, True])
    assert placed() == ([], [])


@pytest.mark.parametrize(
    ("place", "code", "offset", "size"),
    [
        ((9, 20), "tile-bounds", 9, 20),
        ((0, 8), "tile-bounds", 0, 8),
        ((90, 11), "tile-bounds", 90, 10),
        ((100, 8), "tile-bounds", 100, 0),
        ((5000, 8), "tile-bounds", 100, 0),
        ((0xFFFFFFFF, 0xFFFFFFFF), "tile-bounds", 100, 0),
        ((1 << 33, 0xFFFFFFFF), "tile-bounds", 100, 0),
        ((20, 7), "stream-size", 20, 7),
        ((20, 0), "stream-size", 20, 0),
        ((100, 0), "stream-size", 100, 0),
    ],
)
def test_a_stream_that_cannot_be_read(
    place: tuple[int, int], code: str, offset: int, size: int
) -> None:
    assert placed((10, 10), place) == ([(code, offset, size, 1)], [True, False])


def test_overlapping_streams_are_told_with_the_bytes_they_share() -> None:
    assert placed((10, 20), (25, 10)) == ([("tile-overlap", 25, 5, 1)], [True, True])
    assert placed((10, 20), (12, 8)) == ([("tile-overlap", 12, 8, 1)], [True, True])
    assert placed((10, 20), (10, 20)) == ([("tile-overlap", 10, 20, 1)], [True, True])
    # The first reaches over the second, which ends before the third begins.
    assert placed((10, 60), (20, 10), (40, 10))[0] == [
        ("tile-overlap", 20, 10, 1),
        ("tile-overlap", 40, 10, 2),
    ]


def test_streams_out_of_order_are_one_warning() -> None:
    problems, readable = placed((60, 10), (40, 10), (80, 10), (20, 10))
    assert problems == [("tile-order", 40, 10, 1)]
    assert all(readable)


def test_unreadable_streams_overlap_nothing() -> None:
    assert placed((10, 200), (20, 10), (25, 4)) == (
        [("tile-bounds", 10, 90, 0), ("stream-size", 25, 4, 2)],
        [False, True, False],
    )


@given(
    places=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 30)), max_size=8),
)
def test_overlaps_against_every_byte(places: list[tuple[int, int]]) -> None:
    problems, readable = placed(*places)
    claimed = np.zeros(FILE_SIZE, dtype=np.int64)
    for i, (offset, size) in enumerate(places):
        assert readable[i] == (offset >= BASE and offset + size <= FILE_SIZE and size >= 8)
        if readable[i]:
            claimed[offset : offset + size] += 1
    shared = np.zeros(FILE_SIZE, dtype=bool)
    for code, offset, size, _ in problems:
        if code == "tile-overlap":
            shared[offset : offset + size] = True
    np.testing.assert_array_equal(shared, claimed > 1)


def test_thousands_of_bad_streams_are_counted_exactly() -> None:
    findings = Findings()
    check_streams_place(findings, tiles(*[(500, 9)] * 3000), BASE, FILE_SIZE)
    assert len(findings.problems()) == KEPT_PER_CODE
    assert findings.problems()[-1].message.endswith(f"(and {3000 - KEPT_PER_CODE:,} more)")


def test_bytes_that_nothing_claims() -> None:
    findings, found = Findings(), tiles((20, 10), (40, 10), (60, 90))
    found["present"] = [10, 10, 0]
    holes = check_coverage(findings, [(0, 10), (12, 4)], found, FILE_SIZE)
    assert holes == [(10, 2), (16, 4), (30, 10), (50, 50)]
    assert [(p.code, p.offset, p.size) for p in findings.problems()] == [
        ("unclaimed-bytes", 10, 2),
        ("unclaimed-bytes", 16, 4),
        ("unclaimed-bytes", 30, 10),
        ("trailing-bytes", 50, 50),
    ]


def test_a_file_that_is_claimed_whole_has_no_holes() -> None:
    findings, found = Findings(), tiles((20, 80))
    found["present"] = 80
    assert check_coverage(findings, [(0, 25)], found, FILE_SIZE) == []
    assert findings.problems() == ()


def test_what_does_not_fit_its_field_is_refused() -> None:
    require_fits("file size", 0xFFFFFFFF, 0xFFFFFFFF)
    with pytest.raises(InputError, match=r"file size would be 4,294,967,296.*4,294,967,295"):
        require_fits("file size", 1 << 32, 0xFFFFFFFF)


def test_every_code_is_explained() -> None:
    for code, kind in CATALOGUE.items():
        found = problem(code)
        assert (found.severity, found.title) == (kind.severity, kind.title)
        assert found.likely_cause == kind.likely_cause != ""
        assert code == code.lower()


def test_a_proved_cause_replaces_the_likely_one() -> None:
    found = Problem("table-misfit", 0, 1, "…", cause="this very mistake")
    assert found.likely_cause == "this very mistake"


def test_the_worst_of_problems() -> None:
    warning, error = problem("padding"), problem("table-sum")
    assert worst([]) is None
    assert worst([warning]) is Severity.WARNING
    assert worst([warning, error, warning]) is Severity.ERROR
