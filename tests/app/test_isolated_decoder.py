"""A document shown with a decoder in the child: what comes of it, and what a crash there costs."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from app import child_tasks
from app.child_tasks import OnFile, stamp_of
from app.document import Document
from app.requests import TilesRequest, UsedDecoder
from app.tasks import DecodedTiles, DecodeTiles
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.decoders.reference import ReferenceDecoder
from codec.errors import InputError, SourceError
from codec.formats import open_file, parse
from codec.source import BytesSource
from codec.stepping.opening import open_walk
from codec.stepping.units import Unit
from tests.app import child_work as work
from tests.app.conftest import LEGACY
from tests.app.waiting import Isolated

GAUSSIAN = LEGACY / "gaussian10_300x200_t64.batched"
PER_TILE = LEGACY / "gaussian10_512x384_t256.wcdc"
FAKE = UsedDecoder("fake", isolated=True)


@pytest.fixture
def install(jobs, qtbot):
    def run(**facts):
        with qtbot.waitSignal(jobs.finished, timeout=20_000) as done:
            jobs.submit(Isolated(work.Install(**facts)))
        return done.args[0].result

    run()
    return run


@pytest.fixture
def opened(jobs, install):
    documents = []

    def open_document(path=GAUSSIAN):
        documents.append(Document(path, open_file(path), jobs, decoder=FAKE))
        return documents[-1]

    yield open_document
    for document in documents:
        document.close()


@pytest.mark.parametrize("path", [GAUSSIAN, PER_TILE], ids=lambda p: p.suffix)
def test_tiles_come_from_the_child_and_hold_the_weights(opened, qtbot, path):
    document = opened(path)
    tiles = range(len(document.tensor.tiles))
    for wanted in (tiles[:1], tiles):  # the second needs what the first left in the window
        document.want_tiles(wanted)
        qtbot.waitUntil(lambda: all(document.tile(t) for t in wanted), timeout=60_000)  # noqa: B023
    weights = np.load(path.with_suffix(".npy"))
    for tile in tiles:
        place = document.tensor.rectangle(tile)
        part = weights[place.row : place.row + place.rows, place.col : place.col + place.cols]
        np.testing.assert_array_equal(document.tile(tile).weights, part)
    assert document.runs.tiles_run.decoder == "fake"
    assert document.runs.tiles_run.weights <= weights.size


def test_only_what_is_predicted_from_goes_along(opened):
    document = opened(PER_TILE)
    tensor = document.tensor
    decoder = ReferenceDecoder()
    known = decoder.decode_tiles(document.container, tensor, [0, 1, 2], {})
    last = len(tensor.tiles) - 1
    task = DecodeTiles(0, "reference", (last,), known).without_needless(tensor)
    assert 0 not in task.known
    sent = decoder.decode_tiles(document.container, tensor, [last], task.known)[last]
    whole = decoder.decode_tiles(document.container, tensor, [last], {})[last]
    np.testing.assert_array_equal(sent.weights, whole.weights)


def test_traces_come_from_the_child(opened, qtbot):
    document = opened()
    with qtbot.waitSignal(
        document.trace_changed, check_params_cb=lambda: document.trace, timeout=20_000
    ):
        document.select_tile(3)
    assert set(document.trace["tile"]) == {3}


def test_a_crash_costs_a_sentence_and_the_document_goes_on(opened, qtbot, install):
    document = opened()
    pid = install(deadly=frozenset({4}))
    with qtbot.waitSignal(document.failed, timeout=20_000) as failed:
        document.want_tiles([4])
    assert failed.args == [
        f"The decoder's process died: signal SIGSEGV while decoding tiles of {GAUSSIAN.name}; it is "
        "started anew for the next job"
    ]
    assert install() != pid
    document.want_tiles([4])
    qtbot.waitUntil(lambda: document.tile(4) is not None, timeout=20_000)


def test_each_decoder_has_its_own_tiles_and_trace(opened, qtbot):
    document = opened()
    changes = []
    document.decoder_changed.connect(lambda: changes.append(document.decoder))
    document.select_tile(2)
    document.want_tiles([2])
    qtbot.waitUntil(lambda: document.tile(2) is not None and document.trace is not None)
    of_fake, trace = document.tile(2), document.trace
    document.decode_with(UsedDecoder("reference"))
    document.decode_with(UsedDecoder("reference"))
    assert changes == ["reference"]
    assert (document.tile(2), document.trace) == (None, None)
    qtbot.waitUntil(lambda: document.trace is not None)
    assert document.trace is not trace
    document.decode_with(FAKE)
    assert document.tile(2) is of_fake


def test_a_whole_tensor_is_measured_by_several_decoders(opened, qtbot):
    document = opened()
    for decoder in (FAKE, UsedDecoder("reference"), UsedDecoder("cpu")):
        document.decode_with(decoder)
        document.decode_whole()
        assert document.measuring
        qtbot.waitUntil(lambda: not document.measuring, timeout=60_000)
    runs = document.whole_runs
    assert list(runs) == ["fake", "reference", "cpu"]
    assert {run.checksum for run in runs.values()} == {runs["cpu"].checksum}
    assert {run.run.weights for run in runs.values()} == {300 * 200}
    assert all(run.run.seconds > 0 and run.failed == () for run in runs.values())


def test_one_that_is_not_available_does_not_decode(opened, qtbot, install):
    install(reason="there is no card")
    document = opened()
    with qtbot.waitSignal(document.failed, timeout=20_000) as failed:
        document.decode_whole()
    assert failed.args == ["the decoder fake is not available here: there is no card"]


# The file in the child


def test_the_child_opens_the_same_file_once(tmp_path):
    path = tmp_path / "x.batched"
    shutil.copy(GAUSSIAN, path)
    stamp = stamp_of(open_file(path).source)
    assert child_tasks.reopened(stamp) is child_tasks.reopened(stamp)


def test_a_file_that_is_another_now_is_not_decoded(tmp_path):
    path = tmp_path / "x.batched"
    shutil.copy(GAUSSIAN, path)
    container = open_file(path)
    task = OnFile(stamp_of(container.source), DecodeTiles(0, "reference", (0,)))
    decoded = task.run(lambda done, total: None)
    assert isinstance(decoded, DecodedTiles)
    assert decoded.tiles.keys() == {0}
    os.utime(path, ns=(1, 1))
    with pytest.raises(SourceError, match="has changed on disk"):
        task.run(lambda done, total: None)
    path.unlink()
    with pytest.raises(SourceError, match="cannot be opened"):
        task.run(lambda done, total: None)


def test_what_is_no_file_cannot_go_to_the_child():
    container = parse(BytesSource(GAUSSIAN.read_bytes()))
    with pytest.raises(InputError, match="is no file"):
        TilesRequest(container, DecodeTiles(0, "fake", (0,)), isolated=True).for_child()


def test_a_stream_is_stepped_through_in_the_child(opened, qtbot, jobs):
    document = opened()
    document.select_tile(3)
    debugging = document.debugging

    def settle():
        qtbot.waitUntil(lambda: not jobs.busy, timeout=60_000)

    debugging.start()
    settle()
    walk = open_walk(document.container, document.tensor, 3)
    assert debugging.moment == walk.moment(0)
    for act, step in (
        (lambda: debugging.step_by(Unit.ROW, True), 64),
        (lambda: debugging.jump(2000), 2000),
        (lambda: debugging.run_to("step == 30", False), 30),
        (lambda: debugging.run_to_divergence(Side(SideKind.DECODER, "cpu"), True), 30),
    ):
        act()
        settle()
        assert debugging.moment == walk.moment(step)
    assert "cpu takes every step from here on alike" in debugging.note
