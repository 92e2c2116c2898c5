"""The States panel: what the rANS state did at every step of the selected tile."""

from __future__ import annotations

from app.views.states.view import StatesView

__all__ = ["StatesView"]
