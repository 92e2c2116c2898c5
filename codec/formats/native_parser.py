"""Parsing the native layout: what stands where it should, what does not, and how far one can still read.

A file of a later revision is refused as a whole: its header is shown, and nothing behind it is believed. Of any
other file all is read that can be there, checksums or not, since looking at damaged files is what this is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checksum import bytes_checksum
from codec.container import Container
from codec.formats.findings import Findings, cut_short, field_problem
from codec.formats.native import (
    HEADER,
    KNOWN_FEATURES,
    NAME,
    SECTION_ALIGNMENT,
    SIGNATURE,
    TENSOR,
    VERSION,
)
from codec.formats.native_claims import Claims
from codec.formats.native_names import read_names
from codec.formats.native_record import Record
from codec.formats.native_spans import directory_span, names_span, tensors_span
from codec.formats.native_stream_spans import padding_span, stream_gaps
from codec.formats.native_tensor import NativeTensor, checksum_problem, read_tensor
from codec.formats.placement import unclaimed_problem
from codec.formats.sections import header_span, read_header
from codec.formats.streams import unclaimed_span
from codec.problems import Problem
from codec.source import Source
from codec.spans import ListedSpans, Span, SpanKind, gaps


def parse(source: Source) -> Container:
    """Parses a native file; problems are collected, not raised.

    Raises:
        SourceError: the bytes cannot be read.
    """
    findings = Findings()
    sections = [header_span(source, HEADER, "What the file is, and where its directory lies.")]
    header = read_header(source, HEADER, findings)
    if header is None or _check_header(source, header, findings):
        return _container(source, findings, sections, [])
    records, base = _read_directory(source, header, findings)
    names = read_names(source, header, records, base, findings)
    sections.append(directory_span(records, base, names.found))
    if names.size:
        sections.append(names_span(names))
    entries = [Record(record, base + n * TENSOR.size, n) for n, record in enumerate(records)]
    tensors = _read_tensors(source, entries, sections, names.found, findings)
    return _container(source, findings, sections, tensors)


def _check_header(source: Source, header: np.void, findings: Findings) -> bool:
    """Notes what is wrong with the header; returns whether this reader must not go on."""
    refused = False
    for field, code, expected, holds, why in _header_rules(header, source.size):
        if not holds:
            findings.add(field_problem(HEADER, field, code, expected, int(header[field]), why))
            refused |= code in ("feature", "reader-version")
    guarded = source.read(0, HEADER.offset_of("header_checksum"))
    stored, found = int(header["header_checksum"]), bytes_checksum(guarded)
    if stored != found:
        findings.add(checksum_problem("header", 0, len(guarded), stored, found))
    if bytes(header["signature"]) != SIGNATURE:
        found_bytes = bytes(header["signature"]).hex(" ")
        sentence = f"the file begins with {found_bytes}, not with the layout's signature"
        expected = SIGNATURE.hex(" ")
        findings.add(Problem("signature", 0, len(SIGNATURE), sentence, expected, found_bytes))
    if any(bytes(header["reserved"])):
        place = HEADER.offset_of("reserved"), HEADER.size_of("reserved")
        sentence, text = "reserved bytes of the header are not zero", bytes(header["reserved"])
        findings.add(Problem("reserved-bytes", *place, sentence, "zero", text.hex(" ")))
    return refused


def _header_rules(header: np.void, file_size: int) -> tuple[tuple[str, str, str, bool, str], ...]:
    """(field, code, expected, whether it holds, why it must) of each rule."""
    version, lowest = int(header["version"]), int(header["lowest_reader"])
    unknown = int(header["features"]) & ~KNOWN_FEATURES
    return (
        ("version", "version", "1 or more", version >= 1, "revisions are numbered from 1"),
        (
            "lowest_reader", "reader-version", f"at most {VERSION}", lowest <= VERSION,
            f"this reader knows the layout up to revision {VERSION}",
        ),
        (
            "lowest_reader", "version", "1 to the version", 1 <= lowest <= version,
            "no reader of that revision can be",
        ),
        (
            "features", "feature", "no bits but those known", not unknown,
            f"the bits 0x{unknown:X} stand for features that this reader does not know",
        ),
        (
            "file_size", "file-size", f"{file_size:,}", int(header["file_size"]) == file_size,
            f"the file has {file_size:,} bytes",
        ),
        (
            "tensor_record_size", "parameter", f"{TENSOR.size}",
            int(header["tensor_record_size"]) == TENSOR.size, f"records have {TENSOR.size} bytes",
        ),
        (
            "tensor_count", "empty-shape", "at least 1", int(header["tensor_count"]) > 0,
            "a file without tensors holds no weights",
        ),
    )  # fmt: skip


def _read_directory(
    source: Source, header: np.void, findings: Findings
) -> tuple[NDArray[Any], int]:
    """The tensor records, as many as the file has of them, and where they begin."""
    count, stated = int(header["tensor_count"]), int(header["directory_offset"])
    size, base = count * TENSOR.size, min(stated, source.size)
    if stated % SECTION_ALIGNMENT or not HEADER.size <= stated <= source.size:
        expected = f"a multiple of {SECTION_ALIGNMENT} from {HEADER.size} to {source.size:,}"
        why = "the tensor records cannot lie there"
        where = ("directory_offset", "section-offset", expected, stated, why)
        findings.add(field_problem(HEADER, *where))
        count, base = 0, min(HEADER.size, source.size)
    elif base + size > source.size:
        findings.add(cut_short("truncated-index", "tensor records", base, size, source))
        count = (source.size - base) // TENSOR.size
    else:
        found, stored = bytes_checksum(source.read(base, size)), int(header["directory_checksum"])
        if found != stored:
            findings.add(checksum_problem("tensor records", base, size, stored, found))
    return source.array(base, TENSOR.dtype, count), base


def _read_tensors(
    source: Source,
    records: list[Record],
    sections: list[Span],
    names: Sequence[str],
    findings: Findings,
) -> list[NativeTensor]:
    """The tensors; one whose record is at fault, or claims what is another's, is refused."""
    refusals: dict[int, str] = {}
    for record in records:
        for problem in record.reserved_problems():
            findings.add(problem)
        for fault in record.faults(source.size):
            findings.add(fault)
            refusals.setdefault(record.number, fault.message)
    taken = [(span.offset, span.end) for span in sections]
    believed = [record for record in records if record.number not in refusals]
    claims = Claims(taken, believed, findings)
    refusals |= claims.refusals
    return [
        read_tensor(
            source, record, name, refusals.get(record.number, ""), claims.stream_end(record),
            findings,
        )
        for record, name in zip(records, names, strict=True)
    ]  # fmt: skip


def _container(
    source: Source, findings: Findings, sections: list[Span], tensors: list[NativeTensor]
) -> Container:
    """The container of all that was found; what is left is padding, or belongs to nothing."""
    parts = [(part.offset, part.size) for native in tensors for part in native.parts]
    claims = np.array([*((s.offset, s.size) for s in sections), *parts], dtype=np.int64)
    holes = np.array(gaps(claims[:, 0], claims[:, 1], 0, source.size), dtype=np.int64).reshape(
        -1, 2
    )
    between = (holes[:, 1] < SECTION_ALIGNMENT) & (holes.sum(axis=1) < source.size)
    if tensors:
        sections.append(tensors_span(source, tensors))
    if between.any():
        sections.append(padding_span("padding", holes[between]))
    left = [(int(offset), int(size)) for offset, size in holes[~between]]
    for offset, size in left:
        findings.add(unclaimed_problem(offset, size, source.size))
    if left:
        sections.append(unclaimed_span(left))
    blank = [stream_gaps(native) for native in tensors] + ([holes] if tensors else [])
    root = Span(
        source.name, 0, source.size, SpanKind.FILE, f"{source.size:,} bytes", "The whole file.",
        children=ListedSpans(sections),
    )  # fmt: skip
    return Container(
        source, NAME, tuple(native.tensor for native in tensors), root, findings.problems(),
        np.concatenate(blank) if blank else np.zeros((0, 2), dtype=np.int64),
    )  # fmt: skip
