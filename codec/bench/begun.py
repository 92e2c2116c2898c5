"""A run that begins, and one that goes on: what it is called, and whether it still is on the same machine."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from codec.bench.plan import Plan
from codec.bench.result import Machine, RunResult
from codec.errors import InputError

LONGEST_NAME = 40
"""Characters of a plan's name that go into its run's."""


def begun(plan: Plan) -> RunResult:
    """A run that has measured nothing yet; its name sorts by time, and two runs of one second differ."""
    now = datetime.now(UTC)
    name = f"{now:%Y%m%d-%H%M%S}-{_plain(plan.name)}-{secrets.token_hex(2)}"
    machine = Machine("", 0, 0, "", "", {})
    return RunResult(name, now.isoformat(timespec="seconds"), 0.0, plan, machine)


def _plain(name: str) -> str:
    """A plan's name as a part of a file's."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    return kept[:LONGEST_NAME].strip("-") or "plan"


def changes_of_machine(before: Machine, now: Machine) -> list[str]:
    """What to say where a run goes on after something has changed, in sentences.

    Raises:
        InputError: it is another machine, and no time of one can stand beside one of the other.
    """
    if not before.cores:  # it was ended before the machine had been looked at
        return []
    for name in ("processor", "cores", "card"):
        was, is_now = getattr(before, name), getattr(now, name)
        if name == "card" and was and not is_now:
            raise InputError(
                f"the earlier run was on {was}, which cannot be used now: go on with it when it can, or run the "
                "plan anew"
            )
        if was != is_now:
            raise InputError(
                f"the earlier run was on another machine, whose {name} was {was or 'none'}, not "
                f"{is_now or 'none'}: run the plan anew here"
            )
    others = [
        f"{name} {before.versions.get(name, 'not installed')} then, {version} now"
        for name, version in now.versions.items()
        if before.versions.get(name) != version
    ]
    return [f"the run goes on with other versions: {', '.join(others)}"] if others else []
