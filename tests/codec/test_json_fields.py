"""What is no JSON is said in words, with the offset where there is one."""

from __future__ import annotations

import pytest

from codec.json_fields import DamagedJson, parsed


@pytest.mark.parametrize(
    ("data", "says", "offset"),
    [
        (b'{"a": 1', "delimiter", 7),
        (b'{"a": "\xff"}', "no text in UTF-8", 7),
        (b'{"a": NaN}', "NaN is no number", None),
        (b'{"a": -Infinity}', "-Infinity is no number", None),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits", None),
        (b'{"a": ' + b"[" * 200_000, "nested too deeply", None),
        (b"[1]", "object", None),
    ],
)
def test_what_is_no_json_is_said(data, says, offset):
    with pytest.raises(DamagedJson, match=says) as found:
        parsed(data)
    assert found.value.offset == offset
