"""What the child prints, however much that is: its beginning and its end are kept, the rest only counted."""

from __future__ import annotations

KEPT = 1 << 16
"""Bytes that are kept from the beginning, and as many from the end."""


class Printed:
    """Takes in what a process prints.

    Attributes:
        total: bytes so far.
    """

    def __init__(self) -> None:
        self.total = 0
        self._first = bytearray()
        self._last = bytearray()

    def add(self, data: bytes) -> None:
        """Takes more in."""
        self.total += len(data)
        room = KEPT - len(self._first)
        self._first += data[:room]
        self._last += data[room:]
        del self._last[:-KEPT]

    @property
    def text(self) -> str:
        """What was kept; between its two parts a line says how much is missing."""
        missing = self.total - len(self._first) - len(self._last)
        gap = f"\n… {missing:,} bytes left out …\n".encode() if missing else b""
        return (bytes(self._first) + gap + bytes(self._last)).decode("utf-8", "replace")
