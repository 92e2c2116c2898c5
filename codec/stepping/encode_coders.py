"""Who takes the steps of an encode walk: the compiled kernels, or the scalar judge.

Both go on from any place that they were at before, so a walk can keep places as checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from codec.container import Tensor
from codec.errors import InputError
from codec.frequency import FrequencyTable
from codec.interleaving import Interleaving
from codec.rans import Coder
from codec.stepping.scalar_encode import EncodeStep, encode_steps
from codec.trace import empty_columns

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Place:
    """Where an encoder stands.

    Attributes:
        step: steps taken.
        states: u32[lanes].
        moved: bytes moved out so far.
    """

    step: int
    states: NDArray[np.uint32]
    moved: int


class Landing(NamedTuple):
    """Where the bytes come to stand that an encoder moves out.

    Attributes:
        origin: file offset of the byte that is moved out first.
        upward: whether the next ones stand behind it; else before it.
    """

    origin: int
    upward: bool

    def next(self, moved: int) -> int:
        """File offset of the byte that is moved out behind so many others."""
        return self.origin + moved if self.upward else self.origin - moved

    def span(self, moved: int) -> tuple[int, int]:
        """(offset, size) of the first `moved` bytes, as they lie in the file."""
        return (self.origin if self.upward else self.origin + 1 - moved), moved


class EncodeCoder(Protocol):
    """Encodes one stream, as far as its symbols have frequencies."""

    def begin(self) -> Place:
        """Before the first step."""

    def advance(self, place: Place, until: int) -> Place:
        """Where the encoder stands when `until` steps are taken; or before, where it cannot go on."""

    def record(self, place: Place, until: int, landing: Landing) -> Columns:
        """The steps from `place` to before `until`, all of which can be taken.

        The columns of `STEP_COLUMNS`; `tile` and `stream` are 0.
        """


def encode_coder(name: str, tensor: Tensor, symbols: NDArray[np.uint8]) -> EncodeCoder:
    """The coder called `name`, "cpu" or "reference", for the symbols of one tile, u8[n] by their place.

    Raises:
        InputError: there is none of that name.
    """
    given = tensor.table, tensor.coder, tensor.interleaving
    if name == "cpu":
        # Imported only when asked for: numba takes most of a second to load.
        from codec.stepping.fast_encode_coder import FastEncodeCoder

        return FastEncodeCoder(symbols, *given)
    if name == "reference":
        return ScalarEncodeCoder(symbols.tobytes(), *given)
    raise InputError(f"no encoder called {name!r} can be stepped; there are cpu, reference")


@dataclass(frozen=True, eq=False)
class ScalarEncodeCoder:
    """Encodes with `encode_steps`; the attributes are its arguments."""

    symbols: bytes
    table: FrequencyTable
    coder: Coder
    interleaving: Interleaving

    def begin(self) -> Place:
        """As `EncodeCoder.begin`."""
        return beginning(self.coder, self.interleaving)

    def advance(self, place: Place, until: int) -> Place:
        """As `EncodeCoder.advance`."""
        states, step, words = place.states.copy(), place.step, 0
        for one in self._steps(place, until):
            states[one.lane], step, words = one.state_after, step + 1, words + len(one.words)
        return Place(step, states, place.moved + words * self.coder.word_bytes)

    def record(self, place: Place, until: int, landing: Landing) -> Columns:
        """As `EncodeCoder.record`."""
        taken = self._steps(place, until)
        columns = empty_columns(len(taken))
        columns["step"][:] = np.arange(place.step, place.step + len(taken))
        for name in columns.keys() & EncodeStep._fields:
            columns[name][:] = [getattr(one, name) for one in taken]
        columns["slot"][:] = columns["state_after"] & np.uint32(self.table.total - 1)
        columns["bytes_read"][:] = [len(one.words) * self.coder.word_bytes for one in taken]
        moved = place.moved + np.cumsum(columns["bytes_read"], dtype=np.int64)
        before = moved - columns["bytes_read"].astype(np.int64)
        columns["position"][:] = landing.origin + (before if landing.upward else -before)
        return columns

    def _steps(self, place: Place, until: int) -> list[EncodeStep]:
        steps = encode_steps(
            self.symbols, self.table, self.coder, self.interleaving,
            place.states.tolist(), place.step,
        )  # fmt: skip
        return list(islice(steps, max(until - place.step, 0)))


def beginning(coder: Coder, interleaving: Interleaving) -> Place:
    """Before the first step: every lane at L."""
    return Place(0, np.full(interleaving.lanes, coder.lower_bound, dtype=np.uint32), 0)
