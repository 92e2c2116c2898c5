"""Eight lanes at a time, encoding: the step of eight states, built from LLVM's vectors.

A step moves at most one 16-bit word out of each lane. The n words of the lanes that do are shuffled to the end
of a vector, which is stored whole before the position: what lies below the n words is garbage that the next
store overwrites.

The division x // f is a multiplication by a double, and exact. Let r be a double with 1 / f <= r <= (1 + 2^-51) / f.
Before coding x < f * 2^g with g + scale_bits <= 32, so q = x // f < 2^g. The product is rounded to the nearest
double, and q is one; so it is not below q. And it is at most (q + 1 - 1 / f)(1 + 2^-50), which is below q + 1 as
(q + 1) * 2^-50 < 1 / f.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from codec.fast import vectors as v
from codec.fast.compile import sealed
from codec.frequency import FrequencyTable

STARTS_AT = 16
"""Bits of an entry: frequency in the low 16, start in the next 15, and whether the symbol is absent above."""

ABSENT = np.uint32(1 << 31)


def _orders() -> NDArray[np.uint8]:
    """u8[256 * 8]: by the lanes that give a word, one bit each, the lanes in order in the last places."""
    masks = v.needs_of_masks()
    return np.argsort(masks, axis=1, kind="stable").astype(np.uint8).reshape(-1)


ORDERS = sealed(_orders())


def entries(table: FrequencyTable) -> NDArray[np.uint32]:
    """u32[256]: absent << 31 | start << 16 | frequency."""
    absent = np.where(table.frequencies == 0, ABSENT, np.uint32(0))
    starts = np.where(table.frequencies == 0, 0, table.starts).astype(np.uint32)
    found: NDArray[np.uint32] = absent | starts << np.uint32(STARTS_AT)
    found |= table.frequencies.astype(np.uint32)
    return found


def inverses(table: FrequencyTable) -> NDArray[np.float64]:
    """float64[256]: r of each frequency; that of 0 is that of 1."""
    quotients = 1.0 / np.maximum(table.frequencies, 1)
    return np.nextafter(quotients, 2.0)


def _looked_up(
    builder: Any, buffer: Any, symbol: Any, run: Any, table: Any, reciprocals: Any
) -> tuple[Any, Any]:
    """Entries and reciprocals of eight symbols, `run` apart from number `symbol` on."""
    found, divisors = v.undefined(v.VECTOR), v.undefined(v.DOUBLES)
    for place in v.PLACES:
        value = builder.zext(builder.load(builder.gep(buffer, [symbol])), v.LONG)
        entry = builder.load(builder.gep(table, [value]))
        divisor = builder.load(builder.gep(reciprocals, [value]))
        found = builder.insert_element(found, entry, place)
        divisors = builder.insert_element(divisors, divisor, place)
        symbol = builder.add(symbol, run)
    return found, divisors


def _renormalised(
    builder: Any, states: Any, limits: Any, out: Any, orders: Any, position: Any
) -> tuple[Any, Any]:
    """Emits renormalisation: the states after it, and the position of the last word moved out."""
    full = builder.icmp_unsigned(">=", states, limits)
    bits = builder.zext(builder.bitcast(full, v.BYTE), v.LONG)
    order = v.small_vector(builder, orders, builder.mul(bits, v.number(v.WIDTH)))
    words = v.shuffled(builder, states, order)
    before = builder.sub(position, v.number(2 * v.WIDTH))
    target = v.vector_at(builder, out, before, v.HALVES)
    builder.store(builder.trunc(words, v.HALVES), target, align=1)
    moved = builder.mul(builder.ctpop(bits), v.number(2))
    shorter = builder.lshr(states, v.splat(16))
    return builder.select(full, shorter, states), builder.sub(position, moved)


def _step(builder: Any, pointers: Any, numbers: Any) -> Any:
    """Emits a step; `pointers` and `numbers` in the order of `encode_eight`. Returns the position."""
    states, seen, table, reciprocals, orders, buffer, out = pointers
    first, symbol, run, position, scale, room = numbers
    states, seen = v.vector_at(builder, states, first), v.vector_at(builder, seen, first)
    found, divisors = _looked_up(builder, buffer, symbol, run, table, reciprocals)
    builder.store(builder.or_(builder.load(seen, align=4), found), seen, align=4)
    frequencies = builder.and_(found, v.splat((1 << STARTS_AT) - 1))
    limits = builder.shl(frequencies, v.broadcast(builder, room))
    before = builder.load(states, align=4)
    before, position = _renormalised(builder, before, limits, out, orders, position)
    quotients = builder.fmul(builder.uitofp(before, v.DOUBLES), divisors)
    quotients = builder.fptosi(quotients, v.VECTOR)
    slots = builder.shl(v.splat(1), v.broadcast(builder, scale))
    gaps = builder.mul(quotients, builder.sub(slots, frequencies))
    starts = builder.and_(builder.lshr(found, v.splat(STARTS_AT)), v.splat(0x7FFF))
    builder.store(builder.add(builder.add(before, starts), gaps), states, align=4)
    return position


def _encode_eight(
    _typing: Any, states: Any, seen: Any, table: Any, reciprocals: Any, orders: Any, buffer: Any,
    out: Any, first: Any, symbol: Any, run: Any, position: Any, scale: Any, room: Any,
) -> Any:  # fmt: skip
    """What numba makes of `encode_eight`."""
    arrays = (states, seen, table, reciprocals, orders, buffer, out)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointers = v.array_pointers(context, builder, arrays, arguments)
        return _step(builder, pointers, arguments[len(arrays) :])

    return types.uint64(*arrays, first, symbol, run, position, scale, room), generate


encode_eight = cast(Callable[..., np.uint64], intrinsic(_encode_eight))
"""One step of eight lanes; only in kernels, and nothing is checked.

Args:
    states, seen: u32[lanes]; the entries of a lane's symbols are or-ed into `seen`.
    table, reciprocals: `entries` and `inverses` of a table.
    orders: `ORDERS`.
    buffer: u8[any], symbols.
    out: u8[any]; the 16 bytes before `position` are written.
    first: the first of the eight lanes.
    symbol, run: number of its symbol, and how far the next lane's is from it.
    position: index of the word written last.
    scale, room: log2 of the slots, and g.
    All but the arrays are uint64.

Returns:
    The position of the word written last.
"""
