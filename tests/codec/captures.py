"""Captures for tests: recorded here, taken apart, and put together again with other content."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.capture import Capture, Recording, Wanted
from codec.capture.loading import parse
from codec.container import Container
from codec.decoders import make
from codec.decoders.base import Decoder
from codec.source import BytesSource
from codec.trace import StreamRead
from tests.codec.files import batched_file, noise, parsed

NAME = "run.rscap"


def recorded(
    container: Container,
    decoder: Decoder | None = None,
    tiles: Sequence[int] = (),
    repeat: int = 1,
) -> bytes:
    """A capture of all tensors of a container."""
    traced = {tensor.index: list(tiles) for tensor in container.tensors}
    wanted = Wanted(container.tensors, traced, repeat, ("ranscope", "capture"))
    return b"".join(Recording(container, decoder or make("reference"), wanted).pieces())


def small_file() -> bytes:
    """A sound file of six tiles."""
    return batched_file(noise(20, 27), 10)


def small_capture() -> bytes:
    """A capture of it, two runs and two traces."""
    return recorded(parsed(small_file(), "layer.batched"), tiles=(1, 4), repeat=2)


def loaded(data: bytes) -> Capture:
    return parse(BytesSource(data, NAME))


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_member(data: bytes, name: str, content: bytes | None) -> bytes:
    """The capture with another content of a member, or without it."""
    members = members_of(data) | ({} if content is None else {name: content})
    if content is None:
        del members[name]
    return archive_of(members)


def json_of(data: bytes) -> Any:
    return json.loads(members_of(data)["capture.json"])


def with_json(data: bytes, content: Any) -> bytes:
    return with_member(data, "capture.json", json.dumps(content).encode())


def npy_of(array: NDArray[Any]) -> bytes:
    target = io.BytesIO()
    np.save(target, array)
    return target.getvalue()


def everything(capture: Capture) -> dict[str, Any]:
    """All that a capture holds, read."""
    found: dict[str, Any] = {"metadata": capture.metadata}
    for tensor in capture.tensors:
        if tensor.record.refusal:
            continue
        arrays = [tensor.weights(), tensor.reads, tensor.table(), tensor.varying()]
        found[tensor.name] = [array.tobytes() for array in arrays]
        for trace in tensor.record.traces:
            if not trace.refusal:
                read = tensor.trace(trace.tile)
                columns = {name: column.tolist() for name, column in read.columns.items()}
                frames = [plain(frame) for frame in read.streams]
                found[f"{tensor.name} {trace.tile}"] = columns, frames, read.stopped
    return found


def plain(frame: StreamRead) -> dict[str, Any]:
    """The frame of a stream in values that compare as they should."""
    return {name: np.asarray(value).tolist() for name, value in vars(frame).items()}
