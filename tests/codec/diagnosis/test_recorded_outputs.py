"""What two GPU decoders of the original really gave: the cases that the diagnosis was made for."""

from __future__ import annotations

import numpy as np
import pytest

from codec.diagnosis.finding import Fault, Finding
from tests.codec.diagnosis.faulty_decoder import side
from tests.codec.diagnosis.judging import findings_between
from tests.codec.diagnosis.subjects import SAMPLE
from tests.codec.files import DATA, expected_weights, parsed

LEGACY = DATA / "legacy"
FIRST = (LEGACY / "gaussian10_512x512_t256.batched", SAMPLE)
LATER = LEGACY / "gaussian10_300x200_t64.batched"


def best_finding(path, recorded: str) -> Finding:
    """What stands first when the recorded output is held against the right weights."""
    container = parsed(path.read_bytes(), path.name)
    found = np.load(LEGACY / f"{path.stem}.{recorded}.npy")
    findings = findings_between(container, side(expected_weights(path), "right"), side(found))
    assert findings, "nothing was found"
    return findings[0]


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_the_first_decoder_reverses_symbols_and_loses_row_starts(path) -> None:
    finding = best_finding(path, "gpu-first")
    assert finding.faults == (Fault.SYMBOLS_REVERSED, Fault.ROW_START_PREDICTOR)
    assert finding.side == 1


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_all_of_its_symbols_inside_rows_are_explained(path) -> None:
    finding = best_finding(path, "gpu-first")
    assert finding.explains_symbols == 1


def test_the_later_decoder_leaves_rows_unwritten() -> None:
    finding = best_finding(LATER, "gpu-later")
    assert finding.faults == (Fault.UNWRITTEN,)
    assert finding.explains == 1
    assert "200" in finding.detail


def test_its_tiles_are_those_below_the_number_of_columns() -> None:
    finding = best_finding(LATER, "gpu-later")
    tensor = parsed(LATER.read_bytes()).tensors[0]
    below = [t for t in range(len(tensor.tiles)) if tensor.rectangle(t).row + 64 > tensor.cols]
    assert finding.tiles.tolist() == below


@pytest.mark.parametrize(
    "name", ["gaussian10_512x256_t256", "gaussian10_512x512_t256"], ids=lambda name: name
)
def test_files_with_ill_fitting_tables_decode_right(name: str) -> None:
    path = LEGACY / f"{name}.batched"
    right = side(expected_weights(path))
    assert findings_between(parsed(path.read_bytes()), right, right) == ()
