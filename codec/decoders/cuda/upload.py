"""What goes to the card in one copy: one buffer in pinned memory, in sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.cuda.card import Card

ALIGNMENT = 256
"""Of the sections: more than any load of a kernel asks for."""


@dataclass(frozen=True, eq=False)
class Upload:
    """One buffer in the host's memory and its copy on the card, in sections.

    Attributes:
        host: u8[n], pinned.
        device: u8[n], on the card.
        offsets: where each section begins.
    """

    host: NDArray[np.uint8]
    device: Any
    offsets: dict[str, int]

    @classmethod
    def of_sections(cls, card: Card, sizes: dict[str, int]) -> Upload:
        """Room for sections of these sizes, the first at the start."""
        offsets, total = {}, 0
        for name, size in sizes.items():
            offsets[name] = total
            total += -(-size // ALIGNMENT) * ALIGNMENT
        return cls(card.pinned(total), card.cupy.empty(total, dtype=np.uint8), offsets)

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Fills a section from its start."""
        data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
        self.host[self.offsets[name] : self.offsets[name] + len(data)] = data

    def address(self, name: str) -> int:
        """Of a section, on the card."""
        return int(self.device.data.ptr) + self.offsets[name]
