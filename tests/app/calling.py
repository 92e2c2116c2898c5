"""Calling the command line in this process, and what every call has to keep to."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from app.__main__ import main
from codec.decoders import DECODERS
from codec.decoders.availability import unavailable

AVAILABLE = [name for name in DECODERS if not unavailable(name)]
"""The decoders that can run here."""


@dataclass(frozen=True)
class Called:
    """What a call left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as JSON; NaN and infinity are no JSON."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


def call(*arguments: object) -> Called:
    """Runs `ranscope` with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(argument) for argument in arguments])
    return Called(int(status), out.getvalue(), err.getvalue())


def refusal(*arguments: object, status: int = 2) -> str:
    """The one sentence that a call is refused with."""
    called = call(*arguments)
    assert called.status == status, called
    (line,) = called.err.splitlines()
    assert line.startswith("ranscope: ")
    assert "Traceback" not in line
    assert called.out == ""
    return line.removeprefix("ranscope: ")
