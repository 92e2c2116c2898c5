"""Results as JSON: all of them come back, and whatever is wrong with a file is a sentence that names the place."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.bench.result import VERSION, Measurement
from codec.bench.result_form import NewerResult, measurement_bytes, read, written
from codec.json_fields import DamagedJson
from tests.codec.bench.results.made import RESULT, measurement, with_


def form():
    return json.loads(written(RESULT))


def refusal(value):
    with pytest.raises(DamagedJson) as refused:
        read(value if isinstance(value, bytes) else json.dumps(value).encode())
    return refused.value.sentence()


def test_results_come_back():
    assert read(written(RESULT)) == RESULT


def test_measurements_that_are_written_already_are_not_written_anew():
    pieces = [measurement_bytes(each) for each in RESULT.measurements]
    assert written(RESULT, pieces) == written(RESULT)
    assert read(written(with_())) == with_()


def test_each_measurement_has_a_line_for_tools_that_know_lines():
    lines = written(RESULT).splitlines()
    assert sum(b'"seconds": [' in line for line in lines) == len(RESULT.measurements)


@given(st.text(), st.lists(st.floats(0, 1e300), max_size=4))
def test_any_text_and_any_time_come_back(text, seconds):
    found = read(written(with_(measurement(reason=text, seconds=tuple(seconds)))))
    assert found.measurements[0].seconds == tuple(seconds)
    assert found.measurements[0].reason == text.encode("utf-8", "replace").decode()


def test_a_field_that_an_older_file_lacks_has_its_default():
    older = form()
    for each in older["measurements"]:
        del each["load"], each["megahertz"]
    assert read(json.dumps(older).encode()) == RESULT


def test_newer_ones_are_told_from_damaged_ones():
    newer = form() | {"version": VERSION + 1}
    with pytest.raises(NewerResult, match="a newer version of Ranscope wrote it"):
        read(json.dumps(newer).encode())
    assert "no form 0" in refusal(form() | {"version": 0})


def test_what_is_no_result_is_refused():
    assert "no JSON" in refusal(b"{")
    assert "does not call itself" in refusal({})
    assert "does not call itself" in refusal({"format": "ranscope session", "version": 1})
    assert "should be an object" in refusal(b"[]")
    assert "plan is missing" in refusal({"format": "ranscope benchmark", "version": 1, "id": "a",
                                         "started": "", "elapsed_s": 0})  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("id",), "../../x", "id should be letters"),
        (("id",), "", "id should be letters"),
        (("elapsed_s",), "1", "elapsed_s should be a number"),
        (("complete",), 1, "complete should be true or false"),
        (("plan", "stopping", "rounds"), 1.5, "plan.stopping.rounds should be a whole number"),
        (("plan", "data", 0, "source"), None, "plan.data[0].source should be text"),
        (("plan", "candidates", 0, "actions", 1), "sleep", "plan.candidates[0].actions[1] should be one of"),
        (("plan", "candidates", 0, "recipe", "lanes"), 5000, "plan.candidates[0].recipe cannot be"),
        (("plan", "candidates", 0, "options", "threads"), 1.5, "options.threads should be a whole number"),
        (("plan", "candidates"), [], "plan has no baseline"),
        (("plan", "baseline"), "nobody", "plan has no baseline"),
        (("plan", "data", 0, "name"), "file", "plan has two data or two candidates of one name"),
        (("measurements", 0, "outcome"), "fine", "measurements[0].outcome should be one of measured"),
        (("measurements", 0, "seconds", 0), -1.0, "measurements[0] has a negative number"),
        (("measurements", 0, "seconds"), [1], "not as many rounds"),
        (("measurements", 0, "candidate"), "nobody", "measurements[0] is of nothing that its plan has"),
        (("measurements", 3, "stages", "kernel"), [], "not as many rounds"),
        (("measurements", 0, "weights"), 1 << 70, "weights is too large"),
        (("machine", "bandwidth", "cpu"), [], "machine.bandwidth.cpu should be a number"),
    ],
)  # fmt: skip
def test_a_field_that_is_not_what_it_should_be_is_named(path, value, says):
    whole = form()
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert says in refusal(whole)


def test_every_cut_is_refused_with_a_sentence():
    data = written(RESULT)
    for end in range(0, len(data) - 2, 97):
        assert refusal(data[:end])


def test_what_is_no_number_is_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        written(replace(RESULT, elapsed_s=math.nan))


def test_no_field_of_a_measurement_is_forgotten():
    assert set(form()["measurements"][0]) == set(Measurement.__dataclass_fields__)
