"""The names of a native file's tensors: read, held against the rules, and made to differ where they do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checksum import bytes_checksum
from codec.formats.findings import Findings, cut_short, field_problem
from codec.formats.native import HEADER, LONGEST_NAME, SECTION_ALIGNMENT, TENSOR
from codec.formats.native_record import Record
from codec.formats.native_tensor import checksum_problem
from codec.source import Source


@dataclass(frozen=True, eq=False)
class Names:
    """What the tensors are called, and where it stands.

    Attributes:
        base, size: the range that the file has of the names.
        places: int64[n, 2], (file offset, bytes) of each name; 0 bytes of one that is not where it should be.
        found: the names; what to call a tensor whose name cannot be read.
    """

    base: int
    size: int
    places: NDArray[np.int64]
    found: tuple[str, ...]


def read_names(
    source: Source, header: np.void, records: NDArray[Any], directory: int, findings: Findings
) -> Names:
    """The names of the tensors with these records, which stand at byte `directory`.

    Raises:
        SourceError: the bytes cannot be read.
    """
    least = directory + len(records) * TENSOR.size
    base, data = _read(source, header, least, findings)
    places = np.zeros((len(records), 2), dtype=np.int64)
    found: list[str] = []
    following, seen = 0, Counter[str]()
    for number, values in enumerate(records):
        record = Record(values, directory + number * TENSOR.size, number)
        begin, size = record["name_offset"], record["name_size"]
        if begin != following:
            why = f"names stand one behind the other, and {following:,} is next"
            findings.add(record.problem("name_offset", "name", f"{following:,}", why))
        elif begin + size <= len(data):
            places[number] = base + begin, size
        following = begin + size
        name = _name(record, data[begin : begin + size], findings)
        seen[name] += 1
        if seen[name] > 1:
            why = f"another tensor is called {name[:40]!r} too"
            findings.add(record.problem("name_offset", "name", "a name of its own", why))
            name = f"{name} ({number})"
        found.append(name)
    if following != int(header["names_size"]) and len(records):
        where = ("names_size", "name", f"{following:,}", int(header["names_size"]))
        findings.add(field_problem(HEADER, *where, "the tensors' names have another size"))
    return Names(base, len(data), places, tuple(found))


def _read(source: Source, header: np.void, least: int, findings: Findings) -> tuple[int, bytes]:
    """Where the names begin, and the bytes that the file has of them."""
    base, size = int(header["names_offset"]), int(header["names_size"])
    if base % SECTION_ALIGNMENT or not least <= base <= source.size:
        expected = f"a multiple of {SECTION_ALIGNMENT} from {least:,} to {source.size:,}"
        where = ("names_offset", "section-offset", expected, base)
        findings.add(field_problem(HEADER, *where, "the names cannot lie there"))
        return min(least, source.size), b""
    if base + size > source.size:
        findings.add(cut_short("truncated-index", "names", base, size, source))
        size = source.size - base
        return base, source.read(base, size)
    data = source.read(base, size)
    found, stored = bytes_checksum(data), int(header["names_checksum"])
    if found != stored:
        findings.add(checksum_problem("names", base, size, stored, found))
    return base, data


def _name(record: Record, data: bytes, findings: Findings) -> str:
    """The name that `data` spells; one by the tensor's number where it spells none."""
    why = ""
    if len(data) != record["name_size"]:
        why = "the names end before it does"
    elif not 0 < len(data) <= LONGEST_NAME:
        why = f"a name has 1 to {LONGEST_NAME:,} bytes"
    else:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            why = f"its bytes are no UTF-8: {error.reason}"
    findings.add(record.problem("name_size", "name", "a name", why))
    return f"tensor {record.number}"
