"""Which changes of a file are seen, and how little of it is read for that."""

from __future__ import annotations

import os

import numpy as np
import pytest

from app.session.identity import WINDOW, WINDOWS, identity_of
from codec.edits.edit import Edit
from codec.edits.overlay import EditedSource
from codec.errors import SourceError
from codec.source import BytesSource, FileSource

BYTES = np.arange(WINDOW * WINDOWS, dtype=np.uint32).astype(np.uint8).tobytes()


def test_any_byte_of_a_small_file_counts():
    data = BYTES[:300]
    whole = identity_of(BytesSource(data))
    for place in range(len(data)):
        other = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not whole.same_content(identity_of(BytesSource(other)))


@pytest.mark.parametrize("size", [0, 1, WINDOW, WINDOW * WINDOWS, WINDOW * WINDOWS + 1])
def test_sizes(size):
    data = (BYTES + b"x")[:size]
    found = identity_of(BytesSource(data))
    assert found.size == size
    assert found.same_content(identity_of(BytesSource(data)))


def test_start_end_and_size_of_a_large_file_count():
    data = bytearray(BYTES * 3)
    before = identity_of(BytesSource(bytes(data)))
    for place in (0, WINDOW - 1, len(data) - WINDOW, len(data) - 1):
        other = data.copy()
        other[place] ^= 1
        assert not before.same_content(identity_of(BytesSource(bytes(other))))
    assert not before.same_content(identity_of(BytesSource(bytes(data + b"\0"))))


def test_little_of_a_large_file_is_read(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    read = []

    class Counting(FileSource):
        def _pread(self, size, offset):
            read.append((offset, size))
            return super()._pread(size, offset)

    identity_of(Counting(path))
    assert sum(size for _, size in read) == WINDOW * WINDOWS
    assert read[-1] == ((1 << 40) - WINDOW, WINDOW)


def test_the_time_of_modification_is_told_and_is_not_content(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    os.utime(path, ns=(1, 2))
    before = identity_of(FileSource(path))
    os.utime(path, ns=(1, 3))
    after = identity_of(FileSource(path))
    assert (before.modified_ns, after.modified_ns) == (2, 3)
    assert before.same_content(after)


def test_edits_do_not_count():
    base = BytesSource(b"abc")
    assert identity_of(EditedSource(base, (Edit(0, b"a", b"x", ""),))) == identity_of(base)


def test_a_file_that_has_shrunk_is_told(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    source = FileSource(path)
    path.write_bytes(b"")
    with pytest.raises(SourceError):
        identity_of(source)
