"""Which of the byte ranges that tensor records claim they may have: no two tensors get the same bytes.

Told from the records alone, before anything that they point at is read; so what is read of a file is never more than
the file, however many records there are. Of two parts that overlap the one is believed that lies where
the layout would put it, next to the part before it or behind it; else the one that begins first.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from codec.formats.findings import Findings
from codec.formats.native import aligned
from codec.formats.native_record import Record, Section

Claim = tuple[Record, Section]


class Claims:
    """The parts of all tensors.

    Args:
        taken: (begin, end) of what stands before them, in file order.
        records: the records whose parts can be believed to be where they say.
        findings: where overlaps are noted.
    """

    def __init__(
        self, taken: Sequence[tuple[int, int]], records: Sequence[Record], findings: Findings
    ) -> None:
        self._taken = sorted(taken)
        self.refusals: dict[int, str] = {}
        """Why a tensor gets nothing, by its number."""
        claims = [(record, part) for record in records for part in record.sections()]
        linked = _linked(claims, taken[-1][1] if taken else 0)
        for record, part in sorted(claims, key=lambda c: (c[1] not in linked, c[1].offset)):
            self._grant(record, part, findings)
        self._ends = self._stream_ends(records, findings)

    def stream_end(self, record: Record) -> int:
        """Where the bytes end that a tensor's streams may use for themselves."""
        return self._ends.get(record.number, record.streams().end)

    def _grant(self, record: Record, part: Section, findings: Findings) -> None:
        if not part.size or record.number in self.refusals:
            return
        clash = self._clash(part.offset, part.end)
        if clash is None:
            bisect.insort(self._taken, (part.offset, part.end))
        else:
            self._refuse(record, part, clash, findings)

    def _clash(self, begin: int, end: int) -> tuple[int, int] | None:
        """The range taken already that overlaps with the one from `begin` to `end`, or None."""
        place = bisect.bisect(self._taken, (begin, end))
        around = self._taken[max(place - 1, 0) : place + 1]
        return next((taken for taken in around if taken[0] < end and begin < taken[1]), None)

    def _refuse(
        self, record: Record, part: Section, clash: tuple[int, int], findings: Findings
    ) -> None:
        why = f"from there its {part.what} would reach into the bytes {clash[0]:,} to {clash[1]:,}"
        expected = "a place of its own"
        problem = record.problem(part.field, "section-overlap", expected, f"{why}, another part's")
        findings.add(problem)
        self.refusals.setdefault(record.number, problem.message)

    def _stream_ends(self, records: Sequence[Record], findings: Findings) -> dict[int, int]:
        """Where the streams of each tensor end: where the next part begins, if they claim to go on there."""
        begins = sorted([*(begin for begin, _ in self._taken), *_stream_begins(records)])
        ends = {}
        for record in records:
            streams = record.streams()
            # Only where they begin: what they reach into behind may be as it should, and their size wrong.
            clash = self._clash(streams.offset, streams.offset + 1)
            if clash is not None and streams.size:
                self._refuse(record, streams, clash, findings)
                continue
            following = bisect.bisect(begins, streams.offset)
            ends[record.number] = streams.end
            if following < len(begins) and begins[following] < streams.end:
                ends[record.number] = begins[following]
                why = f"at byte {begins[following]:,} another part begins"
                expected = f"at most {begins[following] - streams.offset:,}"
                findings.add(record.problem("streams_size", "section-overlap", expected, why))
        return ends


def _stream_begins(records: Sequence[Record]) -> Iterator[int]:
    return (record["streams_offset"] for record in records if record["streams_size"])


def _linked(claims: Sequence[Claim], first: int) -> set[Section]:
    """The parts that lie next to the one before them, or to the one behind them, in the order of the records."""
    parts = [part for _, part in claims]
    linked = set()
    before = first
    for number, part in enumerate(parts):
        behind = parts[number + 1] if number + 1 < len(parts) else None
        if part.offset == aligned(before) or (behind and behind.offset == aligned(part.end)):
            linked.add(part)
        before = part.end
    return linked
