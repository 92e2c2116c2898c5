"""Opening a walk: which one serves a decoder, or an encoder, on the stream of a tile."""

from __future__ import annotations

from codec import decoders
from codec.container import Container, Framing, StreamFrame, Tensor
from codec.decoders.base import Tick, no_tick
from codec.decoders.opening import frame_for_trace, open_for_trace
from codec.errors import DecodeError, SourceError
from codec.stepping.checkpoint_walk import CheckpointWalk
from codec.stepping.decoder_walk import DecoderWalk
from codec.stepping.reference_stepper import ReferenceStepper
from codec.stepping.stepper import Stepper
from codec.stepping.walk import Direction, Walk


def open_walk(
    container: Container,
    tensor: Tensor,
    tile: int,
    decoder: str = "cpu",
    direction: Direction = Direction.DECODE,
    tick: Tick = no_tick,
) -> Walk:
    """A walk over the stream of a tile.

    Args:
        container: the file.
        tensor: one of its tensors.
        tile: index of the tile.
        decoder: its name, as `decoders.make` takes it. Walks of `cpu` and `reference` lay checkpoints now and so are
            quick anywhere; others ask their decoder for windows of its trace. To encode, `reference` is the scalar
            coder, and any other name the fast one.
        direction: whether to decode the stream, or to encode what it holds.
        tick: told (steps done, steps to do) while checkpoints are laid.

    Raises:
        DecodeError: there is no such tile, nothing of it can be decoded, or the decoder is not available or fails.
        InputError: there is no such decoder.
        Cancelled: `tick` says so.
    """
    if direction is Direction.ENCODE:
        from codec.stepping.encode_walk import encode_walk

        coder = "reference" if decoder == "reference" else "cpu"
        return encode_walk(container, tensor, tile, tick, coder=coder)
    if decoder in ("cpu", "reference"):
        opened = _fast if decoder == "cpu" else _scalar
        frame, stepper = opened(container, tensor, tile)
        return CheckpointWalk(container, tensor, tile, frame, stepper, tick)
    return DecoderWalk(container, tensor, tile, decoders.make(decoder), tick)


def _scalar(container: Container, tensor: Tensor, tile: int) -> tuple[StreamFrame, Stepper]:
    """The frame of a stream, and the scalar reference for it."""
    frame, words = open_for_trace(container, tensor, tile)
    return frame, ReferenceStepper(tensor, tile, frame, words)


def _fast(container: Container, tensor: Tensor, tile: int) -> tuple[StreamFrame, Stepper]:
    """The frame of a stream, and what is compiled for its layout."""
    # Imported only when asked for: numba takes most of a second to load.
    from codec.stepping.byte_stepper import ByteStepper
    from codec.stepping.lane_stepper import LaneStepper

    frame, count = frame_for_trace(container, tensor, tile), tensor.symbol_count(tile)
    try:
        if tensor.framing is Framing.TRAILING_STATE:
            return frame, ByteStepper(container, tensor, frame, count)
        return frame, LaneStepper(container, tensor, frame, count)
    except SourceError as error:
        raise DecodeError(f"tile {tile:,}: {error.sentence()}", frame.offset) from error
