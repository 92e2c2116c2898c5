"""NVIDIA's run-time compiler through its C functions: it comes as a wheel and needs no driver and no card."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

OFTEN_AT = ("nvidia/cuda_nvrtc/lib", "nvidia/cu13/lib", "nvidia/cuda_nvrtc/bin", "nvidia/cu13/bin")
FILE_NAMES = ("libnvrtc.so.1?", "nvrtc64_1?*_0.dll")


class NotCompiled(Exception):
    """The message is the compiler's log."""


def _libraries() -> Iterator[Path]:
    for folder in map(Path, sys.path):
        for place in OFTEN_AT:
            for name in FILE_NAMES:
                yield from sorted((folder / place).glob(name))


def find() -> Path | None:
    """The library, as its wheel installs it."""
    return next(_libraries(), None)


class Nvrtc:
    """The compiler.

    Attributes:
        version: such as (12, 9).
    """

    def __init__(self, path: Path) -> None:
        self._functions = ctypes.CDLL(str(path))
        major, minor = ctypes.c_int(), ctypes.c_int()
        self._call("nvrtcVersion", ctypes.byref(major), ctypes.byref(minor))
        self.version = (major.value, minor.value)

    def compile(self, text: str, options: tuple[str, ...]) -> tuple[bytes, str]:
        """The machine code (or the PTX, for a virtual architecture) of a source, and the log.

        Raises:
            NotCompiled: it has an error.
        """
        program = ctypes.c_void_p()
        nothing = ctypes.c_void_p()
        source = text.encode()
        self._call(
            "nvrtcCreateProgram", ctypes.byref(program), source, b"test.cu", 0, nothing, nothing
        )
        try:
            given = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
            status = self._functions.nvrtcCompileProgram(program, len(options), given)
            log = self._text("ProgramLog", program).decode()
            if status:
                raise NotCompiled(log)
            return self._text("CUBIN", program), log
        finally:
            self._call("nvrtcDestroyProgram", ctypes.byref(program))

    def _text(self, what: str, program: ctypes.c_void_p) -> bytes:
        size = ctypes.c_size_t()
        self._call(f"nvrtcGet{what}Size", program, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        self._call(f"nvrtcGet{what}", program, buffer)
        return buffer.raw.rstrip(b"\0") if what == "ProgramLog" else buffer.raw

    def _call(self, name: str, *arguments: object) -> None:
        status = getattr(self._functions, name)(*arguments)
        assert status == 0, f"{name} returns {status}"
