"""The faulty decoder itself: right without slips, and with theirs it does what the recorded decoders did."""

from __future__ import annotations

import numpy as np
import pytest

from tests.codec.diagnosis.faulty_decoder import decode
from tests.codec.diagnosis.slips import Slips
from tests.codec.diagnosis.subjects import SAMPLE, SUBJECTS, Subject
from tests.codec.files import DATA, parsed

LEGACY = DATA / "legacy"


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_it_is_right_without_slips(subject: Subject) -> None:
    assert np.array_equal(decode(subject.container, subject.tensor), subject.matrix)


@pytest.mark.parametrize(
    "path", [LEGACY / "gaussian10_512x512_t256.batched", SAMPLE], ids=lambda path: path.stem
)
def test_it_reverses_symbols_as_the_first_recorded_decoder_did(path) -> None:
    """Row starts were raced for, so what can be compared is each step from one weight of a row to the next."""
    container = parsed(path.read_bytes())
    tensor = container.tensors[0]
    recorded = np.load(LEGACY / f"{path.stem}.gpu-first.npy")
    found = decode(container, tensor, Slips(order="reversed", row_start="across"))
    steps = [np.diff(weights.view(np.uint8), axis=1) for weights in (recorded, found)]
    inside = np.arange(1, tensor.cols) % tensor.tile_cols != 0
    assert np.array_equal(steps[0][:, inside], steps[1][:, inside])


def test_it_leaves_rows_out_as_the_later_recorded_decoder_did() -> None:
    container = parsed((LEGACY / "gaussian10_300x200_t64.batched").read_bytes())
    recorded = np.load(LEGACY / "gaussian10_300x200_t64.gpu-later.npy")
    found = decode(container, container.tensors[0], Slips(clip="row by cols"))
    assert np.array_equal(found, recorded)
