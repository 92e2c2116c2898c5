"""The logs of both sides: what the encoder says it wrote is what the decoder says it read."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from codec.decoders.streams import TILE_READ, Status
from codec.encoder import TILE_WRITTEN, EncodeSettings, encode
from codec.errors import InputError
from codec.formats import LEGACY_FORMATS
from codec.tile_log import log_bytes, rows
from tests.codec.files import noise, only_tensor, parsed


@pytest.fixture(params=LEGACY_FORMATS)
def logs(request, reference):
    encoded = encode(noise(20, 30), EncodeSettings(request.param, 16))
    container = parsed(b"".join(encoded.pieces()))
    return encoded.written, reference.decode(container, only_tensor(container)).reads


def test_both_sides_agree(logs):
    written, read = (rows(log) for log in logs)
    assert len(written) == len(read) == 4
    shared = ("tile", "offset", "size", "symbol_count", "first_symbols", "first_weights")
    for sent, received in zip(written, read, strict=True):
        assert {name: sent[name] for name in shared} == {name: received[name] for name in shared}
        assert sent["final_state"] == received["initial_state"]
        assert received["final_state"] == 1 << 23
        assert received["status"] == "ok"
        assert sent["predictor"] in {"left", "top"}


def test_json_is_one_object_a_line(logs):
    written, _ = logs
    text = log_bytes(written, "log.json").decode()
    assert json.loads(text) == rows(written)
    assert len(text.splitlines()) == len(written) + 2


def test_csv_holds_the_same(logs):
    for log in logs:
        found = list(csv.DictReader(io.StringIO(log_bytes(log, "LOG.CSV").decode())))
        for line, row in zip(found, rows(log), strict=True):
            assert list(line) == list(log.dtype.names)
            assert int(line["offset"]) == row["offset"]
            assert [int(n) for n in line["first_weights"].split()] == row["first_weights"]


def test_every_status_and_a_predictor_that_does_not_exist_can_be_written():
    read = np.zeros(len(Status), dtype=TILE_READ)
    read["status"] = list(Status)
    assert [row["status"] for row in rows(read)] == [status.name.lower() for status in Status]
    written = np.zeros(1, dtype=TILE_WRITTEN)
    written["predictor"] = 7
    assert rows(written)[0]["predictor"] == "7"


def test_an_empty_log_is_valid():
    empty = np.zeros(0, dtype=TILE_READ)
    assert json.loads(log_bytes(empty, "a.json")) == []
    assert log_bytes(empty, "a.csv").decode().startswith("tile,status,")


def test_another_suffix_is_refused():
    with pytest.raises(InputError, match=r"a\.txt names neither"):
        log_bytes(np.zeros(0, dtype=TILE_READ), "a.txt")
