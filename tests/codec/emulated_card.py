"""A card made of NumPy: enough of cupy for the host's side of the native layout, and its kernels step by step.

The kernels take the very launch structs, addresses and packed tables that a real card gets, so that all that the host
does around them runs where there is no card. How fast they are is no matter.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checksum import tile_checksum
from codec.container import NATIVE_PREDICTORS, Coding, Predictor
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.lane_records import CODING, LANE_OUTCOME, LANE_TILE, RUN
from codec.decoders.cuda.records import ROW
from codec.decoders.streams import Status
from codec.interleaving import Interleaving
from codec.prediction import BIAS, within_tile_symbols

LEFT, TOP = (NATIVE_PREDICTORS.index(predictor) for predictor in (Predictor.LEFT, Predictor.TOP))
BOUND = 1 << 16


def memory(address: Any, size: int) -> NDArray[np.uint8]:
    """u8[size] at an address."""
    return np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(int(address)))


class Pointer:
    """What cupy calls a memory pointer."""

    def __init__(self, ptr: int) -> None:
        self.ptr = ptr

    def __add__(self, offset: int) -> Pointer:
        return Pointer(self.ptr + offset)

    def copy_from_host_async(self, host: int, size: int) -> None:
        ctypes.memmove(self.ptr, host, size)

    def copy_to_host_async(self, host: int, size: int) -> None:
        ctypes.memmove(host, self.ptr, size)

    def copy_from_device_async(self, source: Pointer, size: int) -> None:
        ctypes.memmove(self.ptr, source.ptr, size)

    def memset(self, value: int, size: int) -> None:
        ctypes.memset(self.ptr, value, size)

    memset_async = memset


class OnCard:
    """An array on the card."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = np.ascontiguousarray(values)

    @property
    def data(self) -> Pointer:
        return Pointer(self._values.ctypes.data)

    @property
    def nbytes(self) -> int:
        return self._values.nbytes

    def __getitem__(self, part: slice) -> OnCard:
        return OnCard(self._values[part])

    def __len__(self) -> int:
        return len(self._values)

    def get(self) -> NDArray[Any]:
        return self._values.copy()

    def set(self, values: NDArray[Any]) -> None:
        self._values[:] = values


class Event:
    """A moment: the clock of this card goes on by a millisecond at each."""

    now = 0
    done = False

    def record(self) -> None:
        Event.now += 1
        self.at = Event.now

    def synchronize(self) -> None:
        """It is reached already."""


def emulated_cupy() -> Any:
    errors = {name: type(name, (Exception,), {}) for name in ("Runtime", "Driver", "Memory")}
    return SimpleNamespace(
        empty=lambda size, dtype: OnCard(np.full(size, 0xA5, dtype=dtype)),
        zeros=lambda size, dtype: OnCard(np.zeros(size, dtype=dtype)),
        asarray=lambda values: OnCard(values.copy()),
        cuda=SimpleNamespace(
            Event=Event,
            get_elapsed_time=lambda begin, end: float(end.at - begin.at),
            get_current_stream=lambda: SimpleNamespace(ptr=0, synchronize=lambda: None),
            runtime=SimpleNamespace(CUDARuntimeError=errors["Runtime"]),
            driver=SimpleNamespace(CUDADriverError=errors["Driver"]),
            memory=SimpleNamespace(OutOfMemoryError=errors["Memory"]),
        ),
    )


class EmulatedCard(Card):
    """A card with `free` bytes of memory."""

    def __init__(self, free: int = 1 << 30) -> None:
        self.cupy, self.name, self.processors = emulated_cupy(), "NumPy", 4
        self.kernels = {"undo_top": undo_top}
        self.free = free
        self._shared_bytes = 64 << 10
        self._staging = np.zeros(0, dtype=np.uint8)

    def lane_kernels(self, scale_bits: int, *, narrow: bool) -> dict[str, Any]:
        return {
            f"decode_{lanes}_lanes{'_hashed' * hashed}": decoder(lanes, scale_bits, narrow, hashed)
            for lanes in (32, 64)
            for hashed in (False, True)
        }

    def trace_kernels(self, scale_bits: int) -> dict[str, Any]:
        return {f"trace_{lanes}_lanes": tracer(lanes, scale_bits) for lanes in (32, 64)}

    def encode_kernels(self, scale_bits: int) -> dict[str, Any]:
        encoders = {f"encode_{lanes}_lanes": encoder(lanes, scale_bits) for lanes in (32, 64)}
        return {**encoders, "place_streams": place_streams}

    def pinned(self, size: int) -> NDArray[np.uint8]:
        return np.full(size, 0x5A, dtype=np.uint8)

    def free_bytes(self) -> int:
        return self.free


class Walk:
    """A stream on its way; `steps` yields what `codec.rans.lane_steps` would, from a packed table."""

    def __init__(self, stream: NDArray[np.uint8], table: NDArray[np.uint32], lanes: int) -> None:
        self.states = stream[: 4 * lanes].view("<u4").astype(np.int64).tolist()
        self.words = stream[4 * lanes : len(stream) // 2 * 2].view("<u2").tolist()
        self.bytes, self.table, self.lanes = len(stream) - 4 * lanes, table, lanes
        self.bits = len(table).bit_length() - 1
        self.done = self.taken = 0
        self.status, self.stopped = Status.OK, self.states[0]
        if min(self.states) < BOUND:
            self.status = Status.STATE_OUT_OF_RANGE

    def steps(self, count: int, narrow: bool) -> Iterator[tuple[int, int, int, int, int, int]]:
        """(lane, symbol, state before, entry, state after, words taken before) of each."""
        value_bits = 16 if narrow else 12
        if self.status is not Status.OK:
            return
        for lane, symbol in Interleaving(self.lanes, RUN).places(count):
            state = self.states[lane]
            entry = int(self.table[state % len(self.table)])
            frequency, bias = entry % (1 << value_bits), entry >> value_bits + 8
            after, taken = frequency * (state >> self.bits) + bias, self.taken
            if frequency == 0 or (after < BOUND and taken == len(self.words)):
                self.status = Status.UNDERRUN if frequency else Status.UNOWNED_SLOT
                self.stopped = state
                return
            if after < BOUND:
                after, self.taken = after << 16 | self.words[taken], taken + 1
            self.states[lane] = after
            self.done += 1
            yield lane, symbol, state, entry >> value_bits & 0xFF, after, taken

    def outcome(self) -> tuple[int, int, int, int, int]:
        """As LANE_OUTCOME has it."""
        left = self.bytes - 2 * self.taken
        if self.status is Status.OK:
            state = next((state for state in self.states if state != BOUND), BOUND)
            return Status.OK, self.done, state, left, 0
        broken = self.status is not Status.STATE_OUT_OF_RANGE
        return self.status, self.done, self.stopped, left & ~1 if broken else left, 0


def window(launch: Any, tile: Any) -> NDArray[np.uint8]:
    """u8[rows, width]: where the weights of a tile go."""
    rows, width = int(tile["count"] // tile["width"]), int(tile["width"])
    if rows * width < tile["count"]:  # a flat one, which is rounded up to whole stores
        rows, width = 1, int(tile["count"])
    pitch, begin = int(launch["pitch"]), int(launch["matrix"] + tile["target"])
    flat = memory(begin, (rows - 1) * pitch + width if rows else 0)
    return np.lib.stride_tricks.as_strided(flat, (rows, width), (pitch, 1), writeable=True)


def decoder(lanes: int, scale_bits: int, narrow: bool, hashed: bool) -> Callable[..., None]:
    def kernel(grid: Any, block: Any, arguments: Any, shared_mem: int) -> None:
        (launch,) = np.atleast_1d(arguments[0])
        count = int(launch["tile_count"])
        assert grid[0] * block[0] >= 32 * count
        assert shared_mem <= 64 << 10
        tiles = memory(launch["tiles"], count * LANE_TILE.itemsize).view(LANE_TILE)
        outcomes = memory(launch["outcomes"], count * LANE_OUTCOME.itemsize).view(LANE_OUTCOME)
        table = memory(launch["table"], 4 << scale_bits).view("<u4")
        for i, tile in enumerate(tiles):
            stream = memory(launch["data"] + tile["stream"], int(tile["size"]))
            values, outcomes[i] = decoded(tile, stream, table, lanes, narrow)
            place = window(launch, tile)
            place[:] = values.reshape(place.shape)
            if hashed and outcomes["status"][i] == Status.OK:
                outcomes["checksum"][i] = tile_checksum(place.view(np.int8))

    return kernel


def decoded(
    tile: Any, stream: NDArray[np.uint8], table: NDArray[np.uint32], lanes: int, narrow: bool
) -> tuple[NDArray[np.uint8], Any]:
    """The values of a tile, TOP not undone, and how it ended."""
    count = int(tile["count"])
    if tile["coding"] != Coding.RANS:
        raw = tile["coding"] == Coding.RAW
        values = stream[:count] if raw else np.full(count, tile["constant"], dtype=np.uint8)
        return values, (Status.OK, count, BOUND, 0, 0)
    assert tile["stream"] % 16 == 0
    walk, values = Walk(stream, table, lanes), np.zeros(count, dtype=np.uint8)
    for _, symbol, _, value, _, _ in walk.steps(count, narrow):
        values[symbol] = value
    if tile["predictor"] == LEFT:
        values = np.cumsum(values, dtype=np.uint8)
    if walk.done < count:
        values[Interleaving(lanes, RUN).whole(walk.done) :] = 0
    return values, walk.outcome()


def undo_top(grid: Any, block: Any, arguments: Any) -> None:
    (launch,) = np.atleast_1d(arguments[0])
    for number in memory(launch["numbers"], 4 * grid[0]).view("<u4").tolist():
        at = launch["tiles"] + np.uint64(number * LANE_TILE.itemsize)
        (tile,) = memory(at, LANE_TILE.itemsize).view(LANE_TILE)
        at = launch["outcomes"] + np.uint64(number * LANE_OUTCOME.itemsize)
        outcome = memory(at, LANE_OUTCOME.itemsize).view(LANE_OUTCOME)
        place, done = window(launch, tile), int(outcome["decoded"][0])
        values = np.cumsum(place, axis=0, dtype=np.uint8)
        if done < tile["count"]:
            values.reshape(-1)[Interleaving(int(launch["lanes"]), RUN).whole(done) :] = 0
        place[:] = values
        if launch["hash"]:
            outcome["checksum"] = tile_checksum(place.view(np.int8))


def tracer(lanes: int, scale_bits: int) -> Callable[..., None]:
    def kernel(grid: Any, block: Any, arguments: Any) -> None:
        (launch,) = np.atleast_1d(arguments[0])
        first, last = int(launch["first"]), int(launch["last"])
        table = memory(launch["table"], 4 << scale_bits).view("<u4")
        rows = memory(launch["rows"], (last - first) * ROW.itemsize).view(ROW)
        walk = Walk(memory(launch["stream"], int(launch["size"])), table, lanes)
        for lane, symbol, before, value, after, taken in walk.steps(int(launch["count"]), False):
            number, slot = walk.done - 1, before % len(table)
            if number >= last:
                break
            if number >= first:
                entry = int(table[slot])
                found = {
                    "position": int(launch["words_offset"]) + 2 * taken, "tile": launch["tile"],
                    "step": number, "lane": lane, "symbol_index": symbol, "state_before": before,
                    "slot": slot, "symbol": value + 128 & 0xFF, "freq": entry % 4096,
                    "start": slot - (entry >> 20), "state_after": after,
                    "bytes_read": 2 * (walk.taken - taken), "stream": 0,
                }  # fmt: skip
                rows[number - first] = tuple(found[name] for name in ROW.names or ())
        memory(launch["outcome"], LANE_OUTCOME.itemsize).view(LANE_OUTCOME)[0] = walk.outcome()

    return kernel


def divided(state: int, coding: Any) -> tuple[int, int]:
    """Quotient and rest by the frequency, as the kernel makes them of its reciprocal."""
    frequency = int(coding["frequency"])
    quotient = state * int(coding["reciprocal"]) >> 32
    rest = state - quotient * frequency
    if rest >= frequency:
        quotient, rest = quotient + 1, rest - frequency
    assert 0 <= rest < frequency
    return quotient, rest


def encoder(lanes: int, scale_bits: int) -> Callable[..., None]:
    def kernel(grid: Any, block: Any, arguments: Any) -> None:
        (launch,) = np.atleast_1d(arguments[0])
        count, room = int(launch["tile_count"]), int(launch["room"])
        assert grid[0] * block[0] >= 32 * count
        tiles = memory(launch["tiles"], count * LANE_TILE.itemsize).view(LANE_TILE)
        codings = memory(launch["codings"], 256 * CODING.itemsize).view(CODING)
        words = memory(launch["words"], 4 * count).view("<u4")
        states = memory(launch["states"], 4 * count * lanes).view("<u4").reshape(count, lanes)
        scratch = memory(launch["scratch"], count * room).reshape(count, room)
        for i, tile in enumerate(tiles):
            predictor = NATIVE_PREDICTORS[int(tile["predictor"])]
            values = within_tile_symbols(window(launch, tile), predictor).reshape(-1) - BIAS
            moved, states[i] = encoded(values.tolist(), codings, lanes, scale_bits)
            words[i] = len(moved)
            scratch[i, room - 2 * len(moved) :] = np.array(moved[::-1], dtype="<u2").view(np.uint8)

    return kernel


def encoded(
    values: list[int], codings: Any, lanes: int, scale_bits: int
) -> tuple[list[int], list[int]]:
    """The words in the order in which they were moved out, and the last states."""
    states, words = [BOUND] * lanes, []
    for lane, place in reversed(list(Interleaving(lanes, RUN).places(len(values)))):
        coding, state = codings[values[place]], states[lane]
        if state >= coding["bound"]:
            words.append(state & 0xFFFF)
            state >>= 16
        whole, rest = divided(state, coding)
        states[lane] = (whole << scale_bits) + rest + int(coding["start"])
    return words, states


def place_streams(grid: Any, block: Any, arguments: Any) -> None:
    (launch,), lanes = np.atleast_1d(arguments[0]), int(arguments[1])
    count, room = int(launch["tile_count"]), int(launch["room"])
    assert grid == (count,)
    tiles = memory(launch["tiles"], count * LANE_TILE.itemsize).view(LANE_TILE)
    words = memory(launch["words"], 4 * count).view("<u4").tolist()
    states = memory(launch["states"], 4 * count * lanes).reshape(count, 4 * lanes)
    scratch = memory(launch["scratch"], count * room).reshape(count, room)
    for i, tile in enumerate(tiles):
        stream = memory(launch["streams"] + tile["stream"], 4 * lanes + 2 * words[i])
        stream[: 4 * lanes], stream[4 * lanes :] = states[i], scratch[i, room - 2 * words[i] :]
