"""The decoder is right and the file is not: the judge's output against the weights that were encoded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from codec.comparison.output import Output
from codec.container import Container
from codec.decoders.availability import choose
from codec.diagnosis.finding import Fault
from codec.errors import DecodeError
from codec.formats import batched
from codec.formats.native import TENSOR
from codec.frequency import FrequencyTable
from codec.original import CLAMP
from tests.codec.diagnosis.faulty_decoder import Matrix, decode, side
from tests.codec.diagnosis.judging import Findings, assert_sound, findings_between, named
from tests.codec.diagnosis.slips import Slips
from tests.codec.diagnosis.subjects import SUBJECTS, Subject
from tests.codec.files import DATA, batched_file, field_of, noise, parsed, with_bytes
from tests.codec.native_files import record_at, resealed

BY_NAME = {subject.name: subject for subject in SUBJECTS}
SOME = [
    BY_NAME[name]
    for name in (
        "batched-narrow-square",
        "batched-uniform-wide-edges",
        "batched-real-wide",
        "wcdc-narrow-edges",
        "wcdc-real-left",
        "native-single-narrow-left",
        "native-lanes-real-left",
    )
]
Damage = Callable[[Subject], bytes]


def judged(container: Container) -> Output:
    """What the judge makes of a file; 0 where it fails."""
    tensor = container.tensors[0]
    try:
        decoded = choose().decode(container, tensor)
    except DecodeError as error:
        zeros = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
        return side(zeros, "cpu", notices=(str(error),))
    return side(decoded.weights, "cpu", reads=decoded.reads)


def findings_of(data: bytes, subject: Subject) -> Findings:
    """What is found when a damaged file is held against the weights that were encoded."""
    container = parsed(data, "damaged")
    return findings_between(container, judged(container), side(subject.matrix, "the original"))


def stream_of(subject: Subject, tile: int) -> tuple[int, int]:
    record = subject.tensor.tiles[tile]
    return int(record["offset"]), int(record["size"])


def flipped(data: bytes, at: int, bit: int = 3) -> bytes:
    return with_bytes(data, at, bytes([data[at] ^ 1 << bit]))


def bit_in_the_words(subject: Subject) -> bytes:
    offset, size = stream_of(subject, 1)
    return flipped(subject.data, offset + size // 2)


def bit_near_the_start(subject: Subject) -> bytes:
    offset, _ = stream_of(subject, 0)
    return flipped(subject.data, offset + 4 * subject.tensor.interleaving.lanes + 8)


def bit_near_the_end(subject: Subject) -> bytes:
    offset, size = stream_of(subject, len(subject.tensor.tiles) - 1)
    return flipped(subject.data, offset + size - 7)


def bits_in_two_tiles(subject: Subject) -> bytes:
    offset, size = stream_of(subject, 2)
    return flipped(bit_in_the_words(subject), offset + size // 3)


def state_damaged(subject: Subject) -> bytes:
    offset, size = stream_of(subject, 1)
    at = offset if subject.layout == "native" else offset + size - 4
    return flipped(subject.data, at)


def bytes_zeroed(subject: Subject) -> bytes:
    offset, size = stream_of(subject, 2)
    return with_bytes(subject.data, offset + size // 2, bytes(16))


def byte_lost(subject: Subject) -> bytes:
    """One byte of a stream is lost and those behind it move up."""
    offset, size = stream_of(subject, 1)
    at = offset + size // 3
    moved = subject.data[at + 1 : offset + size] + b"\0"
    return with_bytes(subject.data, at, moved)


def end_lost(subject: Subject) -> bytes:
    """The file ends inside its last stream."""
    offset, size = stream_of(subject, len(subject.tensor.tiles) - 1)
    return subject.data[: offset + size // 2]


DAMAGES: tuple[Damage, ...] = (
    bit_in_the_words,
    bit_near_the_start,
    bit_near_the_end,
    bits_in_two_tiles,
    state_damaged,
    bytes_zeroed,
    byte_lost,
    end_lost,
)


def name_of(value: object) -> str:
    return value.name if isinstance(value, Subject) else str(getattr(value, "__name__", value))


@pytest.mark.parametrize("damage", DAMAGES, ids=name_of)
@pytest.mark.parametrize("subject", SOME, ids=name_of)
def test_a_damaged_stream_is_the_files_fault(subject: Subject, damage: Damage) -> None:
    findings = findings_of(damage(subject), subject)
    assert_about_the_file(subject, findings)
    assert named(findings) == {Fault.FILE_CORRUPT}


@pytest.mark.parametrize("subject", SOME, ids=name_of)
def test_the_damaged_tiles_are_named(subject: Subject) -> None:
    assert 1 in findings_of(bit_in_the_words(subject), subject)[0].tiles


def assert_about_the_file(subject: Subject, findings: Findings) -> None:
    assert findings, "nothing was found"
    for side_ in {finding.side for finding in findings}:
        assert_sound(subject, tuple(f for f in findings if f.side == side_), side_)


def with_table(subject: Subject, frequencies: Matrix) -> bytes:
    """The file with another table, its checksum made anew where it has one."""
    data = subject.data
    freqs = frequencies.astype(np.int64)
    starts = np.cumsum(freqs) - freqs
    if subject.layout == "batched":
        entries = np.stack([starts, freqs], axis=1).astype("<u2")
        return with_bytes(data, batched.TABLE_OFFSET, entries.tobytes())
    at = subject.tensor.table_span[0]
    return resealed(with_bytes(data, at, freqs.astype("<u2").tobytes()))


def frequencies_of(subject: Subject) -> Matrix:
    return subject.tensor.table.frequencies.copy()


def table_of_other_data(subject: Subject) -> Matrix:
    """A sound table with room for every symbol that fits other data."""
    symbols = np.arange(256)
    shares = 1 + np.floor(900 * np.exp(-np.abs(symbols - 60) / 9.0))
    frequencies = np.maximum(shares * 4096 // shares.sum(), 1).astype(np.int64)
    frequencies[60] += 4096 - frequencies.sum()
    return frequencies


def entries_exchanged(subject: Subject) -> Matrix:
    """Two symbols have each other's frequency."""
    frequencies = frequencies_of(subject)
    order = np.argsort(frequencies)
    often, seldom = order[-1], next(s for s in order if 0 < frequencies[s] < frequencies[order[-1]])
    frequencies[[often, seldom]] = frequencies[[seldom, often]]
    return frequencies


def table_moved_by_one(subject: Subject) -> Matrix:
    return np.roll(frequencies_of(subject), 1)


def sum_too_large(subject: Subject) -> Matrix:
    """As the original encoder broke it: the most frequent symbol's correction wrapped and was clamped."""
    frequencies = frequencies_of(subject)
    frequencies[np.argmax(frequencies)] = CLAMP
    return frequencies


def sum_too_small(subject: Subject) -> Matrix:
    frequencies = frequencies_of(subject)
    frequencies[np.argmax(frequencies)] -= 5
    return frequencies


def frequent_symbol_missing(subject: Subject) -> Matrix:
    frequencies = frequencies_of(subject)
    frequencies[np.argmax(frequencies)] = 0
    return frequencies


TABLES = (
    table_of_other_data,
    entries_exchanged,
    table_moved_by_one,
    sum_too_large,
    sum_too_small,
    frequent_symbol_missing,
)


@pytest.mark.parametrize("table", TABLES, ids=name_of)
@pytest.mark.parametrize("subject", SOME, ids=name_of)
def test_a_wrong_table_is_the_files_fault(subject: Subject, table) -> None:
    frequencies = table(subject)
    if np.array_equal(frequencies, frequencies_of(subject)):
        pytest.skip("the data uses all symbols alike: this table is the right one")
    findings = findings_of(with_table(subject, frequencies), subject)
    assert_about_the_file(subject, findings)
    assert named(findings) in accepted_of(table, subject)


def accepted_of(table: object, subject: Subject) -> list[set[Fault]]:
    """A table moved by one decodes without complaint where nothing guards the weights: all of them are off by 1.

    A decoder that reads the right table wrongly gives the same, and so does a bias of 127.
    """
    told_by_nothing = table is table_moved_by_one and subject.layout != "native"
    others = [{Fault.FREQUENCY_TABLE}, {Fault.BIAS}] if told_by_nothing else []
    return [{Fault.FILE_TABLE}, *others]


def test_a_table_that_was_coded_with_and_cannot_be_decoded_is_the_files_fault() -> None:
    """As `brokentable` is: the encoder used the very table that no decoder can use."""
    weights = noise(64, 64, 3)
    sound = parsed(batched_file(weights, 32)).tensors[0].table.frequencies.copy()
    sound[np.argmax(sound)] = CLAMP
    container = parsed(batched_file(weights, 32, FrequencyTable.of_frequencies(sound)))
    findings = findings_between(container, judged(container), side(weights, "the original"))
    assert named(findings) == {Fault.FILE_TABLE}


def test_the_legacy_broken_table_is_found_whatever_is_held_against_it() -> None:
    path = DATA / "legacy" / "brokentable_1024x1024_t256.batched"
    container = parsed(path.read_bytes(), path.name)
    other = side(noise(1024, 1024, 4), "another decoder")
    assert named(findings_between(container, judged(container), other)) == {Fault.FILE_TABLE}


@pytest.mark.parametrize("damage", DAMAGES, ids=name_of)
def test_two_decoders_that_agree_on_a_damaged_file_are_not_accused(damage: Damage) -> None:
    container = parsed(damage(SOME[0]), "damaged")
    output = judged(container)
    assert findings_between(container, output, output) == ()


@pytest.mark.parametrize("damage", [bit_in_the_words, bits_in_two_tiles], ids=name_of)
@pytest.mark.parametrize("subject", SOME[:3], ids=name_of)
def test_a_faulty_decoder_on_a_damaged_file(subject: Subject, damage: Damage) -> None:
    """Both faults are true; nothing else may be named."""
    container = parsed(damage(subject), "damaged")
    faulty = side(decode(container, container.tensors[0], Slips(order="reversed")))
    findings = findings_between(container, judged(container), faulty)
    assert findings
    true = {Fault.SYMBOLS_REVERSED, Fault.FILE_CORRUPT}
    assert {fault for finding in findings for fault in finding.faults} <= true


def test_an_unsealed_table_is_the_files_fault() -> None:
    """A native table whose checksum tells that it is damaged."""
    subject = BY_NAME["native-single-narrow-left"]
    at = int(field_of(subject.data, TENSOR, "table_offset", record_at(subject.data)))
    findings = findings_of(flipped(subject.data, at + 256), subject)
    assert named(findings) == {Fault.FILE_TABLE}
