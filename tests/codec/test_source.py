"""Reading bytes: only what is there, from files that change, vanish, or are no files at all."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from codec.errors import SourceError
from codec.formats import open_file
from codec.source import BytesSource, FileSource, Source

DATA = bytes(range(100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "layer.bin"
    file.write_bytes(DATA)
    return file


@pytest.fixture(params=["bytes", "file"])
def source(request: pytest.FixtureRequest, path: Path) -> Source:
    return BytesSource(DATA) if request.param == "bytes" else FileSource(path)


@pytest.mark.parametrize(("offset", "size"), [(0, 100), (0, 0), (100, 0), (99, 1), (3, 7)])
def test_reads_exactly_what_is_asked_for(source: Source, offset: int, size: int) -> None:
    assert source.read(offset, size) == DATA[offset : offset + size]


@pytest.mark.parametrize(
    ("offset", "size"), [(0, 101), (100, 1), (101, 0), (-1, 1), (5, -1), (0, 1 << 62), (1 << 62, 1)]
)
def test_refuses_what_is_not_there(source: Source, offset: int, size: int) -> None:
    with pytest.raises(SourceError) as refused:
        source.read(offset, size)
    assert refused.value.offset == offset
    assert f"(at byte {offset:,})" in refused.value.sentence()


@pytest.mark.parametrize(("offset", "size"), [(0, 100), (0, 0), (100, 0), (99, 1), (3, 7)])
def test_reads_into_an_array(source: Source, offset: int, size: int) -> None:
    room = np.full(size + 2, 0xA5, dtype=np.uint8)
    source.read_into(offset, room[1:-1])
    assert room.tobytes() == b"\xa5" + DATA[offset : offset + size] + b"\xa5"


@pytest.mark.parametrize(("offset", "size"), [(0, 101), (100, 1), (-1, 1)])
def test_reads_nothing_that_is_not_there_into_an_array(
    source: Source, offset: int, size: int
) -> None:
    with pytest.raises(SourceError) as refused:
        source.read_into(offset, np.zeros(size, dtype=np.uint8))
    assert refused.value.offset == offset


def test_reading_into_an_array_notices_that_a_file_has_shrunk(path: Path) -> None:
    source = FileSource(path)
    with path.open("r+b") as file:
        file.truncate(50)
    with pytest.raises(SourceError, match="has shrunk"):
        source.read_into(0, np.zeros(100, dtype=np.uint8))


def test_arrays_are_typed_and_cannot_be_written(source: Source) -> None:
    found = source.array(2, np.dtype("<u4"), 3)
    np.testing.assert_array_equal(found, np.frombuffer(DATA, "<u4", 3, 2))
    assert not found.flags.writeable
    with pytest.raises(SourceError):
        source.array(2, np.dtype("<u4"), 25)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    # The path of a socket may have 108 bytes at most, and a test's folder may be deeper.
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(path.name)
    finally:
        os.chdir(here)


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (Path.mkdir, "it is a directory"),
        (fifo, "it is not a regular file"),
        (unix_socket, "cannot be opened"),
        (loop, os.strerror(errno.ELOOP)),
        (lambda path: None, os.strerror(errno.ENOENT)),
    ],
    ids=["directory", "fifo", "socket", "loop", "missing"],
)
@pytest.mark.timeout(10)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None], why: str
) -> None:
    """A pipe that nobody writes to must not block."""
    make(tmp_path / "odd")
    with pytest.raises(SourceError, match=why) as refused:
        open_file(tmp_path / "odd")
    assert str(tmp_path / "odd") in str(refused.value)


def test_a_device_is_refused() -> None:
    with pytest.raises(SourceError, match="not a regular file"):
        FileSource(os.devnull)


def test_a_null_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="null character"):
        FileSource(tmp_path / "a\0b")


def test_missing_permission_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by chmod: the tests may run as root, whom it does not stop."""

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError, match=r"cannot be opened: Permission denied"):
        FileSource(path)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_descriptors_are_given_back(path: Path) -> None:
    before = open_descriptors()
    for _ in range(20):
        with pytest.raises(SourceError):
            FileSource(path.parent)
        FileSource(path).read(0, 1)
        kept = FileSource(path)
        kept.close()
    assert open_descriptors() == before


def test_a_closed_file_cannot_be_read(path: Path) -> None:
    source = FileSource(path)
    source.close()
    source.close()
    with pytest.raises(SourceError, match="cannot be read"):
        source.read(0, 1)


def test_a_file_that_shrinks_is_told_with_the_place(path: Path) -> None:
    source = FileSource(path)
    os.truncate(path, 40)
    assert source.size == 100
    assert source.read(30, 10) == DATA[30:40]
    with pytest.raises(SourceError, match="has shrunk: 10 bytes were wanted, 5 are left") as told:
        source.read(35, 10)
    assert told.value.offset == 35
    with pytest.raises(SourceError, match="0 are left"):
        source.read(90, 10)


def test_a_failing_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    source = FileSource(path)
    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(SourceError, match="Input/output error") as told:
        source.read(7, 10)
    assert told.value.offset == 7


def test_short_reads_are_continued(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pread may return less than was asked for; on Linux it does above 2 GiB."""
    real = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, size, offset: real(fd, min(size, 3), offset))
    assert FileSource(path).read(5, 80) == DATA[5:85]


def replace_by_another(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(DATA)
    other.replace(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: os.truncate(path, 40),
        lambda path: path.write_bytes(DATA + b"x"),
        lambda path: os.utime(path, ns=(0, 1)),
        replace_by_another,
        Path.unlink,
    ],
    ids=["shrunk", "grown", "touched", "replaced", "deleted"],
)
def test_a_change_on_disk_is_seen(path: Path, change: Callable[[Path], object]) -> None:
    source = FileSource(path)
    assert not source.changed()
    change(path)
    assert source.changed()


@pytest.mark.parametrize("change", [replace_by_another, Path.unlink], ids=["replaced", "deleted"])
def test_an_open_file_outlives_its_name(path: Path, change: Callable[[Path], object]) -> None:
    source = FileSource(path)
    change(path)
    assert source.read(0, 100) == DATA


def test_bytes_in_memory_never_change() -> None:
    assert not BytesSource(DATA).changed()
