"""A side of a comparison: what a name or a path stands for, and what it makes of a tensor.

Plain data, so that it can be handed to the child process: there a decoder that was brought runs. How each kind
of side is read is told in a module of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codec import decoders
from codec.comparison import as_opened, captured, decoder_runs, dumps, other_files
from codec.comparison.output import Output, SideKind
from codec.container import Container, Tensor
from codec.decoders.base import Tick, no_tick
from codec.errors import DecodeError, InputError, RanscopeError
from codec.formats import is_compressed
from codec.source import FileSource
from codec.trace import Trace


@dataclass(frozen=True)
class Side:
    """What stands on a side.

    Attributes:
        kind: what it is.
        name: of a decoder, as `decoders.make` knows it; the absolute path of a file; `AS_OPENED` has its own.
        tensor: its name inside the other file; "" for the tensor of the same name, or the only one.
        dtype: of a dump of raw bytes; "" for int8, or what its size says.
        reshape: whether a dump of the right size and another shape is read row by row.
        runs: how often a decoder is run; what varies is in `Output.varying`.
    """

    kind: SideKind
    name: str
    tensor: str = ""
    dtype: str = ""
    reshape: bool = False
    runs: int = 1

    @property
    def isolated(self) -> bool:
        """Whether reading it runs code that may crash or hang, and so belongs in a process of its own."""
        if self.kind is SideKind.FILE:
            return other_files.is_python(self.name)
        if self.kind is not SideKind.DECODER:
            return False
        try:
            return decoders.make(self.name).isolated
        except RanscopeError:  # which reading it will say as well
            return False

    @property
    def title(self) -> str:
        """What a person calls it: a decoder's name, or its file's without the folder."""
        return Path(self.name).name


AS_OPENED = Side(SideKind.OPENED, as_opened.TITLE)
"""The file without its edits."""


def parse_side(
    text: str, tensor: str = "", dtype: str = "", reshape: bool = False, runs: int = 1
) -> Side:
    """What a name or a path stands for; a decoder's name is taken for that, whatever files there are.

    Args:
        text: the name of a decoder, ours or an installed one, or a path.
        tensor, dtype, reshape, runs: as in `Side`.

    Raises:
        InputError: there is no such decoder and no such file, or `runs` is no number from 1 on.
        SourceError: the file cannot be read.
    """
    if runs < 1:
        raise InputError(f"a decoder is run at least once, and not {runs:,} times")
    kind, name = _kind_and_name(text)
    if runs > 1 and kind is not SideKind.DECODER:
        raise InputError(f"{text} is no decoder, so it cannot be run {runs:,} times")
    return Side(kind, name, tensor, dtype, reshape, runs)


def _kind_and_name(text: str) -> tuple[SideKind, str]:
    if text in decoders.DECODERS:
        return SideKind.DECODER, text
    path = _existing(text)
    if path is None:
        return SideKind.DECODER, decoder_runs.known_name(text)
    if other_files.is_encoder(path):
        return SideKind.FILE, str(path)
    if decoder_runs.is_decoder_file(path):
        return SideKind.DECODER, str(path)
    source = FileSource(path)
    if is_compressed(source):
        return SideKind.FILE, str(path)
    return SideKind.CAPTURE if captured.looks_captured(source) else SideKind.DUMP, str(path)


def _existing(text: str) -> Path | None:
    """The file that a text names, from the root; None where it names none."""
    try:
        path = Path(text).expanduser().absolute()
        return path if text and path.exists() else None
    except (OSError, ValueError, RuntimeError):  # a null character, a name too long, no such home
        return None


def read_side(side: Side, container: Container, tensor: Tensor, tick: Tick = no_tick) -> Output:
    """What a side makes of a tensor.

    Args:
        side: the side.
        container: the file that is looked at.
        tensor: one of its tensors.
        tick: told (part done, whole), in units that depend on the kind of side.

    Raises:
        InputError: the side does not fit the tensor: what was expected, what was found, and what may help.
        DecodeError: nothing of the tensor can be decoded, or code that was brought failed.
        SourceError: a file cannot be read.
        Cancelled: `tick` says so.
    """
    match side.kind:
        case SideKind.DECODER:
            return decoder_runs.decoded(side.name, side.runs, container, tensor, tick)
        case SideKind.DUMP:
            how = dumps.Reading(side.tensor, side.dtype, side.reshape)
            return dumps.dumped(side.name, how, container, tensor)
        case SideKind.CAPTURE:
            return captured.captured(side.name, side.tensor, container, tensor, tick)
        case SideKind.FILE:
            return other_files.decoded(side.name, side.tensor, container, tensor, tick)
        case SideKind.OPENED:
            return as_opened.decoded(container, tensor, tick)


def trace_side(
    side: Side,
    container: Container,
    tensor: Tensor,
    tile: int,
    first: int = 0,
    last: int | None = None,
) -> Trace:
    """The steps from `first` to before `last` of a tile, as a side took them.

    Raises:
        InputError: the side has no such steps: why, and of which tiles it has.
        DecodeError: the stream cannot be decoded at all, or code that was brought failed.
        SourceError: a file cannot be read.
    """
    if not 0 <= tile < len(tensor.tiles):
        raise DecodeError(f"there is no tile {tile:,}: the file has {len(tensor.tiles):,}")
    match side.kind:
        case SideKind.DECODER:
            return decoder_runs.traced(side.name, container, tensor, tile, first, last)
        case SideKind.DUMP:
            raise InputError(
                f"{side.title} holds weights alone, and no steps: a decoder, a capture or a compressed file has some"
            )
        case SideKind.CAPTURE:
            return captured.traced(side.name, side.tensor, container, tensor, tile, first, last)
        case SideKind.FILE:
            return other_files.traced(side.name, side.tensor, container, tensor, tile, first, last)
        case SideKind.OPENED:
            return as_opened.traced(container, tensor, tile, first, last)
