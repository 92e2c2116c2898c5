"""No file, however broken, gets more out of any command than a sentence and a status."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.formats import batched, wcdc
from tests.app.calling import call, refusal
from tests.codec.files import batched_file, noise, wcdc_file

COMMANDS = {
    "info": [],
    "info all": ["--fields", "--tiles", "--json"],
    "verify": ["--json"],
    "decode": ["--json", "-o"],
    "trace": ["--tile", "0", "--json"],
    "trace until": [
        "--tile",
        "0",
        "--json",
        "--until",
        "weight == 3 and byte0 >= 0",
        "--context",
        "2",
    ],
    "trace encode": ["--tile", "0", "--json", "--encode"],
}
FILES = {"batched": batched_file(noise(9, 10), 4), "wcdc": wcdc_file(noise(9, 10), 8)}


def run_all(folder, data: bytes) -> None:
    """Every command on a file that holds `data`."""
    path = folder / "layer"
    path.write_bytes(data)
    for name, options in COMMANDS.items():
        output = [str(folder / "out.npy")] if name == "decode" else []
        called = call(name.split()[0], path, *options, *output)
        assert called.status in {0, 1, 2}
        assert "Traceback" not in called.err
        assert "fault in Ranscope" not in called.err
        if called.status == 2 or not called.out:
            assert called.err.startswith("ranscope: ")
        elif "--json" in options:
            assert called.json


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bad")


@pytest.mark.parametrize("command", ["info", "verify", "decode", "trace"])
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "it is a directory"),
        (lambda path: path.unlink(missing_ok=True), "No such file or directory"),
        (lambda path: path.write_bytes(b""), "is empty (at byte 0)"),
        (lambda path: path.write_bytes(b"abc"), "too few for a magic number of 4"),
        (lambda path: path.write_text("plain text"), "is no compressed layer"),
        (lambda path: path.write_bytes(b"\x93NUMPY\x01\0"), "is no compressed layer"),
        (lambda path: os.mkfifo(path), "not a regular file"),
        (lambda path: path.symlink_to(path), "cannot be opened"),
    ],
)  # fmt: skip
def test_what_is_no_compressed_file_cannot_be_used(tmp_path, command, make, says):
    path = tmp_path / "layer"
    make(path)
    options = {"decode": ["-o", tmp_path / "out.npy"], "trace": ["--tile", "0"]}.get(command, [])
    assert says in refusal(command, path, *options)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_permission_cannot_be_used(tmp_path):
    path = tmp_path / "layer"
    path.write_bytes(FILES["batched"])
    path.chmod(0)
    assert "Permission denied" in refusal("info", path)


@pytest.mark.parametrize("layout", FILES)
def test_truncation(folder, layout):
    data = FILES[layout]
    ends = {*range(64), *range(1020, 1100), *range(len(data) - 40, len(data))}
    for size in sorted(end for end in ends if end < len(data)):
        run_all(folder, data[:size])


HEADERS = {"batched": batched.HEADER, "wcdc": wcdc.HEADER}


@pytest.mark.parametrize(
    ("layout", "field"),
    [(layout, field.name) for layout, header in HEADERS.items() for field in header.fields],
)
def test_every_header_field_at_its_ends(folder, layout, field):
    offset, size = HEADERS[layout].offset_of(field), HEADERS[layout].size_of(field)
    for value in (0, 1, 2, 1 << (8 * size - 1), (1 << 8 * size) - 1):
        data = bytearray(FILES[layout])
        data[offset : offset + size] = value.to_bytes(size, "little")
        run_all(folder, bytes(data))


@given(layout=st.sampled_from(sorted(FILES)), changes=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_damage_anywhere(folder, layout, changes):
    data = bytearray(FILES[layout])
    places = st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255))
    for place, value in changes.draw(st.lists(places, min_size=1, max_size=8)):
        data[place] = value
    run_all(folder, bytes(data))
