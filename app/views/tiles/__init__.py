"""The Tiles panel: where in the grid the bytes go, and which tile is worst."""

from __future__ import annotations

from app.views.tiles.view import TilesView

__all__ = ["TilesView"]
