"""One edit: bytes that stand for others, and what it was meant to be, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Bytes that are laid over those of a file; its size stays.

    Attributes:
        offset: where they begin, counted from the start of the file.
        before: the bytes that stood there as it was made, other edits included.
        after: as many bytes, laid over them.
        title: what it changes, for a person: "bit 3 of byte 1,042", "frequency of symbol 128: 17 → 0".
        enabled: whether it is in force.
    """

    offset: int
    before: bytes
    after: bytes
    title: str
    enabled: bool = True

    def __post_init__(self) -> None:
        if self.offset < 0 or not self.after or len(self.before) != len(self.after):
            raise ValueError(
                "an edit puts as many bytes as it takes, from one on, at an offset from 0 on"
            )

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.offset + len(self.after)
