"""What is chosen and typed in "Benchmarks", and how it is kept from one run of the app to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.models.rerun_form import Form, kept, taken_up
from codec.bench.peers import PEERS
from codec.bench.plan import Action
from codec.formats import native

COMPOSED = "composed here"
"""What stands in the place of a plan's name where the form itself is the plan."""

LONGEST = 2000
"""Characters of a field that are kept from one run of the app to the next."""


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
        files: paths between semicolons, each with "#" and a tensor's name or a pattern of layers where it has several.
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
