"""Stored files: both layouts and the reference coder stay the same, byte for byte.

`tests/regenerate_golden.py` wrote them; it is run by hand, and only where a format is meant to change.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from codec.checks import check
from codec.decoders.base import Decoder
from codec.encoder import EncodeSettings, encode
from codec.errors import DecodeError
from codec.formats import open_file
from codec.frequency import normalise
from codec.spans import SpanKind
from tests.codec.files import (
    DATA,
    batched_file,
    expected_weights,
    only_tensor,
    supported,
    wcdc_file,
)
from tests.codec.native_files import native_bytes
from tests.regenerate_golden import (
    NATIVE_CASES,
    SAMPLE,
    SAMPLE_SETTINGS,
    NativeGolden,
    sample_layers,
)

GOLDEN = DATA / "golden"
CONTENT: dict[str, dict[str, Any]] = json.loads(
    (GOLDEN / "content.json").read_text(encoding="utf-8")
)
BEST = [name for name in CONTENT if not name.startswith("flat")]
"""Files whose table is the best one for their weights."""


def test_every_file_is_described() -> None:
    stored = {path.name for path in GOLDEN.iterdir() if path.suffix not in (".npy", ".json")}
    assert stored == {*CONTENT, *(f"{case.name}.rsc" for case in NATIVE_CASES)}


@pytest.mark.parametrize("name", CONTENT)
def test_what_is_in_a_stored_file(name: str) -> None:
    expected = CONTENT[name]
    container = open_file(GOLDEN / name)
    tensor = only_tensor(container)
    assert container.problems == ()
    assert container.format == expected["format"]
    assert [tensor.rows, tensor.cols] == expected["shape"]
    assert tensor.tile_rows == tensor.tile_cols == expected["tile"]
    table = tensor.table.frequencies
    assert {str(s): int(table[s]) for s in np.flatnonzero(table)} == expected["frequencies"]
    assert len(tensor.tiles) == len(expected["tiles"])
    for tile, told in enumerate(expected["tiles"]):
        frame = container.frame(tensor, tile)
        assert (frame.offset, frame.size) == (told["offset"], told["size"])
        assert (frame.symbol_count, frame.state) == (told["symbol_count"], told["state"])
        record = tensor.tiles[tile]
        for field in ("row", "col", "predictor"):
            assert record[field] == told[field]


@pytest.mark.parametrize("name", CONTENT)
def test_a_stored_file_decodes(name: str, decoder: Decoder) -> None:
    container = open_file(GOLDEN / name)
    decoded = decoder.decode(container, only_tensor(container))
    np.testing.assert_array_equal(decoded.weights, expected_weights(GOLDEN / name))
    assert check(container, decoder).sound


@pytest.mark.parametrize("name", CONTENT)
def test_every_byte_of_a_stored_file_has_its_part(name: str) -> None:
    container = open_file(GOLDEN / name)
    sizes = dict.fromkeys(SpanKind, 0)
    for span, begin, end in container.root.leaves(0, container.root.size):
        sizes[span.kind] += end - begin
        for edge in (begin, end - 1):
            leaf = container.root.leaf_at(edge)
            assert leaf is not None
            assert (leaf.name, leaf.offset, leaf.size) == (span.name, span.offset, span.size)
    tiles = CONTENT[name]["tiles"]
    assert sizes[SpanKind.COUNT] == sizes[SpanKind.STATE] == 4 * len(tiles)
    words = sum(tile["size"] - 8 for tile in tiles)
    assert sizes[SpanKind.RENORMALISATION] == words
    assert sizes[SpanKind.UNCLAIMED] == sizes[SpanKind.FILE] == 0
    assert sum(sizes.values()) == container.source.size


@pytest.mark.parametrize("name", BEST)
def test_the_scalar_rules_still_write_it(name: str) -> None:
    container = open_file(GOLDEN / name)
    tensor = only_tensor(container)
    weights, tile = expected_weights(GOLDEN / name), tensor.tile_rows
    if container.format == "batched":
        written = batched_file(weights, tile)
    else:
        written = wcdc_file(weights, tile, tensor.tiles["predictor"].tolist())
    assert written == (GOLDEN / name).read_bytes()


@pytest.mark.parametrize("encoder", ["reference", "cpu"])
@pytest.mark.parametrize("name", [name for name in BEST if name.endswith(".batched")])
def test_the_encoders_still_write_it(name: str, encoder: str) -> None:
    weights = expected_weights(GOLDEN / name)
    chosen = EncodeSettings("batched", CONTENT[name]["tile"])
    encoded = encode(weights, chosen, encoder=encoder)
    assert b"".join(encoded.pieces()) == (GOLDEN / name).read_bytes()


@pytest.mark.parametrize("case", NATIVE_CASES, ids=lambda case: case.name)
def test_a_stored_native_file_decodes(case: NativeGolden, decoder: Decoder) -> None:
    container = open_file(GOLDEN / f"{case.name}.rsc")
    assert container.problems == ()
    assert [tensor.name for tensor in container.tensors] == list(case.layers)
    if not supported(decoder, container):
        with pytest.raises(DecodeError, match="the kernels know native streams with"):
            check(container, decoder)
        return
    for tensor in container.tensors:
        decoded = decoder.decode(container, tensor)
        assert not len(decoded.failed)
        np.testing.assert_array_equal(decoded.weights, case.layers[tensor.name])
    assert check(container, decoder).sound


@pytest.mark.parametrize("encoder", ["reference", "cpu"])
@pytest.mark.parametrize("case", NATIVE_CASES, ids=lambda case: case.name)
def test_the_encoders_still_write_a_native_file(case: NativeGolden, encoder: str) -> None:
    written = native_bytes(case.layers, encoder, **case.settings)
    assert written == (GOLDEN / f"{case.name}.rsc").read_bytes()


def test_the_sample_is_what_is_written() -> None:
    assert native_bytes(sample_layers(), "cpu", **SAMPLE_SETTINGS) == SAMPLE.read_bytes()


def test_a_table_by_normalise_is_pinned() -> None:
    """Ties are broken in one way, so that the same weights always give the same file."""
    counts = np.zeros(256, dtype=np.int64)
    counts[[3, 9, 200]] = 1
    assert normalise(counts)[[3, 9, 200]].tolist() == [1366, 1365, 1365]
