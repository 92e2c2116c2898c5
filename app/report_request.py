"""Saving what a comparison has found as one HTML page, from the window; the work is a request like any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from app.comparing import Comparing
from app.document import Document
from app.work import Progress, Request
from codec import decoders
from codec.capture import open_capture
from codec.comparison.comparison import Comparison
from codec.comparison.divergence import Divergence
from codec.comparison.files import FileComparison
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.container import Container
from codec.decoders.platform import Platform
from codec.diagnosis.finding import Finding
from codec.edits.overlay import edits_of, file_below

if TYPE_CHECKING:
    from app.report.content import Report


@dataclass(frozen=True, eq=False)
class ReportRequest(Request):
    """Writes the page at `path`; the result is that path.

    Attributes:
        path: where it goes.
        container: the compressed file.
        sides: left and right.
        comparison, findings, divergence, files: as `Comparing` has them now.
    """

    path: str
    container: Container
    sides: tuple[Side, Side]
    comparison: Comparison
    findings: tuple[Finding, ...] | None
    divergence: Divergence | None
    files: FileComparison | None
    kind: ClassVar[str] = "report"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing {self.path}"

    def run(self, progress: Progress) -> str:
        """Writes it."""
        # Only here: the pictures take a library that the window needs for nothing else.
        from app.report.page import write_report

        write_report(self.path, self._report(progress))
        return self.path

    def _report(self, progress: Progress) -> Report:
        from app.report.content import Report, origin_of
        from app.report.verdict import remarks

        files = (SideKind.DUMP, SideKind.CAPTURE, SideKind.FILE)
        sides = [side for side in self.sides if side.kind in files]
        names = [side.name for side in sides]
        platforms = {
            side.title: platform for side in self.sides if (platform := _platform(side)) is not None
        }
        origin = origin_of(self.container, self._command(), platforms, names, progress)
        both = self.comparison.left, self.comparison.right
        edits = edits_of(self.container.source)
        told = (
            *(f"the file was edited: {edit.title}" for edit in edits),
            *(sentence for output in both for sentence in remarks(output)),
        )
        return Report(
            self.comparison, origin, self.findings, remarks=told, divergence=self.divergence,
            files=self.files,
        )  # fmt: skip

    def _command(self) -> list[str]:
        """The command line that makes the same page, if the file has no edits: it knows none."""
        source = self.container.source
        file = file_below(source)
        command = ["ranscope", "compare", str(source.name if file is None else file.path)]
        if len(self.container.tensors) > 1:
            command += ["--tensor", self.comparison.tensor.name]
        for side in self.sides:
            command += ["--with", side.name] if side.kind is not SideKind.OPENED else []
        for option, value in (
            ("--with-tensor", next((side.tensor for side in self.sides if side.tensor), "")),
            ("--dtype", next((side.dtype for side in self.sides if side.dtype), "")),
        ):
            command += [option, value] if value else []
        command += ["--reshape"] if any(side.reshape for side in self.sides) else []
        runs = max(side.runs for side in self.sides)
        return command + (["--runs", str(runs)] if runs > 1 else []) + ["--report", self.path]


def report_of(document: Document, path: str) -> ReportRequest | None:
    """The request to write what a document's comparison has found; None where nothing is compared."""
    comparing: Comparing = document.comparing
    if comparing.comparison is None or comparing.left is None or comparing.right is None:
        return None
    return ReportRequest(
        path, document.container, (comparing.left, comparing.right), comparing.comparison,
        comparing.findings, comparing.divergence, comparing.files,
    )  # fmt: skip


def _platform(side: Side) -> Platform | None:
    """What a side ran on; None where it did not run, or only the child could tell."""
    if side.kind is SideKind.CAPTURE:
        metadata = open_capture(side.name).metadata
        return Platform(metadata.device, metadata.versions)
    if side.kind is not SideKind.DECODER or side.isolated:
        return None
    return decoders.make(side.name).platform()
