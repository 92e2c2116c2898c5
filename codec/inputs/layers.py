"""Arrays of input files as layers of a native file: quantised when their turn comes, with their scales beside them."""

from __future__ import annotations

import math

from codec.errors import InputError
from codec.formats.native import LONGEST_SIDE, MAX_DIMENSIONS
from codec.inputs.arrays import FLOATS, InputArray
from codec.native_layer import NO_SCALES, Layer, Weights
from codec.quantisation import Granularity, quantise


def layer_refusal(array: InputArray) -> str:
    """Why an array cannot be a layer, as one sentence; "" where, by shape and type, it can."""
    subject = f"{array.name} in {array.file}"
    if not 0 < len(array.shape) <= MAX_DIMENSIONS or 0 in array.shape:
        return (
            f"{subject} has the shape {array.shape_text}, but a layer has weights along 1 to "
            f"{MAX_DIMENSIONS} axes"
        )
    if array.dtype != "int8" and not array.is_float:
        return (
            f"{subject} holds {array.dtype}, but only int8 and, quantised, {', '.join(FLOATS)} "
            "can be encoded"
        )
    if max(math.prod(array.shape[:-1]), array.shape[-1]) > LONGEST_SIDE:
        return f"{subject} has the shape {array.shape_text}, more than a layer has room for"
    return ""


def layer_of(array: InputArray, granularity: Granularity) -> Layer:
    """The layer that an array becomes; floats are quantised, int8 is taken as it is.

    Raises:
        InputError: it cannot be one. The layer's `read` raises it too, for weights that cannot be quantised.
    """
    if refusal := layer_refusal(array):
        raise InputError(refusal)

    def read() -> Weights:
        matrix = array.read().reshape(-1, array.shape[-1])
        if not array.is_float:
            return Weights(matrix, NO_SCALES)
        try:
            quantised = quantise(matrix, granularity)
        except InputError as error:
            raise InputError(f"{array.name} in {array.file}: {error}") from None
        return Weights(quantised.weights, quantised.scales.reshape(-1))

    quantisation = str(granularity) if array.is_float else "none"
    return Layer(array.name, array.shape, array.dtype, quantisation, read)
