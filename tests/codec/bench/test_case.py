"""What was wrong can be opened: our file beside the decoder, or the encoder's own file beside the weights."""

from __future__ import annotations

import numpy as np
import pytest

from codec.bench.case import write_case
from codec.bench.data import load
from codec.bench.plan import Action, Candidate, Data
from codec.decoders.reference import ReferenceDecoder
from codec.errors import InputError, RanscopeError
from codec.formats import open_file
from codec.rerun.recipe import Recipe
from tests.codec.brought_files import written

DATA = Data("small", "generated:normal-10:64x48")
RECIPE = Recipe("batched", 32, 32, "left")

OFF_BY_ONE = """
import numpy as np
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights

def encode(weights, layer):
    wrong = weights.copy()
    wrong[5, 7] += 1
    return encode_again(SourceWeights("weights", "", wrong), Recipe("batched", 32, 32, "left"))
"""


def decoded(path):
    container = open_file(path)
    return ReferenceDecoder().decode(container, container.tensors[0]).weights


def test_a_decoder_is_held_against_the_file_that_it_was_given(tmp_path):
    case = write_case(DATA, Candidate("it", "cpu", RECIPE), Action.DECODE, tmp_path / "cases")
    assert case.beside == "cpu"
    assert np.array_equal(decoded(case.file), load(DATA)[0])


def test_an_encoders_own_file_is_held_against_the_weights(tmp_path):
    coder = written(tmp_path, OFF_BY_ONE, "mine.py")
    case = write_case(DATA, Candidate("it", str(coder), RECIPE), Action.ENCODE, tmp_path / "cases")
    weights = np.load(case.beside)
    assert np.array_equal(weights, load(DATA)[0])
    assert np.argwhere(decoded(case.file) != weights).tolist() == [[5, 7]]
    assert "mine" in case.file.name


def test_what_cannot_be_opened_is_a_sentence(tmp_path):
    refused = [
        (DATA, Candidate("z", "zstandard"), Action.ENCODE, "a format of its own"),
        (Data("m", "m.safetensors", layers="*"), Candidate("it", "cpu", RECIPE), Action.DECODE, "one of its layers"),
        (DATA, Candidate("it", str(written(tmp_path, "def encode(w, layer):\n    return b''\n", "none.py")), RECIPE),
         Action.ENCODE, "makes no bytes"),
    ]  # fmt: skip
    for data, candidate, action, says in refused:
        with pytest.raises(InputError, match=says):
            write_case(data, candidate, action, tmp_path / "cases")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be made"):
        write_case(DATA, Candidate("it", "cpu", RECIPE), Action.DECODE, tmp_path / "file" / "x")
    failing = str(
        written(tmp_path, "def encode(w, layer):\n    raise ValueError('no')\n", "bad.py")
    )
    with pytest.raises((RanscopeError, ValueError)):
        write_case(DATA, Candidate("it", failing, RECIPE), Action.ENCODE, tmp_path / "cases")
