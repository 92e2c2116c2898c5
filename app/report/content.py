"""What a report is made from: the one comparison, what was found about it, and what it was found with."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from codec.capture.loading import digest
from codec.comparison.comparison import Comparison
from codec.comparison.divergence import Divergence
from codec.comparison.files import FileComparison
from codec.container import Container
from codec.decoders.base import Tick, no_tick
from codec.decoders.platform import Platform, host, versions
from codec.diagnosis.finding import Finding
from codec.source import FileSource, Source


@dataclass(frozen=True)
class Origin:
    """What was compared, and where: all that somebody needs who repeats it.

    Attributes:
        command: the command line that repeats it, ready for a shell.
        date: UTC, such as 2026-11-23T01:44:08Z.
        file: name, layout, size and hash of the compressed file, by what they are called.
        parts: the machine, versions, and what the decoders ran on: names and values, by title.
    """

    command: str
    date: str
    file: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, eq=False)
class Report:
    """A comparison with all that is known about it.

    Attributes:
        comparison: of both sides.
        origin: what it is of.
        failures: why nothing of the left side can be decoded, and of the right one; "" where something can.
        findings: the mistakes that explain it, best first; None where they could not be sought.
        remarks: what else a person should know, a sentence each.
        divergence: where the traces of the first wrong tile part; None where they do not, or are not there.
        steps_note: why there are no traces; "" where there are.
        files: where a side is another compressed file, both as files.
    """

    comparison: Comparison
    origin: Origin
    findings: tuple[Finding, ...] | None
    failures: tuple[str, str] = ("", "")
    remarks: tuple[str, ...] = field(default=())
    divergence: Divergence | None = None
    steps_note: str = ""
    files: FileComparison | None = None

    @property
    def one_sided(self) -> bool:
        """Whether a side has nothing that could be held against the other."""
        return any(self.failures)


def origin_of(
    container: Container,
    command: Sequence[str],
    platforms: Mapping[str, Platform],
    files: Sequence[str] = (),
    tick: Tick = no_tick,
) -> Origin:
    """What a report says of where it comes from.

    Args:
        container: the compressed file; all of it is read for its hash.
        command: the command line, argument by argument.
        platforms: what each side's decoder ran on, by its title.
        files: paths of the dumps, captures and compressed files on both sides; their hashes are told too.
        tick: told (bytes hashed, bytes in all).

    Raises:
        SourceError: a file cannot be read.
        Cancelled: `tick` says so.
    """
    source = container.source
    known: dict[str, Mapping[str, str]] = {"machine": host(), "versions": dict(versions())}
    for path in files:
        known[Path(path).name] = _file(FileSource(path))
    for title, platform in platforms.items():
        known[f"{title} ran on"] = {**platform.device, **platform.versions}
    return Origin(
        command=shlex.join(command),
        date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        file={"name": source.name, "layout": container.format, **_file(source, tick)},
        parts=known,
    )


def _file(source: Source, tick: Tick = no_tick) -> dict[str, str]:
    return {"size": f"{source.size:,} bytes", "BLAKE2b": digest(source, tick)}
