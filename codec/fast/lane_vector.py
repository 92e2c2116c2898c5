"""Eight lanes at a time, decoding: the step of eight states, built from LLVM's vectors.

With 16-bit words a lane takes at most one word a step, so eight lanes take the next n words, n the lanes that
need one: the eight words ahead are loaded at once, and put to the lanes that need them by a shuffle that
a table of all 256 cases tells (as Giesen's SIMD decoder and htscodecs do). The symbols of four steps are
shifted together into one u32 per lane, which goes to memory at once.

A table entry is one u32: symbol << 24 | frequency << 12 | slot - start. The eight entries are loaded one by
one: on a Zen 3 core that is as fast as a gather, which on many others is far slower.
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
from codec.fast.lane_tables import PACKED_BITS

FIELD = (1 << PACKED_BITS) - 1


def _orders() -> NDArray[np.uint8]:
    """u8[256 * 8]: by the lanes that need a word, one bit each, which of the words ahead each gets."""
    needs = v.needs_of_masks()
    return ((np.cumsum(needs, axis=1) - 1) * needs).astype(np.uint8).reshape(-1)


ORDERS = sealed(_orders())


def _looked_up(builder: Any, table: Any, slots: Any) -> Any:
    """table[slot] for each of eight slots."""
    entries = v.undefined(v.VECTOR)
    for place in v.PLACES:
        slot = builder.zext(builder.extract_element(slots, place), v.LONG)
        entry = builder.load(builder.gep(table, [slot]))
        entries = builder.insert_element(entries, entry, place)
    return entries


def _renormalised(
    builder: Any, states: Any, data: Any, orders: Any, position: Any, bound: Any
) -> tuple[Any, Any]:
    """Emits renormalisation: the states after it, and the position behind the words taken."""
    needy = builder.icmp_unsigned("<", states, v.broadcast(builder, bound))
    bits = builder.zext(builder.bitcast(needy, v.BYTE), v.LONG)
    order = v.small_vector(builder, orders, builder.mul(bits, v.number(v.WIDTH)))
    ahead = builder.load(v.vector_at(builder, data, position, v.HALVES), align=1)
    words = v.shuffled(builder, builder.zext(ahead, v.VECTOR), order)
    longer = builder.or_(builder.shl(states, v.splat(16)), words)
    taken = builder.mul(builder.ctpop(bits), v.number(2))
    return builder.select(needy, longer, states), builder.add(position, taken)


def _step(builder: Any, pointers: Any, first: Any, position: Any, scale: Any, bound: Any) -> Any:
    """Emits a step; `pointers` to states, gathered, packed, orders and data. Returns the position."""
    states, gathered, packed, orders, data = pointers
    states = v.vector_at(builder, states, first)
    gathered = v.vector_at(builder, gathered, first)
    before = builder.load(states, align=4)
    shift = v.broadcast(builder, scale)
    mask = builder.sub(builder.shl(v.splat(1), shift), v.splat(1))
    entries = _looked_up(builder, packed, builder.and_(before, mask))
    frequencies = builder.and_(builder.lshr(entries, v.splat(PACKED_BITS)), v.splat(FIELD))
    after = builder.mul(frequencies, builder.lshr(before, shift))
    after = builder.add(after, builder.and_(entries, v.splat(FIELD)))
    after, position = _renormalised(builder, after, data, orders, position, bound)
    builder.store(after, states, align=4)
    older = builder.lshr(builder.load(gathered, align=4), v.splat(8))
    symbols = builder.and_(entries, v.splat(0xFF << 24))
    builder.store(builder.or_(older, symbols), gathered, align=4)
    return position


def _decode_eight(
    _typing: Any, states: Any, gathered: Any, packed: Any, orders: Any, data: Any,
    first: Any, position: Any, scale: Any, bound: Any,
) -> Any:  # fmt: skip
    """What numba makes of `decode_eight`."""
    arrays = (states, gathered, packed, orders, data)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointers = v.array_pointers(context, builder, arrays, arguments)
        return _step(builder, pointers, *arguments[len(arrays) :])

    return types.uint64(*arrays, first, position, scale, bound), generate


decode_eight = cast(Callable[..., np.uint64], intrinsic(_decode_eight))
"""One step of eight lanes; only in kernels, and nothing is checked.

Args:
    states, gathered: u32[lanes]; a lane's symbol is shifted into `gathered` from above.
    packed: as in `LaneTable`, not empty.
    orders: `ORDERS`.
    data: u8[any]; 16 bytes are read from `position` on.
    first: the first of the eight lanes.
    position: index of the next word.
    scale, bound: log2 of the slots, and L.
    All but the arrays are uint64.

Returns:
    The position behind the words taken.
"""
