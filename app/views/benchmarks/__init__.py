"""The panel "Benchmarks": what is measured, the run, and what came of it, in a table, plots and beside earlier runs."""

from __future__ import annotations

from app.views.benchmarks.view import BenchmarksView

__all__ = ["BenchmarksView"]
