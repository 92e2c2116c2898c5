"""The few vector operations that numba's Python cannot say, built from LLVM's: eight 32-bit numbers at a time.

Beside `compile` the one place that knows what numba is made of. On a processor with AVX2 each is an instruction or
two. Without, LLVM makes scalar code of them, which is right too, but slow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core.registry import cpu_target
from numpy.typing import NDArray

WIDTH = 8
"""Numbers in a vector: lanes that take a step together."""

AVX2 = "+avx2" in str(cpu_target.target_context.codegen().magic_tuple()[2])
"""Whether numba compiles for a processor with AVX2."""

BYTE, HALF, WORD, LONG = (ir.IntType(bits) for bits in (8, 16, 32, 64))
VECTOR = ir.VectorType(WORD, WIDTH)
BYTES = ir.VectorType(BYTE, WIDTH)
HALVES = ir.VectorType(HALF, WIDTH)
DOUBLES = ir.VectorType(ir.DoubleType(), WIDTH)

PLACES = tuple(ir.Constant(WORD, place) for place in range(WIDTH))


def needs_of_masks() -> NDArray[np.int64]:
    """int64[256, 8], 0 or 1: the bits of each mask of eight lanes, lane 0 first."""
    return np.arange(1 << WIDTH)[:, np.newaxis] >> np.arange(WIDTH) & 1


def number(value: int) -> Any:
    """A 64-bit constant."""
    return ir.Constant(LONG, value)


def splat(value: int) -> Any:
    """A vector of eight times a constant."""
    return ir.Constant(VECTOR, [value] * WIDTH)


def undefined(kind: Any) -> Any:
    """A vector to put elements into."""
    return ir.Constant(kind, ir.Undefined)


def broadcast(builder: Any, value: Any) -> Any:
    """A vector of eight times the u64 `value`, cut to 32 bits."""
    first = builder.insert_element(undefined(VECTOR), builder.trunc(value, WORD), PLACES[0])
    return builder.shuffle_vector(first, undefined(VECTOR), splat(0))


def vector_at(builder: Any, pointer: Any, index: Any, kind: Any = VECTOR) -> Any:
    """A pointer to the vector that begins at pointer[index]."""
    return builder.bitcast(builder.gep(pointer, [index]), kind.as_pointer())


def shuffled(builder: Any, values: Any, order: Any) -> Any:
    """values[order[i]] for each of eight i."""
    if AVX2:
        kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR])
        permute = builder.module.declare_intrinsic("llvm.x86.avx2.permd", fnty=kind)
        return builder.call(permute, [values, order])
    result = undefined(VECTOR)
    for place in PLACES:
        value = builder.extract_element(values, builder.extract_element(order, place))
        result = builder.insert_element(result, value, place)
    return result


def small_vector(builder: Any, pointer: Any, index: Any) -> Any:
    """A vector of the eight bytes from pointer[index] on; tables of bytes leave more of the cache to others."""
    bytes_there = builder.load(vector_at(builder, pointer, index, BYTES), align=1)
    return builder.zext(bytes_there, VECTOR)


def array_pointers(context: Any, builder: Any, kinds: Any, values: Any) -> list[Any]:
    """Pointers to the first element of each array among a function's arguments."""
    return [
        context.make_array(kind)(context, builder, value).data
        for kind, value in zip(kinds, values, strict=False)
    ]
