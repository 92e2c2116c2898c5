"""docs/format.md says enough: a decoder made of nothing but what stands there reads our files.

It uses no code of ours, and no NumPy. The numbers of lines of the document's tables are not read; its rules are.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import pytest
import xxhash

from tests.codec.files import Weights, noise
from tests.codec.native_files import mixed, native_bytes


@dataclass
class Tensor:
    """A tensor record, by the offsets of the document."""

    record: bytes

    def field(self, offset: int, size: int) -> int:
        return int.from_bytes(self.record[offset : offset + size], "little")


def decode(data: bytes) -> dict[str, list[list[int]]]:
    """The weights of all tensors of a file."""
    assert data[:8] == b"\x89RSC\r\n\x1a\n"
    lowest, features, size, count = struct.unpack_from("<IQQI", data, 12)
    directory, names, names_size, records_sum, names_sum = struct.unpack_from("<5Q", data, 40)
    assert (lowest, features, size) == (1, 0, len(data))
    assert struct.unpack_from("<Q", data, 88)[0] == xxhash.xxh64_intdigest(data[:88])
    assert records_sum == xxhash.xxh64_intdigest(data[directory : directory + 192 * count])
    assert names_sum == xxhash.xxh64_intdigest(data[names : names + names_size])
    found = {}
    for number in range(count):
        tensor = Tensor(data[directory + 192 * number : directory + 192 * (number + 1)])
        begin = names + tensor.field(0, 4)
        name = data[begin : begin + tensor.field(4, 4)].decode("utf-8")
        found[name] = decode_tensor(data, tensor)
    return found


def decode_tensor(data: bytes, tensor: Tensor) -> list[list[int]]:
    rows, cols = tensor.field(8, 8), tensor.field(16, 8)
    tile_rows, tile_cols = tensor.field(24, 4), tensor.field(28, 4)
    table, index, streams = tensor.field(104, 8), tensor.field(112, 8), tensor.field(136, 8)
    frequencies = struct.unpack_from("<256H", data, table)
    assert tensor.field(152, 8) == xxhash.xxh64_intdigest(data[table : table + 512])
    matrix = [[0] * cols for _ in range(rows)]
    grid = -(-cols // tile_cols)
    for tile in range(tensor.field(32, 8)):
        row, col = tile // grid * tile_rows, tile % grid * tile_cols
        high, wide = min(tile_rows, rows - row), min(tile_cols, cols - col)
        offset, size, checksum, coding, predictor, constant, _ = struct.unpack_from(
            "<IIIBBbB", data, index + 16 * tile
        )
        stream = data[streams + 16 * offset : streams + 16 * offset + size]
        if coding == 0:
            weights = undo(decode_stream(stream, tensor, frequencies, high * wide), predictor, wide)
        else:
            weights = list(stream) if coding == 1 else [constant % 256] * (high * wide)
        assert checksum == checksum_of(weights)
        for i, weight in enumerate(weights):
            matrix[row + i // wide][col + i % wide] = (weight + 128) % 256 - 128
    return matrix


def decode_stream(
    stream: bytes, tensor: Tensor, frequencies: tuple[int, ...], count: int
) -> list[int]:
    lanes, run = tensor.field(40, 2), tensor.field(42, 2)
    bound, word, scale_bits = (tensor.field(at, 1) for at in (44, 45, 46))
    owners = [symbol for symbol, frequency in enumerate(frequencies) for _ in range(frequency)]
    starts = [sum(frequencies[:symbol]) for symbol in range(256)]
    assert len(owners) == 1 << scale_bits
    states = list(struct.unpack_from(f"<{lanes}I", stream))
    at, symbols = 4 * lanes, [0] * count
    for block in range(0, count, lanes * run):
        for step in range(run):
            for lane in range(lanes):
                i = block + lane * run + step
                if i >= count:
                    continue
                x, slot = states[lane] >> scale_bits, states[lane] % (1 << scale_bits)
                symbols[i] = owners[slot]
                x = frequencies[symbols[i]] * x + slot - starts[symbols[i]]
                while x < 1 << bound:
                    x = x << word | int.from_bytes(stream[at : at + word // 8], "little")
                    at += word // 8
                states[lane] = x
    assert (states, at) == ([1 << bound] * lanes, len(stream))
    return symbols


def undo(symbols: list[int], predictor: int, wide: int) -> list[int]:
    back = (0, 1, wide)[predictor]
    weights: list[int] = []
    for i, symbol in enumerate(symbols):
        prediction = weights[i - back] if back and i >= back else 0
        weights.append((symbol - 128 + prediction) % 256)
    return weights


def checksum_of(weights: list[int]) -> int:
    parts = [bytearray() for _ in range(32)]
    for i, weight in enumerate(weights):
        parts[i // 16 % 32].append(weight)
    result = 0
    for number, part in enumerate(parts):
        result ^= xxhash.xxh32_intdigest(bytes(part), seed=number)
    return result


FILES: dict[str, tuple[dict[str, Weights], dict[str, int | str]]] = {
    "all kinds of tiles": (mixed(), {"tile_rows": 64, "tile_cols": 128, "predictor": "auto"}),
    "bytes": ({"w": noise(31, 47)}, {"word_bits": 8, "lower_bound_bits": 23, "lanes": 4, "run": 3}),
    "15 bits": ({"w": noise(31, 47)}, {"scale_bits": 15, "lanes": 1, "run": 1}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_decoder_made_of_the_document_reads_our_files(name: str) -> None:
    layers, settings = FILES[name]
    found = decode(native_bytes(layers, "cpu", **settings))
    assert list(found) == list(layers)
    for tensor, weights in layers.items():
        np.testing.assert_array_equal(np.array(found[tensor], dtype=np.int8), weights)
