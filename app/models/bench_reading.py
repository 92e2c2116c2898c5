"""What is chosen and typed in "Benchmarks", read as a plan, with a sentence on what will be run or what contradicts it.

It is read anew with every key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.cli.bench_plan import QUICK_ROUNDS, QUICK_WARM_UP_S
from app.models.bench_composing import composed, counted
from app.models.bench_form import COMPOSED, BenchForm
from codec.bench.merging import keys_of
from codec.bench.plan import Candidate, Data, Plan
from codec.bench.plan_error import PlanError
from codec.errors import InputError


@dataclass(frozen=True)
class PlanReading:
    """What a form asks for.

    Attributes:
        plan: None where it cannot be run.
        says: what will be run, or why nothing can be.
        every: the candidates that there are to choose among, left out ones included.
    """

    plan: Plan | None
    says: str
    every: tuple[Candidate, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether nothing can be run, and `says` is why."""
        return self.plan is None


def read_bench(
    form: BenchForm,
    plans: Mapping[str, Plan],
    opened: Sequence[Data] = (),
    reasons: Mapping[str, str] | None = None,
) -> PlanReading:
    """The plan that a form asks for.

    Args:
        form: it.
        plans: those that can be chosen, by name or path.
        opened: the tensors of the opened file that it asks for.
        reasons: why coders cannot run here, by coder, as far as that is known; "" where they can.
    """
    every: tuple[Candidate, ...] = ()
    try:
        if form.plan == COMPOSED:
            whole, remark = composed(form, opened)
        else:
            whole, remark = _chosen(form, plans), ""
        every = whole.candidates
        plan = _shortened(_without(whole, form), quick=form.quick)
    except PlanError as error:
        return PlanReading(None, _sentence(error.reason), every)
    except InputError as error:
        return PlanReading(None, _sentence(error.sentence()), every)
    return PlanReading(plan, _told(plan, remark, reasons or {}), every)


def _chosen(form: BenchForm, plans: Mapping[str, Plan]) -> Plan:
    if form.plan not in plans:
        raise InputError(f"the plan {form.plan} has not been read: choose another")
    return plans[form.plan]


def _without(plan: Plan, form: BenchForm) -> Plan:
    left = tuple(each for each in plan.candidates if each.name not in form.without)
    if not left:
        raise InputError("every candidate is left out: tick one at least")
    base = plan.baseline if plan.baseline not in form.without else None
    return replace(plan, candidates=left, baseline=base)


def _shortened(plan: Plan, *, quick: bool) -> Plan:
    if not quick:
        return plan
    stopping = replace(plan.stopping, rounds=QUICK_ROUNDS, warm_up_s=QUICK_WARM_UP_S, seconds=0.0)
    return replace(plan, stopping=stopping)


def _told(plan: Plan, remark: str, reasons: Mapping[str, str]) -> str:
    """What will be run."""
    count = len(keys_of(plan))
    runs = max(plan.stopping.rounds, 1)
    parts = [
        f"{counted(count, 'measurement')}: {counted(len(plan.candidates), 'candidate')} over "
        f"{len(plan.data):,} data, {counted(runs, 'run')} of each at least, all of them checked."
    ]
    missing = list(dict.fromkeys(each.coder for each in plan.candidates if reasons.get(each.coder)))
    if missing:
        parts.append(
            f"Not available here: {'; '.join(f'{name} ({reasons[name]})' for name in missing)}."
        )
    return " ".join([*parts, remark]).strip()


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
