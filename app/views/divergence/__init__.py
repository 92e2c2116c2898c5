"""The panels on where two sides part: step by step, in what they read of each tile, and as files."""

from __future__ import annotations

from app.views.divergence.files import FilesView
from app.views.divergence.tile_reads import TileReadsView
from app.views.divergence.view import DivergenceView

__all__ = ["DivergenceView", "FilesView", "TileReadsView"]
