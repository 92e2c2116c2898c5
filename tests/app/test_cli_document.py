"""docs/command-line.md describes every option and every key, column and array that there is."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.cli import COMMANDS
from app.cli.run import module_of
from app.cli.status import ExitStatus
from codec.decoders.streams import TILE_READ, Status
from codec.diagnosis.finding import Fault
from codec.encoder import TILE_WRITTEN
from codec.native_tiles import NATIVE_WRITTEN
from codec.quantisation import quantise, scales_npz
from codec.trace import STEP_COLUMNS
from tests.app.calling import call
from tests.codec.files import LEGACY, noise

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "command-line.md").read_text("utf-8")


BORROWED = {"verify": "info", "encode": "info", "compare": "trace"}
"""Whose keys a command tells, too."""


def section(name: str) -> str:
    """The text below the heading of a command."""
    match = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert match, f"there is no section on {name}"
    return match[1]


def keys(value: object) -> Iterator[str]:
    """All keys in a JSON value, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def plan(folder: Path) -> Path:
    """A plan that takes no time."""
    path = folder / "tiny.toml"
    path.write_text(
        '[[data]]\nsource = "generated:normal:32x32"\n'
        '[[candidate]]\ncoder = "cpu"\nrecipe = { layout = "native", tile = 16 }\n'
        "options = { threads = 1 }\n[stopping]\nwarm_up_s = 0.1\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def calls(tmp_path):
    """A call of each command that shows all its keys."""
    (broken,) = (path for path in LEGACY if path.stem.startswith("broken"))
    (small,) = (path for path in LEGACY if path.name.startswith("ramp"))
    (tmp_path / "layer.batched").write_bytes(small.read_bytes())
    np.savez(tmp_path / "in.npz", w=noise(8, 8).astype(np.float32), b=np.zeros(3))
    ramp = np.load(small.with_suffix(".npy"))
    np.save(tmp_path / "flipped.npy", ramp[:, ::-1])
    call("encode", tmp_path / "flipped.npy", "-o", tmp_path / "flipped.batched", "--tile", 16)
    return {
        "info": ["info", broken, "--fields", "--tiles"],
        "decode": ["decode", small, "-o", tmp_path / "o.npy", "--log", tmp_path / "o.csv"],
        "encode": ["encode", tmp_path / "in.npz", "-o", f"{tmp_path}/f/"],
        "trace": ["trace", small, "--tile", 0, "--steps", "0:3"],
        "capture": ["capture", small, "-o", tmp_path / "o.rscap", "--trace", "0"],
        "compare": ["compare", small, "--with", tmp_path / "flipped.batched"],
        "sweep": ["sweep", small, "--format", "batched,native", "--lanes", "8"],
        "checkpoints": ["checkpoints", tmp_path / "layer.batched"],
        "verify": ["verify", broken, small],
        "decoders": ["decoders"],
        "new-decoder": ["new-decoder", tmp_path / "mine.py"],
        "selftest": ["selftest", "--decoder", "cpu"],
        "bench": ["bench", "--plan", plan(tmp_path), "--rounds", "3"],
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_key_is_described(calls, command):
    content = call(*calls[command], "--json").json
    text = section(command) + section(BORROWED.get(command, command))
    if command == "trace":
        content["steps"] = content["steps"][:1]
    if command == "bench":  # whose keys are names of packages and devices
        content["machine"] |= {"versions": {}, "bandwidth": {}}
    missing = {key for key in keys(content) if f"`{key}`" not in text}
    assert missing == set()


def test_every_key_of_an_explanation_is_described(tmp_path):
    (small,) = (path for path in LEGACY if path.name.startswith("ramp"))
    weights = np.load(small.with_suffix(".npy"))
    weights[-5:] = 0
    np.save(tmp_path / "cut.npy", weights)
    content = call("compare", small, "--with", tmp_path / "cut.npy", "--json").json
    assert content["diagnosis"], "the case is meant to have an explanation"
    missing = {key for key in keys(content) if f"`{key}`" not in section("compare")}
    assert missing == set()


def test_every_mistake_is_described():
    assert [fault for fault in Fault if f"\n| `{fault}` | " not in section("compare")] == []


def test_every_key_about_native_files_is_described(tmp_path):
    np.savez(tmp_path / "in.npz", w=noise(8, 8).astype(np.float32), b=np.zeros(3), n=np.arange(3))
    file = tmp_path / "o.rsc"
    encoded = call("encode", tmp_path / "in.npz", "-o", file, "--json").json
    info = call("info", file, "--tiles", "--fields", "--json").json
    for content, text in ((info, section("info")), (encoded, section("encode") + section("info"))):
        assert {key for key in keys(content) if f"`{key}`" not in text} == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_named(command):
    parser = argparse.ArgumentParser(add_help=False)
    module_of(command).add_arguments(parser)
    text = section(command)
    for action in parser._actions:
        names = action.option_strings or [str(action.metavar)]
        assert any(name in text for name in names), names


def test_every_column_of_the_logs_and_the_trace_is_described():
    for text, names in (
        (section("decode"), TILE_READ.fields),
        (section("encode"), TILE_WRITTEN.fields),
        (section("encode"), NATIVE_WRITTEN.fields),
        (section("trace"), STEP_COLUMNS),
        (section("decode"), [status.name.lower() for status in Status]),
    ):
        assert [name for name in names or () if f"`{name}`" not in text] == []


def test_every_array_beside_the_output_is_described(tmp_path):
    (tmp_path / "s.npz").write_bytes(scales_npz(quantise(np.ones((2, 2))), "a", "float64"))
    assert [n for n in np.load(tmp_path / "s.npz").files if f"`{n}`" not in section("encode")] == []


def test_every_exit_status_is_described():
    for status in ExitStatus:
        assert f"\n| {status.value} | " in DOCUMENT
