"""Earlier runs of benchmarks as a table, and what has changed since one of them as another."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app import theme
from app.cli.bench_table import speed_text
from app.models.sorting_table import Column, SortingTable
from codec.bench.change import Change, Comparison
from codec.bench.history import Entry
from codec.bench.merging import keys_of
from codec.bench.result import RunResult
from codec.problems import Severity

UNKNOWN = "–"

HISTORY_COLUMNS = (
    Column("Started", "When the run was begun, UTC.", lambda e: started(e), lambda e: started(e) or None, True),
    Column("Plan", "What was measured.", lambda e: plan_of_entry(e), lambda e: plan_of_entry(e), True),
    Column("Measured", "How many measurements there are.", lambda e: _count_text(e), lambda e: _count(e)),
    Column("State", "Whether all of the plan was measured.", lambda e: state(e), lambda e: state(e), True),
    Column("Machine", "Processor and card.", lambda e: machine(e), lambda e: machine(e), True),
    Column("Name", "Of the run.", lambda e: e.path.stem, lambda e: e.path.stem, True),
)  # fmt: skip


class HistoryTable(SortingTable):
    """A row a file of the history; one that cannot be read says why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            HISTORY_COLUMNS, lambda entry: entry.path, parent, ink_of=_ink, tip_of=lambda e: e.sentence
        )  # fmt: skip


def started(entry: Entry) -> str:
    """When its run was begun."""
    return "" if entry.result is None else entry.result.started.replace("T", " ")[:19]


def plan_of_entry(entry: Entry) -> str:
    """The title of its plan."""
    return UNKNOWN if entry.result is None else entry.result.plan.title


def _count(entry: Entry) -> int | None:
    return None if entry.result is None else len(entry.result.measurements)


def _count_text(entry: Entry) -> str:
    count = _count(entry)
    return UNKNOWN if count is None else f"{count:,}"


def state(entry: Entry) -> str:
    """Whether it is complete, or why it cannot be read."""
    if entry.result is None:
        return f"✕ {entry.sentence}"
    return "complete" if entry.result.complete else "can be resumed"


def machine(entry: Entry) -> str:
    """What it ran on."""
    return UNKNOWN if entry.result is None else machine_text(entry.result)


def machine_text(result: RunResult) -> str:
    """Processor, cores and card of a run."""
    ran = result.machine
    parts = (ran.processor, f"{ran.cores:,} cores" if ran.cores else "", ran.card)
    return ", ".join(part for part in parts if part)


def _ink(entry: Entry) -> QColor | None:
    return theme.current().severities[Severity.ERROR] if entry.result is None else None


CHANGE_COLUMNS = (
    Column("Candidate", "Who codes.", lambda c: c.key[1], lambda c: c.key[1], True),
    Column("Data", "What is coded.", lambda c: c.key[0], lambda c: c.key[0], True),
    Column("Action", "What is timed.", lambda c: c.key[2].value, lambda c: c.key[2].value, True),
    Column(
        "× as fast", "How many times as fast as then, with its interval of 95%; the runs did not take turns.",
        lambda c: speed_text(c.speed), lambda c: None if c.speed is None else c.speed.times,
    ),
    Column("Change", "Whether the interval leaves a doubt.", lambda c: verdict(c), lambda c: verdict(c), True),
)  # fmt: skip


class ChangeTable(SortingTable):
    """A row for each candidate, data and action of the later run."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(CHANGE_COLUMNS, lambda change: change.key, parent)


def in_order(comparison: Comparison, result: RunResult | None) -> list[Change]:
    """What has changed, in the order of the plan of the later run."""
    places = {
        key: place for place, key in enumerate(() if result is None else keys_of(result.plan))
    }
    return sorted(comparison.changes, key=lambda change: places.get(change.key, len(places)))


def verdict(change: Change) -> str:
    """What has changed, in words."""
    found = change.refusal
    if change.speed is not None:
        found = "no clear change"
        if change.speed.is_clear:
            found = "faster" if change.speed.times > 1 else "slower"
    if change.stored_before and change.stored_before != change.stored_after:
        found += f"; stores {change.stored_after:,} bytes, not {change.stored_before:,}"
    return found


def notes_of(comparison: Comparison) -> str:
    """What was different, what is missing, and that the runs did not take turns, in sentences."""
    says = [f"Against {comparison.before}, which did not take turns with this run."]
    says += [f"{warning[:1].upper()}{warning[1:]}." for warning in comparison.warnings]
    if comparison.missing:
        names = ", ".join(
            f"{name} ({data}, {action.value})" for data, name, action in comparison.missing[:5]
        )
        more = f" and {len(comparison.missing) - 5:,} more" if len(comparison.missing) > 5 else ""
        says.append(f"Not measured this time: {names}{more}.")
    return " ".join(says)
