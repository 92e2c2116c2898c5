"""A file is written whole or left as it was; nothing else is left behind."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from codec.atomic_file import npy_pieces, write_file, write_seekable
from codec.errors import Cancelled, InputError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def failing(error: BaseException):
    yield b"half a "
    raise error


def test_a_new_file_has_what_it_was_given_and_the_permissions_of_any_new_file(tmp_path):
    umask = os.umask(0o027)
    try:
        write_file(tmp_path / "new", [b"one", memoryview(b" two")])
    finally:
        os.umask(umask)
    assert (tmp_path / "new").read_bytes() == b"one two"
    assert mode(tmp_path / "new") == 0o640
    assert names(tmp_path) == ["new"]


def test_an_existing_file_keeps_its_permissions(tmp_path):
    target = tmp_path / "old"
    target.write_bytes(b"old")
    target.chmod(0o604)
    write_file(target, [b"new"])
    assert (target.read_bytes(), mode(target)) == (b"new", 0o604)


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt(), OSError(28, "full")])
def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "old"
    target.write_bytes(b"old")
    with pytest.raises((type(error), InputError)):
        write_file(target, failing(error))
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["old"]


def test_a_link_goes_on_pointing_where_it_did(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_file(link, [b"new"])
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_device_is_written_to_and_not_replaced():
    before = Path(os.devnull).stat()
    write_file(os.devnull, [b"gone"])
    after = Path(os.devnull).stat()
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def fill_backwards(file):
    file.seek(4)
    file.write(b"end")
    file.seek(0)
    file.write(b"begin"[:4])


def test_a_file_can_be_written_from_its_end(tmp_path):
    (tmp_path / "a").write_bytes(b"something longer")
    write_seekable(tmp_path / "a", fill_backwards)
    assert (tmp_path / "a").read_bytes() == b"begiend"
    assert names(tmp_path) == ["a"]


def test_what_cannot_seek_gets_it_in_order(tmp_path):
    """A pipe cannot seek, so the file is made elsewhere first."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_seekable(pipe, fill_backwards)
        assert os.read(reader, 100) == b"begiend"
    finally:
        os.close(reader)


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_disk(tmp_path):
    def fail(file):
        raise ValueError("not about the file")

    with pytest.raises(ValueError, match="not about the file"):
        write_seekable(tmp_path / "a", fail)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Is a directory"),
        ("missing/file", "No such file or directory"),
        ("file/below", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("null\0character", "null"),
    ],
)
def test_where_nothing_can_be_written_a_sentence_says_why(tmp_path, name, says):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match=f"cannot be written: .*{says}"):
        write_file(tmp_path / name, [b""])
    with pytest.raises(InputError, match=f"cannot be written: .*{says}"):
        write_seekable(tmp_path / name, fill_backwards)
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_write_protected_file_is_left_alone(tmp_path):
    target = tmp_path / "old"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(InputError, match="write-protected"):
        write_file(target, [b"new"])


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.int8).reshape(3, 4),
        np.arange(6, dtype="<f4").reshape(2, 1, 3),
        np.zeros((0, 5), dtype=np.int8),
        np.zeros(20_000_000, dtype=np.int8),
    ],
)
def test_npy_pieces_are_the_file_that_numpy_loads(tmp_path, array):
    write_file(tmp_path / "a.npy", npy_pieces(array))
    loaded = np.load(tmp_path / "a.npy", allow_pickle=False)
    assert loaded.dtype == array.dtype
    np.testing.assert_array_equal(loaded, array)
