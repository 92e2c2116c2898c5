"""The tables of the debugger: the steps around its cursor, what the next one computes, lanes and breakpoints."""

from __future__ import annotations

from app.breakpoints import place_of
from app.debug_standing import Standing
from app.debugging import Debugging
from app.exporting.table import Table, table_of, table_of_rows
from app.models.debug_arithmetic import StepRow, formulas
from app.session.breakpoint import Breakpoint
from app.tables.steps import step_tables


def debug_tables(debugging: Debugging | None) -> list[Table]:
    """What there is of them; none where nothing is stepped through and no breakpoint is set."""
    if debugging is None:
        return []
    standing = debugging.standing
    around = [] if standing is None else _around(standing)
    return [*around, *_breakpoints(debugging)]


def _around(standing: Standing) -> list[Table]:
    row = standing.row
    tables = step_tables("Steps around the cursor", standing.stretch.trace)
    if row is not None:
        step = StepRow.of(standing.stretch.trace, row, standing.tensor.coder)
        lines = formulas(standing.tensor, standing.course.direction, step)
        names = ("name", "symbols", "numbers", "note", "wrong")
        tables.append(
            table_of("Next step", {name: [getattr(line, name) for line in lines] for name in names})
        )
    states = standing.moment.states
    tables.append(table_of("Lanes", {"lane": list(range(len(states))), "state": list(states)}))
    return tables


def _breakpoints(debugging: Debugging) -> list[Table]:
    listed = debugging.breakpoints.all
    if not listed:
        return []
    hits = dict(debugging.hits)
    columns = ("condition", "enabled", "tensor", "tile", "stops", "note")

    def cells(each: Breakpoint) -> tuple[object, ...]:
        return (
            each.condition, each.enabled, each.tensor, each.tile, hits.get(place_of(each), 0), each.note,
        )  # fmt: skip

    return [table_of_rows("Breakpoints", columns, listed, cells)]
