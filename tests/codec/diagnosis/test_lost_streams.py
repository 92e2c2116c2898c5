"""Streams that are lost from a symbol on, nobody knows why: that is said, with the symbol, and nothing more."""

from __future__ import annotations

import numpy as np
import pytest

from codec.decoders.availability import choose
from codec.diagnosis.finding import Fault
from codec.prediction import undo_difference
from tests.codec.diagnosis.cases import output
from tests.codec.diagnosis.faulty_decoder import Matrix
from tests.codec.diagnosis.judging import Findings, assert_sound, cause_unknown, findings_on
from tests.codec.diagnosis.slips import NONE
from tests.codec.diagnosis.subjects import SUBJECTS, Subject

NAMES = ("batched-narrow-square", "batched-real-wide", "native-single-medium-none-edges")
FILES = [subject for subject in SUBJECTS if subject.name in NAMES]
each_file = pytest.mark.parametrize("subject", FILES, ids=lambda subject: subject.name)


def lost(subject: Subject, begins: dict[int, int]) -> Matrix:
    """The weights where the streams of some tiles go on with slots taken at random from a symbol on."""
    tensor, weights = subject.tensor, output(subject, NONE).copy()
    rng = np.random.default_rng(8)
    owners = np.repeat(np.arange(256), tensor.table.frequencies).astype(np.uint8)
    for stream in choose().decode_streams(subject.container, tensor, list(begins)):
        symbols, place = stream.symbols.copy(), tensor.rectangle(stream.tile)
        behind = len(symbols) - begins[stream.tile]
        symbols[begins[stream.tile] :] = owners[rng.integers(0, len(owners), behind)]
        predicted = not subject.name.startswith("native")
        tile = undo_difference(symbols) if predicted else symbols - np.uint8(128)
        inside = tile.reshape(tensor.coded_shape(stream.tile))[: place.rows, : place.cols]
        rows, cols = (
            slice(place.row, place.row + place.rows),
            slice(place.col, place.col + place.cols),
        )
        weights[rows, cols] = inside.view(np.int8)
    return weights


def wrong_from(subject: Subject, weights: Matrix, tile: int) -> int:
    """The first weight of a tile that is wrong, row by row."""
    place = subject.tensor.rectangle(tile)
    wrong = (weights != output(subject, NONE))[place.row :, place.col :]
    return int(np.flatnonzero(wrong[: place.rows, : place.cols])[0])


def only(findings: Findings) -> Findings:
    assert len(findings) == 1
    assert cause_unknown(findings[0])
    return findings


@each_file
def test_the_symbol_from_which_on_a_stream_is_lost_is_named(subject: Subject) -> None:
    weights = lost(subject, {1: 205})
    (finding,) = only(findings_on(subject, weights))
    assert_sound(subject, (finding,))
    assert finding.tiles.tolist() == [1]
    assert f"symbol {wrong_from(subject, weights, 1)} of tile 1" in finding.detail
    assert 0 < finding.explains_symbols < 0.6


@each_file
def test_each_tile_has_a_symbol_of_its_own(subject: Subject) -> None:
    begins = {0: 150, 2: 310, 3: 77}
    weights = lost(subject, begins)
    (finding,) = only(findings_on(subject, weights))
    assert finding.tiles.tolist() == sorted(begins)
    for tile in begins:
        assert f"symbol {wrong_from(subject, weights, tile)} of tile {tile}" in finding.detail


@each_file
def test_nothing_is_said_where_one_tile_is_wrong_in_another_way(subject: Subject) -> None:
    weights = lost(subject, {1: 205})
    weights[0, 3] ^= 0x55
    findings = findings_on(subject, weights)
    assert Fault.DESYNC not in {fault for finding in findings for fault in finding.faults}


@each_file
def test_rubbish_from_a_row_on_is_not_a_lost_stream(subject: Subject) -> None:
    """As memory that was never written may hold it."""
    weights = output(subject, NONE).copy()
    rubbish = np.random.default_rng(9).integers(-128, 128, weights.shape).astype(np.int8)
    weights[weights.shape[0] // 4 :] = rubbish[weights.shape[0] // 4 :]
    assert findings_on(subject, weights) == ()
