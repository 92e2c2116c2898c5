"""Which lane of a stream codes which symbol: interleaved rANS (Giesen 2014, arXiv:1402.3392).

A stream of several lanes holds one rANS state a lane, all fed from one run of words, so that a processor
works on many states at a time. Symbols go round by blocks of lanes * run: within a block, lane l codes
the `run` symbols from l * run on. A step of a block takes one symbol of each lane, lane after lane; so
with symbols numbered as they lie in the tile,

    symbol = block * lanes * run + lane * run + step of the block

and the last block, where it is not full, leaves out what is not there. With one lane and a run of 1,
coding order is the symbols' own. A run of 16 gives each lane of a GPU's warp 16 weights side by side, which
it stores at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Interleaving(NamedTuple):
    """How many lanes share a stream, and how many symbols side by side a lane codes."""

    lanes: int = 1
    run: int = 1

    @property
    def block(self) -> int:
        """Symbols after which lanes come round again."""
        return self.lanes * self.run

    def places(self, count: int) -> Iterator[tuple[int, int]]:
        """(lane, symbol) of each step of a stream of `count` symbols, in coding order."""
        for base in range(0, count, self.block):
            for step in range(self.run):
                for lane in range(self.lanes):
                    symbol = base + lane * self.run + step
                    if symbol < count:
                        yield lane, symbol

    def order(self, count: int) -> NDArray[np.int64]:
        """int64[count]: the symbol that each step codes, in coding order."""
        blocks = -(-count // self.block) if count else 0
        numbers = np.arange(blocks * self.block, dtype=np.int64)
        order = numbers.reshape(blocks, self.lanes, self.run).swapaxes(1, 2).reshape(-1)
        return order[order < count]

    def lane_of(self, symbol: int) -> int:
        """The lane that codes a symbol."""
        return symbol % self.block // self.run

    def place_of(self, symbol: int) -> tuple[int, int, int]:
        """(block, step of the block, lane) of a symbol."""
        block, inside = divmod(symbol, self.block)
        lane, step = divmod(inside, self.run)
        return block, step, lane

    def step_of(self, symbol: int, count: int) -> int:
        """The step that codes a symbol of a stream of `count`: the inverse of `order`."""
        block, step, lane = self.place_of(symbol)
        runs, rest = self._filled(block, count)
        return block * self.block + runs * step + min(rest, step) + lane

    def steps_of(self, symbols: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """int64[n]: as `step_of`, of many symbols."""
        block, inside = np.divmod(symbols, np.int64(self.block))
        lane, step = np.divmod(inside, np.int64(self.run))
        filled = np.minimum(self.block, count - block * self.block)
        runs, rest = np.divmod(filled, np.int64(self.run))
        steps: NDArray[np.int64] = block * self.block + runs * step + np.minimum(rest, step) + lane
        return steps

    def symbol_of(self, step: int, count: int) -> int:
        """The symbol that a step of a stream of `count` codes, as in `order`."""
        block, inside = divmod(step, self.block)
        runs, rest = self._filled(block, count)
        if inside < rest * (runs + 1):
            turn, lane = divmod(inside, runs + 1)
        else:
            turn, lane = divmod(inside - rest, runs)
        return block * self.block + lane * self.run + turn

    def _filled(self, block: int, count: int) -> tuple[int, int]:
        """Lanes whose runs are whole in a block, and how many symbols the lane behind those has."""
        return divmod(min(self.block, count - block * self.block), self.run)

    def whole(self, decoded: int) -> int:
        """Symbols that lie before the first one missing, where the first `decoded` steps were taken.

        Counted in whole blocks, so that it holds for any decoder whatever it does within a block.
        """
        return decoded // self.block * self.block


SINGLE = Interleaving()
"""One lane: coding order is the symbols' own."""
