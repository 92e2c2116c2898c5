"""The Selection panel: what is selected, explained from the weight down to the bytes."""

from __future__ import annotations

from app.views.selection.view import SelectionView

__all__ = ["SelectionView"]
