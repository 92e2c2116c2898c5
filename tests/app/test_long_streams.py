"""Long streams: windows of their traces come from a walk that is kept, and are asked for once."""

from __future__ import annotations

import numpy as np
import pytest

from app import tasks, trace_window
from app.requests import TraceRequest
from codec import decoders
from codec.formats import parse
from codec.source import BytesSource
from codec.trace import STEP_COLUMNS
from tests.codec.files import DATA, stream_place, with_bytes

GAUSSIAN = "gaussian10_300x200_t64.batched"
LONG, WINDOW = 2000, 256


@pytest.fixture(autouse=True)
def _everything_is_long(monkeypatch):
    monkeypatch.setattr(tasks, "TRACE_STEPS", LONG)
    monkeypatch.setattr(trace_window, "TRACE_STEPS", LONG)
    monkeypatch.setattr(trace_window, "WINDOW_STEPS", WINDOW)


@pytest.fixture
def asked(jobs):
    """The steps that were asked for, as (first, last)."""
    found = []
    jobs.started.connect(
        lambda _, request: (
            found.append((request.task.first, request.task.last))
            if isinstance(request, TraceRequest)
            else None
        )
    )
    return found


@pytest.mark.parametrize("symbol", [0, 1, 127, 2048, 3967, 4095])
def test_a_window_is_that_of_the_decoder(open_legacy, settle, symbol):
    document = open_legacy(GAUSSIAN)
    document.select_symbol(3, symbol)
    settle()
    trace = document.trace
    assert len(trace) == WINDOW
    assert trace.row_of_symbol(symbol) is not None
    first, last = trace.first_step, trace.first_step + WINDOW
    told = decoders.make("reference").trace(document.container, document.tensor, 3, first, last)
    for name in STEP_COLUMNS:
        np.testing.assert_array_equal(trace[name], told[name])
    assert document.selection.span == trace.bytes_of_row(trace.row_of_symbol(symbol))


def test_a_window_is_asked_for_once(open_legacy, settle, asked):
    document = open_legacy(GAUSSIAN)
    for symbol in range(2000, 2060):
        document.select_symbol(3, symbol)
    settle()
    assert asked == [(2000 - WINDOW // 2, 2000 + WINDOW // 2)]
    document.select_symbol(3, 2100)
    settle()
    assert len(asked) == 1
    document.select_symbol(3, 2129)
    settle()
    assert asked[1:] == [(2129 - WINDOW // 2, 2129 + WINDOW // 2)]
    assert len(document._decoding.walks._walks) == 1


def test_another_tile_is_asked_for_while_one_is_coming(open_legacy, settle, asked):
    document = open_legacy(GAUSSIAN)
    for tile in (1, 2, 3):
        document.select_symbol(tile, 5)
    settle()
    assert document.trace.streams[0].tile == 3
    assert document.trace_figures.trace is document.trace


def test_the_end_of_a_damaged_stream_is_told(jobs, settle, open_legacy, tmp_path):
    data = (DATA / "legacy" / GAUSSIAN).read_bytes()
    container = parse(BytesSource(data))
    offset, _ = stream_place(data, 3)
    path = tmp_path / "damaged.batched"
    frame = container.frame(container.tensors[0], 3)
    # A state of 1 slot's worth less makes another stream of it, which uses up its bytes elsewhere.
    state = (frame.state ^ 0x155).to_bytes(4, "little")
    path.write_bytes(with_bytes(data, frame.words_end, state))
    document = open_legacy(path)
    told = decoders.make("reference").trace(document.container, document.tensor, 3)
    document.select_symbol(3, len(told) - 1)
    settle()
    assert document.trace.stopped == told.stopped
    assert offset < int(document.trace["position"][-1])
