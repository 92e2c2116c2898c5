"""Compiles the CPU kernels ahead of time, so that no click waits for a compiler.

`python -m codec.warmup` runs during setup; the app calls `warm` in the background, for the case that
it was installed without. Results are cached on disk; warming what is cached takes a moment.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray


def warm() -> None:
    """Runs every kernel once, on arguments of the types that it is used with.

    numba is imported here, and not with this module: that alone takes longer than most commands.
    """
    from codec import fast
    from codec.fast.checkpoints import find_checkpoints
    from codec.frequency import FrequencyTable, normalise

    weights = np.arange(64, dtype=np.int8).reshape(8, 8)
    places = fast.grid_places((8, 8), 4)
    counts = fast.symbol_histogram(weights, places, difference=True)
    table = FrequencyTable.of_frequencies(normalise(counts))
    streams = fast.encode_streams(weights, places, table, difference=True)
    ends = np.cumsum(streams.sizes)
    spans = np.stack([ends - streams.sizes, ends], axis=1)
    slots, decoded = fast.slot_table(table), np.zeros_like(weights)
    fast.decode_streams(streams.data, spans, places, slots, decoded, difference=True)
    fast.trace_stream(streams.data, (0, int(ends[0])), slots, (0, 16))
    fast.tile_symbols(weights, places[0], difference=True)
    find_checkpoints(streams.data, spans, places[:, 3], slots, 16)
    _warm_lanes(weights)
    _warm_walks(weights)
    _warm_comparison(weights)
    _warm_front_ends(weights)
    _warm_diagnosis(weights)


def _warm_lanes(weights: NDArray[np.int8]) -> None:
    """Runs the kernels of the native layout."""
    from codec.container import Predictor
    from codec.fast.lane_checksums import tile_checksums
    from codec.fast.lane_decode import StoredTiles, decode_tiles
    from codec.fast.lane_encode import encode_tiles
    from codec.fast.lane_histograms import tile_histograms
    from codec.fast.lane_steps import lookup
    from codec.fast.lane_tables import lane_shape, lane_table
    from codec.fast.lane_trace import trace_lanes
    from codec.frequency import FrequencyTable, normalise
    from codec.interleaving import Interleaving
    from codec.rans import Coder
    from codec.stepping.encode_coders import Landing
    from codec.stepping.fast_encode_coder import FastEncodeCoder

    coder, interleaving = Coder(1 << 16, 16), Interleaving(8, 4)
    shape, zero = lane_shape(coder, interleaving), np.zeros(1, dtype=np.uint8)
    tiles = np.array([(0, 0, *weights.shape)], dtype=np.int64)
    (counts,) = tile_histograms(weights, tiles, Predictor.NONE)
    table = FrequencyTable.of_frequencies(normalise(counts))
    tile_checksums(weights, tiles)
    streams = encode_tiles(weights, tiles, zero, table, shape)
    spans = np.array([(0, streams.sizes[0])], dtype=np.int64)
    job = lookup(streams.data, lane_table(table), shape)
    stored = StoredTiles(spans, tiles, zero, zero, zero.view(np.int8))
    decode_tiles(job, stored, np.zeros_like(weights), checksums=True)
    trace_lanes(job, weights.size, (0, 16))
    stepped = FastEncodeCoder(weights.view(np.uint8).reshape(-1), table, coder, interleaving)
    stepped.record(stepped.begin(), 16, Landing(0, upward=True))


def _warm_walks(weights: NDArray[np.int8]) -> None:
    """Runs the kernels that walk a stream step by step."""
    from codec.encoder import EncodeSettings, encode
    from codec.formats import parse
    from codec.native_encoder import encode_native
    from codec.native_layer import Layer, NativeSettings
    from codec.source import BytesSource
    from codec.stepping.opening import open_walk

    weights = np.zeros_like(weights, shape=(32, 32))
    weights[::3] = 1  # of one value alone it would have no stream
    legacy = b"".join(encode(weights, EncodeSettings(tile=32)).pieces())
    native = encode_native([Layer.of_matrix("w", weights)], NativeSettings(lanes=8, run=4))[0]
    for data in (legacy, native):
        container = parse(BytesSource(data))
        walk = open_walk(container, container.tensors[0], 0)
        walk.moment(1)
        walk.trace(0, 2)


def _warm_comparison(weights: NDArray[np.int8]) -> None:
    """Runs the kernels that hold two outputs against each other."""
    from codec.comparison.counting import Grid, count
    from codec.decoders.base import no_tick

    grid = Grid.of((8, 8), (4, 4))
    count(weights, ~weights, grid, no_tick)
    count(weights, weights.astype(np.int64), grid, no_tick)


def _warm_front_ends(weights: NDArray[np.int8]) -> None:
    """Runs the kernels that play front ends with a mistake, and the coder that files are held against."""
    from codec.comparison.output import Output, SideKind
    from codec.decoders.availability import choose
    from codec.diagnosis.encoded_again import encoded
    from codec.diagnosis.evidence import Evidence
    from codec.diagnosis.streams import sources
    from codec.encoder import EncodeSettings, encode
    from codec.formats import parse
    from codec.source import BytesSource

    container = parse(BytesSource(b"".join(encode(weights, EncodeSettings(tile=8)).pieces())))
    tensor, decoder = container.tensors[0], choose()
    output = Output("", SideKind.DUMP, ~weights)
    truth = decoder.decode(container, tensor)
    evidence = Evidence(container, tensor, output, truth, decoder)
    symbols = evidence.symbols(0)
    sources(evidence, 0, np.where(np.arange(len(symbols)) < 40, symbols, ~symbols), symbols >= 0)
    encoded(tensor, symbols, tensor.table)


def _warm_diagnosis(weights: NDArray[np.int8]) -> None:
    """Runs the kernels that play all other mistakes, on rows never written and on rows written too far apart."""
    from codec.comparison.comparison import compare
    from codec.comparison.output import Output, SideKind
    from codec.diagnosis import diagnose
    from codec.encoder import EncodeSettings, encode
    from codec.formats import parse
    from codec.source import BytesSource

    true = np.tile(weights, (3, 2))[:, :12]
    container = parse(BytesSource(b"".join(encode(true, EncodeSettings(tile=8)).pieces())))
    left = Output("", SideKind.DUMP, true)
    cut = np.where(np.arange(len(true))[:, np.newaxis] < 12, true, 0).astype(np.int8)
    padded = np.resize(np.pad(true, ((0, 0), (0, 1))), true.shape)
    for other in (cut, padded):
        right = Output("", SideKind.DUMP, other)
        diagnose(container, compare(container.tensors[0], left, right))


def main() -> int:
    """Warms, and says how long it took."""
    begin = time.perf_counter()
    warm()
    print(f"The CPU kernels are ready ({time.perf_counter() - begin:.1f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
