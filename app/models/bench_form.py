"""What is chosen and typed in "Benchmarks", read as a plan, with a sentence on what will be run or what contradicts it.

It is read anew with every key. What is composed goes through the same checks as a plan in a file, so that nothing is
refused only when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.cli.bench_plan import QUICK_ROUNDS, QUICK_WARM_UP_S
from app.models.rerun_form import Form, Reading, kept, read, taken_up
from app.models.sweep_columns import SETTINGS, differing, named_settings, setting_texts
from codec.bench.merging import keys_of
from codec.bench.peers import PEERS
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.plan_error import PlanError
from codec.bench.plan_file import plan_of
from codec.bench.plan_writing import plan_text
from codec.errors import InputError
from codec.formats import native
from codec.rerun import lists
from codec.rerun.figures import settings_of
from codec.rerun.recipe import Recipe
from codec.rerun.sources import GENERATED, KINDS

COMPOSED = "composed here"
"""What stands in the place of a plan's name where the form itself is the plan."""

LONGEST = 2000
"""Characters of a field that are kept from one run of the app to the next."""

MOST_COMPOSED = 512
"""Candidates of a plan that is composed here: it is read with every key."""


@dataclass(frozen=True)
class Way:
    """One of our own coders, and how it is measured.

    Attributes:
        coder: in a plan.
        meaning: in a sentence.
        options: of it in a plan.
        actions: that it can be timed at.
        threaded: whether it takes a number of threads.
    """

    coder: str
    meaning: str
    options: Mapping[str, bool] = field(default_factory=dict)
    actions: tuple[Action, ...] = tuple(Action)
    threaded: bool = False


DECODES = (Action.DECODE,)

WAYS: dict[str, Way] = {
    "cpu": Way("cpu", "The fast coder, on as many threads as “Threads” says", threaded=True),
    "reference": Way("reference", "The judge, in plain Python on one core: slow"),
    "cupy": Way("cupy", "The card, from the host's memory to the host's memory"),
    "cupy, on the card": Way(
        "cupy", "The decode kernels alone, from bytes on the card to weights on the card",
        {"on_card": True}, DECODES,
    ),
    "cupy, tile by tile": Way(
        "cupy", "Decoding as the original did: a copy, a launch and a copy back for each tile",
        {"per_tile": True}, DECODES,
    ),
}  # fmt: skip
"""Our own coders by what the form calls them."""

OPENED = {
    "none": "No tensor of the opened file",
    "selected": "The tensor that is selected, as its file on the disk has it",
    "all": "Every tensor of the opened file, as it is on the disk",
}
"""Which tensors of the opened file are data."""


FIRST_RECIPES = Form((native.NAME,))
"""What our coders encode by at first."""


@dataclass(frozen=True)
class BenchForm:
    """What stands in the form; texts as they are typed.

    Attributes:
        plan: the name of one that comes along, the path of one in a file, or `COMPOSED`.
        without: candidates of that plan that are left out.
        quick: whether a few runs after a short warm-up are enough.
        opened: one of `OPENED`.
        kinds, sizes: of generated weights: all of these kinds in all of these sizes.
        seed: of them.
        files: paths between semicolons.
        ways: of `WAYS`, by name.
        brought: names or paths of decoders, between semicolons.
        peers: by name.
        threads: numbers, or `all`.
        recipes: how our coders encode.
        actions: what is timed.
        warm_up_s, rounds, seconds, limit_s: as `Stopping` has them.
    """

    plan: str = "quick"
    without: tuple[str, ...] = ()
    quick: bool = False
    opened: str = "none"
    kinds: str = "normal-10"
    sizes: str = "512"
    seed: int = 0
    files: str = ""
    ways: tuple[str, ...] = ("cpu",)
    brought: str = ""
    peers: tuple[str, ...] = ("zstandard",)
    threads: str = ""
    recipes: Form = FIRST_RECIPES
    actions: tuple[str, ...] = ("encode", "decode")
    warm_up_s: float = 2.0
    rounds: int = 11
    seconds: float = 0.0
    limit_s: float = 120.0


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
            whole, remark = _composed(form, opened)
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


def _composed(form: BenchForm, opened: Sequence[Data]) -> tuple[Plan, str]:
    """The plan that the form itself is, and what to remark of it; raises InputError where it is none."""
    data = [*_opened(form, opened), *_generated(form), *_files(form)]
    if not data:
        raise InputError("there are no weights: tick opened tensors, or name kinds or files")
    candidates, remark = _candidates(form)
    if not candidates:
        raise InputError("there is nothing to measure: tick a coder or a peer")
    stopping = Stopping(
        form.warm_up_s, form.rounds, form.seconds, max(1000, form.rounds), form.limit_s
    )
    plan = Plan(
        "composed", _title(data, candidates), tuple(data), tuple(candidates), None, stopping
    )
    return plan_of(plan_text(plan), "the form"), remark


def _title(data: Sequence[Data], candidates: Sequence[Candidate]) -> str:
    what = data[0].name[:120] if len(data) == 1 else f"{len(data):,} data"
    return f"{_count(len(candidates), 'candidate')} over {what}"


def _opened(form: BenchForm, opened: Sequence[Data]) -> Sequence[Data]:
    if form.opened == "none":
        return ()
    if not opened:
        raise InputError("no tensor is opened: open a file, or take no opened tensors")
    return opened


def _generated(form: BenchForm) -> list[Data]:
    kinds, sizes = (
        _list("Kinds", form.kinds, _kind),
        _list("Sizes", form.sizes, lists.tile_shape),
    )
    if kinds and not sizes and kinds != ("real",):
        raise InputError("name sizes for the generated weights, such as 512 or 300x200")
    found = []
    for kind in kinds:
        for rows, cols in sizes:
            name = f"{kind}, {rows:,}×{cols:,}"
            found.append(Data(name, f"{GENERATED}{kind}:{rows}x{cols}:{form.seed}"))
            if kind == "real":  # which has a shape of its own
                found[-1] = Data(kind, f"{GENERATED}real")
                break
    return found


def _kind(text: str) -> str:
    """A kind of generated weights; raises InputError where there is none of that name."""
    kind, dash, sigma = text.partition("-")
    plain = not dash or (kind == "normal" and sigma.replace(".", "", 1).isdecimal())
    if kind in KINDS and plain:
        return text
    raise InputError(
        f"there are no weights called {text!r}; there are {', '.join(KINDS)} and normal-10"
    )


def _files(form: BenchForm) -> list[Data]:
    return [Data(path.replace("\\", "/").rsplit("/", 1)[-1], path) for path in _paths(form.files)]


def _candidates(form: BenchForm) -> tuple[list[Candidate], str]:
    """All candidates, and what to remark of them."""
    actions = tuple(action for action in Action if action.value in form.actions)
    if not actions:
        raise InputError("tick what is timed: encode, decode, or both")
    brought = {
        path.rsplit("/", 1)[-1]: Way(path, "", threaded=False) for path in _paths(form.brought)
    }
    ways = {**{name: WAYS[name] for name in form.ways}, **brought}
    found, remark = _ours(form, ways, actions) if ways else ([], "")
    found += [Candidate(name, name, actions=actions) for name in form.peers]
    if len(found) > MOST_COMPOSED:
        raise InputError(
            f"that is {len(found):,} candidates: {MOST_COMPOSED:,} can be composed here, more in a plan's file"
        )
    return found, remark


def _ours(
    form: BenchForm, ways: Mapping[str, Way], actions: tuple[Action, ...]
) -> tuple[list[Candidate], str]:
    reading = read(form.recipes)
    if reading.wrong:
        raise InputError(reading.says.rstrip("."))
    if not reading.rows:
        raise InputError(
            f"{reading.says.rstrip('.')} of settings are too many here: use a plan's file"
        )
    names = _recipe_names(reading.sound)
    threads = _list("Threads", form.threads, _threads) or (None,)
    found = []
    for way_name, way in ways.items():
        timed = tuple(action for action in actions if action in way.actions)
        for recipe, name in zip(reading.sound, names, strict=True):
            for count in threads if way.threaded else (None,):
                words = [way_name] * (len(ways) > 1) + [name]
                if way.threaded and len(threads) > 1:
                    words.append("all threads" if count is None else f"threads {count}")
                options: dict[str, int | str | bool] = dict(way.options)
                options |= {} if count is None else {"threads": count}
                if timed:
                    found.append(Candidate(", ".join(words), way.coder, recipe, options, timed))
    return found, _refused(reading)


def _refused(reading: Reading) -> str:
    """What is to be said where some combinations of settings contradict themselves."""
    return reading.says if len(reading.sound) < len(reading.rows) else ""


def _recipe_names(recipes: Sequence[Recipe]) -> list[str]:
    """What sets each recipe apart from the others; its layout at least."""
    known = [{**settings_of(recipe), "outcome": ""} for recipe in recipes]
    texts = setting_texts(known)
    shown = [SETTINGS[0], *(each for each in differing(known, texts) if each is not SETTINGS[0])]
    return [named_settings(text, shown) for text in texts]


def _threads(text: str) -> int | None:
    if text == lists.ALL:
        return None
    count = lists.whole(text)
    if count < 1:
        raise InputError("a coder has one thread at least")
    return count


def _list(title: str, text: str, each: Callable[[str], Any]) -> tuple[Any, ...]:
    try:
        return lists.parse_list(text, each)
    except InputError as error:
        raise InputError(f"{title}: {error}") from None


def _paths(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _told(plan: Plan, remark: str, reasons: Mapping[str, str]) -> str:
    """What will be run."""
    count = len(keys_of(plan))
    runs = max(plan.stopping.rounds, 1)
    parts = [
        f"{_count(count, 'measurement')}: {_count(len(plan.candidates), 'candidate')} over "
        f"{len(plan.data):,} data, {_count(runs, 'run')} of each at least, all of them checked."
    ]
    missing = list(dict.fromkeys(each.coder for each in plan.candidates if reasons.get(each.coder)))
    if missing:
        parts.append(
            f"Not available here: {'; '.join(f'{name} ({reasons[name]})' for name in missing)}."
        )
    return " ".join([*parts, remark]).strip()


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number:,} {noun}s"


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def kept_bench(form: BenchForm) -> dict[str, object]:
    """A form as it is kept from one run of the app to the next."""
    return {**asdict(form), "recipes": kept(form.recipes)}


def taken_up_bench(stored: Mapping[str, object]) -> BenchForm:
    """A form that was kept; a field that makes no sense, or is missing, is as at first."""
    usual = BenchForm()
    found: dict[str, Any] = {}
    known: dict[str, Sequence[str]] = {
        "ways": tuple(WAYS), "peers": tuple(PEERS), "actions": [action.value for action in Action],
    }  # fmt: skip
    for each in fields(BenchForm):
        value = stored.get(each.name)
        if each.name == "recipes":
            found[each.name] = taken_up(value) if isinstance(value, dict) else FIRST_RECIPES
        elif each.name in known and isinstance(value, list):
            found[each.name] = tuple(name for name in known[each.name] if name in value)
        elif each.name != "without" and type(value) is type(getattr(usual, each.name)):
            found[each.name] = value if not isinstance(value, str) else value[:LONGEST]
    form = replace(usual, **found)
    return form if form.opened in OPENED else replace(form, opened="none")
