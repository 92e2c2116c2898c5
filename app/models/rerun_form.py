"""What is typed and ticked in "Encode again", read as recipes, with a sentence on what contradicts itself.

It is read anew with every key, so that a contradiction is told before anything runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from codec import original
from codec.container import Predictor, Tensor
from codec.errors import InputError
from codec.formats import FORMATS, batched, native
from codec.rerun import lists
from codec.rerun.choices import Choices, Refused, grid
from codec.rerun.recipe import PREDICTORS, Recipe
from codec.table_rule import Normalisation

MOST_READ = 128
"""Combinations that are looked at one by one while somebody types; of more, only the number is told."""


@dataclass(frozen=True)
class Form:
    """Settings as they stand in the form: what is ticked, and lists as they are typed; "" is the usual."""

    layouts: tuple[str, ...] = FORMATS
    tiles: str = ""
    predictors: tuple[str, ...] = ()
    scale_bits: str = ""
    word_bits: str = ""
    lanes: str = ""
    runs: str = ""
    samples: str = ""
    normalisations: tuple[str, ...] = (str(Normalisation.OURS),)


TICKED: dict[str, tuple[str, ...]] = {
    "layouts": FORMATS,
    "predictors": PREDICTORS,
    "normalisations": tuple(str(each) for each in Normalisation),
}
"""The fields that are ticked: what there is to tick."""

FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "tiles": ("Tile", lists.tile_shape),
    "scale_bits": ("Table bits", lists.whole),
    "word_bits": ("Word bits", lists.whole),
    "lanes": ("Lanes", lists.whole),
    "runs": ("Run", lists.whole),
    "samples": ("Sample", lists.sample),
}
"""The fields that are typed: what each is called, and how one of its values is read."""


@dataclass(frozen=True)
class Reading:
    """What a form asks for.

    Attributes:
        choices: the lists; None where a field cannot be read.
        rows: every combination; none where a field cannot be read, or there are more than `MOST_READ`.
        says: one sentence on them.
        wrong: whether nothing can be tried, and `says` is why.
    """

    choices: Choices | None
    rows: tuple[Recipe | Refused, ...]
    says: str
    wrong: bool = False

    @property
    def sound(self) -> tuple[Recipe, ...]:
        """Those that can be tried."""
        return tuple(row for row in self.rows if isinstance(row, Recipe))


def read(form: Form, shape: tuple[int, int] | None = None) -> Reading:
    """The combinations that a form asks for.

    Args:
        form: it.
        shape: rows and columns of the weights, where known; some recipes are not for all of them.
    """
    try:
        choices = _choices(form)
        rows = grid(choices) if choices.require_count() <= MOST_READ else []
    except InputError as error:
        return Reading(None, (), error.sentence(), wrong=True)
    if not rows:
        return Reading(choices, (), f"{choices.count:,} combinations.")
    refusals = Counter(refused for row in rows if (refused := _refusal(row, shape)))
    return _told(choices, tuple(rows), refusals)


def _choices(form: Form) -> Choices:
    """The lists of a form; raises InputError, which names the field, where one cannot be read."""
    if not form.layouts:
        raise InputError("Tick a layout at least")
    typed: dict[str, Any] = {}
    for name, (title, each) in FIELDS.items():
        try:
            typed[name] = lists.parse_list(getattr(form, name), each)
        except InputError as error:
            raise InputError(f"{title}: {error}") from None
    typed["samples"] = typed["samples"] or (None,)
    normalisations = tuple(Normalisation(name) for name in form.normalisations)
    return Choices(
        layouts=form.layouts,
        predictors=form.predictors,
        normalisations=normalisations or (Normalisation.OURS,),
        **typed,
    )


def _refusal(row: Recipe | Refused, shape: tuple[int, int] | None) -> str:
    if isinstance(row, Refused):
        return row.says
    return row.refusal_for(*shape) if shape else ""


def _told(choices: Choices, rows: tuple[Recipe | Refused, ...], refusals: Counter[str]) -> Reading:
    refused = sum(refusals.values())
    if not refused:
        says = "One combination" if len(rows) == 1 else f"{len(rows):,} combinations"
        return Reading(choices, rows, f"{says}, without a contradiction.")
    reason, _ = refusals.most_common(1)[0]
    if refused == len(rows):
        return Reading(choices, rows, _sentence(reason), wrong=True)
    others = len(refusals) - 1
    more = f" {others:,} more reasons stand in the table." if others > 1 else ""
    more = " One more reason stands in the table." if others == 1 else more
    count = f"{refused:,} of {len(rows):,} combinations are refused"
    return Reading(choices, rows, f"{count}: {reason}.{more}")


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def form_of(tensor: Tensor, layout: str) -> Form:
    """The settings that an opened tensor was encoded with, as far as its file tells."""
    rows, cols = tensor.tile_rows, tensor.tile_cols
    form = Form((layout,), f"{rows}" if rows == cols else f"{rows}x{cols}")
    if layout != native.NAME:
        return form
    lanes, run = tensor.interleaving
    return Form(
        (layout,),
        form.tiles,
        predictors=_predictors(tensor),
        scale_bits=str(tensor.coder.scale_bits),
        word_bits=str(tensor.coder.word_bits),
        lanes=str(lanes),
        runs=str(run),
    )


def _predictors(tensor: Tensor) -> tuple[str, ...]:
    """The one predictor of all its tiles, or by cost."""
    numbers = {int(number) for number in tensor.tiles["predictor"][:1000]}
    names = [str(name) for name in tensor.predictors]
    if len(numbers) == 1 and (number := numbers.pop()) < len(names):
        return (names[number],)
    return ("auto",)


AS_ORIGINAL = Form(
    (batched.NAME,),
    "256",
    predictors=(str(Predictor.LEFT),),
    samples=str(original.SAMPLE_SYMBOLS),
    normalisations=(str(Normalisation.ORIGINAL),),
)
"""The settings of the original encoder, its faults included."""

FIRST = Form(tiles="64, 256")
"""What the form shows at first: a few combinations that tell the layouts apart."""

LONGEST = 1000
"""Characters of a field that are kept from one run of the app to the next."""


def kept(form: Form) -> dict[str, object]:
    """A form as it is kept from one run of the app to the next."""
    return asdict(form)


def taken_up(stored: Mapping[str, object]) -> Form:
    """A form that was kept; a field that makes no sense, or is missing, is as at first."""
    found: dict[str, Any] = {name: value for name in FIELDS if _is_typed(value := stored.get(name))}
    for name, there in TICKED.items():
        chosen = stored.get(name)
        if isinstance(chosen, list) and all(each in there for each in chosen):
            found[name] = tuple(each for each in there if each in chosen)
    return replace(FIRST, **found)


def _is_typed(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and value.isprintable()
