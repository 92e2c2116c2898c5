"""Damaged streams on the card, for compute-sanitizer to watch.

    compute-sanitizer --tool memcheck --padding 256 --error-exitcode 9 python benchmarks/gpu_damage.py

cupy's memory pool is off, so that each buffer is an allocation of its own and an overrun is seen. With
`--plant` the room before the streams, which the kernels count on, is left out: the sanitizer must then find
reads before the allocation, which shows that it would find others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

import cupy

from codec import checkpoints
from codec.container import Coding, Framing, Tensor
from codec.decoders.cpu import CpuDecoder
from codec.decoders.cuda import CudaDecoder, launch
from codec.decoders.streams import Status
from codec.encoder import EncodeSettings, encode
from codec.formats import parse
from codec.source import BytesSource
from tests.codec.native_files import native_bytes
from tests.gpu.damage import flipped, randomised, shortened
from tests.gpu.lane_damage import flipped_lanes, randomised_lanes, shortened_lanes

SHAPES = ((150, 200, 64), (96, 256, 32), (97, 43, 40), (5, 5, 16))


def files() -> Iterator[tuple[str, bytes]]:
    """Sound and damaged files of all layouts, by name."""
    for rows, cols, tile in SHAPES:
        weights = np.random.default_rng(rows).normal(0, 10, (rows, cols)).round().astype(np.int8)
        for layout in ("batched", "wcdc"):
            data = b"".join(encode(weights, EncodeSettings(layout, tile)).pieces())
            name = f"{layout} {rows}×{cols} t{tile}"
            yield f"{name} sound", data
            for seed in range(3):
                yield f"{name} bits flipped", flipped(data, seed)
                yield f"{name} random streams", randomised(data, seed)
                if layout == "batched":
                    yield f"{name} truncated streams", shortened(data, seed)
        for lanes, predictor in ((32, "none"), (64, "none"), (64, "left"), (32, "top")):
            settings = {
                "tile_rows": tile,
                "tile_cols": tile,
                "lanes": lanes,
                "predictor": predictor,
            }
            data = native_bytes({"w": weights}, "cpu", **settings)
            name = f"native {rows}×{cols} t{tile} {lanes} lanes {predictor}"
            yield f"{name} sound", data
            for seed in range(2):
                yield f"{name} bits flipped", flipped_lanes(data, seed)
                yield f"{name} random streams", randomised_lanes(data, seed)
                yield f"{name} truncated streams", shortened_lanes(data, seed)


def decodes_steps(tensor: Tensor) -> bool:
    """Whether the first tile is coded by rANS."""
    return tensor.coding(0) is Coding.RANS


def decode(data: bytes) -> int:
    """Decodes it in every way; returns how many tiles failed."""
    container = parse(BytesSource(data))
    tensor = container.tensors[0]
    judge = CpuDecoder(threads=1).decode(container, tensor)
    legacy = tensor.framing is Framing.TRAILING_STATE
    for interval in (None, 16, 272) if legacy else (None,):
        found = None if interval is None else checkpoints.find(container, tensor, interval)
        decoder = CudaDecoder(found)
        decoded = decoder.decode(container, tensor)
        assert (decoded.weights == judge.weights).all()
        assert (decoded.reads["status"] == judge.reads["status"]).all()
        decoder.decode_streams(container, tensor, range(len(tensor.tiles)))
        if judge.reads["status"][0] != Status.STATE_OUT_OF_RANGE and decodes_steps(tensor):
            decoder.trace(container, tensor, 0, 5, 300)
    return len(judge.failed)


def main() -> None:
    """Decodes all of them."""
    cupy.cuda.set_allocator(None)
    if "--plant" in sys.argv:
        launch.READ_AHEAD = 0  # type: ignore[attr-defined]
    count = failed = 0
    for _, data in files():
        try:
            failed += decode(data)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
            sys.exit(1)
        count += 1
        if "--plant" in sys.argv:
            break
    print(f"{count} files decoded in every way, {failed} tiles failed, as the CPU decoder says")


if __name__ == "__main__":
    main()
