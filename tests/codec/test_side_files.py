"""Side files by themselves: used where they fit, and told where not; and what the CUDA decoder makes of them."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codec import checkpoints
from codec.checkpoints import HEADER
from codec.container import Container, Tensor
from codec.decoders import cpu
from codec.decoders.cuda import CudaDecoder
from codec.decoders.cuda import decoder as cuda_decoder
from codec.decoders.cuda import platform as cuda_platform
from codec.fast.trace import trace_stream
from codec.formats import open_file
from codec.side_files import Beside, beside
from codec.trace import STEP_COLUMNS
from tests.codec.files import (
    batched_file,
    noise,
    only_tensor,
    parsed,
    stream_place,
    with_bytes,
    with_field,
)

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "captures.md").read_text("utf-8")


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    path = tmp_path / "layer.batched"
    path.write_bytes(batched_file(noise(64, 64), 32))
    return path


@pytest.fixture
def side(layer: Path) -> Path:
    container, tensor = opened(layer)
    path = checkpoints.side_file(layer)
    checkpoints.save(path, checkpoints.find(container, tensor, 32))
    return path


def opened(path: Path) -> tuple[Container, Tensor]:
    container = open_file(path)
    return container, only_tensor(container)


def test_without_a_side_file_there_is_nothing_to_tell(layer):
    assert beside(*opened(layer)) == Beside(None, "")


def test_a_side_file_that_fits_is_used(layer, side):
    container, tensor = opened(layer)
    found = beside(container, tensor)
    assert found.notice == ""
    assert found.checkpoints is not None
    expected = checkpoints.find(container, tensor, 32)
    np.testing.assert_array_equal(found.checkpoints.records, expected.records)


def test_a_stale_side_file_is_told_and_not_used(layer, side):
    layer.write_bytes(batched_file(noise(64, 64, seed=2), 32))
    found = beside(*opened(layer))
    assert found.checkpoints is None
    assert "the checkpoints beside layer.batched are not used" in found.notice
    assert "of another file, or of an earlier state of this one" in found.notice
    assert "`ranscope checkpoints layer.batched` makes them anew" in found.notice


@pytest.mark.parametrize("at", [-1, HEADER.size, HEADER.offset_of("check")])
def test_a_damaged_side_file_is_told_and_not_used(layer, side, at):
    data = bytearray(side.read_bytes())
    data[at] ^= 4
    side.write_bytes(bytes(data))
    found = beside(*opened(layer))
    assert found.checkpoints is None
    assert "layer.batched.ckpt is damaged" in found.notice


def test_every_flipped_bit_of_a_side_file_is_noticed(layer, side):
    container, tensor = opened(layer)
    sound = side.read_bytes()
    for at in range(0, len(sound), 7):
        for bit in (1, 128):
            side.write_bytes(sound[:at] + bytes([sound[at] ^ bit]) + sound[at + 1 :])
            os.utime(side, ns=(at, at * 256 + bit))
            assert beside(container, tensor).notice, at


def test_a_folder_in_its_place_is_told(layer):
    checkpoints.side_file(layer).mkdir()
    assert "it is a directory" in beside(*opened(layer)).notice


def test_bytes_in_memory_have_nothing_beside_them():
    container = parsed(batched_file(noise(8, 8), 8))
    assert beside(container, only_tensor(container)) == Beside()


def test_streams_are_hashed_once_until_the_side_file_changes(layer, side, monkeypatch):
    calls: list[Path] = []
    real = checkpoints.load

    def counted(path: Path, *where: Any) -> Any:
        calls.append(path)
        return real(path, *where)

    monkeypatch.setattr("codec.side_files.load", counted)
    container, tensor = opened(layer)
    for _ in range(3):
        beside(container, tensor)
    assert calls == [side]
    checkpoints.save(side, checkpoints.find(container, tensor, 64))
    found = beside(container, tensor)
    assert calls == [side, side]
    assert found.checkpoints is not None
    assert found.checkpoints.interval == 64
    side.unlink()
    assert beside(container, tensor) == Beside()


def test_the_document_states_the_side_file():
    for field, offset, _ in HEADER.places:
        assert f"| {offset} | `{field.type}` | `{field.name}` | {field.meaning} |" in DOCUMENT


# ---- the CPU decoder


@pytest.mark.parametrize("steps", [(0, 9), (31, 40), (64, 1024), (1000, None), (1023, 5000)])
def test_the_cpu_decoder_jumps_to_steps_far_away(steps, layer, side, monkeypatch):
    container, tensor = opened(layer)
    expected = cpu.CpuDecoder().trace(container, tensor, 3, *steps)
    monkeypatch.setattr(cpu, "FAR", 0)
    begun: list[int] = []

    def noted(data: Any, span: Any, table: Any, wanted: tuple[int, int], offset: int) -> Any:
        begun.append(wanted[0])
        return trace_stream(data, span, table, wanted, offset)

    monkeypatch.setattr(cpu, "trace_stream", noted)
    found = cpu.CpuDecoder().trace(container, tensor, 3, *steps)
    assert begun == [steps[0] % 32]
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(found[name], expected[name])
    assert found.streams[0].initial_state == expected.streams[0].initial_state


def test_the_cpu_decoder_stops_where_the_stream_does(layer, monkeypatch):
    data = layer.read_bytes()
    offset, size = stream_place(data, 3)
    layer.write_bytes(with_bytes(data, offset + 4, b"\xff" * (size // 2)))
    container, tensor = opened(layer)
    expected = cpu.CpuDecoder().trace(container, tensor, 3, 100)
    checkpoints.save(checkpoints.side_file(layer), checkpoints.find(container, tensor, 32))
    monkeypatch.setattr(cpu, "FAR", 0)
    found = cpu.CpuDecoder().trace(container, tensor, 3, 100)
    assert found.stopped == expected.stopped != ""
    np.testing.assert_array_equal(found["state_after"], expected["state_after"])


def test_the_cpu_decoder_tells_of_a_stale_side_file_where_it_looks_for_one(
    layer, side, monkeypatch
):
    layer.write_bytes(batched_file(noise(64, 64, seed=2), 32))
    decoder = cpu.CpuDecoder()
    decoder.trace(*opened(layer), 0)
    assert decoder.notice == ""
    monkeypatch.setattr(cpu, "FAR", 0)
    assert len(decoder.trace(*opened(layer), 0)) == 1024
    assert "are not used" in decoder.notice


# ---- the CUDA decoder, without a card


def launched(decoder: CudaDecoder, path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The checkpoints that a run on a card would start from."""
    monkeypatch.setattr(cuda_decoder, "Launcher", lambda *arguments: arguments[-1])
    card: Any = None
    return decoder._launcher(card, *opened(path))


def test_the_cuda_decoder_takes_what_stands_beside_the_file(layer, side, monkeypatch):
    decoder = CudaDecoder()
    assert launched(decoder, layer, monkeypatch).interval == 32
    assert (decoder.checkpoint_interval, decoder.notice) == (32, "")


def test_the_cuda_decoder_tells_why_it_does_not(layer, side, monkeypatch):
    side.write_bytes(with_field(side.read_bytes(), HEADER, "version", 9))
    decoder = CudaDecoder()
    assert launched(decoder, layer, monkeypatch) is None
    assert decoder.checkpoint_interval == 0
    assert "is no file of checkpoints that is known here" in decoder.notice
    side.unlink()
    assert launched(decoder, layer, monkeypatch) is None
    assert decoder.notice == ""


def test_what_the_cuda_decoder_is_given_goes_before_the_side_file(layer, side, monkeypatch):
    given = checkpoints.find(*opened(layer), 128)
    decoder = CudaDecoder(given)
    assert launched(decoder, layer, monkeypatch) is given
    assert decoder.checkpoint_interval == 128


def test_what_is_told_of_a_card(monkeypatch, tmp_path):
    properties = {"major": 9, "minor": 0, "totalGlobalMem": 85 << 30}
    runtime = SimpleNamespace(
        getDeviceProperties=lambda number: properties,
        runtimeGetVersion=lambda: 12090,
        driverGetVersion=lambda: 13000,
    )
    cupy = SimpleNamespace(
        cuda=SimpleNamespace(runtime=runtime, Device=lambda: SimpleNamespace(id=0)),
        __version__="14.0.1",
    )
    card: Any = SimpleNamespace(cupy=cupy, name="NVIDIA H100", processors=132)
    (tmp_path / "version").write_text(
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build\nGCC 12.2\n"
    )
    monkeypatch.setattr(cuda_platform, "DRIVER", tmp_path / "version")
    found = cuda_platform.card_platform(card)
    assert found.device == {
        "name": "NVIDIA H100",
        "compute_capability": "9.0",
        "memory_bytes": str(85 << 30),
        "multiprocessors": "132",
    }
    assert found.versions == {
        "cupy": "14.0.1",
        "cuda_runtime": "12.9",
        "cuda_driver": "13.0",
        "nvidia_driver": "580.95.05",
    }
    monkeypatch.setattr(cuda_platform, "DRIVER", tmp_path / "missing")
    assert "nvidia_driver" not in cuda_platform.card_platform(card).versions
