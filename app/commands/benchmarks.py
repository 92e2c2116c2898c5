"""The commands of benchmarks: measuring a plan, and taking results in and out."""

from __future__ import annotations

from app.commands.command import Command

MENU = "&Run/&Benchmark"

BENCHMARKS = (
    Command(
        "bench.run",
        "&Run the benchmark",
        "Ctrl+F8",
        "Measure the plan that is chosen in Benchmarks: its candidates take turns, and every output is checked.",
        MENU,
    ),
    Command(
        "bench.stop",
        "S&top the benchmark",
        "Ctrl+Shift+F8",
        "End the run; what was measured stays, is kept, and can be gone on with.",
        MENU,
        undoes="measure the rest",
    ),
    Command(
        "bench.resume",
        "&Measure the rest",
        "",
        "Go on with the run that is shown: measure what is left of its plan.",
        MENU,
        undoes="stop the benchmark",
    ),
    Command(
        "bench.plan",
        "Read a &plan…",
        "",
        "Choose a .toml file that says what to measure, and take it as the plan.",
        MENU,
        starts_group=True,
    ),
    Command(
        "bench.import",
        "&Import results…",
        "",
        "Take results into the history that were measured elsewhere, as on a machine without a screen.",
        MENU,
        starts_group=True,
    ),
    Command(
        "bench.export",
        "&Export the results…",
        "",
        "Write the run that is shown as a page, its figures as CSV, all of it as JSON, or its plan.",
        MENU,
    ),
)
