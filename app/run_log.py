"""What is remembered of a decoder's runs: how long they took, what they started from, what they had to say."""

from __future__ import annotations

from collections.abc import Mapping

from app.tasks import DecodedTiles, DecodedWhole, DecodeWhole, TracedTile
from codec.decoders.timing import Run


class RunLog:
    """The last runs over one document.

    Attributes:
        tiles_run: the last that decoded tiles to show; None before the first.
    """

    def __init__(self) -> None:
        self.tiles_run: Run | None = None
        self._whole: dict[int, dict[str, DecodedWhole]] = {}
        self._notices: dict[str, str] = {}

    def whole(self, tensor: int) -> Mapping[str, DecodedWhole]:
        """The last run over a whole tensor of every decoder that had one, by its name."""
        return self._whole.get(tensor, {})

    @property
    def notices(self) -> tuple[str, ...]:
        """What the last runs of tiles and traces said beside their outcome, each sentence once."""
        return tuple(dict.fromkeys(filter(None, self._notices.values())))

    def forget_notices(self) -> None:
        """Another tensor or decoder is shown: what was said was not about it."""
        self._notices = {}

    def take_whole(self, task: DecodeWhole, decoded: DecodedWhole) -> None:
        """Notes a run over a whole tensor."""
        self._whole.setdefault(task.tensor, {})[task.decoder] = decoded

    def take_tiles(self, decoded: DecodedTiles, *, shown: bool) -> None:
        """Notes a run over tiles; `shown` tells whether they are of the decoder and tensor shown."""
        self.tiles_run = decoded.run
        if shown:
            self._notices["tiles"] = decoded.notice

    def take_trace(self, traced: TracedTile) -> None:
        """Notes a trace of the tile shown."""
        self._notices["trace"] = traced.notice
