"""What a weight was before it was quantised: weight × scale, where the file has scales."""

from __future__ import annotations

from app.models.dequantised import scale_of
from app.models.explanation.parts import Known, Line, Link, ToBytes, hexadecimal
from app.models.explanation.place import Place


def scale_lines(known: Known, place: Place, weight: int | None) -> tuple[Line, ...]:
    """The value before quantisation, with where its scale stands; nothing without scales."""
    origin = place.tensor.origin
    if origin is None or place.weight is None or weight is None:
        return ()
    scale = scale_of(known.container.source, place.tensor, place.weight[0])
    if scale is None:
        return ()
    equation = f"{weight} × {scale.value:.6g} = {weight * scale.value:.6g}"
    link = Link(f"{scale.offset:,} ({hexadecimal(scale.offset)})", ToBytes(scale.offset, 4))
    whose = "of the whole tensor" if origin.quantisation == "tensor" else "of its row"
    was = f"in {origin.dtype} before quantisation, " if origin.dtype else ""
    return (Line("stood for", (equation, ", scale at ", link), f"{was}by the scale {whose}"),)
