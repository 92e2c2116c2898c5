"""The errors that cross this package's border, so that callers can turn each into one sentence.

Every error carries a plain sentence and, where there is one, the byte offset it is about:

    RanscopeError
    ├── SourceError        the bytes cannot be had: no file, no permission, it shrank while open
    ├── FormatError        the file has no header that can be read
    ├── DecodeError        a tile or a tensor cannot be decoded
    │   ├── DeviceError    what decodes has failed, and a fresh process is the only way to go on
    │   ├── DeviceMemory   what decodes has too little memory left, and works on all the same
    │   └── BroughtError   code that the user brought cannot be loaded, or has failed
    ├── InputError         what the user handed over cannot be used: wrong dtype, shape, option
    └── Cancelled          the user stopped a long job
"""

from __future__ import annotations


class RanscopeError(Exception):
    """Base of all errors that are told to a person as one sentence.

    Attributes:
        offset: the byte offset in the file that the sentence is about, or None.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset

    def sentence(self) -> str:
        """The message, with the byte offset where there is one."""
        if self.offset is None:
            return str(self)
        return f"{self} (at byte {self.offset:,})"


class SourceError(RanscopeError):
    """Bytes cannot be read: no such file, no permission, or fewer bytes than asked for."""


class FormatError(RanscopeError):
    """The file has no header that can be read; nothing can be shown of it."""


class DecodeError(RanscopeError):
    """A tile or a tensor cannot be decoded."""


class DeviceError(DecodeError):
    """A device has failed while it decoded; this process may not be able to use it again."""


class DeviceMemory(DecodeError):
    """A device has too little memory left for what it was asked for; it can be used for less."""


class BroughtError(DecodeError):
    """Code that the user brought cannot be loaded, or has failed.

    Attributes:
        detail: all that its author wants to see: the traceback, the compiler's log; "" without.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class InputError(RanscopeError):
    """The user handed over something that cannot be used."""


class Cancelled(RanscopeError):
    """The user stopped a long job."""

    def __init__(self) -> None:
        super().__init__("cancelled")
