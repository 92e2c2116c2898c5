"""The plan that a form is by itself, where none that comes along is chosen: its data, its candidates, and how long.

What is composed goes through the same checks as a plan in a file, so that nothing is refused only when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.models.bench_form import WAYS, BenchForm, Way
from app.models.rerun_form import Reading, read
from app.models.sweep_columns import SETTINGS, differing, named_settings, setting_texts
from codec.bench.plan import Action, Candidate, Data, Plan, Stopping
from codec.bench.plan_file import plan_of
from codec.bench.plan_writing import plan_text
from codec.errors import InputError
from codec.rerun import lists
from codec.rerun.figures import settings_of
from codec.rerun.recipe import Recipe
from codec.rerun.sources import GENERATED, KINDS

MOST_COMPOSED = 512
"""Candidates of a plan that is composed here: it is read with every key."""


def composed(form: BenchForm, opened: Sequence[Data]) -> tuple[Plan, str]:
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
    return f"{counted(len(candidates), 'candidate')} over {what}"


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


PART = re.compile(r"(.+\.(?:npz|safetensors|gguf|batched|wcdc|rsc))\s*#\s*(.+)", re.IGNORECASE)
"""A file and which of its tensors; "#" alone may be in a file's name."""


def _files(form: BenchForm) -> list[Data]:
    return [_file(text) for text in _paths(form.files)]


def _file(text: str) -> Data:
    """A file of one tensor, one of the tensors of a file, or with a pattern the layers of a model."""
    found = PART.fullmatch(text)
    path, part = (text, None) if found is None else found.groups()
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    if part is None:
        return Data(name, path)
    if any(sign in part for sign in "*?["):
        return Data(f"{part} of {name}", path, layers=part)
    return Data(f"{part} of {name}", path, part)


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


def counted(number: int, noun: str) -> str:
    """A number of things."""
    return f"one {noun}" if number == 1 else f"{number:,} {noun}s"
