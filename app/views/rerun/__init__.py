"""The panel "Encode again": other settings for the same weights, what each would cost, and the file of one of them."""

from __future__ import annotations

from app.views.rerun.view import RerunView

__all__ = ["RerunView"]
