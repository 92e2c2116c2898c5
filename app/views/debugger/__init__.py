"""The panel that steps through a stream, forward and back, and shows what each step computes."""

from __future__ import annotations

from app.views.debugger.view import DebuggerView

__all__ = ["DebuggerView"]
