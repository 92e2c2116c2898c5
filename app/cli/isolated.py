"""Decoders that the user brought, as sub-commands use them: like any other, but run in a child process with limits.

So whatever such code does, the command ends with a sentence and a status, and what it prints never gets into a
result.
"""

from __future__ import annotations

import argparse
import atexit
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from app.child import Child, Limits, Task
from app.child.order import Order
from app.child_tasks import AskDecoder, OnFile, stamp_of
from app.cli.console import printable
from app.tasks import DecoderTask, brought_name
from codec import decoders
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import DecodedTensor, DecodedTile, Decoder, Tick, no_tick
from codec.decoders.platform import Platform
from codec.decoders.streams import DecodedStream
from codec.errors import BroughtError, Cancelled, InputError, RanscopeError
from codec.formats import parse
from codec.source import BytesSource, FileSource
from codec.trace import Trace

TOLD = (
    "timing", "checkpoint_interval", "notice", "written", "tells_reads",
)  # fmt: skip
"""What a decoder tells of a run beside its outcome."""


def chosen(arguments: argparse.Namespace) -> Decoder:
    """The decoder that `--decoder` names, which keeps to `--timeout`; without a name the fastest.

    Raises:
        InputError: there is none of that name, or it cannot run here.
        BroughtError: it is the user's, and cannot be loaded.
    """
    name = arguments.decoder
    if name is None or not brought_name(name):
        return choose(name)
    decoder = ChildDecoder(name, arguments.timeout)
    decoder.require_available()
    return decoder


def run_in_child(task: Task, title: str, timeout: float, tick: Tick = no_tick) -> object:
    """Does a task in the child, and prints what it printed on stderr.

    Args:
        task: what to do.
        title: what messages call it, as in "Decoding layer.batched".
        timeout: seconds that it may take, where it runs code of the user's.
        tick: told how far it is.

    Raises:
        BroughtError: it cannot be done, or has ended the child.
        Cancelled: `tick` said so.
    """
    stop = threading.Event()

    def show(text: str) -> None:
        name = f"{task.brought} | " if task.brought else ""
        for line in text.splitlines():
            print(f"{name}{printable(line)}", file=sys.stderr)

    order = Order(task, title, stop, lambda: 0.0, tick, Limits(seconds=timeout), show)
    try:
        return _child().run(order)
    except (Cancelled, BroughtError):
        raise
    except RanscopeError as error:
        raise BroughtError(error.sentence()) from None


@cache
def _child() -> Child:
    """The child of this command."""
    child = Child()
    atexit.register(child.end)
    return child


@dataclass(frozen=True, eq=False)
class Answer:
    """What a decoder did.

    Attributes:
        result: what its method returned.
        told: the attributes `TOLD`, by name.
    """

    result: object
    told: dict[str, Any]


@dataclass(frozen=True, eq=False)
class CallDecoder(DecoderTask):
    """Calls a method of a decoder; the result is an `Answer`.

    Attributes:
        method: its name.
        arguments: behind the container and the tensor.
    """

    method: str
    arguments: tuple[Any, ...] = ()

    def _work(self, decoder: Decoder, container: Container, tensor: Tensor, tick: Tick) -> Answer:
        more = (tick,) if self.method == "decode" else self.arguments
        result = getattr(decoder, self.method)(container, tensor, *more)
        return Answer(result, {name: getattr(decoder, name) for name in TOLD})


@dataclass(frozen=True)
class AskPlatform(AskDecoder):
    """Asks a decoder what it runs on; the result is a `Platform`."""

    def run(self, tick: Tick) -> Platform:  # type: ignore[override]
        """Asks it."""
        return decoders.make(self.decoder).platform()


@dataclass(frozen=True, eq=False)
class OnBytes(Task):
    """A task on a file that is nowhere but in memory."""

    data: bytes
    task: CallDecoder

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return self.task.brought

    def run(self, tick: Tick) -> object:
        """Parses the bytes, and does the task on them."""
        return self.task.run_on(parse(BytesSource(self.data)), tick)


class ChildDecoder(Decoder):
    """A decoder of the user's, run in the child; each call of it may take so long.

    Raises:
        InputError: there is none of that name.
    """

    isolated = True

    def __init__(self, name: str, timeout: float) -> None:
        decoder = decoders.make(name)  # which loads nothing yet
        self.name, self.description = decoder.name, decoder.description
        self._timeout = timeout

    def unavailable(self) -> str:
        """As `Decoder.unavailable`."""
        try:
            self.require_available()
        except BroughtError as error:
            return error.sentence()
        return ""

    def require_available(self) -> None:
        """As `Decoder.require_available`."""
        run_in_child(AskDecoder(self.name), f"Loading {brought_name(self.name)}", self._timeout)

    def platform(self) -> Platform:
        """As `Decoder.platform`."""
        found = run_in_child(AskPlatform(self.name), "Asking what it runs on", self._timeout)
        return cast(Platform, found)

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        """As `Decoder.decode`."""
        return cast(DecodedTensor, self._call("decode", container, tensor, tick=tick))

    def decode_tiles(
        self,
        container: Container,
        tensor: Tensor,
        tiles: Sequence[int],
        known: Mapping[int, DecodedTile],
    ) -> dict[int, DecodedTile]:
        """As `Decoder.decode_tiles`."""
        found = self._call("decode_tiles", container, tensor, tuple(tiles), {})
        return cast(dict[int, DecodedTile], found)

    def decode_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """As `Decoder.decode_streams`."""
        found = self._call("decode_streams", container, tensor, tuple(tiles))
        return cast(list[DecodedStream], found)

    def trace(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        first: int = 0,
        last: int | None = None,
    ) -> Trace:
        """As `Decoder.trace`."""
        return cast(Trace, self._call("trace", container, tensor, tile, first, last))

    def _call(
        self,
        method: str,
        container: Container,
        tensor: Tensor,
        *arguments: Any,
        tick: Tick = no_tick,
    ) -> object:
        """Has the child call a method, and takes over what the decoder tells beside its result."""
        call, source = CallDecoder(tensor.index, self.name, method, arguments), container.source
        task: Task
        if isinstance(source, FileSource):
            task = OnFile(stamp_of(source), call)
        elif isinstance(source, BytesSource):
            task = OnBytes(source.read(0, source.size), call)
        else:
            raise InputError(f"{source.name} is nothing that another process could read")
        doing = "Tracing" if method == "trace" else "Decoding"
        answer = run_in_child(task, f"{doing} {tensor.name}", self._timeout, tick)
        assert isinstance(answer, Answer)
        for name, value in answer.told.items():
            setattr(self, name, value)
        return answer.result
