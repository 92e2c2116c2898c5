"""The mistakes that are injected, and what a diagnosis may say of each.

A case may have several right answers: where two mistakes give the very same output no diagnosis can tell them
apart. `accepted` finds that by decoding a file with every case and comparing the outputs; what is written in a
case itself says what holds on every file. A refusal is right only where a case says why.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from _pytest.mark import ParameterSet

from codec.diagnosis.finding import Fault
from tests.codec.diagnosis.faulty_decoder import Matrix, decode
from tests.codec.diagnosis.slips import NONE, Slips
from tests.codec.diagnosis.subjects import EVERYTHING, SUBJECTS, Subject, some

Answer = frozenset[Fault]

FEW = 16
"""Wrong weights that are too few to say anything for sure; a refusal is right then."""

LAYOUTS = ("batched", "wcdc", "native")
LEGACY = ("batched", "wcdc")

RESTED = "the bytes that came out are rubbish which only the same decoder would make again"
UNKNOWN_MEMORY = "nobody knows what the memory held that was not written"
UNLISTED = "no such mistake is among those that are known"


def but(*beginnings: str) -> tuple[str, ...]:
    """The names of all files but those that begin so."""
    return tuple(s.name for s in SUBJECTS if not s.name.startswith(beginnings))


ONE_TILE = ("batched-one-tile", "wcdc-real-one-tile")
MANY_TILES = but(*ONE_TILE)
EDGES = (
    "batched-narrow-tall",
    "batched-medium",
    "batched-uniform",
    "wcdc-narrow",
    "native-single",
    "native-lanes-smooth",
)
"""Files with tiles at the edge that are not whole."""
PADDED_EDGES = ("batched-narrow-tall", "batched-medium", "batched-uniform")
CUT_EDGES = ("wcdc-narrow", "native-single", "native-lanes")
TALL = (
    "batched-narrow-tall",
    "batched-medium",
    "wcdc-narrow",
    "native-single",
    "native-lanes-smooth",
)
PREDICTED = but("native-single-medium")
PREDICTED_LEFT = (
    "batched-narrow",
    "batched-medium",
    "batched-uniform",
    "batched-real",
    "wcdc-narrow",
    "wcdc-uniform",
    "wcdc-real-left",
    "native-single-narrow",
    "native-lanes-real",
)
WRAPPING = (
    "batched-medium",
    "batched-uniform",
    "wcdc-uniform",
    "wcdc-real",
    "native-lanes-real",
)
"""Files in whose tiles some sum wraps."""


@dataclass(frozen=True)
class Case:
    """A mistake.

    Attributes:
        name: in the ids of tests.
        slips: that the decoder makes.
        answers: each a set of faults that names the mistake rightly.
        layouts: in which it can be made.
        refusable: why saying nothing is right too; "" where it is not.
        shows: beginnings of the names of the files in which it changes something; all where there are none.
    """

    name: str
    slips: Slips
    answers: tuple[Answer, ...]
    layouts: tuple[str, ...] = LAYOUTS
    refusable: str = ""
    shows: tuple[str, ...] = ("",)


def one(*faults: Fault) -> tuple[Answer, ...]:
    """Any one of these faults is right."""
    return tuple(frozenset({fault}) for fault in faults)


def perhaps_with(fault: Fault, *others: Fault) -> tuple[Answer, ...]:
    """The fault is right, with or without what follows from it."""
    return frozenset({fault}), *(frozenset({fault, other}) for other in others)


REVERSED, ROW_START = Fault.SYMBOLS_REVERSED, Fault.ROW_START_PREDICTOR
DIRECTION, NOT_UNDONE = Fault.PREDICTOR_DIRECTION, Fault.PREDICTION_NOT_UNDONE
BIAS, SATURATION, PLACEMENT = Fault.BIAS, Fault.SATURATION, Fault.TILE_PLACEMENT
STRIDE, CLIP, UNWRITTEN = Fault.ROW_STRIDE, Fault.EDGE_CLIP, Fault.UNWRITTEN
OFFSET, DESYNC, STATE = Fault.STREAM_OFFSET, Fault.DESYNC, Fault.INITIAL_STATE
TABLE, DTYPE = Fault.FREQUENCY_TABLE, Fault.DTYPE

MOVED = (*perhaps_with(PLACEMENT, UNWRITTEN), *perhaps_with(OFFSET, UNWRITTEN))
"""A tile in the wrong place is one that was decoded from another one's stream, and the other way round. What no
tile went to is unwritten; so is what a cut tile does not fill, as far as 0 can be told from its padding."""
CUT = (*one(CLIP, UNWRITTEN), frozenset({CLIP, UNWRITTEN}))
"""A limit of the wrong dimension cuts the edge, and leaves what it cuts off unwritten: both name it."""
WIDTH = (*perhaps_with(CLIP, UNWRITTEN), *perhaps_with(STRIDE, UNWRITTEN))
"""The rows of an edge tile laid out with another width: the wrong stride of a wrongly cut tile."""

PREDICTION_CASES = (
    Case("symbols-reversed", Slips(order="reversed"), one(REVERSED)),
    Case("row-starts-at-0", Slips(row_start="nothing"), one(ROW_START), shows=PREDICTED_LEFT),
    Case("row-start-from-above", Slips(row_start="above"), one(ROW_START), shows=PREDICTED_LEFT),
    Case(
        "row-start-from-left-tile",
        Slips(row_start="across"),
        one(ROW_START),
        shows=(
            "batched-narrow",
            "batched-real",
            "wcdc-narrow",
            "wcdc-real-left",
            "native-lanes-real",
        ),
    ),
    Case("row-start-from-row-before", Slips(row_start="before"), one(ROW_START), ("wcdc",)),
    Case("difference-restarts-at-rows", Slips(row_start="difference"), one(ROW_START), ("wcdc",)),
    Case("left-as-top-or-top-as-left", Slips(direction=True), one(DIRECTION), shows=PREDICTED),
    Case("nothing-undone", Slips(undone="nothing"), one(NOT_UNDONE), shows=PREDICTED),
    Case("difference-alone-undone", Slips(undone="difference"), one(NOT_UNDONE), ("wcdc",)),
    Case("difference-not-undone", Slips(undone="prediction"), one(NOT_UNDONE), ("wcdc",)),
    Case("bias-missing", Slips(bias=0), one(BIAS)),
    Case("bias-twice", Slips(bias=256), one(BIAS)),
    Case("bias-added", Slips(bias=-128), one(BIAS)),
    Case("bias-127", Slips(bias=127), one(BIAS)),
    Case("bias-129", Slips(bias=129), one(BIAS)),
    Case("each-sum-clipped", Slips(sums="each"), one(SATURATION), shows=WRAPPING),
    Case("last-sum-clipped", Slips(sums="end"), one(SATURATION), shows=WRAPPING),
)

PLACEMENT_CASES = (
    Case("two-tiles-swapped", Slips(place="swapped"), MOVED, shows=MANY_TILES),
    Case("end-tiles-swapped", Slips(place="ends swapped"), MOVED, shows=MANY_TILES),
    Case("tiles-one-too-far", Slips(place="shifted"), MOVED, shows=MANY_TILES),
    Case("tiles-one-round", Slips(place="shifted round"), MOVED, shows=MANY_TILES),
    Case("tiles-one-back", Slips(place="shifted back"), MOVED, shows=MANY_TILES),
    Case("tiles-one-right", Slips(place="shifted right"), MOVED, shows=MANY_TILES),
    Case(
        "grid-transposed",
        Slips(place="transposed"),
        perhaps_with(PLACEMENT, UNWRITTEN),
        shows=MANY_TILES,
    ),
    Case(
        "grid-by-columns",
        Slips(place="column by column"),
        perhaps_with(PLACEMENT, UNWRITTEN),
        shows=MANY_TILES,
    ),
    Case("tile-transposed", Slips(tile="transposed"), perhaps_with(PLACEMENT, UNWRITTEN)),
    Case(
        "stride-of-tile",
        Slips(stride="tile"),
        perhaps_with(STRIDE, UNWRITTEN),
        shows=but("wcdc-real-one-tile", "native-rows"),
    ),
    Case(
        "stride-of-whole-tiles",
        Slips(stride="padded"),
        perhaps_with(STRIDE, UNWRITTEN),
        shows=EDGES,
    ),
    Case("stride-of-64", Slips(stride="pitch"), perhaps_with(STRIDE, UNWRITTEN)),
    Case(
        "stride-of-rows",
        Slips(stride="rows"),
        perhaps_with(STRIDE, UNWRITTEN),
        shows=but("batched-narrow-square", "wcdc-uniform", "wcdc-real-one-tile"),
    ),
    Case("edge-not-cut", Slips(clip="none"), one(CLIP), shows=PADDED_EDGES),
    Case("edge-limits-exchanged", Slips(clip="limits exchanged"), CUT, shows=EDGES),
    Case("row-held-against-cols", Slips(clip="row by cols"), CUT, shows=TALL),
    Case("row-and-col-bounds-exchanged", Slips(clip="bounds exchanged"), CUT),
    Case("edge-tiles-whole-width", Slips(tile="whole width"), WIDTH, shows=CUT_EDGES),
    Case("edge-tiles-cut-width", Slips(tile="cut width"), WIDTH, shows=PADDED_EDGES),
)

UNWRITTEN_CASES = (
    Case("last-row-missing", Slips(clip="one row short"), one(UNWRITTEN)),
    Case("last-column-missing", Slips(clip="one column short"), one(UNWRITTEN)),
    Case("edge-tiles-missing", Slips(clip="whole tiles alone"), CUT, shows=EDGES),
    Case("rows-missing", Slips(skipped="rows"), one(UNWRITTEN)),
    Case("rows-missing-0xcd", Slips(skipped="rows", memory="0xCD"), one(UNWRITTEN)),
    Case("columns-missing", Slips(skipped="columns"), one(UNWRITTEN)),
    Case("one-row-missing", Slips(skipped="a row"), one(UNWRITTEN)),
    Case("one-column-missing", Slips(skipped="a column"), one(UNWRITTEN)),
    Case("one-column-missing-0xcd", Slips(skipped="a column", memory="0xCD"), one(UNWRITTEN)),
    Case(
        "every-32nd-row-missing",
        Slips(skipped="every 32nd row"),
        one(UNWRITTEN),
        shows=but("native-rows"),
    ),
    Case("every-4th-column-missing", Slips(skipped="every 4th column"), one(UNWRITTEN)),
    Case("one-tile-missing", Slips(skipped="a tile"), one(UNWRITTEN)),
    Case("one-tile-missing-0xcd", Slips(skipped="a tile", memory="0xCD"), one(UNWRITTEN)),
    Case("last-tile-missing", Slips(skipped="last tile"), one(UNWRITTEN)),
    Case("tail-of-one-tile-missing", Slips(skipped="tail of a tile"), one(UNWRITTEN)),
    Case(
        "tail-of-every-tile-missing",
        Slips(skipped="tail of every tile"),
        one(UNWRITTEN),
        shows=but(*ONE_TILE, "native-rows"),
    ),
    Case("tail-of-matrix-missing", Slips(skipped="tail of the matrix"), one(UNWRITTEN)),
    Case("head-of-matrix-missing", Slips(skipped="head of the matrix"), one(UNWRITTEN)),
    Case(
        "tile-missing-rubbish",
        Slips(skipped="a tile", memory="rubbish"),
        one(UNWRITTEN),
        refusable=UNKNOWN_MEMORY,
    ),
    Case(
        "rows-missing-rubbish",
        Slips(skipped="rows", memory="rubbish"),
        one(UNWRITTEN),
        refusable=UNKNOWN_MEMORY,
    ),
)

STREAM_CASES = (
    Case("next-stream", Slips(stream="next"), MOVED, shows=MANY_TILES),
    Case("previous-stream", Slips(stream="previous"), MOVED, shows=MANY_TILES),
    Case("first-stream-for-all", Slips(stream="first"), one(OFFSET), shows=MANY_TILES),
    Case("streams-swapped", Slips(stream="swapped"), MOVED, shows=MANY_TILES),
    Case(
        "one-tile-from-first-stream", Slips(stream="one tile", only_tile=2), MOVED, shows=MANY_TILES
    ),
    Case("stream-1-byte-on", Slips(offset=1), one(OFFSET)),
    Case("stream-2-bytes-on", Slips(offset=2), one(OFFSET)),
    Case("stream-4-bytes-on", Slips(offset=4), one(OFFSET)),
    Case("stream-1-byte-back", Slips(offset=-1), one(OFFSET)),
    Case("stream-4-bytes-back", Slips(offset=-4), one(OFFSET)),
    Case("stream-16-bytes-on", Slips(offset=16), one(OFFSET)),
    Case("one-stream-1-byte-on", Slips(offset=1, only_tile=1), one(OFFSET)),
    Case("one-stream-4-bytes-back", Slips(offset=-4, only_tile=0), one(OFFSET)),
    Case("byte-skipped-in-all", Slips(skip_at=150), one(DESYNC), LEGACY),
    Case("byte-skipped-in-one", Slips(skip_at=70, only_tile=0), one(DESYNC), LEGACY),
    Case(
        "2-bytes-skipped-in-one",
        Slips(skip_at=101, skip=2, only_tile=1),
        one(DESYNC),
        shows=MANY_TILES,
    ),
    Case("4-bytes-skipped-in-all", Slips(skip_at=40, skip=4), one(DESYNC)),
    Case("byte-read-twice", Slips(skip_at=90, skip=-1), one(DESYNC), LEGACY),
    Case("word-read-twice", Slips(skip_at=90, skip=-2), one(DESYNC), ("native",)),
    Case(
        "renormalisation-missed",
        Slips(missed_at=60),
        one(DESYNC),
        shows=but(*ONE_TILE, "native-lanes-smooth"),
    ),
    Case(
        "renormalisation-missed-in-one",
        Slips(missed_at=120, only_tile=1),
        one(DESYNC),
        shows=but(*ONE_TILE, "native-lanes-smooth", "native-rows"),
    ),
    Case("renormalisation-if-for-while", Slips(at_most_one_word=True), one(DESYNC)),
    Case("lower-bound-doubled", Slips(lower_bound=1), one(DESYNC)),
    Case("lower-bound-halved", Slips(lower_bound=-1), one(DESYNC)),
    Case("lower-bound-8-bits-low", Slips(lower_bound=-8), one(DESYNC)),
    Case(
        "words-byte-swapped",
        Slips(swapped_words=True),
        one(DESYNC),
        ("native",),
        refusable=UNLISTED,
        shows=but("native-single-medium"),
    ),
    Case("state-byte-swapped", Slips(state="swapped"), one(STATE)),
    Case("state-from-wrong-end", Slips(state="wrong end"), one(STATE)),
    Case("state-behind-count", Slips(state="behind the count"), one(STATE), LEGACY),
    Case("state-never-read", Slips(state="lower bound"), one(STATE)),
    Case(
        "states-of-lanes-reversed",
        Slips(state="lanes reversed"),
        one(STATE),
        ("native",),
        shows=("native-lanes",),
    ),
    Case("table-one-on", Slips(table="shifted"), one(TABLE)),
    Case("table-one-back", Slips(table="shifted back"), one(TABLE)),
    Case("starts-one-on", Slips(table="starts shifted"), one(TABLE)),
    Case("half-of-table", Slips(table="half"), one(TABLE)),
    Case("end-of-table-missing", Slips(table="last missing"), one(TABLE), shows=WRAPPING),
    Case("starts-for-frequencies", Slips(table="exchanged"), one(TABLE), refusable=RESTED),
    Case("table-never-read", Slips(table="even"), one(TABLE), refusable=RESTED),
    Case("table-of-other-tensor", Slips(table="other tensor"), one(TABLE), ("native",)),
    Case("slot-one-too-far", Slips(search="one too far"), one(TABLE)),
    Case("slot-one-too-short", Slips(search="one too short"), one(TABLE)),
)

DUMP_CASES = (
    Case("dump-unsigned", Slips(dump="unsigned"), one(DTYPE)),
    Case("dump-plus-128", Slips(dump="plus 128"), (*one(DTYPE), frozenset({DTYPE, BIAS}))),
    # 128 added to all weights is also 128 before the first of a tile, from where it is handed on.
    Case("dump-sign-bit", Slips(dump="sign bit"), one(DTYPE, ROW_START)),
    Case("dump-big-endian-16", Slips(dump="big-endian"), one(DTYPE)),
    Case("dump-big-endian-32", Slips(dump="big-endian 32"), one(DTYPE)),
    Case("dump-int16-as-int8", Slips(dump="wide"), one(DTYPE)),
    Case("dump-int32-as-int8", Slips(dump="wide 32"), one(DTYPE)),
)

COPIED_CASES = tuple(
    replace(
        case,
        name=f"{case.name}-copied",
        slips=replace(case.slips, copied=True),
        layouts=("wcdc",),
        shows=("wcdc-narrow", "wcdc-real-left"),
    )
    for case in (*PLACEMENT_CASES, *UNWRITTEN_CASES)
)
"""The same mistakes where they are made after decoding: of tiles that predict one another, these are the plain ones."""

CASES = (
    *PREDICTION_CASES,
    *PLACEMENT_CASES,
    *UNWRITTEN_CASES,
    *COPIED_CASES,
    *STREAM_CASES,
    *DUMP_CASES,
)


@cache
def output(subject: Subject, slips: Slips) -> Matrix:
    """What comes out of a file under some slips; only read."""
    return decode(subject.container, subject.tensor, slips)


def digest(weights: Matrix) -> bytes:
    """Differs where two outputs differ, in value or in type."""
    return hashlib.sha256(weights.dtype.str.encode() + weights.tobytes()).digest()


def can_be_made(case: Case, subject: Subject) -> bool:
    return subject.layout in case.layouts


@cache
def _cases_by_output(subject: Subject) -> dict[bytes, list[Case]]:
    found: dict[bytes, list[Case]] = {}
    for case in CASES:
        if can_be_made(case, subject):
            found.setdefault(digest(output(subject, case.slips)), []).append(case)
    return found


def accepted(subject: Subject, case: Case) -> set[Answer]:
    """All answers that are right: those of every mistake with the same output.

    Where all that is wrong is 0 in an otherwise right output, it is also that of a decoder that does not write there.
    """
    found, true = output(subject, case.slips), output(subject, NONE)
    same = _cases_by_output(subject)[digest(found)]
    answers = {answer for other in same for answer in other.answers}
    if found.dtype == true.dtype and not found[found != true].any():
        answers.add(frozenset({UNWRITTEN}))
    return answers


def harmless(subject: Subject, slips: Slips) -> bool:
    """Whether the slips change nothing in this file: a correct output, which must not be accused."""
    return np.array_equal(output(subject, slips), output(subject, NONE))


def handed_on(subject: Subject, slips: Slips) -> bool:
    """Whether weights in wrong places were predicted from, so that others are wrong for another reason."""
    apart = replace(slips, copied=True)
    return digest(output(subject, apart)) != digest(output(subject, slips))


def refusal(subject: Subject, case: Case) -> str:
    """Why it is right to say nothing of a mistake in a file; "" where it is not."""
    if case.refusable:
        return case.refusable
    if wrong_weights(subject, case.slips) < FEW:
        return "so few wrong weights may be wrong for any reason"
    if case in (*PLACEMENT_CASES, *UNWRITTEN_CASES) and handed_on(subject, case.slips):
        return "tiles were predicted from wrong ones, which only the same decoder would do again"
    return ""


def wrong_weights(subject: Subject, slips: Slips) -> int:
    return int(np.count_nonzero(output(subject, slips) != output(subject, NONE)))


def files_of(case: Case, turn: int) -> list[Subject]:
    """The files that a case is tried on: three that differ from case to case, or all where `EVERYTHING`."""
    possible = [subject for subject in SUBJECTS if can_be_made(case, subject)]
    telling = [subject for subject in possible if subject.name.startswith(case.shows)]
    return possible if EVERYTHING else some(telling, turn)


def on_files(cases: tuple[Case, ...]) -> list[ParameterSet]:
    """A case and a file each."""
    return [
        pytest.param(subject, case, id=f"{case.name}-{subject.name}")
        for turn, case in enumerate(cases)
        for subject in files_of(case, turn)
    ]
