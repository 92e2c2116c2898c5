"""What a capture says beside its arrays: which file, which decoder, where and when, how long, and which traces.

One JSON object, written from these classes and read back into them; docs/captures.md describes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from codec.capture.json_place import JsonPlace
from codec.errors import InputError

KIND = "ranscope capture"
VERSION = 1
"""Grows when a reader of the version before would misunderstand what is written."""

PARTS = ("read", "transfer", "kernel", "copy_back")
"""What the time of a run is split into, by a decoder that knows: see `decoders.timing`."""


@dataclass(frozen=True)
class CapturedFile:
    """The file that was decoded.

    Attributes:
        name: without its folder.
        size: bytes.
        blake2b: of all its bytes, 32 bytes in hexadecimal.
        format: name of its layout.
    """

    name: str
    size: int
    blake2b: str
    format: str

    @classmethod
    def parsed(cls, place: JsonPlace) -> CapturedFile:
        """From JSON."""
        return cls(
            place.key("name").text(),
            place.key("size").whole(),
            place.key("blake2b").text(),
            place.key("format").text(),
        )


@dataclass(frozen=True)
class RunTiming:
    """How long one run took, in seconds; parts are None where the decoder does not tell them.

    Attributes:
        wall: from the call to the weights in the host's memory.
        read, transfer, kernel, copy_back: as `decoders.timing` says.
    """

    wall: float
    read: float | None = None
    transfer: float | None = None
    kernel: float | None = None
    copy_back: float | None = None

    @classmethod
    def parsed(cls, place: JsonPlace) -> RunTiming:
        """From JSON."""
        parts = {name: _or_none(place.key(name)) for name in PARTS}
        return cls(place.key("wall").seconds(), **parts)


def _or_none(place: JsonPlace) -> float | None:
    return None if place.is_null else place.seconds()


@dataclass(frozen=True)
class TraceRecord:
    """One tile that was to be traced.

    Attributes:
        tile: its number.
        symbols: that the layout puts into it.
        steps: that the trace holds; 0 without a trace.
        stopped: why the stream could not be decoded to its end; else "".
        refusal: why there is no trace at all; else "".
    """

    tile: int
    symbols: int
    steps: int
    stopped: str = ""
    refusal: str = ""

    @classmethod
    def parsed(cls, place: JsonPlace) -> TraceRecord:
        """From JSON."""
        tile, symbols, steps = (place.key(name).whole() for name in ("tile", "symbols", "steps"))
        return cls(tile, symbols, steps, place.key("stopped").text(), place.key("refusal").text())


@dataclass(frozen=True)
class TensorRecord:
    """One tensor that was to be decoded.

    Attributes:
        name, rows, cols, dtype, tile_rows, tile_cols: as in the file.
        tiles: how many there are.
        refusal: why there are no weights, nor any other array of it; else "".
        checkpoint_interval: symbols between the checkpoints that were used; 0 without.
        timings: of each run, in order; the weights are those of the first.
        traces: in the order of their tiles.
    """

    name: str
    rows: int
    cols: int
    dtype: str
    tile_rows: int
    tile_cols: int
    tiles: int
    refusal: str = ""
    checkpoint_interval: int = 0
    timings: tuple[RunTiming, ...] = ()
    traces: tuple[TraceRecord, ...] = ()

    @classmethod
    def parsed(cls, place: JsonPlace) -> TensorRecord:
        """From JSON."""
        if place.key("dtype").text() != "int8":
            raise place.key("dtype").refused("is not int8, and no other weights are known here")
        whole = ("rows", "cols", "tile_rows", "tile_cols", "tiles", "checkpoint_interval")
        return cls(
            name=place.key("name").text(),
            dtype="int8",
            refusal=place.key("refusal").text(),
            timings=tuple(map(RunTiming.parsed, place.key("timings").items())),
            traces=tuple(map(TraceRecord.parsed, place.key("traces").items())),
            **{name: place.key(name).whole() for name in whole},
        )


@dataclass(frozen=True)
class Metadata:
    """All that a capture says beside its arrays.

    Attributes:
        file: the file that was decoded.
        decoder: name of the decoder.
        decoder_description: what it says of itself.
        date: of the capture's end: UTC, as 2026-11-23T01:44:08Z.
        command: the command line, argument by argument.
        host: the machine: `name`, `system`, `processor` and what else there is to say.
        device: what the decoder ran on: `name` and what else there is to say.
        versions: of all that took part.
        tensors: in the order of the file.
    """

    file: CapturedFile
    decoder: str
    decoder_description: str
    date: str
    command: tuple[str, ...]
    host: dict[str, str]
    device: dict[str, str]
    versions: dict[str, str]
    tensors: tuple[TensorRecord, ...]

    def json_bytes(self) -> bytes:
        """As the file holds it."""
        content: dict[str, Any] = {"kind": KIND, "version": VERSION, **asdict(self)}
        return json.dumps(content, indent=1, allow_nan=False).encode("ascii")

    @classmethod
    def parsed(cls, text: bytes, name: str) -> Metadata:
        """From JSON; keys that are not known are left out.

        Raises:
            InputError: it is damaged, or of a version that is not known.
        """
        place = JsonPlace.of_text(text, name)
        if place.key("kind").text() != KIND:
            raise place.key("kind").refused(f"is not {KIND!r}")
        version = place.key("version").whole()
        if version != VERSION:
            raise InputError(
                f"{name} is of version {version} of captures, and version {VERSION} alone is known here: "
                "it takes another release of ranscope"
            )
        return cls(
            file=CapturedFile.parsed(place.key("file")),
            decoder=place.key("decoder").text(),
            decoder_description=place.key("decoder_description").text(),
            date=place.key("date").text(),
            command=tuple(argument.text() for argument in place.key("command").items()),
            host=place.key("host").texts(),
            device=place.key("device").texts(),
            versions=place.key("versions").texts(),
            tensors=tuple(map(TensorRecord.parsed, place.key("tensors").items())),
        )


def timing_of(wall: float, split: object) -> RunTiming:
    """A run's timing, from the seconds that it took and the decoder's `timing`, or None."""
    parts = {name: getattr(split, name, None) for name in PARTS}
    return RunTiming(wall, **parts)


def parts_of(timing: RunTiming) -> dict[str, float]:
    """The parts that are known, in their order."""
    found = {field.name: getattr(timing, field.name) for field in fields(timing)}
    return {name: found[name] for name in PARTS if found[name] is not None}
