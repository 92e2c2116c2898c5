"""How far a benchmark is, and what came of it, in a few sentences."""

from __future__ import annotations

from app.bench_running import Known
from app.models.bench_history import machine_text
from codec.bench.result import Outcome, RunResult


def standing_text(known: Known, *, running: bool) -> str:
    """What is being done and how long the rest will take; or what the run that is shown has come to."""
    parts = []
    if running:
        standing = known.standing
        says = "Starting" if standing is None else standing.says
        left = None if standing is None else standing.seconds_left
        parts.append(f"{says}{'' if left is None else f', about {duration(left)} left'}.")
    elif known.result is not None:
        parts.append(came_to(known.result))
    parts += [f"{warning[:1].upper()}{warning[1:]}." for warning in known.warnings]
    return " ".join(parts)


def came_to(result: RunResult) -> str:
    """What a run has come to."""
    outcomes = [each.outcome for each in result.measurements]
    right, wrong = outcomes.count(Outcome.MEASURED), outcomes.count(Outcome.WRONG)
    says = f"{right:,} measured"
    if wrong:
        says += f", {wrong:,} wrong"
    if others := len(outcomes) - right - wrong:
        says += f", {others:,} without a result"
    whole = "" if result.complete else "; not all of the plan was measured"
    where = machine_text(result)
    return f"{result.plan.title}: {says}, in {duration(result.elapsed_s)}{f' on {where}' if where else ''}{whole}."


def duration(seconds: float) -> str:
    """Some time, as a person reads it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
