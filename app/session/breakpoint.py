"""A breakpoint: where or when a run over a stream stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Breakpoint:
    """A condition on the steps of a stream.

    Attributes:
        condition: in the language of `codec.conditions`.
        enabled: whether it stops a run.
        tensor: index of the tensor that it is about; None for all.
        tile: index of the tile that it is about; None for all.
        note: the user's words, or what made it: "run to cursor".
    """

    condition: str
    enabled: bool = True
    tensor: int | None = None
    tile: int | None = None
    note: str = ""
